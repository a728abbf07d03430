//! What one thing's event asks of another thing: one file per reacting noun, a list of all.
//!
//! A reaction is pure: a stream, an event and the states before and after it give commands. It sees
//! nothing newer than the event, so that a reaction that comes late asks the same as one that came at
//! once; what a race let through is settled by the stream that is asked. Each reaction sends at most one
//! command to one stream, since the command's id is derived from cause, reaction and target.

mod credential;
mod enrolment;
mod poa;
#[cfg(test)]
mod samples;
mod transmission;

use daicho_domain::nouns::{Command, Event, State};
use daicho_domain::stream::{Stream, derived_id};
use uuid::Uuid;

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
    /// The commands that follow; none when the event is not its concern.
    pub react: fn(Happening<'_>) -> Vec<Command>,
}

/// Every reaction, by the noun it reacts to.
pub const ALL: [&[Reaction]; 4] = [
    enrolment::REACTIONS,
    transmission::REACTIONS,
    credential::REACTIONS,
    poa::REACTIONS,
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

/// Whether any event of this noun is followed by something: the others need not be folded.
pub fn concerns(stream: &Stream) -> bool {
    use daicho_domain::stream::Noun;
    match stream.noun() {
        Noun::Enrolment | Noun::Transmission | Noun::Poa | Noun::Credential => true,
        Noun::Corporation
        | Noun::OfficeDay
        | Noun::Schedule
        | Noun::Staff
        | Noun::Rulebook
        | Noun::Installation => false,
    }
}

/// The id of the command that a reaction to the event `cause` sends to `target`.
pub fn command_id(cause: Uuid, reaction: &str, target: &Stream) -> Uuid {
    derived_id(&[
        "reaction",
        &cause.simple().to_string(),
        reaction,
        &target.to_string(),
    ])
}

#[cfg(test)]
mod tests {
    use super::samples::samples;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_reaction_has_a_name_of_its_own_and_a_sample_that_it_follows() {
        let names: BTreeSet<_> = ALL.into_iter().flatten().map(|one| one.name).collect();
        assert_eq!(names.len(), ALL.into_iter().flatten().count());
        let samples = samples();
        for reaction in ALL.into_iter().flatten() {
            let follows = samples
                .iter()
                .any(|sample| !(reaction.react)(sample.happening()).is_empty());
            assert!(follows, "{} follows no sample", reaction.name);
        }
    }

    #[test]
    fn a_reaction_sends_one_command_to_a_stream_and_none_to_its_own() {
        for sample in samples() {
            let mut ids = BTreeSet::new();
            for (reaction, command) in follow_from(sample.happening()) {
                assert!(
                    ids.insert(command_id(Uuid::nil(), reaction.name, &command.stream)),
                    "{} sends two commands to {}",
                    reaction.name,
                    command.stream
                );
                assert_ne!(command.stream, sample.stream, "{}", reaction.name);
            }
        }
    }

    #[test]
    fn only_nouns_with_reactions_are_folded() {
        for sample in samples() {
            if !follow_from(sample.happening()).is_empty() {
                assert!(concerns(&sample.stream), "{}", sample.stream);
            }
        }
    }
}
