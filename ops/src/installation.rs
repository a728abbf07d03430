//! The shared start of everything that writes: opens a data directory, sees that its log has rule books, reads the
//! policy from the log, and records the start when something differs from the last recorded one.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use daicho_domain::installation;
use daicho_domain::nouns::Command;
use daicho_domain::rules::Policy;
use daicho_domain::stream::{Stream, derived_id};
use daicho_eventlog::open::{self, Opened, Place};
use daicho_eventlog::vault::Vault;
use daicho_eventlog::{Caused, Clock, DataDir, Durability, Engine, SqliteLog, Training, books};
use daicho_projections::{Catalogue, Source, Views};
use daicho_workers::day::Workers;
use daicho_workers::mail::Outgoing;
use daicho_workers::position::Positions;
use daicho_workers::schedules::Job;
use sha2::{Digest, Sha256};

use crate::commands::Failure;

/// Who the events of a start name as their actor.
const ACTOR: &str = "daicho";

/// An installation that runs in this process, the only one that writes its log.
pub struct Installation {
    /// The way into the log.
    pub engine: Arc<Engine>,
    /// The read models, kept up by this process.
    pub views: Arc<Views>,
    /// What happens without anybody asking.
    pub workers: Arc<Workers>,
    /// The mark of a training directory.
    pub training: Option<Training>,
    /// The log, where it is a file: what only a file can be asked.
    pub file: Option<Arc<SqliteLog>>,
}

/// How an installation is started.
pub struct Start<'a> {
    /// Its directory.
    pub dir: &'a DataDir,
    /// Where its log is.
    pub place: &'a Place,
    /// The master key, if it does not lie beside the directory.
    pub master_key: Option<&'a Path>,
    /// The clock it goes by.
    pub clock: Arc<dyn Clock>,
    /// When an acknowledged event must have reached the disk.
    pub durability: Durability,
    /// Who carries its mails, if it sends any.
    pub outgoing: Option<Outgoing>,
    /// The digest of what it is configured with.
    pub configuration: String,
}

impl Installation {
    /// Starts an installation.
    pub async fn start(start: Start<'_>) -> Result<Self, Failure> {
        let Start {
            dir,
            place,
            master_key,
            clock,
            durability,
            outgoing,
            configuration,
        } = start;
        let opened = open::writing_at(place, dir, master_key, clock.clone(), durability).await;
        let Opened {
            log,
            keys,
            training,
        } = opened.map_err(|error| Failure::refused(error.sentence()))?;
        let file = log.file().cloned();
        let log = log.port();
        let nothing = Arc::new(Policy::without_books());
        let engine = Engine::start(log.clone(), keys.clone(), clock, nothing).await;
        let engine = Arc::new(engine.map_err(Failure::refused)?);
        books::seed(&engine, None).await.map_err(Failure::refused)?;
        record_start(&engine, configuration).await?;
        let source = Source::new(log, keys);
        let views = Views::open(dir.views(), Arc::new(catalogue()), source).await;
        let views = Arc::new(views.map_err(Failure::refused)?);
        let positions = Positions::open(&dir.state()).map_err(Failure::refused)?;
        let workers =
            Workers::resume(engine.clone(), views.clone(), Job::seeded(), positions).await;
        let master = open::master_key(dir, master_key, training);
        let vault = master.and_then(|master| Vault::open(&dir.vault(), &master, durability));
        let vault = vault.map_err(|error| Failure::refused(error.sentence()))?;
        let workers = workers.and_then(|workers| workers.with_vault(Arc::new(vault)));
        let workers = workers.map(|workers| match outgoing {
            None => workers,
            Some(outgoing) => workers.with_post(outgoing),
        });
        Ok(Self {
            engine,
            views,
            workers: Arc::new(workers.map_err(Failure::refused)?),
            training,
            file,
        })
    }
}

/// The read models of this binary.
pub fn catalogue() -> Catalogue {
    Catalogue::new(daicho_projections::ALL)
}

/// Records the start; one like the last yields nothing.
async fn record_start(engine: &Engine, configuration: String) -> Result<(), Failure> {
    let policy = engine.policy();
    let mut rulebooks = Sha256::new();
    for (_, book) in policy.books.all() {
        rulebooks.update(format!("{} {}\n", book.name(), book.sha256));
    }
    let digests = BTreeMap::from([
        ("rulebooks".to_owned(), hex(rulebooks)),
        ("calendar".to_owned(), policy.calendars.digest().to_owned()),
        ("configuration".to_owned(), configuration),
    ]);
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let head = engine.log().head().await.map_err(Failure::refused)?;
    let number = head.map_or(0, |head| head.number).to_string();
    let id = derived_id(&["start", &version, &format!("{digests:?}"), &number]);
    let start = installation::Command::Start { version, digests };
    let command = Command::installation(&Stream::Installation, start);
    let by = Caused::by_request(ACTOR, id);
    engine
        .execute(command, by)
        .await
        .map_err(Failure::refused)?;
    Ok(())
}

/// A digest in hexadecimal.
pub fn hex(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
