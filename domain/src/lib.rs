//! The rules of the office: pure decisions, exact dates, rule books. No clock, no I/O.

pub mod dates;
pub mod identifiers;
pub mod prefecture;
pub mod rules;
pub mod service;

pub use prefecture::Prefecture;
pub use service::Service;
