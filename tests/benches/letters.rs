//! Letters: what one takes once the press is warm, and a thousand 委任状 with their codes in one file.
//!
//! The yardstick of the one file is the same thousand set one by one in the same process: what counts is the ratio of the
//! two rates. No two contents are alike, so that nothing the typesetter remembers of one sets another.
//!
//! Memory is that of a process of its own for each number of files: the first file of a thousand makes the peak, and the
//! files after it must not raise it.
//!
//! `cargo bench -p daicho-tests --bench letters [-- warm | batch | memory]`

use std::time::{Duration, Instant};

use daicho_domain::poa::Code;
use daicho_domain::stream::PoaId;
use daicho_letters::{Templates, Typesetter, sample};
// It brings the allocator that the binary uses.
use daicho_tests as _;
use daicho_workers::letters::{Content, Letter, Press, Sender};
use uuid::Uuid;

/// Letters of each kind, and how many go before them so that the press is warm.
const LETTERS: u128 = 40;
const WARMING: u128 = 5;
/// 委任状 in one file.
const SHEETS: u128 = 1_000;
/// How often the file and the single sheets are measured, turn by turn; the median is printed.
const ROUNDS: usize = 3;
/// How many files of a thousand a process makes, whose peaks are compared.
const FILES: [u128; 2] = [1, 4];
/// Where a process that only prints files finds how many.
const FILES_ONLY: &str = "DAICHO_BENCH_FILES";

fn main() {
    if let Some(files) = std::env::var_os(FILES_ONLY) {
        let files = files.to_str().and_then(|files| files.parse().ok());
        return files_only(files.expect("a number of files"));
    }
    let only = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let wanted = |name: &str| only.as_deref().is_none_or(|only| name.contains(only));
    if wanted("warm") {
        warm();
    }
    if wanted("batch") {
        batch();
    }
    if wanted("memory") {
        memory();
    }
}

fn press() -> Typesetter {
    Typesetter::new(Templates::embedded(), Some(Sender::invented()))
}

/// A letter like its sample, to somebody else under another number.
fn content(letter: Letter, nth: u128) -> Content {
    let mut values = sample(letter);
    values["to"]["corporation"] = format!("社会福祉法人青葉の里第{nth}支部").into();
    values.insert("reference".to_owned(), format!("26-{nth:06}").into());
    if values.contains_key("code") {
        let code = Code::of(PoaId(Uuid::from_u128(nth)));
        values.insert("code".to_owned(), code.to_string().into());
    }
    Content { letter, values }
}

fn sheets(file: u128) -> Vec<Content> {
    let numbers = (0..SHEETS).map(|nth| file * SHEETS + nth);
    numbers.map(|nth| content(Letter::PoaStart, nth)).collect()
}

/// How long one letter takes.
fn one(press: &Typesetter, content: &Content) -> Duration {
    let begun = Instant::now();
    let printed = press.print(std::slice::from_ref(content));
    printed.expect("it is printed");
    begun.elapsed()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn warm() {
    let press = press();
    println!("letter                  p50 ms   p99 ms");
    let mut all = Vec::new();
    for letter in Letter::ALL {
        for nth in 0..WARMING {
            one(&press, &content(*letter, nth));
        }
        let numbers = WARMING..WARMING + LETTERS;
        let mut times: Vec<_> = numbers
            .map(|nth| one(&press, &content(*letter, nth)))
            .collect();
        all.extend_from_slice(&times);
        tell(letter.code(), &mut times);
    }
    tell("all", &mut all);
}

fn tell(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| millis(times[(times.len() - 1) * percent / 100]);
    println!("{what:22} {:8.1} {:8.1}", at(50), at(99));
}

fn batch() {
    let press = press();
    println!("sheets  one by one/s  in one file/s  ratio  file MiB  pages");
    let mut rounds = Vec::new();
    for round in 0..ROUNDS as u128 {
        let (first, second) = (sheets(round * 2), sheets(round * 2 + 1));
        let single: Duration = first.iter().map(|content| one(&press, content)).sum();
        let begun = Instant::now();
        let printed = press.print(&second).expect("it is printed");
        rounds.push((single, begun.elapsed(), printed.pdf.len(), printed.pages));
    }
    rounds.sort_by(|a, b| ratio(a.0, a.1).total_cmp(&ratio(b.0, b.1)));
    let (single, file, bytes, pages) = rounds[ROUNDS / 2];
    println!(
        "{SHEETS:6} {:13.1} {:14.1} {:5.0}% {:9.1} {pages:6}   rounds {:?}",
        SHEETS as f64 / single.as_secs_f64(),
        SHEETS as f64 / file.as_secs_f64(),
        100.0 * ratio(single, file),
        bytes as f64 / 1_048_576.0,
        rounds
            .iter()
            .map(|(single, file, ..)| (100.0 * ratio(*single, *file)).round())
            .collect::<Vec<_>>(),
    );
}

/// The rate of the file over that of the single sheets.
fn ratio(single: Duration, file: Duration) -> f64 {
    single.as_secs_f64() / file.as_secs_f64()
}

/// Files of a thousand, each number of them in a process of its own.
fn memory() {
    println!("files of {SHEETS}  peak MiB");
    for files in FILES {
        let own = std::env::current_exe().expect("this program");
        let ended = std::process::Command::new(own)
            .env(FILES_ONLY, files.to_string())
            .status();
        assert!(ended.expect("it runs").success());
    }
}

fn files_only(files: u128) {
    let press = press();
    for file in 0..files {
        press.print(&sheets(file)).expect("it is printed");
    }
    println!("{files:13} {:9}", peak_kib() / 1024);
}

/// The most memory this process ever held.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux says so");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    kib.and_then(|kib| kib.parse().ok())
        .expect("it is a number of kilobytes")
}
