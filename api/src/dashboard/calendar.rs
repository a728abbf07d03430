//! 締め・予定カレンダー: one month, its closed days, and what the rules and the open cases say of its days.
//! Asks the rules day by day; the dates are theirs, not this page's.

use super::frame::Frame;
use super::parts::{Chip, Chips, Paging, ROWS, Why};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, history, show, why, words};
use crate::problem::Problem;
use askama::Template;
use chrono::{Datelike, Days, NaiveDate};
use daicho_domain::dates::{BusinessCalendar, Calendars, HolidayStatus, Month};
use daicho_domain::nouns::State;
use daicho_domain::rules::{Ask, Explainer, Policy, Question};
use daicho_domain::{Prefecture, Service};
use daicho_projections::agenda::{self, Planning};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Template)]
#[template(path = "calendar.html")]
struct Page {
    frame: Frame,
    month: Month,
    previous: String,
    next: String,
    present: String,
    filters: Vec<Chips>,
    prefecture: Option<Prefecture>,
    weeks: Vec<Vec<Day>>,
    agenda: Vec<Day>,
    calendar: &'static str,
    opened: Option<Opened>,
}

/// A day that was opened, with what is planned on it.
struct Opened {
    on: NaiveDate,
    planned: Vec<Planned>,
    paging: Paging,
    cases: String,
}

struct Planned {
    word: &'static str,
    corporation: String,
    href: String,
    service: &'static str,
    offices: String,
    expected: bool,
    why: Option<Why>,
}

impl Page {
    fn chose(&self, prefecture: &Prefecture) -> bool {
        self.prefecture.as_ref() == Some(prefecture)
    }
}

/// One square of the month.
#[derive(Clone)]
pub struct Day {
    /// The day.
    pub on: NaiveDate,
    /// Of the month shown, not of its neighbours.
    pub inside: bool,
    /// The open business day.
    pub today: bool,
    /// Closed in the calendar chosen.
    pub closed: bool,
    /// Its holiday, and whether that is only expected.
    pub holiday: Option<(String, bool)>,
    /// What the rules say of it.
    pub marks: Vec<Mark>,
    /// What is planned on it, with the number of offices or corporations.
    pub planned: Vec<(&'static str, u64)>,
    /// The calendar with this day opened.
    pub href: String,
}

/// What a rule says of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// `締日`, `返送期日`, …
    pub word: &'static str,
    /// Of which service.
    pub service: &'static str,
    /// What it is for: `2027年1月開始分`
    pub note: String,
    /// How it is drawn.
    pub class: &'static str,
    /// Its derivation.
    pub why: Why,
}

/// `GET /calendar?month=&calendar=&service=&prefecture=&day=&page=`
pub async fn page(viewer: Viewer) -> Shown {
    let opened = opened(&viewer).await?;
    viewer.read(move |reading| shown(opened, reading)).await
}

fn shown(opened: Option<Opened>, reading: &Reading<'_>) -> Shown {
    let viewer = reading.viewer;
    let query = &viewer.query;
    let today = viewer.moment.day;
    let month = match query.get("month") {
        Some(text) => text
            .parse()
            .map_err(|_| Problem::unreadable("月は 2026-11 のように指定してください。"))?,
        None => Month::of(today),
    };
    let prefecture: Option<Prefecture> = query.get("prefecture").and_then(|code| code.parse().ok());
    let services: Vec<Service> = Service::ALL
        .into_iter()
        .filter(|service| query.get("service").is_none() || query.has("service", service.code()))
        .collect();
    let policy = viewer.app.policy();
    let calendars = &policy.calendars;
    let calendar = match query.get("calendar") {
        Some("bank") => calendars.bank(),
        Some(_) | None => calendars.vendor(),
    };
    let marks = marks(&policy, month, &services, prefecture);
    let planned = agenda::between(reading.snapshot, month.first_day(), month.last_day())?;
    let weeks = weeks(month, today, calendar, calendars, &marks, &planned);
    let agenda = weeks
        .iter()
        .flatten()
        .filter(|day| day.inside && !day.marks.is_empty())
        .cloned()
        .collect();
    show(&Page {
        frame: Frame::new(viewer, "/calendar", "締め・予定カレンダー"),
        previous: query
            .with("month", &month.previous().to_string())
            .to_string(),
        next: query.with("month", &month.next().to_string()).to_string(),
        present: query.without("month").to_string(),
        filters: filters(query),
        opened,
        month,
        prefecture,
        weeks,
        agenda,
        calendar: if query.has("calendar", "bank") {
            "bank"
        } else {
            "vendor"
        },
    })
}

