//! The tables of `log.db`, their refusal to update or delete, and what is checked before they are used.

use std::path::Path;

use rusqlite::Connection;

use super::failure::failed;
use crate::port::LogError;

/// The layout this binary writes; a log of a newer one is refused.
const LAYOUT: i64 = 2;

/// The layout before there were foreign streams. It is read as it is, and raised by the process that writes.
const LAYOUT_OWN_ONLY: i64 = 1;

/// `dcho` in the file's header: tells a log of ours from any other SQLite file.
const APPLICATION: i64 = 0x6463_686f;

/// Bodies and names are text, so that an auditor reads the file with the `sqlite3` program alone.
const TABLE: &str = "
    CREATE TABLE event (
        number      INTEGER PRIMARY KEY,
        stream      TEXT    NOT NULL,
        version     INTEGER NOT NULL,
        event_id    BLOB    NOT NULL,
        command_id  BLOB    NOT NULL,
        kind        TEXT    NOT NULL,
        body        TEXT    NOT NULL,
        occurred_on TEXT    NOT NULL,
        recorded_at INTEGER NOT NULL,
        actor       TEXT    NOT NULL,
        correlation BLOB    NOT NULL,
        causation   BLOB,
        rulebook    TEXT,
        chain       BLOB    NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX event_by_stream ON event (stream, version);
    CREATE TRIGGER event_is_never_updated BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'an event is never updated'); END;
    CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
        BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;
    PRAGMA application_id = 1684236399;
";

/// The events of other programs (`crate::foreign`): bytes, ordered with the business's own by their place.
const FOREIGN_TABLE: &str = "
    CREATE TABLE foreign_event (
        place        INTEGER PRIMARY KEY,
        stream       TEXT    NOT NULL,
        revision     INTEGER NOT NULL,
        event_id     BLOB    NOT NULL,
        kind         TEXT    NOT NULL,
        content_type TEXT    NOT NULL,
        data         BLOB    NOT NULL,
        metadata     BLOB    NOT NULL,
        recorded_at  INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX foreign_event_by_stream ON foreign_event (stream, revision);
    CREATE TRIGGER foreign_event_is_never_updated BEFORE UPDATE ON foreign_event
        BEGIN SELECT RAISE(ABORT, 'an event is never updated'); END;
    CREATE TRIGGER foreign_event_is_never_deleted BEFORE DELETE ON foreign_event
        BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;
    PRAGMA user_version = 2;
";

/// What stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing yet: no file, an empty file, or one whose creation was interrupted.
    Nothing,
    /// A log of this layout.
    Log,
    /// A log without the table of foreign events.
    OwnOnly,
}

/// Looks what the open file is.
pub(super) fn look(connection: &Connection, path: &Path) -> Result<Found, LogError> {
    let pragma = |name| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .map_err(|error| failed(path, error))
    };
    let not_a_log = |why: &str| LogError::NotALog {
        path: path.to_owned(),
        why: why.to_owned(),
    };
    let (application, found) = (pragma("application_id")?, pragma("user_version")?);
    match (application, found) {
        (APPLICATION, LAYOUT) => Ok(Found::Log),
        (APPLICATION, LAYOUT_OWN_ONLY) => Ok(Found::OwnOnly),
        (APPLICATION, newer) if newer > LAYOUT => Err(LogError::NewerLayout {
            path: path.to_owned(),
            found: newer,
            known: LAYOUT,
        }),
        (0, 0) => {
            let tables: i64 = connection
                .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
                .map_err(|error| failed(path, error))?;
            match tables {
                0 => Ok(Found::Nothing),
                _ => Err(not_a_log("it holds another program's tables")),
            }
        }
        _ => Err(not_a_log("another program's mark stands in its header")),
    }
}

/// Creates what is missing, wholly or not at all.
pub(super) fn complete(connection: &Connection, path: &Path, found: Found) -> Result<(), LogError> {
    debug_assert!(TABLE.contains(&APPLICATION.to_string()));
    let tables = match found {
        Found::Log => return Ok(()),
        Found::OwnOnly => FOREIGN_TABLE.to_owned(),
        Found::Nothing => format!("{TABLE} {FOREIGN_TABLE}"),
    };
    connection
        .execute_batch(&format!("BEGIN IMMEDIATE; {tables} COMMIT;"))
        .map_err(|error| failed(path, error))
}
