//! What a ledger waits for, and what it does when a date comes.

use super::state::State;
use super::{Command, Event};
use crate::nouns;
use crate::stream::Stream;
use crate::waiting::{Deadline, Next, Party, Trigger, Waiting, What};

impl State {
    /// Why the ledger is not settled; empty when nothing is owed and nothing asked.
    pub fn waiting(&self) -> Vec<Waiting> {
        let wait = |party, what, until, then| Waiting {
            party,
            what,
            until,
            then,
            office: None,
        };
        let mut waiting = Vec::new();
        if !self.asked.is_empty() {
            waiting.push(wait(
                Party::Us,
                What::SecondPerson,
                None,
                Next::ReversalBooked,
            ));
        }
        if self.credit > 0 {
            waiting.push(wait(Party::Us, What::Overpaid, None, Next::CreditGoes));
        }
        if let Some(arrears) = &self.arrears {
            waiting.push(match (&arrears.notice, arrears.suspended_on) {
                _ if arrears.asks_person => {
                    wait(Party::Us, What::Person, None, Next::PersonDecides)
                }
                _ if self.use_is_over() => wait(
                    Party::Customer,
                    What::Arrears,
                    self.turn.as_ref().map(|turn| turn.on.clone()),
                    Next::DebitGathered,
                ),
                (_, Some(_)) => wait(
                    Party::Customer,
                    What::ArrearsSuspended,
                    None,
                    Next::Resumption,
                ),
                (Some((_, on)), None) => wait(
                    Party::Customer,
                    What::Arrears,
                    Some(on.clone()),
                    Next::Suspension,
                ),
                (None, None) => wait(
                    Party::Customer,
                    What::Arrears,
                    self.turn.as_ref().map(|turn| turn.on.clone()),
                    Next::DebitGathered,
                ),
            });
        }
        for debit in self.debits.values() {
            waiting.push(match debit.requested {
                true => wait(
                    Party::Bank,
                    What::DebitResult,
                    Some(debit.result_by.clone()),
                    Next::DebitBooked,
                ),
                false => wait(
                    Party::Bank,
                    What::DebitDay,
                    Some(debit.debit_on.clone()),
                    Next::Debited,
                ),
            });
        }
        if let Some(turn) = &self.turn
            && self.arrears.is_none()
        {
            waiting.push(wait(
                Party::Us,
                What::NextDebit,
                Some(turn.on.clone()),
                Next::DebitGathered,
            ));
        }
        if waiting.is_empty() && self.open() > 0 {
            waiting.push(wait(
                Party::Customer,
                What::Arrears,
                None,
                Next::DebitBooked,
            ));
        }
        let to_do = self.orders.values().filter(|order| order.to_do());
        waiting.extend(to_do.map(|order| Waiting {
            office: Some(order.office),
            ..wait(Party::Us, What::OptionWork, None, Next::OptionCharged)
        }));
        waiting
    }

    /// What is sent when a date comes.
    pub fn deadlines(&self, stream: &Stream) -> Vec<Deadline> {
        let deadline = |name: String, on, command| Deadline {
            name,
            on,
            trigger: Trigger::DayOpened,
            command: nouns::Command::billing(stream, command),
        };
        let charges = self.services.iter().map(|(service, month)| {
            let (service, month) = (*service, *month);
            let over = month.next().first_day();
            deadline(
                format!("charge.{service}"),
                over,
                Command::Charge { service, month },
            )
        });
        let turn = self.turn.iter().map(|turn| {
            let batch = turn.batch;
            deadline(
                "debit".to_owned(),
                turn.on.on,
                Command::AnswerDebit { batch },
            )
        });
        let debits = self.debits.iter().filter(|(_, debit)| !debit.requested);
        let debits = debits.map(|(batch, debit)| {
            let batch = *batch;
            deadline(
                format!("requested.{batch}"),
                debit.debit_on.on,
                Command::PassDebitDay { batch },
            )
        });
        let suspension = self
            .arrears
            .iter()
            .filter(|arrears| arrears.suspended_on.is_none() && !self.use_is_over());
        let suspension = suspension.filter_map(|arrears| {
            let (batch, on) = (arrears.batch, arrears.notice.as_ref()?.1.on);
            let pass = Command::PassSuspensionDay { batch, on };
            Some(deadline("suspension".to_owned(), on, pass))
        });
        charges
            .chain(turn)
            .chain(debits)
            .chain(suspension)
            .collect()
    }
}

impl Event {
    /// The debit month it is about, if it is about one.
    pub const fn batch(&self) -> Option<crate::dates::Month> {
        match self {
            Self::DebitAnswered { batch, .. }
            | Self::DebitRequested { batch, .. }
            | Self::DebitMissed { batch, .. }
            | Self::Collected { batch, .. }
            | Self::Failed { batch, .. }
            | Self::Noticed { batch, .. }
            | Self::SuspensionDue { batch, .. }
            | Self::PersonDecided { batch, .. } => Some(*batch),
            Self::ChargingBegan { .. }
            | Self::CarriedOver { .. }
            | Self::ChargingEnded { .. }
            | Self::Charged { .. }
            | Self::OptionOrdered { .. }
            | Self::OptionDone { .. }
            | Self::OptionEnded { .. }
            | Self::OptionWithdrawn { .. }
            | Self::OptionsCharged { .. }
            | Self::NotCharged { .. }
            | Self::Paid { .. }
            | Self::CreditApplied { .. }
            | Self::ReceiptAsked { .. }
            | Self::CertificateAsked { .. }
            | Self::Refunded { .. }
            | Self::ReversalAsked { .. }
            | Self::ReversalDeclined { .. }
            | Self::Reversed { .. } => None,
        }
    }
}
