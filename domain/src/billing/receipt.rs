//! 領収書 and 支払証明書, asked for by a person: of money that was really collected and not reversed, and of nothing else.
//! Asked for again, it is a 再発行. What such a letter says is read off the ledger when the letter is made.

use super::event::Method;
use super::state::{Charge, EntryKey, State};
use super::{Event, Refusal};
use crate::Service;
use crate::dates::Month;
use crate::decider::Context;
use crate::rules::{Policy, RuleError};
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

worded! {
    /// How money was collected.
    Means {
        /// By the monthly debit.
        Debit = "debit", "口座振替";
        /// By bank transfer.
        Transfer = "transfer", "振込";
        /// In cash.
        Cash = "cash", "現金";
        /// Any other way.
        Other = "other", "その他";
    }
}

worded! {
    /// What a charge is for.
    ChargeKind {
        /// The month's fee.
        Fee = "fee", "ご利用料金";
        /// Options used or done.
        Options = "options", "オプション料金";
    }
}

worded! {
    /// How the customer wishes to get what it asked for.
    Delivery {
        /// On paper.
        Post = "post", "郵送";
        /// By mail, as PDF; on paper where there is no address or the mail does not arrive.
        Mail = "mail", "メール（PDF）";
    }
}

impl Delivery {
    /// What an event that says nothing of it means.
    pub(super) const fn on_paper() -> Self {
        Self::Post
    }

    pub(super) fn is_on_paper(&self) -> bool {
        *self == Self::Post
    }
}

impl From<Method> for Means {
    fn from(method: Method) -> Self {
        match method {
            Method::Transfer => Self::Transfer,
            Method::Cash => Self::Cash,
            Method::Other => Self::Other,
        }
    }
}

/// The tax of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tax {
    /// Yen.
    pub yen: u64,
    /// The rate in percent.
    pub percent: u32,
}

/// A debit that was collected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Debited {
    /// Yen.
    pub amount: u64,
    /// The day the money was taken.
    pub on: NaiveDate,
    /// What it was asked for.
    pub parts: Vec<super::Part>,
}

/// A 支払証明書 that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The first day of its period.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// How often it was asked for.
    pub copies: u32,
}

/// What money settled of one charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Settled {
    /// The service.
    pub service: Service,
    /// The month of service.
    pub month: Month,
    /// What was charged.
    pub kind: ChargeKind,
    /// Yen with tax.
    pub amount: u64,
    /// The tax in it. Nobody knows that of a charge which was carried over from the books kept before.
    pub tax: Option<Tax>,
}

/// Money that was collected, as a letter names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Collection {
    /// The debit or payment.
    pub entry: EntryKey,
    /// The day the money came.
    pub on: NaiveDate,
    /// How.
    pub means: Means,
    /// Yen.
    pub amount: u64,
    /// What it settled.
    pub settled: Vec<Settled>,
}

/// Whether money of this entry was collected, and stands.
fn collected(state: &State, entry: &EntryKey) -> Result<(), Refusal> {
    if state.collected.contains_key(entry) {
        return Ok(());
    }
    match state.payments.get(entry) {
        Some(payment) if payment.reversed => Err(Refusal::AlreadyReversed),
        Some(_) => Ok(()),
        None => Err(Refusal::NotCollected),
    }
}

pub(super) fn ask_receipt(
    state: &State,
    entry: EntryKey,
    by: Delivery,
) -> Result<Vec<Event>, Refusal> {
    collected(state, &entry)?;
    let copy = state.receipts.get(&entry).copied().unwrap_or_default() + 1;
    Ok(vec![Event::ReceiptAsked { entry, copy, by }])
}

pub(super) fn ask_certificate(
    context: &Context<'_>,
    state: &State,
    (from, to): (NaiveDate, NaiveDate),
    by: Delivery,
) -> Result<Vec<Event>, Refusal> {
    let today = context.today;
    if to > today {
        return Err(Refusal::DayNotCome { on: to, today });
    }
    if state.collected_between(from, to).is_empty() {
        return Err(Refusal::NothingCollected { from, to });
    }
    let before = state.certificate(from, to);
    let copy = before.map_or(1, |certificate| certificate.copies + 1);
    Ok(vec![Event::CertificateAsked { from, to, copy, by }])
}

