//! A use that began before daicho kept the books: a trial or a registration in mid-life goes on as if it had begun here.

use super::decide::{ask, known_corporation, subject};
use super::event::{CarriedRegistration, Event};
use super::{Refusal, Registration, State, Trial};
use crate::Service;
use crate::corporation::Registered;
use crate::dates::Month;
use crate::decider::Context;
use crate::identifiers::OfficeNumber;
use crate::intake::Receipt;
use crate::moving::{self, CarriedFrom, Day, Fault, Settings, promised};
use crate::rules::Answer;
use crate::stream::OfficeId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const APPLIED_ON: &str = "仮登録日";
const ENTERED_ON: &str = "事業所登録日";
const REGISTERED_ON: &str = "本登録日";
const LAST_FREE_DAY: &str = "お試し最終日";
const BILLING_START: &str = "課金開始日";

/// A trial or registration as the books kept before have it. A day that they do not say is the rules'.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarryOver {
    /// Where it stood.
    pub from: CarriedFrom,
    /// When the 仮登録 came in.
    pub receipt: Receipt,
    /// The offices; none while they have not been entered.
    pub offices: BTreeSet<OfficeNumber>,
    /// The day on which they were entered, if it was not that of the 仮登録.
    pub entered_on: Option<NaiveDate>,
    /// The last day of use without 本登録 that was promised.
    pub last_free_day: Option<NaiveDate>,
    /// The 本登録, if it was filed.
    pub registration: Option<CarryRegistration>,
}

/// A 本登録 as the books kept before have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarryRegistration {
    /// When it came in.
    pub receipt: Receipt,
    /// The version of the 利用者規約 that was accepted.
    pub terms_version: String,
    /// The last free day that was promised.
    pub last_free_day: Option<NaiveDate>,
    /// The first charged day that was promised.
    pub billing_start: Option<NaiveDate>,
}

pub(super) fn carry_over(
    context: &Context<'_>,
    state: &State,
    carried: CarryOver,
) -> Result<Vec<Event>, Refusal> {
    let (corporation, service) = subject(context.stream);
    let settings = moving::approved(context, &carried.from)?;
    match state.carried() {
        Some(from) if from.run == carried.from.run => return Ok(vec![]),
        Some(_) | None if *state != State::NotBegun => return Err(Fault::Lives.into()),
        Some(_) | None => {}
    }
    match service {
        Service::HonobonoMini2 => {}
        Service::CareNetMessenger | Service::CareplanRenkei => {
            return Err(Refusal::NoTrial { service });
        }
    }
    let known = known_corporation(context, corporation).map_err(|_| Fault::UnknownCorporation)?;
    let registered_on = carried.registration.as_ref().map(|one| one.receipt.on);
    let entered_on = carried.entered_on.unwrap_or(carried.receipt.on);
    days_hold(context, &carried, entered_on, registered_on)?;
    let offices = entered(known, &carried.offices, entered_on)?;
    let dates = ask(context, carried.receipt.on)?;
    let last_free_day = promised(
        dates.dated("trial_last_day"),
        carried.last_free_day,
        &carried.from,
    )?;
    let registration = match &carried.registration {
        None => {
            // The trial ends the day after.
            let ends_on = last_free_day.on + chrono::Days::new(1);
            settings.ahead(LAST_FREE_DAY, ends_on)?;
            None
        }
        Some(_) if offices.is_empty() => {
            let field = "事業所番号";
            return Err(Fault::Missing { field }.into());
        }
        Some(registration) => {
            let from = &carried.from;
            Some(register(context, settings, &dates, registration, from)?)
        }
    };
    let said = carried.registration.and_then(|one| one.last_free_day);
    Ok(vec![Event::CarriedOver {
        registered_last_free_day: promised(
            dates.dated("registered_last_free_day"),
            said,
            &carried.from,
        )?,
        from: carried.from,
        receipt: carried.receipt,
        last_free_day,
        offices,
        registration,
    }])
}

