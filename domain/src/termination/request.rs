//! What a form for an end must meet: the way, the window, what is left; and the papers that follow from it.

use super::Refusal;
use super::command::{Command, Request, Way};
use super::decide::subject;
use super::event::{Dates, EndOffice, EndPaper, Event, Scope};
use super::state::{End, Stage, State};
use crate::Service;
use crate::corporation::Registered;
use crate::dates::Month;
use crate::decider::Context;
use crate::enrolment::Registration;
use crate::intake::{Channel, Receipt};
use crate::poa::DueOf;
use crate::rules::{Answer, Ask, Question, reckoned};
use crate::stream::{OfficeId, PoaId};
use crate::transmission::{Entry, Standing};
use chrono::{Days, NaiveDate};

/// How many months after the one asked for are looked through for one that can be had.
const MONTHS_OFFERED: u32 = 12;

pub(super) fn request(
    context: &Context<'_>,
    state: &State,
    scope: Scope,
    request: Request,
    end_month: Month,
    open_returns: u32,
) -> Result<Vec<Event>, Refusal> {
    something_ends(context, scope)?;
    let receipt = by_form(context, request)?;
    if let Some(end) = standing(context, state, scope) {
        let again = end.receipt == receipt && end.month() == end_month && end.scope == scope;
        return match again {
            true => Ok(vec![]),
            false => Err(Refusal::AlreadyEnding {
                last_day: end.dates.last_day.on,
            }),
        };
    }
    if let Scope::Office(office) = scope {
        not_the_last(context, state, office)?;
    }
    let dates = in_window(context, end_month, receipt.on)?;
    not_before_last_claim(context, scope, end_month)?;
    let no = u32::try_from(state.ends.len()).expect("fewer ends than that") + 1;
    Ok(vec![Event::Requested {
        no,
        scope,
        papers: papers(context, scope, &dates, &[])?,
        receipt,
        dates,
        open_returns,
    }])
}

/// An end, and its withdrawal, come by the form alone, with its time.
fn by_form(context: &Context<'_>, request: Request) -> Result<Receipt, Refusal> {
    let (_, service) = subject(context.stream);
    let book = context.policy.book(service, context.today)?;
    let taken = book.words("termination.channels")?;
    if !taken.iter().any(|way| way == request.way.code()) {
        return Err(Refusal::FormOnly {
            way: request.way.label(),
        });
    }
    let at = request.at.ok_or(Refusal::TimeMissing)?;
    not_to_come(context, request.on)?;
    Ok(Receipt {
        on: request.on,
        at: Some(at),
        channel: match request.way {
            Way::Form => Channel::Form,
            Way::Mail => Channel::Mail,
            Way::Fax => Channel::Fax,
            Way::Post => Channel::Post,
            Way::Phone | Way::Hand => Channel::Hand,
        },
        number: request.number,
        proof: None,
    })
}

fn not_to_come(context: &Context<'_>, on: NaiveDate) -> Result<(), Refusal> {
    match on > context.today {
        true => Err(Refusal::WrongDay {
            on,
            today: context.today,
        }),
        false => Ok(()),
    }
}

/// The end that is filed already of what is used now: the same one, else the earliest that ends it too.
fn standing<'a>(context: &Context<'_>, state: &'a State, scope: Scope) -> Option<&'a End> {
    let ends = || {
        let ends = state.standing().filter(|end| end.covers(scope));
        ends.filter(|end| !used_again(context, end, scope))
    };
    ends()
        .find(|end| end.scope == scope)
        .or_else(|| ends().min_by_key(|end| end.dates.last_day.on))
}

/// Whether an end is over and done, so that what is used now is a later use: an office whose agent was released may
/// apply again, one that ended may be entered again.
fn used_again(context: &Context<'_>, end: &End, scope: Scope) -> bool {
    let (_, service) = subject(context.stream);
    match service {
        Service::CareNetMessenger => end.stage == Stage::Ended && end.released(),
        Service::HonobonoMini2 | Service::CareplanRenkei => {
            used_since(context, scope).is_some_and(|since| end.dates.last_day.on < since)
        }
    }
}

/// The day on which the present use began.
fn used_since(context: &Context<'_>, scope: Scope) -> Option<NaiveDate> {
    let trial = &registration(context)?.trial;
    match scope.office() {
        None => Some(trial.receipt.on),
        Some(office) => trial.entered_on.get(&office).copied(),
    }
}

