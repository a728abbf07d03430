//! What SQLite says, in the port's words.

use std::path::Path;

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::port::LogError;

/// The failure behind a SQLite error on this file.
pub(super) fn failed(path: &Path, error: rusqlite::Error) -> LogError {
    let path = path.to_owned();
    let why = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => LogError::DiskFull { path },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            LogError::NotWritable { path, why }
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LogError::Busy { path, why },
        Some(ErrorCode::NotADatabase) => LogError::NotALog { path, why },
        Some(ErrorCode::SystemIoFailure) if is_no_room(&error) => LogError::DiskFull { path },
        Some(_) | None => LogError::Failed { path, why },
    }
}

/// The shared-memory file beside the log could not grow: that is a full disk as well.
fn is_no_room(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    code == Some(ffi::SQLITE_IOERR_SHMSIZE)
}

/// Whether after this error nobody can say what reached the disk: the writer must end.
pub(super) fn leaves_doubt(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(
        code,
        Some(ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC | ffi::SQLITE_IOERR_CLOSE)
    )
}
