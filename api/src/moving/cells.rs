//! The cells of one line, read into what they mean; a cell that cannot be read refuses its line.

use chrono::{NaiveDate, NaiveTime};
use daicho_domain::dates::Month;
use daicho_domain::identifiers::{AgentId, CorporateNumber, KjId, OfficeNumber, name};
use daicho_domain::intake::{Channel, Receipt};
use daicho_domain::zengin::Digits;
use std::str::FromStr;

use super::bank_file::BankFile;
use super::table::{Line, Table};
use crate::import::Remark;
use crate::requests::lists::dashed;

/// The cells of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells<'a> {
    table: &'a Table,
    line: &'a Line,
}

/// Why a line is refused.
pub(super) type Unread = Box<Remark>;

impl<'a> Cells<'a> {
    pub(super) const fn of(table: &'a Table, line: &'a Line) -> Self {
        Self { table, line }
    }

    /// The file that is with the bank and the place of the record in it, where the line is one.
    pub(super) fn record(&self) -> Option<(&'a BankFile, u64)> {
        let file = self.table.bank_file.as_ref()?;
        Some((file, self.line.no))
    }

    /// The cell with full width made half width where it says the same; empty when there is none.
    pub(super) fn text(&self, column: &'static str) -> String {
        name(self.table.cell(self.line, column)).normalised
    }

    fn unread(&self, column: &'static str, form: &'static str) -> Unread {
        Box::new(Remark::CellUnread {
            field: column,
            value: self.table.cell(self.line, column).to_owned(),
            form,
        })
    }

    fn read<T: FromStr>(
        &self,
        column: &'static str,
        form: &'static str,
    ) -> Result<Option<T>, Unread> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        let read = dashed(&text).parse();
        read.map(Some).map_err(|_| self.unread(column, form))
    }

    /// A cell that has to be filled in.
    pub(super) fn must<T>(&self, column: &'static str, read: Option<T>) -> Result<T, Unread> {
        read.ok_or_else(|| self.unread(column, "空欄にできません"))
    }

    pub(super) fn day(&self, column: &'static str) -> Result<Option<NaiveDate>, Unread> {
        self.read(column, "2026-04-15 か 2026/4/15 の形で入力してください")
    }

    pub(super) fn month(&self, column: &'static str) -> Result<Option<Month>, Unread> {
        // A spreadsheet makes the first of the month out of a month.
        if let Ok(Some(first)) = self.day(column)
            && first == Month::of(first).first_day()
        {
            return Ok(Some(Month::of(first)));
        }
        self.read(column, "2026-04 か 2026/4 の形で入力してください")
    }

    pub(super) fn count(&self, column: &'static str) -> Result<Option<u32>, Unread> {
        self.read(column, "0以上の整数で入力してください")
    }

    /// Yen, with or without a comma every three digits.
    pub(super) fn yen(&self, column: &'static str) -> Result<Option<u64>, Unread> {
        let text = self.text(column).replace([',', '円', '¥'], "");
        if text.is_empty() {
            return Ok(None);
        }
        let read = text.trim().parse();
        read.map(Some)
            .map_err(|_| self.unread(column, "円の整数で入力してください"))
    }

    /// A number whose leading zeros a spreadsheet may have lost.
    pub(super) fn digits<const N: usize>(
        &self,
        column: &'static str,
        form: &'static str,
    ) -> Result<Option<Digits<N>>, Unread> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        let read = text.parse();
        read.map(Some).map_err(|_| self.unread(column, form))
    }

    /// A number of the office, which may be wrong in a way that its own sentence says.
    pub(super) fn office(&self, column: &'static str) -> Result<Option<OfficeNumber>, Unread> {
        let text = self.table.cell(self.line, column);
        if text.is_empty() {
            return Ok(None);
        }
        let number = OfficeNumber::parse(text);
        number
            .map(Some)
            .map_err(|why| Box::new(Remark::OfficeNumberInvalid(why)))
    }

    /// Several numbers in one cell, between them a space, a comma or 「、」.
    pub(super) fn offices(&self, column: &'static str) -> Result<Vec<OfficeNumber>, Unread> {
        let text = self.text(column);
        let cells = text.split([' ', '、', ',', ';', '\n']);
        let cells = cells.map(str::trim).filter(|cell| !cell.is_empty());
        let number = |cell: &str| {
            OfficeNumber::parse(cell).map_err(|why| Box::new(Remark::OfficeNumberInvalid(why)))
        };
        cells.map(number).collect()
    }

    pub(super) fn corporation(&self) -> Result<Option<CorporateNumber>, Unread> {
        let text = self.table.cell(self.line, "法人番号");
        if text.is_empty() {
            return Ok(None);
        }
        let number = CorporateNumber::parse(text);
        number
            .map(Some)
            .map_err(|why| Box::new(Remark::IdentifierInvalid(why)))
    }

    pub(super) fn kj_id(&self) -> Result<Option<KjId>, Unread> {
        let text = self.table.cell(self.line, "KJ ID");
        if text.is_empty() {
            return Ok(None);
        }
        let id = KjId::parse(text);
        id.map(Some)
            .map_err(|why| Box::new(Remark::IdentifierInvalid(why)))
    }

    pub(super) fn agent(&self, column: &'static str) -> Result<Option<AgentId>, Unread> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        let id = AgentId::parse(&text);
        id.map(Some)
            .map_err(|_| self.unread(column, "HD と数字12桁で入力してください"))
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(
        &self,
        column: &'static str,
        words: &[(&str, T)],
        form: &'static str,
    ) -> Result<Option<T>, Unread> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        let found = words.iter().find(|(word, _)| name(word).normalised == text);
        found
            .map(|(_, value)| Some(*value))
            .ok_or_else(|| self.unread(column, form))
    }

    /// How and when a form came in: its day in a column, the rest in others of their own.
    pub(super) fn receipt(&self, column: &'static str) -> Result<Option<Receipt>, Unread> {
        let Some(on) = self.day(column)? else {
            return Ok(None);
        };
        let words: Vec<_> = Channel::ALL
            .iter()
            .map(|channel| (channel.label(), *channel))
            .collect();
        let form = "Webフォーム・郵送・FAX・メール・持参・宅配 のどれかを入力してください";
        let channel = self.word("受付方法", &words, form)?;
        let at: Option<NaiveTime> = match self.text("受付時刻") {
            text if text.is_empty() => None,
            text => {
                let read = NaiveTime::parse_from_str(&text, "%H:%M");
                let read = read.or_else(|_| NaiveTime::parse_from_str(&text, "%H:%M:%S"));
                let unread = |_| self.unread("受付時刻", "10:30 の形で入力してください");
                Some(read.map_err(unread)?)
            }
        };
        Ok(Some(Receipt {
            on,
            at,
            channel: channel.unwrap_or(Channel::Form),
            number: Some(self.text("受付番号")).filter(|text| !text.is_empty()),
            proof: None,
        }))
    }
}