fn days_hold(
    context: &Context<'_>,
    carried: &CarryOver,
    entered_on: NaiveDate,
    registered_on: Option<NaiveDate>,
) -> Result<(), Fault> {
    moving::has_come(context, APPLIED_ON, carried.receipt.on)?;
    moving::has_come(context, ENTERED_ON, entered_on)?;
    if let Some(on) = registered_on {
        moving::has_come(context, REGISTERED_ON, on)?;
    }
    let applied = (APPLIED_ON, Some(carried.receipt.on));
    moving::in_order(&[applied, (ENTERED_ON, Some(entered_on))])?;
    moving::in_order(&[applied, (REGISTERED_ON, registered_on)])
}

fn entered(
    known: &Registered,
    numbers: &BTreeSet<OfficeNumber>,
    on: NaiveDate,
) -> Result<BTreeMap<OfficeId, NaiveDate>, Fault> {
    let office = |number: &OfficeNumber| match known.office_numbered(number) {
        Some((id, _)) => Ok((id, on)),
        None => Err(Fault::UnknownOffice { number: *number }),
    };
    numbers.iter().map(office).collect()
}

fn register(
    context: &Context<'_>,
    settings: Settings,
    dates: &Answer,
    registration: &CarryRegistration,
    from: &CarriedFrom,
) -> Result<CarriedRegistration, Refusal> {
    if registration.terms_version.trim().is_empty() {
        let field = "規約の版";
        return Err(Fault::Missing { field }.into());
    }
    let billing_start = promised(
        dates.dated("billing_start"),
        registration.billing_start,
        from,
    )?;
    moving::in_order(&[
        (REGISTERED_ON, Some(registration.receipt.on)),
        (BILLING_START, Some(billing_start.on)),
    ])?;
    let (corporation, _) = subject(context.stream);
    let bills = billing_start.on < settings.switched_on;
    let arrears = context
        .known
        .billing(corporation)
        .and_then(|ledger| ledger.arrears.as_ref());
    Ok(CarriedRegistration {
        receipt: registration.receipt.clone(),
        terms_version: registration.terms_version.clone(),
        charged_from: bills.then(|| settings.charges_from(Month::of(billing_start.on))),
        suspended_on: arrears
            .and_then(|arrears| arrears.suspended_on)
            .filter(|_| bills),
        billing_start,
    })
}

impl State {
    /// What a `carried_over` event begins with.
    pub(super) fn carried_over(event: &Event) -> Option<Self> {
        let Event::CarriedOver {
            from,
            receipt,
            last_free_day,
            registered_last_free_day,
            offices,
            registration,
        } = event
        else {
            return None;
        };
        let trial = Trial {
            receipt: receipt.clone(),
            last_free_day: last_free_day.clone(),
            registered_last_free_day: registered_last_free_day.clone(),
            offices: offices.keys().copied().collect(),
            entered_on: offices.clone(),
            charged_from: BTreeMap::new(),
            carried: Some(from.clone()),
        };
        let Some(carried) = registration else {
            return Some(Self::Trial(trial));
        };
        let registration = Registration {
            receipt: carried.receipt.clone(),
            terms_version: carried.terms_version.clone(),
            last_free_day: trial.registered_last_free_day.clone(),
            billing_start: carried.billing_start.clone(),
            suspended_on: carried.suspended_on,
            trial,
        };
        Some(match carried.charged_from {
            None => Self::Registered(registration),
            Some(_) => Self::Billing(registration),
        })
    }
}

/// The days that an event carried over, for 計算との差.
pub(crate) fn carried_days(event: &Event) -> Vec<Day<'_>> {
    match event {
        Event::CarriedOver {
            last_free_day,
            registered_last_free_day,
            registration,
            ..
        } => {
            // Of two last free days the one holds that is not over.
            let day = |label, dated| Day {
                label,
                office: None,
                dated,
            };
            match registration {
                None => vec![day(LAST_FREE_DAY, last_free_day)],
                Some(registration) => vec![
                    day("無料最終日", registered_last_free_day),
                    day(BILLING_START, &registration.billing_start),
                ],
            }
        }
        Event::TrialStarted { .. }
        | Event::OfficesEntered { .. }
        | Event::Registered { .. }
        | Event::BillingStarted { .. }
        | Event::Closed { .. }
        | Event::Ended { .. }
        | Event::Suspended { .. }
        | Event::Resumed { .. }
        | Event::OfficeTakenOver { .. }
        | Event::OfficeHandedOver { .. }
        | Event::SecondTrialGranted { .. } => vec![],
    }
}
