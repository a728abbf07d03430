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

worded! {
    /// Why an ID was revoked.
    RevokeReason {
        /// Its office left the application after the ID was issued.
        Withdrawn = "withdrawn", "申込の取り下げ";
        /// The trial ended without 本登録.
        TrialEnded = "trial_ended", "お試し期間の終了";
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
}
