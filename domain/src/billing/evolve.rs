//! How an event changes what is known of a ledger.

use super::ending::Left;
use super::event::{Answer, Event, NoCharge, Part};
use super::order::{Order, Stage};
use super::outcome;
use super::receipt::{Debited, Tax};
use super::state::{Arrears, Charge, EntryKey, InFlight, Payment, Reversal, State, Turn};
use crate::Service;
use crate::dates::Month;

impl State {
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::ChargingBegan { service, from } => self.begin(*service, *from),
            Event::CarriedOver { .. } => self.note_carried(event),
            Event::ChargingEnded {
                service,
                end,
                scope,
                last_month,
            } => self.leave(Left {
                service: *service,
                end: *end,
                scope: *scope,
                last_month: *last_month,
            }),
            Event::Charged {
                key,
                service,
                month,
                net,
                tax,
                tax_percent,
                turn,
                ..
            } => {
                let tax = Tax {
                    yen: *tax,
                    percent: *tax_percent,
                };
                self.note_charge(key, (*service, *month), *net, tax);
                self.charge_next(*service, month.next());
                self.take_turn(turn);
            }
            Event::OptionsCharged {
                key,
                service,
                month,
                lines,
                net,
                tax,
                tax_percent,
                turn,
                ..
            } => {
                let tax = Tax {
                    yen: *tax,
                    percent: *tax_percent,
                };
                self.note_charge(key, (*service, *month), *net, tax);
                self.note_charged(lines.iter().map(|line| line.order));
                self.take_turn(turn);
            }
            Event::OptionOrdered {
                order,
                office,
                number,
                ordered,
                received_on,
            } => {
                let ordered = Order {
                    office: *office,
                    number: *number,
                    ordered: ordered.clone(),
                    received_on: *received_on,
                    stage: Stage::Open,
                };
                self.orders.insert(*order, ordered);
            }
            Event::OptionDone {
                order,
                quantity,
                on,
            } => {
                let done = Stage::Done {
                    on: *on,
                    quantity: *quantity,
                    charged: false,
                };
                self.stand(*order, done);
            }
            Event::OptionEnded {
                order, last_month, ..
            } => {
                let last_month = Month::of(last_month.on);
                self.stand(*order, Stage::Ended { last_month });
            }
            Event::OptionWithdrawn { order, .. } => self.stand(*order, Stage::Withdrawn),
            Event::NotCharged {
                service,
                month,
                why,
            } => match why {
                NoCharge::Ended => {
                    self.services.remove(service);
                }
                NoCharge::NoOffices | NoCharge::Suspended => {
                    self.charge_next(*service, month.next());
                }
            },
            Event::DebitAnswered { batch, answer } => self.note_answer(*batch, answer),
            Event::DebitRequested { batch, .. } => {
                if let Some(debit) = self.debits.get_mut(batch) {
                    debit.requested = true;
                    self.last_debit_on = Some(debit.debit_on.on);
                }
            }
            Event::DebitMissed { batch, next, .. } => {
                self.release(*batch, |_| {});
                if !self.debitable().is_empty() {
                    self.take_turn(next);
                }
            }
            Event::Collected {
                batch,
                amount,
                collected_on,
                overpaid,
                ..
            } => {
                let key = EntryKey::of_debit(*batch);
                self.entries.push(key.clone());
                let parts = self.release(*batch, |_| {});
                let debited = Debited {
                    amount: *amount,
                    on: *collected_on,
                    parts: parts.clone(),
                };
                self.collected.insert(key, debited);
                self.credit += overpaid;
                self.settle(&parts);
            }
            Event::Failed {
                batch, code, next, ..
            } => {
                // What was paid in another way meanwhile is not owed, whatever the bank says.
                self.release(*batch, |charge| {
                    charge.failed = Some(*batch).filter(|_| charge.open > 0);
                });
                if let Some(next) = next {
                    self.take_turn(next);
                }
                let last = self.was_the_last(*batch);
                let arrears = self.arrears.get_or_insert_with(|| Arrears {
                    batch: *batch,
                    code: *code,
                    asks_person: outcome::asks_person(*code),
                    notice: None,
                    suspended_on: None,
                });
                arrears.asks_person |= last;
                self.forget_arrears();
            }
            Event::Noticed {
                on, suspension_on, ..
            } => {
                if let Some(arrears) = &mut self.arrears {
                    arrears.notice = Some((*on, suspension_on.clone()));
                }
            }
            Event::SuspensionDue { on, .. } => {
                if let Some(arrears) = &mut self.arrears {
                    arrears.suspended_on = Some(*on);
                }
            }
            Event::PersonDecided { .. } => {
                if let Some(arrears) = &mut self.arrears {
                    arrears.asks_person = false;
                }
            }
            Event::Paid {
                key,
                amount,
                received_on,
                method,
                parts,
                reference,
                ..
            } => {
                let payment = Payment {
                    amount: *amount,
                    received_on: *received_on,
                    method: *method,
                    parts: parts.clone(),
                    reference: reference.clone(),
                    reversed: false,
                };
                self.entries.push(key.clone());
                self.payments.insert(key.clone(), payment);
                self.settle(parts);
            }
            Event::CreditApplied {
                key, amount, parts, ..
            } => {
                self.entries.push(key.clone());
                self.credits += 1;
                self.credit = self.credit.saturating_sub(*amount);
                self.settle(parts);
            }
            Event::Refunded { key, amount, .. } => {
                self.entries.push(key.clone());
                self.refunds += 1;
                self.credit = self.credit.saturating_sub(*amount);
            }
            Event::ReceiptAsked { entry, copy, .. } => {
                self.receipts.insert(entry.clone(), *copy);
            }
            Event::CertificateAsked { from, to, copy, .. } => {
                self.note_certificate(*from, *to, *copy)
            }
            Event::ReversalAsked { entry, reason, by } => {
                let asked = Reversal {
                    reason: reason.clone(),
                    by: *by,
                };
                self.asked.insert(entry.clone(), asked);
            }
            Event::ReversalDeclined { entry, .. } => {
                self.asked.remove(entry);
            }
            Event::Reversed { key, entry, .. } => {
                self.entries.push(key.clone());
                self.asked.remove(entry);
                self.reversals += 1;
                self.reverse(entry);
            }
        }
    }

    /// A charge of which nothing is paid.
    fn note_charge(
        &mut self,
        key: &EntryKey,
        (service, month): (Service, Month),
        net: u64,
        tax: Tax,
    ) {
        let gross = net + tax.yen;
        let charge = Charge {
            service,
            month,
            gross,
            tax: Some(tax),
            open: gross,
            debit: None,
            failed: None,
            reversed: false,
            carried_tax: None,
        };
        self.entries.push(key.clone());
        self.charges.insert(key.clone(), charge);
    }

    /// The earliest batch asks.
    fn take_turn(&mut self, turn: &Turn) {
        if self
            .turn
            .as_ref()
            .is_none_or(|present| turn.batch < present.batch)
        {
            self.turn = Some(turn.clone());
        }
    }

    fn note_answer(&mut self, batch: Month, answer: &Answer) {
        self.turn = None;
        // It may answer once more while the batch gathers: the last answer counts.
        self.release(batch, |_| {});
        match answer {
            Answer::Asked {
                amount,
                parts,
                customer,
                account,
                new_code,
                debit_on,
                result_by,
            } => {
                for part in parts {
                    if let Some(charge) = self.charges.get_mut(&part.charge) {
                        charge.debit = Some(batch);
                    }
                }
                let debit = InFlight {
                    amount: *amount,
                    parts: parts.clone(),
                    customer: *customer,
                    account: account.clone(),
                    new_code: *new_code,
                    debit_on: debit_on.clone(),
                    result_by: result_by.clone(),
                    requested: false,
                };
                self.debits.insert(batch, debit);
                self.debited = Some(account.clone());
                self.carried_over = None;
            }
            Answer::CarriedOver { next, .. } => {
                self.carried_over = Some(batch);
                self.turn = Some(next.clone());
            }
            Answer::NothingDue {} => self.carried_over = None,
        }
    }

    /// Ends a debit; gives what it was to settle.
    pub(super) fn release(&mut self, batch: Month, mut each: impl FnMut(&mut Charge)) -> Vec<Part> {
        let Some(debit) = self.debits.remove(&batch) else {
            return vec![];
        };
        for part in &debit.parts {
            if let Some(charge) = self.charges.get_mut(&part.charge) {
                charge.debit = None;
                each(charge);
            }
        }
        debit.parts
    }

    fn settle(&mut self, parts: &[Part]) {
        for part in parts {
            if let Some(charge) = self.charges.get_mut(&part.charge) {
                charge.open = charge.open.saturating_sub(part.amount);
                if charge.open == 0 {
                    charge.failed = None;
                }
            }
        }
        self.forget_arrears();
        if self.debitable().is_empty() {
            self.turn = None;
        }
    }

    fn forget_arrears(&mut self) {
        if self.in_arrears() == 0 {
            self.arrears = None;
        }
    }

    fn reverse(&mut self, entry: &EntryKey) {
        if let Some(charge) = self.charges.get_mut(entry) {
            charge.open = 0;
            charge.failed = None;
            charge.reversed = true;
        } else if let Some(payment) = self.payments.get_mut(entry) {
            payment.reversed = true;
            for part in payment.parts.clone() {
                if let Some(charge) = self.charges.get_mut(&part.charge) {
                    charge.open += part.amount;
                }
            }
        }
        self.forget_arrears();
        if self.debitable().is_empty() {
            self.turn = None;
        }
    }
}
