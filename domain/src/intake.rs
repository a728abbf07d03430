//! How something reached the vendor: the channel, the day it was received, the proof.

use crate::waiting::worded;
use chrono::{NaiveDate, NaiveTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

worded! {
    /// The way something came in.
    Channel {
        /// The web form.
        Form = "form", "Webフォーム";
        /// Post.
        Post = "post", "郵送";
        /// Fax.
        Fax = "fax", "FAX";
        /// Mail.
        Mail = "mail", "メール";
        /// Brought in, or by courier.
        Hand = "hand", "持参・宅配";
    }
}

/// When and how an application was received. The day of receipt meets the cut-off; the day it was
/// entered is the event's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// The day of receipt, Japan time. A cut-off day ends at 24:00.
    pub on: NaiveDate,
    /// The time of receipt, where it is known.
    pub at: Option<NaiveTime>,
    /// The way it came in.
    pub channel: Channel,
    /// The receipt number that stands on the paper or the form.
    pub number: Option<String>,
    /// What proves the day of receipt (a postmark, a fax header), required when a cut-off lies
    /// between receipt and entry.
    pub proof: Option<String>,
}
