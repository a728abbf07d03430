//! A subscription made of two things every adapter has: reading on from a position, and a bell that rings when
//! there may be more. A missed ring costs nothing, for the reader looks again before it waits.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream;
use tokio::sync::watch;

use crate::envelope::{Position, Recorded};
use crate::port::{LogError, Subscription};

/// How many events a page of a subscription holds at most.
const PAGE_EVENTS_MAX: usize = 512;

/// What a subscription reads from.
#[async_trait]
pub(crate) trait Pages: Send + Sync + 'static {
    /// As [`crate::EventLog::read_all`].
    async fn page(&self, after: Option<Position>, max: usize) -> Result<Vec<Recorded>, LogError>;
}

/// All pages after a position; waits for the bell at the head and ends when the bell is gone.
pub(crate) fn follow<P: Pages>(
    pages: Arc<P>,
    bell: watch::Receiver<()>,
    after: Option<Position>,
) -> Subscription {
    struct Reader<P> {
        pages: Arc<P>,
        bell: watch::Receiver<()>,
        after: Option<Position>,
    }
    let reader = Reader { pages, bell, after };
    Box::pin(stream::try_unfold(reader, |mut reader| async move {
        loop {
            // Seen before reading: what is recorded after this line rings anew.
            reader.bell.mark_unchanged();
            let page = reader.pages.page(reader.after, PAGE_EVENTS_MAX).await?;
            if let Some(last) = page.last() {
                reader.after = Some(last.position);
                return Ok(Some((page, reader)));
            }
            if reader.bell.changed().await.is_err() {
                return Ok(None);
            }
        }
    }))
}
