//! A 委任状 as the people around it know it: how often it went out, whether an answer is on its way.

use chrono::NaiveDate;

/// A 委任状.
#[derive(Debug)]
pub(super) struct Paper {
    /// The day by which it must be back now.
    pub(super) due: NaiveDate,
    /// How often it went out.
    pub(super) sent: u32,
    /// How often it was checked.
    pub(super) checked: u32,
    /// An answer is on its way, or the sheet is here.
    pub(super) answered: bool,
    /// Nobody needs it any more.
    pub(super) void: bool,
}