/// The corporation, if it is registered and the service is one that is ended.
pub(super) fn customer<'a>(context: &Context<'a>) -> Result<&'a Registered, Refusal> {
    let (corporation, service) = subject(context.stream);
    let known = context
        .known
        .corporation(corporation)
        .and_then(|state| state.registered())
        .filter(|corporation| corporation.merged_into.is_none())
        .ok_or(Refusal::UnknownCorporation)?;
    match service {
        Service::CareplanRenkei => Err(Refusal::LicenceRunsOut),
        Service::HonobonoMini2 | Service::CareNetMessenger => Ok(known),
    }
}

/// A registered corporation, or an office that transmits or will.
pub(super) fn something_ends(context: &Context<'_>, scope: Scope) -> Result<(), Refusal> {
    let (_, service) = subject(context.stream);
    let known = customer(context)?;
    let used = match (service, scope) {
        (Service::HonobonoMini2, Scope::Whole) => registered(context).is_some(),
        (Service::HonobonoMini2, Scope::Office(office)) => {
            registered(context).is_some_and(|offices| offices.contains(&office))
                || entries(context, scope).any(Entry::is_transferred)
        }
        (_, Scope::Number { office, number }) => {
            if known
                .office(office)
                .is_some_and(|held| held.number == number)
            {
                return Err(Refusal::NumberHolds { number });
            }
            entries(context, scope).next().is_some()
        }
        (Service::CareNetMessenger, Scope::Whole | Scope::Office(_)) => {
            entries(context, scope).next().is_some()
        }
        (Service::CareplanRenkei, _) => false,
    };
    match used {
        true => Ok(()),
        false => Err(Refusal::NothingToEnd),
    }
}

/// The offices of the corporation's 本登録.
fn registered<'a>(context: &Context<'a>) -> Option<&'a std::collections::BTreeSet<OfficeId>> {
    registration(context).map(|registration| &registration.trial.offices)
}

fn registration<'a>(context: &Context<'a>) -> Option<&'a Registration> {
    let (corporation, service) = subject(context.stream);
    let state = context.known.enrolment(corporation, service)?;
    state.registration()
}

/// The corporation's last office is ended by the form that ends the whole use.
fn not_the_last(context: &Context<'_>, state: &State, office: OfficeId) -> Result<(), Refusal> {
    // What went to another corporation is not among the offices any more.
    let offices = registered(context).filter(|offices| offices.contains(&office));
    let Some(offices) = offices else {
        return Ok(());
    };
    let stays = offices
        .iter()
        .any(|other| *other != office && standing(context, state, Scope::Office(*other)).is_none());
    match stays {
        true => Ok(()),
        false => Err(Refusal::LastOffice),
    }
}

/// A number that was replaced is needed until the claims of its last month are transmitted.
fn not_before_last_claim(
    context: &Context<'_>,
    scope: Scope,
    end_month: Month,
) -> Result<(), Refusal> {
    const LATER: &str = "claims.months_after";
    let Scope::Number { office, number } = scope else {
        return Ok(());
    };
    let (corporation, service) = subject(context.stream);
    let book = context.policy.book(service, context.today)?;
    let any = book.choice("situation.old_number_ends")? == "any";
    let replaced = context
        .known
        .corporation(corporation)
        .and_then(|state| state.registered()?.offices.get(&office))
        .and_then(|office| office.replaced_on.get(&number));
    // A book that was published before there was such a rule says nothing of it.
    let Some(first_without) = replaced.filter(|_| !any && book.slot(LATER).is_ok()) else {
        return Ok(());
    };
    let last_served = Month::of(*first_without - Days::new(1));
    let last_claim = last_served.plus(book.months(LATER)?);
    match end_month < last_claim {
        true => Err(Refusal::BeforeLastClaim { last_claim }),
        false => Ok(()),
    }
}

pub(super) fn asked(context: &Context<'_>, month: Month, on: NaiveDate) -> Result<Answer, Refusal> {
    let (_, service) = subject(context.stream);
    let ask = Ask::new(service, Question::Termination, month.first_day()).decided_on(on);
    Ok(reckoned(context.policy, &ask)?)
}

/// The dates of the end month, if the form came in its window.
fn in_window(context: &Context<'_>, month: Month, on: NaiveDate) -> Result<Dates, Refusal> {
    let answer = asked(context, month, on)?;
    let from = answer.date("apply_from")?;
    if on < from {
        return Err(Refusal::TooEarly { from });
    }
    let cutoff = answer.dated("apply_by")?;
    if on > cutoff.on {
        for later in 1..=MONTHS_OFFERED {
            let offered = Month::of(on).plus(later - 1);
            if asked(context, offered, on)?.date("apply_by")? >= on {
                return Err(Refusal::CutoffPassed {
                    cutoff: cutoff.on,
                    offered,
                });
            }
        }
    }
    Ok(Dates {
        last_day: answer.dated("login_last_day")?,
        cutoff,
        last_debit_on: answer.dated("last_debit_on")?,
        release_from: answer.dated("agent_release_from")?,
    })
}

