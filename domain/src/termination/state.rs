//! What is known of the ends of a service.

use super::event::{Dates, EndOffice, EndPaper, Scope};
use crate::dates::Month;
use crate::identifiers::OfficeNumber;
use crate::intake::Receipt;
use crate::rules::Dated;
use crate::stream::{OfficeId, PoaId, RunId};
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The ends, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Every end that was filed, oldest first; the first is number 1.
    pub ends: Vec<End>,
    /// The run of moving in that brought the first of them, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<RunId>,
}

/// An end that was filed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// Which end of the stream it is.
    pub no: u32,
    /// What ends.
    pub scope: Scope,
    /// When the form came in.
    pub receipt: Receipt,
    /// Its dates.
    pub dates: Dates,
    /// How many returned claims are open.
    pub open_returns: u32,
    /// Its papers.
    pub papers: Vec<Paper>,
    /// The offices whose agent is released without one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_paper: Vec<WithoutPaper>,
    /// Where it stands.
    pub stage: Stage,
    /// Whether the day of the last debit is over.
    pub debited: bool,
    /// How the fees of the use stand.
    pub fees: Fees,
    /// Whether the day of the release has come.
    pub release_due: bool,
}

/// Where an end stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The end month runs, or has not come.
    Filed,
    /// It was withdrawn.
    Withdrawn,
    /// The end month is over.
    Ended,
}

/// How the last fees stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fees {
    /// They are to be debited, or are with the bank.
    Due,
    /// The last debit failed.
    Failed,
    /// Everything is paid, or nothing was charged.
    Settled,
}

/// An end 委任状.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    /// Whose it is, and its dates.
    pub about: EndPaper,
    /// Where it stands.
    pub stage: PaperStage,
}

/// An office whose agent is released without an end 委任状.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WithoutPaper {
    /// Whose it is.
    pub about: EndOffice,
    /// Where its release stands: as if a paper were back, until it is released.
    pub stage: PaperStage,
}

/// Where an end 委任状 stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperStage {
    /// Not back.
    Awaited,
    /// Back in order.
    Returned,
    /// The agent is released.
    Released,
}

worded! {
    /// The ステータス of an end.
    Status {
        /// The end month runs, or has not come.
        Filed = "filed", "終了受付済み";
        /// The last fees are not paid.
        LastDebit = "last_debit", "最終振替待ち";
        /// The billing agent is not released.
        Release = "release", "代理人解除待ち";
        /// Nothing is left to do.
        Done = "done", "終了";
        /// Withdrawn.
        Withdrawn = "withdrawn", "取り下げ";
    }
}

impl State {
    /// The end of this number.
    pub fn end(&self, no: u32) -> Option<&End> {
        self.ends.iter().find(|end| end.no == no)
    }

    pub(super) fn end_mut(&mut self, no: u32) -> Option<&mut End> {
        self.ends.iter_mut().find(|end| end.no == no)
    }

    /// The ends that were not withdrawn.
    pub fn standing(&self) -> impl Iterator<Item = &End> {
        self.ends.iter().filter(|end| end.stage != Stage::Withdrawn)
    }

    /// The end of the whole use, if one was filed and not withdrawn.
    pub fn whole(&self) -> Option<&End> {
        self.standing().find(|end| end.scope == Scope::Whole)
    }

    /// The end of a use of this office that began on a day, by itself or with the whole: the earlier one. An end before
    /// that day was of an earlier use.
    pub fn of_use(&self, office: OfficeId, since: NaiveDate) -> Option<&End> {
        self.standing()
            .filter(|end| end.covers(Scope::Office(office)) && end.dates.last_day.on >= since)
            .min_by_key(|end| end.dates.last_day.on)
    }

    /// Every end 委任状 there is.
    pub fn papers(&self) -> impl Iterator<Item = PoaId> {
        self.ends
            .iter()
            .flat_map(|end| end.papers.iter().map(|paper| paper.about.poa))
    }

    /// The paper of this id, with its end.
    pub fn paper(&self, poa: PoaId) -> Option<(&End, &Paper)> {
        self.ends.iter().find_map(|end| {
            let paper = end.papers.iter().find(|paper| paper.about.poa == poa)?;
            Some((end, paper))
        })
    }
}

impl End {
    /// Whether this end ends that too.
    pub fn covers(&self, scope: Scope) -> bool {
        match (self.scope, scope) {
            (Scope::Whole, _) => true,
            (Scope::Office(ends), Scope::Office(office) | Scope::Number { office, .. }) => {
                ends == office
            }
            (Scope::Number { .. }, Scope::Number { .. }) => self.scope == scope,
            (Scope::Office(_), Scope::Whole)
            | (Scope::Number { .. }, Scope::Whole | Scope::Office(_)) => false,
        }
    }

    /// The end month.
    pub fn month(&self) -> Month {
        Month::of(self.dates.last_day.on)
    }

    /// The number of an office that has an end 委任状.
    pub fn number_of(&self, office: OfficeId) -> Option<OfficeNumber> {
        if let Scope::Number { number, .. } = self.scope {
            return Some(number);
        }
        let own = self
            .papers
            .iter()
            .find(|paper| paper.about.office == office);
        let mut without = self.without_paper.iter();
        own.map(|paper| paper.about.number).or_else(|| {
            let one = without.find(|one| one.about.office == office);
            one.map(|one| one.about.number)
        })
    }

    /// Where the release of each office's agent stands, with the day by which its paper must be back, if it has one.
    pub fn releases(&self) -> impl Iterator<Item = (OfficeId, PaperStage, Option<&Dated>)> {
        let papers = self.papers.iter().map(|paper| {
            let about = &paper.about;
            (about.office, paper.stage, Some(&about.dates.due))
        });
        let without = self.without_paper.iter();
        papers.chain(without.map(|one| (one.about.office, one.stage, None)))
    }

    /// Whether every agent is released.
    pub fn released(&self) -> bool {
        self.releases()
            .all(|(_, stage, _)| stage == PaperStage::Released)
    }

    /// The ステータス that staff read.
    pub fn status(&self) -> Status {
        match self.stage {
            Stage::Withdrawn => Status::Withdrawn,
            Stage::Filed => Status::Filed,
            Stage::Ended if self.fees != Fees::Settled => Status::LastDebit,
            Stage::Ended if !self.released() => Status::Release,
            Stage::Ended => Status::Done,
        }
    }
}
