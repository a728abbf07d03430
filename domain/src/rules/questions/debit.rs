//! The debit of a month's fee: the day, by when the bank wants the request, by when the result is there.

use chrono::NaiveDate;

use crate::dates::{Length, Month, first_counted, in_japanese, last_day};
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

    let mut line = desk.line_from(
        "batch_opens_on",
        "振替ファイルの集計開始日",
        &["debit_on", "debit_request_by"],
    );
    let opens = batch_opens(&mut line, charged, debit_on)?;
    line.date(opens);
    file_kept(desk, debit_on)
}

/// How long the file is kept; a book that was published before there was such a rule says nothing of it.
fn file_kept(desk: &mut Desk, debit_on: NaiveDate) -> Result<(), RuleError> {
    const YEARS: &str = "debit.file_kept_years";
    if desk.book.slot(YEARS).is_err() {
        return Ok(());
    }
    let mut line = desk.line_from("file_kept_until", "振替ファイルの保存期限", &["debit_on"]);
    let years = line.number(YEARS)?;
    let until = last_day(first_counted(debit_on, false), Length::Years(years));
    line.step(|| format!("引落日の翌日から{years}年、{} まで", in_japanese(until)));
    line.date(until);
    Ok(())
}

/// A batch gathers once the result of the debit before is there, so that what failed then can be debited again; in the
/// month of its debit, and never later than its request is due.
fn batch_opens(
    line: &mut Line,
    charged: Month,
    debit_on: NaiveDate,
) -> Result<NaiveDate, RuleError> {
    let before = debit_day(line, charged.previous())?;
    let result_days = line.number("debit.result_bank_days")?;
    let counted = line.bank().add(before, result_days);
    let result_by = line.take(counted);
    let counted = line.bank().add(result_by, 1);
    let after_result = line.take(counted);
    let request_days = line.number("debit.request_bank_days")?;
    let counted = line.bank().subtract(debit_on, request_days);
    let request_by = line.take(counted);
    let opens = after_result
        .max(Month::of(debit_on).first_day())
        .min(request_by);
    line.step(|| {
        format!(
            "前回の振替結果の期限 {} の翌銀行営業日以降、引落月の1日以降で、依頼期限までの {} に集計を始める",
            in_japanese(result_by),
            in_japanese(opens)
        )
    });
    Ok(opens)
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
