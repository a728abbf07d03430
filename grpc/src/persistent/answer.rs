//! What the service of kept subscriptions says: events to consumers, and how a subscription stands.

use daicho_eventlog::foreign::Entry;

use super::Name;
use super::consumers::ConsumerFigures;
use super::settings::{Begins, Settings};
use crate::query::Source;
use crate::wire::persistent::read_resp::read_event::{Count, Position, RecordedEvent};
use crate::wire::persistent::read_resp::{Content, ReadEvent, SubscriptionConfirmation};
use crate::wire::persistent::subscription_info::ConnectionInfo;
use crate::wire::persistent::{ReadResp, SubscriptionInfo};
use crate::wire::{IdForm, recorded};

/// What a consumer is sent.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It has joined this subscription.
    Joined(Name),
    /// An event, given out so many times before.
    Event(Entry, u32),
}

impl Answer {
    /// As the protocol carries it.
    pub(crate) fn wire(self, ids: IdForm) -> ReadResp {
        let content = match self {
            Self::Joined(name) => Content::SubscriptionConfirmation(SubscriptionConfirmation {
                subscription_id: name.to_string(),
            }),
            Self::Event(entry, retries) => {
                let place = entry.place.position();
                let event = recorded(entry, ids);
                Content::Event(ReadEvent {
                    event: Some(RecordedEvent {
                        id: event.id,
                        stream_identifier: event.stream_identifier,
                        stream_revision: event.stream_revision,
                        prepare_position: event.prepare_position,
                        commit_position: event.commit_position,
                        metadata: event.metadata,
                        custom_metadata: event.custom_metadata,
                        data: event.data,
                    }),
                    link: None,
                    position: Some(Position::CommitPosition(place)),
                    count: Some(Count::RetryCount(retries.cast_signed())),
                })
            }
        };
        ReadResp {
            content: Some(content),
        }
    }
}

/// How a subscription stands, in numbers.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) begun: bool,
    pub(crate) next: u64,
    pub(crate) last_known: Option<u64>,
    pub(crate) live: bool,
    pub(crate) given: u64,
    pub(crate) read: usize,
    pub(crate) again: usize,
    pub(crate) held: usize,
    pub(crate) parked: i64,
    pub(crate) consumers: Vec<ConsumerFigures>,
}

/// How a subscription stands, as the protocol says it.
pub(crate) fn info(name: &Name, settings: &Settings, figures: &Figures) -> SubscriptionInfo {
    let everything = name.source() == Source::Everything;
    let at = |at: u64| match everything {
        true => format!("C:{at}/P:{at}"),
        false => at.to_string(),
    };
    let start_from = match (settings.begins, everything) {
        (Begins::Start, _) => at(0),
        (Begins::End, true) => "C:-1/P:-1".to_owned(),
        (Begins::End, false) => "-1".to_owned(),
        (Begins::At(begin), _) => at(begin),
    };
    let connections = figures.consumers.iter().map(|consumer| ConnectionInfo {
        total_items: consumer.given.cast_signed(),
        available_slots: small(consumer.slots - consumer.held.min(consumer.slots)),
        in_flight_messages: small(consumer.held),
        ..ConnectionInfo::default()
    });
    let checkpointed = figures.begun.then(|| at(figures.next.saturating_sub(1)));
    SubscriptionInfo {
        event_source: name.stream.clone(),
        group_name: name.group.clone(),
        status: match figures.live {
            true => "Live".to_owned(),
            false => "Behind".to_owned(),
        },
        connections: connections.collect(),
        total_items: figures.given.cast_signed(),
        last_checkpointed_event_position: checkpointed.unwrap_or_default(),
        last_known_event_position: figures.last_known.map(at).unwrap_or_default(),
        resolve_link_tos: settings.resolve_links,
        start_from,
        message_timeout_milliseconds: milliseconds(settings.message_timeout_ms),
        extra_statistics: settings.extra_statistics,
        max_retry_count: settings.max_retry_count.cast_signed(),
        live_buffer_size: settings.live_buffer_size,
        buffer_size: settings.history_buffer_size,
        read_batch_size: settings.read_batch_size,
        check_point_after_milliseconds: milliseconds(settings.checkpoint_after_ms),
        min_check_point_count: settings.min_checkpoint_count.cast_signed(),
        max_check_point_count: settings.max_checkpoint_count.cast_signed(),
        read_buffer_count: small(figures.read),
        retry_buffer_count: small(figures.again),
        total_in_flight_messages: small(figures.held),
        outstanding_messages_count: small(figures.held + figures.again),
        named_consumer_strategy: settings.strategy.name().to_owned(),
        max_subscriber_count: settings.max_subscriber_count.cast_signed(),
        parked_message_count: figures.parked,
        // Rates are not measured.
        average_per_second: 0,
        count_since_last_measurement: 0,
        live_buffer_count: 0,
    }
}

fn small(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn milliseconds(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
