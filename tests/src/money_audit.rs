//! Money as the log tells it, added up by the tests alone: no fold of the domain, no read model.

use chrono::{Datelike as _, NaiveDate};
use daicho_domain::Service;
use daicho_domain::billing::{Answer, EntryKey, Event as Ledger};
use daicho_domain::dates::Month;
use daicho_domain::debit_batch::Event as Batch;
use daicho_domain::enrolment::Event as Use;
use daicho_domain::installation;
use daicho_domain::nouns::Event;
use daicho_domain::stream::{CorporationId, Stream};
use daicho_domain::termination::Scope;
use daicho_domain::zengin::{ResultCode, Totals};
use daicho_eventlog::Decoded;
use std::collections::{BTreeMap, BTreeSet};

use crate::office::seeded;

/// What the log says of money, folded by the tests alone.
#[derive(Debug, Default)]
pub struct Audit {
    entries: BTreeSet<(CorporationId, EntryKey)>,
    charged: BTreeSet<(CorporationId, Service, Month)>,
    began: BTreeMap<(CorporationId, Service), Month>,
    last: BTreeMap<(CorporationId, Service), Month>,
    /// What a corporation owes less what is owed to it, by its entries.
    pub balance: BTreeMap<CorporationId, i64>,
    amounts: BTreeMap<(CorporationId, EntryKey), i64>,
    asked: BTreeMap<(Month, CorporationId), u64>,
    requests: BTreeMap<Month, BTreeMap<CorporationId, u64>>,
    sent: BTreeSet<Month>,
    results: BTreeMap<Month, (Totals, Totals)>,
    codes: BTreeMap<(Month, CorporationId), ResultCode>,
    booked: BTreeMap<(Month, CorporationId), (ResultCode, u64)>,
    noticed: BTreeSet<(Month, CorporationId)>,
    due: BTreeSet<(Month, CorporationId)>,
    closed: Option<Month>,
}

/// Yen with a sign.
///
/// # Panics
/// When no ledger could hold them.
pub fn yen(amount: u64) -> i64 {
    i64::try_from(amount).expect("no ledger holds that many yen")
}

impl Audit {
    /// Hears the next event.
    ///
    /// # Panics
    /// When it must not follow what came before it.
    pub fn hear(&mut self, told: &Decoded) {
        let on = told.recorded.occurred_on;
        match (&told.stream, &told.event) {
            (Stream::Billing(id), Event::Billing(event)) => self.hear_ledger(*id, event, on),
            (Stream::DebitBatch(month), Event::DebitBatch(event)) => self.hear_batch(*month, event),
            (Stream::Enrolment(id, _), Event::Enrolment(Use::Suspended { batch, .. })) => {
                let key = (*batch, *id);
                assert!(self.due.contains(&key), "{id} stopped before its day");
                let (code, _) = self.booked[&key];
                assert_ne!(code, ResultCode::Collected, "{id} stopped though it paid");
            }
            (_, Event::Installation(installation::Event::MonthClosed { month, .. })) => {
                self.closed = self.closed.max(Some(*month));
            }
            (_, _) => {}
        }
    }

    /// An entry is made once, and in books that are open.
    fn enters(&mut self, id: CorporationId, key: &EntryKey, amount: i64, books: Month) {
        let new = self.entries.insert((id, key.clone()));
        assert!(new, "{id}: {key} twice");
        assert!(self.closed < Some(books), "{id}: {key} in closed {books}");
        self.amounts.insert((id, key.clone()), amount);
        *self.balance.entry(id).or_default() += amount;
    }

