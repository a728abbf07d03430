//! 口座振替: one row per batch, one line per corporation in it. What the ledgers answered is compared with what was frozen,
//! sent and returned.

use crate::columns::Json;
use crate::corporations::Listed;
use crate::names;
use crate::projection::{Change, Projection};
use crate::store::{Cell, Column as _, Result, Row as _, Snapshot, TextRef, Writer, row};
use chrono::NaiveDate;
use daicho_domain::billing::{Answer, CarriedDebit, Event as Billing, Obstacle};
use daicho_domain::corporation::BankAccount;
use daicho_domain::dates::Month;
use daicho_domain::debit_batch::{self, Days, Frozen, Stage};
use daicho_domain::nouns::{Event, State};
use daicho_domain::rules::Dated;
use daicho_domain::stream::{CorporationId, Stream};
use daicho_domain::zengin::{
    AccountKind, BankCode, BranchCode, CustomerNumber, NewCode, ResultCode, Totals,
};

row! {
    /// One month's batch.
    pub struct BatchRow in "debit_batches" indexed ["(debit_on)"] {
        /// The debit month.
        month: Month,
        /// How far it is.
        stage: Stage,
        /// The month whose fees are debited.
        charged: Month,
        /// The day of the debit.
        debit_on: NaiveDate,
        /// Its days, with what they rest on.
        days: Json<DaysRow>,
        /// What was frozen, by whom approved, sent, what came back.
        frozen: Json<Option<Frozen>>,
    }
}

/// The days of a batch.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DaysRow {
    /// The day of the debit.
    pub debit_on: Dated,
    /// The day by which the bank wants the file.
    pub request_by: Dated,
    /// The day by which the bank answers.
    pub result_by: Dated,
}

row! {
    /// What one ledger answered a batch, and what became of it.
    pub struct LineRow in "debit_lines" indexed ["(batch, customer)", "(batch, obstacle, corporation)", "(corporation)"] {
        /// The debit month and the corporation.
        key: String,
        /// The debit month.
        batch: Month,
        /// The corporation.
        corporation: CorporationId,
        /// Its name when it answered.
        corporation_name: String,
        /// Yen.
        amount: u64,
        /// The charges it settles.
        charges: u64,
        /// Why it does not go into the file; nothing where it does.
        obstacle: Option<Json<Obstacle>>,
        /// The number under which the collector knows the corporation.
        customer: Option<CustomerNumber>,
        /// The bank.
        bank: Option<BankCode>,
        /// Its name.
        bank_name: Option<String>,
        /// The branch.
        branch: Option<BranchCode>,
        /// Its name.
        branch_name: Option<String>,
        /// The kind of account.
        account_kind: Option<AccountKind>,
        /// The account.
        account_number: Option<TextRef>,
        /// Its holder.
        holder: Option<TextRef>,
        /// Whether the account is new to the collector.
        new_code: Option<NewCode>,
        /// What the bank's file says of it.
        returned: Option<ResultCode>,
        /// What the ledger booked.
        result: Option<ResultCode>,
        /// Yen that the ledger booked as collected.
        booked: Option<u64>,
        /// Whether it stands in a file of the books kept before.
        carried: bool,
    }
}

