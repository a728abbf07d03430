//! The books of an installation. The binary only seeds them; once there is a log, each is known from the number of
//! the event that published it.

use chrono::NaiveDate;

use super::{Book, RuleError};
use crate::Service;
use crate::dates::Calendars;

/// The books the binary comes with: file name and text.
pub const SEEDED: [(&str, &str); 3] = [
    (
        "honobono-mini2/2015-01-01.toml",
        include_str!("../../rulebooks/honobono-mini2/2015-01-01.toml"),
    ),
    (
        "care-net-messenger/2015-01-01.toml",
        include_str!("../../rulebooks/care-net-messenger/2015-01-01.toml"),
    ),
    (
        "careplan-renkei/2015-01-01.toml",
        include_str!("../../rulebooks/careplan-renkei/2015-01-01.toml"),
    ),
];

/// Every book known, each from a log number on.
#[derive(Clone, Debug, Default)]
pub struct RuleBooks {
    books: Vec<(u64, Book)>,
}

impl RuleBooks {
    /// No book at all: what an empty log knows.
    #[must_use]
    pub fn empty() -> RuleBooks {
        RuleBooks::default()
    }

    /// The books the binary comes with, known from the start.
    ///
    /// # Panics
    /// Never: a test reads the same books.
    #[must_use]
    pub fn seeded(calendars: &Calendars) -> RuleBooks {
        let mut books = RuleBooks::empty();
        for (file, text) in SEEDED {
            let book = Book::read(file, text, calendars).unwrap_or_else(|errors| {
                panic!("the books in the binary are read by its tests: {errors}")
            });
            books.publish(book, 0);
        }
        books
    }

    /// Adds a book that became known at this log number.
    pub fn publish(&mut self, book: Book, known_from: u64) {
        self.books.push((known_from, book));
        self.books.sort_by_key(|(known_from, book)| {
            (book.service, book.in_force_from, *known_from, book.revision)
        });
    }

    /// The book of a service in force on a day, as known at a log number (nothing: with all that are known).
    ///
    /// # Errors
    /// [`RuleError::NoBook`] where none holds. It never takes the nearest one instead.
    pub fn on(
        &self,
        service: Service,
        day: NaiveDate,
        known_at: Option<u64>,
    ) -> Result<&Book, RuleError> {
        let known = || self.known(service, known_at);
        known()
            .rfind(|book| book.in_force_from <= day)
            .ok_or_else(|| RuleError::NoBook {
                service,
                on: day,
                first: known().map(|book| book.in_force_from).min(),
            })
    }

    /// The books of a service known at a log number, by the day they come into force, later revisions after earlier.
    pub fn known(
        &self,
        service: Service,
        known_at: Option<u64>,
    ) -> impl DoubleEndedIterator<Item = &Book> {
        self.books
            .iter()
            .filter(move |(from, book)| {
                book.service == service && known_at.is_none_or(|at| *from <= at)
            })
            .map(|(_, book)| book)
    }

    /// Every book with the log number it is known from, by service and day.
    pub fn all(&self) -> impl Iterator<Item = (u64, &Book)> {
        self.books
            .iter()
            .map(|(known_from, book)| (*known_from, book))
    }
}
