//! An answer: the milestones of a question with their derivation, and what of it an event keeps.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::{Question, RuleError};
use crate::dates::Month;
use crate::moving::Promised;
use crate::{Prefecture, Service};

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Of which service.
    pub service: Service,
    /// What was asked.
    pub question: Question,
    /// The day it was asked for.
    pub on: NaiveDate,
    /// The prefecture it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefecture: Option<Prefecture>,
    /// The day whose book answered, where it was not the day asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_on: Option<NaiveDate>,
    /// The book that answered, `honobono-mini2@2015-01-01 r1`.
    pub book: String,
    /// The values, in the order of [`Question::milestones`], further ones after them.
    pub milestones: Vec<Milestone>,
    /// What has to be said with this answer.
    pub notices: Vec<Notice>,
}

/// One value of an answer and why it is so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Milestone {
    /// Its name, the same in JSON, CSV and events.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// The value.
    #[serde(flatten)]
    pub value: Value,
    /// May it still move although no fact changes?
    pub certainty: Certainty,
    /// The facts it rests on.
    pub facts: Vec<String>,
    /// How it was reached.
    pub steps: Vec<String>,
    /// The rules used, in the order of their use.
    pub rules: Vec<RuleUsed>,
    /// What nobody has decided yet and stands by default.
    pub open: Vec<OpenPoint>,
    /// What would make it another value.
    pub would_change: Vec<Change>,
}

/// A value. In JSON a date is `date`, a month `date` (its first day) and `month`, yen `amount`, a count `days`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A day.
    Date(NaiveDate),
    /// A month.
    Month(Month),
    /// Yen.
    Amount(i64),
    /// A number of days.
    Days(i64),
}

/// 確定 or 見込み.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// 確定: nothing it rests on is still to be announced.
    Fixed,
    /// 見込み: it rests on a holiday not yet in the gazette, or on days beyond the holiday table.
    Expected,
}

/// A rule as it was used.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleUsed {
    /// The slot's id, `transmission.cutoff_day`.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// The value it had, as people read it.
    pub value: String,
    /// The book's name.
    pub book: String,
    /// The book's revision.
    pub revision: u32,
    /// Where it comes from.
    pub source: Source,
    /// Has anybody decided it?
    pub decided: bool,
}

/// Where a rule comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The document's title.
    pub document: String,
    /// The place in it.
    pub section: String,
    /// The rule in our own words.
    pub rule: String,
}

/// A rule nobody has decided, with the default that stood in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpenPoint {
    /// The slot's id.
    pub id: String,
    /// What is undecided.
    pub label: String,
    /// The default used.
    pub default: String,
    /// What else it could be.
    pub alternatives: Vec<String>,
}

/// Which way the facts would have to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The day asked for, earlier.
    Earlier,
    /// The day asked for, later.
    Later,
    /// Another decision of an open point.
    Decision,
    /// Another prefecture.
    Prefecture,
}

/// One thing that would change a value, found by asking again with that one thing different.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Which way.
    pub direction: Direction,
    /// By how many days the day asked for would differ (0 for a decision or a prefecture).
    pub days: i64,
    /// The day asked for, then; nothing for a decision or a prefecture.
    #[serde(rename = "asked_on", skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// What would be different, 「1日早ければ（2026/06/25（木）まで）」.
    pub when: String,
    /// What the value would be then.
    #[serde(flatten)]
    pub value: Value,
}

/// Something to be said with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Stable code, `few_days_in_hand`.
    pub code: String,
    /// The sentence.
    pub text: String,
}

/// A decided day with its basis: what an event keeps, so that nothing is ever asked again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dated {
    /// The day. Of a month, its first.
    pub on: NaiveDate,
    // Shared: a date is copied from event to state to row, its reasons are not.
    /// Why this day.
    pub basis: Arc<Basis>,
}

/// On what a decided day or month rests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Basis {
    /// Of which service.
    pub service: Service,
    /// The question it answers.
    pub question: Question,
    /// The milestone's name.
    pub milestone: String,
    /// The day the question was asked for.
    pub asked_on: NaiveDate,
    /// The prefecture it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefecture: Option<Prefecture>,
    /// The day on which it was decided, where the book of that day answered and not that of `asked_on`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_on: Option<NaiveDate>,
    /// The book that answered, `honobono-mini2@2015-01-01 r1`.
    pub book: String,
    /// The ids of the rules used.
    pub rules: Vec<String>,
    /// The ids of the rules used that nobody has decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<String>,
    /// 確定 or 見込み.
    pub certainty: Certainty,
    /// Where the day was promised before daicho kept the books, and stands although the rules would set another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Promised>,
}

