//! The sheet 残高: a charge that is not paid a line, with what the customer was told when its debit failed; or credit.

use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::billing::{self, CarryArrears, CarryCharge};
use daicho_domain::dates::Month;
use daicho_domain::moving::Measure;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{CorporationId, RunId, Stream};
use daicho_domain::zengin::ResultCode;

use super::bank_file;
use super::cells::{Cells, Unread};
use super::register::Register;
use super::row::Row;
use super::sheet::{Column, may, must};
use super::transmissions::{SERVICE_FORM, SERVICES};

/// Its columns.
pub(super) const COLUMNS: &[Column] = &[
    must("法人番号", "7000012050002"),
    must("対象月", "2026-08"),
    must("請求額", "3300"),
    must("未入金額", "3300"),
    may("うち消費税", ""),
    may("サービス", "ほのぼのmini2"),
    may("事業所番号", ""),
    may("振替不能の振替月", "2026-09"),
    may("結果コード", "1"),
    may("通知日", "2026-09-30"),
    may("停止予定日", ""),
    may("停止日", ""),
    may("過入金", ""),
    may("振替中の振替月", ""),
];

const CODES: [(&str, ResultCode); 6] = [
    ("1", ResultCode::InsufficientFunds),
    ("2", ResultCode::NoAccount),
    ("3", ResultCode::StoppedByDepositor),
    ("4", ResultCode::NoMandate),
    ("8", ResultCode::StoppedByCollector),
    ("9", ResultCode::Other),
];

/// What a line says.
#[derive(Clone, Debug)]
pub(super) struct Said {
    charge: Option<Charge>,
    arrears: Option<CarryArrears>,
    credit: u64,
}

#[derive(Clone, Copy, Debug)]
struct Charge {
    service: Service,
    month: Month,
    gross: u64,
    tax: Option<u64>,
    open: u64,
    at_bank: Option<Month>,
}

pub(super) fn read(
    cells: &Cells<'_>,
    register: &Register,
) -> Result<(CorporationId, Said), Unread> {
    let office = cells.office("事業所番号")?;
    let corporation = register.corporation(cells, office)?;
    let credit = cells.yen("過入金")?.unwrap_or(0);
    let month = cells.month("対象月")?;
    // A line that tells of credit alone names no month.
    let charge = match month {
        None if credit > 0 => None,
        month => Some(charge(cells, month)?),
    };
    let said = Said {
        arrears: match charge {
            None => None,
            Some(_) => arrears(cells)?,
        },
        charge,
        credit,
    };
    Ok((corporation, said))
}

fn charge(cells: &Cells<'_>, month: Option<Month>) -> Result<Charge, Unread> {
    let service = cells.word("サービス", &SERVICES, SERVICE_FORM)?;
    Ok(Charge {
        service: service.unwrap_or(Service::HonobonoMini2),
        month: cells.must("対象月", month)?,
        gross: cells.must("請求額", cells.yen("請求額")?)?,
        tax: cells.yen("うち消費税")?,
        open: cells.must("未入金額", cells.yen("未入金額")?)?,
        at_bank: cells.month("振替中の振替月")?,
    })
}

fn arrears(cells: &Cells<'_>) -> Result<Option<CarryArrears>, Unread> {
    const CODE: &str = "結果コード";
    let Some(batch) = cells.month("振替不能の振替月")? else {
        return Ok(None);
    };
    let code = cells.word(CODE, &CODES, "1・2・3・4・8・9 のどれかを入力してください")?;
    let day = |column| -> Result<Option<NaiveDate>, Unread> { cells.day(column) };
    Ok(Some(CarryArrears {
        batch,
        code: cells.must(CODE, code)?,
        noticed_on: day("通知日")?,
        suspension_on: day("停止予定日")?,
        suspended_on: day("停止日")?,
    }))
}

impl Said {
    pub(super) fn measures(&self) -> Vec<(Measure, u64)> {
        let mut measures = vec![(Measure::CreditYen, self.credit)];
        if let Some(charge) = &self.charge {
            measures.push((Measure::Charges, 1));
            measures.push((Measure::OpenYen, charge.open));
            if self.arrears.is_some() {
                measures.push((Measure::ArrearsYen, charge.open));
            }
        }
        measures
    }

    /// Whether it says that its corporation is suspended.
    pub(super) fn suspended(&self) -> bool {
        self.arrears
            .is_some_and(|arrears| arrears.suspended_on.is_some())
    }
}

/// One ledger, by all its lines and its record in the file that is with the bank. Of several debits that failed, the first
/// one tells what followed.
pub(super) fn commands(
    thing: &Stream,
    rows: &[(&Row, &Said)],
    debits: &[(&Row, &bank_file::Said)],
    run: RunId,
) -> Vec<Command> {
    let record = debits.first().map(|(row, _)| *row);
    let Some(first) = rows.first().map(|(row, _)| *row).or(record) else {
        return vec![];
    };
    let charges = rows.iter().filter_map(|(row, said)| {
        let charge = said.charge?;
        Some(CarryCharge {
            from: row.from(run),
            service: charge.service,
            month: charge.month,
            gross: charge.gross,
            tax: charge.tax,
            open: charge.open,
            failed: said.arrears.map(|arrears| arrears.batch),
            at_bank: charge.at_bank,
        })
    });
    let arrears = rows.iter().filter_map(|(_, said)| said.arrears);
    let carried = billing::CarryOver {
        from: first.from(run),
        charges: charges.collect(),
        arrears: arrears.min_by_key(|arrears| arrears.batch),
        credit: rows.iter().map(|(_, said)| said.credit).sum(),
        debits: debits.iter().map(|(_, said)| said.carried()).collect(),
    };
    vec![Command::billing(
        thing,
        billing::Command::CarryOver(carried),
    )]
}
