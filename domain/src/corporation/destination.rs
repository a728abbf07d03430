//! Where what goes by post goes, as the corporation wishes: together to its head office, or to each office.

use super::{Event, Registered};
use crate::waiting::worded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

worded! {
    /// To whom 委任状 and what belongs to them are posted.
    #[derive(Default)]
    SendTo {
        /// Together to the head office.
        #[default]
        HeadOffice = "head_office", "本部にまとめて";
        /// Each office's own to the office.
        EachOffice = "each_office", "事業所ごとに";
    }
}

impl SendTo {
    pub(crate) const fn is_head_office(&self) -> bool {
        matches!(self, Self::HeadOffice)
    }
}

/// What the corporation wishes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Destination {
    /// To whom 委任状 and what belongs to them are posted.
    pub to: SendTo,
    /// The address of its head office, where that is none of its offices': a place of business, no personal text. Without it
    /// the head office is reached at the first office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_office: Option<String>,
}

impl Destination {
    pub(super) fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

pub(super) fn set(known: &Registered, destination: Destination) -> Vec<Event> {
    (known.destination != destination)
        .then_some(Event::DestinationSet { destination })
        .into_iter()
        .collect()
}
