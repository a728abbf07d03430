//! Reading a stream or everything: an answer that ends. Pages are fetched as the client takes their events; a
//! client that takes none costs one page.

use std::sync::Arc;

use daicho_eventlog::StreamName;
use futures::stream::{self, BoxStream};
use tonic::Status;

use crate::page::Page;
use crate::query::{Amount, Cursor, Query, Source};
use crate::shared::{Admitted, Served};
use crate::wire::streams::ReadResp;
use crate::wire::streams::read_resp::{Content, StreamNotFound};
use crate::wire::{read_event, stream_identifier};

/// The answers to one read or subscription.
pub(crate) type Answers = BoxStream<'static, Result<ReadResp, Status>>;

/// One page after the other of what a cursor points at.
pub(crate) async fn next_page(
    served: &Arc<Served>,
    cursor: &mut Cursor,
    max: u64,
) -> Result<Page, Status> {
    let Some(next) = cursor.next else {
        return Ok(Page::default());
    };
    let page = match &cursor.source {
        Source::Everything => {
            let from = daicho_eventlog::foreign::Place::at(next);
            served.page(from, cursor.way, max).await?
        }
        Source::Stream(name) => served.stream_page(name, next, cursor.way, max).await?,
    };
    if let Some(last) = page.last() {
        cursor.pass(last);
    }
    Ok(page)
}

/// What is sent for a message.
pub(crate) fn answer(content: Content) -> ReadResp {
    ReadResp {
        content: Some(content),
    }
}

/// Reads until the client has as many as it wanted, or nothing follows.
pub(crate) async fn read(served: Admitted, query: Query) -> Result<Answers, Status> {
    let end = match &query.source {
        Source::Everything => None,
        Source::Stream(name) => match served.last_revision(name).await? {
            Some(last) => Some(answer(Content::LastStreamPosition(last))),
            None => return Ok(not_found(name)),
        },
    };
    let left = match query.amount {
        Amount::Events(count) => count,
        Amount::Following => u64::MAX,
    };
    let reader = Reader {
        served,
        cursor: Cursor::of_reader(&query),
        query,
        page: Page::default(),
        left,
        end,
    };
    Ok(Box::pin(stream::try_unfold(reader, |mut reader| async {
        let next = reader.next().await?;
        Ok(next.map(|answer| (answer, reader)))
    })))
}

fn not_found(name: &StreamName) -> Answers {
    let content = Content::StreamNotFound(StreamNotFound {
        stream_identifier: Some(stream_identifier(name)),
    });
    Box::pin(stream::iter([Ok(answer(content))]))
}

struct Reader {
    served: Admitted,
    cursor: Cursor,
    query: Query,
    page: Page,
    left: u64,
    /// What is said when all is read.
    end: Option<ReadResp>,
}

impl Reader {
    async fn next(&mut self) -> Result<Option<ReadResp>, Status> {
        while self.left > 0 {
            let Some(entry) = self.page.take() else {
                // With a filter nobody knows how many must be looked at.
                let max = match self.query.filter {
                    None => self.left,
                    Some(_) => u64::MAX,
                };
                // What it holds is let go first.
                self.page = Page::default();
                self.page = next_page(&self.served, &mut self.cursor, max).await?;
                match self.page.is_empty() {
                    true => break,
                    false => continue,
                }
            };
            let wanted = match &mut self.query.filter {
                None => true,
                Some(filter) => filter.wants(&entry).await?,
            };
            if wanted {
                self.left -= 1;
                let event = read_event(entry, self.query.ids);
                return Ok(Some(answer(Content::Event(event))));
            }
        }
        Ok(self.end.take())
    }
}
