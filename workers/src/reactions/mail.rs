//! Which events lead to a mail, and what a mail that left tells the thing it was about. One list, so that whoever asks "what
//! do we mail?" reads it here; whether the documents want a mail at all, the book says (`mail::ask`).

use super::{Happening, Reaction, dispatch_credential, dispatch_money};
use daicho_domain::Service;
use daicho_domain::billing::Delivery;
use daicho_domain::credential::Event as Credential;
use daicho_domain::dispatch::{Command as Dispatch, Event as Letter, Says};
use daicho_domain::mail::{
    About, CallOffReason, Carrier, Command as Mail, Event as Mailed, Kind, Mailing,
};
use daicho_domain::nouns::{Command, Event, State};
use daicho_domain::poa::{Command as Poa, Event as Paper, Method};
use daicho_domain::stream::{CorporationId, LetterId, MailId, Stream};

pub(super) const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "mail_letter",
        on: &["dispatch.requested"],
        react: letter,
    },
    Reaction {
        name: "mail_asked_document",
        on: &["billing.certificate_asked", "billing.receipt_asked"],
        react: asked_document,
    },
    Reaction {
        name: "mail_poa_forms",
        on: &["poa.requested"],
        react: forms,
    },
    Reaction {
        name: "mail_credential_notice",
        on: &["credential.secret_kept"],
        react: notice,
    },
    Reaction {
        name: "call_off_needless_mail",
        on: &[
            "credential.expired",
            "credential.looked_up",
            "credential.reissued",
            "credential.reset",
            "credential.revoked",
            "dispatch.called_off",
            "dispatch.sent",
            "poa.dispatched",
            "poa.received",
            "poa.voided",
        ],
        react: needless,
    },
    Reaction {
        name: "note_mailed",
        on: &["mail.sent"],
        react: mailed,
    },
];

/// A mail is asked for, of this kind and about this thing; `told` tells it from another mail about the same.
fn ask(
    kind: Kind,
    told: &[String],
    (corporation, service): (CorporationId, Service),
    about: About,
) -> Vec<Command> {
    let mail = Stream::Mail(MailId::of(kind.code(), told));
    vec![Command::mail(
        &mail,
        Mail::Ask {
            kind,
            corporation,
            service,
            about,
        },
    )]
}

/// What is promised on paper and told by mail as well. Another version of it, asked for after the first had gone out, is
/// another mail.
fn letter(happening: Happening<'_>) -> Vec<Command> {
    let (
        Stream::Dispatch(letter),
        Event::Dispatch(Letter::Requested {
            corporation,
            service,
            says,
        }),
    ) = (happening.stream, happening.event)
    else {
        return vec![];
    };
    let Some(kind) = Kind::telling(says) else {
        return vec![];
    };
    let told = version(*letter, says);
    let about = About::Letter { letter: *letter };
    ask(kind, &told, (*corporation, *service), about)
}

/// What tells the mail about this version of a letter from that about another one.
fn version(letter: LetterId, says: &Says) -> [String; 2] {
    let content = serde_json::to_string(says).expect("what a letter says is JSON");
    [letter.to_string(), content]
}

/// What went by post, or is not to be told any more, needs no mail, be it that one waits or that a person was to see to it. What
/// went as a mail is told by that mail itself.
fn needless(happening: Happening<'_>) -> Vec<Command> {
    let mail = match (happening.stream, happening.event, happening.before) {
        (Stream::Dispatch(letter), Event::Dispatch(event), State::Dispatch(before)) => {
            let why = match event {
                Letter::Sent { method, .. } if *method != Method::Mail => {
                    CallOffReason::SentOtherwise
                }
                Letter::CalledOff { .. } => CallOffReason::Overtaken,
                Letter::Sent { .. }
                | Letter::Requested { .. }
                | Letter::Amended { .. }
                | Letter::Printed { .. }
                | Letter::Unprintable { .. }
                | Letter::Undeliverable { .. }
                | Letter::ProvedWrong { .. } => return vec![],
            };
            before.letter().and_then(|known| {
                let says = known.as_asked();
                let mail = if let Says::Receipt { .. } = says {
                    MailId::of(Kind::Receipt.code(), &[letter.to_string()])
                } else if let Says::PaymentCertificate { .. } = says {
                    MailId::of(Kind::PaymentCertificate.code(), &[letter.to_string()])
                } else {
                    let kind = Kind::telling(says)?;
                    MailId::of(kind.code(), &version(*letter, says))
                };
                Some((mail, why))
            })
        }
        (Stream::Poa(poa), Event::Poa(event), _) => {
            let why = match event {
                Paper::Dispatched { method, .. } if *method != Method::Mail => {
                    CallOffReason::SentOtherwise
                }
                Paper::Received { .. } => CallOffReason::SentOtherwise,
                Paper::Voided { .. } => CallOffReason::Overtaken,
                Paper::Dispatched { .. }
                | Paper::Requested { .. }
                | Paper::AgentNamed { .. }
                | Paper::AgentMissing { .. }
                | Paper::Printed { .. }
                | Paper::Unprintable { .. }
                | Paper::Undeliverable { .. }
                | Paper::ReprintRequested { .. }
                | Paper::ReminderDue { .. }
                | Paper::DuePassed { .. }
                | Paper::Accepted {}
                | Paper::FoundDefective { .. }
                | Paper::Filed { .. }
                | Paper::Confirmed { .. }
                | Paper::Rejected { .. }
                | Paper::Lapsed { .. }
                | Paper::LapseReversed { .. }
                | Paper::DueMoved { .. }
                | Paper::CarriedOver { .. } => return vec![],
            };
            Some((MailId::of(Kind::PoaForms.code(), &[poa.to_string()]), why))
        }
        (Stream::Credential(_), Event::Credential(event), _) => {
            dispatch_credential::over(&happening, event).map(|((credential, nth), _)| {
                let told = [credential.to_string(), nth.to_string()];
                let mail = MailId::of(Kind::CredentialNotice.code(), &told);
                (mail, CallOffReason::Overtaken)
            })
        }
        (_, _, _) => None,
    };
    let call_off = |(mail, why)| Command::mail(&Stream::Mail(mail), Mail::CallOff { why });
    mail.map(call_off).into_iter().collect()
}

