//! The subscriptions that are kept, each a task of its own with an inbox.

use std::collections::BTreeMap;
use std::sync::Arc;

use daicho_eventlog::foreign::{Place, Way};
use tokio::sync::{Mutex, mpsc, oneshot};
use tonic::Status;

use super::group::Group;
use super::settings::Begins;
use super::store::{Kept, Store};
use super::{Message, Name};
use crate::query::Source;
use crate::shared::Served;

/// How many messages wait for one subscription.
const INBOX: usize = 256;

/// The way to a subscription.
pub(super) type Inbox = mpsc::Sender<Message>;

/// Serves kept subscriptions.
pub(crate) struct Desk {
    pub(super) served: Arc<Served>,
    pub(super) store: Arc<Store>,
    pub(super) groups: Mutex<BTreeMap<Name, (i64, Inbox)>>,
    /// Held by every subscription that is at work.
    at_work: mpsc::Sender<()>,
}

impl Desk {
    /// Takes up all subscriptions where they were left. Each holds `at_work` until it has kept how far it came.
    pub(crate) fn take_up(
        served: Arc<Served>,
        store: Store,
        at_work: mpsc::Sender<()>,
    ) -> Result<Self, Status> {
        let store = Arc::new(store);
        let mut groups = BTreeMap::new();
        for kept in store.all()? {
            let name = Name {
                stream: kept.stream.clone(),
                group: kept.name.clone(),
            };
            let id = kept.id;
            groups.insert(name, (id, begin(&served, &store, kept, at_work.clone())?));
        }
        Ok(Self {
            served,
            store,
            groups: Mutex::new(groups),
            at_work,
        })
    }

    pub(super) fn begin(&self, kept: Kept) -> Result<Inbox, Status> {
        begin(&self.served, &self.store, kept, self.at_work.clone())
    }

    pub(super) async fn inbox(&self, name: &Name) -> Result<Inbox, Status> {
        let groups = self.groups.lock().await;
        let found = groups.get(name).map(|(_, inbox)| inbox.clone());
        found.ok_or_else(|| name.missing())
    }

    /// Asks a subscription, and waits for what it says.
    pub(super) async fn ask<T>(
        &self,
        inbox: &Inbox,
        message: impl FnOnce(oneshot::Sender<T>) -> Message,
    ) -> Result<T, Status> {
        let stands_still =
            || Status::unavailable("the subscription stands still; the server's log says why");
        let (said, hears) = oneshot::channel();
        inbox
            .send(message(said))
            .await
            .map_err(|_| stands_still())?;
        hears.await.map_err(|_| stands_still())
    }

    /// Where a new subscription begins, as the first revision or place it gives out.
    pub(super) async fn first(&self, source: &Source, begins: Begins) -> Result<u64, Status> {
        let last = match (begins, source) {
            (Begins::Start, _) => return Ok(0),
            (Begins::At(at), _) => return Ok(at),
            (Begins::End, Source::Stream(name)) => self.served.last_revision(name).await?,
            (Begins::End, Source::Everything) => {
                let last = self.served.page(Place::END, Way::Backwards, 1).await?;
                last.first().map(|entry| entry.place.position())
            }
        };
        Ok(last.map_or(0, |last| last + 1))
    }
}

/// Starts the task of a subscription.
fn begin(
    served: &Arc<Served>,
    store: &Arc<Store>,
    kept: Kept,
    at_work: mpsc::Sender<()>,
) -> Result<Inbox, Status> {
    let group = Group::of(served.clone(), store.clone(), kept)?;
    let (inbox, messages) = mpsc::channel(INBOX);
    tokio::spawn(async move {
        group.work(messages).await;
        drop(at_work);
    });
    Ok(inbox)
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
