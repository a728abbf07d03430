//! What is recorded of an ID/PW.

use crate::Service;
use crate::moving::CarriedFrom;
use crate::rules::Dated;
use crate::stream::{ApplicationId, CorporationId, OfficeId};
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose ID it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// A corporation's account (法人ID) of a service.
    Corporation {
        /// The corporation.
        corporation: CorporationId,
        /// The service.
        service: Service,
    },
    /// An office's ID (事業所ID) for transmission.
    Office {
        /// The corporation.
        corporation: CorporationId,
        /// The service it applied for.
        service: Service,
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
    },
}

impl Owner {
    /// The corporation it belongs to, and the service it opens.
    pub const fn whose(&self) -> (CorporationId, Service) {
        match self {
            Self::Corporation {
                corporation,
                service,
            }
            | Self::Office {
                corporation,
                service,
                ..
            } => (*corporation, *service),
        }
    }
}

worded! {
    /// Why an ID was revoked.
    RevokeReason {
        /// Its office left the application after the ID was issued.
        Withdrawn = "withdrawn", "申込の取り下げ";
        /// The trial ended without 本登録.
        TrialEnded = "trial_ended", "お試し期間の終了";
    }
}

worded! {
    /// Why we set a new initial password. What a customer asks for is charged by rule; what we owe is not.
    #[derive(Default)]
    ReissueReason {
        /// The customer asked for it.
        #[default]
        Customer = "customer", "お客様の依頼";
        /// It is our doing: a mistake of ours, a lost vault.
        Ours = "ours", "自社の都合";
    }
}

/// Where an ID/PW stood when daicho took over the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CarriedId {
    /// It will be set on a day.
    Scheduled {
        /// The day.
        on: Dated,
    },
    /// It is set.
    Issued {
        /// Since when.
        on: NaiveDate,
    },
}

/// What happened to an ID/PW.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// The day on which it is set is known.
    Scheduled {
        /// Whose it is.
        owner: Owner,
        /// The day.
        on: Dated,
    },
    /// It is set.
    Issued {
        /// Whose it is.
        owner: Owner,
        /// The day.
        on: NaiveDate,
    },
    /// It was carried over from the books kept before.
    CarriedOver {
        /// Where it stood.
        from: CarriedFrom,
        /// Whose it is.
        owner: Owner,
        /// Where it stands.
        id: CarriedId,
    },
    /// It will not be set after all.
    Unscheduled {},
    /// The use is over for which it was issued: it no longer opens anything.
    Expired {
        /// The last day of use.
        last_day: NaiveDate,
    },
    /// It no longer opens anything.
    Revoked {
        /// Why.
        why: RevokeReason,
    },
    /// ID and initial password were made and lie in the vault; a link to them can be given out.
    SecretKept {
        /// The how-manieth initial password of this ID: 1, one more with each reissue.
        nth: u32,
        /// The day from which the link opens; none where it opens at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opens: Option<Dated>,
        /// The last day on which it opens.
        until: NaiveDate,
        /// The rules it follows.
        rules: LinkRules,
    },
    /// The customer looked at ID and initial password by the link.
    LookedUp {
        /// The how-manieth initial password it was.
        nth: u32,
        /// The how-manieth look at it.
        look: u32,
    },
    /// The link was tried with a wrong end too often: it opens no more.
    LinkLocked {
        /// The how-manieth initial password it led to.
        nth: u32,
    },
    /// We set a new initial password for the same ID.
    Reissued {
        /// The how-manieth initial password it will be.
        nth: u32,
        /// The day.
        on: NaiveDate,
        /// Why: what the customer asked for is charged by rule.
        #[serde(default)]
        why: ReissueReason,
    },
    /// The customer set a new password without us; nothing is charged, and the initial one opens nothing any more.
    Reset {
        /// The day.
        on: NaiveDate,
    },
}

/// The rules that a link to ID and initial password follows, as the book had them when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinkRules {
    /// The book, `honobono-mini2@2015-01-01 r1`.
    pub book: String,
    /// How many days the link opens, its first day not counted (`credentials.link_days`).
    pub days: u32,
    /// How often the customer may look (`credentials.lookups_max`).
    pub lookups_max: u32,
    /// How often the link may be tried with a wrong end (`credentials.attempts_max`).
    pub attempts_max: u32,
}
