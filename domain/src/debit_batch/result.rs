//! A result file held against the request it answers: record by record, and in its totals. Taken whole or refused whole.

use super::Refusal;
use super::event::Outcome;
use crate::stream::CorporationId;
use crate::zengin::{
    CustomerNumber, Debit, Digits, Line, Records, Request, ResultCode, Text, Totals, sha256,
};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A result that answers the request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// The SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// What was collected.
    pub collected: Totals,
    /// What was not.
    pub failed: Totals,
    /// Every debit, in the order of the request.
    pub outcomes: Vec<Outcome>,
}

/// Holds the bytes of a result against the request that was sent.
///
/// # Errors
/// The first thing in it that is not the answer to this request.
pub fn check(
    request: &Request,
    consignor: Digits<10>,
    debit_on: NaiveDate,
    debtors: &BTreeMap<CustomerNumber, CorporationId>,
    file: &[u8],
) -> Result<Checked, Refusal> {
    let read = Records::read(file).map_err(|fault| Refusal::ResultFormat {
        fault: fault.to_string(),
    })?;
    if read.header.consignor != consignor {
        return Err(Refusal::ResultConsignor {
            found: read.header.consignor.to_string(),
        });
    }
    if (read.header.month, read.header.day) != (debit_on.month(), debit_on.day()) {
        return Err(Refusal::ResultDay {
            found: format!("{}/{}", read.header.month, read.header.day),
            debit_on,
        });
    }
    if let Some(field) = request.contradicted_by(&read.header) {
        return Err(Refusal::ResultHeader { field });
    }
    let none = Totals::default();
    let unanswered = read
        .lines
        .iter()
        .all(|line| line.result == ResultCode::Collected)
        && (read.trailer.collected, read.trailer.failed) == (none, none);
    if unanswered {
        return Err(Refusal::ResultIsRequest);
    }
    let answered = by_customer(request, &read.lines)?;
    let missing = request.debits().len() - answered.len();
    if missing > 0 {
        return Err(Refusal::ResultPart { missing });
    }
    let (collected, failed) = totals(&read.lines);
    let asked = collected.and(failed);
    if (asked, collected, failed)
        != (
            read.trailer.asked,
            read.trailer.collected,
            read.trailer.failed,
        )
    {
        return Err(Refusal::ResultTotals);
    }
    let outcome = |debit: &Debit| {
        Some(Outcome {
            corporation: *debtors.get(&debit.customer)?,
            code: *answered.get(&debit.customer)?,
        })
    };
    Ok(Checked {
        sha256: sha256(file),
        collected,
        failed,
        outcomes: request.debits().iter().filter_map(outcome).collect(),
    })
}

/// What the file says of each debtor; every record must be one that was sent, as it was sent, and there once.
fn by_customer(
    request: &Request,
    lines: &[Line],
) -> Result<BTreeMap<CustomerNumber, ResultCode>, Refusal> {
    let sent: BTreeMap<_, _> = request
        .debits()
        .iter()
        .map(|debit| (debit.customer, debit))
        .collect();
    let mut answered = BTreeMap::new();
    for Line {
        number: line,
        debit,
        result,
    } in lines
    {
        let line = *line;
        let customer = debit.customer.to_string();
        let Some(asked) = sent.get(&debit.customer) else {
            return Err(Refusal::ResultUnknown { line, customer });
        };
        if let Some(field) = differing(asked, debit) {
            return Err(Refusal::ResultRecord { line, field });
        }
        if answered.insert(debit.customer, *result).is_some() {
            return Err(Refusal::ResultTwice { line, customer });
        }
    }
    Ok(answered)
}

/// The first field in which two records differ. The names of bank and branch say again what their numbers say: a bank need
/// not fill them in.
fn differing(sent: &Debit, found: &Debit) -> Option<&'static str> {
    let fields = [
        ("銀行コード", sent.bank == found.bank),
        (
            "銀行名",
            says_nothing_else(&sent.bank_name, &found.bank_name),
        ),
        ("支店コード", sent.branch == found.branch),
        (
            "支店名",
            says_nothing_else(&sent.branch_name, &found.branch_name),
        ),
        ("預金種目", sent.account_kind == found.account_kind),
        ("口座番号", sent.account_number == found.account_number),
        ("預金者名", sent.holder == found.holder),
        ("引落金額", sent.amount == found.amount),
        ("新規コード", sent.new_code == found.new_code),
    ];
    fields
        .into_iter()
        .find_map(|(field, same)| (!same).then_some(field))
}

fn says_nothing_else<const N: usize>(sent: &Text<N>, found: &Text<N>) -> bool {
    found.is_blank() || found == sent
}

fn totals(lines: &[Line]) -> (Totals, Totals) {
    let none = (Totals::default(), Totals::default());
    lines.iter().fold(none, |(collected, failed), line| {
        let amount = line.debit.amount;
        match line.result == ResultCode::Collected {
            true => (collected.with(amount), failed),
            false => (collected, failed.with(amount)),
        }
    })
}
