//! The end of a service: the window for the form, the last debit, the release of the billing agent.

use super::debit::debit_day;
use crate::dates::{Month, in_japanese};
use crate::rules::desk::Desk;
use crate::rules::{RuleError, Value};

const END: &str = "終了月の日";

pub(in crate::rules) fn termination(desk: &mut Desk) -> Result<(), RuleError> {
    let end = Month::of(desk.on);

    let mut line = desk.line("apply_from", "終了申込の受付開始", END);
    let before = line.number("termination.accepted_months_before")?;
    let day = line.day_of_month("termination.accepted_from_day")?;
    let from = day.of(end.minus(before));
    line.step(|| format!("終了月の{before}か月前の{}から受け付ける", day.text()));
    line.date(from);

    let mut line = desk.line("apply_by", "終了申込の締日", END);
    let day = line.day_of_month("termination.cutoff_day")?;
    let month = match line.choice("termination.cutoff_month")? {
        "month_before" => end.previous(),
        _ => end,
    };
    let moves = line.moves("termination.cutoff_moves")?;
    line.step(|| format!("締日は{}の{}", month.in_japanese(), day.text()));
    let by = line.vendor_moved(day.of(month), moves)?;
    line.date(by);

    let mut line = desk.line("last_debit_on", "最後の引落日", END);
    line.choice("termination.fees_through")?;
    line.step(|| format!("料金は終了月の{}分まで", end.in_japanese()));
    let last = debit_day(&mut line, end)?;
    line.date(last);

    let mut line = desk.line("agent_release_from", "代理人解除の開始日", END);
    let after = line.number("termination.release_months_after")?;
    let day = line.day_of_month("termination.release_day")?;
    let release = day.of(end.plus(after));
    line.step(|| {
        format!(
            "終了月の{after}か月後の{}、{} から",
            day.text(),
            in_japanese(release)
        )
    });
    line.date(release);

    let mut line = desk.line("login_last_day", "ログインできる最後の日", END);
    if line.choice("termination.login_ends")? == "end_month_last_day" {
        line.step(|| "終了月の末日まで使える");
        line.end(Value::Date(end.last_day()));
    }
    Ok(())
}
