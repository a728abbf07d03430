//! `daicho explain`: any derived date or amount with its derivation, for one day or a row per day.

use std::fmt::{Display, Write};

use chrono::NaiveDate;
use daicho_domain::rules::{Ask, Certainty, Explainer, Lang, Question, Row, Value};
use daicho_domain::{Prefecture, Service};
use serde_json::json;

use super::rulebooks::policy;
use super::{Failure, print, print_json};
use crate::Global;

/// What `explain` takes.
#[derive(clap::Args)]
pub struct Args {
    /// honobono-mini2, care-net-messenger or careplan-renkei
    service: Service,
    /// trial, transmission, debit, termination or licence
    question: Question,
    /// The day it is asked for: the application day, or any day of the charged or end month
    #[arg(long, value_name = "DATE")]
    on: NaiveDate,
    /// A row per day up to this one
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// The prefecture whose federation takes the papers (two digits)
    #[arg(long, value_name = "NN")]
    prefecture: Option<Prefecture>,
    /// One CSV line per day
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

/// The answer of one day with its derivation, or a row of values for every day of a range.
pub fn run(global: &Global, args: Args) -> Result<(), Failure> {
    let policy = policy(global)?;
    let until = args.until.unwrap_or(args.on);
    if until < args.on {
        return Err(Failure::Usage(format!(
            "--until {until} は --on {} より前です。",
            args.on
        )));
    }
    let ask = Ask::new(args.service, args.question, args.on).in_prefecture(args.prefecture);
    let mut explainer = Explainer::new(&policy, ask);
    if args.until.is_none() && !args.csv {
        let answer = explainer.answer_on(args.on).map_err(Failure::refused)?;
        return match global.json {
            true => print_json(&answer),
            false => print(&answer.text(global.lang())),
        };
    }
    let rows = args
        .on
        .iter_days()
        .take_while(|day| *day <= until)
        .map(|day| Ok((day, explainer.row_on(day).map_err(Failure::refused)?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    if global.json {
        let day = |(on, row): &(NaiveDate, Vec<Row>)| json!({ "on": on, "milestones": row });
        return print_json(&json!({
            "service": args.service,
            "question": args.question,
            "on": args.on,
            "until": until,
            "answers": rows.iter().map(day).collect::<Vec<_>>(),
        }));
    }
    match args.csv {
        true => print(&csv(args.question, &rows)),
        false => print(&text(&rows, global.lang())),
    }
}

/// One header line, then a line per day: the day and the question's milestones, a month as its first day.
fn csv(question: Question, rows: &[(NaiveDate, Vec<Row>)]) -> String {
    let names: Vec<&str> = match (question.milestones(), rows.first()) {
        // What a question about prices consists of is the service's.
        ([], Some((_, row))) => row.iter().map(|milestone| milestone.name).collect(),
        (names, _) => names.to_vec(),
    };
    let mut out = format!("on,{}\n", names.join(","));
    let mut write = |cell: &dyn Display| write!(out, "{cell}").expect("a string takes any text");
    for (day, row) in rows {
        write(day);
        for name in &names {
            let milestone = row.iter().find(|milestone| milestone.name == *name);
            match milestone
                .expect("an answer has every milestone of its question")
                .value
            {
                Value::Date(day) => write(&format_args!(",{day}")),
                Value::Month(month) => write(&format_args!(",{}", month.first_day())),
                Value::Amount(number) | Value::Days(number) => write(&format_args!(",{number}")),
            }
        }
        write(&'\n');
    }
    out
}

/// A line per day for people; what is only expected says so.
fn text(rows: &[(NaiveDate, Vec<Row>)], lang: Lang) -> String {
    let mut out = String::new();
    for (day, row) in rows {
        out.push_str(&Value::Date(*day).text(lang));
        for milestone in row {
            let name = match lang {
                Lang::Ja => milestone.label,
                Lang::En => milestone.name,
            };
            let sure = match (milestone.certainty, lang) {
                (Certainty::Fixed, _) => "",
                (Certainty::Expected, Lang::Ja) => "（見込み）",
                (Certainty::Expected, Lang::En) => " (expected)",
            };
            let value = milestone.value.text(lang);
            write!(out, "  {name} {value}{sure}").expect("a string takes any text");
        }
        out.push('\n');
    }
    out
}
