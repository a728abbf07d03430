//! One kept subscription at work: reads on while consumers have room, gives each event to one of them, and waits for
//! what they say of it. It is one task; everything that happens to the subscription comes through its inbox.
//!
//! Memory is bounded by one page of events; what consumers hold is noted by its place alone and read again when it
//! is given out again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use daicho_eventlog::foreign::{Entry, Place, Way};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;
use tonic::Status;
use uuid::Uuid;

use super::answer::{self, Answer};
use super::consumers::{Consumer, Consumers};
use super::ledger::{Held, Item, Ledger, Progress};
use super::settings::Settings;
use super::store::{Kept, Store};
use super::{Message, Name, Verdict};
use crate::filter::Filter;
use crate::page::Page;
use crate::query::{Cursor, Source};
use crate::read::next_page;
use crate::shared::Served;

/// How many replayed events are looked up at a time.
const REPLAYED_AT_ONCE: u64 = 500;

/// What one subscription works with.
pub(crate) struct Group {
    served: Arc<Served>,
    store: Arc<Store>,
    name: Name,
    id: i64,
    settings: Settings,
    filter: Option<Filter>,
    cursor: Cursor,
    bell: watch::Receiver<()>,
    /// Rings when a consumer has taken an event.
    taken: Arc<Notify>,
    /// Nothing more stands in the log, as far as was seen.
    at_end: bool,
    page: Page,
    again: VecDeque<Item>,
    /// The last parked row to be replayed, and the last one that was looked up.
    replay: Option<(i64, i64)>,
    ledger: Ledger,
    progress: Progress,
    consumers: Consumers,
    keep_at: Instant,
    given: u64,
    last_known: Option<u64>,
}

impl Group {
    /// Takes up a subscription where it was left.
    pub(crate) fn of(served: Arc<Served>, store: Arc<Store>, kept: Kept) -> Result<Self, Status> {
        let name = Name {
            stream: kept.stream,
            group: kept.name,
        };
        let filter = kept
            .settings
            .filter
            .as_ref()
            .map(Filter::kept)
            .transpose()?;
        Ok(Self {
            bell: served.bell()?,
            cursor: Cursor {
                source: name.source(),
                way: Way::Forwards,
                next: Some(kept.next),
            },
            served,
            store,
            name,
            id: kept.id,
            consumers: Consumers::new(kept.settings.strategy),
            settings: kept.settings,
            filter,
            taken: Arc::new(Notify::new()),
            at_end: false,
            page: Page::default(),
            again: VecDeque::new(),
            replay: None,
            ledger: Ledger::default(),
            progress: Progress::from(kept.next),
            keep_at: Instant::now(),
            given: 0,
            last_known: None,
        })
    }

    /// Works until the subscription is ended, by its removal or with the server.
    pub(crate) async fn work(mut self, mut inbox: mpsc::Receiver<Message>) {
        let mut stop = self.served.stop.clone();
        let ended = loop {
            if let Err(status) = self.go_on().await {
                tracing::error!(name = %self.name, %status, "a kept subscription stands still");
                break status;
            }
            let wake_at = self.wake_at();
            tokio::select! {
                message = inbox.recv() => match message {
                    None => break self.name.dropped(),
                    Some(Message::End) => break self.name.dropped(),
                    Some(message) => if let Err(status) = self.hear(message) {
                        break status;
                    },
                },
                rung = self.bell.changed() => match rung {
                    Ok(()) => self.at_end = false,
                    Err(_) => break Status::unavailable("the log is closed"),
                },
                () = self.taken.notified() => {}
                () = tokio::time::sleep_until(wake_at) => {}
                _ = stop.wait_for(|stop| *stop) => {
                    break Status::unavailable("the server ends; subscribe again");
                }
            }
        };
        // What is not kept comes again.
        if let Some(next) = self.progress.take_kept(0) {
            let _ = self.store.done_before(self.id, next);
        }
        self.consumers.end(&ended);
    }

    fn wake_at(&self) -> Instant {
        let far = Instant::now() + Duration::from_secs(3600);
        let keep = match self.progress.next() == self.progress.kept() {
            true => far,
            false => self.keep_at,
        };
        self.ledger.next_overdue().map_or(keep, |at| at.min(keep))
    }

