//! What an event promises to tell, and what of the letter only the rules and other streams know.

use super::Refusal;
use super::says::{Completed, Listed, Says, Unreached};
use super::state::{Letter, Stage as LetterStage};
use crate::billing::{self, EntryKey, Quotation, quoted};
use crate::corporation::SendTo;
use crate::credential::{Owner, Stage};
use crate::dates::Month;
use crate::decider::{Context, Known};
use crate::licence::{Payment, Price, Term};
use crate::rules::{Ask, Dated, Question, RuleError, reckoned};
use crate::stream::{CorporationId, CredentialId, LetterId, OfficeId, Stream};
use crate::termination::{Dates, Scope};
use crate::transmission::OfficeRef;
use crate::zengin::ResultCode;
use crate::{Service, mail};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The service whose book says when a corporation's one debit takes place.
const DEBITED_BY: Service = Service::HonobonoMini2;

/// What is to be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// The event says everything.
    Told(Says),
    /// The event says everything, for offices that are told together: to the head office, unless each is told by itself.
    Whole(Says),
    /// What it says of one of them, to that office, where the corporation wishes its post so.
    Part(Says),
    /// A form went as PDF: its envelope goes with those of the day, unless it has a letter of its own.
    DayEnvelope {
        /// What the letter says.
        told: Says,
        /// The letter of its own.
        own: LetterId,
    },
    /// The same of one that went after the day's letter had gone: in a letter of its own.
    OwnEnvelope {
        /// What the letter says.
        told: Says,
        /// The letter of the day.
        day: LetterId,
    },
    /// The offices were entered.
    TrialStarted {
        /// The last day of use without 本登録.
        trial_last_day: Dated,
        /// The last free day with 本登録.
        registered_last_free_day: Dated,
        /// The offices.
        offices: BTreeSet<OfficeId>,
    },
    /// The 本登録, or a change of what is registered, is complete.
    Registered {
        /// Which.
        what: Completed,
        /// The day it came in.
        completed_on: NaiveDate,
        /// The version of the 利用者規約 that was accepted.
        terms_version: String,
        /// The last free day.
        last_free_day: Dated,
        /// The first day that is charged.
        billing_start: Dated,
        /// The offices.
        offices: BTreeSet<OfficeId>,
    },
    /// The link to an ID and its initial password did not reach the customer by mail.
    CredentialNotice {
        /// The ID.
        credential: CredentialId,
        /// The how-manieth initial password.
        nth: u32,
        /// Why it did not.
        why: Unreached,
    },
    /// A debit failed.
    SuspensionNotice {
        /// The debit month.
        batch: Month,
        /// Yen in arrears.
        amount: u64,
        /// The months they are for.
        months: Vec<Month>,
        /// What the bank said.
        code: ResultCode,
        /// The day use is suspended unless they are paid.
        suspension_on: Dated,
    },
    /// Use is suspended.
    Suspended {
        /// The debit month that failed.
        batch: Month,
        /// The first day without use.
        on: NaiveDate,
    },
    /// Use goes on.
    Resumed {
        /// The day since which it was suspended.
        suspended_on: NaiveDate,
        /// The day from which it goes on.
        on: NaiveDate,
    },
    /// An end was filed.
    TerminationReceived {
        /// The day the form came in.
        received_on: NaiveDate,
        /// What ends.
        scope: Scope,
        /// The dates of the end month.
        dates: Dates,
        /// The day by which the end 委任状 must be back.
        poa_due: Option<Dated>,
        /// The offices that transmit.
        transmitting: Vec<Listed>,
    },
    /// A licence can be renewed.
    LicenceRenewal {
        /// The office.
        office: Listed,
        /// The dates of the present year.
        term: Term,
        /// How it is paid.
        payment: Payment,
    },
    /// A licence is to be paid by invoice.
    LicenceInvoice {
        /// The office.
        office: Listed,
        /// The dates of the year.
        term: Term,
        /// What it costs.
        price: Price,
    },
    /// Somebody asked for a 領収書.
    Receipt {
        /// The debit or payment.
        entry: EntryKey,
        /// The how manieth.
        copy: u32,
    },
    /// Somebody asked for a 支払証明書.
    PaymentCertificate {
        /// The first day of its period.
        from: NaiveDate,
        /// Its last day.
        to: NaiveDate,
        /// The how manieth.
        copy: u32,
    },
}

