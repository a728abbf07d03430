//! What is known of a licence.

use super::checklist::{Checklist, Gap};
use super::contract::Contract;
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
    /// The day on which the present application was granted.
    pub granted_on: Option<NaiveDate>,
    /// Whether the present year can be renewed.
    pub renewal_open: bool,
    /// The next year, once it was asked for.
    pub next: Option<Next>,
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
}

/// A year that was asked for and has not begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Next {
    /// The year.
    pub contract: Contract,
    /// The day by which the notice that it is done is sent.
    pub notice_by: Dated,
    /// The day on which it was.
    pub noticed_on: Option<NaiveDate>,
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
        self.years
            .iter()
            .chain(self.next.iter().map(|next| &next.contract))
    }

    /// The year that begins on a day.
    pub fn beginning_on(&self, first_day: NaiveDate) -> Option<&Contract> {
        self.contracts()
            .find(|contract| contract.term.first_day.on == first_day)
    }

    pub(super) fn beginning_on_mut(&mut self, first_day: NaiveDate) -> Option<&mut Contract> {
        let next = self.next.iter_mut().map(|next| &mut next.contract);
        self.years
            .iter_mut()
            .chain(next)
            .find(|contract| contract.term.first_day.on == first_day)
    }

    /// The ステータス that staff read.
    pub fn status(&self) -> Status {
        match (&self.expired, self.year()) {
            (Some(_), _) => Status::Expired,
            (None, None) => match &self.checked {
                Some(checked) if !checked.gaps.is_empty() => Status::Gaps,
                Some(_) | None => Status::Ready,
            },
            (None, Some(_)) if self.next.is_some() => Status::Filed,
            (None, Some(_)) if self.closed.is_some() => Status::RunsOut,
            (None, Some(_)) if self.granted_on.is_none() => Status::Applied,
            (None, Some(_)) if self.renewal_open => Status::Renewable,
            (None, Some(_)) => Status::Valid,
        }
    }
}
