//! The link by which a customer looks at ID and initial password: when it opens, how often, what closes it. Whoever asks by
//! a closed link learns nothing; the reason is for the staff.

use super::event::{LinkRules, ReissueReason};
use super::{Account, Event, Refusal, Stage, State};
use crate::decider::Context;
use crate::rules::Dated;
use crate::waiting::worded;
use chrono::{Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

worded! {
    /// Why a link to ID and password opens nothing.
    Closed {
        /// The day from which it opens has not come.
        NotYet = "not_yet", "開く日の前";
        /// Its last day is over.
        Expired = "expired", "期限切れ";
        /// The customer has looked as often as the rules let.
        UsedUp = "used_up", "確認済み";
        /// It was tried with a wrong end too often.
        Locked = "locked", "誤った試行が多いため停止";
        /// A newer one took its place, or the customer set another password.
        Replaced = "replaced", "新しいパスワードに変更済み";
        /// Nothing lies in the vault for it.
        NoneKept = "none_kept", "初期パスワードの作成前";
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// The initial passwords of an ID: how many there have been, and the link to the last one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Secrets {
    /// The how-manieth initial password is the present one; 0 where none was asked of us.
    pub nth: u32,
    /// The day for which the ID was promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Dated>,
    /// The link to the last one that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
}

/// A link to ID and initial password.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The how-manieth initial password it leads to.
    pub nth: u32,
    /// The day from which it opens; none: at once.
    pub opens: Option<Dated>,
    /// The last day on which it opens.
    pub until: NaiveDate,
    /// The rules it follows.
    pub rules: LinkRules,
    /// How often the customer has looked.
    pub lookups: u32,
    /// What closed it for good, if something did.
    pub closed: Option<Closed>,
}

impl Link {
    /// Why it opens nothing on a day; `None` when it opens.
    pub fn closed_on(&self, day: NaiveDate) -> Option<Closed> {
        let opens = self.opens.as_ref();
        match self.closed {
            Some(why) => Some(why),
            None if self.lookups >= self.rules.lookups_max => Some(Closed::UsedUp),
            None if day > self.until => Some(Closed::Expired),
            None if opens.is_some_and(|opens| day < opens.on) => Some(Closed::NotYet),
            None => None,
        }
    }

    /// Whether nothing will ever be looked at by it any more, from this day on.
    pub fn is_over(&self, day: NaiveDate) -> bool {
        match self.closed_on(day) {
            None | Some(Closed::NotYet) => false,
            Some(
                Closed::Expired
                | Closed::UsedUp
                | Closed::Locked
                | Closed::Replaced
                | Closed::NoneKept,
            ) => true,
        }
    }
}

impl Account {
    /// The initial password that is to be made and is not in the vault, by its number.
    pub fn secret_missing(&self) -> Option<u32> {
        let kept = self.secrets.link.as_ref().map_or(0, |link| link.nth);
        let issued = matches!(self.stage, Stage::Issued { .. });
        (issued && kept < self.secrets.nth).then_some(self.secrets.nth)
    }

    /// The link to the present initial password, while the ID is in use.
    pub fn link(&self) -> Option<&Link> {
        let issued = matches!(self.stage, Stage::Issued { .. });
        let link = self.secrets.link.as_ref();
        link.filter(|link| issued && link.nth == self.secrets.nth)
    }
}

/// Opened from the day for which the ID was promised, for as many days as the book of today says. What was kept before is
/// noted once; of an ID that is no longer in use nothing is.
pub(super) fn keep(context: &Context<'_>, state: &State, nth: u32) -> Result<Vec<Event>, Refusal> {
    let Some(account) = state
        .account()
        .filter(|account| account.secret_missing() == Some(nth))
    else {
        return Ok(vec![]);
    };
    let (_, service) = account.owner.whose();
    let book = context.policy.book(service, context.today)?;
    let rules = LinkRules {
        book: book.name(),
        days: book.days("credentials.link_days")?,
        lookups_max: book.count("credentials.lookups_max")?,
        attempts_max: book.count("credentials.attempts_max")?,
    };
    // What is set anew opens at once.
    let opens = account.secrets.promised.clone().filter(|_| nth == 1);
    let first = opens
        .as_ref()
        .map_or(context.today, |opens| opens.on.max(context.today));
    let until = first
        .checked_add_days(Days::new(u64::from(rules.days)))
        .unwrap_or(first);
    Ok(vec![Event::SecretKept {
        nth,
        opens,
        until,
        rules,
    }])
}

pub(super) fn look_up(
    context: &Context<'_>,
    state: &State,
    nth: u32,
) -> Result<Vec<Event>, Refusal> {
    let closed = |why| Err(Refusal::LinkClosed { why });
    match state.account().and_then(Account::link) {
        None => closed(Closed::NoneKept),
        Some(link) if link.nth != nth => closed(Closed::Replaced),
        Some(link) => match link.closed_on(context.today) {
            Some(why) => closed(why),
            None => Ok(vec![Event::LookedUp {
                nth,
                look: link.lookups + 1,
            }]),
        },
    }
}

pub(super) fn lock(state: &State, nth: u32) -> Vec<Event> {
    let link = state.account().and_then(Account::link);
    let locks = link.is_some_and(|link| link.nth == nth && link.closed.is_none());
    let locked = Event::LinkLocked { nth };
    locks.then_some(locked).into_iter().collect()
}

pub(super) fn reissue(context: &Context<'_>, state: &State, why: ReissueReason) -> Option<Event> {
    let account = state.account()?;
    // One that is being made answers a second click.
    account.secret_missing().is_none().then(|| Event::Reissued {
        nth: account.secrets.nth + 1,
        on: context.today,
        why,
    })
}

impl Secrets {
    pub(super) fn kept(
        self,
        nth: u32,
        opens: &Option<Dated>,
        until: NaiveDate,
        rules: &LinkRules,
    ) -> Self {
        Self {
            link: Some(Link {
                nth,
                opens: opens.clone(),
                until,
                rules: rules.clone(),
                lookups: 0,
                closed: None,
            }),
            ..self
        }
    }

    pub(super) fn looked_up(self, look: u32) -> Self {
        self.with_link(|link| Link {
            lookups: look,
            ..link
        })
    }

    pub(super) fn closed(self, why: Closed) -> Self {
        self.with_link(|link| Link {
            closed: Some(why),
            ..link
        })
    }

    /// What was to be made and is not kept is not made any more.
    pub(super) fn reset(self) -> Self {
        let kept = self.link.as_ref().map_or(0, |link| link.nth);
        Self {
            nth: kept,
            ..self.closed(Closed::Replaced)
        }
    }

    pub(super) fn reissued(self, nth: u32) -> Self {
        Self {
            nth,
            ..self.closed(Closed::Replaced)
        }
    }

    fn with_link(self, change: impl FnOnce(Link) -> Link) -> Self {
        Self {
            link: self.link.map(change),
            ..self
        }
    }
}
