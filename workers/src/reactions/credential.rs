//! An office's ID that was issued is noted by its transmission; a password that we set anew is charged.

use super::{Happening, Reaction};
use daicho_domain::billing::{Command as Billing, IdKind};
use daicho_domain::credential::{Event, Owner, ReissueReason};
use daicho_domain::nouns::{self, Command, State};
use daicho_domain::stream::Stream;
use daicho_domain::transmission::Command as Transmission;

pub(super) const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "note_id_issued",
        on: &["credential.issued"],
        react: note_issued,
    },
    Reaction {
        name: "charge_reissue",
        on: &["credential.reissued"],
        react: charge_reissue,
    },
];

/// A password that we set anew because its customer asked is charged by rule; what is our doing is not.
fn charge_reissue(happening: Happening<'_>) -> Vec<Command> {
    let (
        State::Credential(state),
        nouns::Event::Credential(Event::Reissued {
            on,
            why: ReissueReason::Customer,
            ..
        }),
    ) = (happening.after, happening.event)
    else {
        return vec![];
    };
    let Some(owner) = state.account().map(|account| account.owner) else {
        return vec![];
    };
    let (office, whose) = match owner {
        Owner::Corporation { .. } => (None, IdKind::Corporation),
        Owner::Office { office, .. } => (Some(office), IdKind::Office),
    };
    let (corporation, service) = owner.whose();
    vec![Command::billing(
        &Stream::Billing(corporation),
        Billing::NoteReissue {
            service,
            office,
            whose,
            on: *on,
        },
    )]
}

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
