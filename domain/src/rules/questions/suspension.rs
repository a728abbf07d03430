//! The suspension after a failed debit: fair notice, never in the days when customers transmit their claims.

use chrono::{Datelike, NaiveDate};

use super::debit::debit_day;
use crate::dates::{Month, in_japanese};
use crate::rules::desk::{Desk, Line};
use crate::rules::{DayOfMonth, RuleError};

pub(in crate::rules) fn suspension(desk: &mut Desk) -> Result<(), RuleError> {
    let notice = desk.on;
    let mut line = desk.line("failed_debit_on", "不能となった引落日", "未収通知の日");
    let debited = last_debit(&mut line, notice)?;
    line.date(debited);

    let mut line = desk.line_from("suspension_on", "利用停止日", &["failed_debit_on"]);
    let after = line.number("suspension.months_after")?;
    let day = line.day_of_month("suspension.day")?;
    let moves = line.moves("suspension.moves")?;
    let nominal = day.of(Month::of(debited).plus(after));
    line.step(|| {
        format!(
            "引落日の{after}か月後の{}、{}",
            day.text(),
            in_japanese(nominal)
        )
    });
    let planned = line.vendor_moved(nominal, moves)?;

    let days = line.number("suspension.notice_business_days")?;
    let calendar = line.calendar("vendor.calendar")?;
    let fair = line.take(calendar.add(notice, days));
    line.step(|| {
        format!(
            "通知から{days}営業日後の {} より前にはしない",
            in_japanese(fair)
        )
    });
    let stop = planned.max(fair);

    let (quiet_from, quiet_to) = (
        line.day_of_month("suspension.quiet_from_day")?,
        line.day_of_month("suspension.quiet_to_day")?,
    );
    let stop = after_quiet_days(&mut line, stop, quiet_from, quiet_to)?;
    line.date(stop);
    Ok(())
}

/// The last debit on or before a day.
fn last_debit(line: &mut Line, on: NaiveDate) -> Result<NaiveDate, RuleError> {
    let months = line.number("debit.months_after")?;
    let day = line.day_of_month("debit.day")?;
    let moves = line.moves("debit.moves")?;
    let bank = line.bank();
    let mut month = Month::of(on);
    loop {
        let debited = line.take(bank.moved(day.of(month), moves));
        if debited <= on {
            return debit_day(line, month.minus(months));
        }
        month = month.previous();
    }
}

/// A day in the quiet days of a month waits until they are over.
fn after_quiet_days(
    line: &mut Line,
    stop: NaiveDate,
    from: DayOfMonth,
    to: DayOfMonth,
) -> Result<NaiveDate, RuleError> {
    let month = Month::of(stop);
    let (first, last) = (from.of(month), to.of(month));
    line.step(|| format!("毎月{}から{}までは止めない", from.text(), to.text()));
    if stop < first || last < stop {
        return Ok(stop);
    }
    let calendar = line.calendar("vendor.calendar")?;
    let later = line.take(calendar.add(last, 1));
    line.step(|| {
        format!(
            "{}日は請求期間なので {} に延ばす",
            stop.day(),
            in_japanese(later)
        )
    });
    Ok(later)
}
