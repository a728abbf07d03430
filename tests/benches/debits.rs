//! The monthly debit: the bank file of 80,000 records against a bare loop that formats and parses the same, and a month
//! gathered from every ledger and booked into every ledger against `execute` by 64 callers.
//!
//! The yardsticks run in the same process, or between the processes they are held against, turn by turn. `batch` takes
//! two processes for each size: one that moves the corporations in, one that gathers, freezes, approves, releases, takes the
//! result and books it, with a log that acknowledges what is durable; the second one says how much memory it needed.
//!
//! `cargo bench -p daicho-tests --bench debits [-- file | batch]`; `DAICHO_BENCH_DEBITS=80000` for more than 20,000
//! debits in `batch`, whose smaller run has a quarter of them.

#[path = "debits/bare.rs"]
mod bare;
#[path = "debits/month.rs"]
mod month;

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use daicho_domain::zengin::{
    AccountKind, Consignor, Debit, Digits, NewCode, Records, Request, Text,
};
use daicho_tests::load;

/// Records in the file.
const RECORDS: u64 = 80_000;
/// Debits in the larger run unless the environment says otherwise.
const DEBITS: u64 = 20_000;
/// How often each is measured; the median is printed.
const ROUNDS: usize = 5;
/// Callers and commands of the yardstick.
const CALLERS: u64 = 64;
const COMMANDS: u64 = 20_000;

/// A debit as the ledgers answer it: names as people type them.
#[derive(Clone, Debug)]
struct Typed {
    bank_name: String,
    branch: u32,
    branch_name: String,
    number: String,
    holder: String,
    amount: u64,
    customer: u64,
}

fn main() {
    if month::is_one_step() {
        return;
    }
    let only = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let wanted = |name: &str| only.as_deref().is_none_or(|only| name.contains(only));
    if wanted("file") {
        file();
    }
    if wanted("batch") {
        batch();
    }
}

fn typed(nth: u64) -> Typed {
    const FORMS: [&str; 4] = ["社会福祉法人", "株式会社", "医療法人", "カ）"];
    const NAMES: [&str; 4] = [
        "アオゾラカイ",
        "ヒカリケアサービス",
        "ミドリノサト",
        "ショッピングヴィラ",
    ];
    let pick =
        |of: [&'static str; 4], by: u64| of[usize::try_from(nth / by % 4).expect("below four")];
    Typed {
        bank_name: "レンシユウ".to_owned(),
        branch: u32::try_from(nth % 900).expect("below 900"),
        branch_name: "シテン".to_owned(),
        number: format!("{:07}", nth * 7 % 10_000_000),
        holder: format!("{}{}", pick(FORMS, 1), pick(NAMES, 4)),
        amount: 3_300 * (1 + nth % 9),
        customer: 7_000_012_050_002 + nth,
    }
}

fn debit_on() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 28).expect("a real day")
}

/// The file as daicho makes it: every field checked, every name in the characters of the file.
fn written(debits: &[Typed]) -> Vec<u8> {
    let records = debits.iter().map(|typed| Debit {
        bank: Digits::of(9999),
        bank_name: Text::optional(&typed.bank_name).expect("the file can carry it"),
        branch: Digits::of(u128::from(typed.branch)),
        branch_name: Text::optional(&typed.branch_name).expect("the file can carry it"),
        account_kind: AccountKind::Ordinary,
        account_number: typed.number.parse().expect("seven digits"),
        holder: Text::of(&typed.holder).expect("the file can carry it"),
        amount: typed.amount,
        new_code: NewCode::Unchanged,
        customer: Digits::of(u128::from(typed.customer)),
    });
    let request = Request::new(&Consignor::invented(), debit_on(), records.collect());
    request.expect("the consignor can be written").bytes()
}

/// How long something takes, and what came of it.
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let done = black_box(work());
    (begun.elapsed(), done)
}

fn file() {
    let debits: Vec<_> = (0..RECORDS).map(typed).collect();
    let characters = bare::Characters::new();
    let mut rounds: [Vec<(Duration, Duration)>; 2] = [vec![], vec![]];
    for _ in 0..ROUNDS {
        let (ours, file) = timed(|| written(&debits));
        let (bare, same) = timed(|| bare::written(&debits, &characters, debit_on()));
        assert!(file == same, "both write the same file");
        rounds[0].push((ours, bare));
        let (ours, read) = timed(|| Records::read(&file).expect("it is a file"));
        let (bare, parsed) = timed(|| bare::read(&file));
        assert_eq!(read.lines.len(), parsed.len());
        let amount: u64 = parsed.iter().map(|debit| debit.amount).sum();
        assert_eq!(read.trailer.asked.amount, amount);
        rounds[1].push((ours, bare));
    }
    println!("{RECORDS} records          ms  bare ms  ratio");
    for (name, mut rounds) in ["written", "read"].into_iter().zip(rounds) {
        rounds.sort_by_key(|(ours, bare)| ours.as_nanos() * 1_000 / bare.as_nanos());
        let (ours, bare) = rounds[ROUNDS / 2];
        println!(
            "{name:>13} {:14.1} {:8.1} {:5.0}%",
            ours.as_secs_f64() * 1e3,
            bare.as_secs_f64() * 1e3,
            100.0 * bare.as_secs_f64() / ours.as_secs_f64(),
        );
    }
}

fn batch() {
    let told = std::env::var("DAICHO_BENCH_DEBITS").ok();
    let debits = told
        .and_then(|debits| debits.parse().ok())
        .unwrap_or(DEBITS);
    let place = tempfile::tempdir().expect("a directory");
    println!("   debits  gathered/s  booked/s  execute/s  gathered  booked  file ms  peak MiB");
    for (nth, debits) in [debits / 4, debits].into_iter().enumerate() {
        let dir = place.path().join(format!("data-{nth}"));
        let before = execute(&place.path().join(format!("before-{nth}")));
        let month = month::debited(&dir, debits);
        let after = execute(&place.path().join(format!("after-{nth}")));
        let yardstick = f64::midpoint(before, after);
        println!(
            "{debits:9} {:11.0} {:9.0} {yardstick:10.0} {:8.0}% {:6.0}% {:8.0} {:9.0}",
            month.gathered,
            month.booked,
            100.0 * month.gathered / yardstick,
            100.0 * month.booked / yardstick,
            month.file_ms,
            month.peak_mib,
        );
    }
}

/// Commands a second by 64 callers.
fn execute(path: &std::path::Path) -> f64 {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (took, times) = timed(|| runtime.block_on(load::execute(path, CALLERS, COMMANDS)));
    times.len() as f64 / took.as_secs_f64()
}
