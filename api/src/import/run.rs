//! What holds between lines: a key stands once in a run, an office under one corporation, a
//! corporation under one spelling. The first line wins; a later one says so.

use std::collections::BTreeMap;

use daicho_domain::identifiers::{self, CorporateNumber, OfficeNumber};
use daicho_domain::stream::CorporationId;
use serde::Serialize;

use super::line::{CorporationKey, ImportLine, Outcome, Row};
use super::remark::Remark;
use super::source::SourceFile;

/// How many lines went which way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Lines read.
    pub lines: u64,
    /// Taken as they stand.
    pub taken: u64,
    /// Taken with a note.
    pub noted: u64,
    /// Taken with a warning, or set aside for an earlier line.
    pub warned: u64,
    /// Refused.
    pub refused: u64,
    /// Remarks by their code.
    pub remarks: BTreeMap<&'static str, u64>,
}

impl Counts {
    /// Counts a line.
    pub fn count(&mut self, line: &ImportLine) {
        self.lines += 1;
        *match line.outcome {
            Outcome::Taken => &mut self.taken,
            Outcome::Noted => &mut self.noted,
            Outcome::Warned => &mut self.warned,
            Outcome::Refused => &mut self.refused,
        } += 1;
        for remark in &line.remarks {
            *self.remarks.entry(remark.code()).or_default() += 1;
        }
    }
}

/// The corporation an office is kept under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// Its stream.
    pub id: CorporationId,
    /// Its number, where this run names it by one.
    pub number: Option<CorporateNumber>,
    /// Its name, as it was sent first.
    pub name: String,
}

/// Where an office stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    /// A line of this run says so.
    Named(CorporationKey),
    /// The log said so before this run.
    Recorded(CorporationId),
    /// The log says that a person took it out.
    Removed(CorporationId),
}

/// One run over any number of files. Its memory grows with offices and corporations, not with lines of
/// text: about a hundred bytes an entry.
#[derive(Debug, Default)]
pub struct Run {
    files: Vec<String>,
    kinds: BTreeMap<String, u32>,
    keys: BTreeMap<(OfficeNumber, u32), (u32, u64)>,
    stands: BTreeMap<OfficeNumber, Stand>,
    names: BTreeMap<CorporateNumber, String>,
    merged: BTreeMap<CorporationId, CorporationId>,
}

impl Run {
    /// A run over an empty register.
    #[must_use]
    pub fn new() -> Run {
        Run::default()
    }

    /// Says where an office stands before this run. Said before any file.
    pub fn office_stands_under(&mut self, office: OfficeNumber, corporation: CorporationId) {
        let stand = self
            .stands
            .entry(office)
            .or_insert(Stand::Recorded(corporation));
        if matches!(stand, Stand::Removed(_)) {
            *stand = Stand::Recorded(corporation);
        }
    }

    /// Says that an office was taken out of a corporation before this run. Said before any file.
    pub fn office_was_removed(&mut self, office: OfficeNumber, corporation: CorporationId) {
        if self.stands.get(&office) == Some(&Stand::Recorded(corporation)) {
            self.stands.insert(office, Stand::Removed(corporation));
        }
    }

    /// Says what a corporation was merged into before this run, or that it no longer is.
    pub fn corporation_merged(&mut self, corporation: CorporationId, into: Option<CorporationId>) {
        match into {
            Some(into) => self.merged.insert(corporation, into),
            None => self.merged.remove(&corporation),
        };
    }

    /// Says a corporation's name before this run. Said before any file.
    pub fn corporation_is_called(&mut self, number: CorporateNumber, name: &str) {
        self.names.entry(number).or_insert_with(|| name.to_owned());
    }

    /// Says that a file belongs to this run, and takes over what it claims: a line of an office without a
    /// 法人番号 then finds the one another line gives it, whichever comes first.
    pub fn expect(&mut self, source: &mut SourceFile) {
        let claims = std::mem::take(&mut source.claims);
        for (office, number) in claims.numbers {
            let named = Stand::Named(CorporationKey::Numbered(number));
            self.stands.entry(office).or_insert(named);
        }
        for (number, name) in claims.names {
            self.names.entry(number).or_insert(name);
        }
    }

    /// Opens the next file under the name the report gives it.
    pub fn begin_file(&mut self, name: &str) {
        self.files.push(name.to_owned());
    }

    /// The name of the file that is read now.
    #[must_use]
    pub fn file(&self) -> &str {
        self.files.last().map(String::as_str).unwrap_or_default()
    }