impl LineRow {
    /// Whether request, result and ledger say the same of it, to the yen.
    pub fn agrees(&self) -> bool {
        let collected = self.result.map(|result| match result {
            ResultCode::Collected => self.amount,
            ResultCode::InsufficientFunds
            | ResultCode::NoAccount
            | ResultCode::StoppedByDepositor
            | ResultCode::NoMandate
            | ResultCode::StoppedByCollector
            | ResultCode::Other => 0,
        });
        self.returned == self.result && self.booked == collected
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "debits",
    revision: 4,
    tables: &[BatchRow::TABLE, LineRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    match (change.stream, change.event, change.after) {
        (
            Stream::DebitBatch(month),
            Event::DebitBatch(debit_batch::Event::OutcomesRecorded { outcomes, .. }),
            _,
        ) => outcomes.iter().try_for_each(|outcome| {
            let code = Some(outcome.code);
            noted(*month, outcome.corporation, writer, |row| {
                row.returned = code;
            })
        }),
        (Stream::DebitBatch(month), _, State::DebitBatch(state)) => {
            batch_row(*month, state).map_or(Ok(()), |row| writer.put(&row))
        }
        (Stream::Billing(corporation), Event::Billing(event), _) => {
            of_ledger(*corporation, event, writer)
        }
        (_, _, _) => Ok(()),
    }
}

fn batch_row(month: Month, state: &debit_batch::State) -> Option<BatchRow> {
    let Days {
        charged,
        debit_on,
        request_by,
        result_by,
    } = state.days()?.clone();
    Some(BatchRow {
        month,
        stage: state.stage()?,
        charged,
        debit_on: debit_on.on,
        days: Json(DaysRow {
            debit_on,
            request_by,
            result_by,
        }),
        frozen: Json(state.frozen().cloned()),
    })
}

fn line_key(batch: Month, corporation: CorporationId) -> String {
    format!("{batch}/{corporation}")
}

fn of_ledger(corporation: CorporationId, event: &Billing, writer: &mut Writer<'_>) -> Result<()> {
    match event {
        Billing::DebitAnswered { batch, answer } => answered(*batch, corporation, answer, writer),
        Billing::CarriedOver { debits, .. } => debits
            .iter()
            .try_for_each(|debit| carried(corporation, debit, writer)),
        Billing::Collected { batch, amount, .. } => noted(*batch, corporation, writer, |row| {
            row.result = Some(ResultCode::Collected);
            row.booked = Some(*amount);
        }),
        Billing::Failed { batch, code, .. } => noted(*batch, corporation, writer, |row| {
            row.result = Some(*code);
            row.booked = Some(0);
        }),
        Billing::ChargingBegan { .. }
        | Billing::OptionOrdered { .. }
        | Billing::OptionDone { .. }
        | Billing::OptionEnded { .. }
        | Billing::OptionWithdrawn { .. }
        | Billing::OptionsCharged { .. }
        | Billing::ChargingEnded { .. }
        | Billing::Charged { .. }
        | Billing::NotCharged { .. }
        | Billing::DebitRequested { .. }
        | Billing::DebitMissed { .. }
        | Billing::Noticed { .. }
        | Billing::SuspensionDue { .. }
        | Billing::PersonDecided { .. }
        | Billing::Paid { .. }
        | Billing::CreditApplied { .. }
        | Billing::Refunded { .. }
        | Billing::ReversalAsked { .. }
        | Billing::ReceiptAsked { .. }
        | Billing::CertificateAsked { .. }
        | Billing::ReversalDeclined { .. }
        | Billing::Reversed { .. } => Ok(()),
    }
}

fn answered(
    batch: Month,
    corporation: CorporationId,
    answer: &Answer,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let corporation_name = names::of(corporation, writer)?.name;
    let mut row = LineRow {
        key: line_key(batch, corporation),
        batch,
        corporation,
        corporation_name,
        amount: 0,
        charges: 0,
        obstacle: None,
        customer: None,
        bank: None,
        bank_name: None,
        branch: None,
        branch_name: None,
        account_kind: None,
        account_number: None,
        holder: None,
        new_code: None,
        returned: None,
        result: None,
        booked: None,
        carried: false,
    };
    match answer {
        Answer::Asked {
            amount,
            parts,
            customer,
            account,
            new_code,
            ..
        } => {
            let BankAccount {
                bank,
                bank_name,
                branch,
                branch_name,
                kind,
                number,
                holder,
            } = account;
            row.amount = *amount;
            row.charges = parts.len() as u64;
            row.customer = Some(*customer);
            row.bank = Some(*bank);
            row.bank_name = Some(bank_name.clone());
            row.branch = Some(*branch);
            row.branch_name = Some(branch_name.clone());
            row.account_kind = Some(*kind);
            row.account_number = writer.text(number)?;
            row.holder = writer.text(holder)?;
            row.new_code = Some(*new_code);
        }
        Answer::CarriedOver {
            amount, obstacle, ..
        } => {
            row.amount = *amount;
            row.obstacle = Some(Json(obstacle.clone()));
        }
        // Everything was paid since it asked.
        Answer::NothingDue {} => return writer.remove::<LineRow>(&row.key),
    }
    writer.put(&row)
}

/// A debit that was with the bank when daicho took over the books: asked, under that file.
fn carried(
    corporation: CorporationId,
    debit: &CarriedDebit,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let asked = Answer::Asked {
        amount: debit.amount,
        parts: debit.parts.clone(),
        customer: debit.customer,
        account: debit.account.clone(),
        new_code: debit.new_code,
        debit_on: debit.debit_on.clone(),
        result_by: debit.result_by.clone(),
    };
    answered(debit.batch, corporation, &asked, writer)?;
    noted(debit.batch, corporation, writer, |row| row.carried = true)
}

/// Changes the line of a corporation in a batch, if there is one.
fn noted(
    batch: Month,
    corporation: CorporationId,
    writer: &mut Writer<'_>,
    note: impl FnOnce(&mut LineRow),
) -> Result<()> {
    let known: Option<LineRow> = writer.get(&line_key(batch, corporation))?;
    known.map_or(Ok(()), |mut row| {
        note(&mut row);
        writer.put(&row)
    })
}

/// The batches, the latest first.
pub fn list(snapshot: &Snapshot, limit: u64) -> Result<Vec<BatchRow>> {
    let sql = format!("SELECT * FROM {{debit_batches}} ORDER BY debit_on DESC LIMIT {limit}");
    snapshot.rows(&sql, &[])
}

/// The batch of a month.
pub fn of_month(snapshot: &Snapshot, month: Month) -> Result<Option<BatchRow>> {
    snapshot.row(&month.to_string())
}

/// The lines that go into the file, in the order of the file.
pub fn lines(snapshot: &Snapshot, batch: Month) -> Result<Vec<LineRow>> {
    let sql =
        "SELECT * FROM {debit_lines} WHERE batch = ? AND obstacle IS NULL ORDER BY customer, key";
    snapshot.rows(sql, &[batch.to_cell()])
}

/// What does not go into the file.
pub fn obstacles(snapshot: &Snapshot, batch: Month) -> Result<Vec<LineRow>> {
    let sql = "SELECT * FROM {debit_lines} WHERE batch = ? AND obstacle IS NOT NULL ORDER BY corporation_name, key";
    snapshot.rows(sql, &[batch.to_cell()])
}

/// Which lines of a file are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// All.
    All,
    /// Those that ask for other yen than the last file before asked for, or whose corporation stood in none.
    Unusual,
}

/// What the last file before asked of the corporation of a line `l`.
const BEFORE: &str = "(SELECT p.amount FROM {debit_lines p} WHERE p.corporation = l.corporation AND p.batch < l.batch \
                      AND p.obstacle IS NULL ORDER BY p.batch DESC LIMIT 1)";

/// What the last file before asked of the corporation of this line; nothing when it stood in none.
pub fn asked_before(snapshot: &Snapshot, row: &LineRow) -> Result<Option<u64>> {
    let sql = "SELECT * FROM {debit_lines} WHERE corporation = ? AND batch < ? AND obstacle IS NULL \
               ORDER BY batch DESC LIMIT 1";
    let values = [row.corporation.to_cell(), row.batch.to_cell()];
    let found: Vec<LineRow> = snapshot.rows(sql, &values)?;
    Ok(found.first().map(|before| before.amount))
}

/// A page of the lines that go into the file: those in trouble first, then the highest.
pub fn page(
    snapshot: &Snapshot,
    batch: Month,
    which: Lines,
    offset: u64,
    limit: u64,
) -> Result<Listed<LineRow>> {
    let unusual = match which {
        Lines::All => String::new(),
        Lines::Unusual => format!(" AND l.amount IS NOT {BEFORE}"),
    };
    let from = format!("FROM {{debit_lines l}} WHERE l.batch = ? AND l.obstacle IS NULL{unusual}");
    let total = snapshot.count(&format!("SELECT count(*) {from}"), &[batch.to_cell()])?;
    let sql = format!(
        "SELECT l.* {from} ORDER BY (l.result IS NOT NULL AND l.result <> 'collected') DESC, l.amount DESC, l.key \
         LIMIT {limit} OFFSET {offset}"
    );
    let rows = snapshot.rows(&sql, &[batch.to_cell()])?;
    Ok(Listed { rows, total })
}

/// The lines of which request, result and ledger do not say the same, or not yet; at most so many of them, in the order of
/// the file.
pub fn differing(snapshot: &Snapshot, batch: Month, limit: u64) -> Result<Listed<LineRow>> {
    // `LineRow::agrees`, asked of all of them.
    let from = "FROM {debit_lines} WHERE batch = ? AND obstacle IS NULL AND (returned IS NOT result \
                OR booked IS NOT CASE WHEN result = 'collected' THEN amount WHEN result IS NOT NULL THEN 0 END)";
    let total = snapshot.count(&format!("SELECT count(*) {from}"), &[batch.to_cell()])?;
    let sql = format!("SELECT * {from} ORDER BY customer, key LIMIT {limit}");
    let rows = snapshot.rows(&sql, &[batch.to_cell()])?;
    Ok(Listed { rows, total })
}

/// The sums of a batch: what was asked, and what the ledgers booked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Sums {
    /// What is to go into the file.
    pub asked: Totals,
    /// What does not.
    pub carried_over: Totals,
    /// What was booked as collected.
    pub collected: Totals,
    /// What was booked as failed.
    pub failed: Totals,
}

