//! Subscriptions that the server keeps: it remembers how far each has come, gives every event to one of the
//! consumers that share it, and gives it out again, or parks it, when they say so or say nothing.

mod answer;
mod consumers;
mod desk;
mod group;
mod hearing;
mod ledger;
mod requests;
mod service;
mod settings;
mod store;

use std::fmt;

use daicho_eventlog::StreamName;
use tokio::sync::oneshot;
use tonic::{Code, Status};
use uuid::Uuid;

pub(crate) use self::desk::Desk;
pub(crate) use self::settings::FilterText;
pub(crate) use self::store::Store;

use self::consumers::Joined;
use self::settings::Settings;
use crate::failure::named;
use crate::query::Source;
use crate::wire::persistent::SubscriptionInfo;

/// The name of everything where a stream's is asked for.
const EVERYTHING: &str = "$all";

/// A subscription: its stream, or everything, and the name of its group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) stream: String,
    pub(crate) group: String,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.stream, self.group)
    }
}

impl Name {
    fn source(&self) -> Source {
        match self.stream.as_str() {
            EVERYTHING => Source::Everything,
            stream => Source::Stream(StreamName::from(stream)),
        }
    }

    fn failure(&self, code: Code, exception: &'static str, what: &str) -> Status {
        let message = format!(
            "subscription group {} on {} {what}",
            self.group, self.stream
        );
        let details = [("stream-name", &*self.stream), ("group-name", &*self.group)];
        named(code, exception, message, &details)
    }

    fn missing(&self) -> Status {
        let exception = "persistent-subscription-does-not-exist";
        self.failure(Code::NotFound, exception, "does not exist")
    }

    fn exists(&self) -> Status {
        let exception = "persistent-subscription-exists";
        self.failure(Code::AlreadyExists, exception, "exists already")
    }

    fn full(&self, max: usize) -> Status {
        let what = format!("has {max} consumers, and may have no more");
        self.failure(
            Code::FailedPrecondition,
            "maximum-subscribers-reached",
            &what,
        )
    }

    fn dropped(&self) -> Status {
        let exception = "persistent-subscription-dropped";
        self.failure(Code::Cancelled, exception, "has dropped this consumer")
    }
}

/// What a consumer says of an event.
#[derive(Clone, Debug)]
enum Verdict {
    Done,
    Park(String),
    Retry(String),
    /// It wants no more; somebody else is to have what it holds.
    Stop,
}

/// What happens to a subscription.
enum Message {
    Join {
        buffer: i32,
        answers: group::Answers,
        said: oneshot::Sender<Result<Joined, Status>>,
    },
    Leave(u64),
    Said {
        consumer: u64,
        ids: Vec<Uuid>,
        verdict: Verdict,
    },
    Replay {
        max: u64,
        said: oneshot::Sender<()>,
    },
    Info(oneshot::Sender<Box<SubscriptionInfo>>),
    Change(Box<Settings>),
    End,
}
