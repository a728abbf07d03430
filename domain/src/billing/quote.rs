//! What a month of a service costs before it is charged: the quotation that letters show.

use super::Refusal;
use super::charge::lines;
use crate::Service;
use crate::corporation::Registered;
use crate::dates::Month;
use crate::rules::{Ask, Basis, Policy, Question, reckoned};
use crate::stream::OfficeId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The price of one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quotation {
    /// How many are charged.
    pub quantity: u32,
    /// Yen in all, as the rule book states the price: before or with tax.
    pub amount: u64,
    /// Yen before tax.
    pub net: u64,
    /// Yen of tax, rounded once.
    pub tax: u64,
    /// The rate in percent.
    pub tax_percent: u32,
    /// What price and tax rest on.
    pub basis: Basis,
}

impl Quotation {
    /// Yen with tax.
    pub const fn gross(&self) -> u64 {
        self.net + self.tax
    }
}

/// What a month of the service costs a corporation with these offices.
pub(crate) fn quoted(
    policy: &Policy,
    service: Service,
    corporation: &Registered,
    offices: &BTreeSet<OfficeId>,
    month: Month,
) -> Result<Quotation, Refusal> {
    let book = policy.book(service, month.last_day())?;
    let lines = lines(book, corporation, offices)?;
    let amount = lines.iter().map(|line| line.amount).sum();
    let price = book.priced(amount, "fee.monthly_tax", month.last_day())?;
    let fee = Ask::new(service, Question::Fee, month.last_day());
    Ok(Quotation {
        quantity: lines.iter().map(|line| line.quantity).sum(),
        amount,
        net: price.net,
        tax: price.tax,
        tax_percent: price.percent,
        basis: reckoned(policy, &fee)?.basis("monthly_gross")?,
    })
}
