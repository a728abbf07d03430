//! The policy an installation works by: its rule books and its calendars.

use std::sync::OnceLock;

use chrono::NaiveDate;

use super::{Answer, Ask, Book, Explainer, RuleBooks, RuleError};
use crate::Service;
use crate::dates::Calendars;

/// Everything data-driven that a decision may consult.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The rule books.
    pub books: RuleBooks,
    /// The business calendars.
    pub calendars: Calendars,
}

impl Policy {
    /// The books and calendars the binary comes with, read once.
    #[must_use]
    pub fn seeded() -> Policy {
        static SEEDED: OnceLock<Policy> = OnceLock::new();
        SEEDED
            .get_or_init(|| {
                let calendars = Calendars::seeded();
                let books = RuleBooks::seeded(&calendars);
                Policy { books, calendars }
            })
            .clone()
    }

    /// The binary's calendars without any book: what a log knows before its first book.
    #[must_use]
    pub fn without_books() -> Policy {
        Policy {
            books: RuleBooks::empty(),
            calendars: Calendars::seeded(),
        }
    }

    /// The book of a service in force on a day, with all books known.
    ///
    /// # Errors
    /// [`RuleError::NoBook`] where none holds.
    pub fn book(&self, service: Service, on: NaiveDate) -> Result<&Book, RuleError> {
        self.books.on(service, on, None)
    }
}

/// The answer to a question, with the derivation of every value.
///
/// # Errors
/// [`RuleError`] when no book holds or the service has no rule for the question; never a guess.
pub fn answer(policy: &Policy, ask: &Ask) -> Result<Answer, RuleError> {
    Explainer::new(policy, ask.clone()).answer_on(ask.on)
}

/// The answer without what would change it, at a tenth of the cost: for decisions, whose events keep only the basis.
///
/// # Errors
/// [`RuleError`] when no book holds or the service has no rule for the question; never a guess.
pub fn reckoned(policy: &Policy, ask: &Ask) -> Result<Answer, RuleError> {
    Explainer::new(policy, ask.clone()).reckoned_on(ask.on)
}

impl Default for Policy {
    /// The books and calendars the binary comes with.
    fn default() -> Self {
        Policy::seeded()
    }
}
