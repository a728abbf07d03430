//! The binary makes a book of business and serves it: the same seed, real directories, a server that is killed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use chrono::{Days, NaiveDate};
use daicho_eventlog::{Clock as _, DataDir, EventLog as _, Recorded, SqliteLog, SystemClock};
use daicho_tests::binary::{Said, daicho};
use futures::StreamExt as _;

fn simulate(data: &Path, offices: u32, from: NaiveDate, to: NaiveDate) -> Said {
    let mut command = daicho(data);
    command.args(["simulate", "--json", "--seed", "3"]);
    command.args(["--offices", &offices.to_string()]);
    command.args(["--from", &from.to_string(), "--to", &to.to_string()]);
    Said::by(&mut command)
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// A server of the binary, killed when it goes.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(mut command: Command) -> Server {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let out = child.stdout.take().expect("it is piped");
        let address = BufReader::new(out)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("http://").map(str::to_owned));
        let address = address.expect("it says where it listens");
        let address = address.trim_end_matches('/').to_owned();
        Server { child, address }
    }

    fn serving(data: &Path) -> Server {
        let mut command = daicho(data);
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        Server::start(command)
    }

    /// The status line and the body of a page.
    fn page(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let host = &self.address;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .expect("it takes a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    /// Told to stop, it finishes what is under way.
    fn stop(mut self) {
        let told = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(told.expect("kill runs").success());
        let ended = self.child.wait().expect("it ends");
        assert_eq!(ended.code(), Some(0));
    }

    /// As when the power fails.
    fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_same_seed_gives_the_same_directory() {
    let parent = tempfile::tempdir().expect("a directory");
    let exports = ["one", "other"].map(|name| {
        let data = parent.path().join(name);
        let said = simulate(&data, 20, day("2026-01-10"), day("2026-04-10"));
        assert_eq!(said.code, Some(0), "{}", said.err);
        let export = Said::by(daicho(&data).args(["log", "export"]));
        let digest = Said::by(daicho(&data).args(["views", "digest"]));
        assert!(export.out.lines().count() > 300, "{}", export.err);
        let again = simulate(&data, 20, day("2026-01-10"), day("2026-04-10"));
        assert_eq!(again.code, Some(1), "it is not empty any more");
        (export.out, digest.out)
    });
    assert!(exports[0] == exports[1], "the logs differ");
}

#[test]
fn a_demo_is_made_once_and_served_again_and_a_real_directory_is_refused() {
    let parent = tempfile::tempdir().expect("a directory");
    let real = parent.path().join("real");
    std::fs::create_dir(&real).expect("a directory");
    std::fs::write(real.join("log.db"), "").expect("somebody's log");
    let refused = Said::by(daicho(&real).args(["demo", "--fresh"]));
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(refused.err.contains("練習用"), "{}", refused.err);

    let data = parent.path().join("demo");
    let demo = || {
        let mut command = daicho(&data);
        command.args(["demo", "--offices", "12", "--months", "2"]);
        command.args(["--listen", "127.0.0.1:0"]);
        Server::start(command)
    };
    let server = demo();
    let home = server.page("/");
    assert!(home.starts_with("HTTP/1.1 200"), "{home}");
    assert!(home.contains("練習用"), "{home}");
    server.stop();
    let made = std::fs::metadata(data.join("training.json")).expect("it is marked");
    demo().stop();
    let again = std::fs::metadata(data.join("training.json")).expect("it is marked");
    assert_eq!(
        made.modified().expect("a time"),
        again.modified().expect("a time"),
        "it was made anew"
    );
}

#[tokio::test]
async fn a_server_killed_while_it_opens_days_goes_on_where_it_was() {
    let parent = tempfile::tempdir().expect("a directory");
    let today = SystemClock.date_in_japan();
    let (steady, killed) = (parent.path().join("steady"), parent.path().join("killed"));
    let to = today - Days::new(40);
    let said = simulate(&steady, 30, to - Days::new(100), to);
    assert_eq!(said.code, Some(0), "{}", said.err);
    copy(&steady, &killed);

    let server = Server::serving(&steady);
    until(&steady, |events| is_opened(events, today)).await;
    server.stop();

    let mut kills = 0;
    loop {
        let before = events(&killed).await.len();
        if is_opened(&events(&killed).await, today) {
            break;
        }
        let server = Server::serving(&killed);
        until(&killed, |events| {
            events.len() > before + 5 || is_opened(events, today)
        })
        .await;
        server.kill();
        kills += 1;
    }
    assert!(kills > 3, "it was killed {kills} times");
    Server::serving(&killed).stop();
    let said = |events: Vec<Recorded>| -> Vec<String> {
        let of = |event: Recorded| {
            let body = event.body.as_str().to_owned();
            format!("{} {} {}", event.event_id, event.kind, body)
        };
        events.into_iter().map(of).collect()
    };
    assert_eq!(said(events(&killed).await), said(events(&steady).await));
    let checked = Said::by(daicho(&killed).args(["views", "check"]));
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
}

fn is_opened(events: &[Recorded], day: NaiveDate) -> bool {
    let stream = format!("office_day-{day}");
    events.iter().any(|event| event.stream.as_str() == stream)
}

async fn events(data: &Path) -> Vec<Recorded> {
    let log = SqliteLog::open_for_reading(&DataDir::at(data).log()).expect("the log opens");
    log.read_all(None, usize::MAX).await.expect("it is read")
}

/// Waits until what has been recorded is as it should be.
async fn until(data: &Path, done: impl Fn(&[Recorded]) -> bool) {
    let log = SqliteLog::open_for_reading(&DataDir::at(data).log()).expect("the log opens");
    let mut recorded = log.subscribe(None).await.expect("it is followed");
    let mut events = Vec::new();
    while !done(&events) {
        let page = recorded.next().await.expect("it goes on");
        events.extend(page.expect("it is read"));
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("it is read") {
        let entry = entry.expect("an entry").path();
        let name = entry.file_name().expect("it has a name");
        match entry.is_dir() {
            true => copy(&entry, &to.join(name)),
            false => {
                std::fs::copy(&entry, to.join(name)).expect("it is copied");
            }
        }
    }
}
