//! What holds between lines: a key stands once in a run, an office under one corporation, a
//! corporation under one spelling. The first line wins; a later one says so.

use std::collections::BTreeMap;

use daicho_domain::identifiers::{CorporateNumber, OfficeNumber};
use serde::Serialize;
use uuid::Uuid;

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

/// Where an office stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Home {
    /// A line of this run said so.
    Named(CorporationKey),
    /// The log said so before this run.
    Recorded(Uuid),
}

/// One run over any number of files. Its memory grows with offices and corporations, not with text:
/// about a hundred bytes an entry.
#[derive(Debug, Default)]
pub struct Run {
    files: Vec<String>,
    kinds: BTreeMap<String, u32>,
    keys: BTreeMap<(OfficeNumber, u32), (u32, u64)>,
    homes: BTreeMap<OfficeNumber, Home>,
    spellings: BTreeMap<CorporateNumber, String>,
}

impl Run {
    /// A run over an empty register.
    #[must_use]
    pub fn new() -> Run {
        Run::default()
    }

    /// Says where an office stands before this run.
    pub fn office_stands_under(&mut self, office: OfficeNumber, corporation: Uuid) {
        self.homes
            .entry(office)
            .or_insert(Home::Recorded(corporation));
    }

    /// Says a corporation's name before this run.
    pub fn corporation_is_called(&mut self, number: CorporateNumber, name: &str) {
        self.spellings
            .entry(number)
            .or_insert_with(|| name.to_owned());
    }

    /// Says that a file belongs to this run: a line of an office without a 法人番号 then finds the one
    /// another line gives it, whichever comes first.
    pub fn expect(&mut self, source: &SourceFile) {
        for (office, number) in source.claims() {
            self.homes
                .entry(office)
                .or_insert(Home::Named(CorporationKey::Numbered(number)));
        }
    }

    /// Opens the next file under the name the report gives it.
    pub fn begin_file(&mut self, name: &str) {
        self.files.push(name.to_owned());
    }

    /// Holds a line against those before it. `identity` gives the id of a corporation's stream.
    ///
    /// # Panics
    /// When no file was begun.
    pub fn hold(
        &mut self,
        line: &mut ImportLine,
        identity: impl Fn(CorporationKey) -> Uuid,
    ) -> Option<Uuid> {
        let row = line.row.take()?;
        if let Some(twice) = self.key_twice(&row, line.line_no) {
            // What else was noticed is of no use on a line that is set aside.
            line.remarks = Vec::new();
            line.remark(twice);
            return None;
        }
        self.offer_known(line);
        let corporation = self.home(&row, line, &identity);
        self.spelling(&row, line);
        line.row = Some(row);
        Some(corporation)
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
                let known = |number| self.spellings.contains_key(&number);
                if let Err(better) = CorporateNumber::parse_knowing(&invalid.value, known) {
                    *invalid = better;
                }
            }
        }
    }

    /// The corporation the office stands under: the first one said, whatever this line says.
    fn home(
        &mut self,
        row: &Row,
        line: &mut ImportLine,
        identity: &impl Fn(CorporationKey) -> Uuid,
    ) -> Uuid {
        let office = row.entry.office;
        let home = *self
            .homes
            .entry(office)
            .or_insert(Home::Named(row.corporation));
        let (id, stays) = match home {
            Home::Named(key) => (identity(key), key.to_string()),
            Home::Recorded(id) if id == identity(row.corporation) => {
                (id, row.corporation.to_string())
            }
            Home::Recorded(id) => (id, "台帳にある別の法人".to_owned()),
        };
        if id == identity(row.corporation) {
            return id;
        }
        match row.corporation {
            CorporationKey::Numbered(_) => {
                line.remark(Remark::OtherCorporation {
                    office,
                    named: row.corporation,
                    stays,
                });
            }
            CorporationKey::Provisional(_) => {
                for remark in &mut line.remarks {
                    if let Remark::CorporateNumberMissing { stays: kept }
                    | Remark::CorporateNumberInvalid { stays: kept, .. } = remark
                    {
                        *kept = Some(stays.clone());
                    }
                }
            }
        }
        id
    }

    fn spelling(&mut self, row: &Row, line: &mut ImportLine) {
        let CorporationKey::Numbered(number) = row.corporation else {
            return;
        };
        let value = &row.corporation_name.normalised;
        match self.spellings.get(&number) {
            None => {
                self.spellings.insert(number, value.clone());
            }
            Some(first) if first != value => {
                line.remark(Remark::SpelledDifferently {
                    value: value.clone(),
                    first: first.clone(),
                });
            }
            Some(_) => {}
        }
    }
}
