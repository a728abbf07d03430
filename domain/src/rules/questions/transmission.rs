//! A transmission application: its cut-off, the start month, and the dates of that month.

use chrono::NaiveDate;

use crate::dates::{Month, Moves, in_japanese};
use crate::rules::desk::{Desk, Line};
use crate::rules::{RuleError, Value};

const APPLIED: &str = "申込日";

pub(in crate::rules) fn transmission(desk: &mut Desk) -> Result<(), RuleError> {
    let start = start_month(desk)?;
    dates_of(desk, start, &["transmission_start"])?;
    federation(desk, start, &["transmission_start"])
}

/// The dates of a start month that is already known, as after a postponement.
pub(in crate::rules) fn transmission_month(desk: &mut Desk, start: Month) -> Result<(), RuleError> {
    federation(desk, start, &[])?;
    dates_of(desk, start, &[])
}

/// `cutoff_on` and `transmission_start`.
pub(super) fn start_month(desk: &mut Desk) -> Result<Month, RuleError> {
    let on = desk.on;
    let mut line = desk.line("cutoff_on", "締日", APPLIED);
    let (month, cutoff) = first_cutoff(&mut line, on)?;
    line.step(|| match cutoff == on {
        true => "申込日が締日なので間に合う".to_owned(),
        false => format!("申込日以後の最初の締日は {}", in_japanese(cutoff)),
    });
    line.date(cutoff);

    let mut line = desk.line_from("transmission_start", "伝送の開始月", &["cutoff_on"]);
    let after = line.number("transmission.start_months_after")?;
    let start = month.plus(after);
    line.step(|| format!("締日の月の{after}か月後から伝送できる"));
    line.month(start);
    Ok(start)
}

/// The first cut-off on or after a day, and the month it belongs to.
fn first_cutoff(line: &mut Line, on: NaiveDate) -> Result<(Month, NaiveDate), RuleError> {
    let day = line.day_of_month("transmission.cutoff_day")?;
    let calendar = match line.moves("transmission.cutoff_moves")? {
        Moves::Stays => None,
        moves @ (Moves::Next | Moves::Previous) => Some((line.calendar("vendor.calendar")?, moves)),
    };
    line.step(|| format!("締日は毎月{}", day.text()));
    // A cut-off that moves to the next business day can spill into the month after its own.
    let mut month = Month::of(on).previous();
    loop {
        let nominal = day.of(month);
        let cutoff = match calendar {
            None => nominal,
            Some((calendar, moves)) => line.take(calendar.moved(nominal, moves)),
        };
        if cutoff >= on {
            if cutoff != nominal {
                line.step(|| format!("{} は休業日", in_japanese(nominal)));
            }
            return Ok((month, cutoff));
        }
        month = month.next();
    }
}

/// `poa_due` and `credentials_on` of a start month.
fn dates_of(desk: &mut Desk, start: Month, from: &[&str]) -> Result<(), RuleError> {
    let mut line = begin(desk, "poa_due", "委任状の返送期日", from);
    let due = due_day(&mut line, start)?;
    line.date(due);

    let mut line = begin(desk, "credentials_on", "ID/PWの設定日", from);
    let before = line.number("credentials.months_before")?;
    let day = line.day_of_month("credentials.day")?;
    let moves = line.moves("credentials.moves")?;
    let nominal = day.of(start.minus(before));
    line.step(|| {
        format!(
            "開始月の{before}か月前の{}は {}",
            day.text(),
            in_japanese(nominal)
        )
    });
    let on = line.vendor_moved(nominal, moves)?;
    line.date(on);
    Ok(())
}

/// `federation_date`: the day by which the federation wants the papers.
fn federation(desk: &mut Desk, start: Month, from: &[&str]) -> Result<(), RuleError> {
    let mut line = begin(desk, "federation_date", "国保連への提出期日", from);
    let date = federation_day(&mut line, start)?;
    line.end(Value::Date(date));
    Ok(())
}

fn begin<'d, 'a>(
    desk: &'d mut Desk<'a>,
    name: &'static str,
    label: &'static str,
    from: &[&str],
) -> Line<'d, 'a> {
    match from {
        [] => desk.line(name, label, "利用開始月の1日"),
        from => desk.line_from(name, label, from),
    }
}

fn federation_day(line: &mut Line, start: Month) -> Result<NaiveDate, RuleError> {
    let before = line.number("federation.arrival_months_before")?;
    let day = line.day_of_month("federation.arrival_day")?;
    let moves = line.moves("federation.arrival_moves")?;
    let nominal = day.of(start.minus(before));
    line.step(|| {
        format!(
            "国保連への提出期日は開始月の{before}か月前の{}、{}",
            day.text(),
            in_japanese(nominal)
        )
    });
    line.vendor_moved(nominal, moves)
}

/// The office's own return day, but never later than the margin before the federation's.
pub(super) fn due_day(line: &mut Line, start: Month) -> Result<NaiveDate, RuleError> {
    let before = line.number("poa.return_months_before")?;
    let day = line.day_of_month("poa.return_day")?;
    let moves = line.moves("poa.return_moves")?;
    let nominal = day.of(start.minus(before));
    line.step(|| {
        format!(
            "返送期日は開始月の{before}か月前の{}、{}",
            day.text(),
            in_japanese(nominal)
        )
    });
    let ours = line.vendor_moved(nominal, moves)?;

    let federation = federation_day(line, start)?;
    let margin = line.number("poa.federation_margin_business_days")?;
    let calendar = line.calendar("vendor.calendar")?;
    let latest = line.take(calendar.subtract(federation, margin));
    line.step(|| {
        format!(
            "提出期日の{margin}営業日前の {} より後にはしない",
            in_japanese(latest)
        )
    });
    if latest < ours {
        line.step(|| format!("早い方の {} が返送期日", in_japanese(latest)));
    }
    Ok(ours.min(latest))
}