impl Promise {
    /// The streams that know the rest.
    pub(super) fn needs(&self, corporation: CorporationId, service: Service) -> Vec<Stream> {
        match self {
            Self::Told(_)
            | Self::SuspensionNotice { .. }
            | Self::Resumed { .. }
            | Self::LicenceRenewal { .. }
            | Self::LicenceInvoice { .. } => vec![],
            Self::Whole(_) | Self::Part(_) => vec![Stream::Corporation(corporation)],
            Self::DayEnvelope { own: beside, .. } | Self::OwnEnvelope { day: beside, .. } => {
                vec![Stream::Dispatch(*beside)]
            }
            Self::CredentialNotice { credential, .. } => vec![
                Stream::Credential(*credential),
                Stream::Transmission(corporation, service),
            ],
            Self::TrialStarted { .. } | Self::Registered { .. } => {
                vec![Stream::Corporation(corporation)]
            }
            Self::Suspended { .. } | Self::Receipt { .. } | Self::PaymentCertificate { .. } => {
                vec![Stream::Billing(corporation)]
            }
            Self::TerminationReceived { .. } => vec![
                Stream::Corporation(corporation),
                Stream::Enrolment(corporation, service),
            ],
        }
    }

    /// Whether it goes out in one of two ways, as the corporation wishes its post.
    pub(super) const fn is_shared(&self) -> bool {
        matches!(self, Self::Whole(_) | Self::Part(_))
    }

