//! The directory of the read models: generations side by side and the pointer to the live one.
//!
//! `views/<schema hash>-<n>.db` are the generations, `views/current` holds the name of the live one
//! and is only ever replaced by renaming. Two lock files keep apart who may do what: `keeper.lock` is
//! held by the one process that keeps the live generation up, `rebuild.lock` by the one that fills
//! the next.

use super::generation::remove_file;
use super::{Result, ViewsError};
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

const POINTER: &str = "current";

/// The directory `views/` of a data directory.
#[derive(Clone, Debug)]
pub struct Directory {
    path: PathBuf,
    schema_hash: String,
}

/// A lock held until it is dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file gives the lock back")] File);

impl Directory {
    /// The directory, made if it is not there, for the read models of this binary.
    pub fn open(path: PathBuf, schema_hash: String) -> Result<Self> {
        let mut owners = fs::DirBuilder::new();
        owners.recursive(true).mode(0o700);
        owners.create(&path).map_err(ViewsError::file(&path))?;
        Ok(Self { path, schema_hash })
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file of the generation the pointer names, when it has this binary's schema and is there.
    pub fn live(&self) -> Result<Option<PathBuf>> {
        let pointer = self.path.join(POINTER);
        let name = match fs::read_to_string(&pointer) {
            Ok(name) => name,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ViewsError::file(pointer)(error)),
        };
        let name = name.trim();
        let path = self.path.join(name);
        Ok((self.number_of(name).is_some() && path.exists()).then_some(path))
    }

    /// The file for the generation after the live one.
    pub fn next(&self) -> Result<PathBuf> {
        let last = self.files()?.filter_map(|name| self.number_of(&name)).max();
        let number = last.map_or(1, |last| last + 1);
        Ok(self.path.join(format!("{}-{number}.db", self.schema_hash)))
    }

    /// Makes `generation` the live one: written beside, flushed, renamed.
    pub fn point_at(&self, generation: &Path) -> Result<()> {
        let name = generation.file_name().unwrap_or_default();
        let pointer = self.path.join(POINTER);
        let beside = self.path.join(format!("{POINTER}.new"));
        let write = || -> io::Result<()> {
            let mut file = File::create(&beside)?;
            file.write_all(name.as_encoded_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, &pointer)?;
            File::open(&self.path)?.sync_all()
        };
        write().map_err(ViewsError::file(&pointer))
    }

    /// Removes generations that were begun and never pointed at. Call it holding the rebuild lock.
    pub fn sweep_unfinished(&self) -> Result<()> {
        let live = self.live()?;
        let live = live.as_deref().and_then(Path::file_name);
        let live = live.and_then(|name| self.number_of(name.to_str()?));
        for name in self.files()? {
            if self.number_of(&name) > live {
                remove_file(&self.path.join(name));
            }
        }
        Ok(())
    }

    /// Removes the generations before the live one and those of other schemas. Call it holding the
    /// keeper lock.
    pub fn sweep_superseded(&self) -> Result<()> {
        let Some(live) = self.live()? else {
            return Ok(());
        };
        let live = live
            .file_name()
            .and_then(|name| self.number_of(name.to_str()?));
        for name in self.files()? {
            if self.number_of(&name) < live {
                remove_file(&self.path.join(name));
            }
        }
        Ok(())
    }

    /// The right to keep the live generation up.
    pub fn lock_keeper(&self) -> Result<Lock> {
        self.lock("keeper.lock", ViewsError::Kept)
    }

    /// The right to fill the next generation.
    pub fn lock_rebuild(&self) -> Result<Lock> {
        self.lock("rebuild.lock", ViewsError::Rebuilding)
    }

    fn lock(&self, name: &str, held: impl FnOnce(PathBuf) -> ViewsError) -> Result<Lock> {
        let path = self.path.join(name);
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(ViewsError::file(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(held(self.path.clone())),
            Err(TryLockError::Error(error)) => Err(ViewsError::file(path)(error)),
        }
    }

    /// The number of a generation of this schema, by the name of its file.
    fn number_of(&self, name: &str) -> Option<u64> {
        let (hash, number) = name.strip_suffix(".db")?.rsplit_once('-')?;
        (hash == self.schema_hash).then(|| number.parse().ok())?
    }

    fn files(&self) -> Result<impl Iterator<Item = String> + use<>> {
        let entries = fs::read_dir(&self.path).map_err(ViewsError::file(&self.path))?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let names: Vec<_> = names.filter(|name| name.ends_with(".db")).collect();
        Ok(names.into_iter())
    }
}
