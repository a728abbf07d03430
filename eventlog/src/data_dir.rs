//! The data directory: where each file of an installation lives, and whether it is for training.
//!
//! `log.db` is the truth; `keys.db` and `vault.db` are wrapped by a master key that is kept elsewhere; `state.db`
//! can be lost; `views/` can be deleted; `files/<sha256>` holds documents as they were sent or received. An empty or
//! half-created directory is an empty log.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use daicho_domain::document::FileDigest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A data directory, which need not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDir {
    root: PathBuf,
}

/// The mark of a directory that is 練習用 for ever: invented work, keys from a seed, never real data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Training {
    /// What the invented work and its keys derive from.
    pub seed: u64,
}

/// The room on the disk of a data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// What this process may still write, in bytes.
    pub free_bytes: u64,
    /// The whole file system, in bytes.
    pub total_bytes: u64,
    /// The event log with its journal, in bytes.
    pub log_bytes: u64,
    /// All generations of the read models, in bytes.
    pub views_bytes: u64,
}

/// How a document that was kept is found.
#[derive(Clone, PartialEq, Eq)]
pub enum Kept {
    /// As it was kept: its bytes have its digest.
    Whole(Vec<u8>),
    /// Not there.
    Missing,
    /// There, and not what was kept.
    Altered,
}

