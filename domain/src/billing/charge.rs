//! A month of a service is charged once it is over, when everything that counts for it is known: free months cost nothing,
//! the first charge is the billing start's month, an office added later pays as the rule book says.

use super::decide::{Billing, debit_dates, of, posting, turn_of};
use super::ending::Use;
use super::event::{FeeLine, NoCharge};
use super::options::{self, OPTIONS_OF};
use super::payment::apply_credit;
use super::state::{EntryKey, State};
use super::{Event, Refusal};
use crate::Service;
use crate::corporation::Registered;
use crate::dates::Month;
use crate::decider::{Context, Decider as _};
use crate::enrolment;
use crate::rules::{Ask, Book, Question, reckoned};
use crate::stream::OfficeId;
use crate::transmission::Standing;
use std::collections::BTreeSet;

/// The slot with the price of a month.
const FEE: &str = "fee.monthly";

pub(super) fn charge(
    context: &Context<'_>,
    state: &State,
    service: Service,
    month: Month,
) -> Result<Vec<Event>, Refusal> {
    let over = month.last_day() < context.today;
    if !over || state.services.get(&service) != Some(&month) {
        return Ok(vec![]);
    }
    let book = context.policy.book(service, month.last_day())?;
    let not_charged = |why| {
        Ok(vec![Event::NotCharged {
            service,
            month,
            why,
        }])
    };
    let offices: BTreeSet<_> = match users(context, book, service, month)? {
        // An office that changes its number transmits under both for a while and pays once.
        Ok(uses) => uses
            .into_iter()
            .filter(|used| state.pays(service, *used, month))
            .map(|used| used.office)
            .collect(),
        Err(why) => return not_charged(why),
    };
    let options = match service {
        OPTIONS_OF => options::of_month(context, state, month, &offices)?,
        Service::HonobonoMini2 | Service::CareplanRenkei => None,
    };
    let corporation = context
        .known
        .corporation(of(context.stream))
        .and_then(|known| known.registered())
        .ok_or(Refusal::UnknownCorporation)?;
    let lines = lines(book, corporation, &offices)?;
    if lines.is_empty() {
        let events = not_charged(NoCharge::NoOffices)?;
        return Ok(events.into_iter().chain(options).collect());
    }
    let total = lines.iter().map(|line| line.amount).sum();
    let price = book.priced(total, "fee.monthly_tax", month.last_day())?;
    let fee = Ask::new(service, Question::Fee, month.last_day());
    let dates = debit_dates(context, service, month)?;
    let charged = Event::Charged {
        key: EntryKey::of_charge(month, service),
        service,
        month,
        lines,
        net: price.net,
        tax: price.tax,
        tax_percent: price.percent,
        basis: reckoned(context.policy, &fee)?.basis("monthly_gross")?,
        debit_on: dates.dated("debit_on")?,
        turn: turn_of(&dates)?,
        posting: posting(context, month.last_day()),
    };
    let mut events: Vec<_> = [charged].into_iter().chain(options).collect();
    let after = events.iter().fold(state.clone(), Billing::evolve);
    events.extend(apply_credit(context, &after)?);
    Ok(events)
}

/// The offices that transmit in the month.
pub(super) fn using(context: &Context<'_>, service: Service, month: Month) -> Vec<Use> {
    let state = context.known.transmission(of(context.stream), service);
    let entries = state.into_iter().flat_map(|state| &state.entries);
    let started = entries.filter_map(|entry| match &entry.standing {
        Standing::Started { plan, .. } if plan.month() <= month => Some(Use {
            office: entry.office,
            number: Some(entry.number),
            since: plan.month(),
        }),
        Standing::Started { .. }
        | Standing::Incomplete(_)
        | Standing::Complete
        | Standing::Preparing { .. }
        | Standing::IdsDue { .. }
        | Standing::Issued { .. }
        | Standing::Withdrawn { .. } => None,
    });
    started.collect()
}

/// What is used in the month, or why nothing is.
fn users(
    context: &Context<'_>,
    book: &Book,
    service: Service,
    month: Month,
) -> Result<Result<Vec<Use>, NoCharge>, Refusal> {
    let corporation = of(context.stream);
    match service {
        Service::HonobonoMini2 | Service::CareplanRenkei => {
            let state = context.known.enrolment(corporation, service);
            let Some(registration) = state.and_then(|state| state.charged_in(month)) else {
                return Ok(Err(NoCharge::Ended));
            };
            let suspended = registration
                .suspended_on
                .is_some_and(|since| since <= month.first_day());
            if suspended && !book.flag("suspension.fees_continue")? {
                return Ok(Err(NoCharge::Suspended));
            }
            let last = match book.choice("fee.added_office_from")? {
                "same_month" => month.last_day(),
                _ => month.previous().last_day(),
            };
            Ok(Ok(offices_until(registration, month, last)))
        }
        Service::CareNetMessenger => Ok(Ok(using(context, service, month))),
    }
}

fn offices_until(
    registration: &enrolment::Registration,
    month: Month,
    last: chrono::NaiveDate,
) -> Vec<Use> {
    let entered = registration.trial.entered_on.iter();
    let from = |office: &OfficeId| registration.trial.charged_from.get(office);
    entered
        .filter(|(office, on)| from(office).map_or(**on <= last, |from| *from <= month))
        .map(|(office, on)| Use {
            office: *office,
            number: None,
            since: Month::of(*on),
        })
        .collect()
}

/// One line per office number, per service kind, or one for the corporation, as the rule book says.
pub(super) fn lines(
    book: &Book,
    corporation: &Registered,
    offices: &BTreeSet<OfficeId>,
) -> Result<Vec<FeeLine>, Refusal> {
    let price = book.yen(FEE)?;
    let per = book.choice("fee.monthly_per")?;
    let known = offices
        .iter()
        .filter_map(|id| Some((*id, corporation.paying_office(*id)?)));
    let mut lines: Vec<_> = known
        .map(|(id, office)| {
            let quantity = match per {
                "entry" => u32::try_from(office.entries.len()).unwrap_or(u32::MAX),
                _ => 1,
            };
            FeeLine {
                office: id,
                number: office.number,
                fee: FEE.to_owned(),
                quantity,
                amount: price * u64::from(quantity),
            }
        })
        .collect();
    lines.sort_by_key(|line| line.number);
    if per == "corporation" {
        lines.truncate(1);
    }
    Ok(lines)
}
