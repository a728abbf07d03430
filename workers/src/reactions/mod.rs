//! What one thing's event asks of another thing: one file per reacting noun, a list of all.
//!
//! A reaction is pure: a stream, an event and the states before and after it give commands. It sees
//! nothing newer than the event, so that a reaction that comes late asks the same as one that came at
//! once; what a race let through is settled by the stream that is asked. Each reaction sends at most one
//! command to one stream, since the command's id is derived from cause, reaction and target.

mod agent;
mod billing;
mod corporation;
mod credential;
mod debit_batch;
mod dispatch;
mod dispatch_credential;
mod dispatch_money;
mod dispatch_papers;
mod enrolment;
mod follower;
mod mail;
mod office_day;
mod poa;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod samples_agents;
#[cfg(test)]
mod samples_letters;
#[cfg(test)]
mod samples_mail;
#[cfg(test)]
mod samples_rest;
#[cfg(test)]
mod samples_transfer;
mod termination;
mod transfer;
mod transmission;

use daicho_domain::nouns::{Command, Event, State};
use daicho_domain::stream::Stream;

pub use follower::{ACTOR, Follower, Heard};

/// An event with the states of its stream around it.
#[derive(Clone, Copy, Debug)]
pub struct Happening<'a> {
    /// The stream.
    pub stream: &'a Stream,
    /// What happened.
    pub event: &'a Event,
    /// The stream before.
    pub before: &'a State,
    /// The stream after.
    pub after: &'a State,
}

/// One reaction.
#[derive(Clone, Copy, Debug)]
pub struct Reaction {
    /// Its name: part of the ids of the commands it sends, never changed.
    pub name: &'static str,
    /// The events it follows, `poa.accepted`: the others are passed over without folding their stream.
    pub on: &'static [&'static str],
    /// The commands that follow; none when the event is not its concern.
    pub react: fn(Happening<'_>) -> Vec<Command>,
}

/// Every reaction, by the noun it reacts to.
pub const ALL: [&[Reaction]; 13] = [
    corporation::REACTIONS,
    enrolment::REACTIONS,
    transmission::REACTIONS,
    credential::REACTIONS,
    poa::REACTIONS,
    billing::REACTIONS,
    debit_batch::REACTIONS,
    office_day::REACTIONS,
    termination::REACTIONS,
    dispatch::REACTIONS,
    transfer::REACTIONS,
    mail::REACTIONS,
    agent::REACTIONS,
];

/// All commands that follow from an event, each with the reaction that asks it.
pub fn follow_from(happening: Happening<'_>) -> Vec<(&'static Reaction, Command)> {
    ALL.into_iter()
        .flatten()
        .flat_map(|reaction| {
            let commands = (reaction.react)(happening);
            commands.into_iter().map(move |command| (reaction, command))
        })
        .collect()
}

/// Whether something may follow from an event of this type, `poa.accepted.v1`.
pub fn is_followed(kind: &str) -> bool {
    let event = kind.rsplit_once(".v").map_or(kind, |(event, _)| event);
    ALL.into_iter()
        .flatten()
        .any(|reaction| reaction.on.contains(&event))
}

#[cfg(test)]
mod tests {
    use super::samples::{Sample, samples};
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_reaction_has_a_name_of_its_own_and_follows_the_events_it_names() {
        let names: BTreeSet<_> = ALL.into_iter().flatten().map(|one| one.name).collect();
        assert_eq!(names.len(), ALL.into_iter().flatten().count());
        let samples = samples();
        for reaction in ALL.into_iter().flatten() {
            let followed: BTreeSet<String> = samples
                .iter()
                .filter(|sample| !(reaction.react)(sample.happening()).is_empty())
                .map(Sample::kind)
                .collect();
            let named: BTreeSet<String> = reaction.on.iter().map(ToString::to_string).collect();
            assert_eq!(followed, named, "{}", reaction.name);
        }
    }

    #[test]
    fn a_reaction_sends_one_command_to_a_stream_and_none_to_its_own() {
        for sample in samples() {
            let mut sent = BTreeSet::new();
            for (reaction, command) in follow_from(sample.happening()) {
                assert_ne!(command.stream, sample.stream, "{}", reaction.name);
                let target = command.stream.to_string();
                assert!(
                    sent.insert((reaction.name, target)),
                    "{} sends two commands to {}",
                    reaction.name,
                    command.stream
                );
            }
        }
    }

    #[test]
    fn an_event_is_followed_whatever_its_version() {
        assert!(is_followed("poa.accepted.v1") && is_followed("poa.accepted.v12"));
        assert!(!is_followed("poa.printed.v1") && !is_followed("office_day.closed.v1"));
    }
}