/// Why a directory cannot be used as it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// The directory has a log that was not begun as training.
    #[error("{} holds a real log; training work is not written into it", root.display())]
    Real {
        /// The directory.
        root: PathBuf,
    },
    /// The directory is for training with another seed.
    #[error("{} is for training with seed {found}, not {asked}", root.display())]
    OtherSeed {
        /// The directory.
        root: PathBuf,
        /// The seed it was begun with.
        found: u64,
        /// The seed that was asked for.
        asked: u64,
    },
    /// The directory is for training, the work that was to be put into it is not.
    #[error("{} is for training (seed {seed}); real work is not written into it", root.display())]
    ForTraining {
        /// The directory.
        root: PathBuf,
        /// The seed it was begun with.
        seed: u64,
    },
    /// The mark is there but says nothing readable.
    #[error("{} cannot be read as the mark of a training directory: {why}", path.display())]
    Mark {
        /// The mark's file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file system refused.
    #[error("{} cannot be used: {error}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl DataDir {
    /// The directory at this path.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The event log.
    pub fn log(&self) -> PathBuf {
        self.root.join("log.db")
    }

    /// The keys of sealed personal data.
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys.db")
    }

    /// Issued secrets.
    pub fn vault(&self) -> PathBuf {
        self.root.join("vault.db")
    }

    /// Worker positions, leases, deliveries, sessions.
    pub fn state(&self) -> PathBuf {
        self.root.join("state.db")
    }

    /// The read models.
    pub fn views(&self) -> PathBuf {
        self.root.join("views")
    }

    /// Documents by digest.
    pub fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    /// Mails that were not sent because no server is configured.
    pub fn mail(&self) -> PathBuf {
        self.root.join("mail")
    }

    /// The document with this digest, in lower-case hexadecimal.
    pub fn file(&self, sha256: &str) -> PathBuf {
        self.files().join(sha256)
    }

    /// Keeps a document as it was sent or received, under its digest. The same document again changes nothing.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn keep(&self, document: &[u8]) -> io::Result<FileDigest> {
        // Two callers with the same document would write the same half file.
        static KEEPING: Mutex<()> = Mutex::new(());
        let digest = FileDigest::new(Sha256::digest(document).into());
        let path = self.file(&digest.to_string());
        let _one_at_a_time = KEEPING.lock().unwrap_or_else(PoisonError::into_inner);
        if path.exists() {
            return Ok(digest);
        }
        write_new(&path, document, 0o400).map(|()| digest)
    }

    /// Removes what was being written to `files/` when a process was killed. Whoever holds the log's lock may.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn remove_half_files(&self) -> Result<(), DataDirError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error| DataDirError::Io { path, error }
        };
        let files = self.files();
        for file in std::fs::read_dir(&files).map_err(failed(&files))? {
            let path = file.map_err(failed(&files))?.path();
            if path.extension().is_some_and(|end| end == HALF) {
                std::fs::remove_file(&path).map_err(failed(&path))?;
            }
        }
        Ok(())
    }

    /// A document that was kept; nothing when there is none of this digest.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn kept(&self, digest: FileDigest) -> io::Result<Option<Vec<u8>>> {
        match std::fs::read(self.file(&digest.to_string())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// A document that was kept, held against its digest.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn found(&self, digest: FileDigest) -> io::Result<Kept> {
        Ok(match self.kept(digest)? {
            None => Kept::Missing,
            Some(bytes) if FileDigest::new(Sha256::digest(&bytes).into()) == digest => {
                Kept::Whole(bytes)
            }
            Some(_) => Kept::Altered,
        })
    }

    /// Where the master key lies unless it is said otherwise: beside the directory, never in it.
    pub fn master_key(&self) -> PathBuf {
        let mut name = self.root.as_os_str().to_owned();
        name.push(".key");
        PathBuf::from(name)
    }

    /// Makes the directory, for its owner alone, with `views/` and `files/`.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn create(&self) -> Result<(), DataDirError> {
        for path in [self.root.clone(), self.views(), self.files()] {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&path)
                .map_err(|error| DataDirError::Io { path, error })?;
        }
        Ok(())
    }

    /// The mark of a training directory, `None` for a real one.
    ///
    /// # Errors
    /// When the mark is there but cannot be read: then nobody can say what the directory is.
    pub fn training(&self) -> Result<Option<Training>, DataDirError> {
        let path = self.mark();
        match std::fs::read(&path) {
            Ok(mark) => match serde_json::from_slice(&mark) {
                Ok(training) => Ok(Some(training)),
                Err(error) => Err(DataDirError::Mark {
                    path,
                    why: error.to_string(),
                }),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(DataDirError::Io { path, error }),
        }
    }

    /// Makes the directory one for training, for ever. Asking again with the same seed changes nothing.
    ///
    /// # Errors
    /// [`DataDirError::Real`] when it has a log already; [`DataDirError::OtherSeed`].
    pub fn mark_training(&self, training: Training) -> Result<(), DataDirError> {
        self.create()?;
        match self.training()? {
            Some(found) if found == training => return Ok(()),
            Some(found) => {
                return Err(DataDirError::OtherSeed {
                    root: self.root.clone(),
                    found: found.seed,
                    asked: training.seed,
                });
            }
            None if self.log().exists() => {
                return Err(DataDirError::Real {
                    root: self.root.clone(),
                });
            }
            None => {}
        }
        let path = self.mark();
        let mark = serde_json::to_vec(&training).expect("a number is JSON");
        write_new(&path, &mark, 0o400).map_err(|error| DataDirError::Io { path, error })
    }

    /// The room on the disk that holds the directory, and what the directory takes of it.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn room(&self) -> io::Result<Room> {
        let disk = rustix::fs::statvfs(&self.root)?;
        let size = |path: PathBuf| path.metadata().map_or(0, |file| file.len());
        let beside = |path: &Path| {
            let mut journal = path.as_os_str().to_owned();
            journal.push("-wal");
            size(PathBuf::from(journal))
        };
        let log = self.log();
        let mut views_bytes = 0;
        for file in std::fs::read_dir(self.views())? {
            views_bytes += size(file?.path());
        }
        Ok(Room {
            free_bytes: disk.f_bavail * disk.f_frsize,
            total_bytes: disk.f_blocks * disk.f_frsize,
            log_bytes: beside(&log) + size(log),
            views_bytes,
        })
    }

    fn mark(&self) -> PathBuf {
        self.root.join("training.json")
    }
}

/// Writes a file that stands whole or not at all, and survives power loss.
pub(crate) fn write_new(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let half = half(path);
    match std::fs::remove_file(&half) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&half)?;
    file.write_all(content)?;
    file.sync_all()?;
    // A link, not a rename: a file that is there already is never replaced.
    std::fs::hard_link(&half, path)?;
    std::fs::remove_file(&half)?;
    sync_directory_of(path)
}

