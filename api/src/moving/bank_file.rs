//! The file that was sent to the bank and whose result has not come when an office moves in: the 全銀 file itself is one of
//! the files of the run, a debit a record. It is taken whole or not at all, since its result answers all of it. What the bank
//! took is a fact: names stay in the characters that stand there, also where daicho would write others.

use chrono::{Datelike as _, NaiveDate};
use daicho_domain::billing::CarryDebit;
use daicho_domain::corporation::{BankAccount, Source};
use daicho_domain::dates::Month;
use daicho_domain::debit_batch::{self, CarryFile};
use daicho_domain::moving::{CarriedFrom, Measure};
use daicho_domain::nouns::Command;
use daicho_domain::personal::Personal;
use daicho_domain::stream::{CorporationId, RunId, Stream};
use daicho_domain::zengin::{Consignor, Debit, Records, Request, Text, Totals};

use super::cells::Unread;
use super::register::Register;
use crate::import::Remark;

/// A leap year: every day that a header can name stands in it.
const ANY_YEAR: i32 = 2024;

/// Whether bytes begin like a file of this format: the header record, kind 91.
pub(super) fn is_one(front: &[u8]) -> bool {
    front.starts_with(b"191")
}

/// A file that was sent.
#[derive(Clone, Debug)]
pub(super) struct BankFile {
    consignor: Consignor,
    /// The day of the debit. The file names no year: it is the one nearest to the switching day, once that is known.
    on: NaiveDate,
    /// Every debit, with its place in the file.
    debits: Vec<(u64, Debit)>,
}

/// What a record says.
#[derive(Clone, Debug)]
pub(super) struct Said {
    batch: Month,
    amount: u64,
    debit: Debit,
    account: BankAccount,
}

impl BankFile {
    /// Reads a file that was sent; a result is none.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let records = Records::read(bytes).map_err(|fault| fault.to_string())?;
        let consignor = Consignor::read(bytes).map_err(|fault| fault.to_string())?;
        let none = Totals::default();
        if (records.trailer.collected, records.trailer.failed) != (none, none) {
            return Err("振替結果のファイルです".to_owned());
        }
        let lines = &records.lines;
        let asked = lines
            .iter()
            .fold(none, |sum, line| sum.with(line.debit.amount));
        if records.trailer.asked != asked {
            return Err("トレーラレコードの件数・金額が明細の合計と違います".to_owned());
        }
        let (month, day) = (records.header.month, records.header.day);
        let on = NaiveDate::from_ymd_opt(ANY_YEAR, month, day);
        let on = on.ok_or_else(|| format!("引落日（{month}月{day}日）がありません"))?;
        let debits = records.lines.into_iter();
        Ok(Self {
            consignor,
            on,
            debits: debits
                .map(|line| (line.number as u64, line.debit))
                .collect(),
        })
    }

    /// With the year of its debit.
    pub(super) fn near(&mut self, switched_on: NaiveDate) {
        let year = switched_on.year();
        let days = (year - 1..=year + 1).filter_map(|year| self.on.with_year(year));
        let nearest = days.min_by_key(|on| (*on - switched_on).num_days().abs());
        self.on = nearest.unwrap_or(self.on);
    }

    /// How many debits it holds.
    pub(super) fn len(&self) -> usize {
        self.debits.len()
    }

    /// The places and 顧客番号 of its debits.
    pub(super) fn places(&self) -> impl Iterator<Item = (u64, String)> + '_ {
        let debits = self.debits.iter();
        debits.map(|(place, debit)| (*place, debit.customer.to_string()))
    }

    /// The command that takes it over; its debits are the ledgers'.
    pub(super) fn command(&self, name: &str, run: RunId) -> Command {
        let mut debits: Vec<_> = self.debits.iter().map(|(_, debit)| debit.clone()).collect();
        debits.sort_by_key(|debit| debit.customer.to_string());
        let request = Request::as_sent(&self.consignor, self.on, debits);
        let request = request.expect("its header was read from a file");
        let source = Source {
            file: name.to_owned(),
            line: 1,
        };
        let carry = CarryFile {
            from: CarriedFrom { run, source },
            debit_on: self.on,
            consignor: self.consignor.clone(),
            totals: request.totals(),
            sha256: request.sha256(),
        };
        Command::debit_batch(
            &Stream::DebitBatch(Month::of(self.on)),
            debit_batch::Command::CarryOver(carry),
        )
    }

    /// A record, with the corporation whose 顧客番号 it names; what in it daicho would write otherwise is remarked.
    pub(super) fn debit(
        &self,
        place: u64,
        register: &Register,
        remarks: &mut Vec<Remark>,
    ) -> Result<(CorporationId, Said), Unread> {
        let found = self
            .debits
            .binary_search_by_key(&place, |(known, _)| *known);
        let (_, debit) = &self.debits[found.expect("a line of the file is one of its records")];
        let corporation = register.customer(debit.customer)?;
        let subject = BankAccount::subject(corporation, 0);
        let account = BankAccount {
            bank: debit.bank,
            bank_name: debit.bank_name.to_string(),
            branch: debit.branch,
            branch_name: debit.branch_name.to_string(),
            kind: debit.account_kind,
            number: Personal::new(&subject, debit.account_number.to_string()),
            holder: Personal::new(&subject, debit.holder.to_string()),
        };
        remarks.extend(written_otherwise(debit));
        let said = Said {
            batch: Month::of(self.on),
            amount: debit.amount,
            debit: debit.clone(),
            account,
        };
        Ok((corporation, said))
    }
}

/// The names that daicho would write otherwise. Its result is held against the record as it stands there; the next file is
/// written from the account that the 口座振替依頼書 names.
fn written_otherwise(debit: &Debit) -> Option<Remark> {
    let otherwise = |text: &Text<15>| Text::optional(&text.to_string()).as_ref() != Ok(text);
    let holder = Text::of(&debit.holder.to_string()).as_ref() != Ok(&debit.holder);
    let (field, value) = if holder {
        ("預金者名", debit.holder.to_string())
    } else if otherwise(&debit.bank_name) {
        ("銀行名", debit.bank_name.to_string())
    } else if otherwise(&debit.branch_name) {
        ("支店名", debit.branch_name.to_string())
    } else {
        return None;
    };
    Some(Remark::WrittenOtherwise { field, value })
}

impl Said {
    pub(super) fn measures(&self) -> Vec<(Measure, u64)> {
        vec![(Measure::AtBank, 1), (Measure::AtBankYen, self.amount)]
    }

    /// The debit as the ledger takes it over.
    pub(super) fn carried(&self) -> CarryDebit {
        CarryDebit {
            batch: self.batch,
            amount: self.amount,
            customer: self.debit.customer,
            account: self.account.clone(),
            new_code: self.debit.new_code,
        }
    }
}
