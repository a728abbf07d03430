//! The free trial: its last day, the last free day after registration, the day billing starts, the first debit.

use chrono::{Days, NaiveDate};

use super::debit::debit_day;
use crate::dates::{Length, Month, first_counted, in_japanese, last_day};
use crate::rules::desk::{Desk, Line};
use crate::rules::{RuleError, Value};

const APPLIED: &str = "仮登録の日";

pub(in crate::rules) fn trial(desk: &mut Desk) -> Result<(), RuleError> {
    let on = desk.on;

    let mut line = desk.line("trial_last_day", "お試しの最終日", APPLIED);
    line.choice("trial.counted_from")?;
    let months = line.number("trial.free_months")?;
    let last = free_until(&mut line, on, months)?;
    line.date(last);

    let mut line = desk.line(
        "registered_last_free_day",
        "本登録したときの無料の最終日",
        APPLIED,
    );
    line.choice("trial.counted_from")?;
    let (free, extra) = (
        line.number("trial.free_months")?,
        line.number("trial.registered_extra_months")?,
    );
    line.step(|| format!("お試しの{free}か月に本登録の{extra}か月を足し、仮登録から一度に数える"));
    let registered = free_until(&mut line, on, free + extra)?;
    line.date(registered);

    let mut line = desk.line_from("billing_start", "課金開始日", &["registered_last_free_day"]);
    let after = line.number("billing.start_months_after")?;
    let start = line.day_of_month("billing.start_day")?;
    let billed = start.of(Month::of(registered).plus(after));
    line.step(|| {
        format!(
            "無料の最終日の{after}か月後の月の{}は {}",
            start.text(),
            in_japanese(billed)
        )
    });
    line.date(billed);

    let mut line = desk.line_from("first_debit_on", "最初の引落日", &["billing_start"]);
    let first = debit_day(&mut line, Month::of(billed))?;
    line.date(first);

    let mut line = desk.line_from(
        "login_stops_on",
        "ログイン停止日（本登録なし）",
        &["trial_last_day"],
    );
    let after = line.number("trial.login_stops_after_days")?;
    line.step(|| format!("最終日の{after}日後に自動で止まる"));
    line.end(Value::Date(last + Days::new(u64::from(after))));
    Ok(())
}

/// The last day of so many months from the trial registration.
fn free_until(line: &mut Line, on: NaiveDate, months: u32) -> Result<NaiveDate, RuleError> {
    let counted = line.flag("trial.first_day_counted")?;
    let first = first_counted(on, counted);
    let last = last_day(first, Length::Months(months));
    line.step(|| match counted {
        true => format!("当日の {} から数え始める", in_japanese(first)),
        false => format!("当日は数えず、翌日の {} から数え始める", in_japanese(first)),
    });
    line.step(|| format!("{months}か月の満了日は {}", in_japanese(last)));
    Ok(last)
}
