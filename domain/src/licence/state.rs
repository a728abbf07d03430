//! What is known of a licence.

use super::checklist::{Checklist, Gap};
use super::contract::{Contract, Fee, Origin};
use super::event::CloseReason;
use crate::identifiers::OfficeNumber;
use crate::rules::Dated;
use crate::stream::{CorporationId, OfficeId};
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A licence, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing is known.
    #[default]
    Unknown,
    /// The office was checked, or has a licence.
    Known(Box<Record>),
}

/// An office number with a licence, or on the way to one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The corporation.
    pub corporation: CorporationId,
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
    /// What the office said last, with what was missing.
    pub checked: Option<Checked>,
    /// The years so far, oldest first; the last one is the present one.
    pub years: Vec<Contract>,
    /// Whether the present year can be renewed.
    pub renewal_open: bool,
    /// The next year, once it was asked for.
    pub next: Option<Contract>,
    /// The downloads that were asked for: by which name, on which day.
    pub downloads: Vec<(String, NaiveDate)>,
    /// The last day, once it is over.
    pub expired: Option<NaiveDate>,
    /// Why the office no longer renews.
    pub closed: Option<CloseReason>,
}

/// A checklist with what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// What the office said.
    pub checklist: Checklist,
    /// What was missing.
    pub gaps: Vec<Gap>,
    /// When the federation's letter with the KJ ID is expected.
    pub id_expected_by: Option<Dated>,
    /// The last day on which an application may rest on it.
    pub holds_until: Option<Dated>,
}

worded! {
    /// A licence's ステータス.
    Status {
        /// Something is missing at the office.
        Gaps = "gaps", "準備中（不足あり）";
        /// The office can apply.
        Ready = "ready", "申請前";
        /// Applied for, not granted.
        Applied = "applied", "申請受付済み";
        /// Granted.
        Valid = "valid", "有効";
        /// The next year can be asked for.
        Renewable = "renewable", "更新可";
        /// The next year was asked for.
        Filed = "filed", "事前申請受付済み";
        /// The office no longer renews.
        RunsOut = "runs_out", "満了まで（更新しない）";
        /// Over.
        Expired = "expired", "期限切れ";
        /// Never applied for, and it will not be.
        Dropped = "dropped", "申請しない";
    }
}

impl State {
    /// The licence, if anything is known.
    pub fn known(&self) -> Option<&Record> {
        match self {
            Self::Unknown => None,
            Self::Known(known) => Some(known),
        }
    }
}

impl Record {
    /// The present year, or the last one.
    pub fn year(&self) -> Option<&Contract> {
        self.years.last()
    }

    /// Every year, with the one that was asked for and has not begun.
    pub fn contracts(&self) -> impl DoubleEndedIterator<Item = &Contract> {
        self.years.iter().chain(&self.next)
    }

    /// The year that begins on a day.
    pub fn beginning_on(&self, first_day: NaiveDate) -> Option<&Contract> {
        self.contracts()
            .find(|contract| contract.term.first_day.on == first_day)
    }

    pub(super) fn beginning_on_mut(&mut self, first_day: NaiveDate) -> Option<&mut Contract> {
        self.years
            .iter_mut()
            .chain(&mut self.next)
            .find(|contract| contract.term.first_day.on == first_day)
    }

    /// The year whose fee somebody must look at first: one overdue, then one expected, then the last.
    pub fn wanting(&self) -> Option<&Contract> {
        let first = |fee: &Fee| self.contracts().find(|year| year.fee == *fee);
        first(&Fee::Overdue)
            .or_else(|| first(&Fee::Expected))
            .or_else(|| self.year())
    }

    /// The checklist on which the office may still apply.
    pub fn before_applying(&self) -> Option<&Checked> {
        let applies = self.year().is_none() || self.expired.is_some();
        let checked = self.checked.as_ref().filter(|_| applies)?;
        self.closed.is_none().then_some(checked)
    }

    /// The ステータス that staff read.
    pub fn status(&self) -> Status {
        if let Some(checked) = self.before_applying() {
            return match checked.gaps.is_empty() {
                true => Status::Ready,
                false => Status::Gaps,
            };
        }
        match (&self.expired, self.year()) {
            (Some(_), _) => Status::Expired,
            (None, None) => Status::Dropped,
            (None, Some(_)) if self.next.is_some() => Status::Filed,
            (None, Some(_)) if self.closed.is_some() => Status::RunsOut,
            (None, Some(_)) if self.renewal_open => Status::Renewable,
            (None, Some(year)) if year.awaits_notice() && year.origin == Origin::Application => {
                Status::Applied
            }
            (None, Some(_)) => Status::Valid,
        }
    }
}
