//! The live read models of one data directory: kept up, read, waited for, listened to.
//!
//! There is one thing to do, `catch_up`, always the same: move to the generation the pointer names,
//! read the log from the checkpoint to its head, commit page after page. `follow` does it whenever
//! something was recorded, `wait_for` does it for a caller who must see its own result, a simulation
//! does it step by step.

use crate::fill::{advance, lock};
use crate::projection::Catalogue;
use crate::projector::{Projector, Tell};
use crate::rebuild::rebuild;
use crate::source::{Source, failure};
use crate::store::{Directory, Generation, Lock, Notice, Result, Snapshot, ViewsError};
use futures::StreamExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{broadcast, watch};

/// Notices kept for a listener that is slow; one that falls further behind is told so.
const NOTICES_KEPT: usize = 4_096;
/// How often the pointer is looked at when nothing is recorded.
const POINTER_LOOK: Duration = Duration::from_secs(1);

/// The live read models.
pub struct Views {
    directory: Directory,
    catalogue: Arc<Catalogue>,
    source: Source,
    live: RwLock<Arc<Generation>>,
    keeper: tokio::sync::Mutex<Arc<Mutex<Projector>>>,
    applied: watch::Sender<Option<u64>>,
    notices: broadcast::Sender<Notice>,
    _lock: Lock,
}

impl Views {
    /// Opens the read models in `path` and keeps them up from now on; one process at a time does.
    /// What is missing, of another schema or ahead of the log is made anew.
    pub async fn open(path: PathBuf, catalogue: Arc<Catalogue>, source: Source) -> Result<Self> {
        let directory = Directory::open(path, catalogue.schema_hash.clone())?;
        let lock = directory.lock_keeper()?;
        let file = usable(&directory, &catalogue, &source).await?;
        let applied = watch::Sender::new(None);
        let notices = broadcast::Sender::new(NOTICES_KEPT);
        let tell = tell(&applied, &notices);
        let projector = Projector::resume(&file, catalogue.clone(), tell)?;
        directory.sweep_superseded()?;
        applied.send_replace(projector.reached().map(|reached| reached.number));
        Ok(Self {
            directory,
            catalogue,
            source,
            live: RwLock::new(Arc::new(Generation::at(file))),
            keeper: tokio::sync::Mutex::new(Arc::new(Mutex::new(projector))),
            applied,
            notices,
            _lock: lock,
        })
    }

    /// The read models as they stand at this moment. It stays the same moment while it is held.
    pub fn snapshot(&self) -> Result<Snapshot> {
        Snapshot::begin(self.live(), self.catalogue.clone())
    }

    /// The number of the last event applied; `None` before the first.
    pub fn applied(&self) -> Option<u64> {
        *self.applied.borrow()
    }

    /// Says each number reached, from now on.
    pub fn reached(&self) -> watch::Receiver<Option<u64>> {
        self.applied.subscribe()
    }

