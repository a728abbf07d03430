//! The rules of a licence.

use super::checklist::{Checklist, Tick};
use super::contract::{Contract, Fee, Origin};
use super::listed::{self, Listed};
use super::state::{Record, State};
use super::{Command, Event, Refusal, files, moves};
use crate::Service;
use crate::decider::{Context, Decider, Known};
use crate::identifiers::{KjIdCheck, OfficeNumber};
use crate::rules::{Ask, Question, reckoned};
use crate::stream::{CorporationId, OfficeId, Stream};
use chrono::NaiveDate;

/// The decider of licences.
#[derive(Debug)]
pub enum Licence {}

impl Decider for Licence {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(_: &Stream, state: &State, command: &Command, _: &Known) -> Vec<Stream> {
        let own = state.known().map(|known| known.corporation);
        let own = own.filter(|_| match command {
            Command::Apply { .. }
            | Command::MoveOffice { .. }
            | Command::FollowOffice { .. }
            | Command::DropCheck { .. }
            | Command::ReverseFee { .. } => true,
            Command::Check { .. }
            | Command::TakeOver { .. }
            | Command::RequestDownload { .. }
            | Command::Grant { .. }
            | Command::ConfirmFee { .. }
            | Command::FileRenewal { .. }
            | Command::Renew { .. }
            | Command::Cancel {}
            | Command::CloseOffice { .. }
            | Command::OpenRenewal { .. }
            | Command::BeginYear { .. }
            | Command::Expire { .. }
            | Command::PassFee { .. } => false,
        });
        let streams = command.corporation().into_iter().chain(own);
        streams.map(Stream::Corporation).collect()
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        match (command, state) {
            (
                Command::Check {
                    corporation,
                    checklist,
                },
                state,
            ) => check(context, state, corporation, checklist),
            (
                Command::TakeOver {
                    corporation,
                    first_day,
                    last_day,
                    payment,
                    paid_in,
                    source,
                },
                state,
            ) => {
                let listed = Listed {
                    corporation,
                    number: subject(context.stream),
                    first_day,
                    last_day,
                    payment,
                    paid_in,
                    source,
                };
                listed::take_over(context, state, listed)
            }
            (Command::FollowOffice { corporation }, state) => {
                Ok(moves::follow_office(context, state, corporation))
            }
            (
                Command::CloseOffice { .. }
                | Command::OpenRenewal { .. }
                | Command::BeginYear { .. }
                | Command::Expire { .. }
                | Command::PassFee { .. },
                State::Unknown,
            ) => Ok(vec![]),
            (_, State::Unknown) => Err(Refusal::Unknown),
            (command, State::Known(known)) => on_record(context, known, command),
        }
    }

    fn evolve(state: State, event: &Event) -> State {
        super::evolve::evolve(state, event)
    }
}

fn on_record(
    context: &Context<'_>,
    known: &Record,
    command: Command,
) -> Result<Vec<Event>, Refusal> {
    let today = context.today;
    let only = |holds: bool, event: Event| Ok(holds.then_some(event).into_iter().collect());
    match command {
        Command::Check { .. } | Command::TakeOver { .. } | Command::FollowOffice { .. } => {
            Ok(vec![])
        }
        Command::DropCheck { reason } => {
            if reason.is_blank() {
                return Err(Refusal::Empty { field: "理由" });
            }
            let held = known.before_applying().ok_or(Refusal::NothingToDrop);
            let reason = context.remark(known.corporation, reason);
            held.map(|_| vec![Event::CheckDropped { reason }])
        }
        Command::RequestDownload {
            organisation,
            received_on,
        } => {
            not_to_come(context, received_on)?;
            if organisation.trim().is_empty() {
                return Err(Refusal::Empty { field: "団体名" });
            }
            let before = known
                .downloads
                .contains(&(organisation.clone(), received_on));
            let event = Event::DownloadRequested {
                organisation,
                received_on,
            };
            only(!before, event)
        }
        Command::Apply {
            office_name,
            representative,
            filing,
        } => files::apply(context, known, office_name, representative, filing),
        Command::Grant { on } => {
            let year = known.year().ok_or(Refusal::NotApplied)?;
            noticed(context, on, year.filed_on)?;
            let owed = year.origin == Origin::Application && year.awaits_notice();
            only(owed, Event::Granted { on })
        }
        Command::ConfirmFee {
            first_day,
            month,
            how,
        } => listed::confirm_fee(context, known, first_day, month, how),
        Command::ReverseFee { first_day, reason } => {
            listed::reverse_fee(context, known, first_day, reason)
        }
        Command::FileRenewal { filing } => files::file_renewal(context, known, filing),
        Command::Renew { on } => {
            // The notice may be entered after the year has begun.
            let renewed = |year: &&Contract| year.origin == Origin::Renewal;
            let begun = known.year().filter(renewed);
            let year = known.next.as_ref().or(begun).ok_or(Refusal::NotFiled)?;
            noticed(context, on, year.filed_on)?;
            only(year.awaits_notice(), Event::Renewed { on })
        }
        Command::Cancel {} => match known.year() {
            Some(_) => Err(Refusal::NotCancellable),
            None => Err(Refusal::NotApplied),
        },
        Command::MoveOffice { corporation } => moves::move_office(context, known, corporation),
        Command::CloseOffice { corporation, why } => {
            Ok(moves::close_office(known, corporation, why))
        }
        Command::OpenRenewal { on } => {
            let opens = known.opens_on() == Some(on) && on <= today;
            only(opens, Event::RenewalOpened { on })
        }
        Command::BeginYear { on } => {
            let next = known.next.as_ref();
            let begins = next.is_some_and(|next| next.term.first_day.on == on);
            only(begins && on <= today, Event::YearBegun { on })
        }
        Command::Expire { last_day } => {
            let expires = known.expires_after() == Some(last_day) && last_day < today;
            only(expires, Event::Expired { last_day })
        }
        Command::PassFee { first_day, fee_by } => {
            let year = known.beginning_on(first_day);
            let passes = year.is_some_and(|year| {
                year.fee == Fee::Expected && year.term.fee_by.on == fee_by && fee_by < today
            });
            only(passes, Event::FeeOverdue { first_day })
        }
    }
}

