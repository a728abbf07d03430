//! The append-only log: the port, its adapters, execute, sealing, the one clock.
//!
//! Commands come in here and leave as recorded events; everything else in the system follows the log.

mod attached;
pub mod books;
mod caused;
mod chain;
mod clock;
mod codec;
#[doc(hidden)]
pub mod contract;
pub mod copy;
mod data_dir;
mod envelope;
mod execute;
pub mod export;
pub mod foreign;
pub mod kurrentdb;
mod memory;
pub mod open;
mod port;
pub mod sealing;
mod sentence;
mod sqlite;
pub mod stats;
mod subscription;
pub mod vault;
pub mod verify;

pub use crate::attached::{KeepError, KeptFile};
pub use crate::caused::{Caused, of_cause};
pub use crate::chain::{Chain, Content};
pub use crate::clock::{Clock, SimulatedClock, SystemClock, date_in_japan};
pub use crate::codec::{Codec, Decoded};
pub use crate::data_dir::{DataDir, DataDirError, Kept, Room, Training};
pub use crate::envelope::{Body, NewEvent, Position, Recorded, StreamName};
pub use crate::execute::{Engine, ExecuteError, Executed, Failed, Turns};
pub use crate::kurrentdb::KurrentLog;
pub use crate::memory::MemoryLog;
pub use crate::port::{Advice, EventLog, Expected, InTurn, LogError, NewAppend, Subscription};
pub use crate::sqlite::{Durability, SqliteLog};