    /// What the letter says; nothing when there is nothing to tell any more, or another letter tells it.
    pub(super) fn kept(
        self,
        context: &Context<'_>,
        corporation: CorporationId,
        service: Service,
    ) -> Result<Option<Says>, Refusal> {
        let known = context.known;
        Ok(Some(match self {
            Self::Told(says) => says,
            Self::Whole(says) => match each_by_itself(known, corporation, &says) {
                true => return Ok(None),
                false => says,
            },
            Self::Part(says) => match each_by_itself(known, corporation, &says) {
                true => says,
                false => return Ok(None),
            },
            Self::DayEnvelope { told, own } => {
                let own = known.dispatch(own).and_then(|own| own.letter());
                if own.is_some_and(|own| !matches!(own.stage, LetterStage::CalledOff { .. })) {
                    return Ok(None);
                }
                told
            }
            Self::OwnEnvelope { told, day } => {
                let day = known.dispatch(day).and_then(|day| day.letter());
                let lacks = |day: &Letter| {
                    let enclosed = day.with_envelope();
                    told.awaited()
                        .iter()
                        .any(|paper| !enclosed.contains(&paper.office))
                };
                if !day.is_some_and(|day| day.has_gone() && lacks(day)) {
                    return Ok(None);
                }
                told
            }
            Self::TrialStarted {
                trial_last_day,
                registered_last_free_day,
                offices,
            } => {
                let begun = registered_last_free_day.basis.asked_on;
                let ask = Ask::new(service, Question::Trial, begun).decided_on(context.today);
                let billing_start = reckoned(context.policy, &ask)?.dated("billing_start")?;
                let month = Month::of(billing_start.on);
                Says::TrialStarted {
                    quotation: quotation(context, corporation, service, &offices, month)?,
                    offices: listed(known, corporation, &offices),
                    trial_last_day,
                    registered_last_free_day,
                    billing_start,
                }
            }
            Self::Registered {
                what,
                completed_on,
                terms_version,
                last_free_day,
                billing_start,
                offices,
            } => {
                let month = Month::of(billing_start.on);
                let ask =
                    Ask::new(service, Question::Debit, billing_start.on).decided_on(context.today);
                Says::Registered {
                    first_debit_on: reckoned(context.policy, &ask)?.dated("debit_on")?,
                    quotation: quotation(context, corporation, service, &offices, month)?,
                    offices: listed(known, corporation, &offices),
                    what,
                    completed_on,
                    terms_version,
                    last_free_day,
                    billing_start,
                }
            }
            Self::CredentialNotice {
                credential,
                nth,
                why,
            } => return Ok(unreached(context, credential, nth, why)),
            Self::SuspensionNotice {
                batch,
                amount,
                months,
                code,
                suspension_on,
            } => Says::SuspensionNotice {
                debit_on: debit_of(context, batch)?,
                next_debit_on: debit_of(context, batch.next())?,
                batch,
                amount,
                months,
                code,
                suspension_on,
            },
            Self::Suspended { batch, on } => {
                let Some(ledger) = known.billing(corporation) else {
                    return Ok(None);
                };
                let Some((noticed_on, suspension_on)) = noticed(ledger) else {
                    return Ok(None);
                };
                Says::Suspended {
                    debit_on: debit_of(context, batch)?,
                    next_debit_on: debit_after(context, on)?,
                    amount: ledger.in_arrears(),
                    months: ledger.months_in_arrears(),
                    batch,
                    noticed_on,
                    suspended_on: on,
                    suspension_on,
                }
            }
            Self::Resumed { suspended_on, on } => Says::Resumed {
                next_debit_on: debit_after(context, on)?,
                suspended_on,
                resumed_on: on,
            },
            Self::TerminationReceived {
                received_on,
                scope,
                dates,
                poa_due,
                transmitting,
            } => Says::TerminationReceived {
                offices: ending(known, corporation, service, scope, transmitting),
                received_on,
                dates,
                scope: Some(scope),
                poa_due,
            },
            Self::LicenceRenewal {
                office,
                term,
                payment,
            } => {
                let ask = Ask::new(service, Question::Renewal, term.last_day.on)
                    .decided_on(context.today);
                let next = reckoned(context.policy, &ask)?;
                let first = next.dated("licence_first_day")?;
                let fee = Ask::new(service, Question::Fee, first.on).decided_on(context.today);
                let gross_yen = reckoned(context.policy, &fee)?.amount("licence_gross")?;
                Says::LicenceRenewal {
                    next_first_day: first,
                    next_last_day: next.dated("licence_last_day")?,
                    office,
                    term,
                    payment,
                    gross_yen,
                }
            }
            Self::LicenceInvoice {
                office,
                term,
                price,
            } => Says::LicenceInvoice {
                tax_percent: licence_tax(context, service, &price)?,
                office,
                term,
                price,
            },
            Self::Receipt { entry, copy } => {
                let Some(ledger) = known.billing(corporation) else {
                    return Ok(None);
                };
                let collection = ledger.collection(&entry, context.policy, context.today)?;
                let Some(received) = collection else {
                    return Ok(None);
                };
                Says::Receipt { received, copy }
            }
            Self::PaymentCertificate { from, to, copy } => {
                let Some(ledger) = known.billing(corporation) else {
                    return Ok(None);
                };
                let received =
                    ledger.collections_between((from, to), context.policy, context.today)?;
                if received.is_empty() {
                    return Ok(None);
                }
                Says::PaymentCertificate {
                    from,
                    to,
                    received,
                    copy,
                }
            }
        }))
    }
}

/// What is told of an initial password as long as its link opens, or will.
fn unreached(
    context: &Context<'_>,
    credential: CredentialId,
    nth: u32,
    why: Unreached,
) -> Option<Says> {
    let account = context.known.credential(credential)?.account()?;
    let link = account.link()?;
    if link.nth != nth || link.is_over(context.today) {
        return None;
    }
    let Stage::Issued { on: set_on } = account.stage else {
        return None;
    };
    let entry = match account.owner {
        Owner::Corporation { .. } => None,
        Owner::Office {
            corporation,
            service,
            application,
            office,
        } => {
            let about = OfficeRef {
                application,
                office,
            };
            let applications = context.known.transmission(corporation, service)?;
            Some(applications.entry(about)?)
        }
    };
    Some(Says::CredentialNotice {
        office: entry.map(|entry| Listed {
            office: entry.office,
            number: entry.number,
        }),
        start: entry.and_then(|entry| Some(entry.plan()?.start.clone())),
        set_on,
        opens: link.opens.clone(),
        until: link.until,
        looks: link.rules.lookups_max,
        why,
    })
}

