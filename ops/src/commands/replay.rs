//! `daicho replay`: what was known at a moment, from the log alone. The read models are made from nothing up to
//! there; nothing of the present ones is asked, so it also answers for a directory that has only its log.

use std::path::PathBuf;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use daicho_projections::case_history::HistoryRow;
use daicho_projections::cases::{self, CaseRow, Filter, Page, Sort};
use daicho_projections::store::ViewsError;
use daicho_projections::{Snapshot, case_history, replay};
use serde_json::json;

use super::views::Office;
use super::{Failure, print, print_json};
use crate::Global;

/// What `replay` takes.
#[derive(clap::Args)]
pub struct Args {
    /// The moment: 2026-10-09 (its end, in Japan), 2026-10-09T14:05, or with an offset
    #[arg(long, value_name = "TIME", conflicts_with = "number", value_parser = moment)]
    as_of: Option<DateTime<Utc>>,
    /// The moment after the event with this number
    #[arg(long, value_name = "N")]
    number: Option<u64>,
    /// One case by its 案件番号 or its stream, with its history
    #[arg(long, value_name = "ID")]
    case: Option<String>,
    /// The master key, if it does not lie beside the data directory
    #[arg(long, value_name = "FILE")]
    master_key: Option<PathBuf>,
}

/// A moment as people write it. Without an offset it is meant in Japan; a day is meant to its end.
fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let japan = FixedOffset::east_opt(9 * 3600).expect("nine hours are a valid offset");
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.with_timezone(&Utc));
    }
    let end = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).expect("a time of day");
    let day = text.parse::<NaiveDate>().map(|day| day.and_time(end));
    let forms = [
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
    ];
    let times = forms
        .iter()
        .filter_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let local = day.ok().into_iter().chain(times).next();
    local
        .and_then(|local| japan.from_local_datetime(&local).single())
        .map(|instant| instant.with_timezone(&Utc))
        .ok_or_else(|| {
            format!("「{text}」は日時ではありません。2026-10-09 か 2026-10-09T14:05 の形で指定してください")
        })
}

/// Runs it.
pub fn run(global: &Global, args: &Args) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let office = Office::open(global, args.master_key.as_deref()).await?;
        let until = match (args.number, args.as_of) {
            (Some(number), _) => Some(number),
            (None, None) => None,
            (None, Some(instant)) => match office.source.number_at(instant).await.map_err(said)? {
                Some(number) => Some(number),
                None => return nothing(global),
            },
        };
        let (bar, progress) = office.progress("再現");
        let snapshot = replay(&office.catalogue, &office.source, until, progress).await;
        bar.finish_and_clear();
        let snapshot = snapshot.map_err(said)?;
        match &args.case {
            Some(id) => one(global, &snapshot, id),
            None => all(global, &snapshot),
        }
    })
}

fn said(error: ViewsError) -> Failure {
    Failure::refused(error.sentence())
}

fn nothing(global: &Global) -> Result<(), Failure> {
    if global.json {
        return print_json(&json!({ "number": null, "cases": [] }));
    }
    print("その時点では何も記録されていません。\n")
}

/// Every case in progress then.
fn all(global: &Global, snapshot: &Snapshot) -> Result<(), Failure> {
    let open = Filter {
        open: Some(true),
        ..Filter::default()
    };
    let page = Page {
        sort: Sort::Due,
        descending: false,
        offset: 0,
        limit: i64::MAX.unsigned_abs(),
    };
    let listed = cases::list(snapshot, &open, page).map_err(said)?;
    let number = snapshot.number().map_err(said)?;
    if global.json {
        return print_json(&json!({ "number": number, "cases": listed.rows }));
    }
    let mut text = format!("進行中の案件 {}件（{}）\n", listed.total, up_to(number));
    for case in &listed.rows {
        text.push_str(&line(case));
    }
    print(&text)
}

/// One case with its history up to then.
fn one(global: &Global, snapshot: &Snapshot, id: &str) -> Result<(), Failure> {
    let numbered = cases::numbered(snapshot, id).map_err(said)?;
    let case = match numbered {
        Some(case) => Some(case),
        None => cases::keyed(snapshot, id).map_err(said)?,
    };
    let number = snapshot.number().map_err(said)?;
    let Some(case) = case else {
        return Err(Failure::refused(format!(
            "案件「{id}」は、その時点（{}）にはありません。案件番号を確認してください。",
            up_to(number)
        )));
    };
    let history = case_history::of_stream(snapshot, &case.stream).map_err(said)?;
    if global.json {
        return print_json(&json!({ "number": number, "case": case, "history": history }));
    }
    let mut text = line(&case);
    for event in &history {
        text.push_str(&step(event));
    }
    print(&text)
}

fn up_to(number: Option<u64>) -> String {
    number.map_or_else(
        || "記録なし".to_owned(),
        |number| format!("イベント {number} まで"),
    )
}

fn line(case: &CaseRow) -> String {
    let office = case.office_number.map(|number| number.to_string());
    let due = case.due.map(|due| due.format("%Y/%m/%d").to_string());
    let none = || "－".to_owned();
    format!(
        "{:<10} {} {} {} {} {} {} {}\n",
        case.no,
        case.kind.label(),
        case.corporation_name,
        office.unwrap_or_else(none),
        case.status.label(),
        case.what.map_or("－", |what| what.label()),
        case.party.map_or("－", |party| party.label()),
        due.unwrap_or_else(none),
    )
}

fn step(event: &HistoryRow) -> String {
    format!(
        "  {:>8}  {}  {}  {}{}\n",
        event.number,
        event.occurred_on.format("%Y/%m/%d"),
        event.kind,
        event.actor,
        event
            .rulebook
            .as_ref()
            .map_or_else(String::new, |book| format!("  {book}")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_meant_to_its_end_in_japan() {
        let end = moment("2026-10-09").expect("a day");
        assert_eq!(end.to_rfc3339(), "2026-10-09T14:59:59.999999+00:00");
        let minute = moment("2026-10-09T14:05").expect("a minute");
        assert_eq!(minute.to_rfc3339(), "2026-10-09T05:05:00+00:00");
        let elsewhere = moment("2026-10-09T05:05:00Z").expect("an instant");
        assert_eq!(elsewhere, minute);
        assert!(moment("昨日").is_err());
    }
}
