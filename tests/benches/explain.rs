//! One question over twenty years of days: what `daicho explain --on … --until …` reckons.
//!
//! The yardstick is the same question answered with nothing but its values (no steps, no texts, no changes), so that
//! the ratio says what the derivation costs.
//!
//! `cargo bench -p daicho-tests --bench explain`

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::rules::{Ask, Explainer, Policy, Question};

const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2015, 1, 1).expect("a real day");
const LAST: NaiveDate = NaiveDate::from_ymd_opt(2034, 12, 31).expect("a real day");

/// How often each is measured; the median is printed.
const ROUNDS: usize = 3;

fn main() {
    let policy = Policy::seeded();
    println!(
        "service             question      days   whole/values  whole s  rows s  values s  µs/day"
    );
    for (service, question) in [
        (Service::HonobonoMini2, Question::Trial),
        (Service::HonobonoMini2, Question::Transmission),
        (Service::CareNetMessenger, Question::Transmission),
        (Service::HonobonoMini2, Question::Debit),
        (Service::HonobonoMini2, Question::Termination),
        (Service::CareplanRenkei, Question::Licence),
    ] {
        let ask = Ask::new(service, question, FIRST);
        let mut explainer = Explainer::new(&policy, ask.clone());
        let mut rounds: Vec<[Duration; 3]> = (0..ROUNDS)
            .map(|_| {
                let whole =
                    timed(|on| drop(black_box(explainer.answer_on(on).expect("it is answered"))));
                let rows =
                    timed(|on| drop(black_box(explainer.row_on(on).expect("it is answered"))));
                let values =
                    timed(|on| drop(black_box(explainer.values_on(on).expect("it is answered"))));
                [whole, rows, values]
            })
            .collect();
        rounds.sort_unstable();
        let [whole, rows, values] = rounds[ROUNDS / 2].map(|time| time.as_secs_f64());
        let days = FIRST.iter_days().take_while(|on| *on <= LAST).count();
        println!(
            "{:18}  {:12}  {days:5}  {:12.1}x  {whole:7.2}  {rows:6.2}  {values:8.2}  {:6.1}",
            service.to_string(),
            format!("{question:?}"),
            whole / values,
            whole * 1e6 / days as f64,
        );
    }
}

fn timed(mut each: impl FnMut(NaiveDate)) -> Duration {
    let begun = Instant::now();
    for on in FIRST.iter_days().take_while(|on| *on <= LAST) {
        each(on);
    }
    begun.elapsed()
}
