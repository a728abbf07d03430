//! Exact civil dates: months, periods, business calendars. Everything here is a function of its arguments; no
//! date or number of the office stands in it, those come from `calendars/` and from the rule books.

mod month;
mod words;

pub use month::{Month, UnreadableMonth};
pub use words::{in_japanese, weekday_in_japanese};
