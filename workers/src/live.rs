//! The workers of a running server: woken by every event that is recorded and by a timer for the civil date.
//!
//! They never end before the server does. What they cannot do now (a full disk, an event nobody can read) they note
//! where operators and every page see it, and try again at the next wake: room on the disk or a newer binary's
//! log mends it without anybody telling them.

use crate::day::Workers;
use daicho_eventlog::{Advice, Subscription};
use futures::StreamExt as _;
use std::future::Future;
use std::time::Duration;
use tokio::sync::oneshot;

/// How often the workers look at the clock when nothing is recorded, and again at what had failed.
const LOOK: Duration = Duration::from_secs(15);

/// Works until `shutdown` completes; a wake that has begun is finished. `woken` is told when the first one is over, whatever
/// it came to: today is open then, if it can be.
pub async fn run(
    workers: &Workers,
    woken: oneshot::Sender<()>,
    shutdown: impl Future<Output = ()>,
) {
    let mut shutdown = std::pin::pin!(shutdown);
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut recorded = subscribed(workers).await;
    let mut said = String::new();
    let mut woken = Some(woken);
    loop {
        let woke = workers.wake().await;
        if let Some(woken) = woken.take() {
            // Whoever asked may have gone.
            let _ = woken.send(());
        }
        match woke {
            Ok(()) => said.clear(),
            // Said once, not at every wake: what stands on the pages lasts, a log line is looked for.
            Err(error) if error.to_string() == said => {}
            Err(error) => {
                match error.advice() {
                    Advice::Retry => tracing::warn!(%error, "the workers try again later"),
                    Advice::GiveUp => tracing::error!(%error, "the workers stopped"),
                }
                said = error.to_string();
            }
        }
        tokio::select! {
            biased;
            () = &mut shutdown => return,
            () = rung(&mut recorded) => {}
            _ = look.tick() => if recorded.is_none() {
                recorded = subscribed(workers).await;
            },
        }
    }
}

/// Keeps the read models up until `shutdown` completes, whatever happens in between.
pub async fn follow(workers: &Workers, shutdown: impl Future<Output = ()>) {
    let mut shutdown = std::pin::pin!(shutdown);
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => return,
            _ = look.tick() => {}
        }
        let following = async {
            workers.views().catch_up().await?;
            workers.read_models(Ok(()));
            workers.views().follow().await
        };
        tokio::select! {
            biased;
            () = &mut shutdown => return,
            followed = following => workers.read_models(followed),
        }
    }
}

/// Sends mails until `shutdown` completes: an attempt that has begun is finished and reported. Apart from [`run`], so that
/// a mail server that does not answer holds up nothing else.
pub async fn send(workers: &Workers, shutdown: impl Future<Output = ()>) {
    let mut shutdown = std::pin::pin!(shutdown);
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut recorded = subscribed(workers).await;
    let mut said = String::new();
    loop {
        match workers.send_mails().await {
            Ok(_) => said.clear(),
            Err(error) if error.to_string() == said => {}
            Err(error) => {
                tracing::warn!(%error, "mails are sent later");
                said = error.to_string();
            }
        }
        tokio::select! {
            biased;
            () = &mut shutdown => return,
            () = rung(&mut recorded) => {}
            _ = look.tick() => if recorded.is_none() {
                recorded = subscribed(workers).await;
            },
        }
    }
}

/// What rings for every event that is recorded; nothing when the log cannot be followed now.
async fn subscribed(workers: &Workers) -> Option<Subscription> {
    let log = workers.engine().log();
    let subscribed = async {
        let head = log.head().await?;
        log.subscribe(head.map(|head| head.position)).await
    };
    match subscribed.await {
        Ok(recorded) => Some(recorded),
        Err(error) => {
            tracing::warn!(%error, "the log cannot be followed; the workers look by the clock");
            None
        }
    }
}

/// Completes when something was recorded. One that ended is given up: the clock's look begins another.
async fn rung(recorded: &mut Option<Subscription>) {
    if let Some(subscription) = recorded
        && let Some(Ok(_)) = subscription.next().await
    {
        return;
    }
    *recorded = None;
    std::future::pending().await
}