/// What the customer asked for and wishes by mail. Its letter is promised by the same event, and goes on paper where the mail
/// does not reach.
fn asked_document(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, event, after)) = dispatch_money::ledger(&happening) else {
        return vec![];
    };
    let document = dispatch_money::asked(corporation, event, after);
    let Some((Delivery::Mail, kind, letter, service)) = document else {
        return vec![];
    };
    let told = [letter.to_string()];
    ask(
        kind,
        &told,
        (corporation, service),
        About::Letter { letter },
    )
}

fn forms(happening: Happening<'_>) -> Vec<Command> {
    let (Stream::Poa(poa), Event::Poa(Paper::Requested { .. }), State::Poa(after)) =
        (happening.stream, happening.event, happening.after)
    else {
        return vec![];
    };
    let Some(sheet) = after.sheet() else {
        return vec![];
    };
    let whose = (sheet.assignment.corporation, sheet.assignment.service);
    let told = [poa.to_string()];
    ask(Kind::PoaForms, &told, whose, About::Paper { poa: *poa })
}

/// Once the secret lies in the vault there is a link to send.
fn notice(happening: Happening<'_>) -> Vec<Command> {
    let (
        Stream::Credential(credential),
        Event::Credential(Credential::SecretKept { nth, .. }),
        State::Credential(after),
    ) = (happening.stream, happening.event, happening.after)
    else {
        return vec![];
    };
    let Some(account) = after.account() else {
        return vec![];
    };
    let about = About::Credential {
        credential: *credential,
        nth: *nth,
    };
    let told = [credential.to_string(), nth.to_string()];
    ask(Kind::CredentialNotice, &told, account.owner.whose(), about)
}

/// What a mail server took went out. What lies in a folder reached nobody: it is still to be posted.
fn mailed(happening: Happening<'_>) -> Vec<Command> {
    let (Event::Mail(Mailed::Sent { carrier, on, .. }), State::Mail(after)) =
        (happening.event, happening.after)
    else {
        return vec![];
    };
    let Some(Mailing { kind, about, .. }) = after.known() else {
        return vec![];
    };
    let (method, sent_on) = (Method::Mail, *on);
    match (carrier, kind, about) {
        (Carrier::Folder, _, _) => vec![],
        (Carrier::Server, _, About::Letter { letter }) => vec![Command::dispatch(
            &Stream::Dispatch(*letter),
            Dispatch::Send {
                method,
                sent_on,
                tracking: None,
            },
        )],
        (Carrier::Server, Kind::PoaForms, About::Paper { poa }) => {
            vec![Command::poa(
                &Stream::Poa(*poa),
                Poa::Dispatch {
                    method,
                    sent_on,
                    tracking: None,
                },
            )]
        }
        (
            Carrier::Server,
            Kind::TrialReceived
            | Kind::TrialStarted
            | Kind::Registered
            | Kind::PoaReminder
            | Kind::PoaOverdue
            | Kind::Receipt
            | Kind::PaymentCertificate
            | Kind::CredentialNotice,
            About::Paper { .. },
        )
        | (Carrier::Server, _, About::Credential { .. }) => vec![],
    }
}
