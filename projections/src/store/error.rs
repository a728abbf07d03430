//! What can go wrong in keeping and reading the read models. All of them are failures of the world;
//! a read model refuses nothing.

use super::WrongCell;
use daicho_eventlog::LogError;
use std::io;
use std::path::PathBuf;

/// A read model could not be kept up or read.
#[derive(Debug, thiserror::Error)]
pub enum ViewsError {
    /// The reader stopped in front of an event it cannot read. It is never skipped.
    #[error("event {number} cannot be read, so the read models stop before it: {why}")]
    Unreadable {
        /// The number of the event.
        number: u64,
        /// What is wrong with it.
        why: String,
    },
    /// The log could not be read.
    #[error("the log could not be read: {0}")]
    Log(#[source] LogError),
    /// SQLite refused. A damaged file is put right by `daicho views rebuild`.
    #[error(
        "the read models could not be read or written ({0}); `daicho views rebuild` makes them anew from the log"
    )]
    Sqlite(#[from] rusqlite::Error),
    /// A file of the views directory could not be read or written.
    #[error("{path}: {error}")]
    File {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A stored value does not read back as the type of its column.
    #[error(
        "a row of {table} does not read back: {wrong}; `daicho views rebuild` makes it anew from the log"
    )]
    Row {
        /// The table.
        table: &'static str,
        /// The value.
        wrong: WrongCell,
    },
    /// A folded state does not read back.
    #[error(
        "the state of {stream} does not read back: {error}; `daicho views rebuild` makes it anew from the log"
    )]
    State {
        /// The stream.
        stream: String,
        /// What serde says.
        error: serde_json::Error,
    },
    /// Another process keeps the read models of this directory.
    #[error("another process keeps the read models in {0}")]
    Kept(PathBuf),
    /// Another process is rebuilding.
    #[error("a rebuild is already running in {0}")]
    Rebuilding(PathBuf),
    /// There are no read models yet.
    #[error("there are no read models in {0}; `daicho views rebuild` makes them from the log")]
    Missing(PathBuf),
    /// The read models have stopped; what they wait for will not come.
    #[error("the read models have stopped: {0}")]
    Stopped(String),
}

impl ViewsError {
    /// The sentence for the person at the terminal. `Display` has it in English.
    pub fn sentence(&self) -> String {
        let remedy = "「daicho views rebuild」でログから作り直せます。";
        match self {
            Self::Unreadable { number, why } => format!(
                "イベント {number} を読めないため、その手前で止まりました（{why}）。\
                 読み飛ばすことはありません。daicho を新しくするか、ログを確認してください。"
            ),
            Self::Log(error) => format!("ログを読めません（{error}）。"),
            Self::Sqlite(error) => format!("一覧のデータを読み書きできません（{error}）。{remedy}"),
            Self::File { path, error } => {
                format!("{} を読み書きできません（{error}）。", path.display())
            }
            Self::Row { table, wrong } => {
                format!("一覧のデータ {table} の行が壊れています（{wrong}）。{remedy}")
            }
            Self::State { stream, error } => {
                format!("{stream} の状態が壊れています（{error}）。{remedy}")
            }
            Self::Kept(path) => {
                format!("{} の一覧は別の daicho が更新しています。", path.display())
            }
            Self::Rebuilding(path) => format!(
                "{} の一覧は作り直しの最中です。終わるのを待ってください。",
                path.display()
            ),
            Self::Missing(path) => {
                format!("{} に一覧のデータがありません。{remedy}", path.display())
            }
            Self::Stopped(why) => format!("一覧の更新が止まっています（{why}）。"),
        }
    }

    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::File { path, error }
    }
}

/// The result of keeping or reading the read models.
pub type Result<T, E = ViewsError> = std::result::Result<T, E>;
