//! Which events promise a letter to the customer, and which take such a promise back. One list, so that whoever asks
//! "what do we send?" reads it here.
//!
//! A letter's stream is named by what it tells: the same event met again, or another one about the same thing, meets the
//! letter that is there. 委任状 go their own way, with the covering letter or the 不備のお知らせ that lies on them.

use super::{Happening, Reaction, dispatch_credential, dispatch_money, dispatch_papers};
use chrono::NaiveDate;
use daicho_domain::billing::Event as Billing;
use daicho_domain::dates::Month;
use daicho_domain::dispatch::{
    CallOffReason, Command as Dispatch, Completed, Instead, Listed, Promise, Says,
};
use daicho_domain::enrolment::Event as Enrolment;
use daicho_domain::licence::Event as Licence;
use daicho_domain::nouns::{Command, Event, State};
use daicho_domain::stream::{CorporationId, LetterId, Stream};
use daicho_domain::termination::Event as Termination;
use daicho_domain::{Service, billing, enrolment, licence};

pub(super) const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "promise_of_enrolment",
        on: &[
            "enrolment.offices_entered",
            "enrolment.registered",
            "enrolment.resumed",
            "enrolment.suspended",
            "enrolment.trial_started",
        ],
        react: of_enrolment,
    },
    Reaction {
        name: "promise_of_postponement",
        on: &[
            "transmission.postponed",
            "transmission.postponement_cause_added",
            "transmission.postponement_cause_removed",
            "transmission.postponement_reversed",
        ],
        react: dispatch_papers::of_postponement,
    },
    Reaction {
        name: "promise_of_return_envelope",
        on: &[
            "poa.dispatched",
            "poa.due_moved",
            "poa.received",
            "poa.reprint_requested",
            "poa.undeliverable",
            "poa.voided",
        ],
        react: dispatch_papers::of_return_envelope,
    },
    Reaction {
        name: "promise_of_reminder",
        on: &[
            "poa.due_moved",
            "poa.due_passed",
            "poa.lapsed",
            "poa.received",
            "poa.reminder_due",
            "poa.undeliverable",
            "poa.voided",
        ],
        react: dispatch_papers::of_reminder,
    },
    Reaction {
        name: "promise_of_overdue_paper",
        on: &[
            "poa.due_moved",
            "poa.due_passed",
            "poa.lapsed",
            "poa.received",
            "poa.voided",
        ],
        react: dispatch_papers::of_overdue_paper,
    },
    Reaction {
        name: "promise_of_credential_notice",
        on: &["mail.gave_up", "mail.unaddressed"],
        react: dispatch_credential::of_unreached,
    },
    Reaction {
        name: "credential_notice_overtaken",
        on: &[
            "credential.expired",
            "credential.looked_up",
            "credential.reissued",
            "credential.reset",
            "credential.revoked",
            "mail.sent",
        ],
        react: dispatch_credential::of_reached,
    },
    Reaction {
        name: "promise_of_suspension",
        on: &[
            "billing.collected",
            "billing.credit_applied",
            "billing.noticed",
            "billing.paid",
            "billing.reversed",
        ],
        react: of_suspension,
    },
    Reaction {
        name: "promise_of_receipt",
        on: &["billing.receipt_asked", "billing.reversed"],
        react: dispatch_money::of_receipt,
    },
    Reaction {
        name: "promise_of_certificate",
        on: &["billing.certificate_asked", "billing.reversed"],
        react: dispatch_money::of_certificate,
    },
    Reaction {
        name: "promise_of_termination",
        on: &["termination.requested", "termination.withdrawn"],
        react: of_termination,
    },
    Reaction {
        name: "promise_of_licence",
        on: &[
            "licence.office_closed",
            "licence.renewal_filed",
            "licence.renewal_opened",
            "licence.renewed",
        ],
        react: of_licence,
    },
    Reaction {
        name: "promise_of_licence_invoice",
        on: &[
            "licence.fee_paid",
            "licence.fee_reversed",
            "licence.granted",
            "licence.renewed",
        ],
        react: dispatch_money::of_invoice,
    },
    Reaction {
        name: "promise_of_correction",
        on: &["dispatch.proved_wrong"],
        react: dispatch_papers::of_correction,
    },
];

/// A letter is asked for, of this name and about this thing.
pub(super) fn ask<T: AsRef<str>>(
    letter: &str,
    about: &[T],
    (corporation, service): (CorporationId, Service),
    promise: Promise,
) -> Command {
    let request = Dispatch::Request {
        corporation,
        service,
        promise,
    };
    Command::dispatch(&Stream::Dispatch(LetterId::of(letter, about)), request)
}

pub(super) fn call_off<T: AsRef<str>>(
    letter: &str,
    about: &[T],
    why: CallOffReason,
    instead: Option<Instead>,
) -> Command {
    let stream = Stream::Dispatch(LetterId::of(letter, about));
    Command::dispatch(&stream, Dispatch::CallOff { why, instead })
}

