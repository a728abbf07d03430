//! Moves a projector along the log: the next page is read and decoded while this one is written.

use crate::projector::Projector;
use crate::source::{Page, Source};
use crate::store::{Checkpoint, Result, ViewsError};
use std::sync::{Arc, Mutex, PoisonError};

/// The most events in one commit: enough that the commit costs little, few enough that a page with
/// everything it touches fits in memory many times over.
const PAGE_EVENTS_MAX: usize = 4_096;

/// Applies everything after the projector's checkpoint up to the log's head or up to `until`
/// (inclusive). `progress` hears of each number reached. An event that cannot be read stops it, with everything
/// before that event applied.
pub(crate) async fn advance(
    projector: &Arc<Mutex<Projector>>,
    source: &Source,
    until: Option<u64>,
    mut progress: impl FnMut(u64),
) -> Result<Option<u64>> {
    let mut reached = lock(projector).reached();
    let mut page = source.page(reached, page_size(reached, until)).await;
    loop {
        let Page { events, more, stop } = page;
        let next = events.last().map(|last| Checkpoint {
            number: last.recorded.number,
            position: last.recorded.position,
        });
        let Some(next) = next else {
            return stop.map_or(Ok(reached.map(|reached| reached.number)), Err);
        };
        let writer = projector.clone();
        let written = tokio::task::spawn_blocking(move || lock(&writer).apply(events));
        let size = page_size(Some(next), until);
        let following = match (more, stop) {
            (_, Some(stop)) => Page::stopped(stop),
            (true, None) => source.page(Some(next), size).await,
            (false, None) => Page::end(),
        };
        written
            .await
            .map_err(|panic| ViewsError::Stopped(panic.to_string()))??;
        reached = Some(next);
        progress(next.number);
        page = following;
    }
}

/// How many events the next page may hold.
fn page_size(reached: Option<Checkpoint>, until: Option<u64>) -> usize {
    let next = reached.map_or(0, |reached| reached.number + 1);
    let left = until.map_or(u64::MAX, |until| (until + 1).saturating_sub(next));
    usize::try_from(left).map_or(PAGE_EVENTS_MAX, |left| left.min(PAGE_EVENTS_MAX))
}

/// A projector that panicked is never used again with what it held: its transaction was not
/// committed and its file says how far it came.
pub(crate) fn lock(projector: &Mutex<Projector>) -> std::sync::MutexGuard<'_, Projector> {
    projector.lock().unwrap_or_else(PoisonError::into_inner)
}
