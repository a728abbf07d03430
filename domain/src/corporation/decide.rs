//! The rules of a corporation.

use super::{Command, Contact, Event, NewEntry, NewOffice, Office, Refusal, Registered, State};
use super::{Kept, Mandate, carry_over, destination, erasure, mandate, transfer};
use crate::decider::{Context, Decider, Known};
use crate::stream::{CorporationId, OfficeId, Stream};

/// The decider of corporations.
#[derive(Debug)]
pub enum Corporation {}

impl Decider for Corporation {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(stream: &Stream, _: &State, command: &Command, _: &Known) -> Vec<Stream> {
        match command {
            Command::MergeInto { corporation } => vec![Stream::Corporation(*corporation)],
            Command::TransferOffice { to, .. } => transfer::needs(stream, *to),
            Command::EraseTexts { .. } | Command::ReviewAccount { .. } => erasure::needs(stream),
            Command::Register { .. }
            | Command::AddOffices { .. }
            | Command::AssignNumber { .. }
            | Command::Unmerge {}
            | Command::ChangeName { .. }
            | Command::SetContact { .. }
            | Command::SetDestination { .. }
            | Command::RenumberOffice { .. }
            | Command::RemoveOffice { .. }
            | Command::ReceiveOffice { .. }
            | Command::NoteContinued { .. }
            | Command::DeclineUse { .. }
            | Command::NeedMandate { .. }
            | Command::Mandate(_) => vec![],
            Command::CarryOverMandate(_) => vec![Stream::Installation],
        }
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        match (command, state) {
            (
                Command::Register {
                    number,
                    name,
                    external_refs,
                    source,
                    warnings,
                },
                State::Unknown,
            ) => Ok(vec![Event::Registered {
                number,
                name,
                external_refs,
                source,
                warnings,
            }]),
            (Command::Register { .. }, State::Registered(_)) => Ok(vec![]),
            (_, State::Unknown) => Err(Refusal::Unknown),
            (Command::EraseTexts { reason }, State::Registered(known)) => {
                erasure::erase(context, known, reason)
            }
            (Command::ReviewAccount { until }, State::Registered(known)) => {
                erasure::review(context, known, until)
            }
            (Command::Unmerge {}, State::Registered(known)) => Ok(known
                .merged_into
                .map(|_| Event::Unmerged {})
                .into_iter()
                .collect()),
            (command, State::Registered(known)) => match known.merged_into {
                Some(into) if !command.is_for_merged(into) => Err(Refusal::Merged { into }),
                _ => change(context, known, command),
            },
        }
    }

    fn evolve(state: State, event: &Event) -> State {
        match (state, event) {
            (
                State::Unknown,
                Event::Registered {
                    number,
                    name,
                    external_refs,
                    warnings,
                    source: _,
                },
            ) => State::Registered(Box::new(Registered {
                number: *number,
                name: name.clone(),
                external_refs: external_refs.clone(),
                merged_into: None,
                contact: None,
                destination: Default::default(),
                erasures: 0,
                account_erasures: 0,
                kept: None,
                mandate: None,
                warnings: warnings.clone(),
                offices: Default::default(),
                received: Default::default(),
            })),
            (State::Unknown, _) => State::Unknown,
            (State::Registered(mut known), event) => {
                known.note(event);
                State::Registered(known)
            }
        }
    }
}

fn change(
    context: &Context<'_>,
    known: &Registered,
    command: Command,
) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Register { .. }
        | Command::Unmerge {}
        | Command::EraseTexts { .. }
        | Command::ReviewAccount { .. } => Ok(vec![]),
        Command::AddOffices { offices } => Ok(offices
            .into_iter()
            .flat_map(|office| known.add(office))
            .collect()),
        Command::AssignNumber { number } => match &known.number {
            None => Ok(vec![Event::NumberAssigned { number }]),
            Some(assigned) if *assigned == number => Ok(vec![]),
            Some(assigned) => Err(Refusal::NumberAssigned { number: *assigned }),
        },
        Command::MergeInto { corporation } if known.merged_into == Some(corporation) => Ok(vec![]),
        Command::MergeInto { corporation } => merge(context, corporation),
        Command::ChangeName { name } => Ok((known.name != name)
            .then_some(Event::NameChanged { name })
            .into_iter()
            .collect()),
        Command::SetContact { contact } => {
            let contact = match (context.stream, known.erasures) {
                (Stream::Corporation(id), erasures @ 1..) => {
                    contact.sealed_under(&Contact::subject(*id, erasures))
                }
                (_, _) => contact,
            };
            Ok((known.contact.as_ref() != Some(&contact))
                .then_some(Event::ContactSet { contact })
                .into_iter()
                .collect())
        }
        Command::SetDestination { destination } => Ok(destination::set(known, destination)),
        Command::RenumberOffice { office, number, on } => {
            let current = known
                .office(office)
                .ok_or(Refusal::UnknownOffice { office })?;
            if current.number == number {
                return Ok(vec![]);
            }
            if known.office_numbered(&number).is_some() {
                return Err(Refusal::NumberTaken { number });
            }
            Ok(vec![Event::OfficeRenumbered {
                office,
                from: current.number,
                to: number,
                on,
            }])
        }
        Command::RemoveOffice { office, reason } => match known.offices.get(&office) {
            None => Err(Refusal::UnknownOffice { office }),
            Some(office) if office.removed.is_some() => Ok(vec![]),
            Some(_) => {
                let reason = known.remark(context, reason);
                Ok(vec![Event::OfficeRemoved { office, reason }])
            }
        },
        Command::TransferOffice {
            office,
            to,
            on,
            reason,
        } => transfer::transfer(context, known, office, to, on, reason),
        Command::ReceiveOffice { from, handed } => transfer::receive(known, from, handed),
        Command::NoteContinued {
            offices,
            what,
            since,
        } => Ok(transfer::note_continued(known, &offices, what, since)),
        Command::DeclineUse { office, reason } => {
            transfer::decline_use(context, known, office, reason)
        }
        Command::NeedMandate { service, charged } => {
            mandate::need(context, known, service, charged)
        }
        Command::Mandate(command) => mandate::step(context, known, command),
        Command::CarryOverMandate(carried) => carry_over::carry_over(context, known, carried),
    }
}

