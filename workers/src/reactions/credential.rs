//! An office's ID that was issued is noted by its transmission.

use super::{Happening, Reaction};
use daicho_domain::credential::{Event, Owner};
use daicho_domain::nouns::{self, Command};
use daicho_domain::stream::Stream;
use daicho_domain::transmission::Command as Transmission;

pub(super) const REACTIONS: &[Reaction] = &[Reaction {
    name: "note_id_issued",
    on: &["credential.issued"],
    react: note_issued,
}];

fn note_issued(happening: Happening<'_>) -> Vec<Command> {
    let (Stream::Credential(credential), nouns::Event::Credential(Event::Issued { owner, .. })) =
        (happening.stream, happening.event)
    else {
        return vec![];
    };
    match owner {
        Owner::Corporation { .. } => vec![],
        Owner::Office {
            corporation,
            service,
            application,
            office,
        } => vec![Command::transmission(
            &Stream::Transmission(*corporation, *service),
            Transmission::NoteIdIssued {
                application: *application,
                office: *office,
                credential: *credential,
            },
        )],
    }
}
