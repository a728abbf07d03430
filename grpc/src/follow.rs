//! Following a stream or everything: first what is there, then each event as it is recorded, without end.
//!
//! A follower reads pages, as a reader does, and waits for the log's bell at the end of what is there. So one that
//! is slow is merely behind; nothing is kept for it.

use daicho_eventlog::foreign::{Entry, Place, Way};
use futures::stream;
use prost_types::Timestamp;
use tokio::sync::watch;
use tonic::Status;
use uuid::Uuid;

use crate::failure;
use crate::page::Page;
use crate::query::{Cursor, From, Query, Source};
use crate::read::{Answers, answer, next_page};
use crate::shared::Admitted;
use crate::wire::read_event;
use crate::wire::streams::ReadResp;
use crate::wire::streams::read_resp::{
    CaughtUp, Checkpoint, Content, FellBehind, Position, SubscriptionConfirmation,
};

/// A live follower that finds so many new events at once has fallen behind.
const BEHIND: usize = 256;

/// Follows until the client or the server goes.
pub(crate) async fn follow(served: Admitted, query: Query) -> Result<Answers, Status> {
    let bell = served.latest.bell();
    // The last event is looked for after the bell is held: nothing that comes later is missed.
    let last = match query.from {
        From::End => end_of(&served, &query.source).await?,
        From::Start | From::At(_) => None,
    };
    let follower = Follower {
        cursor: Cursor::of_follower(&query, last),
        seen: last.or(match query.from {
            From::At(at) => Some(at),
            From::Start | From::End => None,
        }),
        stop: served.stop.clone(),
        served,
        query,
        bell,
        page: Page::default(),
        covered: Place::START,
        state: State::New,
        unsaid: 0,
    };
    Ok(Box::pin(stream::try_unfold(
        follower,
        |mut follower| async {
            let next = follower.next().await?;
            Ok(next.map(|answer| (answer, follower)))
        },
    )))
}

/// The revision or position of the last event.
async fn end_of(served: &Admitted, source: &Source) -> Result<Option<u64>, Status> {
    match source {
        Source::Stream(name) => served.last_revision(name).await,
        Source::Everything => {
            let last = served.page(Place::END, Way::Backwards, 1).await?;
            Ok(last.first().map(|entry| entry.place.position()))
        }
    }
}

/// What the client has been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    New,
    CatchingUp,
    Live,
}

struct Follower {
    served: Admitted,
    query: Query,
    cursor: Cursor,
    bell: watch::Receiver<()>,
    stop: watch::Receiver<bool>,
    page: Page,
    /// A live follower has seen whatever it wants of everything before this place.
    covered: Place,
    state: State,
    /// The revision or position of the last event looked at.
    seen: Option<u64>,
    /// How many events were looked at since the client was told how far.
    unsaid: u64,
}

impl Follower {
    async fn next(&mut self) -> Result<Option<ReadResp>, Status> {
        if self.state == State::New {
            self.state = State::CatchingUp;
            return Ok(Some(answer(Content::Confirmation(
                SubscriptionConfirmation {
                    subscription_id: Uuid::now_v7().to_string(),
                },
            ))));
        }
        loop {
            while let Some(entry) = self.page.take() {
                if let Some(said) = self.look_at(entry).await? {
                    return Ok(Some(said));
                }
            }
            // Before reading: what is recorded after this line rings anew.
            self.bell.mark_unchanged();
            self.page = self.fetch().await?;
            match (self.page.len(), self.state) {
                (0, State::Live) => self.wait().await?,
                (0, State::New | State::CatchingUp) => match self.checkpoint() {
                    // A client that wants few events of many is told how far it has come before it waits.
                    Some(checkpoint) => return Ok(Some(checkpoint)),
                    None => {
                        self.state = State::Live;
                        return Ok(Some(self.caught_up()));
                    }
                },
                (BEHIND.., State::Live) => {
                    self.state = State::CatchingUp;
                    return Ok(Some(self.fell_behind()));
                }
                (_, State::New | State::CatchingUp | State::Live) => {}
            }
        }
    }

    /// What comes next: of the newest events those it has not seen, or a page of the file.
    async fn fetch(&mut self) -> Result<Page, Status> {
        self.served.goes_on()?;
        // What it holds is let go first.
        self.page = Page::default();
        if self.state == State::Live
            && let Some((page, until)) = self.newest()
        {
            self.covered = until;
            if let Some(last) = page.last() {
                self.cursor.pass(last);
            }
            return Ok(page);
        }
        let until = self.served.latest.until();
        let page = next_page(&self.served, &mut self.cursor, u64::MAX).await?;
        if page.is_empty() {
            self.covered = until;
        }
        Ok(page)
    }

    fn newest(&self) -> Option<(Page, Place)> {
        let next = self.cursor.next?;
        self.served
            .newest(self.covered, |entry| match &self.cursor.source {
                Source::Everything => entry.place.position() >= next,
                Source::Stream(name) => entry.stream == *name && entry.revision >= next,
            })
    }

    /// What is said of one event: itself, or after many unwanted ones how far the search has come.
    async fn look_at(&mut self, entry: Entry) -> Result<Option<ReadResp>, Status> {
        self.seen = Some(match self.query.source {
            Source::Everything => entry.place.position(),
            Source::Stream(_) => entry.revision,
        });
        let Some(filter) = &mut self.query.filter else {
            return Ok(Some(answer(Content::Event(read_event(
                entry,
                self.query.ids,
            )))));
        };
        self.unsaid += 1;
        let every = filter.checkpoint_every;
        if filter.wants(&entry).await? {
            return Ok(Some(answer(Content::Event(read_event(
                entry,
                self.query.ids,
            )))));
        }
        match self.unsaid >= every {
            true => Ok(self.checkpoint()),
            false => Ok(None),
        }
    }

    /// How far a filtered follower has come, if it looked at anything since it was told.
    fn checkpoint(&mut self) -> Option<ReadResp> {
        if self.unsaid == 0 {
            return None;
        }
        self.unsaid = 0;
        let position = self.seen.unwrap_or_default();
        Some(answer(Content::Checkpoint(Checkpoint {
            commit_position: position,
            prepare_position: position,
            timestamp: Some(self.now()),
        })))
    }

    async fn wait(&mut self) -> Result<(), Status> {
        tokio::select! {
            rung = self.bell.changed() => rung.map_err(|_| failure::ends()),
            _ = self.stop.wait_for(|stop| *stop) => Err(failure::ends()),
        }
    }

    fn now(&self) -> Timestamp {
        let now = self.served.clock.now();
        Timestamp {
            seconds: now.timestamp(),
            nanos: now.timestamp_subsec_nanos().cast_signed(),
        }
    }

    fn caught_up(&self) -> ReadResp {
        let (stream_revision, position) = self.reached();
        answer(Content::CaughtUp(CaughtUp {
            timestamp: Some(self.now()),
            stream_revision,
            position,
        }))
    }

    fn fell_behind(&self) -> ReadResp {
        let (stream_revision, position) = self.reached();
        answer(Content::FellBehind(FellBehind {
            timestamp: Some(self.now()),
            stream_revision,
            position,
        }))
    }

    fn reached(&self) -> (Option<i64>, Option<Position>) {
        match self.query.source {
            Source::Stream(_) => (self.seen.and_then(|seen| i64::try_from(seen).ok()), None),
            Source::Everything => {
                let position = self.seen.map(|seen| Position {
                    commit_position: seen,
                    prepare_position: seen,
                });
                (None, position)
            }
        }
    }
}