fn filters(query: &Query) -> Vec<Chips> {
    let bank = query.has("calendar", "bank");
    let calendar = |word: &str, code: &str, chosen| Chip {
        word: word.to_owned(),
        count: None,
        chosen,
        href: query.with("calendar", code).to_string(),
    };
    let services = Service::ALL.map(|service| Chip {
        word: words::service(service).to_owned(),
        count: None,
        chosen: query.has("service", service.code()),
        href: query.switched("service", service.code()).to_string(),
    });
    vec![
        Chips {
            title: "営業日".into(),
            chips: vec![
                calendar("ベンダー", "vendor", !bank),
                calendar("銀行", "bank", bank),
            ],
        },
        Chips {
            title: "サービス".into(),
            chips: services.into(),
        },
    ]
}

/// What the rules say of the days of a month, asked for the days and months from which they can follow.
pub fn marks(
    policy: &Policy,
    month: Month,
    services: &[Service],
    prefecture: Option<Prefecture>,
) -> BTreeMap<NaiveDate, Vec<Mark>> {
    let mut found: BTreeMap<NaiveDate, Vec<Mark>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut note =
        |service: Service, question, on: NaiveDate, milestone: &str, word, class, note: String| {
            let ask = Ask::new(service, question, on).in_prefecture(prefecture);
            // The values alone: the derivation is asked for when somebody opens it.
            let values = Explainer::new(policy, ask.clone())
                .values_on(on)
                .unwrap_or_default();
            let value = values.into_iter().find(|(name, _)| *name == milestone);
            let Some(day) = value.and_then(|(_, value)| value.date()) else {
                return;
            };
            if month.contains(day)
                && seen.insert((service, milestone.to_owned(), day, note.clone()))
            {
                found.entry(day).or_default().push(Mark {
                    word,
                    service: words::service(service),
                    note,
                    class,
                    why: why::of_ask(&ask, milestone, word),
                });
            }
        };
    for &service in services {
        for day in month.days() {
            note(
                service,
                Question::Transmission,
                day,
                "cutoff_on",
                "締日",
                "mark mark-cutoff",
                String::new(),
            );
        }
        for start in (0..=3).map(|months| month.plus(months)) {
            let of = format!("{}開始分", start.in_japanese());
            let first = start.first_day();
            note(
                service,
                Question::TransmissionMonth,
                first,
                "poa_due",
                "返送期日",
                "mark mark-due",
                of.clone(),
            );
            note(
                service,
                Question::TransmissionMonth,
                first,
                "federation_date",
                "国保連締切",
                "mark mark-due",
                of.clone(),
            );
            note(
                service,
                Question::TransmissionMonth,
                first,
                "credentials_on",
                "ID/PW発行",
                "mark mark-issue",
                of,
            );
        }
        // Request and result may lie in the months beside that of the debit.
        for charged in [month.minus(2), month.previous(), month] {
            let of = format!("{}分", charged.in_japanese());
            let mut of_debit = |milestone, word, class| {
                let first = charged.first_day();
                note(
                    service,
                    Question::Debit,
                    first,
                    milestone,
                    word,
                    class,
                    of.clone(),
                );
            };
            of_debit("debit_on", "引落日", "mark mark-debit");
            of_debit("debit_request_by", "振替依頼の期限", "mark mark-due");
            of_debit("debit_result_by", "振替結果の期限", "mark mark-debit");
        }
    }
    found
}

