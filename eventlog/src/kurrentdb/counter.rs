//! The one subscription that counts: `$all` from the first event on, for as long as the log is open.
//!
//! When the connection fails it begins anew behind what was counted, whatever failed and however often: nothing is
//! counted twice, because what came before is known by its place, and nothing is left out, because each stream's
//! versions follow one another.

use std::sync::Arc;

use kurrentdb::{Client, StreamPosition, SubscribeToAllOptions, SubscriptionEvent};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use super::failure::{Sense, sense};
use super::reading::Reading;
use super::session::Pauses;
use super::token::At;
use super::wire::{self, Came};
use crate::port::LogError;

/// How many messages may wait between the connection and the count.
const WAITING_MAX: usize = 1024;

/// How many are counted in one step.
const STEP_MAX: usize = 512;

/// A task that ends with whoever holds this.
#[derive(Debug)]
pub(super) struct Task(AbortHandle);

impl Task {
    pub(super) fn of(task: &tokio::task::JoinHandle<()>) -> Self {
        Self(task.abort_handle())
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the connection brings.
enum Heard {
    Came(Came),
    /// Everything up to here was looked at by the server.
    LookedAt(At),
    Failed(kurrentdb::Error),
}

/// Counts until something stops the readers; rings after each step.
pub(super) async fn count(reading: Arc<Reading>, bell: watch::Sender<()>) {
    let mut pauses = Pauses::default();
    loop {
        let (client, generation) = reading.session().client();
        let (say, mut heard) = mpsc::channel(WAITING_MAX);
        let listening = tokio::spawn(listen(client, reading.counted().resume(), say));
        let _listening = Task::of(&listening);
        let failure = loop {
            let mut step = Vec::new();
            if heard.recv_many(&mut step, STEP_MAX).await == 0 {
                break None;
            }
            match take(&reading, step) {
                Ok(None) => {
                    pauses = Pauses::default();
                    bell.send_replace(());
                }
                Ok(Some(failure)) => break Some(failure),
                Err(why) => return stop(&reading, &bell, why),
            }
        };
        if let Some(failure) = failure {
            if let Err(why) = reading.session().renew(generation, &failure) {
                return stop(&reading, &bell, why);
            }
            match sense(reading.session().address(), &failure) {
                Sense::Final(why) => return stop(&reading, &bell, why),
                Sense::Undone(why) | Sense::Lost(why) => {
                    tracing::debug!(%why, "the log is followed anew");
                }
            }
        }
        pauses.pause().await;
    }
}

fn stop(reading: &Reading, bell: &watch::Sender<()>, why: LogError) {
    tracing::error!(%why, "the log is read no further");
    reading.counted().stop(why);
    bell.send_replace(());
}

/// Counts one step; answers with the failure that ended the connection, if one did.
fn take(reading: &Reading, step: Vec<Heard>) -> Result<Option<kurrentdb::Error>, LogError> {
    let mut counted = reading.counted();
    let mut came = Vec::with_capacity(step.len());
    let mut looked_at = None;
    let mut failure = None;
    for heard in step {
        match heard {
            Heard::Came(event) => came.push(event),
            Heard::LookedAt(at) => looked_at = Some(at),
            Heard::Failed(error) => failure = Some(error),
        }
    }
    counted.take(came)?;
    if let Some(at) = looked_at {
        counted.looked_at(at);
    }
    Ok(failure)
}

/// Hands on what comes until the connection fails. The client's call must not be dropped half way, so it has a task.
async fn listen(client: Client, after: Option<At>, say: mpsc::Sender<Heard>) {
    let from = match after {
        None => StreamPosition::Start,
        Some(at) => StreamPosition::Position(at.position()),
    };
    let options = SubscribeToAllOptions::default()
        .position(from)
        .filter(wire::our_streams_and_their_metadata());
    let mut subscription = client.subscribe_to_all(&options).await;
    loop {
        let heard = match subscription.next_subscription_event().await {
            Ok(SubscriptionEvent::EventAppeared(event)) => match &event.event {
                Some(event) => Heard::Came(wire::came(event)),
                None => continue,
            },
            Ok(SubscriptionEvent::Checkpoint(at)) => Heard::LookedAt(At::of(at)),
            Ok(
                SubscriptionEvent::Confirmed(_)
                | SubscriptionEvent::FirstStreamPosition(_)
                | SubscriptionEvent::LastStreamPosition(_)
                | SubscriptionEvent::LastAllPosition(_)
                | SubscriptionEvent::CaughtUp(_)
                | SubscriptionEvent::FellBehind(_),
            ) => continue,
            Err(error) => Heard::Failed(error),
        };
        let failed = matches!(heard, Heard::Failed(_));
        if say.send(heard).await.is_err() || failed {
            return;
        }
    }
}
