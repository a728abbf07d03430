//! ホーム: today's work. What is due, what is late, what waits for us, the next fourteen days, what changed since
//! yesterday.

use super::case_line::CaseLine;
use super::debits as batches;
use super::feed::{self, FeedDay};
use super::frame::Frame;
use super::parts::{Due, Why};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, calendar, show, why, words};
use crate::problem::Problem;
use askama::Template;
use chrono::{Days, NaiveDate};
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::rules::{Ask, Question, answer};
use daicho_domain::waiting::Party;
use daicho_projections::agenda;
use daicho_projections::cases::{self, Filter, Kind, Page as Range, Sort, Status};
use std::collections::BTreeMap;

/// Cases in the list of those that are due first.
const CASES: u64 = 12;
/// Days of the strip.
const STRIP: usize = 14;

#[derive(Template)]
#[template(path = "home.html")]
struct Page {
    frame: Frame,
    cutoffs: Vec<Cutoff>,
    tiles: Vec<Tile>,
    strip: Vec<StripDay>,
    cases: Vec<CaseLine>,
    feed: Vec<FeedDay>,
}

/// 締日まであと○営業日.
struct Cutoff {
    service: &'static str,
    date: String,
    due: Due,
    why: Why,
}

/// A number that says whether there is something to do, and leads to it.
struct Tile {
    word: &'static str,
    count: u64,
    note: &'static str,
    href: String,
    tone: &'static str,
}

impl Tile {
    fn class(&self) -> String {
        let tone = if self.count == 0 {
            "tile-none"
        } else {
            self.tone
        };
        format!("tile {tone}")
    }
}

/// One day of the strip.
struct StripDay {
    on: NaiveDate,
    today: bool,
    closed: bool,
    marks: Vec<String>,
    counts: Vec<(String, u64, String)>,
}

/// `GET /`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let open = Filter {
        open: Some(true),
        ..Filter::default()
    };
    let first = Range {
        sort: Sort::Due,
        descending: false,
        offset: 0,
        limit: CASES,
    };
    let listed = cases::list(reading.snapshot, &open, first)?;
    show(&Page {
        frame: Frame::new(reading.viewer, "/", "ホーム"),
        cutoffs: cutoffs(reading),
        tiles: tiles(reading)?,
        strip: strip(reading)?,
        cases: listed
            .rows
            .iter()
            .map(|row| CaseLine::new(row, reading))
            .collect(),
        feed: feed::since_yesterday(reading)?,
    })
}