    /// Whatever can be done now.
    async fn go_on(&mut self) -> Result<(), Status> {
        for gone in self.consumers.take_gone() {
            self.take_back(gone);
        }
        let now = Instant::now();
        while let Some(held) = self.ledger.take_overdue(now) {
            self.consumers.free(held.consumer);
            self.retry(held.item, "no answer came in time")?;
        }
        self.give_out().await?;
        self.keep(now)
    }

    async fn give_out(&mut self) -> Result<(), Status> {
        while self.consumers.have_room() {
            if self.again.is_empty() {
                self.look_up_replayed()?;
            }
            let (entry, item) = match self.again.front().copied() {
                Some(item) => match self.read_again(item.at).await? {
                    Some(entry) => (entry, item),
                    None => {
                        self.again.pop_front();
                        continue;
                    }
                },
                None => match self.next_new().await? {
                    Some(entry) => {
                        let item = Item {
                            at: self.at_of(&entry),
                            retries: 0,
                            parked: None,
                        };
                        (entry, item)
                    }
                    None => return Ok(()),
                },
            };
            let is_again = self.again.front() == Some(&item);
            let Some(consumer) = self.consumers.choose(&entry) else {
                if !is_again {
                    self.page.put_back(entry);
                }
                return Ok(());
            };
            match is_again {
                true => drop(self.again.pop_front()),
                false => self.progress.begun(item.at),
            }
            let overdue = self
                .settings
                .message_timeout()
                .map(|left| Instant::now() + left);
            self.ledger.give(item, entry.id(), consumer.id, overdue);
            self.given += 1;
            consumer.give(entry, item.retries);
        }
        Ok(())
    }

    /// The next event nobody has had that the filter lets through.
    async fn next_new(&mut self) -> Result<Option<Entry>, Status> {
        loop {
            while let Some(entry) = self.page.take() {
                let at = self.at_of(&entry);
                self.last_known = Some(at);
                let wanted = match &mut self.filter {
                    None => true,
                    Some(filter) => filter.wants(&entry).await?,
                };
                match wanted {
                    true => return Ok(Some(entry)),
                    false => self.progress.passed(at),
                }
            }
            if self.at_end {
                return Ok(None);
            }
            let max = u64::try_from(self.settings.history_buffer_size).unwrap_or(1);
            // What it holds is let go first.
            self.page = Page::default();
            self.page = next_page(&self.served, &mut self.cursor, max).await?;
            self.at_end = self.page.is_empty();
        }
    }

    fn at_of(&self, entry: &Entry) -> u64 {
        match self.cursor.source {
            Source::Everything => entry.place.position(),
            Source::Stream(_) => entry.revision,
        }
    }

    async fn read_again(&self, at: u64) -> Result<Option<Entry>, Status> {
        let mut page = match &self.cursor.source {
            Source::Everything => self.served.page(Place::at(at), Way::Forwards, 1).await?,
            Source::Stream(name) => self.served.stream_page(name, at, Way::Forwards, 1).await?,
        };
        Ok(page.take())
    }

    fn look_up_replayed(&mut self) -> Result<(), Status> {
        let Some((last, looked_up)) = self.replay else {
            return Ok(());
        };
        let parked = self.store.parked(self.id, looked_up, REPLAYED_AT_ONCE)?;
        let wanted = parked.iter().take_while(|parked| parked.id <= last);
        let before = self.again.len();
        self.again.extend(wanted.map(|parked| Item {
            at: parked.at,
            retries: 0,
            parked: Some(parked.id),
        }));
        self.replay = match self.again.len() == before {
            true => None,
            false => self
                .again
                .back()
                .and_then(|item| item.parked)
                .map(|row| (last, row)),
        };
        Ok(())
    }

    fn keep(&mut self, now: Instant) -> Result<(), Status> {
        let at_once = self.settings.max_checkpoint_count.max(1);
        let next = match now >= self.keep_at {
            true => self
                .progress
                .take_kept(self.settings.min_checkpoint_count.min(at_once)),
            false => self.progress.take_kept(at_once),
        };
        if now >= self.keep_at {
            self.keep_at = now + Duration::from_millis(self.settings.checkpoint_after_ms.max(100));
        }
        match next {
            Some(next) => self.store.done_before(self.id, next),
            None => Ok(()),
        }
    }

