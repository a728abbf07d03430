//! What a file says about corporations, gathered while it is looked through: so that a line without a
//! 法人番号 finds the one another line gives its office, whichever comes first.

use std::collections::BTreeMap;

use daicho_domain::identifiers::{self, CorporateNumber, OfficeNumber};

use super::layout::{Column, Layout};
use super::source::Record;

/// The first thing a file says of each office and corporation.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// The first valid 法人番号 given to an office.
    pub(super) numbers: BTreeMap<OfficeNumber, CorporateNumber>,
    /// The first name given to a 法人番号, as it was sent.
    pub(super) names: BTreeMap<CorporateNumber, String>,
}

impl Claims {
    /// Reads one record; a line that would be refused claims nothing.
    pub(super) fn read(&mut self, layout: &Layout, record: &Record) {
        let cell = |column| layout.cell(&record.cells, column);
        if record.cells.len() != layout.width
            || identifiers::is_placeholder(cell(Column::OfficeName))
        {
            return;
        }
        let Ok(office) = OfficeNumber::parse(cell(Column::OfficeNumber)) else {
            return;
        };
        let Ok(number) = CorporateNumber::parse(cell(Column::CorporateNumber)) else {
            return;
        };
        self.numbers.entry(office).or_insert(number);
        let name = cell(Column::CorporationName);
        if !identifiers::is_placeholder(name) {
            self.names.entry(number).or_insert_with(|| name.to_owned());
        }
    }
}
