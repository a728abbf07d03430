//! Exact civil dates: months, periods, business calendars. Everything here is a function of its arguments; no
//! date or number of the office stands in it, those come from `calendars/` and from the rule books.

mod calendar;
#[cfg(test)]
mod calendar_tests;
mod calendars;
mod holidays;
#[cfg(test)]
mod law_tests;
mod month;
mod period;
#[cfg(test)]
pub(crate) mod testing;
mod words;

pub use calendar::{BeyondTable, BusinessCalendar, Counted, DueBadge, Moves, Sight};
pub use calendars::{CalendarError, CalendarName, Calendars};
pub use holidays::{Holiday, HolidayStatus, HolidayTable};
pub use month::{Month, UnreadableMonth};
pub use period::{Length, NoSuchDay, Rounding, first_counted, last_day, months_later};
pub use words::{dates_in_japanese, in_japanese, weekday_in_japanese};