/// Whether each office is told by itself: where the corporation wishes its post so, and no mail brings it to the one address it
/// has.
fn each_by_itself(known: &Known, corporation: CorporationId, says: &Says) -> bool {
    let whose = known
        .corporation(corporation)
        .and_then(|state| state.registered());
    let mailed = || {
        let contact = whose.and_then(|whose| whose.contact.as_ref());
        let address = contact.and_then(|contact| contact.mail.as_ref());
        let told = mail::Kind::telling(says).is_some();
        told && address.is_some_and(|address| address.disclose().is_some())
    };
    whose.is_some_and(|whose| whose.destination.to == SendTo::EachOffice) && !mailed()
}

/// The rate of the tax in a licence's price: that of the book and day on which the price rests.
fn licence_tax(context: &Context<'_>, service: Service, price: &Price) -> Result<u32, Refusal> {
    let asked_on = price.basis.asked_on;
    let book_day = price.basis.decided_on.unwrap_or(asked_on);
    let book = context.policy.book(service, book_day)?;
    Ok(book.tax_percent(asked_on)?)
}

/// The notice that stands, and the day of suspension that it named.
fn noticed(ledger: &billing::State) -> Option<(NaiveDate, Dated)> {
    ledger.arrears.as_ref()?.notice.clone()
}

fn quotation(
    context: &Context<'_>,
    corporation: CorporationId,
    service: Service,
    offices: &BTreeSet<OfficeId>,
    month: Month,
) -> Result<Quotation, Refusal> {
    let whose = context.known.corporation(corporation);
    let whose = whose
        .and_then(|known| known.registered())
        .ok_or(billing::Refusal::UnknownCorporation)?;
    Ok(quoted(context.policy, service, whose, offices, month)?)
}

/// These offices of a corporation, by their numbers now.
fn listed(known: &Known, corporation: CorporationId, offices: &BTreeSet<OfficeId>) -> Vec<Listed> {
    let whose = known
        .corporation(corporation)
        .and_then(|known| known.registered());
    let mut listed: Vec<_> = offices
        .iter()
        .filter_map(|office| {
            let number = whose?.office(*office)?.number;
            Some(Listed {
                office: *office,
                number,
            })
        })
        .collect();
    listed.sort_by_key(|listed| listed.number);
    listed
}

/// The offices that an end is about: of a whole use, all that were entered; where a use has no entries, those that transmit.
fn ending(
    known: &Known,
    corporation: CorporationId,
    service: Service,
    scope: Scope,
    transmitting: Vec<Listed>,
) -> Vec<Listed> {
    match scope {
        Scope::Number { office, number } => vec![Listed { office, number }],
        Scope::Office(office) => listed(known, corporation, &[office].into()),
        Scope::Whole => {
            let entered = known
                .enrolment(corporation, service)
                .and_then(|enrolment| enrolment.trial())
                .map(|trial| listed(known, corporation, &trial.offices));
            entered
                .filter(|offices| !offices.is_empty())
                .unwrap_or(transmitting)
        }
    }
}

/// The day of the debit in this month.
fn debit_of(context: &Context<'_>, batch: Month) -> Result<Dated, RuleError> {
    let book = context.policy.book(DEBITED_BY, context.today)?;
    let charged = batch.minus(book.months("debit.months_after")?);
    let ask = Ask::new(DEBITED_BY, Question::Debit, charged.first_day()).decided_on(context.today);
    reckoned(context.policy, &ask)?.dated("debit_on")
}

/// The first debit after a day.
fn debit_after(context: &Context<'_>, day: NaiveDate) -> Result<Dated, RuleError> {
    let this = debit_of(context, Month::of(day))?;
    if this.on > day {
        return Ok(this);
    }
    debit_of(context, Month::of(day).next())
}