fn merge(context: &Context<'_>, into: CorporationId) -> Result<Vec<Event>, Refusal> {
    if *context.stream == Stream::Corporation(into) {
        return Err(Refusal::IntoItself);
    }
    context
        .known
        .corporation(into)
        .and_then(|state| state.registered())
        .filter(|target| target.merged_into.is_none())
        .ok_or(Refusal::TargetUnknown { corporation: into })?;
    Ok(vec![Event::MergedInto { corporation: into }])
}

impl Registered {
    /// The events that make `office` and its service kinds known.
    fn add(&self, office: NewOffice) -> Vec<Event> {
        let NewOffice {
            number,
            entries,
            warnings,
        } = office;
        let id = self
            .office_numbered(&number)
            .map_or_else(|| OfficeId::of_number(number.as_str()), |(id, _)| id);
        let mut entries = entries.into_iter();
        let mut events = Vec::new();
        if self.office(id).is_none() {
            let Some(NewEntry { entry, source }) = entries.next() else {
                return events;
            };
            events.push(Event::OfficeAdded {
                office: id,
                number,
                entry,
                source,
                warnings,
            });
        }
        events.extend(entries.filter_map(|NewEntry { entry, source }| {
            let present = self.office(id).and_then(|office| office.entry(&entry.kind));
            match present {
                None => Some(Event::EntryAdded {
                    office: id,
                    entry,
                    source,
                }),
                Some(present) if *present == entry => None,
                Some(_) => Some(Event::EntryChanged {
                    office: id,
                    entry,
                    source,
                }),
            }
        }));
        events
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Registered { .. } => {}
            Event::NumberAssigned { number } => self.number = Some(*number),
            Event::MergedInto { corporation } => self.merged_into = Some(*corporation),
            Event::Unmerged {} => self.merged_into = None,
            Event::NameChanged { name } => self.name.clone_from(name),
            Event::TextsErased { subjects, .. } => self.forget(subjects),
            Event::AccountKept { why, until } => {
                let (why, until) = (*why, until.clone());
                self.kept = Some(Kept { why, until });
            }
            Event::ContactSet { contact } => self.contact = Some(contact.clone()),
            Event::DestinationSet { destination } => self.destination.clone_from(destination),
            Event::OfficeAdded {
                office,
                number,
                entry,
                warnings,
                source: _,
            } => {
                let former = self.offices.remove(office);
                let office_now = Office {
                    number: *number,
                    replaced_on: former
                        .as_ref()
                        .map(|office| office.replaced_on.clone())
                        .unwrap_or_default(),
                    former_numbers: former
                        .map(|office| office.former_numbers)
                        .unwrap_or_default(),
                    entries: vec![entry.clone()],
                    warnings: warnings.clone(),
                    removed: None,
                    transferred: None,
                };
                self.offices.insert(*office, office_now);
            }
            Event::EntryAdded { office, entry, .. } => {
                if let Some(office) = self.offices.get_mut(office) {
                    office.entries.push(entry.clone());
                }
            }
            Event::EntryChanged { office, entry, .. } => {
                if let Some(present) = self
                    .offices
                    .get_mut(office)
                    .and_then(|office| office.entries.iter_mut().find(|e| e.kind == entry.kind))
                {
                    *present = entry.clone();
                }
            }
            Event::OfficeRenumbered {
                office,
                from,
                to,
                on,
            } => {
                if let Some(office) = self.offices.get_mut(office) {
                    office.former_numbers.push(*from);
                    office.replaced_on.insert(*from, *on);
                    office.number = *to;
                }
            }
            Event::OfficeRemoved { office, reason } => {
                if let Some(office) = self.offices.get_mut(office) {
                    office.removed = Some(reason.clone());
                }
            }
            Event::OfficeTransferred { .. }
            | Event::OfficeReceived { .. }
            | Event::OfficeContinued { .. }
            | Event::OfficeUseDeclined { .. } => self.note_transfer(event),
            Event::MandateNeeded { .. }
            | Event::MandateSent { .. }
            | Event::MandateReturned { .. }
            | Event::MandateHandedToBank { .. }
            | Event::MandateRegistered { .. }
            | Event::MandateDefective { .. }
            | Event::MandateBroken { .. }
            | Event::MandateCarriedOver { .. }
            | Event::MandateCalledOff {} => Mandate::note(&mut self.mandate, event),
        }
    }
}