impl State {
    /// The debits and payments that were collected and not reversed, oldest first, each with its day.
    pub fn collections(&self) -> Vec<(NaiveDate, &EntryKey)> {
        let debits = self.collected.iter().map(|(key, debit)| (debit.on, key));
        let payments = self
            .payments
            .iter()
            .filter(|(_, payment)| !payment.reversed)
            .map(|(key, payment)| (payment.received_on, key));
        let mut all: Vec<_> = debits.chain(payments).collect();
        all.sort_unstable();
        all
    }

    fn collected_between(&self, from: NaiveDate, to: NaiveDate) -> Vec<&EntryKey> {
        let within = |(on, _): &(NaiveDate, &EntryKey)| (from..=to).contains(on);
        let all = self.collections().into_iter();
        all.filter(within).map(|(_, key)| key).collect()
    }

    /// The 支払証明書 of this period, if one was asked for.
    pub(super) fn certificate(&self, from: NaiveDate, to: NaiveDate) -> Option<&Certificate> {
        self.certificates
            .iter()
            .find(|certificate| (certificate.from, certificate.to) == (from, to))
    }

    pub(super) fn note_certificate(&mut self, from: NaiveDate, to: NaiveDate, copies: u32) {
        self.certificates
            .retain(|held| (held.from, held.to) != (from, to));
        self.certificates.push(Certificate { from, to, copies });
    }

    /// What a debit or payment settled, as a letter names it; nothing when it was reversed, or never was.
    ///
    /// # Errors
    /// [`RuleError`] when no book says how the tax within an amount is rounded.
    pub fn collection(
        &self,
        entry: &EntryKey,
        policy: &Policy,
        today: NaiveDate,
    ) -> Result<Option<Collection>, RuleError> {
        let (on, means, amount, parts) = match (self.collected.get(entry), self.payments.get(entry))
        {
            (Some(debit), _) => (debit.on, Means::Debit, debit.amount, &debit.parts),
            (None, Some(paid)) if !paid.reversed => (
                paid.received_on,
                paid.method.into(),
                paid.amount,
                &paid.parts,
            ),
            (None, Some(_) | None) => return Ok(None),
        };
        let mut settled = Vec::new();
        for part in parts {
            let Some(charge) = self.charges.get(&part.charge) else {
                continue;
            };
            settled.push(Settled {
                service: charge.service,
                month: charge.month,
                kind: part.charge.kind(),
                amount: part.amount,
                tax: tax_of(charge, part.amount, policy, today)?,
            });
        }
        settled.sort_by_key(|one| (one.month, one.service, one.kind));
        Ok(Some(Collection {
            entry: entry.clone(),
            on,
            means,
            amount,
            settled,
        }))
    }

    /// Everything that was collected in a period.
    ///
    /// # Errors
    /// As [`State::collection`].
    pub fn collections_between(
        &self,
        (from, to): (NaiveDate, NaiveDate),
        policy: &Policy,
        today: NaiveDate,
    ) -> Result<Vec<Collection>, RuleError> {
        let mut all = Vec::new();
        for entry in self.collected_between(from, to) {
            all.extend(self.collection(entry, policy, today)?);
        }
        Ok(all)
    }
}

/// The tax in a part of a charge: the document's own where it is paid whole, else what of the part is tax.
fn tax_of(
    charge: &Charge,
    part: u64,
    policy: &Policy,
    today: NaiveDate,
) -> Result<Option<Tax>, RuleError> {
    let Some(whole) = charge.tax else {
        return Ok(None);
    };
    if part == charge.gross {
        return Ok(Some(whole));
    }
    let yen = policy
        .book(charge.service, today)?
        .tax_within(part, whole.percent)?;
    Ok(Some(Tax { yen, ..whole }))
}

impl Collection {
    /// The services it paid for.
    pub fn services(&self) -> BTreeSet<Service> {
        self.settled.iter().map(|one| one.service).collect()
    }

    /// The months it paid for.
    pub fn months(&self) -> BTreeSet<Month> {
        self.settled.iter().map(|one| one.month).collect()
    }
}
