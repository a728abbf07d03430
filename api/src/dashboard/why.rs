//! なぜ?: the derivation of a date or amount, as a page and, with the script, as a window over the page that shows it.
//! The words come from the rules; nothing here knows a rule.

use super::frame::Frame;
use super::parts::Why;
use super::query::Query;
use super::viewer::Viewer;
use super::{Shown, show, words};
use crate::problem::Problem;
use askama::Template;
use chrono::NaiveDate;
use daicho_domain::rules::{Answer, Ask, Basis, Milestone, Question, Value, answer};
use daicho_domain::{Prefecture, Service};
use std::str::FromStr;

#[derive(Template)]
#[template(path = "why.html")]
struct Page {
    frame: Frame,
    asked: String,
    /// Where another day was promised before daicho kept the books, if one was.
    promised: Option<String>,
    answer: Answer,
    shown: Vec<usize>,
    others: Vec<Other>,
}

/// Another value of the same answer.
struct Other {
    label: &'static str,
    value: String,
    href: String,
}

/// `GET /why?service=&question=&on=&prefecture=&decided_on=&known_at=&milestone=`
pub async fn page(viewer: Viewer) -> Shown {
    let ask = read(&viewer.query)?;
    let answer = answer(&viewer.app.policy(), &ask)
        .map_err(|error| Problem::unreadable(&error.to_string()))?;
    let wanted = viewer.query.get("milestone");
    let shown: Vec<usize> = match wanted {
        Some(name) => answer
            .milestones
            .iter()
            .position(|held| held.name == name)
            .into_iter()
            .collect(),
        None => (0..answer.milestones.len()).collect(),
    };
    if shown.is_empty() {
        return Err(Problem::not_found("その項目"));
    }
    let others = answer
        .milestones
        .iter()
        .enumerate()
        .filter(|(index, _)| !shown.contains(index))
        .map(|(_, milestone)| Other {
            label: milestone.label,
            value: value(milestone.value),
            href: viewer.query.with("milestone", milestone.name).to_string(),
        })
        .collect();
    show(&Page {
        frame: Frame::new(&viewer, "", &title(&answer, &shown)),
        asked: asked(&ask),
        promised: viewer.query.get("promised").map(str::to_owned),
        answer,
        shown,
        others,
    })
}

impl Page {
    fn milestones(&self) -> impl Iterator<Item = &Milestone> {
        self.shown
            .iter()
            .map(|index| &self.answer.milestones[*index])
    }
}

fn title(answer: &Answer, shown: &[usize]) -> String {
    match shown {
        [only] => format!("なぜ? {}", answer.milestones[*only].label),
        _several => format!("なぜ? {}", answer.question.label()),
    }
}

fn asked(ask: &Ask) -> String {
    let place = ask
        .prefecture
        .map_or_else(String::new, |prefecture| format!("・{}", prefecture.name()));
    format!(
        "{}・{} {}{place}",
        ask.service.name(),
        ask.question.asked_day(),
        words::date(ask.on)
    )
}

/// A value as people read it.
pub fn value(value: Value) -> String {
    match value {
        Value::Date(day) => words::date(day),
        Value::Month(month) => month.in_japanese(),
        Value::Amount(yen) => format!("{} 円", words::yen(yen)),
        Value::Days(days) => format!("{days} 日"),
    }
}

/// The link to the derivation of a value that an event decided: asked again as it was asked then.
pub fn of(basis: &Basis, label: &str) -> Why {
    let mut ask =
        Ask::new(basis.service, basis.question, basis.asked_on).in_prefecture(basis.prefecture);
    ask.decided_on = basis.decided_on;
    let query = query_of(&ask, &basis.milestone);
    let query = match &basis.promised {
        None => query,
        Some(promised) => {
            let source = &promised.source;
            let said = format!("{} の{}行目", source.file, source.line);
            query.with("promised", &said)
        }
    };
    Why {
        href: query.to_string(),
        of: label.to_owned(),
    }
}

/// The link to the derivation of one milestone of an answer.
pub fn of_ask(ask: &Ask, milestone: &str, label: &str) -> Why {
    Why {
        href: query_of(ask, milestone).to_string(),
        of: label.to_owned(),
    }
}

fn query_of(ask: &Ask, milestone: &str) -> Query {
    let mut query = Query::at("/why")
        .with("service", ask.service.code())
        .with("question", ask.question.code())
        .with("on", &ask.on.to_string())
        .with("milestone", milestone);
    if let Some(prefecture) = ask.prefecture {
        query = query.with("prefecture", &prefecture.to_string());
    }
    if let Some(day) = ask.decided_on {
        query = query.with("decided_on", &day.to_string());
    }
    query
}

/// The question that an address asks.
pub fn read(query: &Query) -> Result<Ask, Problem> {
    let service: Service = field(query, "service")?.ok_or_else(|| missing("service"))?;
    let question: Question = field(query, "question")?.ok_or_else(|| missing("question"))?;
    let on: NaiveDate = field(query, "on")?.ok_or_else(|| missing("on"))?;
    let prefecture: Option<Prefecture> = field(query, "prefecture")?;
    let mut ask = Ask::new(service, question, on)
        .in_prefecture(prefecture)
        .known_at(field::<u64>(query, "known_at")?);
    if let Some(day) = field(query, "decided_on")? {
        ask = ask.decided_on(day);
    }
    Ok(ask)
}

fn field<T: FromStr>(query: &Query, name: &str) -> Result<Option<T>, Problem> {
    query
        .get(name)
        .map(|text| {
            text.parse()
                .map_err(|_| Problem::unreadable(&format!("{name} の値を読み取れません。")))
        })
        .transpose()
}

fn missing(name: &str) -> Problem {
    Problem::unreadable(&format!("{name} が指定されていません。"))
}
