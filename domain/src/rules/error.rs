//! Why the rules give no answer. Never a guess: each says what was asked and what there is.

use chrono::NaiveDate;

use super::Question;
use crate::Service;

/// The rules give no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// No book of the service is in force on that day.
    #[error("{service} の規程は {on} に施行されているものがありません（{}）。", match first {
        Some(first) => format!("最初の版は {first} から"),
        None => "登録された版がありません".to_owned(),
    })]
    NoBook {
        /// The service asked for.
        service: Service,
        /// The day asked for.
        on: NaiveDate,
        /// From when the first book known is in force.
        first: Option<NaiveDate>,
    },
    /// The service has no rules for that question.
    #[error("{} には「{}」の規程がありません。", service.name(), question.label())]
    NotAsked {
        /// The service asked for.
        service: Service,
        /// What was asked.
        question: Question,
    },
    /// The answer has no such milestone, or it is of another kind.
    #[error("「{}」の答えに {name} はありません。", question.label())]
    NoMilestone {
        /// What was asked.
        question: Question,
        /// The milestone looked for.
        name: String,
    },
    /// The book has no such slot.
    #[error("{book} に規程項目 {slot} はありません。")]
    NoSlot {
        /// The book's name.
        book: String,
        /// The slot looked for.
        slot: String,
    },
    /// The slot is of another kind than the one asked for.
    #[error("{book} の規程項目 {slot} は {kind} ではありません。")]
    WrongKind {
        /// The book's name.
        book: String,
        /// The slot looked for.
        slot: String,
        /// The kind asked for.
        kind: &'static str,
    },
    /// The day lies beyond any calendar.
    #[error("{0} は扱える日付の範囲（1900年〜2999年）にありません。")]
    OutOfRange(NaiveDate),
}
