//! Where the master key is found: the file that was named, systemd's credential, or the file beside the data directory;
//! and that nobody else can read it there.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{MasterKey, SealError};
use crate::data_dir::DataDir;

/// The name of systemd's credential, in the directory that `CREDENTIALS_DIRECTORY` names.
const CREDENTIAL: &str = "daicho-master-key";

/// Where a master key lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// In a file of ours: outside the data directory, mode 0400.
    File(PathBuf),
    /// A credential that systemd gives to this service alone.
    Credential(PathBuf),
}

impl Whereabouts {
    /// Where the key of a directory is: what was named goes before systemd's credential before the file beside it.
    pub fn of(dir: &DataDir, named: Option<&Path>) -> Self {
        let credentials = std::env::var_os("CREDENTIALS_DIRECTORY");
        Self::beside(dir, named, credentials.as_deref().map(Path::new))
    }

    fn beside(dir: &DataDir, named: Option<&Path>, credentials: Option<&Path>) -> Self {
        let credential = credentials.map(|directory| directory.join(CREDENTIAL));
        match (named, credential) {
            (Some(named), _) => Self::File(named.to_owned()),
            (None, Some(credential)) if credential.exists() => Self::Credential(credential),
            (None, Some(_) | None) => Self::File(dir.master_key()),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Credential(path) => path,
        }
    }

    /// Reads the key.
    ///
    /// # Errors
    /// [`SealError::MasterKeyMissing`], [`SealError::MasterKeyInside`], [`SealError::MasterKeyOpen`],
    /// [`SealError::NotAMasterKey`], and failures of the file system.
    pub fn load(&self, dir: &DataDir) -> Result<MasterKey, SealError> {
        match self {
            // systemd says who reads it, in ways that a mode does not show.
            Self::Credential(path) => MasterKey::load(path),
            Self::File(path) => {
                outside(path, dir)?;
                closed(path)?;
                MasterKey::load(path)
            }
        }
    }

    /// Makes a new key where there is none.
    ///
    /// # Errors
    /// [`SealError::MasterKeyInside`], and failures of the file system.
    pub fn create(&self, dir: &DataDir) -> Result<MasterKey, SealError> {
        outside(self.path(), dir)?;
        MasterKey::create(self.path())
    }
}

/// A key in the data directory would lie in every copy of it.
fn outside(path: &Path, dir: &DataDir) -> Result<(), SealError> {
    let Ok(root) = dir.root().canonicalize() else {
        return Ok(());
    };
    // The key itself may be there or not; the directory it lies in is.
    let real = path.canonicalize().or_else(|_| {
        let parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        parent.unwrap_or(Path::new(".")).canonicalize()
    });
    match real {
        Ok(real) if real.starts_with(&root) => Err(SealError::MasterKeyInside {
            path: path.to_owned(),
            root,
        }),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn closed(path: &Path) -> Result<(), SealError> {
    let mode = match path.metadata() {
        Ok(file) => file.permissions().mode() & 0o7777,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(SealError::MasterKeyMissing {
                path: path.to_owned(),
            });
        }
        Err(error) => {
            return Err(SealError::Failed {
                path: path.to_owned(),
                why: error.to_string(),
            });
        }
    };
    match mode {
        0o400 => Ok(()),
        mode => Err(SealError::MasterKeyOpen {
            path: path.to_owned(),
            mode,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;

    fn house() -> (tempfile::TempDir, DataDir) {
        let parent = tempfile::tempdir().expect("a directory");
        let dir = DataDir::at(parent.path().join("data"));
        dir.create().expect("it is made");
        (parent, dir)
    }

    #[test]
    fn a_key_in_the_data_directory_is_neither_made_nor_read() {
        let (parent, dir) = house();
        let inside = Whereabouts::of(&dir, Some(&dir.root().join("master.key")));
        let refused = inside.create(&dir).expect_err("it would lie in every copy");
        assert!(
            matches!(refused, SealError::MasterKeyInside { .. }),
            "{refused}"
        );
        MasterKey::create(inside.path()).expect("somebody makes it all the same");
        let refused = inside.load(&dir).expect_err("it lies in every copy");
        assert!(
            refused.sentence().contains("データディレクトリ"),
            "{refused}"
        );
        let linked = parent.path().join("linked.key");
        std::os::unix::fs::symlink(inside.path(), &linked).expect("a link");
        let refused = Whereabouts::of(&dir, Some(&linked)).load(&dir);
        assert!(matches!(refused, Err(SealError::MasterKeyInside { .. })));
    }

    #[test]
    fn a_key_that_others_can_read_is_refused_with_its_mode() {
        let (_parent, dir) = house();
        let beside = Whereabouts::of(&dir, None);
        beside.create(&dir).expect("it is made");
        beside.load(&dir).expect("it is its owner's alone");
        for mode in [0o440, 0o404, 0o600] {
            let permissions = Permissions::from_mode(mode);
            std::fs::set_permissions(beside.path(), permissions).expect("a mode");
            let refused = beside.load(&dir).expect_err("others can use it");
            let said = format!("{mode:04o}");
            assert!(refused.sentence().contains(&said), "{}", refused.sentence());
        }
    }

    #[test]
    fn what_was_named_goes_before_the_credential_before_the_file_beside() {
        let (parent, dir) = house();
        let credentials = parent.path().join("credentials");
        std::fs::create_dir(&credentials).expect("a directory");
        let of = |named| Whereabouts::beside(&dir, named, Some(&credentials));
        assert_eq!(of(None), Whereabouts::File(dir.master_key()));
        let credential = credentials.join(CREDENTIAL);
        MasterKey::create(&credential).expect("systemd puts it there");
        std::fs::set_permissions(&credential, Permissions::from_mode(0o440)).expect("a mode");
        assert_eq!(of(None), Whereabouts::Credential(credential));
        of(None).load(&dir).expect("its mode is systemd's affair");
        let named = parent.path().join("named.key");
        assert_eq!(of(Some(&named)), Whereabouts::File(named.clone()));
    }
}
