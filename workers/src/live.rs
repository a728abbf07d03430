//! The workers of a running server: woken by every event that is recorded and by a timer for the civil date.

use crate::day::{WorkError, Workers};
use daicho_eventlog::Advice;
use futures::StreamExt as _;
use std::future::Future;
use std::time::Duration;

/// How often the workers look at the clock when nothing is recorded.
const CLOCK_LOOK: Duration = Duration::from_secs(15);

/// Works until `shutdown` completes; a wake that has begun is finished.
///
/// # Errors
/// A failure that a later wake cannot mend. A failure that may pass, and a jump of the clock that waits for a
/// person, are noted and tried again.
pub async fn run(workers: &Workers, shutdown: impl Future<Output = ()>) -> Result<(), WorkError> {
    let mut shutdown = std::pin::pin!(shutdown);
    let after = workers.engine().log().head().await?;
    let after = after.map(|head| head.position);
    let mut recorded = workers.engine().log().subscribe(after).await?;
    let mut look = tokio::time::interval(CLOCK_LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        if let Err(error) = workers.wake().await {
            match error.advice() {
                Advice::Retry => tracing::warn!(%error, "the workers try again later"),
                Advice::GiveUp => {
                    tracing::error!(%error, "the workers stopped");
                    return Err(error);
                }
            }
        }
        tokio::select! {
            biased;
            () = &mut shutdown => return Ok(()),
            rung = recorded.next() => match rung {
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Ok(()),
            },
            _ = look.tick() => {}
        }
    }
}
