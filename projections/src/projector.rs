//! Folds events into the rows of one generation, a page of events at a time.
//!
//! The page is as large as what is waiting: thousands of events in a rebuild, one when the office
//! works. In a live generation a page is one commit: rows, folded states and checkpoint together or not at
//! all. A generation filled aside is committed when it is finished.

use crate::projection::{Catalogue, Change};
use crate::store::{
    Checkpoint, Held, Notice, Result, Shelf, Sink, ViewsError, Writer, checkpoint, create,
    end_filling, is_outlived, open_writer,
};
use daicho_domain::corporation;
use daicho_domain::nouns::{Event, State};
use daicho_eventlog::{Decoded, sealing};
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;

/// The one who writes a generation.
pub(crate) struct Projector {
    catalogue: Arc<Catalogue>,
    shelf: Arc<Shelf>,
    held: Held,
    sink: Sink,
    reached: Option<Checkpoint>,
    tell: Tell,
    /// A page was begun and did not come to its end: somebody panicked or failed in it.
    unfinished: bool,
}

/// Hears of every commit: the number reached and what changed.
pub(crate) type Tell = Box<dyn Fn(u64, Vec<Notice>) + Send>;

impl Projector {
    /// Begins an empty generation in a file that nobody reads yet. The empty path is a file without
    /// a name that goes with the connection.
    pub fn begin(path: &Path, catalogue: Arc<Catalogue>) -> Result<Self> {
        let shelf = Arc::new(Shelf::new(create(path, &catalogue.tables)?));
        Ok(Self {
            held: Held::aside(shelf.clone(), &catalogue.tables),
            sink: Sink::behind(shelf.clone())?,
            shelf,
            catalogue,
            reached: None,
            tell: Box::new(|_, _| {}),
            unfinished: false,
        })
    }

    /// Goes on with the live generation in a file.
    pub fn resume(path: &Path, catalogue: Arc<Catalogue>, tell: Tell) -> Result<Self> {
        let conn = open_writer(path)?;
        let reached = checkpoint(&conn)?;
        let shelf = Arc::new(Shelf::new(conn));
        Ok(Self {
            held: Held::live(shelf.clone(), &catalogue.tables),
            sink: Sink::AtOnce(shelf.clone()),
            shelf,
            catalogue,
            reached,
            tell,
            unfinished: false,
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

    /// Whether texts were erased in what it writes, so that it should be made anew.
    pub fn is_outlived(&self) -> Result<bool> {
        self.shelf.read(is_outlived)
    }

    /// Ends the filling of a generation that was begun empty: everything is written and committed.
    pub fn finish(self) -> Result<Connection> {
        let Self {
            catalogue,
            shelf,
            mut held,
            mut sink,
            reached,
            ..
        } = self;
        // The states are written out here while the rows are written there.
        let mut taken = sink.take(held.last_rows());
        if taken.is_ok() {
            taken = held.last_states(reached).and_then(|batch| sink.take(batch));
        }
        drop(held);
        sink.finish()?;
        taken?;
        let shelf = Arc::into_inner(shelf).ok_or_else(|| {
            ViewsError::Stopped("somebody still holds the file that was filled".to_owned())
        })?;
        let conn = shelf.into_connection();
        end_filling(&conn, &catalogue.tables)?;
        Ok(conn)
    }

    /// Applies the events that follow the checkpoint, and tells what changed. In a live generation they
    /// are committed then.
    pub fn apply(&mut self, events: Vec<Decoded>) -> Result<()> {
        let Some(last) = events.last() else {
            return Ok(());
        };
        let reached = Checkpoint {
            number: last.recorded.number,
            position: last.recorded.position,
        };
        if std::mem::replace(&mut self.unfinished, true) {
            self.held.forget();
        }
        for decoded in events {
            self.apply_one(&decoded)?;
        }
        let live = matches!(self.sink, Sink::AtOnce(_));
        let batch = self.held.batch(live.then_some(reached));
        let written = self.sink.take(batch)?;
        self.held.written(written);
        self.unfinished = false;
        self.reached = Some(reached);
        let notices = self.held.take_notices();
        (self.tell)(reached.number, notices);
        Ok(())
    }

    fn apply_one(&mut self, decoded: &Decoded) -> Result<()> {
        let Decoded {
            recorded,
            stream,
            event,
        } = decoded;
        let mut writer = Writer::new(&mut self.held, recorded.number);
        if sealing::holds_sealed(&recorded.body) || daicho_schemas::is_former(&recorded.kind) {
            writer.keep_texts(&daicho_schemas::encode(event).body)?;
        }
        if let Event::Corporation(corporation::Event::TextsErased { subjects, .. }) = event {
            writer.forget_texts(subjects);
        }
        let before = writer.take_state(&recorded.stream)?;
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
        writer.put_state(recorded.stream.clone(), after);
        Ok(())
    }
}
