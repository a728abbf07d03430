//! The bank file of a batch, made from its lines: the same number of the log gives the same bytes. What was frozen is held
//! against them before anything goes out or is compared with a result.

use crate::debits::{self, BatchRow, LineRow};
use crate::store::{Result, Snapshot};
use crate::views::Views;
use chrono::NaiveDate;
use daicho_domain::dates::Month;
use daicho_domain::debit_batch::{Checked, Frozen, Refusal, check};
use daicho_domain::stream::CorporationId;
use daicho_domain::zengin::{Consignor, CustomerNumber, Debit, NewCode, Request, Text, Unwritable};
use std::collections::BTreeMap;

/// A file and whom its records are about.
#[derive(Clone, Debug)]
pub struct Made {
    /// The file.
    pub request: Request,
    /// The corporation behind each 顧客番号.
    pub debtors: BTreeMap<CustomerNumber, CorporationId>,
}

/// A file that was frozen, with its batch.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The batch.
    pub row: BatchRow,
    /// What was frozen.
    pub frozen: Frozen,
    /// The file.
    pub made: Made,
}

/// The file of what the ledgers have answered at the snapshot's moment, or why there is none.
///
/// # Errors
/// When the read models cannot be read.
pub fn gathered(
    snapshot: &Snapshot,
    month: Month,
    consignor: &Consignor,
    debit_on: NaiveDate,
) -> Result<std::result::Result<Made, Refusal>> {
    made(snapshot, debits::lines(snapshot, month)?, |debits| {
        Request::new(consignor, debit_on, debits)
    })
}

/// The file of these lines.
fn made(
    snapshot: &Snapshot,
    lines: Vec<LineRow>,
    file: impl FnOnce(Vec<Debit>) -> std::result::Result<Request, Unwritable>,
) -> Result<std::result::Result<Made, Refusal>> {
    let mut debits = Vec::new();
    let mut debtors = BTreeMap::new();
    for line in lines {
        let corporation = line.corporation;
        let debit = match record(snapshot, line)? {
            Ok(debit) => debit,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if debtors.insert(debit.customer, corporation).is_some() {
            let customer = debit.customer.to_string();
            return Ok(Err(Refusal::CustomerTwice { customer }));
        }
        debits.push(debit);
    }
    let made = file(debits).map(|request| Made { request, debtors });
    Ok(made.map_err(|why| Refusal::ConsignorUnwritable {
        why: why.to_string(),
    }))
}

/// The file that the ledgers' answers make now, of a batch that was frozen: the same as the frozen one, unless something
/// was recorded in the moment of the freeze.
///
/// # Errors
/// When the read models cannot be read.
pub fn standing(now: &Snapshot, month: Month) -> Result<std::result::Result<Made, Refusal>> {
    let Some(row) = debits::of_month(now, month)? else {
        return Ok(Err(Refusal::NotOpened));
    };
    match &row.frozen.0 {
        None => Ok(Err(Refusal::NotFrozen)),
        Some(frozen) => gathered(now, month, &frozen.consignor, row.debit_on),
    }
}

/// The file as it was frozen, with its batch: `now` says what was frozen, `then` gives the read models as of a number.
///
/// # Errors
/// When the read models cannot be read.
pub fn frozen(
    now: &Snapshot,
    then: impl FnOnce(u64) -> Result<Snapshot>,
    month: Month,
) -> Result<std::result::Result<Sent, Refusal>> {
    let Some(row) = debits::of_month(now, month)? else {
        return Ok(Err(Refusal::NotOpened));
    };
    let Some(frozen) = row.frozen.0.clone() else {
        return Ok(Err(Refusal::NotFrozen));
    };
    let (consignor, debit_on) = (&frozen.consignor, row.debit_on);
    let found = match frozen.through {
        Some(through) => gathered(&then(through)?, month, consignor, debit_on)?,
        // A file of the books kept before: its lines were carried over, and none has come since.
        None => {
            let carried = debits::lines(now, month)?.into_iter();
            let carried = carried.filter(|line| line.carried).collect();
            made(now, carried, |debits| {
                Request::as_sent(consignor, debit_on, debits)
            })?
        }
    };
    Ok(match found {
        Err(refusal) => Err(refusal),
        Ok(made) if made.request.sha256() != frozen.sha256 => Err(Refusal::FileDiffers),
        Ok(made) => Ok(Sent { row, frozen, made }),
    })
}

/// The file as it went to the bank; refused while it has not.
///
/// # Errors
/// When the read models cannot be read.
pub fn sent(
    now: &Snapshot,
    then: impl FnOnce(u64) -> Result<Snapshot>,
    month: Month,
) -> Result<std::result::Result<Sent, Refusal>> {
    let sent = |found: Sent| match found.frozen.is_sent() {
        true => Ok(found),
        false => Err(Refusal::NotSent),
    };
    Ok(frozen(now, then, month)?.and_then(sent))
}

/// The file that was released, from the read models of this process.
///
/// # Errors
/// When the read models cannot be read.
pub fn released(views: &Views, month: Month) -> Result<std::result::Result<Sent, Refusal>> {
    let then = |through| Ok(views.snapshot()?.at(through));
    sent(&views.snapshot()?, then, month)
}

impl Sent {
    /// Holds the bytes of a result against it.
    ///
    /// # Errors
    /// The first thing in it that is not its answer.
    pub fn check(&self, result: &[u8]) -> std::result::Result<Checked, Refusal> {
        let consignor = self.frozen.consignor.code;
        let Made { request, debtors } = &self.made;
        check(request, consignor, self.row.debit_on, debtors, result)
    }
}

fn record(snapshot: &Snapshot, line: LineRow) -> Result<std::result::Result<Debit, Refusal>> {
    let text = |text: &Option<_>| match text {
        Some(text) => snapshot.text(text),
        None => Ok(None),
    };
    let (number, holder) = (text(&line.account_number)?, text(&line.holder)?);
    let customer = line.customer.map(|customer| customer.to_string());
    Ok(
        written(line, number, holder).map_err(|why| Refusal::LineUnwritable {
            customer: customer.unwrap_or_default(),
            why,
        }),
    )
}

fn written(
    line: LineRow,
    number: Option<String>,
    holder: Option<String>,
) -> std::result::Result<Debit, String> {
    let erased = || "口座の情報がありません".to_owned();
    let said = |why: Unwritable| why.to_string();
    // What the bank took from the books kept before stands as it was sent.
    let name: fn(&str) -> std::result::Result<Text<15>, Unwritable> = match line.carried {
        true => Text::as_sent,
        false => Text::optional,
    };
    let holder_name: fn(&str) -> std::result::Result<Text<30>, Unwritable> = match line.carried {
        true => Text::as_sent,
        false => Text::of,
    };
    let number = number.ok_or_else(erased)?;
    Ok(Debit {
        bank: line.bank.ok_or_else(erased)?,
        bank_name: name(&line.bank_name.ok_or_else(erased)?).map_err(said)?,
        branch: line.branch.ok_or_else(erased)?,
        branch_name: name(&line.branch_name.ok_or_else(erased)?).map_err(said)?,
        account_kind: line.account_kind.ok_or_else(erased)?,
        account_number: number.parse().map_err(|_| erased())?,
        holder: holder_name(&holder.ok_or_else(erased)?).map_err(said)?,
        amount: line.amount,
        new_code: line.new_code.unwrap_or(NewCode::Unchanged),
        customer: line.customer.ok_or_else(erased)?,
    })
}
