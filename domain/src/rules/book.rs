//! A rule book: the rules of one service, in force from a day. Read once, then only asked.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::slot::moves;
use super::{DayOfMonth, Question, RuleError, Slot, SlotValue};
use crate::dates::Moves;
use crate::{Prefecture, Service};

/// One revision of one book.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// Whose rules.
    pub service: Service,
    /// Its title.
    pub title: String,
    /// The first day it is in force.
    pub in_force_from: NaiveDate,
    /// The revision, from 1. A later one of the same day replaces it.
    pub revision: u32,
    /// What changed against the version before.
    pub changes: String,
    /// SHA-256 of its text, in hex.
    pub sha256: String,
    pub(super) slots: BTreeMap<&'static str, Slot>,
    pub(super) notices: Vec<BookNotice>,
}

/// Something a book has said with the answers to some questions.
#[derive(Clone, Debug, PartialEq)]
pub struct BookNotice {
    /// Stable code.
    pub code: String,
    /// With which questions.
    pub questions: Vec<Question>,
    /// Only for papers that go to this prefecture's federation.
    pub prefecture: Option<Prefecture>,
    /// The sentence.
    pub text: String,
}

impl Book {
    /// `honobono-mini2@2015-01-01 r1`: what an event keeps of it.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}@{} r{}", self.service, self.in_force_from, self.revision)
    }

    /// Its slots, by id.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots.values()
    }

    /// The slots nobody has decided, with the prefectures' own ones counted in.
    pub fn open_slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots().filter(|slot| !slot.decided)
    }

    /// How many cases ran when it was read.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.slots().map(|slot| slot.cases.len()).sum()
    }

    /// The notices it has for a question.
    pub fn notices(&self) -> impl Iterator<Item = &BookNotice> {
        self.notices.iter()
    }

    /// The slot of this id.
    ///
    /// # Errors
    /// [`RuleError::NoSlot`] when a book of this service holds none of that id.
    pub fn slot(&self, id: &str) -> Result<&Slot, RuleError> {
        self.slots.get(id).ok_or_else(|| RuleError::NoSlot {
            book: self.name(),
            slot: id.to_owned(),
        })
    }

    /// A number: months, years, days, business days, hours, times.
    ///
    /// # Errors
    /// [`RuleError`] when the book has no such slot or it is no number.
    pub fn number(&self, id: &str) -> Result<u32, RuleError> {
        self.slot(id)?
            .value
            .number()
            .ok_or_else(|| self.wrong(id, "number"))
    }

    /// A number of days, on whichever calendar the rule names.
    ///
    /// # Errors
    /// [`RuleError`] when the book has no such slot or it is no number.
    pub fn days(&self, id: &str) -> Result<u32, RuleError> {
        self.number(id)
    }

    /// A number of months.
    ///
    /// # Errors
    /// [`RuleError`] when the book has no such slot or it is no number.
    pub fn months(&self, id: &str) -> Result<u32, RuleError> {
        self.number(id)
    }

    /// A number of times or things.
    ///
    /// # Errors
    /// [`RuleError`] when the book has no such slot or it is no number.
    pub fn count(&self, id: &str) -> Result<u32, RuleError> {
        self.number(id)
    }

    /// A day of a month.
    ///
    /// # Errors
    /// [`RuleError`] when the book has no such slot or it is no day of a month.
    pub fn day_of_month(&self, id: &str) -> Result<DayOfMonth, RuleError> {
        self.slot(id)?
            .value
            .day()
            .ok_or_else(|| self.wrong(id, "day_of_month"))
    }

    /// Yes or no.
    ///
    /// # Errors
    /// [`RuleError`] when the book has no such slot or it is no flag.
    pub fn flag(&self, id: &str) -> Result<bool, RuleError> {
        self.slot(id)?
            .value
            .flag()
            .ok_or_else(|| self.wrong(id, "flag"))
    }

    /// The code of a choice.
    ///
    /// # Errors
    /// [`RuleError`] when the book has no such slot or it is no choice.
    pub fn choice(&self, id: &str) -> Result<&str, RuleError> {
        self.slot(id)?
            .value
            .choice()
            .ok_or_else(|| self.wrong(id, "choice"))
    }

    /// Yen. A book with a price below zero is never read.
    ///
    /// # Errors
    /// [`RuleError`] when the book has no such slot or it is no amount.
    pub fn yen(&self, id: &str) -> Result<u64, RuleError> {
        self.slot(id)?
            .value
            .yen()
            .and_then(|yen| u64::try_from(yen).ok())
            .ok_or_else(|| self.wrong(id, "yen"))
    }

    /// Words, in order.
    ///
    /// # Errors
    /// [`RuleError`] when the book has no such slot or it holds no words.
    pub fn words(&self, id: &str) -> Result<&[String], RuleError> {
        self.slot(id)?
            .value
            .words()
            .ok_or_else(|| self.wrong(id, "words"))
    }

    /// The tax in per cent on a day.
    ///
    /// # Errors
    /// [`RuleError`] when the book has no rates, or none yet on that day.
    pub fn tax_percent(&self, on: NaiveDate) -> Result<u32, RuleError> {
        let id = "tax.rates";
        self.slot(id)?
            .value
            .percent(on)
            .ok_or_else(|| self.wrong(id, "rate"))
    }

    pub(super) fn wrong(&self, id: &str, kind: &'static str) -> RuleError {
        RuleError::WrongKind {
            book: self.name(),
            slot: id.to_owned(),
            kind,
        }
    }
}

/// What a value is, if it is that.
impl SlotValue {
    /// A number.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        if let SlotValue::Number(n) = self {
            Some(*n)
        } else {
            None
        }
    }

    /// A day of a month.
    #[must_use]
    pub fn day(&self) -> Option<DayOfMonth> {
        if let SlotValue::Day(day) = self {
            Some(*day)
        } else {
            None
        }
    }

    /// Yes or no.
    #[must_use]
    pub fn flag(&self) -> Option<bool> {
        if let SlotValue::Flag(flag) = self {
            Some(*flag)
        } else {
            None
        }
    }

    /// The code of a choice.
    #[must_use]
    pub fn choice(&self) -> Option<&str> {
        if let SlotValue::Choice(code) = self {
            Some(code)
        } else {
            None
        }
    }

    /// How a date moves, if this says so.
    #[must_use]
    pub fn moves(&self) -> Option<Moves> {
        self.choice().and_then(moves)
    }

    /// Yen.
    #[must_use]
    pub fn yen(&self) -> Option<i64> {
        if let SlotValue::Yen(yen) = self {
            Some(*yen)
        } else {
            None
        }
    }

    /// Words.
    #[must_use]
    pub fn words(&self) -> Option<&[String]> {
        if let SlotValue::Words(words) = self {
            Some(words)
        } else {
            None
        }
    }

    /// The rate on a day.
    #[must_use]
    pub fn percent(&self, on: NaiveDate) -> Option<u32> {
        let SlotValue::Rates(rates) = self else {
            return None;
        };
        rates
            .iter()
            .rev()
            .find(|(from, _)| *from <= on)
            .map(|(_, percent)| *percent)
    }
}
