//! The debit of a month's fee: the day, by when the bank wants the request, by when the result is there.

use chrono::NaiveDate;

use crate::dates::{Month, in_japanese};
use crate::rules::RuleError;
use crate::rules::desk::{Desk, Line};

pub(in crate::rules) fn debit(desk: &mut Desk) -> Result<(), RuleError> {
    let charged = Month::of(desk.on);

    let mut line = desk.line("debit_on", "引落日", "課金対象月の日");
    let debit_on = debit_day(&mut line, charged)?;
    line.date(debit_on);

    let mut line = desk.line_from("debit_request_by", "振替依頼の期限", &["debit_on"]);
    let days = line.number("debit.request_bank_days")?;
    let counted = line.bank().subtract(debit_on, days);
    let by = line.take(counted);
    line.step(|| {
        format!(
            "引落日を数えず、銀行営業日で{days}日前は {}",
            in_japanese(by)
        )
    });
    line.date(by);

    let mut line = desk.line_from("debit_result_by", "振替結果の期限", &["debit_on"]);
    let days = line.number("debit.result_bank_days")?;
    let counted = line.bank().add(debit_on, days);
    let by = line.take(counted);
    line.step(|| {
        format!(
            "引落日を数えず、銀行営業日で{days}日後は {}",
            in_japanese(by)
        )
    });
    line.date(by);
    Ok(())
}

/// The day a month's fee is debited.
pub(super) fn debit_day(line: &mut Line, charged: Month) -> Result<NaiveDate, RuleError> {
    let months = line.number("debit.months_after")?;
    let day = line.day_of_month("debit.day")?;
    let moves = line.moves("debit.moves")?;
    let nominal = day.of(charged.plus(months));
    line.step(|| {
        format!(
            "{}分は{months}か月後の{}、{} に引き落とす",
            charged.in_japanese(),
            day.text(),
            in_japanese(nominal)
        )
    });
    Ok(line.bank_moved(nominal, moves))
}
