//! A closed month's journal as accounting software takes it: the accounts under their names, one line each.

use super::{Account, JournalRow, lines};
use crate::store::{Result, Snapshot};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::billing::EntryKey;
use daicho_domain::dates::Month;
use daicho_domain::installation::Refusal;
use daicho_domain::stream::CorporationId;
use serde::{Deserialize, Serialize};

/// What the accounts are called: `[accounts]` in `daicho.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Accounts {
    /// What customers owe.
    pub receivable: String,
    /// What was earned.
    pub sales: String,
    /// The tax in it.
    pub tax: String,
    /// Where the money comes in.
    pub bank: String,
    /// What came twice and is owed to customers.
    pub credit: String,
    /// The other side of what was owed when daicho took over the books.
    pub opening: String,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            receivable: "売掛金".into(),
            sales: "売上高".into(),
            tax: "仮受消費税".into(),
            bank: "普通預金".into(),
            credit: "預り金".into(),
            opening: "移行残高".into(),
        }
    }
}

impl Accounts {
    /// What an account is called.
    pub fn name(&self, account: Account) -> &str {
        match account {
            Account::Receivable => &self.receivable,
            Account::Sales => &self.sales,
            Account::Tax => &self.tax,
            Account::Bank => &self.bank,
            Account::Credit => &self.credit,
            Account::Opening => &self.opening,
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The permanent key: the same line has the same one in every export.
    pub key: String,
    /// The entry of the ledger: the lines of one entry of one corporation balance.
    pub entry: EntryKey,
    /// The day it counts for.
    pub dated: NaiveDate,
    /// What the account is for.
    pub account: Account,
    /// What it is called.
    pub account_name: String,
    /// Yen on the debit side (借方).
    pub debit: u64,
    /// Yen on the credit side (貸方).
    pub credit: u64,
    /// The corporation.
    pub corporation: CorporationId,
    /// Its name when the entry was made.
    pub corporation_name: String,
    /// What the entry is.
    pub about: &'static str,
    /// The charge it is about.
    pub charge: Option<EntryKey>,
    /// The service of that charge.
    pub service: Option<Service>,
    /// The month of service.
    pub service_month: Option<Month>,
    /// The debit month, of what a debit collected.
    pub debit_month: Option<Month>,
    /// The entry it reverses.
    pub reverses: Option<EntryKey>,
    /// The closed month it belongs to (通常の処理期間後の入力).
    pub late_for: Option<Month>,
}

/// A closed month's journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Export {
    /// The month.
    pub month: Month,
    /// Yen on the debit side.
    pub debit: u64,
    /// Yen on the credit side: the same.
    pub credit: u64,
    /// Its lines, in the order in which they were made.
    pub lines: Vec<Line>,
}

impl Export {
    /// The journal of a month. Of an open month there is none yet.
    ///
    /// # Errors
    /// When the read models cannot be read.
    pub fn of(
        snapshot: &Snapshot,
        month: Month,
        accounts: &Accounts,
    ) -> Result<std::result::Result<Self, Refusal>> {
        if super::closed_through(snapshot)?.is_none_or(|through| through < month) {
            return Ok(Err(Refusal::MonthNotClosed { month }));
        }
        let rows = lines(snapshot, month)?;
        let lines = rows.into_iter().map(|row| line(row, accounts));
        let lines: Vec<Line> = lines.collect();
        Ok(Ok(Self {
            month,
            debit: lines.iter().map(|line| line.debit).sum(),
            credit: lines.iter().map(|line| line.credit).sum(),
            lines,
        }))
    }

    /// The same as CSV: UTF-8 with a byte order mark, one header line, CR LF.
    pub fn csv(&self) -> String {
        const HEADER: &str = "仕訳番号,計上月,日付,取引,借方科目,借方金額,貸方科目,貸方金額,法人ID,法人,請求番号,サービス,利用月,引落月,取消対象,通常の処理期間後の入力\r\n";
        let mut text = format!("\u{feff}{HEADER}");
        for line in &self.lines {
            let month = |month: Option<Month>| month.map_or_else(String::new, |on| on.to_string());
            let entry =
                |key: &Option<EntryKey>| key.as_ref().map_or_else(String::new, EntryKey::to_string);
            let side = |yen: u64| match yen {
                0 => (String::new(), String::new()),
                yen => (line.account_name.clone(), yen.to_string()),
            };
            let ((debited, debit), (credited, credit)) = (side(line.debit), side(line.credit));
            let cells = [
                line.key.clone(),
                self.month.to_string(),
                line.dated.to_string(),
                line.about.to_owned(),
                debited,
                debit,
                credited,
                credit,
                line.corporation.to_string(),
                line.corporation_name.clone(),
                entry(&line.charge),
                line.service
                    .map_or_else(String::new, |service| service.code().to_owned()),
                month(line.service_month),
                month(line.debit_month),
                entry(&line.reverses),
                month(line.late_for),
            ];
            text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
            text.push_str("\r\n");
        }
        text
    }
}

/// A cell as CSV: quoted where it must be, and never read as a formula.
fn quoted(cell: &str) -> String {
    let guarded = match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    };
    match guarded.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", guarded.replace('"', "\"\"")),
        false => guarded,
    }
}

fn line(row: JournalRow, accounts: &Accounts) -> Line {
    Line {
        key: row.key,
        entry: row.entry,
        dated: row.dated,
        account_name: accounts.name(row.account).to_owned(),
        account: row.account,
        debit: row.debit,
        credit: row.credit,
        corporation: row.corporation,
        corporation_name: row.corporation_name,
        about: row.kind.label(),
        charge: row.charge,
        service: row.service,
        service_month: row.service_month,
        debit_month: row.debit_month,
        reverses: row.reverses,
        late_for: row.late_for,
    }
}
