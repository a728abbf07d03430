//! Whether a mail is asked for at all: the documents say what is told by mail, and whoever has no address gets paper.

use super::event::{About, Attachment, Rules, Timing};
use super::{Command, Event, Kind, Refusal, claim};
use crate::decider::Context;
use crate::poa::Purpose;
use crate::rules::Book;
use crate::stream::{CorporationId, Stream};

/// What must be known to ask for a mail, and to claim it.
pub(super) fn needs(corporation: CorporationId, about: About) -> Vec<Stream> {
    let thing = match about {
        About::Letter { letter } => Stream::Dispatch(letter),
        About::Paper { poa } => Stream::Poa(poa),
        About::Credential { credential, .. } => Stream::Credential(credential),
    };
    vec![thing, Stream::Corporation(corporation)]
}

/// A mail that nobody asked for can only be asked for.
pub(super) fn asked(context: &Context<'_>, command: Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Ask {
            kind,
            corporation,
            service,
            about,
        } => {
            // What can go by post goes by post; a link cannot.
            let reaches = match about {
                About::Letter { .. } | About::Paper { .. } => {
                    claim::address(context, corporation).is_some()
                }
                About::Credential { .. } => true,
            };
            let book = context.policy.book(service, context.today)?;
            let attachment = match reaches {
                true => attachment(context, book, kind, about)?,
                false => None,
            };
            let Some(attachment) = attachment else {
                return Ok(vec![]);
            };
            Ok(vec![Event::Asked {
                kind,
                corporation,
                service,
                about,
                on: context.today,
                rules: rules(context, book, kind, attachment)?,
            }])
        }
        Command::CallOff { .. } => Ok(vec![]),
        Command::Claim { .. }
        | Command::NoteSent { .. }
        | Command::NoteFailed { .. }
        | Command::NoteUnknown { .. }
        | Command::Release { .. }
        | Command::Drop { .. } => Err(Refusal::Unknown),
    }
}

/// What lies beside the text; nothing where no mail goes out.
fn attachment(
    context: &Context<'_>,
    book: &Book,
    kind: Kind,
    about: About,
) -> Result<Option<Attachment>, Refusal> {
    let told = |slot| -> Result<Option<Attachment>, Refusal> {
        Ok(match book.choice(slot)? {
            "mail" => Some(Attachment::None),
            "mail_with_pdf" => Some(Attachment::Pdf),
            _post => None,
        })
    };
    match (kind, about) {
        (Kind::TrialReceived, _) => told("mail.trial_received"),
        (Kind::TrialStarted, _) => told("mail.trial_started"),
        (Kind::Registered, _) => told("mail.registered"),
        (Kind::Receipt | Kind::PaymentCertificate, _) => Ok(Some(Attachment::Pdf)),
        (Kind::CredentialNotice, _) => Ok(Some(Attachment::None)),
        (Kind::PoaForms, About::Paper { poa }) => {
            let sheet = context.known.poa(poa).and_then(|state| state.sheet());
            let slot = match sheet.map(|sheet| sheet.assignment.purpose) {
                Some(Purpose::Start) => "poa.start_channel",
                Some(Purpose::End) => "poa.end_channel",
                None => return Ok(None),
            };
            Ok((book.choice(slot)? == "mail").then_some(Attachment::Pdf))
        }
        (Kind::PoaReminder | Kind::PoaOverdue, _) => told("mail.poa_reminder"),
        (Kind::PoaForms, About::Letter { .. } | About::Credential { .. }) => Ok(None),
    }
}

/// What answers the customer at once leaves at any hour, everything else in the office's hours.
fn rules(
    context: &Context<'_>,
    book: &Book,
    kind: Kind,
    attachment: Attachment,
) -> Result<Rules, Refusal> {
    let timing = match kind {
        Kind::TrialReceived | Kind::PoaForms => Timing::AtOnce {},
        Kind::TrialStarted
        | Kind::Registered
        | Kind::PoaReminder
        | Kind::PoaOverdue
        | Kind::Receipt
        | Kind::PaymentCertificate
        | Kind::CredentialNotice => Timing::OfficeHours {
            from_hour: book.number("mail.from_hour")?,
            to_hour: book.number("mail.to_hour")?,
        },
    };
    let vendor = context.policy.calendars.vendor();
    let fresh_days = book.days("mail.stale_business_days")?;
    Ok(Rules {
        book: book.name(),
        timing,
        attachment,
        attempts_max: book.count("mail.attempts_max")?,
        retry_hours: book.number("mail.retry_hours")?,
        fresh_until: vendor.add(context.today, fresh_days).value,
    })
}