/// What needs somebody, in the order in which it hurts.
fn tiles(reading: &Reading<'_>) -> Result<Vec<Tile>, Problem> {
    let today = reading.viewer.moment.day;
    let open = || Filter {
        open: Some(true),
        ..Filter::default()
    };
    let count = |filter: &Filter| cases::count(reading.snapshot, filter);
    let cases = |fields: &[(&str, &str)]| {
        let query = fields
            .iter()
            .fold(Query::at("/cases"), |query, (name, value)| {
                query.and(name, value)
            });
        query.to_string()
    };
    let day = today.to_string();
    let before = today.pred_opt().unwrap_or(today);
    let attention = [
        Status::PoaResend,
        Status::Person,
        Status::FormEntries,
        Status::PoaLapsed,
        Status::PoaUnprintable,
        Status::LetterUnprintable,
        Status::LetterUndeliverable,
        Status::MailUndelivered,
    ];
    let attention_fields: Vec<_> = attention
        .iter()
        .map(|status| ("status", status.code()))
        .collect();
    Ok(vec![
        Tile {
            word: "期限超過",
            count: count(&Filter {
                due_to: Some(before),
                ..open()
            })?,
            note: "期限を過ぎて動いていないもの",
            href: cases(&[("due_to", &before.to_string())]),
            tone: "tile-over",
        },
        Tile {
            word: "本日期限",
            count: count(&Filter {
                due_from: Some(today),
                due_to: Some(today),
                ..open()
            })?,
            note: "今日中に終えるもの",
            href: cases(&[("due_from", &day), ("due_to", &day)]),
            tone: "tile-today",
        },
        Tile {
            word: "到着確認待ち",
            count: count(&Filter {
                statuses: vec![Status::PoaPostCount],
                ..open()
            })?,
            note: "期日の郵便の日次締めで決まる",
            href: cases(&[("status", Status::PoaPostCount.code())]),
            tone: "tile-today",
        },
        Tile {
            word: "要対応（不備）",
            count: count(&Filter {
                statuses: attention.to_vec(),
                ..open()
            })?,
            note: "不備・期限切れ・不達・印字できない文字・判断待ち",
            href: cases(&attention_fields),
            tone: "tile-today",
        },
        Tile {
            word: "口座振替の期限",
            count: batches::listed(reading, batches::Which::Due)?.len() as u64,
            note: "送付・結果の取り込みの期限が来たもの",
            href: Query::at("/debits").with("due", "today").to_string(),
            tone: "tile-over",
        },
        Tile {
            word: "未収",
            count: count(&Filter {
                kinds: vec![Kind::Ledger],
                statuses: IN_ARREARS.to_vec(),
                ..open()
            })?,
            note: "振替不能で入金のない法人",
            href: Query::at("/arrears").to_string(),
            tone: "tile-today",
        },
        Tile {
            word: "結果待ち",
            count: count(&Filter {
                parties: vec![Party::Federation, Party::Bank],
                ..open()
            })?,
            note: "国保連・銀行の回答を待つもの",
            href: cases(&[
                ("party", Party::Federation.code()),
                ("party", Party::Bank.code()),
            ]),
            tone: "",
        },
        Tile {
            word: "期限のない待ち",
            count: count(&Filter {
                due_none: true,
                ..open()
            })?,
            note: "想定より長くないか見るもの",
            href: cases(&[("due", "none"), ("sort", "updated")]),
            tone: "",
        },
    ])
}

/// What a ledger is while a failed debit is not paid.
const IN_ARREARS: [Status; 3] = [Status::Arrears, Status::SuspensionSet, Status::Suspended];

/// The next cut-off of each service that has one.
fn cutoffs(reading: &Reading<'_>) -> Vec<Cutoff> {
    let policy = reading.viewer.app.policy();
    let of = |service: Service| {
        let ask = Ask::new(service, Question::Transmission, reading.viewer.moment.day);
        let answer = answer(&policy, &ask).ok()?;
        let cutoff = answer.dated("cutoff_on").ok()?;
        Some(Cutoff {
            service: words::service(service),
            date: words::short_date(cutoff.on),
            due: reading.due(cutoff.on),
            why: why::of(&cutoff.basis, "締日"),
        })
    };
    Service::ALL.into_iter().filter_map(of).collect()
}

fn strip(reading: &Reading<'_>) -> Result<Vec<StripDay>, Problem> {
    let today = reading.viewer.moment.day;
    let last = today + Days::new(STRIP as u64 - 1);
    let policy = reading.viewer.app.policy();
    let mut marks = BTreeMap::new();
    for month in [Month::of(today), Month::of(today).next()] {
        marks.extend(calendar::marks(&policy, month, &Service::ALL, None));
    }
    let planned = agenda::between(reading.snapshot, today, last)?;
    let vendor = policy.calendars.vendor();
    Ok(today
        .iter_days()
        .take(STRIP)
        .map(|on| StripDay {
            on,
            today: on == today,
            closed: !vendor.is_open(on).value,
            marks: marks
                .get(&on)
                .map_or_else(Vec::new, |marks| distinct(marks)),
            counts: planned
                .iter()
                .filter(|planned| planned.day == on)
                .filter_map(|planned| {
                    let word = calendar::planned_word(&planned.milestone)?;
                    let count = planned.offices.max(planned.corporations);
                    Some((word.to_owned(), count, calendar::day_href(on)))
                })
                .collect(),
        })
        .collect())
}

/// The words of a day's marks, each once.
fn distinct(marks: &[calendar::Mark]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for mark in marks {
        if !words.iter().any(|word| word == mark.word) {
            words.push(mark.word.to_owned());
        }
    }
    words
}
