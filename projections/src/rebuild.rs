//! Making the read models anew from the log: beside the live ones, or up to an earlier number.

use crate::fill::advance;
use crate::projection::Catalogue;
use crate::projector::Projector;
use crate::source::Source;
use crate::store::{Digest, Directory, Result, Snapshot, ViewsError, finish};
use crate::views::Views;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// What a rebuild made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// The file of the generation that is live now.
    pub file: PathBuf,
    /// The last event in it; `None` when the log is empty.
    pub number: Option<u64>,
}

/// Fills the next generation from nothing beside the live one, then moves the pointer to it. Killed
/// at any moment it leaves the live one as it was. `progress` hears of each number reached.
pub(crate) async fn rebuild(
    directory: &Directory,
    catalogue: &Arc<Catalogue>,
    source: &Source,
    mut progress: impl FnMut(u64),
) -> Result<Rebuilt> {
    let lock = directory.lock_rebuild()?;
    directory.sweep_unfinished()?;
    let file = directory.next()?;
    let projector = Projector::begin(&file, catalogue.clone())?;
    let projector = Arc::new(Mutex::new(projector));
    let number = advance(&projector, source, None, &mut progress).await?;
    finish(only(projector).finish()?, &file)?;
    directory.point_at(&file)?;
    drop(lock);
    Ok(Rebuilt { file, number })
}

/// Rebuilds the read models in `path`, beside whoever reads or keeps them.
pub async fn rebuild_in(
    path: PathBuf,
    catalogue: &Arc<Catalogue>,
    source: &Source,
    progress: impl FnMut(u64),
) -> Result<Rebuilt> {
    let directory = Directory::open(path, catalogue.schema_hash.clone())?;
    rebuild(&directory, catalogue, source, progress).await
}

/// What was known once the event `until` had been recorded (or now), from the log alone: read models
/// made from nothing in a file without a name, gone with the snapshot.
pub async fn replay(
    catalogue: &Arc<Catalogue>,
    source: &Source,
    until: Option<u64>,
    mut progress: impl FnMut(u64),
) -> Result<Snapshot> {
    let projector = Projector::begin(Path::new(""), catalogue.clone())?;
    let projector = Arc::new(Mutex::new(projector));
    advance(&projector, source, until, &mut progress).await?;
    Snapshot::over(only(projector).finish()?, catalogue.clone())
}

/// The live read models held against ones made anew up to the same number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What stands in the live file.
    pub live: Digest,
    /// What the log gives.
    pub anew: Digest,
}

impl Check {
    /// The tables whose rows are not what the log gives.
    pub fn differing(&self) -> Vec<&str> {
        self.live.differing(&self.anew)
    }
}

/// Holds a snapshot against the log.
pub async fn check(
    live: &Snapshot,
    catalogue: &Arc<Catalogue>,
    source: &Source,
    progress: impl FnMut(u64),
) -> Result<Check> {
    let live = Digest::of(live)?;
    let anew = match live.number {
        None => {
            let projector = Projector::begin(Path::new(""), catalogue.clone())?;
            Snapshot::over(projector.finish()?, catalogue.clone())?
        }
        Some(number) => replay(catalogue, source, Some(number), progress).await?,
    };
    let anew = Digest::of(&anew)?;
    Ok(Check { live, anew })
}

/// The read models at the log's head, for a command that only looks: those in `path` when nobody
/// else keeps them (brought up first), those another process keeps as they are, and where there are
/// none or the place cannot be written, made from nothing without leaving a trace.
pub async fn current(
    path: PathBuf,
    catalogue: &Arc<Catalogue>,
    source: &Source,
    progress: impl FnMut(u64),
) -> Result<Snapshot> {
    let views = match path.exists() {
        true => Views::open(path.clone(), catalogue.clone(), source.clone()).await,
        false => Err(ViewsError::Missing(path.clone())),
    };
    let found = match views {
        Ok(views) => {
            views.catch_up().await?;
            return views.snapshot();
        }
        Err(ViewsError::Kept(_)) => live_in(path, catalogue),
        Err(error) => Err(error),
    };
    match found {
        Err(ViewsError::Missing(_) | ViewsError::File { .. } | ViewsError::Sqlite(_)) => {
            replay(catalogue, source, None, progress).await
        }
        found => found,
    }
}

/// The live read models in `path`, beside whoever keeps them.
pub fn live_in(path: PathBuf, catalogue: &Arc<Catalogue>) -> Result<Snapshot> {
    let directory = Directory::open(path, catalogue.schema_hash.clone())?;
    let missing = || ViewsError::Missing(directory.path().to_owned());
    let file = directory.live()?.ok_or_else(missing)?;
    let generation = Arc::new(crate::store::Generation::at(file));
    Snapshot::begin(generation, catalogue.clone())
}

fn only(projector: Arc<Mutex<Projector>>) -> Projector {
    let projector = Arc::into_inner(projector).expect("nobody writes once the filling is over");
    projector.into_inner().expect("a panic ended the filling")
}
