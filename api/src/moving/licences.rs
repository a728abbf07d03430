//! The sheet ライセンス: a year of a licence of the care-plan exchange a line.

use chrono::NaiveDate;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::licence::{self, Payment};
use daicho_domain::moving::Measure;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{CorporationId, Stream};

use super::cells::{Cells, Unread};
use super::register::Register;
use super::row::Row;
use super::sheet::{Column, may, must};

/// Its columns.
pub(super) const COLUMNS: &[Column] = &[
    must("事業所番号", "0170210231"),
    must("ライセンス開始日", "2026-04-15"),
    may("ライセンス満了日", "2027-04-14"),
    may("支払方法", "差引"),
    may("支払月", "2026-05"),
];

const PAYMENTS: [(&str, Payment); 2] = [("差引", Payment::Deduction), ("請求書", Payment::Invoice)];

/// What a line says.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) number: OfficeNumber,
    first_day: NaiveDate,
    last_day: Option<NaiveDate>,
    payment: Payment,
    paid_in: Option<Month>,
}

pub(super) fn read(
    cells: &Cells<'_>,
    register: &Register,
) -> Result<(CorporationId, Said), Unread> {
    const FIRST_DAY: &str = "ライセンス開始日";
    let number = cells.office("事業所番号")?;
    let number = cells.must("事業所番号", number)?;
    let corporation = register.corporation(cells, Some(number))?;
    let payment = cells.word(
        "支払方法",
        &PAYMENTS,
        "差引・請求書 のどちらかを入力してください",
    )?;
    let said = Said {
        number,
        first_day: cells.must(FIRST_DAY, cells.day(FIRST_DAY)?)?,
        last_day: cells.day("ライセンス満了日")?,
        payment: payment.unwrap_or(Payment::Deduction),
        paid_in: cells.month("支払月")?,
    };
    Ok((corporation, said))
}

impl Said {
    pub(super) fn measures(&self) -> Vec<(Measure, u64)> {
        vec![(Measure::Licences, 1)]
    }
}

/// Several years of one number are taken in their order, wherever they stand on the sheet.
pub(super) fn commands(thing: &Stream, rows: &[(&Row, &Said)]) -> Vec<Command> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|(_, said)| said.first_day);
    let take = rows.iter().map(|(row, said)| {
        let take = licence::Command::TakeOver {
            corporation: row.corporation,
            first_day: said.first_day,
            last_day: said.last_day,
            payment: said.payment,
            paid_in: said.paid_in,
            source: row.source.clone(),
        };
        Command::licence(thing, take)
    });
    take.collect()
}