fn check(
    context: &Context<'_>,
    state: &State,
    corporation: CorporationId,
    checklist: Checklist,
) -> Result<Vec<Event>, Refusal> {
    let number = subject(context.stream);
    let known = state.known();
    if let Some(year) = known
        .filter(|known| known.expired.is_none())
        .and_then(Record::year)
    {
        return Err(Refusal::Active {
            last_day: year.term.last_day.on,
        });
    }
    let office = known_office(context, corporation, number)?;
    let confirmed = checklist.kj_id_confirmed == Tick::Yes;
    if let Some(kj_id) = checklist
        .kj_id
        .filter(|id| !confirmed && id.check(number) != KjIdCheck::Matches)
    {
        return Err(Refusal::KjIdDiffers { kj_id, number });
    }
    let service = Service::CareplanRenkei;
    let book = context.policy.book(service, context.today)?;
    let gaps = checklist.gaps(book, context.today)?;
    let said = known.and_then(|known| known.checked.as_ref());
    let held = known.and_then(Record::before_applying);
    if held.is_some_and(|before| {
        let holds = before.holds_until.as_ref().map(|until| until.on);
        before.checklist == checklist
            && before.gaps == gaps
            && holds.is_some_and(|until| context.today <= until)
    }) {
        return Ok(vec![]);
    }
    let ask = Ask::new(service, Question::Licence, context.today);
    let answer = reckoned(context.policy, &ask)?;
    // Asking once more does not set the federation another day.
    let asked_before = said.and_then(|before| before.id_expected_by.clone());
    let id_expected_by = match (checklist.kj_id, asked_before) {
        (Some(_), _) => None,
        (None, Some(before)) => Some(before),
        (None, None) => Some(answer.dated("id_expected_by")?),
    };
    Ok(vec![Event::Checked {
        corporation,
        office,
        number,
        checklist,
        gaps,
        id_expected_by,
        holds_until: Some(answer.dated("check_holds_until")?),
    }])
}

fn subject(stream: &Stream) -> OfficeNumber {
    let Stream::Licence(number) = stream else {
        panic!("a licence is decided on its own stream, not on {stream}");
    };
    *number
}

/// The corporation's office that has this number now.
pub(super) fn known_office(
    context: &Context<'_>,
    corporation: CorporationId,
    number: OfficeNumber,
) -> Result<OfficeId, Refusal> {
    context
        .known
        .corporation(corporation)
        .and_then(|state| state.registered())
        .filter(|corporation| corporation.merged_into.is_none())
        .and_then(|corporation| corporation.office_numbered(&number))
        .map(|(office, _)| office)
        .ok_or(Refusal::UnknownOffice { number })
}

fn noticed(
    context: &Context<'_>,
    on: NaiveDate,
    filed_on: Option<NaiveDate>,
) -> Result<(), Refusal> {
    not_to_come(context, on)?;
    match filed_on.filter(|after| on < *after) {
        Some(after) => Err(Refusal::TooEarly { on, after }),
        None => Ok(()),
    }
}

pub(super) fn not_to_come(context: &Context<'_>, on: NaiveDate) -> Result<(), Refusal> {
    if on > context.today {
        return Err(Refusal::DayNotCome {
            on,
            today: context.today,
        });
    }
    Ok(())
}
