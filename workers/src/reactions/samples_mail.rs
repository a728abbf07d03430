//! A letter that is told by mail as well, and the mail.

use super::samples::{dated, day};
use daicho_domain::Service;
use daicho_domain::dispatch::{CallOffReason, Event as Dispatch, Says};
use daicho_domain::mail::{About, Attachment, Carrier, Event as Mail, Kind, Rules, Timing};
use daicho_domain::nouns::Event;
use daicho_domain::personal::Personal;
use daicho_domain::poa::Method;
use daicho_domain::stream::{CorporationId, LetterId, MailId, Stream};

const SERVICE: Service = Service::HonobonoMini2;

/// Each in a stream of its own.
pub(super) fn histories() -> Vec<(Stream, Vec<Event>)> {
    let corporation = CorporationId::of_number("mails");
    let letter = LetterId::of("trial-received", &["mails"]);
    let received = Dispatch::Requested {
        corporation,
        service: SERVICE,
        says: Says::TrialReceived {
            applied_on: day(2026, 9, 1),
            trial_last_day: dated(day(2026, 11, 1)),
            registered_last_free_day: dated(day(2026, 12, 1)),
        },
    };
    let mail = [
        Mail::Asked {
            kind: Kind::TrialReceived,
            corporation,
            service: SERVICE,
            about: About::Letter { letter },
            on: day(2026, 9, 1),
            rules: Rules {
                book: "honobono-mini2@2015-01-01 r1".to_owned(),
                timing: Timing::AtOnce {},
                attachment: Attachment::None,
                attempts_max: 6,
                retry_hours: 1,
                fresh_until: day(2026, 9, 8),
            },
        },
        Mail::Claimed {
            attempt: 1,
            to: Personal::new("contact-mails", "jimu@example.jp"),
        },
        Mail::Sent {
            attempt: 1,
            carrier: Carrier::Server,
            on: day(2026, 9, 1),
            kept: None,
        },
    ];
    let by_post = Dispatch::Sent {
        method: Method::Post,
        sent_on: day(2026, 9, 2),
        tracking: None,
    };
    let overtaken = Dispatch::CalledOff {
        why: CallOffReason::Overtaken,
    };
    let ended = |nth: &str, end| {
        let letter = Stream::Dispatch(LetterId::of("trial-received", &["mails", nth]));
        let events = vec![Event::Dispatch(received.clone()), Event::Dispatch(end)];
        (letter, events)
    };
    vec![
        ended("posted", by_post),
        ended("called off", overtaken),
        (
            Stream::Dispatch(letter),
            vec![Event::Dispatch(received.clone())],
        ),
        (
            Stream::Mail(MailId::of("trial_received", &["mails"])),
            mail.map(Event::Mail).to_vec(),
        ),
    ]
}
