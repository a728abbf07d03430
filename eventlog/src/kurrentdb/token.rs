//! The adapter's position: commit position, prepare position and our own number, 24 bytes.
//!
//! The first two are where the cluster is asked to go on; the number is ours and tells a place of another log from
//! one of this.

use crate::envelope::Position;
use crate::port::LogError;

/// Where an event stands on a cluster, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) at: At,
    pub(super) number: u64,
}

/// A place in `$all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) commit: u64,
    pub(super) prepare: u64,
}

impl At {
    pub(super) fn of(position: kurrentdb::Position) -> Self {
        Self {
            commit: position.commit,
            prepare: position.prepare,
        }
    }

    pub(super) fn position(self) -> kurrentdb::Position {
        kurrentdb::Position {
            commit: self.commit,
            prepare: self.prepare,
        }
    }
}

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.commit, self.prepare)
    }
}

impl Token {
    pub(super) fn position(self) -> Position {
        let mut bytes = [0; Position::BYTES_MAX];
        bytes[..8].copy_from_slice(&self.at.commit.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.at.prepare.to_be_bytes());
        bytes[16..].copy_from_slice(&self.number.to_be_bytes());
        Position::from_bytes(&bytes).expect("24 bytes are a position")
    }

    pub(super) fn read(position: Position) -> Result<Self, LogError> {
        let bytes = position.as_bytes();
        let part = |from: usize| {
            let part = bytes.get(from..from + 8)?;
            part.try_into().ok().map(u64::from_be_bytes)
        };
        match (part(0), part(8), part(16)) {
            (Some(commit), Some(prepare), Some(number)) => Ok(Self {
                at: At { commit, prepare },
                number,
            }),
            (_, _, _) => Err(LogError::ForeignPosition),
        }
    }
}