    /// Holds a line against those before it; where its office is kept, if anything is taken from it.
    ///
    /// # Panics
    /// When no file was begun.
    pub fn hold(&mut self, line: &mut ImportLine) -> Option<Home> {
        let row = line.row.take()?;
        if let Some(twice) = self.key_twice(&row, line.line_no) {
            // What else was noticed is of no use on a line that is set aside.
            line.remarks = Vec::new();
            line.remark(twice);
            return None;
        }
        self.offer_known(line);
        self.spelling(&row, line);
        let (office, stand) = (row.entry.office, self.stand(&row));
        match stand {
            Stand::Removed(_) => {
                line.remark(Remark::OfficeRemoved { office });
                return None;
            }
            Stand::Recorded(corporation) if self.merged.contains_key(&corporation) => {
                line.remark(Remark::CorporationMerged { office });
                return None;
            }
            Stand::Recorded(_) | Stand::Named(_) => {}
        }
        let home = self.home(stand, &row, line);
        line.row = Some(row);
        Some(home)
    }

    /// Where the office stands: where the first who said so put it.
    fn stand(&mut self, row: &Row) -> Stand {
        *self
            .stands
            .entry(row.entry.office)
            .or_insert(Stand::Named(row.corporation))
    }

    fn key_twice(&mut self, row: &Row, line_no: u64) -> Option<Remark> {
        let file = u32::try_from(self.files.len())
            .ok()?
            .checked_sub(1)
            .expect("a file was begun");
        let next = u32::try_from(self.kinds.len()).expect("fewer kinds than lines");
        let known = self.kinds.get(&row.entry.kind).copied();
        let kind =
            known.unwrap_or_else(|| *self.kinds.entry(row.entry.kind.clone()).or_insert(next));
        let office = row.entry.office;
        let (first_file, first_line) = *self.keys.entry((office, kind)).or_insert((file, line_no));
        if (first_file, first_line) == (file, line_no) {
            return None;
        }
        let first = if first_file == file {
            format!("{first_line}行目")
        } else {
            let name = usize::try_from(first_file)
                .ok()
                .and_then(|at| self.files.get(at));
            format!(
                "「{}」の{first_line}行目",
                name.map(String::as_str).unwrap_or_default()
            )
        };
        Some(Remark::KeyTwice {
            office,
            kind: row.entry.kind.clone(),
            first,
        })
    }

    /// Offers a number this run or the register knows before any other.
    fn offer_known(&self, line: &mut ImportLine) {
        for remark in &mut line.remarks {
            if let Remark::CorporateNumberInvalid { invalid, .. } = remark {
                let known = |number| self.names.contains_key(&number);
                if let Err(better) = CorporateNumber::parse_knowing(&invalid.value, known) {
                    *invalid = better;
                }
            }
        }
    }

    /// The first spelling stays.
    fn spelling(&mut self, row: &Row, line: &mut ImportLine) {
        let CorporationKey::Numbered(number) = row.corporation else {
            return;
        };
        let Some(value) = &row.corporation_name else {
            return;
        };
        let first = self
            .names
            .entry(number)
            .or_insert_with(|| value.sent.clone());
        let first = identifiers::name(first).normalised;
        if first != value.normalised {
            line.remark(Remark::SpelledDifferently {
                value: value.normalised.clone(),
                first,
            });
        }
    }

    /// The corporation the office is kept under, whatever this line says.
    fn home(&self, stand: Stand, row: &Row, line: &mut ImportLine) -> Home {
        let (id, stays) = match stand {
            Stand::Named(key) => (key.id(), key.to_string()),
            Stand::Recorded(id) | Stand::Removed(id) => (id, "台帳にある別の法人".to_owned()),
        };
        if id != row.corporation.id() && self.present(row.corporation.id()) != id {
            self.elsewhere(row, line, stays);
        }
        let (number, name) = match stand {
            Stand::Named(CorporationKey::Numbered(number)) => {
                (Some(number), self.names.get(&number))
            }
            Stand::Named(CorporationKey::Provisional(_))
            | Stand::Recorded(_)
            | Stand::Removed(_) => (None, None),
        };
        let name = name.unwrap_or(&row.corporation_called().sent).clone();
        Home {
            id: self.present(id),
            number,
            name,
        }
    }

    /// Says that the office stays where it is.
    fn elsewhere(&self, row: &Row, line: &mut ImportLine, stays: String) {
        let (office, named) = (row.entry.office, row.corporation);
        if let CorporationKey::Numbered(_) = named {
            line.remark(Remark::OtherCorporation {
                office,
                named,
                stays,
            });
            return;
        }
        for remark in &mut line.remarks {
            if let Remark::CorporateNumberMissing { stays: kept }
            | Remark::CorporateNumberInvalid { stays: kept, .. } = remark
            {
                *kept = Some(stays.clone());
            }
        }
    }

    /// The corporation that stays after mergers.
    fn present(&self, corporation: CorporationId) -> CorporationId {
        let mut present = corporation;
        for _ in 0..self.merged.len() {
            match self.merged.get(&present) {
                Some(into) => present = *into,
                None => break,
            }
        }
        present
    }
}