impl Answer {
    /// The milestone of this name.
    ///
    /// # Errors
    /// [`RuleError::NoMilestone`] when the answer has none of that name.
    pub fn milestone(&self, name: &str) -> Result<&Milestone, RuleError> {
        self.milestones
            .iter()
            .find(|milestone| milestone.name == name)
            .ok_or_else(|| RuleError::NoMilestone {
                question: self.question,
                name: name.to_owned(),
            })
    }

    /// The day of this name with its basis; of a month, its first day.
    ///
    /// # Errors
    /// [`RuleError::NoMilestone`] when the answer has none of that name, or it is not a day or month.
    pub fn dated(&self, name: &str) -> Result<Dated, RuleError> {
        Ok(Dated {
            on: self.date(name)?,
            basis: Arc::new(self.basis(name)?),
        })
    }

    /// The day of this name; of a month, its first day.
    ///
    /// # Errors
    /// [`RuleError::NoMilestone`] when the answer has none of that name, or it is not a day or month.
    pub fn date(&self, name: &str) -> Result<NaiveDate, RuleError> {
        self.milestone(name)?
            .value
            .date()
            .ok_or_else(|| RuleError::NoMilestone {
                question: self.question,
                name: name.to_owned(),
            })
    }

    /// The month of this name; of a day, the month it lies in.
    ///
    /// # Errors
    /// [`RuleError::NoMilestone`] when the answer has none of that name, or it is not a day or month.
    pub fn month(&self, name: &str) -> Result<Month, RuleError> {
        self.date(name).map(Month::of)
    }

    /// The number of days of this name.
    ///
    /// # Errors
    /// [`RuleError::NoMilestone`] when the answer has none of that name, or it is not a number of days.
    pub fn days(&self, name: &str) -> Result<i64, RuleError> {
        match self.milestone(name)?.value {
            Value::Days(days) => Ok(days),
            Value::Date(_) | Value::Month(_) | Value::Amount(_) => Err(RuleError::NoMilestone {
                question: self.question,
                name: name.to_owned(),
            }),
        }
    }

    /// The yen of this name.
    ///
    /// # Errors
    /// [`RuleError::NoMilestone`] when the answer has none of that name, or it is not an amount.
    pub fn amount(&self, name: &str) -> Result<i64, RuleError> {
        match self.milestone(name)?.value {
            Value::Amount(yen) => Ok(yen),
            Value::Date(_) | Value::Month(_) | Value::Days(_) => Err(RuleError::NoMilestone {
                question: self.question,
                name: name.to_owned(),
            }),
        }
    }

    /// On what the milestone of this name rests, as an event keeps it.
    ///
    /// # Errors
    /// [`RuleError::NoMilestone`] when the answer has none of that name.
    pub fn basis(&self, name: &str) -> Result<Basis, RuleError> {
        let milestone = self.milestone(name)?;
        Ok(Basis {
            service: self.service,
            question: self.question,
            milestone: milestone.name.to_owned(),
            asked_on: self.on,
            prefecture: self.prefecture,
            decided_on: self.decided_on,
            book: self.book.clone(),
            rules: milestone.rules.iter().map(|rule| rule.id.clone()).collect(),
            open: milestone.open.iter().map(|open| open.id.clone()).collect(),
            certainty: milestone.certainty,
            promised: None,
        })
    }
}

impl Value {
    /// The day, or a month's first day; nothing for amounts and counts.
    #[must_use]
    pub fn date(self) -> Option<NaiveDate> {
        match self {
            Value::Date(day) => Some(day),
            Value::Month(month) => Some(month.first_day()),
            Value::Amount(_) | Value::Days(_) => None,
        }
    }
}

impl Certainty {
    /// The word on screens and letters.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Certainty::Fixed => "確定",
            Certainty::Expected => "見込み",
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Value::Date(day) => map.serialize_entry("date", day)?,
            Value::Month(month) => {
                map.serialize_entry("date", &month.first_day())?;
                map.serialize_entry("month", month)?;
            }
            Value::Amount(yen) => map.serialize_entry("amount", yen)?,
            Value::Days(days) => map.serialize_entry("days", days)?,
        }
        map.end()
    }
}
