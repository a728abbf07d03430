//! What 領収書 and 支払証明書 say: money that was received, with the tax that the charges it settled had.

use chrono::NaiveDate;
use daicho_domain::billing::{Collection, Settled};
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::stream::{CorporationId, LetterId};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The number of an invoice: the office and the first day of the year it is for. There is one for each.
pub(super) fn invoice_number(number: OfficeNumber, first_day: NaiveDate) -> String {
    format!("{number}-{}", first_day.format("%Y%m%d"))
}

/// A number that every copy of a document bears alike.
fn number(kind: char, of: &[String]) -> String {
    let id = LetterId::of("document of money", of).to_string();
    format!("{kind}-{}", id[..12].to_uppercase())
}

pub(super) fn receipt(corporation: CorporationId, received: &Collection, copy: u32) -> Value {
    let of = [corporation.to_string(), received.entry.to_string()];
    let months: Vec<_> = received
        .months()
        .iter()
        .map(|month| month.in_japanese())
        .collect();
    json!({
        "number": number('R', &of),
        "purpose": format!("{} ご利用料金", services(received)),
        "paid_on": received.on,
        "method": received.means.label(),
        "months": (!months.is_empty()).then(|| format!("{}分", months.join("、"))),
        "reissue": copy > 1,
        "lines": received.settled.iter().map(line).collect::<Vec<_>>(),
        "taxes": taxes(received),
        "total": received.amount,
    })
}

fn services(received: &Collection) -> String {
    let services: Vec<_> = received
        .services()
        .iter()
        .map(|service| service.name())
        .collect();
    services.join("・")
}

fn label(one: &Settled) -> String {
    format!(
        "{} {}分 {}",
        one.service.name(),
        one.month.in_japanese(),
        one.kind.label()
    )
}

fn line(one: &Settled) -> Value {
    json!({
        "label": label(one),
        "rate": one.tax.map(|tax| tax.percent),
        "amount": one.amount,
    })
}

/// The tax by rate: that of each charge was rounded once, as its own document.
fn taxes(received: &Collection) -> Vec<Value> {
    let mut rates: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for one in &received.settled {
        if let Some(tax) = one.tax {
            let (amount, yen) = rates.entry(tax.percent).or_default();
            *amount += one.amount;
            *yen += tax.yen;
        }
    }
    rates
        .into_iter()
        .map(|(rate, (amount, tax))| json!({ "rate": rate, "amount": amount, "tax": tax }))
        .collect()
}

pub(super) fn certificate(
    corporation: CorporationId,
    (from, to): (NaiveDate, NaiveDate),
    received: &[Collection],
    copy: u32,
) -> Value {
    let of = [corporation.to_string(), from.to_string(), to.to_string()];
    let payments = received.iter().map(|one| {
        let settled: Vec<_> = one.settled.iter().map(label).collect();
        json!({
            "on": one.on,
            "label": settled.join("、"),
            "method": one.means.label(),
            "amount": one.amount,
        })
    });
    json!({
        "number": number('C', &of),
        "from": from,
        "to_day": to,
        "reissue": copy > 1,
        "total": received.iter().map(|one| one.amount).sum::<u64>(),
        "payments": payments.collect::<Vec<_>>(),
    })
}
