//! 稼働状況: whether everything that happens by itself does, how fresh the pages are, what waits for a person, how
//! much room there is. It shows this process now, whatever moment the frame shows.

use super::form::Entry;
use super::form::{Action, Field};
use super::frame::Frame;
use super::parts::{Mood, Status};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use crate::problem::Problem;
use askama::Template;
use chrono::{Days, Duration, NaiveDate};
use daicho_domain::stream::Stream;
use daicho_eventlog::{DataDir, date_in_japan};
use daicho_projections::case_history;
use daicho_workers::outcome::{Ran, Refused, Worker};
use daicho_workers::schedules::Job;
use uuid::Uuid;

/// Days of the table of events.
const DAYS: u64 = 14;
/// Refusals of workers that are listed.
const REFUSALS: usize = 20;

#[derive(Template)]
#[template(path = "health.html")]
struct Page {
    frame: Frame,
    workers: Vec<WorkerLine>,
    facts: Vec<(&'static str, String)>,
    confirm: Option<Action>,
    holds: Vec<Hold>,
    jobs: Vec<JobLine>,
    days: Vec<DayLine>,
    room: Vec<(&'static str, String)>,
    refusals: Vec<Refused>,
}

/// Where a worker stands.
struct WorkerLine {
    name: &'static str,
    status: Status,
    why: String,
    last_run: String,
    number: String,
    sent: String,
    refused: String,
}

/// An outage after which sending rests.
struct Hold {
    days: String,
    release: Action,
}

/// A recurring job.
struct JobLine {
    label: String,
    last: String,
    recorded: String,
    status: Status,
    next: String,
}

/// What one business day brought.
struct DayLine {
    day: String,
    events: u64,
    href: String,
}

/// `GET /health`
pub async fn page(viewer: Viewer) -> Shown {
    let head = viewer.app.engine.log().head().await.map_err(|error| {
        tracing::error!(%error, "the log cannot be read");
        Problem::failed()
    })?;
    let head = head.map(|head| head.number);
    let today = viewer.app.engine.today().await;
    viewer
        .read(move |reading| shown(reading, head, today))
        .await
}

fn shown(reading: &Reading<'_>, head: Option<u64>, today: Option<NaiveDate>) -> Shown {
    let app = &reading.viewer.app;
    let today = today.unwrap_or(reading.viewer.moment.day);
    show(&Page {
        frame: Frame::new(reading.viewer, "/health", "稼働状況"),
        workers: workers(reading),
        facts: facts(reading, head, today)?,
        confirm: confirm(reading),
        holds: holds(reading)?,
        jobs: jobs(reading, today)?,
        days: days(reading, today)?,
        room: app.data.as_ref().map_or_else(|| Ok(vec![]), room)?,
        refusals: app
            .workers
            .outcomes()
            .refusals()
            .into_iter()
            .take(REFUSALS)
            .collect(),
    })
}

fn workers(reading: &Reading<'_>) -> Vec<WorkerLine> {
    let outcomes = reading.viewer.app.workers.outcomes().all();
    let applied = reading.viewer.app.views.applied();
    let line = |outcome: daicho_workers::outcome::Outcome| {
        let (status, why) = match outcome.result {
            Ran::NotRun => (Status::new("未実行", Mood::Before), String::new()),
            Ran::Done => (Status::new("正常", Mood::Done), String::new()),
            Ran::WaitsForPerson(jump) => (
                Status::new("確認待ち", Mood::Attention),
                format!("{}日分の開始を待っています。", jump.days),
            ),
            Ran::Failed(failure) => (
                Status::new("停止", Mood::Failed),
                format!(
                    "{}（{} から、15秒ごとに再試行）",
                    failure.sentence,
                    words::time(failure.since)
                ),
            ),
        };
        let commands = |count: u64| match outcome.worker {
            Worker::ReadModels => "―".to_owned(),
            Worker::Day
            | Worker::Reactions
            | Worker::Deadlines
            | Worker::Mail
            | Worker::Schedules
            | Worker::Vault => words::count(count),
        };
        let followed = match (outcome.worker, status.mood) {
            (Worker::ReadModels, Mood::Done) => applied,
            (_, _) => None,
        };
        WorkerLine {
            name: outcome.worker.label(),
            status,
            why,
            last_run: outcome.last_run.map_or_else(|| "―".to_owned(), words::time),
            // The read models follow without end: how far they are is theirs to say, not their last stop's.
            number: followed.or(outcome.number).map_or_else(
                || "―".to_owned(),
                |number| format!("#{}", words::count(number)),
            ),
            sent: commands(outcome.sent),
            refused: commands(outcome.refused),
        }
    };
    outcomes.into_iter().map(line).collect()
}

fn facts(
    reading: &Reading<'_>,
    head: Option<u64>,
    today: NaiveDate,
) -> Result<Vec<(&'static str, String)>, Problem> {
    let app = &reading.viewer.app;
    let numbered = |number: Option<u64>| {
        number.map_or_else(
            || "まだありません".to_owned(),
            |number| format!("#{}", words::count(number)),
        )
    };
    let applied = app.views.applied();
    let count = |number: Option<u64>| number.map_or(0, |number| number + 1);
    let behind = count(head).saturating_sub(count(applied));
    let now = app.engine.clock().now();
    let hour_ago = case_history::number_at(reading.snapshot, now - Duration::hours(1))?;
    let last_hour = count(applied).saturating_sub(count(hour_ago));
    let rate = format!("{} 件", words::count(last_hour));
    let behind = match behind {
        0 => "最新（遅れなし）".to_owned(),
        behind => format!("{} 件遅れ", words::count(behind)),
    };
    Ok(vec![
        ("業務日", words::date(today)),
        ("時計", format!("{}（日本時間）", words::time(now))),
        ("最新の記録", numbered(head)),
        ("直近1時間の記録", rate),
        (
            "一覧への反映",
            format!("{} まで、{behind}", numbered(applied)),
        ),
        ("一覧の世代", app.views.generation()),
    ])
}

/// The days that a jump of the clock leaves unopened, to be confirmed.
fn confirm(reading: &Reading<'_>) -> Option<Action> {
    let jump = reading.viewer.app.workers.outcomes().jump()?;
    let (today, civil) = (words::date(jump.today), words::date(jump.civil));
    let action = Action::new(
        "confirm-days",
        &format!("{} 日分をまとめて開始する", jump.days),
        &sent_back("/installation/confirm_days"),
    )
    .explains(&format!(
        "業務日は {today}、時計は {civil} です。時計が正しければ、{} 日分を1日ずつ順に開始します。その間の期限・月次処理・開始月がすべて処理され、元には戻せません。時計が間違っているときは、先に時計を直してください。",
        jump.days
    ))
    .hidden("until", jump.civil)
    .field(Field::must("confirmed", "時計が正しいことを確認しました", Entry::Check))
    .danger();
    Some(action.unless(past(reading)))
}

fn holds(reading: &Reading<'_>) -> Result<Vec<Hold>, Problem> {
    let held = reading
        .viewer
        .app
        .workers
        .sending_holds()
        .map_err(|error| {
            tracing::error!(%error, "the holds cannot be read");
            Problem::failed()
        })?;
    let hold = |(index, (since, until)): (usize, (NaiveDate, NaiveDate))| {
        let days = match since == until {
            true => words::date(since),
            false => format!("{}〜{}", words::date(since), words::date(until)),
        };
        let release = Action::new(
            &format!("release-{index}"),
            "送信保留を解除する",
            &sent_back("/installation/release_sending"),
        )
        .explains(&format!(
            "{days} の保留を解除します。送信待ちのメールが、順に送信されます。送らないものは、先に送信の画面で破棄してください。"
        ))
        .hidden("since", since)
        .hidden("until", until)
        .unless(past(reading));
        Hold { days, release }
    };
    Ok(held.into_iter().enumerate().map(hold).collect())
}

fn jobs(reading: &Reading<'_>, today: NaiveDate) -> Result<Vec<JobLine>, Problem> {
    let line = |job: &Job| -> Result<JobLine, Problem> {
        let stream = Stream::Schedule(job.name.clone());
        let last = case_history::of_stream(reading.snapshot, &stream)?.pop();
        let due = job.last_until(today);
        // A run stands on the day for which it was due; recorded on a later day of the clock, it was made up for.
        let status = match &last {
            Some(row) if date_in_japan(row.recorded_at) > row.occurred_on => {
                Status::new("後から実行", Mood::Attention)
            }
            Some(row) if due.is_none_or(|due| row.occurred_on >= due) => {
                Status::new("実行済み", Mood::Done)
            }
            Some(_) => Status::new("未実行", Mood::Failed),
            None => Status::new("実行前", Mood::Before),
        };
        let none = || "―".to_owned();
        Ok(JobLine {
            label: job.label.clone(),
            last: last
                .as_ref()
                .map_or_else(none, |row| words::date(row.occurred_on)),
            recorded: last.map_or_else(none, |row| words::time(row.recorded_at)),
            status,
            next: job.next_after(today).map_or_else(none, words::date),
        })
    };
    let jobs = reading.viewer.app.workers.jobs();
    jobs.iter().map(line).collect()
}

fn days(reading: &Reading<'_>, today: NaiveDate) -> Result<Vec<DayLine>, Problem> {
    let from = today - Days::new(DAYS - 1);
    let counts = case_history::count_by_day(reading.snapshot, from)?;
    let line = |(day, events)| DayLine {
        day: words::date(day),
        events,
        href: Query::at("/office_day")
            .with("day", &day.to_string())
            .to_string(),
    };
    Ok(counts.into_iter().rev().map(line).collect())
}

fn room(data: &DataDir) -> Result<Vec<(&'static str, String)>, Problem> {
    let room = data.room().map_err(|error| {
        tracing::error!(%error, "the disk cannot be measured");
        Problem::failed()
    })?;
    let free = (room.free_bytes * 100)
        .checked_div(room.total_bytes)
        .unwrap_or_default();
    Ok(vec![
        (
            "空き",
            format!(
                "{} / {}（{free}%）",
                bytes(room.free_bytes),
                bytes(room.total_bytes)
            ),
        ),
        ("ログ", bytes(room.log_bytes)),
        ("一覧", bytes(room.views_bytes)),
    ])
}

/// `12.3 MB`, in powers of ten.
fn bytes(bytes: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut tenths = bytes * 10;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < units.len() {
        tenths /= 1_000;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, units[unit])
}

fn past(reading: &Reading<'_>) -> Option<String> {
    let past = reading.viewer.moment.past;
    past.then(|| "過去の時点の表示です。操作はできません。".to_owned())
}

/// A form that comes back here; a second click carries nothing out twice.
fn sent_back(path: &str) -> String {
    Query::at(path)
        .with("return_to", "/health")
        .with("form", &Uuid::now_v7().simple().to_string())
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_with_one_decimal() {
        let written = [0, 999, 1_000, 12_345_678, 4_200_000_000].map(bytes);
        assert_eq!(written, ["0.0 B", "999.0 B", "1.0 kB", "12.3 MB", "4.2 GB"]);
    }
}