/// The sums of a batch.
pub fn sums(snapshot: &Snapshot, batch: Month) -> Result<Sums> {
    let sql = "SELECT obstacle IS NOT NULL, result, count(*), sum(amount), sum(booked) FROM {debit_lines} WHERE batch = ? \
               GROUP BY 1, 2";
    let found = snapshot.map(sql, &[batch.to_cell()], |row| {
        let (carried, result): (bool, Cell) = (row.get(0)?, row.get(1)?);
        let (count, amount): (i64, i64) = (row.get(2)?, row.get(3)?);
        let booked: Option<i64> = row.get(4)?;
        let totals = |amount: i64| Totals {
            count: count.unsigned_abs(),
            amount: amount.unsigned_abs(),
        };
        let result = Option::<ResultCode>::from_cell(result).ok().flatten();
        Ok((
            carried,
            result,
            totals(amount),
            totals(booked.unwrap_or_default()),
        ))
    })?;
    let none = Sums::default();
    Ok(found
        .into_iter()
        .fold(none, |mut sums, (carried, result, totals, booked)| {
            if carried {
                sums.carried_over = sums.carried_over.and(totals);
                return sums;
            }
            sums.asked = sums.asked.and(totals);
            match result {
                None => {}
                Some(ResultCode::Collected) => sums.collected = sums.collected.and(booked),
                Some(_) => sums.failed = sums.failed.and(totals),
            }
            sums
        }))
}

/// How many of a batch were booked with each result.
pub fn by_result(snapshot: &Snapshot, batch: Month) -> Result<Vec<(ResultCode, Totals)>> {
    let sql = "SELECT result, count(*), sum(amount) FROM {debit_lines} WHERE batch = ? AND result IS NOT NULL GROUP BY result";
    let found = snapshot.map(sql, &[batch.to_cell()], |row| {
        let result: Cell = row.get(0)?;
        let (count, amount): (i64, i64) = (row.get(1)?, row.get(2)?);
        let totals = Totals {
            count: count.unsigned_abs(),
            amount: amount.unsigned_abs(),
        };
        Ok(ResultCode::from_cell(result)
            .ok()
            .map(|result| (result, totals)))
    })?;
    Ok(found.into_iter().flatten().collect())
}
