//! What a kept subscription is told when it is made: where it begins, how long it waits, whom it gives what.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tonic::Status;

use crate::wire::persistent::create_req::settings::{CheckpointAfter, MessageTimeout};
use crate::wire::persistent::{create_req, update_req};

/// A tick of the protocol's older clients: a tenth of a microsecond.
const TICKS_PER_MILLISECOND: i64 = 10_000;

/// Whom an event goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Strategy {
    /// One consumer after the other.
    RoundRobin,
    /// The first consumer, as long as it has room.
    DispatchToSingle,
    /// The consumer that has had the events of the same stream.
    Pinned,
}

impl Strategy {
    /// Its name in the protocol.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RoundRobin => "RoundRobin",
            Self::DispatchToSingle => "DispatchToSingle",
            Self::Pinned => "Pinned",
        }
    }

    fn named(name: &str, number: i32) -> Result<Self, Status> {
        match (name, number) {
            ("RoundRobin", _) | ("", 1) => Ok(Self::RoundRobin),
            ("DispatchToSingle", _) | ("", 0) => Ok(Self::DispatchToSingle),
            ("Pinned", _) | ("", 2) => Ok(Self::Pinned),
            (other, _) => Err(Status::invalid_argument(format!(
                "there is no consumer strategy {other:?}"
            ))),
        }
    }
}

/// Where a subscription begins when it is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Begins {
    /// With the first event.
    Start,
    /// With the next event.
    End,
    /// With this revision, or at this place of everything.
    At(u64),
}

/// The settings of one subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) begins: Begins,
    pub(crate) filter: Option<FilterText>,
    pub(crate) resolve_links: bool,
    pub(crate) extra_statistics: bool,
    pub(crate) message_timeout_ms: u64,
    pub(crate) max_retry_count: u32,
    pub(crate) checkpoint_after_ms: u64,
    pub(crate) min_checkpoint_count: u32,
    pub(crate) max_checkpoint_count: u32,
    pub(crate) max_subscriber_count: u32,
    pub(crate) live_buffer_size: i32,
    pub(crate) read_batch_size: i32,
    pub(crate) history_buffer_size: i32,
    pub(crate) strategy: Strategy,
}

/// A filter as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FilterText {
    pub(crate) by_stream: bool,
    pub(crate) prefixes: Vec<String>,
    pub(crate) regex: String,
}

impl Settings {
    /// As given when the subscription is made.
    pub(crate) fn of_create(
        given: create_req::Settings,
        begins: Begins,
        filter: Option<FilterText>,
    ) -> Result<Self, Status> {
        let message_timeout = match given.message_timeout {
            Some(MessageTimeout::MessageTimeoutMs(ms)) => i64::from(ms),
            Some(MessageTimeout::MessageTimeoutTicks(ticks)) => ticks / TICKS_PER_MILLISECOND,
            None => 30_000,
        };
        let checkpoint_after = match given.checkpoint_after {
            Some(CheckpointAfter::CheckpointAfterMs(ms)) => i64::from(ms),
            Some(CheckpointAfter::CheckpointAfterTicks(ticks)) => ticks / TICKS_PER_MILLISECOND,
            None => 2_000,
        };
        Self {
            begins,
            filter,
            resolve_links: given.resolve_links,
            extra_statistics: given.extra_statistics,
            message_timeout_ms: at_least_zero("message_timeout", message_timeout)?,
            max_retry_count: count("max_retry_count", given.max_retry_count)?,
            checkpoint_after_ms: at_least_zero("checkpoint_after", checkpoint_after)?,
            min_checkpoint_count: count("min_checkpoint_count", given.min_checkpoint_count)?,
            max_checkpoint_count: count("max_checkpoint_count", given.max_checkpoint_count)?,
            max_subscriber_count: count("max_subscriber_count", given.max_subscriber_count)?,
            live_buffer_size: given.live_buffer_size,
            read_batch_size: given.read_batch_size,
            history_buffer_size: given.history_buffer_size,
            strategy: Strategy::named(&given.consumer_strategy, given.named_consumer_strategy)?,
        }
        .checked()
    }

    /// As given when it is changed: what a change cannot say stays.
    pub(crate) fn of_update(
        given: update_req::Settings,
        begins: Begins,
        filter: Option<FilterText>,
    ) -> Result<Self, Status> {
        use update_req::settings::{CheckpointAfter as After, MessageTimeout as Timeout};
        let message_timeout = given.message_timeout.map(|timeout| match timeout {
            Timeout::MessageTimeoutMs(ms) => MessageTimeout::MessageTimeoutMs(ms),
            Timeout::MessageTimeoutTicks(ticks) => MessageTimeout::MessageTimeoutTicks(ticks),
        });
        let checkpoint_after = given.checkpoint_after.map(|after| match after {
            After::CheckpointAfterMs(ms) => CheckpointAfter::CheckpointAfterMs(ms),
            After::CheckpointAfterTicks(ticks) => CheckpointAfter::CheckpointAfterTicks(ticks),
        });
        let given = create_req::Settings {
            resolve_links: given.resolve_links,
            revision: given.revision,
            extra_statistics: given.extra_statistics,
            max_retry_count: given.max_retry_count,
            min_checkpoint_count: given.min_checkpoint_count,
            max_checkpoint_count: given.max_checkpoint_count,
            max_subscriber_count: given.max_subscriber_count,
            live_buffer_size: given.live_buffer_size,
            read_batch_size: given.read_batch_size,
            history_buffer_size: given.history_buffer_size,
            named_consumer_strategy: given.named_consumer_strategy,
            message_timeout,
            checkpoint_after,
            consumer_strategy: String::new(),
        };
        Self::of_create(given, begins, filter)
    }

    fn checked(self) -> Result<Self, Status> {
        let sizes = [
            self.live_buffer_size,
            self.read_batch_size,
            self.history_buffer_size,
        ];
        match sizes.iter().all(|size| *size > 0) {
            false => Err(Status::invalid_argument(
                "a buffer holds at least one event",
            )),
            true if self.read_batch_size >= self.history_buffer_size => Err(
                Status::invalid_argument("read_batch_size is less than history_buffer_size"),
            ),
            true => Ok(self),
        }
    }

    /// How long a consumer may take; `None` for ever.
    pub(crate) fn message_timeout(&self) -> Option<Duration> {
        (self.message_timeout_ms > 0).then(|| Duration::from_millis(self.message_timeout_ms))
    }
}

fn count(name: &str, given: i32) -> Result<u32, Status> {
    u32::try_from(given).map_err(|_| negative(name))
}

fn at_least_zero(name: &str, given: i64) -> Result<u64, Status> {
    u64::try_from(given).map_err(|_| negative(name))
}

fn negative(name: &str) -> Status {
    Status::invalid_argument(format!("{name} is not negative"))
}
