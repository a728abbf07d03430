//! Folds events into the rows of one generation: a page of events, one commit.
//!
//! The page is as large as what is waiting: thousands of events in a rebuild, one when the office
//! works. Rows, folded states and checkpoint commit together or not at all.

use crate::projection::{Catalogue, Change};
use crate::store::{
    Checkpoint, Filling, Notice, Result, Rows, States, Writer, checkpoint, create, open_writer,
    set_checkpoint,
};
use daicho_domain::nouns::State;
use daicho_eventlog::{Decoded, sealing};
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;

/// The one who writes a generation.
pub(crate) struct Projector {
    conn: Connection,
    catalogue: Arc<Catalogue>,
    rows: Rows,
    states: States<State>,
    reached: Option<Checkpoint>,
    tell: Tell,
}

/// Hears of every commit: the number reached and what changed.
pub(crate) type Tell = Box<dyn Fn(u64, Vec<Notice>) + Send>;

impl Projector {
    /// Begins an empty generation in a file that nobody reads yet. The empty path is a file without
    /// a name that goes with the connection.
    pub fn begin(path: &Path, catalogue: Arc<Catalogue>) -> Result<Self> {
        let conn = create(path, &catalogue.tables, Filling::Aside)?;
        Self::over(conn, catalogue, None)
    }

    /// Goes on with the live generation in a file.
    pub fn resume(path: &Path, catalogue: Arc<Catalogue>, tell: Tell) -> Result<Self> {
        Self::over(open_writer(path)?, catalogue, Some(tell))
    }

    fn over(conn: Connection, catalogue: Arc<Catalogue>, tell: Option<Tell>) -> Result<Self> {
        Ok(Self {
            rows: Rows::new(&catalogue.tables, tell.is_some()),
            tell: tell.unwrap_or_else(|| Box::new(|_, _| {})),
            states: States::new(),
            reached: checkpoint(&conn)?,
            conn,
            catalogue,
        })
    }

    /// Tells somebody else from now on.
    pub fn tell_to(&mut self, tell: Tell) {
        self.tell = tell;
    }

    /// How far it has come.
    pub fn reached(&self) -> Option<Checkpoint> {
        self.reached
    }

    /// The connection, when the filling is over.
    pub fn into_connection(self) -> Connection {
        self.conn
    }

    /// Applies the events that follow the checkpoint, commits, and tells what changed.
    pub fn apply(&mut self, events: Vec<Decoded>) -> Result<()> {
        let Some(last) = events.last() else {
            return Ok(());
        };
        if !self.conn.is_autocommit() {
            // Somebody panicked in the middle of a page. Its transaction never was.
            self.forget();
        }
        let reached = Checkpoint {
            number: last.recorded.number,
            position: last.recorded.position,
        };
        self.conn.execute_batch("BEGIN IMMEDIATE")?;
        let written = self.write(events, &reached);
        let written = written.and_then(|()| Ok(self.conn.execute_batch("COMMIT")?));
        if let Err(error) = written {
            self.forget();
            return Err(error);
        }
        self.reached = Some(reached);
        let notices = self.rows.committed();
        (self.tell)(reached.number, notices);
        Ok(())
    }

    /// Leaves what was begun and not committed.
    fn forget(&mut self) {
        self.rows.forget();
        self.states.forget();
        if let Err(error) = self.conn.execute_batch("ROLLBACK") {
            tracing::debug!(%error, "nothing was left to roll back");
        }
    }

    fn write(&mut self, events: Vec<Decoded>, reached: &Checkpoint) -> Result<()> {
        for decoded in events {
            self.apply_one(&decoded)?;
        }
        self.rows.flush(&self.conn)?;
        self.states.flush(&self.conn)?;
        set_checkpoint(&self.conn, reached)
    }

    fn apply_one(&mut self, decoded: &Decoded) -> Result<()> {
        let Decoded {
            recorded,
            stream,
            event,
        } = decoded;
        let mut writer = Writer::new(&self.conn, &mut self.rows, recorded.number);
        if sealing::holds_sealed(&recorded.body) {
            writer.keep_texts(&daicho_schemas::encode(event).body)?;
        }
        let name = recorded.stream.as_str();
        let before = self.states.take(&self.conn, name)?;
        let before = before.unwrap_or_else(|| State::initial(stream.noun()));
        let after = before.clone().evolve(event);
        let change = Change {
            recorded,
            stream,
            event,
            before: &before,
            after: &after,
        };
        for projection in self.catalogue.projections {
            (projection.apply)(&change, &mut writer)?;
        }
        self.states.put(name.to_owned(), after);
        Ok(())
    }
}