/// How the name of a file ends while it is written.
const HALF: &str = "half";

/// Where a file is while it is written.
fn half(path: &Path) -> PathBuf {
    let mut half = path.as_os_str().to_owned();
    half.push(".");
    half.push(HALF);
    PathBuf::from(half)
}

/// Makes a new name in a directory survive power loss.
pub(crate) fn sync_directory_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => File::open(".")?.sync_all(),
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_training_directory_stays_one_and_a_real_one_never_becomes_one() {
        let parent = tempfile::tempdir().expect("a directory");
        let demo = DataDir::at(parent.path().join("demo"));
        assert_eq!(demo.training().expect("it is looked at"), None);
        demo.mark_training(Training { seed: 1 })
            .expect("it is empty");
        std::fs::write(demo.log(), "").expect("a log begins");
        demo.mark_training(Training { seed: 1 })
            .expect("it is one already");
        assert_eq!(
            demo.training().expect("it is read"),
            Some(Training { seed: 1 })
        );
        let other = demo.mark_training(Training { seed: 2 });
        assert!(matches!(
            other,
            Err(DataDirError::OtherSeed {
                found: 1,
                asked: 2,
                ..
            })
        ));

        let real = DataDir::at(parent.path().join("data"));
        real.create().expect("it is made");
        std::fs::write(real.log(), "").expect("a log begins");
        let refused = real.mark_training(Training { seed: 1 });
        assert!(matches!(refused, Err(DataDirError::Real { .. })));
    }

    #[test]
    fn it_says_how_much_room_there_is_and_how_much_it_takes() {
        let parent = tempfile::tempdir().expect("a directory");
        let data = DataDir::at(parent.path().join("data"));
        data.create().expect("it is made");
        std::fs::write(data.log(), [0; 1000]).expect("a log begins");
        std::fs::write(data.views().join("a-1.db"), [0; 300]).expect("rows");
        let room = data.room().expect("the file system answers");
        assert_eq!((room.log_bytes, room.views_bytes), (1000, 300));
        assert!(room.free_bytes <= room.total_bytes && room.total_bytes > 0);
        assert!(DataDir::at("/nowhere/at/all").room().is_err());
    }

    #[test]
    fn a_document_is_kept_once_under_its_digest() {
        let parent = tempfile::tempdir().expect("a directory");
        let data = DataDir::at(parent.path().join("data"));
        data.create().expect("it is made");
        let digest = data.keep(b"letter").expect("it is kept");
        assert_eq!(data.keep(b"letter").expect("it is there"), digest);
        assert_eq!(
            data.kept(digest).expect("it is read").as_deref(),
            Some(&b"letter"[..])
        );
        assert_eq!(
            std::fs::read_dir(data.files()).expect("a folder").count(),
            1
        );
        let other = FileDigest::new([0; 32]);
        assert_eq!(data.kept(other).expect("it is looked for"), None);
    }

    #[test]
    fn the_same_document_from_many_at_once_is_kept_whole() {
        let parent = tempfile::tempdir().expect("a directory");
        let data = DataDir::at(parent.path().join("data"));
        data.create().expect("it is made");
        let document = vec![7; 1 << 20];
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| data.keep(&document).expect("it is kept"));
            }
        });
        let digest = data.keep(&document).expect("it is there");
        assert_eq!(data.kept(digest).expect("it is read"), Some(document));
    }

    #[test]
    fn what_a_killed_process_was_writing_is_removed_and_nothing_else() {
        let parent = tempfile::tempdir().expect("a directory");
        let data = DataDir::at(parent.path().join("data"));
        data.create().expect("it is made");
        let digest = data.keep(b"whole").expect("it is kept");
        let half = half(&data.file(&"0".repeat(64)));
        std::fs::write(&half, b"ha").expect("it is begun");
        data.remove_half_files().expect("they are looked for");
        assert!(!half.exists());
        assert!(data.kept(digest).expect("it is read").is_some());
    }

    #[test]
    fn the_master_key_lies_beside_the_directory() {
        let key = DataDir::at("/srv/daicho/data").master_key();
        assert_eq!(key, Path::new("/srv/daicho/data.key"));
    }
}