    fn hear_ledger(&mut self, id: CorporationId, event: &Ledger, on: NaiveDate) {
        match event {
            Ledger::ChargingBegan { service, from } => {
                self.began.insert((id, *service), *from);
                self.last.remove(&(id, *service));
            }
            Ledger::ChargingEnded {
                service,
                scope: Scope::Whole,
                last_month,
                ..
            } => {
                self.last.insert((id, *service), *last_month);
            }
            Ledger::Charged {
                key,
                service,
                month,
                net,
                tax,
                posting,
                ..
            } => {
                let new = self.charged.insert((id, *service, *month));
                assert!(new, "{id}: {month} charged twice");
                assert!(
                    month.last_day() < on,
                    "{id}: {month} charged before it was over"
                );
                let of = (id, *service);
                assert!(self.began[&of] <= *month, "{id}: {month} was free");
                let last = self.last.get(&of);
                assert!(
                    last.is_none_or(|last| month <= last),
                    "{id}: {month} charged after its end"
                );
                self.enters(id, key, yen(net + tax), posting.month);
            }
            Ledger::DebitAnswered { batch, answer } => {
                let key = (*batch, id);
                let late = self.requests.contains_key(batch);
                match answer {
                    Answer::Asked { .. } if late => panic!("{id} asks too late"),
                    Answer::Asked { amount, .. } => self.asked.insert(key, *amount),
                    Answer::CarriedOver { .. } | Answer::NothingDue {} => self.asked.remove(&key),
                };
            }
            Ledger::Collected {
                batch,
                amount,
                posting,
                ..
            } => {
                self.books(*batch, id, ResultCode::Collected, *amount);
                let key = EntryKey::of_debit(*batch);
                self.enters(id, &key, -yen(*amount), posting.month);
            }
            Ledger::Failed {
                batch,
                amount,
                code,
                ..
            } => self.books(*batch, id, *code, *amount),
            Ledger::Noticed { batch, .. } => {
                assert!(
                    self.booked.contains_key(&(*batch, id)),
                    "{id} without a result"
                );
                self.noticed.insert((*batch, id));
            }
            Ledger::SuspensionDue { batch, on } => {
                let key = (*batch, id);
                assert!(self.noticed.contains(&key), "{id} was not told");
                assert!(on.day() > 10, "{id}: nobody is stopped on {on}");
                let open = seeded().calendars.vendor().is_open(*on).value;
                assert!(open, "{id}: nobody works on {on}");
                assert!(self.due.insert(key), "{id} stopped twice for {batch}");
            }
            Ledger::Paid {
                key,
                amount,
                posting,
                ..
            } => self.enters(id, key, -yen(*amount), posting.month),
            Ledger::Refunded {
                key,
                amount,
                posting,
                ..
            } => self.enters(id, key, yen(*amount), posting.month),
            // Only moves what is owed to a corporation onto what it owes.
            Ledger::CreditApplied { key, posting, .. } => self.enters(id, key, 0, posting.month),
            Ledger::Reversed {
                key,
                entry,
                asked_by,
                approved_by,
                posting,
                ..
            } => {
                assert_ne!(asked_by, approved_by, "{id}: {entry} by one person");
                let amount = self.amounts[&(id, entry.clone())];
                self.enters(id, key, -amount, posting.month);
            }
            Ledger::ChargingEnded { .. }
            | Ledger::CarriedOver { .. }
            | Ledger::OptionOrdered { .. }
            | Ledger::OptionDone { .. }
            | Ledger::OptionEnded { .. }
            | Ledger::OptionWithdrawn { .. }
            | Ledger::OptionsCharged { .. }
            | Ledger::NotCharged { .. }
            | Ledger::DebitRequested { .. }
            | Ledger::DebitMissed { .. }
            | Ledger::PersonDecided { .. }
            | Ledger::ReversalAsked { .. }
            | Ledger::ReversalDeclined { .. }
            | Ledger::ReceiptAsked { .. }
            | Ledger::CertificateAsked { .. } => {}
        }
    }

    /// A result is booked once, as the bank said it, for the yen that were asked.
    fn books(&mut self, batch: Month, id: CorporationId, code: ResultCode, amount: u64) {
        let key = (batch, id);
        assert_eq!(
            self.codes.get(&key),
            Some(&code),
            "{id}: {batch} is not what the bank said"
        );
        assert_eq!(
            self.requests[&batch].get(&id),
            Some(&amount),
            "{id}: {batch}"
        );
        let before = self.booked.insert(key, (code, amount));
        assert_eq!(before, None, "{id}: {batch} booked twice");
    }

    fn hear_batch(&mut self, month: Month, event: &Batch) {
        match event {
            Batch::Frozen { totals, .. } => {
                let asked = self.asked.iter().filter(|((batch, _), _)| *batch == month);
                let lines: BTreeMap<_, _> = asked.map(|((_, id), yen)| (*id, *yen)).collect();
                let none = Totals::default();
                let sum = lines.values().fold(none, |sum, yen| sum.with(*yen));
                assert_eq!(*totals, sum, "{month}: the file is what the ledgers ask");
                self.requests.insert(month, lines);
            }
            Batch::Reopened { .. } => {
                assert!(!self.sent.contains(&month));
                self.requests.remove(&month);
            }
            Batch::Sent { .. } => assert!(self.sent.insert(month), "{month} sent twice"),
            Batch::ResultReceived {
                collected, failed, ..
            } => {
                assert!(
                    self.sent.contains(&month),
                    "{month} answered before it was sent"
                );
                let before = self.results.insert(month, (*collected, *failed));
                assert_eq!(before, None, "{month} answered twice");
            }
            Batch::OutcomesRecorded { outcomes, .. } => {
                for outcome in outcomes {
                    let key = (month, outcome.corporation);
                    assert_eq!(self.codes.insert(key, outcome.code), None);
                }
            }
            Batch::Reconciled {
                collected, failed, ..
            } => {
                assert_eq!(self.results.get(&month), Some(&(*collected, *failed)));
            }
            Batch::Opened { .. } | Batch::Approved { .. } | Batch::CarriedOver { .. } => {}
        }
    }

    /// Ledger = request = result, of every batch that was answered: to the yen and the record.
    ///
    /// # Panics
    /// When they do not.
    pub fn agrees(&self) {
        for (month, (collected, failed)) in &self.results {
            let none = Totals::default();
            let booked = self.booked.iter().filter(|((batch, _), _)| batch == month);
            let (mut paid, mut unpaid) = (none, none);
            for ((_, id), (code, amount)) in booked {
                assert!(self.requests[month].contains_key(id));
                let side = match *code == ResultCode::Collected {
                    true => &mut paid,
                    false => &mut unpaid,
                };
                *side = side.with(*amount);
            }
            assert_eq!((paid, unpaid), (*collected, *failed), "{month}");
            let request = self.requests[month].values();
            assert_eq!(
                request.fold(none, |sum, yen| sum.with(*yen)),
                paid.and(unpaid)
            );
        }
    }
}
