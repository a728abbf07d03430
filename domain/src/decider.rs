//! The contract of every workflow noun, on one screen.
//!
//! A noun *decides* (state + command + context → events, or a refusal) and *evolves* (state + event
//! → state). Both are pure: the day, the rules and what other streams hold are arguments.

use crate::corporation::remark_subject;
use crate::dates::Month;
use crate::nouns::State;
use crate::personal::{Personal, Typed};
use crate::rules::Policy;
use crate::stream::{CorporationId, LetterId, PoaId, Stream};
use crate::{
    Service, agent, attachment, billing, corporation, credential, debit_batch, dispatch, enrolment,
    installation, office_day, poa, termination, transmission,
};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A workflow noun.
pub trait Decider {
    /// What is known of one thing after its events so far.
    type State: Default;
    /// What somebody asks for.
    type Command;
    /// What was decided, as it is recorded.
    type Event;
    /// "No", with the reason.
    type Refusal;

    /// The other streams that deciding `command` must know. Asked again with what was gathered until
    /// it names nothing new.
    fn needs(
        stream: &Stream,
        state: &Self::State,
        command: &Self::Command,
        known: &Known,
    ) -> Vec<Stream>;

    /// The events that follow from the command; none when what it asks for already holds.
    fn decide(
        context: &Context<'_>,
        state: &Self::State,
        command: Self::Command,
    ) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// The state after `event`.
    fn evolve(state: Self::State, event: &Self::Event) -> Self::State;
}

/// What a decision may know beside the state of its own stream.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The stream that is decided on.
    pub stream: &'a Stream,
    /// The open business day.
    pub today: NaiveDate,
    /// The rule books and calendars in force.
    pub policy: &'a Policy,
    /// The other streams, folded.
    pub known: &'a Known,
}

impl Context<'_> {
    /// What a person typed about something of this corporation, as it is recorded: under a key that goes when its people ask
    /// to be forgotten. Deciding must know the corporation: what is typed after that has a key of its own.
    pub(crate) fn remark(&self, corporation: CorporationId, typed: Typed) -> Personal {
        let known = self.known.corporation(corporation);
        let known = known.and_then(|state| state.registered());
        let erasures = known.map_or(0, |known| known.erasures);
        typed.about(remark_subject(corporation, erasures))
    }

    /// What a person typed about something that is no corporation's: under a key of the stream's own.
    pub(crate) fn own_remark(&self, typed: Typed) -> Personal {
        typed.about(Personal::subject_of(self.stream))
    }
}

/// The folded states of the streams that a decision named as needed. A stream without events is
/// known as its default state.
#[derive(Clone, Debug, Default)]
pub struct Known(BTreeMap<Stream, Arc<State>>);

impl Known {
    /// Adds a stream as it was folded from the log.
    pub fn insert(&mut self, stream: Stream, state: impl Into<Arc<State>>) {
        self.0.insert(stream, state.into());
    }

    /// Whether the stream was gathered.
    pub fn contains(&self, stream: &Stream) -> bool {
        self.0.contains_key(stream)
    }

    /// A stream's state, if it was gathered.
    pub fn state(&self, stream: &Stream) -> Option<&State> {
        self.0.get(stream).map(|state| &**state)
    }

    /// The pool of billing agents' IDs, if it was gathered.
    pub fn agents(&self) -> Option<&agent::State> {
        let State::Agent(state) = self.state(&Stream::Agents)? else {
            return None;
        };
        Some(state)
    }

    /// What was attached to the cases of a stream, if it was gathered.
    pub fn attached_to(&self, stream: &Stream) -> Option<&attachment::State> {
        let State::Attachment(state) = self.state(&Stream::attached_to(stream))? else {
            return None;
        };
        Some(state)
    }

    /// The corporation, if it was gathered.
    pub fn corporation(&self, id: CorporationId) -> Option<&corporation::State> {
        let State::Corporation(state) = self.state(&Stream::Corporation(id))? else {
            return None;
        };
        Some(state)
    }

    /// The enrolment, if it was gathered.
    pub fn enrolment(&self, id: CorporationId, service: Service) -> Option<&enrolment::State> {
        let State::Enrolment(state) = self.state(&Stream::Enrolment(id, service))? else {
            return None;
        };
        Some(state)
    }

    /// The transmission applications, if they were gathered.
    pub fn transmission(
        &self,
        id: CorporationId,
        service: Service,
    ) -> Option<&transmission::State> {
        let State::Transmission(state) = self.state(&Stream::Transmission(id, service))? else {
            return None;
        };
        Some(state)
    }

    /// The ends of the service, if they were gathered.
    pub fn termination(&self, id: CorporationId, service: Service) -> Option<&termination::State> {
        let State::Termination(state) = self.state(&Stream::Termination(id, service))? else {
            return None;
        };
        Some(state)
    }

    /// The 委任状, if it was gathered.
    pub fn poa(&self, id: PoaId) -> Option<&poa::State> {
        let State::Poa(state) = self.state(&Stream::Poa(id))? else {
            return None;
        };
        Some(state)
    }

    /// The ID/PW, if it was gathered.
    pub fn credential(&self, id: crate::stream::CredentialId) -> Option<&credential::State> {
        let State::Credential(state) = self.state(&Stream::Credential(id))? else {
            return None;
        };
        Some(state)
    }

    /// The letter, if it was gathered.
    pub fn dispatch(&self, id: LetterId) -> Option<&dispatch::State> {
        let State::Dispatch(state) = self.state(&Stream::Dispatch(id))? else {
            return None;
        };
        Some(state)
    }

    /// The corporation's ledger, if it was gathered.
    pub fn billing(&self, id: CorporationId) -> Option<&billing::State> {
        let State::Billing(state) = self.state(&Stream::Billing(id))? else {
            return None;
        };
        Some(state)
    }

    /// The debit batch of a month, if it was gathered.
    pub fn debit_batch(&self, month: Month) -> Option<&debit_batch::State> {
        let State::DebitBatch(state) = self.state(&Stream::DebitBatch(month))? else {
            return None;
        };
        Some(state)
    }

    /// The installation, if it was gathered.
    pub fn installation(&self) -> Option<&installation::State> {
        let State::Installation(state) = self.state(&Stream::Installation)? else {
            return None;
        };
        Some(state)
    }

    /// The calendar day, if it was gathered.
    pub fn office_day(&self, date: NaiveDate) -> Option<&office_day::State> {
        let State::OfficeDay(state) = self.state(&Stream::OfficeDay(date))? else {
            return None;
        };
        Some(state)
    }
}
