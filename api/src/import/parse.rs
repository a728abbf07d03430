//! One record into one [`ImportLine`], looking at nothing but the record.

use daicho_domain::Prefecture;
use daicho_domain::identifiers::{self, CorporateNumber, OfficeNumber, Text};

use super::layout::{Column, Layout};
use super::line::{CorporationKey, Entry, ImportLine, Outcome, Row};
use super::remark::Remark;
use super::source::Record;

/// Reads one record.
pub(super) fn line(layout: &Layout, record: &Record) -> ImportLine {
    let cell = |column| layout.cell(&record.cells, column);
    let mut line = ImportLine {
        line_no: record.line_no,
        outcome: Outcome::Taken,
        office_number: cell(Column::OfficeNumber).trim().to_owned(),
        remarks: Vec::new(),
        row: None,
    };
    let (found, needed) = (record.cells.len(), layout.width);
    if found != needed {
        line.office_number.clear();
        line.remark(Remark::Columns {
            found,
            needed,
            line_last: record.line_last,
        });
        return line;
    }
    let office = match OfficeNumber::parse(cell(Column::OfficeNumber)) {
        Ok(office) => office,
        Err(invalid) => {
            line.remark(Remark::OfficeNumberInvalid(invalid));
            return line;
        }
    };
    if identifiers::is_placeholder(&identifiers::name(cell(Column::OfficeName)).normalised) {
        line.remark(Remark::Placeholder {
            value: cell(Column::OfficeName).to_owned(),
        });
        return line;
    }
    let entry = entry(layout, record, office, &mut line);
    let corporation = corporation(cell(Column::CorporateNumber), office, &mut line);
    let corporation_name = corporation_name(cell(Column::CorporationName), &mut line);
    line.row = Some(Row {
        corporation,
        corporation_name,
        entry,
    });
    line
}

fn entry(layout: &Layout, record: &Record, office: OfficeNumber, line: &mut ImportLine) -> Entry {
    let cell = |column| layout.cell(&record.cells, column);
    if office.as_str() != cell(Column::OfficeNumber) {
        let sent = cell(Column::OfficeNumber).to_owned();
        let changes = identifiers::name(&sent).changes;
        line.remark(Remark::Normalised {
            field: Column::OfficeNumber.name(),
            sent,
            changes,
        });
    }
    if let Some(warning) = office
        .check_rule()
        .warning(office)
        .map(|_| Remark::CheckDigit(office))
    {
        line.remark(warning);
    }
    let kind = identifiers::name(cell(Column::ServiceKind)).normalised;
    if kind.is_empty() {
        line.remark(Remark::KindMissing);
    }
    let name = identifiers::name(cell(Column::OfficeName));
    note(line, Column::OfficeName, &name);
    let kana = identifiers::kana(cell(Column::OfficeKana));
    note(line, Column::OfficeKana, &kana);
    if !kana
        .normalised
        .chars()
        .all(|c| matches!(c, 'ァ'..='ヿ' | '\u{20}'..='\u{40}'))
    {
        line.remark(Remark::NotKana {
            value: kana.normalised.clone(),
        });
    }
    let prefecture = Prefecture::from_name(cell(Column::Prefecture).trim())
        .unwrap_or_else(|| office.prefecture());
    let address = identifiers::address(
        &whole_address(cell(Column::Address), cell(Column::Building)),
        prefecture,
    );
    note(line, Column::Address, &address);
    let phone = phone(cell(Column::Phone), line);
    Entry {
        office,
        kind,
        name,
        kana,
        address,
        phone,
    }
}

/// The building stands in a column of its own, and in most published lines at the end of the address too.
fn whole_address(address: &str, building: &str) -> String {
    let (address, building) = (address.trim(), building.trim());
    if building.is_empty() || address.ends_with(building) {
        address.to_owned()
    } else {
        format!("{address} {building}")
    }
}

fn phone(sent: &str, line: &mut ImportLine) -> Text {
    match identifiers::phone(sent) {
        Some(phone) => {
            note(line, Column::Phone, &phone);
            phone
        }
        None => {
            if !sent.trim().is_empty() {
                line.remark(Remark::PhoneUnreadable {
                    value: sent.to_owned(),
                });
            }
            Text {
                sent: sent.to_owned(),
                normalised: sent.trim().to_owned(),
                changes: Vec::new(),
            }
        }
    }
}

fn corporation(sent: &str, office: OfficeNumber, line: &mut ImportLine) -> CorporationKey {
    if identifiers::is_placeholder(&identifiers::name(sent).normalised) {
        line.remark(Remark::CorporateNumberMissing { stays: None });
        return CorporationKey::Provisional(office);
    }
    match CorporateNumber::parse(sent) {
        Ok(number) => CorporationKey::Numbered(number),
        Err(invalid) => {
            line.remark(Remark::CorporateNumberInvalid {
                invalid,
                stays: None,
            });
            CorporationKey::Provisional(office)
        }
    }
}

fn corporation_name(sent: &str, line: &mut ImportLine) -> Option<Text> {
    let name = identifiers::name(sent);
    if identifiers::is_placeholder(&name.normalised) {
        return None;
    }
    note(line, Column::CorporationName, &name);
    Some(name)
}

/// Says what was normalised, and what older systems cannot write.
fn note(line: &mut ImportLine, column: Column, text: &Text) {
    if !text.changes.is_empty() {
        let (field, sent) = (column.name(), text.sent.clone());
        line.remark(Remark::Normalised {
            field,
            sent,
            changes: text.changes.clone(),
        });
    }
    let outside = identifiers::outside_windows31j(&text.normalised);
    if !outside.is_empty() {
        let characters = outside.into_iter().collect();
        line.remark(Remark::OutsideWindows31J {
            field: column.name(),
            characters,
        });
    }
}
