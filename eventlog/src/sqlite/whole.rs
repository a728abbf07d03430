//! The whole log, own and foreign events in one order: what a server of another protocol reads and appends to.

use std::path::Path;

use tokio::sync::watch;

use super::{Mode, SqliteLog, failed, foreign, page};
use crate::envelope::StreamName;
use crate::foreign::{
    Appended, Entry, ForeignError, ForeignEvent, ForeignExpected, Place, Room, Way,
};
use crate::port::LogError;

impl SqliteLog {
    /// The file it lies in.
    pub fn path(&self) -> &Path {
        self.readers.path()
    }

    /// Records all of `events` at the end of a foreign stream, or none: queued at once, in the order of the calls.
    /// When it answers `Ok` they survive power loss. A repetition of what stands there already is answered as it was.
    /// The append goes on whether what is returned is polled, left alone or dropped: whoever answers a slow client
    /// must not keep others in the same commit from their answers.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    ///
    /// # Errors
    /// [`ForeignError::OwnStream`] where events of the business stand; the stream is not as expected; the world.
    pub fn append_foreign(
        &self,
        stream: &StreamName,
        expected: ForeignExpected,
        events: Vec<ForeignEvent>,
    ) -> impl Future<Output = Result<Appended, ForeignError>> + Send + use<> {
        let queued = match &self.mode {
            Mode::Writing { writer, .. } => {
                let answered = writer.append_foreign(stream, expected, events);
                Some((tokio::spawn(answered), stream.clone()))
            }
            Mode::Reading { .. } => None,
        };
        async move {
            let Some((queued, stream)) = queued else {
                return Err(LogError::OpenedForReading.into());
            };
            queued.await.unwrap_or_else(|ended| {
                let why = ended.to_string();
                Err(LogError::Unanswered { stream, why }.into())
            })
        }
    }

    /// A page of everything from a place on, or back from it, that place included; empty where nothing follows.
    ///
    /// # Errors
    /// [`LogError::Unreadable`] names the first event that cannot be read; failures of the world.
    pub async fn whole(&self, from: Place, way: Way, room: Room) -> Result<Vec<Entry>, LogError> {
        self.readers
            .aside(move |readers| {
                let page = readers.with(|connection| {
                    foreign::page(connection, readers.path(), from, way, room)
                })?;
                Ok(page.unwrap_or_default())
            })
            .await
    }

    /// A page of one stream, whosever it is, from a revision on, or back from it, that revision included.
    ///
    /// # Errors
    /// As [`Self::whole`].
    pub async fn whole_stream(
        &self,
        stream: &StreamName,
        from: u64,
        way: Way,
        room: Room,
    ) -> Result<Vec<Entry>, LogError> {
        let stream = stream.clone();
        self.readers
            .aside(move |readers| {
                let page = readers.with(|connection| {
                    let stream = stream.as_str();
                    foreign::stream_page(connection, readers.path(), stream, from, way, room)
                })?;
                Ok(page.unwrap_or_default())
            })
            .await
    }

    /// The last revision of a stream, whosever it is; `None` when it holds nothing.
    ///
    /// # Errors
    /// As [`Self::whole`].
    pub async fn last_revision(&self, stream: &StreamName) -> Result<Option<u64>, LogError> {
        let stream = stream.clone();
        self.readers
            .aside(move |readers| {
                let found = readers.with(|connection| {
                    let own = page::last_version(connection, &stream);
                    let last = match own {
                        Ok(None) => foreign::last_revision(connection, stream.as_str()),
                        found => found,
                    };
                    last.map_err(|error| failed(readers.path(), error))
                })?;
                Ok(found.flatten())
            })
            .await
    }

    /// A bell that rings after every commit, for whoever reads the whole log and waits at its end.
    ///
    /// # Errors
    /// When another process's commits cannot be watched.
    pub fn bell(&self) -> Result<watch::Receiver<()>, LogError> {
        match &self.mode {
            Mode::Writing { bell, .. } => Ok(bell.clone()),
            Mode::Reading { watcher } => watcher.bell(),
        }
    }
}
