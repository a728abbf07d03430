//! What one line of a file says, and what became of it.

use daicho_domain::identifiers::{CorporateNumber, OfficeNumber, Text};
use daicho_domain::stream::CorporationId;
use serde::Serialize;

use super::remark::{Level, Remark};

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Taken as it stands.
    Taken,
    /// Taken; something was normalised.
    Noted,
    /// Taken, or set aside for an earlier line; a person should look.
    Warned,
    /// Not taken.
    Refused,
}

/// One line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportLine {
    /// Its place in the file, the header being line 1.
    pub line_no: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// The office number it names, in whatever form it has there.
    pub office_number: String,
    /// What was noticed, in the order it was noticed.
    pub remarks: Vec<Remark>,
    /// What is taken from it; nothing when it is refused or set aside.
    #[serde(skip)]
    pub row: Option<Row>,
}

impl ImportLine {
    /// Adds a remark; the outcome follows the gravest.
    pub fn remark(&mut self, remark: Remark) {
        let outcome = match remark.level() {
            Level::Note => Outcome::Noted,
            Level::Warning => Outcome::Warned,
            Level::Refusal => Outcome::Refused,
        };
        self.outcome = self.outcome.max(outcome);
        self.remarks.push(remark);
        if self.outcome == Outcome::Refused {
            self.row = None;
        }
    }
}

/// Which corporation an office belongs to: the number tells, never the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CorporationKey {
    /// A valid 法人番号.
    Numbered(CorporateNumber),
    /// None, or an invalid one: a provisional corporation for this office number alone.
    Provisional(OfficeNumber),
}

impl CorporationKey {
    /// The id of its stream: the same key always meets the same stream.
    #[must_use]
    pub fn id(self) -> CorporationId {
        match self {
            CorporationKey::Numbered(number) => CorporationId::of_number(number.as_str()),
            CorporationKey::Provisional(office) => CorporationId::provisional(office.as_str()),
        }
    }
}

/// An entry of an office under its corporation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The corporation.
    pub corporation: CorporationKey,
    /// Its name as this line spells it, if it does.
    pub corporation_name: Option<Text>,
    /// The entry.
    pub entry: Entry,
}

impl Row {
    /// What to call the corporation by this line alone: its name, or for want of one the office's.
    #[must_use]
    pub fn corporation_called(&self) -> &Text {
        self.corporation_name.as_ref().unwrap_or(&self.entry.name)
    }
}

/// One office number's entry for one kind of service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// 事業所番号.
    pub office: OfficeNumber,
    /// サービスの種類, normalised; empty where the file does not say.
    pub kind: String,
    /// The office's name.
    pub name: Text,
    /// Its name in kana.
    pub kana: Text,
    /// Its address, prefecture first, building last.
    pub address: Text,
    /// Its telephone number; where none can be read, as it was sent.
    pub phone: Text,
}