fn of_enrolment(happening: Happening<'_>) -> Vec<Command> {
    let (
        Stream::Enrolment(corporation, service),
        Event::Enrolment(event),
        State::Enrolment(before),
        State::Enrolment(after),
    ) = (
        happening.stream,
        happening.event,
        happening.before,
        happening.after,
    )
    else {
        return vec![];
    };
    let whose = (*corporation, *service);
    let about = |day: &dyn ToString| {
        [
            corporation.to_string(),
            service.code().to_owned(),
            day.to_string(),
        ]
    };
    let asked = match event {
        Enrolment::TrialStarted {
            receipt,
            last_free_day,
            registered_last_free_day,
        } => {
            let told = Says::TrialReceived {
                applied_on: receipt.on,
                trial_last_day: last_free_day.clone(),
                registered_last_free_day: registered_last_free_day.clone(),
            };
            let promise = Promise::Told(told);
            Some(ask("trial-received", &about(&receipt.on), whose, promise))
        }
        Enrolment::OfficesEntered { received_on, .. } => {
            if let Some(promise) = first_offices(before, after) {
                let began = after.trial().map(|trial| trial.receipt.on);
                began.map(|on| ask("trial-started", &about(&on), whose, promise))
            } else {
                let promise = changed(after, *received_on);
                let day = format!("change {received_on}");
                promise.map(|promise| ask("registered", &about(&day), whose, promise))
            }
        }
        Enrolment::Registered {
            receipt,
            terms_version,
            last_free_day,
            billing_start,
        } => after.trial().map(|trial| {
            let promise = Promise::Registered {
                what: Completed::Registration,
                completed_on: receipt.on,
                terms_version: terms_version.clone(),
                last_free_day: last_free_day.clone(),
                billing_start: billing_start.clone(),
                offices: trial.offices.clone(),
            };
            ask("registered", &about(&receipt.on), whose, promise)
        }),
        Enrolment::Suspended { on, batch } => {
            let promise = Promise::Suspended {
                batch: *batch,
                on: *on,
            };
            Some(ask("suspended", &about(batch), whose, promise))
        }
        Enrolment::Resumed { on } => {
            let since = before.registration().and_then(|held| held.suspended_on);
            since.map(|suspended_on| {
                let promise = Promise::Resumed {
                    suspended_on,
                    on: *on,
                };
                ask("resumed", &about(&suspended_on), whose, promise)
            })
        }
        Enrolment::BillingStarted { .. }
        | Enrolment::Closed { .. }
        | Enrolment::Ended { .. }
        | Enrolment::OfficeTakenOver { .. }
        | Enrolment::OfficeHandedOver { .. }
        | Enrolment::SecondTrialGranted { .. }
        | Enrolment::CarriedOver { .. } => None,
    };
    asked.into_iter().collect()
}

/// The first offices complete the application.
fn first_offices(before: &enrolment::State, after: &enrolment::State) -> Option<Promise> {
    let first = before.trial().is_some_and(|trial| trial.offices.is_empty());
    let trial = after.trial().filter(|_| first)?;
    Some(Promise::TrialStarted {
        trial_last_day: trial.last_free_day.clone(),
        registered_last_free_day: trial.registered_last_free_day.clone(),
        offices: trial.offices.clone(),
    })
}

/// Offices that were entered after the 本登録 change what is registered. Before it, the letter about it will name them.
fn changed(after: &enrolment::State, received_on: NaiveDate) -> Option<Promise> {
    let held = after.registration()?;
    Some(Promise::Registered {
        what: Completed::Change,
        completed_on: received_on,
        terms_version: held.terms_version.clone(),
        last_free_day: held.last_free_day.clone(),
        billing_start: held.billing_start.clone(),
        offices: held.trial.offices.clone(),
    })
}

/// The service that is suspended for arrears, its transmission with it.
const SUSPENDED: Service = Service::HonobonoMini2;

fn of_suspension(happening: Happening<'_>) -> Vec<Command> {
    let (
        Stream::Billing(corporation),
        Event::Billing(event),
        State::Billing(before),
        State::Billing(after),
    ) = (
        happening.stream,
        happening.event,
        happening.before,
        happening.after,
    )
    else {
        return vec![];
    };
    let about = |batch: Month| [corporation.to_string(), batch.to_string()];
    let command = match event {
        Billing::Noticed {
            batch,
            amount,
            suspension_on,
            ..
        } => after.arrears.as_ref().map(|arrears| {
            let promise = Promise::SuspensionNotice {
                batch: *batch,
                amount: *amount,
                months: after.months_in_arrears(),
                code: arrears.code,
                suspension_on: suspension_on.clone(),
            };
            let whose = (*corporation, SUSPENDED);
            ask("suspension-notice", &about(*batch), whose, promise)
        }),
        Billing::Collected { .. }
        | Billing::CreditApplied { .. }
        | Billing::Paid { .. }
        | Billing::Reversed { .. } => settled(before, after).map(|batch| {
            let why = CallOffReason::Paid;
            call_off("suspension-notice", &about(batch), why, None)
        }),
        Billing::ChargingBegan { .. }
        | Billing::CarriedOver { .. }
        | Billing::ChargingEnded { .. }
        | Billing::Charged { .. }
        | Billing::NotCharged { .. }
        | Billing::DebitAnswered { .. }
        | Billing::DebitRequested { .. }
        | Billing::DebitMissed { .. }
        | Billing::Failed { .. }
        | Billing::SuspensionDue { .. }
        | Billing::PersonDecided { .. }
        | Billing::Refunded { .. }
        | Billing::ReversalAsked { .. }
        | Billing::ReversalDeclined { .. }
        | Billing::OptionOrdered { .. }
        | Billing::OptionDone { .. }
        | Billing::OptionEnded { .. }
        | Billing::OptionWithdrawn { .. }
        | Billing::OptionsCharged { .. }
        | Billing::ReceiptAsked { .. }
        | Billing::CertificateAsked { .. } => None,
    };
    command.into_iter().collect()
}

