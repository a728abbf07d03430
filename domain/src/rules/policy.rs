//! The policy an installation works by: its rule books and its calendars.

use super::{Answer, Ask, RuleError};
use crate::Service;
use crate::dates::Calendars;
use chrono::NaiveDate;

/// Everything data-driven that a decision may consult.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The business calendars.
    pub calendars: Calendars,
}

/// A rule book.
#[derive(Clone, Debug)]
pub enum Book {}

impl Book {
    /// The count in a slot.
    ///
    /// # Errors
    /// [`RuleError`] when the book has no such slot of that kind.
    pub fn count(&self, _: &str) -> Result<u32, RuleError> {
        match *self {}
    }

    /// The flag in a slot.
    ///
    /// # Errors
    /// [`RuleError`] when the book has no such slot of that kind.
    pub fn flag(&self, _: &str) -> Result<bool, RuleError> {
        match *self {}
    }

    /// The choice made in a slot.
    ///
    /// # Errors
    /// [`RuleError`] when the book has no such slot of that kind.
    pub fn choice(&self, _: &str) -> Result<&str, RuleError> {
        match *self {}
    }
}

impl Policy {
    /// The book of a service in force on a day.
    ///
    /// # Errors
    /// [`RuleError`] when there is none.
    pub fn book(&self, service: Service, on: NaiveDate) -> Result<&Book, RuleError> {
        Err(RuleError::NoBook {
            service,
            on,
            first: None,
        })
    }
}

/// The answer to a question, with the derivation of every value.
///
/// # Errors
/// [`RuleError`] when no book holds or the service has no rule for the question; never a guess.
pub fn answer(_: &Policy, ask: &Ask) -> Result<Answer, RuleError> {
    Err(RuleError::NoBook {
        service: ask.service,
        on: ask.book_day(),
        first: None,
    })
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            calendars: Calendars::seeded(),
        }
    }
}