/// The applications of what ends that have not left.
fn entries<'a>(context: &Context<'a>, scope: Scope) -> impl Iterator<Item = &'a Entry> {
    let (corporation, service) = subject(context.stream);
    let state = context.known.transmission(corporation, service);
    let concerned = move |entry: &&Entry| match scope {
        Scope::Whole => true,
        Scope::Office(office) => entry.office == office,
        Scope::Number { office, number } => entry.office == office && entry.number == number,
    };
    state
        .into_iter()
        .flat_map(|state| &state.entries)
        .filter(|entry| !entry.has_left())
        .filter(concerned)
}

/// An end 委任状 for each office that transmits and has none yet. It is back by the date of the papers that are filed in the
/// month of the release.
pub(super) fn papers(
    context: &Context<'_>,
    scope: Scope,
    dates: &Dates,
    known: &[PoaId],
) -> Result<Vec<EndPaper>, Refusal> {
    let (_, service) = subject(context.stream);
    let book = context.policy.book(service, context.today)?;
    if !book.flag("termination.poa_required")? {
        return Ok(vec![]);
    }
    let month = Month::of(dates.release_from.on).next();
    let mut papers = vec![];
    for entry in entries(context, scope) {
        let (Standing::Started { credential, .. }, Some(kj_id)) = (&entry.standing, entry.kj_id)
        else {
            continue;
        };
        let poa = PoaId::of_end(
            entry.application,
            entry.office,
            Month::of(dates.last_day.on),
        );
        if known.contains(&poa) {
            continue;
        }
        let prefecture = entry.number.prefecture();
        let ask = Ask::new(service, Question::TransmissionMonth, month.first_day())
            .in_prefecture(prefecture)
            .decided_on(context.today);
        let due = reckoned(context.policy, &ask)?;
        let way = Ask::new(service, Question::Dispatch, context.today).in_prefecture(prefecture);
        papers.push(EndPaper {
            office: entry.office,
            number: entry.number,
            kj_id,
            application: entry.application,
            credential: *credential,
            poa,
            dates: DueOf {
                start: dates.release_from.clone(),
                due: due.dated("poa_due")?,
                federation_date: due.dated("federation_date")?,
            },
            dispatch_by: reckoned(context.policy, &way)?.dated("dispatch_by")?,
        });
    }
    Ok(papers)
}

/// The offices that transmit and have no end 委任状, where the rules ask for none.
pub(super) fn without_paper(
    context: &Context<'_>,
    scope: Scope,
    dates: &Dates,
    known: &[PoaId],
) -> Result<Vec<EndOffice>, Refusal> {
    let (_, service) = subject(context.stream);
    let book = context.policy.book(service, context.today)?;
    if book.flag("termination.poa_required")? {
        return Ok(vec![]);
    }
    let month = Month::of(dates.last_day.on);
    let without = entries(context, scope).filter_map(|entry| {
        let Standing::Started { credential, .. } = entry.standing else {
            return None;
        };
        let poa = PoaId::of_end(entry.application, entry.office, month);
        (!known.contains(&poa)).then_some(EndOffice {
            office: entry.office,
            number: entry.number,
            application: entry.application,
            credential,
        })
    });
    Ok(without.collect())
}

pub(super) fn withdraw(
    context: &Context<'_>,
    end: &End,
    request: Request,
) -> Result<Vec<Event>, Refusal> {
    match end.stage {
        Stage::Filed => {}
        Stage::Withdrawn => return Ok(vec![]),
        Stage::Ended => return Err(Refusal::NotOpen),
    }
    let receipt = by_form(context, request)?;
    if receipt.on < end.receipt.on {
        return Err(Refusal::WrongDay {
            on: receipt.on,
            today: context.today,
        });
    }
    let (_, service) = subject(context.stream);
    let book = context.policy.book(service, context.today)?;
    let cutoff = end.dates.cutoff.on;
    let too_late = receipt.on > cutoff;
    if too_late || book.choice("termination.withdrawable_until")? == "never" {
        return Err(Refusal::NotWithdrawable { cutoff });
    }
    Ok(vec![Event::Withdrawn {
        no: end.no,
        receipt,
    }])
}

impl Command {
    /// Whether deciding it needs the corporation, its registration and its applications.
    pub(super) const fn looks_around(&self) -> bool {
        match self {
            Self::Request { .. } | Self::EndUse { .. } | Self::CarryOver { .. } => true,
            Self::Withdraw { .. }
            | Self::CountReturns { .. }
            | Self::PassLastDebit { .. }
            | Self::NoteFees { .. }
            | Self::ReleaseDue { .. }
            | Self::NotePaper { .. } => false,
        }
    }
}
