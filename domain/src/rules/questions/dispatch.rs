//! The papers of an application on their way: by when they leave, when they arrive, by when they must be posted back,
//! and how many days the customer has them in hand; and by when they leave for the federation.

use chrono::{Days, NaiveDate};

use super::transmission::{due_day, start_month};
use crate::dates::in_japanese;
use crate::rules::desk::Desk;
use crate::rules::{RuleError, Value};

pub(in crate::rules) fn dispatch(desk: &mut Desk) -> Result<(), RuleError> {
    let on = desk.on;
    let start = start_month(desk)?;
    let mut line = desk.line_from("poa_due", "委任状の返送期日", &["transmission_start"]);
    let due = due_day(&mut line, start)?;
    line.date(due);

    let mut line = desk.line("dispatch_by", "委任状の発送期限", "申込日");
    let channel = line.choice("poa.start_channel")?;
    let by = match channel {
        "mail" => {
            line.step(|| "申込完了の自動配信メールに様式が付く");
            on
        }
        _ => {
            let days = line.number("poa.dispatch_business_days")?;
            let calendar = line.calendar("vendor.calendar")?;
            let by = line.take(calendar.add(on, days));
            line.step(|| {
                format!(
                    "申込日から{days}営業日以内の {} に発送する",
                    in_japanese(by)
                )
            });
            by
        }
    };
    line.date(by);
    let from = &["dispatch_by"];
    way_and_back(desk, by, due, channel == "mail", from)
}

/// The same for papers posted on the day asked for, with a due date that stands already (sent again after a defect).
pub(in crate::rules) fn in_hand(desk: &mut Desk, due: NaiveDate) -> Result<(), RuleError> {
    let posted = desk.on;
    let mut line = desk.line("poa_due", "委任状の返送期日", "発送日");
    line.step(|| format!("返送期日は {} のまま", in_japanese(due)));
    line.date(due);
    way_and_back(desk, posted, due, false, &[])
}

/// By when papers leave that must be at the federation on a day that stands already.
pub(in crate::rules) fn to_federation(
    desk: &mut Desk,
    arrival: NaiveDate,
) -> Result<(), RuleError> {
    let mut line = desk.line("federation_date", "国保連への提出期日", "申込日");
    line.step(|| format!("国保連への提出期日は {} のまま", in_japanese(arrival)));
    line.date(arrival);

    let mut line = desk.line_from("file_by", "国保連への発送期限", &["federation_date"]);
    let days = line.number("poa.post_days")?;
    let calendar = line.calendar("poa.post_calendar")?;
    let by = line.take(calendar.subtract(arrival, days));
    line.step(|| {
        format!(
            "提出期日に届くには{days}営業日前の {} までに発送する",
            in_japanese(by)
        )
    });
    line.date(by);
    Ok(())
}

/// When the customer is asked for what is not back. A book that was published before there was such a rule says nothing of
/// it: nobody is asked before the due date then.
fn reminder(desk: &mut Desk, due: NaiveDate) -> Result<(), RuleError> {
    const DAYS: &str = "poa.remind_business_days";
    if desk.book.slot(DAYS).is_err() {
        return Ok(());
    }
    let mut line = desk.line_from("remind_on", "返送のお願いの発送日", &["poa_due"]);
    let days = line.number(DAYS)?;
    let calendar = line.calendar("vendor.calendar")?;
    let on = line.take(calendar.subtract(due, days));
    line.step(|| format!("返送期日の{days}営業日前の {} に送る", in_japanese(on)));
    line.date(on);
    Ok(())
}

fn way_and_back(
    desk: &mut Desk,
    posted: NaiveDate,
    due: NaiveDate,
    by_mail: bool,
    from: &[&str],
) -> Result<(), RuleError> {
    let mut line = match from {
        [] => desk.line("delivered_on", "お客様への到着日", "発送日"),
        from => desk.line_from("delivered_on", "お客様への到着日", from),
    };
    let delivered = if by_mail {
        line.step(|| "メールはその日に届く（返信用封筒は郵送）");
        posted
    } else {
        let days = line.number("poa.post_days")?;
        let calendar = line.calendar("poa.post_calendar")?;
        let delivered = line.take(calendar.add(posted, days));
        line.step(|| format!("郵便は{days}営業日かかり {} に届く", in_japanese(delivered)));
        delivered
    };
    line.date(delivered);

    let mut line = desk.line_from("post_back_by", "投函の期限", &["poa_due"]);
    let days = line.number("poa.post_days")?;
    let calendar = line.calendar("poa.post_calendar")?;
    let back_by = line.take(calendar.subtract(due, days));
    line.step(|| {
        format!(
            "返送期日に届くには{days}営業日前の {} までに投函する",
            in_japanese(back_by)
        )
    });
    line.date(back_by);
    reminder(desk, due)?;

    let mut line = desk.line_from(
        "days_in_hand",
        "お客様の手元日数",
        &["delivered_on", "post_back_by"],
    );
    let counts = line.choice("poa.days_in_hand_counts")?;
    let days = match counts {
        "calendar_days" => (back_by - delivered).num_days() + 1,
        _ => {
            let calendar = line.calendar("poa.post_calendar")?;
            line.take(calendar.count(delivered - Days::new(1), back_by))
        }
    };
    let days = days.max(0);
    let least = line.number("poa.days_in_hand_min")?;
    line.step(|| {
        format!(
            "到着日から投函の期限まで、両日を含めて{days}日（{least}日より少なければ速達を勧める）"
        )
    });
    line.end(Value::Days(days));
    if days < i64::from(least) {
        desk.warnings.push((
            "few_days_in_hand",
            format!("お客様の手元日数は{days}日です。先に印刷し、速達を検討してください。"),
        ));
    }
    Ok(())
}