    fn hear(&mut self, message: Message) -> Result<(), Status> {
        match message {
            Message::Join {
                buffer,
                answers,
                said,
            } => {
                let max = self.settings.max_subscriber_count as usize;
                let joined = match max > 0 && self.consumers.len() >= max {
                    true => Err(self.name.full(max)),
                    false => Ok(self.consumers.add(buffer, answers, self.taken.clone())),
                };
                // Who asked may have gone meanwhile.
                let _ = said.send(joined);
            }
            Message::Leave(consumer) => {
                self.consumers.remove(consumer);
                self.take_back(consumer);
            }
            Message::Said {
                consumer,
                ids,
                verdict,
            } => {
                for id in ids {
                    self.judge(consumer, &id, &verdict)?;
                }
            }
            Message::Replay { max, said } => {
                let parked = self.store.parked(self.id, 0, max)?;
                let last = parked.last().map(|parked| parked.id);
                let under_way = self.replay.is_some()
                    || self.ledger.holds_replayed()
                    || self.again.iter().any(|item| item.parked.is_some());
                if let Some(last) = last
                    && !under_way
                {
                    self.replay = Some((last, 0));
                }
                let _ = said.send(());
            }
            Message::Info(said) => {
                let info = answer::info(&self.name, &self.settings, &self.figures()?);
                let _ = said.send(Box::new(info));
            }
            Message::Change(settings) => {
                self.consumers.end(&self.name.dropped());
                for gone in self.consumers.take_gone() {
                    self.take_back(gone);
                }
                self.consumers = Consumers::new(settings.strategy);
                self.settings = *settings;
            }
            Message::End => {}
        }
        Ok(())
    }

    /// What a consumer says of an event; of one it does not hold it says nothing.
    fn judge(&mut self, consumer: u64, id: &Uuid, verdict: &Verdict) -> Result<(), Status> {
        let Some(Held { item, .. }) = self.ledger.take(id, consumer) else {
            return Ok(());
        };
        self.consumers.free(consumer);
        match verdict {
            Verdict::Done => self.finish(item),
            Verdict::Park(reason) => self.park(item, reason),
            Verdict::Retry(reason) => self.retry(item, reason),
            Verdict::Stop => {
                self.again.push_back(item);
                self.consumers.drop_one(consumer, &self.name.dropped());
                self.take_back(consumer);
                Ok(())
            }
        }
    }

    fn finish(&mut self, item: Item) -> Result<(), Status> {
        match item.parked {
            Some(row) => self.store.unpark(row),
            None => {
                self.progress.done(item.at);
                Ok(())
            }
        }
    }

    /// Parked is first of all written down; only then it is done here.
    fn park(&mut self, item: Item, reason: &str) -> Result<(), Status> {
        let now = self.served.clock.now();
        self.store.park(self.id, item.at, reason, now)?;
        self.finish(item)
    }

    fn retry(&mut self, item: Item, reason: &str) -> Result<(), Status> {
        if item.retries >= self.settings.max_retry_count {
            return self.park(item, reason);
        }
        self.again.push_back(Item {
            retries: item.retries + 1,
            ..item
        });
        Ok(())
    }

    /// What a consumer held that has gone is given to another.
    fn take_back(&mut self, consumer: u64) {
        let held = self.ledger.take_all_of(consumer);
        for held in held.into_iter().rev() {
            self.again.push_front(held.item);
        }
    }

    fn figures(&self) -> Result<answer::Figures, Status> {
        Ok(answer::Figures {
            begun: self.progress.kept() > 0,
            next: self.progress.kept(),
            last_known: self.last_known,
            live: self.at_end,
            given: self.given,
            read: self.page.len(),
            again: self.again.len(),
            held: self.ledger.len(),
            parked: self.store.parked_count(self.id)?,
            consumers: self.consumers.iter().map(Consumer::figures).collect(),
        })
    }
}

/// The way to a consumer.
pub(crate) type Answers = mpsc::Sender<Result<Answer, Status>>;
