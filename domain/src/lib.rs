//! The rules of the office: pure decisions, exact dates, rule books. No clock, no I/O.

pub mod prefecture;

pub use prefecture::Prefecture;
