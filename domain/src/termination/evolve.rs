//! How an event changes what is known of the ends of a service.

use super::event::{EndPaper, Event};
use super::state::{End, Fees, Paper, PaperStage, Stage, State, WithoutPaper};
use crate::stream::{ApplicationId, OfficeId};

impl State {
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::Requested {
                no,
                scope,
                receipt,
                dates,
                open_returns,
                papers,
            } => self.ends.push(End {
                no: *no,
                scope: *scope,
                receipt: receipt.clone(),
                dates: dates.clone(),
                open_returns: *open_returns,
                papers: awaited(papers).collect(),
                without_paper: vec![],
                stage: Stage::Filed,
                debited: false,
                fees: if scope.ends_fees() {
                    Fees::Due
                } else {
                    Fees::Settled
                },
                release_due: false,
            }),
            Event::CarriedOver { .. } => self.note_carried(event),
            Event::Withdrawn { no, .. } => self.with(*no, |end| end.stage = Stage::Withdrawn),
            Event::ReturnsCounted { no, open } => {
                self.with(*no, |end| end.open_returns = *open);
            }
            Event::Ended {
                no,
                papers,
                without_paper,
                ..
            } => self.with(*no, |end| {
                end.stage = Stage::Ended;
                end.papers.extend(awaited(papers));
                let without = without_paper.iter().cloned();
                end.without_paper.extend(without.map(|about| WithoutPaper {
                    about,
                    stage: PaperStage::Returned,
                }));
            }),
            Event::LastDebitPassed { no, .. } => self.with(*no, |end| end.debited = true),
            Event::LastDebitFailed { no } => self.with(*no, |end| end.fees = Fees::Failed),
            Event::FeesSettled { no } => self.with(*no, |end| end.fees = Fees::Settled),
            Event::AgentReleaseDue { no, .. } => self.with(*no, |end| end.release_due = true),
            Event::PaperReturned { no, office } => {
                self.set(*no, *office, PaperStage::Returned);
            }
            Event::PaperSentBack { no, office } => self.set(*no, *office, PaperStage::Awaited),
            Event::AgentReleased {
                no,
                office,
                application,
            } => {
                self.set(*no, *office, PaperStage::Released);
                self.release(*no, *application, *office);
            }
        }
    }

    fn with(&mut self, no: u32, change: impl FnOnce(&mut End)) {
        if let Some(end) = self.end_mut(no) {
            change(end);
        }
    }

    fn set(&mut self, no: u32, office: OfficeId, stage: PaperStage) {
        self.with(no, |end| {
            let of_office = |paper: &&mut Paper| paper.about.office == office;
            if let Some(paper) = end.papers.iter_mut().find(of_office) {
                paper.stage = stage;
            }
        });
    }
}

impl State {
    fn release(&mut self, no: u32, application: ApplicationId, office: OfficeId) {
        self.with(no, |end| {
            let is = |one: &&mut WithoutPaper| {
                one.about.application == application && one.about.office == office
            };
            if let Some(one) = end.without_paper.iter_mut().find(is) {
                one.stage = PaperStage::Released;
            }
        });
    }
}

fn awaited(papers: &[EndPaper]) -> impl Iterator<Item = Paper> {
    papers.iter().map(|about| Paper {
        about: about.clone(),
        stage: PaperStage::Awaited,
    })
}