    /// Every change of a row from now on, after its commit. When the read models moved to another
    /// generation, one notice names the table `*`: anything may have changed.
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    /// The name of the generation that is read now.
    pub fn generation(&self) -> String {
        let live = self.live();
        let name = live.path().file_stem().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Brings the read models to the head of the log; returns the number reached.
    pub async fn catch_up(&self) -> Result<Option<u64>> {
        let mut keeper = self.keeper.lock().await;
        self.move_to_pointed(&mut keeper).await?;
        advance(&keeper, &self.source, None, |_| {}).await
    }

    /// Returns when the event `number` shows in the read models. It brings them up itself, so it
    /// needs nobody else to be at work.
    pub async fn wait_for(&self, number: u64) -> Result<()> {
        if self.applied() >= Some(number) {
            return Ok(());
        }
        if self.catch_up().await? >= Some(number) {
            return Ok(());
        }
        Err(ViewsError::Stopped(format!(
            "the log holds no event {number} yet"
        )))
    }

    /// Keeps the read models up with everything that is recorded, by whomever, until it fails or is
    /// dropped. Also moves on when another process has finished a rebuild.
    pub async fn follow(&self) -> Result<()> {
        self.catch_up().await?;
        let reached = lock(&*self.keeper.lock().await).reached();
        let mut recorded = self.source.subscribe(reached).await?;
        loop {
            self.renew_if_outlived().await?;
            // What the subscription brings only rings: `catch_up` reads from the checkpoint, where
            // somebody who waited may already have read further.
            let rung = tokio::time::timeout(POINTER_LOOK, recorded.next()).await;
            match rung {
                Ok(Some(Ok(_))) | Err(_) => self.catch_up().await?,
                Ok(Some(Err(error))) => return Err(failure(error)),
                Ok(None) => return Ok(()),
            };
        }
    }

    /// After an erasure: fills the next generation from the log, in which the texts are gone, and moves to it.
    pub async fn renew_if_outlived(&self) -> Result<()> {
        if !lock(&*self.keeper.lock().await).is_outlived()? {
            return Ok(());
        }
        tracing::info!("personal texts were erased: the read models are made anew");
        rebuild(&self.directory, &self.catalogue, &self.source, |_| {}).await?;
        self.catch_up().await?;
        Ok(())
    }

    fn live(&self) -> Arc<Generation> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        live.clone()
    }

    /// When the pointer names another generation: brings that one to the log's head, then lets new
    /// readers begin on it. Readers of the old one finish there.
    async fn move_to_pointed(&self, keeper: &mut Arc<Mutex<Projector>>) -> Result<()> {
        let pointed = self.directory.live()?;
        let Some(file) = pointed.filter(|file| file != self.live().path()) else {
            return Ok(());
        };
        // Its numbers lag behind those that were told already; it tells nothing until it is live.
        let next = Projector::resume(&file, self.catalogue.clone(), Box::new(|_, _| {}))?;
        let next = Arc::new(Mutex::new(next));
        let reached = advance(&next, &self.source, None, |_| {}).await?;
        lock(&next).tell_to(tell(&self.applied, &self.notices));
        let generation = Arc::new(Generation::at(file));
        *keeper = next;
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *live, generation).supersede();
        drop(live);
        self.applied.send_replace(reached);
        let number = reached.unwrap_or_default();
        let (table, key) = ("*", String::new());
        let _ = self.notices.send(Notice { table, key, number });
        tracing::info!(
            generation = self.generation(),
            "moved to a rebuilt generation"
        );
        Ok(())
    }
}

/// What listeners of these hear of each commit.
fn tell(applied: &watch::Sender<Option<u64>>, notices: &broadcast::Sender<Notice>) -> Tell {
    let (applied, notices) = (applied.clone(), notices.clone());
    Box::new(move |number, changed| {
        applied.send_if_modified(|applied| {
            let further = *applied < Some(number);
            *applied = (*applied).max(Some(number));
            further
        });
        for notice in changed {
            // Nobody listening is not a failure.
            let _ = notices.send(notice);
        }
    })
}

/// The file of a live generation to go on with, made anew when there is none that fits the log.
async fn usable(
    directory: &Directory,
    catalogue: &Arc<Catalogue>,
    source: &Source,
) -> Result<PathBuf> {
    if let Some(file) = directory.live()? {
        match Projector::resume(&file, catalogue.clone(), Box::new(|_, _| {})) {
            Ok(projector) => {
                let reached = projector.reached().map(|reached| reached.number);
                let outlived = projector.is_outlived()?;
                if reached <= source.head().await? && !outlived {
                    return Ok(file);
                }
                tracing::warn!(
                    outlived,
                    "the read models are ahead of the log or outlived an erasure, and are made anew"
                );
            }
            Err(error) => tracing::warn!(%error, "the read models are made anew"),
        }
    }
    let rebuilt = rebuild(directory, catalogue, source, |_| {}).await?;
    Ok(rebuilt.file)
}
