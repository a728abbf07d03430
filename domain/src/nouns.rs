//! The list of nouns: one command, one event, one state and one refusal over all of them, so that the
//! log, the read models and the workers are written once.

use crate::decider::{Context, Decider, Known};
use crate::stream::{Noun, Stream};
use crate::waiting::Deadline;
use crate::{
    agent, attachment, billing, corporation, credential, debit_batch, dispatch, enrolment,
    installation, licence, mail, office_day, poa, rulebook, schedule, staff, termination,
    transmission,
};
use serde::{Deserialize, Serialize};

macro_rules! nouns {
    ($($noun:ident = $module:ident;)*) => {
        /// What is asked of one thing.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub struct Command {
            /// The thing.
            pub stream: Stream,
            /// What is asked.
            pub action: Action,
        }

        /// What can be asked, by noun.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "each noun is documented by its module")]
        pub enum Action { $($noun($module::Command),)* }

        /// What happened, by noun.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "each noun is documented by its module")]
        pub enum Event { $($noun($module::Event),)* }

        /// What is known of one thing, by noun.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "each noun is documented by its module")]
        pub enum State { $($noun($module::State),)* }

        /// Why something is refused, by noun.
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        #[expect(missing_docs, reason = "each noun is documented by its module")]
        pub enum Refusal { $(#[error(transparent)] $noun(#[from] $module::Refusal),)* }

        impl State {
            /// What is known of a thing without events.
            pub fn initial(noun: Noun) -> Self {
                match noun { $(Noun::$noun => Self::$noun(Default::default()),)* }
            }

            /// The noun.
            pub const fn noun(&self) -> Noun {
                match self { $(Self::$noun(_) => Noun::$noun,)* }
            }

            /// The state after `event`.
            ///
            /// # Panics
            /// When state and event are of different nouns: a stream holds one noun's events alone.
            #[must_use]
            pub fn evolve(self, event: &Event) -> Self {
                match (self, event) {
                    $((Self::$noun(state), Event::$noun(event)) => {
                        Self::$noun(<$module::$noun as Decider>::evolve(state, event))
                    })*
                    (state, event) => panic!(
                        "a {} stream holds a {} event",
                        state.noun().code(),
                        event.noun().code()
                    ),
                }
            }
        }

        impl Event {
            /// The noun.
            pub const fn noun(&self) -> Noun {
                match self { $(Self::$noun(_) => Noun::$noun,)* }
            }
        }

        impl Command {
            /// The other streams that deciding this command must know.
            pub fn needs(&self, state: &State, known: &Known) -> Vec<Stream> {
                match (&self.action, state) {
                    $((Action::$noun(command), State::$noun(state)) => {
                        <$module::$noun as Decider>::needs(&self.stream, state, command, known)
                    })*
                    (_, state) => panic!(
                        "a command for {} meets a {}",
                        self.stream,
                        state.noun().code()
                    ),
                }
            }

            /// The events that follow, or the refusal.
            ///
            /// # Errors
            /// The noun's refusal.
            ///
            /// # Panics
            /// When the state is of another noun than the command.
            pub fn decide(self, context: &Context<'_>, state: &State) -> Result<Vec<Event>, Refusal> {
                match (self.action, state) {
                    $((Action::$noun(command), State::$noun(state)) => {
                        let events = <$module::$noun as Decider>::decide(context, state, command)?;
                        Ok(events.into_iter().map(Event::$noun).collect())
                    })*
                    (_, state) => panic!(
                        "a command for {} meets a {}",
                        self.stream,
                        state.noun().code()
                    ),
                }
            }
        }
    };
}

nouns! {
    Corporation = corporation;
    Enrolment = enrolment;
    Transmission = transmission;
    Poa = poa;
    Credential = credential;
    Licence = licence;
    Billing = billing;
    DebitBatch = debit_batch;
    Termination = termination;
    OfficeDay = office_day;
    Schedule = schedule;
    Staff = staff;
    Rulebook = rulebook;
    Installation = installation;
    Dispatch = dispatch;
    Mail = mail;
    Attachment = attachment;
    Agent = agent;
}

macro_rules! addressed {
    ($($function:ident, $noun:ident, $module:ident;)*) => {
        impl Command {$(
            /// The command, addressed to a stream of its noun.
            pub fn $function(stream: &Stream, command: $module::Command) -> Self {
                debug_assert_eq!(stream.noun(), Noun::$noun);
                Self { stream: stream.clone(), action: Action::$noun(command) }
            }
        )*}
    };
}

addressed! {
    corporation, Corporation, corporation;
    enrolment, Enrolment, enrolment;
    transmission, Transmission, transmission;
    poa, Poa, poa;
    credential, Credential, credential;
    licence, Licence, licence;
    billing, Billing, billing;
    debit_batch, DebitBatch, debit_batch;
    termination, Termination, termination;
    office_day, OfficeDay, office_day;
    schedule, Schedule, schedule;
    staff, Staff, staff;
    rulebook, Rulebook, rulebook;
    installation, Installation, installation;
    dispatch, Dispatch, dispatch;
    mail, Mail, mail;
    attachment, Attachment, attachment;
    agent, Agent, agent;
}

impl State {
    /// What is sent on behalf of this thing when a date comes.
    pub fn deadlines(&self, stream: &Stream) -> Vec<Deadline> {
        match self {
            Self::Corporation(state) => state.deadlines(stream),
            Self::Enrolment(state) => state.deadlines(stream),
            Self::Transmission(state) => state.deadlines(stream),
            Self::Poa(state) => state.deadlines(stream),
            Self::Licence(state) => state.deadlines(stream),
            Self::Billing(state) => state.deadlines(stream),
            Self::Termination(state) => state.deadlines(stream),
            Self::Credential(_)
            | Self::DebitBatch(_)
            | Self::OfficeDay(_)
            | Self::Schedule(_)
            | Self::Staff(_)
            | Self::Rulebook(_)
            | Self::Installation(_)
            | Self::Dispatch(_)
            | Self::Mail(_)
            | Self::Attachment(_)
            | Self::Agent(_) => vec![],
        }
    }
}

impl Refusal {
    /// Every code there is, for the test that looks for each one's runbook page.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        [
            corporation::Refusal::CODES,
            enrolment::Refusal::CODES,
            transmission::Refusal::CODES,
            poa::Refusal::CODES,
            credential::Refusal::CODES,
            licence::Refusal::CODES,
            billing::Refusal::CODES,
            debit_batch::Refusal::CODES,
            termination::Refusal::CODES,
            office_day::Refusal::CODES,
            staff::Refusal::CODES,
            rulebook::Refusal::CODES,
            installation::Refusal::CODES,
            dispatch::Refusal::CODES,
            mail::Refusal::CODES,
            attachment::Refusal::CODES,
            agent::Refusal::CODES,
        ]
        .into_iter()
        .flatten()
        .copied()
    }

    /// The stable code that integrations match on.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Corporation(refusal) => refusal.code(),
            Self::Enrolment(refusal) => refusal.code(),
            Self::Transmission(refusal) => refusal.code(),
            Self::Poa(refusal) => refusal.code(),
            Self::Credential(refusal) => refusal.code(),
            Self::Licence(refusal) => refusal.code(),
            Self::Billing(refusal) => refusal.code(),
            Self::DebitBatch(refusal) => refusal.code(),
            Self::Termination(refusal) => refusal.code(),
            Self::OfficeDay(refusal) => refusal.code(),
            Self::Staff(refusal) => refusal.code(),
            Self::Rulebook(refusal) => refusal.code(),
            Self::Schedule(refusal) => match *refusal {},
            Self::Installation(refusal) => refusal.code(),
            Self::Dispatch(refusal) => refusal.code(),
            Self::Mail(refusal) => refusal.code(),
            Self::Attachment(refusal) => refusal.code(),
            Self::Agent(refusal) => refusal.code(),
        }
    }

    /// The sentence for the clerk. `Display` has it in English.
    pub fn sentence(&self) -> String {
        match self {
            Self::Corporation(refusal) => refusal.sentence(),
            Self::Enrolment(refusal) => refusal.sentence(),
            Self::Transmission(refusal) => refusal.sentence(),
            Self::Poa(refusal) => refusal.sentence(),
            Self::Credential(refusal) => refusal.sentence(),
            Self::Licence(refusal) => refusal.sentence(),
            Self::Billing(refusal) => refusal.sentence(),
            Self::DebitBatch(refusal) => refusal.sentence(),
            Self::Termination(refusal) => refusal.sentence(),
            Self::OfficeDay(refusal) => refusal.sentence(),
            Self::Staff(refusal) => refusal.sentence(),
            Self::Rulebook(refusal) => refusal.sentence(),
            Self::Schedule(refusal) => match *refusal {},
            Self::Installation(refusal) => refusal.sentence(),
            Self::Dispatch(refusal) => refusal.sentence(),
            Self::Mail(refusal) => refusal.sentence(),
            Self::Attachment(refusal) => refusal.sentence(),
            Self::Agent(refusal) => refusal.sentence(),
        }
    }
}
