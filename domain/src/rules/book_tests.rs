//! The seeded books, and every way a book can be wrong.

use super::{Book, RuleBooks, SEEDED};
use crate::dates::Calendars;

#[test]
fn every_seeded_book_is_read_and_its_cases_hold() {
    let calendars = Calendars::seeded();
    for (file, text) in SEEDED {
        if let Err(errors) = Book::read(file, text, &calendars) {
            panic!("{errors}");
        }
    }
    assert_eq!(RuleBooks::seeded(&calendars).all().count(), SEEDED.len());
}
