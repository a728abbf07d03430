//! A letter that is told by mail as well, and the mail.

use super::samples::{dated, day};
use daicho_domain::Service;
use daicho_domain::credential::{Event as Credential, LinkRules, Owner, RevokeReason};
use daicho_domain::dispatch::{CallOffReason, Event as Dispatch, Says};
use daicho_domain::mail::{
    About, Attachment, Carrier, Event as Mail, Failure, Kind, Rules, Timing,
};
use daicho_domain::nouns::Event;
use daicho_domain::personal::Personal;
use daicho_domain::poa::Method;
use daicho_domain::stream::{CorporationId, CredentialId, LetterId, MailId, Stream};

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
    let mut histories = notices(corporation);
    histories.extend([
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
    ]);
    histories
}

/// IDs whose links are mailed, in vain or not, and what becomes of them.
fn notices(corporation: CorporationId) -> Vec<(Stream, Vec<Event>)> {
    let owner = Owner::Corporation {
        corporation,
        service: SERVICE,
    };
    let on = day(2026, 9, 1);
    let issued = Credential::Issued { owner, on };
    let kept = Credential::SecretKept {
        nth: 1,
        opens: None,
        until: day(2026, 10, 1),
        rules: LinkRules {
            book: "honobono-mini2@2015-01-01 r1".to_owned(),
            days: 30,
            lookups_max: 1,
            attempts_max: 5,
        },
    };
    let ends = [
        Credential::LookedUp { nth: 1, look: 1 },
        Credential::Reset { on },
        Credential::Revoked {
            why: RevokeReason::TrialEnded,
        },
        Credential::Expired { last_day: on },
    ];
    let id = |nth: usize| {
        let whose = CorporationId::of_number(&format!("notice {nth}"));
        CredentialId::of_corporation(whose, SERVICE)
    };
    let ended = ends.into_iter().enumerate().map(|(nth, end)| {
        let events = [issued.clone(), kept.clone(), end].map(Event::Credential);
        (Stream::Credential(id(nth)), events.to_vec())
    });
    let asked = Mail::Asked {
        kind: Kind::CredentialNotice,
        corporation,
        service: SERVICE,
        about: About::Credential {
            credential: id(0),
            nth: 1,
        },
        on,
        rules: Rules {
            book: "honobono-mini2@2015-01-01 r1".to_owned(),
            timing: Timing::AtOnce {},
            attachment: Attachment::None,
            attempts_max: 6,
            retry_hours: 1,
            fresh_until: day(2026, 9, 8),
        },
    };
    let fates = [
        Mail::Unaddressed {},
        Mail::GaveUp {
            attempts: 1,
            why: Failure::Refused,
        },
        Mail::Sent {
            attempt: 1,
            carrier: Carrier::Server,
            on,
            kept: None,
        },
    ];
    let mailed = fates.into_iter().enumerate().map(|(nth, fate)| {
        let mail = MailId::of("credential_notice", &["fate", &nth.to_string()]);
        let events = [asked.clone(), fate].map(Event::Mail);
        (Stream::Mail(mail), events.to_vec())
    });
    ended.chain(mailed).collect()
}
