//! Whether an attempt is made now, and to which address.

use super::event::{About, CallOffReason, Kind};
use super::{Event, Mailing, Stage};
use crate::credential::Closed;
use crate::decider::Context;
use crate::personal::Personal;
use crate::stream::CorporationId;
use crate::{dispatch, poa};
use chrono::NaiveTime;

pub(super) fn claim(
    context: &Context<'_>,
    mailing: &Mailing,
    attempt: u32,
    at: NaiveTime,
) -> Vec<Event> {
    let next = mailing.stage == Stage::Waiting && attempt == mailing.attempts + 1;
    let calendars = &context.policy.calendars;
    let now = mailing.rules.timing.is_now(calendars, context.today, at);
    if !next || mailing.is_stale(context.today) || !now {
        return vec![];
    }
    match holds(context, mailing) {
        Holds::NotYet => return vec![],
        Holds::NoMore(why) => return vec![Event::CalledOff { why }],
        Holds::Now => {}
    }
    match (address(context, mailing.corporation), mailing.about) {
        (Some(to), _) => vec![Event::Claimed { attempt, to }],
        (None, About::Letter { .. } | About::Paper { .. }) => vec![Event::CalledOff {
            why: CallOffReason::ByPost,
        }],
        (None, About::Credential { .. }) => vec![Event::Unaddressed {}],
    }
}

/// Why nobody needs a mail that does not arrive: what it was to say went another way, or holds no longer.
pub(super) fn needless(context: &Context<'_>, mailing: &Mailing) -> Option<CallOffReason> {
    match holds(context, mailing) {
        Holds::Now | Holds::NotYet => None,
        Holds::NoMore(why) => Some(why),
    }
}

/// Whether what a mail is to say holds.
enum Holds {
    Now,
    NotYet,
    NoMore(CallOffReason),
}

/// What was told on paper meanwhile is not told again, what holds no longer is not told at all, and a link is sent when it
/// opens.
fn holds(context: &Context<'_>, mailing: &Mailing) -> Holds {
    let overtaken = Holds::NoMore(CallOffReason::Overtaken);
    let otherwise = Holds::NoMore(CallOffReason::SentOtherwise);
    match mailing.about {
        About::Letter { letter } => {
            let state = context.known.dispatch(letter);
            match state
                .and_then(dispatch::State::letter)
                .map(|one| &one.stage)
            {
                Some(dispatch::Stage::ToSend) => Holds::Now,
                Some(dispatch::Stage::Sent { .. } | dispatch::Stage::Undeliverable { .. }) => {
                    otherwise
                }
                Some(dispatch::Stage::CalledOff { .. } | dispatch::Stage::Wrong { .. }) | None => {
                    overtaken
                }
            }
        }
        // Asked for by an earlier version: the letter asks the same by now.
        About::Paper { .. } if mailing.kind == Kind::PoaReminder => overtaken,
        About::Paper { poa } => {
            let sheet = context.known.poa(poa).and_then(poa::State::sheet);
            // The sheet that lies beside the text names an agent.
            let lacks = sheet.is_some_and(|sheet| sheet.agent.lacks().is_some());
            match sheet.map(|sheet| &sheet.stage) {
                Some(poa::Stage::ToSend { defect: None }) if lacks => Holds::NotYet,
                Some(poa::Stage::ToSend { defect: None }) => Holds::Now,
                Some(poa::Stage::Void { .. }) | None => overtaken,
                Some(
                    poa::Stage::ToSend { defect: Some(_) }
                    | poa::Stage::Out { .. }
                    | poa::Stage::Undeliverable { .. }
                    | poa::Stage::Received { .. }
                    | poa::Stage::Accepted { .. }
                    | poa::Stage::Filed { .. }
                    | poa::Stage::Confirmed { .. },
                ) => otherwise,
            }
        }
        About::Credential { credential, nth } => {
            let account = context.known.credential(credential);
            let link = account.and_then(|state| state.account()?.link());
            match link.filter(|link| link.nth == nth) {
                None => overtaken,
                Some(link) => match link.closed_on(context.today) {
                    None => Holds::Now,
                    Some(Closed::NotYet) => Holds::NotYet,
                    Some(
                        Closed::Expired
                        | Closed::UsedUp
                        | Closed::Locked
                        | Closed::Replaced
                        | Closed::NoneKept,
                    ) => overtaken,
                },
            }
        }
    }
}

/// The corporation's mail address, if it has one that can be read.
pub(super) fn address(context: &Context<'_>, corporation: CorporationId) -> Option<Personal> {
    let whose = context.known.corporation(corporation)?;
    let mail = whose.registered()?.contact.as_ref()?.mail.clone()?;
    mail.disclose().is_some().then_some(mail)
}