async fn opened(viewer: &Viewer) -> Result<Option<Opened>, Problem> {
    let Some(text) = viewer.query.get("day") else {
        return Ok(None);
    };
    let on: NaiveDate = text
        .parse()
        .map_err(|_| Problem::unreadable("日付は 2026-11-20 のように指定してください。"))?;
    let page = viewer.query.page();
    let found = viewer.clone().read(move |reading| {
        let found = agenda::of_day(reading.snapshot, on, (page - 1) * ROWS, ROWS)?;
        Ok(found)
    });
    let (rows, total) = found.await?;
    // The rows hold no reasons: those stand in the events of each stream.
    let mut states: BTreeMap<String, State> = BTreeMap::new();
    let mut planned = Vec::new();
    for row in &rows {
        let Some(word) = planned_word(&row.milestone) else {
            continue;
        };
        let stream = row.stream();
        if let Some(stream) = &stream
            && !states.contains_key(&stream.to_string())
        {
            let past = history::of(viewer, stream).await?;
            states.insert(stream.to_string(), past.state);
        }
        let state = stream.and_then(|stream| states.get(&stream.to_string()));
        let basis = state.and_then(|state| row.basis(state));
        planned.push(Planned {
            word,
            corporation: row.corporation_name.clone(),
            href: format!("/corporations/{}", row.corporation),
            service: words::service(row.service),
            offices: if row.offices == 0 {
                "―".to_owned()
            } else {
                row.offices.to_string()
            },
            expected: row.expected,
            why: basis.map(|basis| why::of(&basis, word)),
        });
    }
    let day = on.to_string();
    let cases = Query::at("/cases")
        .with("due_from", &day)
        .with("due_to", &day);
    Ok(Some(Opened {
        on,
        planned,
        paging: Paging::of(&viewer.query, page, ROWS, total),
        cases: cases.to_string(),
    }))
}

/// What a milestone of the agenda is called; nothing for one that no page names.
pub fn planned_word(milestone: &str) -> Option<&'static str> {
    let words = [
        ("poa_due", "返送期日"),
        ("federation_date", "国保連締切"),
        ("credentials_on", "ID/PW発行"),
        ("transmission_start", "利用開始"),
        ("trial_last_day", "お試し終了"),
        ("billing_start", "課金開始"),
        ("renewal_opens", "更新受付開始"),
        ("end_last_day", "利用終了"),
        ("last_debit_on", "最終振替"),
        ("agent_release_from", "代理人解除開始"),
        ("licence_last_day", "ライセンス満了"),
        ("licence_first_day", "更新後の開始"),
        ("notice_by", "更新完了の通知"),
        ("fee_by", "ライセンス料の確認"),
        ("debit_on", "口座振替"),
        ("suspension_on", "利用停止"),
        ("mandate_by", "口座登録の期限"),
    ];
    words
        .iter()
        .find_map(|(held, word)| (*held == milestone).then_some(*word))
}

/// The calendar opened at a day.
pub fn day_href(day: NaiveDate) -> String {
    Query::at("/calendar")
        .with("month", &Month::of(day).to_string())
        .with("day", &day.to_string())
        .to_string()
}

/// The month in weeks from Sunday, with the days of its neighbours that fill the first and last week.
fn weeks(
    month: Month,
    today: NaiveDate,
    calendar: &BusinessCalendar,
    calendars: &Calendars,
    marks: &BTreeMap<NaiveDate, Vec<Mark>>,
    planned: &[Planning],
) -> Vec<Vec<Day>> {
    let first = month.first_day();
    let before = Days::new(u64::from(first.weekday().num_days_from_sunday()));
    let days: Vec<Day> = (first - before)
        .iter_days()
        .take_while(|day| *day <= month.last_day() || day.weekday() != chrono::Weekday::Sun)
        .map(|on| Day {
            on,
            inside: month.contains(on),
            today: on == today,
            closed: !calendar.is_open(on).value,
            holiday: calendars.holidays().on(on).map(|holiday| {
                (
                    holiday.name.clone(),
                    holiday.status == HolidayStatus::Expected,
                )
            }),
            marks: marks.get(&on).cloned().unwrap_or_default(),
            planned: planned
                .iter()
                .filter(|planned| planned.day == on)
                .filter_map(|planned| {
                    let word = planned_word(&planned.milestone)?;
                    Some((word, planned.offices.max(planned.corporations)))
                })
                .collect(),
            href: format!("{}#opened", day_href(on)),
        })
        .collect();
    days.chunks(7).map(<[Day]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_shown_in_whole_weeks_from_sunday() {
        let calendars = Calendars::seeded();
        let month = Month::new(2026, 11).expect("a month");
        let weeks = weeks(
            month,
            month.first_day(),
            calendars.vendor(),
            &calendars,
            &BTreeMap::new(),
            &[],
        );
        assert!(weeks.iter().all(|week| week.len() == 7));
        let inside = weeks.iter().flatten().filter(|day| day.inside).count();
        assert_eq!(inside, 30);
        let holidays: Vec<_> = weeks
            .iter()
            .flatten()
            .filter_map(|day| day.holiday.clone())
            .collect();
        assert_eq!(holidays.len(), 2);
    }
}
