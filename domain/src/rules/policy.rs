//! The policy an installation works by: its rule books and its calendars.

use super::{Answer, Ask, RuleError};

/// Everything data-driven that a decision may consult.
#[derive(Clone, Debug, Default)]
pub struct Policy {}

/// The answer to a question, with the derivation of every value.
///
/// # Errors
/// [`RuleError`] when no book holds or the service has no rule for the question; never a guess.
pub fn answer(policy: &Policy, ask: &Ask) -> Result<Answer, RuleError> {
    let Policy {} = policy;
    Err(RuleError::NoBook {
        service: ask.service,
        on: ask.book_day(),
        first: None,
    })
}
