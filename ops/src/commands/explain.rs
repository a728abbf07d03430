//! `daicho explain`: any derived date or amount with its derivation, for one day or a row per day.

use std::fmt::Write;

use chrono::NaiveDate;
use daicho_domain::rules::{Answer, Ask, Policy, Question, answer};
use daicho_domain::{Prefecture, Service};
use serde_json::json;

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

/// Prints the answer of one day, or of every day of a range.
pub fn run(global: &Global, args: Args) -> Result<(), Failure> {
    let policy = Policy::seeded();
    let until = args.until.unwrap_or(args.on);
    if until < args.on {
        return Err(Failure::Usage(format!(
            "--until {until} は --on {} より前です。",
            args.on
        )));
    }
    let answers = args
        .on
        .iter_days()
        .take_while(|day| *day <= until)
        .map(|day| {
            let ask = Ask::new(args.service, args.question, day).in_prefecture(args.prefecture);
            answer(&policy, &ask).map_err(Failure::refused)
        });
    if args.csv {
        return csv(args.question, answers);
    }
    if args.until.is_some() && global.json {
        let answers = answers.collect::<Result<Vec<_>, _>>()?;
        return print_json(&json!({
            "service": args.service,
            "question": args.question,
            "on": args.on,
            "until": until,
            "answers": answers,
        }));
    }
    for answer in answers {
        let answer = answer?;
        match global.json {
            true => print_json(&answer)?,
            false => print(&answer.text(global.lang()))?,
        }
    }
    Ok(())
}

/// `on` and the question's milestones, one header line, nothing else.
fn csv(
    question: Question,
    answers: impl Iterator<Item = Result<Answer, Failure>>,
) -> Result<(), Failure> {
    let names = question.milestones();
    let mut out = format!("on,{}\n", names.join(","));
    for answer in answers {
        let answer = answer?;
        let write = |out: &mut String, cell: &dyn std::fmt::Display| {
            write!(out, "{cell}").expect("writing to a string does not fail");
        };
        write(&mut out, &answer.on);
        for name in names {
            out.push(',');
            match answer.milestone(name).map_err(Failure::refused)?.value {
                daicho_domain::rules::Value::Date(day) => write(&mut out, &day),
                daicho_domain::rules::Value::Month(month) => write(&mut out, &month.first_day()),
                daicho_domain::rules::Value::Amount(number)
                | daicho_domain::rules::Value::Days(number) => write(&mut out, &number),
            }
        }
        out.push('\n');
    }
    print(&out)
}
