//! From the acknowledgement of an append to a subscriber.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::CONNECTIONS;
use crate::protocol::{Protocol, Until};
use crate::raw::Raw;
use crate::server::Server;

/// When an event was sent, was acknowledged and was seen by the subscriber.
#[derive(Clone, Copy)]
struct Seen {
    sent: Instant,
    answered: Option<Instant>,
    seen: Option<Instant>,
}

/// From the acknowledgement of an append to the subscriber, at so many events a second, so many to an append.
pub async fn after(directory: &Path, per_second: usize, together: usize) {
    let server = Server::daicho(&directory.join(format!("subscriber-{per_second}")));
    let events = per_second * 10;
    let none = Seen {
        sent: Instant::now(),
        answered: None,
        seen: None,
    };
    let all = Arc::new(Mutex::new(vec![none; events]));
    let mut following = Raw::taking(4 << 20, server.address).await;
    let mut following = server
        .protocol
        .read_all(&mut following, Until::Stopped)
        .await;
    let heard = all.clone();
    let hearing = tokio::spawn(async move {
        let mut next = 0;
        while next < events {
            let message = following.next().await.expect("it goes on");
            if Protocol::KurrentDb.events_in(&message) == 0 {
                continue;
            }
            let needle = b"{\"index\":";
            let at = message
                .windows(needle.len())
                .position(|window| window == needle);
            let at = at.expect("its body") + needle.len();
            let index = std::str::from_utf8(&message[at..at + 10]).expect("digits");
            let index: usize = index.parse().expect("a number");
            heard.lock().expect("nobody panics")[index].seen = Some(Instant::now());
            next += 1;
        }
    });
    let connections = server.connections().await;
    let every = Duration::from_secs_f64(together as f64 / per_second as f64);
    let begun = Instant::now();
    let mut writing = Vec::new();
    for (turn, index) in (0..events).step_by(together).enumerate() {
        let due = begun + every * u32::try_from(turn).expect("a small number");
        tokio::time::sleep_until(due.into()).await;
        let (mut connection, all) = (connections[turn % CONNECTIONS].clone(), all.clone());
        writing.push(tokio::spawn(async move {
            let mark = |set: &dyn Fn(&mut Seen)| {
                let mut all = all.lock().expect("nobody panics");
                all[index..index + together].iter_mut().for_each(set);
            };
            let now = Instant::now();
            mark(&|seen| seen.sent = now);
            let protocol = Protocol::KurrentDb;
            protocol
                .append(&mut connection, turn % 64, index, together)
                .await;
            let now = Instant::now();
            mark(&|seen| seen.answered = Some(now));
        }));
    }
    for write in writing {
        write.await.expect("it writes");
    }
    let took = begun.elapsed().as_secs_f64();
    hearing.await.expect("it hears");
    let all = all.lock().expect("nobody panics");
    let since = |from: &dyn Fn(&Seen) -> Instant| {
        let mut micros: Vec<f64> = all
            .iter()
            .map(|seen| {
                let until = seen.seen.expect("it was seen");
                until.saturating_duration_since(from(seen)).as_secs_f64() * 1e6
            })
            .collect();
        micros.sort_by(f64::total_cmp);
        let at = |part: usize| micros[micros.len() * part / 100] / 1000.0;
        format!("p50 {:.2} ms, p99 {:.2} ms", at(50), at(99))
    };
    println!(
        "subscriber at {per_second}/s ({:.0}/s): acknowledged to seen {}; sent to seen {}",
        events as f64 / took,
        since(&|seen| seen.answered.expect("it was answered")),
        since(&|seen| seen.sent),
    );
}
