//! A licence of the care-plan exchange: its first and last day, from when it can be renewed, when its fee is deducted.

use chrono::{Days, NaiveDate};

use crate::dates::{Length, Month, first_counted, in_japanese, last_day};
use crate::rules::RuleError;
use crate::rules::desk::{Desk, Line};

/// A licence applied for afresh.
pub(in crate::rules) fn licence(desk: &mut Desk) -> Result<(), RuleError> {
    let on = desk.on;
    let mut line = desk.line("licence_first_day", "ライセンスの開始日", "申請日");
    let counted = line.flag("licence.first_day_counted")?;
    let first = first_counted(on, counted);
    line.step(|| match counted {
        true => "申請日から起算する",
        false => "申請日の翌日から数える",
    });
    line.date(first);
    term(desk, first)?;

    let mut line = desk.line("notice_by", "完了通知の期限", "申請日");
    let days = line.number("licence.renewal_notice_business_days")?;
    let by = line.helpdesk_after(days);
    line.step(|| {
        format!(
            "申請日からヘルプデスクの{days}営業日以内の {}",
            in_japanese(by)
        )
    });
    line.date(by);

    let mut line = desk.line("id_expected_by", "KJ IDの回答の目安", "問い合わせの日");
    let days = line.number("licence.id_inquiry_days")?;
    let by = on + Days::new(u64::from(days));
    line.step(|| format!("国保連への問い合わせから{days}日ほどで届く"));
    line.date(by);

    let mut line = desk.line("check_holds_until", "利用前確認の有効な日", "確認の日");
    let days = line.number("licence.check_holds_days")?;
    let until = on + Days::new(u64::from(days));
    line.step(|| format!("確認の日から{days}日後の {} まで", in_japanese(until)));
    line.date(until);
    Ok(())
}

/// The licence after the present one.
pub(in crate::rules) fn renewal(desk: &mut Desk) -> Result<(), RuleError> {
    let ends = desk.on;
    let mut line = desk.line("licence_first_day", "更新後の開始日", "現在の満了日");
    line.choice("licence.renewed_from")?;
    let first = ends + Days::new(1);
    line.step(|| "現在の満了日の翌日から始まる");
    line.date(first);
    term(desk, first)
}

fn term(desk: &mut Desk, first: NaiveDate) -> Result<(), RuleError> {
    let from = &["licence_first_day"];
    let mut line = desk.line_from("licence_last_day", "ライセンスの満了日", from);
    let years = line.number("licence.years")?;
    let last = last_day(first, Length::Years(years));
    line.step(|| format!("{years}年の満了日は {}", in_japanese(last)));
    line.date(last);

    let mut line = desk.line_from("renewal_opens", "更新の受付開始", &["licence_last_day"]);
    let days = line.number("licence.renewal_opens_days")?;
    let today_counted = line.choice("licence.remaining_counts")? == "today_counted";
    let opens = last - Days::new(u64::from(days)) + Days::new(u64::from(today_counted));
    line.step(|| {
        format!(
            "残存日数が{days}日になる {} から更新できる",
            in_japanese(opens)
        )
    });
    line.date(opens);

    fee_month(
        desk.line_from("fee_deducted_month", "差引の月", from),
        first,
        "licence.fee_months_after",
    )?;
    let line = desk.line_from("fee_deducted_month_latest", "差引の月（遅い場合）", from);
    fee_month(line, first, "licence.fee_months_after_latest")?;

    let mut line = desk.line_from("fee_by", "支払いの確認期限", from);
    let after = line.number("licence.fee_months_after_latest")?;
    let later = line.choice("licence.fee_confirmed_by")? == "month_after_end";
    let by = Month::of(first).plus(after + u32::from(later)).last_day();
    line.step(|| match later {
        true => format!("差引の遅い場合の月の翌月の末日 {} まで", in_japanese(by)),
        false => format!("差引の遅い場合の月の末日 {} まで", in_japanese(by)),
    });
    line.date(by);
    invoice_due(desk, first)
}

/// When an invoice is to be paid. A book that was published before there was such a rule says nothing of it: an invoice is
/// then confirmed by the same day as a deduction.
fn invoice_due(desk: &mut Desk, first: NaiveDate) -> Result<(), RuleError> {
    const MONTHS: &str = "licence.invoice_due_months_after";
    if desk.book.slot(MONTHS).is_err() {
        return Ok(());
    }
    let from = &["licence_first_day"];
    let mut line = desk.line_from("invoice_due", "請求書の支払期限", from);
    let months = line.number(MONTHS)?;
    let due = Month::of(first).plus(months).last_day();
    line.step(|| format!("開始日の月の{months}か月後の末日 {} まで", in_japanese(due)));
    line.date(due);
    Ok(())
}

fn fee_month(mut line: Line, first: NaiveDate, slot: &str) -> Result<(), RuleError> {
    let after = line.number(slot)?;
    line.step(|| format!("開始日の月の{after}か月後の介護給付費から差し引く"));
    line.month(Month::of(first).plus(after));
    Ok(())
}