/// The debit month of arrears that the customer was told of, if they are settled by this event.
fn settled(before: &billing::State, after: &billing::State) -> Option<Month> {
    let arrears = before
        .arrears
        .as_ref()
        .filter(|_| after.arrears.is_none())?;
    arrears.notice.as_ref().map(|_| arrears.batch)
}

fn of_termination(happening: Happening<'_>) -> Vec<Command> {
    let (Stream::Termination(corporation, service), Event::Termination(event)) =
        (happening.stream, happening.event)
    else {
        return vec![];
    };
    let about = |no: u32| {
        [
            corporation.to_string(),
            service.code().to_owned(),
            no.to_string(),
        ]
    };
    let command = match event {
        Termination::Requested {
            no,
            scope,
            receipt,
            dates,
            papers,
            ..
        } => {
            let due = papers.iter().map(|paper| &paper.dates.due);
            let promise = Promise::TerminationReceived {
                received_on: receipt.on,
                scope: *scope,
                dates: dates.clone(),
                poa_due: due.min_by_key(|due| due.on).cloned(),
                transmitting: papers
                    .iter()
                    .map(|paper| Listed {
                        office: paper.office,
                        number: paper.number,
                    })
                    .collect(),
            };
            let whose = (*corporation, *service);
            Some(ask("termination-received", &about(*no), whose, promise))
        }
        Termination::Withdrawn { no, .. } => {
            let why = CallOffReason::Reversed;
            Some(call_off("termination-received", &about(*no), why, None))
        }
        Termination::CarriedOver { .. }
        | Termination::ReturnsCounted { .. }
        | Termination::Ended { .. }
        | Termination::LastDebitPassed { .. }
        | Termination::LastDebitFailed { .. }
        | Termination::FeesSettled { .. }
        | Termination::PaperReturned { .. }
        | Termination::PaperSentBack { .. }
        | Termination::AgentReleaseDue { .. }
        | Termination::AgentReleased { .. } => None,
    };
    command.into_iter().collect()
}

fn of_licence(happening: Happening<'_>) -> Vec<Command> {
    let (Event::Licence(event), State::Licence(after)) = (happening.event, happening.after) else {
        return vec![];
    };
    let Some(known) = after.known() else {
        return vec![];
    };
    let office = Listed {
        office: known.office,
        number: known.number,
    };
    let whose = (known.corporation, Service::CareplanRenkei);
    let number = known.number.to_string();
    let present = known.year();
    let command = match event {
        Licence::RenewalOpened { .. } => present.map(|year| {
            let promise = Promise::LicenceRenewal {
                office,
                term: year.term.clone(),
                payment: year.payment,
            };
            ask("licence-renewal", &about(&number, year), whose, promise)
        }),
        Licence::RenewalFiled { .. } => present.map(|year| {
            let about = about(&number, year);
            call_off("licence-renewal", &about, CallOffReason::Done, None)
        }),
        Licence::OfficeClosed { .. } => present.map(|year| {
            let about = about(&number, year);
            call_off("licence-renewal", &about, CallOffReason::Reversed, None)
        }),
        Licence::Renewed { on } => known
            .contracts()
            .rev()
            .find(|year| year.noticed_on == Some(*on))
            .map(|year| {
                let told = Says::LicenceRenewed {
                    office,
                    term: year.term.clone(),
                    filed_on: year.filed_on,
                    payment: year.payment,
                    price: year.price.clone(),
                };
                let about = about(&number, year);
                ask("licence-renewed", &about, whose, Promise::Told(told))
            }),
        Licence::Checked { .. }
        | Licence::CheckDropped { .. }
        | Licence::DownloadRequested { .. }
        | Licence::Applied { .. }
        | Licence::Granted { .. }
        | Licence::TakenOver { .. }
        | Licence::FeePaid { .. }
        | Licence::FeeReversed { .. }
        | Licence::FeeOverdue { .. }
        | Licence::YearBegun { .. }
        | Licence::Expired { .. }
        | Licence::OfficeMoved { .. } => None,
    };
    command.into_iter().collect()
}

/// A year of a licence.
pub(super) fn about(number: &str, year: &licence::Contract) -> [String; 2] {
    [number.to_owned(), year.term.first_day.on.to_string()]
}
