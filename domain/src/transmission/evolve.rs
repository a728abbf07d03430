//! How an event changes what is known of a corporation's transmission applications.

use super::Event;
use super::event::{OfficeRef, Plan, PlannedOffice};
use super::state::{Entry, Held, Overdue, Paper, Postponement, Question, Standing, State};
use crate::dates::Month;
use crate::identifiers::KjId;
use crate::stream::{ApplicationId, OfficeId};

impl Entry {
    pub(super) fn planned(&self, plan: Plan) -> PlannedOffice {
        let kj_id: KjId = self
            .kj_id
            .expect("dates are set only once the KJ ID is known");
        PlannedOffice {
            application: self.application,
            office: self.office,
            number: self.number,
            kj_id,
            plan,
        }
    }

    /// Gives the office new dates; whatever papers it has stay valid.
    fn replan(&mut self, planned: Plan) {
        let paper = match self.paper() {
            None | Some(Paper::Rejected) => Paper::Awaited,
            Some(paper @ (Paper::Awaited | Paper::Ready | Paper::Filed | Paper::Confirmed)) => {
                paper
            }
        };
        self.overdue = None;
        self.standing = Standing::Preparing {
            plan: planned,
            paper,
            held: None,
        };
    }

    fn held(&mut self, why: Held) {
        if let Standing::Preparing { held, .. } = &mut self.standing {
            *held = Some(why);
        }
    }

    fn set_paper(&mut self, step: Paper) {
        self.overdue = None;
        match &mut self.standing {
            Standing::Preparing { paper, .. }
            | Standing::IdsDue { paper, .. }
            | Standing::Issued { paper, .. }
            | Standing::Started { paper, .. } => *paper = step,
            Standing::Incomplete(_) | Standing::Complete | Standing::Withdrawn { .. } => {}
        }
    }
}

impl State {
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::Applied {
                application,
                receipt,
                offices,
            } => {
                self.applications.push((*application, receipt.clone()));
                let entries = offices.iter().map(|office| Entry::of(*application, office));
                self.entries.extend(entries);
            }
            Event::CarriedOver {
                application,
                receipt,
                offices,
                ..
            } => self.note_carried(*application, receipt, offices),
            Event::OfficeCompleted {
                application,
                office,
                kj_id,
                ..
            } => self.with(*application, *office, |entry| {
                entry.kj_id = Some(*kj_id);
                entry.standing = Standing::Complete;
            }),
            Event::StartSet { offices, .. } => self.replan(offices),
            Event::OfficeReady {
                application,
                office,
                ..
            } => self.with(*application, *office, |entry| entry.set_paper(Paper::Ready)),
            Event::OfficeUnready {
                application,
                office,
                ..
            } => self.with(*application, *office, |entry| {
                entry.set_paper(Paper::Awaited)
            }),
            Event::OfficeDuePassed {
                application,
                office,
                ..
            } => self.with(*application, *office, |entry| {
                entry.overdue = Some(Overdue::Uncounted);
            }),
            Event::OfficePaperArrived {
                application,
                office,
                ..
            } => self.with(*application, *office, |entry| {
                entry.overdue = Some(Overdue::Arrived);
            }),
            Event::PapersFiled {
                application,
                office,
                ..
            } => self.with(*application, *office, |entry| entry.set_paper(Paper::Filed)),
            Event::FederationConfirmed {
                application,
                office,
                ..
            } => self.with(*application, *office, |entry| {
                entry.set_paper(Paper::Confirmed);
            }),
            Event::FederationRejected {
                application,
                office,
                ..
            } => self.with(*application, *office, |entry| {
                entry.set_paper(Paper::Rejected);
            }),
            Event::OfficeWithdrawn {
                application,
                office,
                reason,
            } => {
                let about = OfficeRef {
                    application: *application,
                    office: *office,
                };
                self.questions.retain(|question| question.about != about);
                self.with(*application, *office, |entry| {
                    entry.standing = Standing::Withdrawn {
                        reason: reason.clone(),
                    };
                });
            }
            Event::PapersOutdated { .. } => {}
            Event::AgentReleased {
                application,
                office,
                on,
            } => self.with(*application, *office, |entry| entry.released_on = Some(*on)),
            Event::NumberReplaced {
                application,
                office,
                on,
            } => self.with(*application, *office, |entry| entry.replaced_on = Some(*on)),
            Event::OfficeTransferred {
                application,
                office,
                to,
                on,
            } => self.with(*application, *office, |entry| {
                entry.transferred = Some((*to, *on));
            }),
            Event::Postponed {
                cause,
                from,
                to,
                offices,
            } => {
                let former = offices
                    .iter()
                    .filter_map(|held| {
                        let about = held.reference();
                        Some((about, self.entry(about)?.plan()?.clone()))
                    })
                    .collect();
                self.postponements.push(Postponement {
                    causes: vec![*cause],
                    from: *from,
                    to: *to,
                    offices: former,
                    reversed: false,
                });
                self.replan(offices);
            }
            Event::PostponementCauseAdded { from, cause } => {
                let about = OfficeRef {
                    application: cause.application,
                    office: cause.office,
                };
                if let Some(postponement) = self.standing(*from, |held| held.holds(about)) {
                    postponement.causes.push(*cause);
                }
            }
            Event::PostponementCauseRemoved { from, poa } => {
                if let Some(postponement) = self.standing(*from, |held| held.is_caused_by(*poa)) {
                    postponement.causes.retain(|cause| cause.poa != *poa);
                }
            }
            Event::PostponementReversed {
                from, poa, offices, ..
            } => {
                if let Some(postponement) = self.standing(*from, |held| held.is_caused_by(*poa)) {
                    postponement.reversed = true;
                    postponement.causes.clear();
                }
                self.replan(offices);
            }
            Event::PersonAsked {
                application,
                office,
                why,
            } => self.questions.push(Question {
                about: OfficeRef {
                    application: *application,
                    office: *office,
                },
                why: *why,
            }),
            Event::PersonDecided {
                application,
                office,
                why,
                planned,
                ..
            } => {
                let about = OfficeRef {
                    application: *application,
                    office: *office,
                };
                self.questions
                    .retain(|question| question.about != about || question.why != *why);
                self.replan(planned.as_slice());
            }
            Event::IdsDue {
                offices,
                held,
                suspended,
                ..
            } => {
                for about in offices {
                    self.with(about.application, about.office, Entry::ids_due);
                }
                for office in held {
                    let why = office.why.into();
                    self.with(office.application, office.office, |entry| entry.held(why));
                }
                for about in suspended {
                    self.with(about.application, about.office, |entry| {
                        entry.held(Held::Suspended);
                    });
                }
            }
            Event::IdIssued {
                application,
                office,
                credential,
            } => self.with(*application, *office, |entry| entry.issued(*credential)),
            Event::Started { offices, .. } => {
                for about in offices {
                    self.with(about.application, about.office, Entry::started);
                }
            }
        }
    }

    fn with(
        &mut self,
        application: ApplicationId,
        office: OfficeId,
        change: impl FnOnce(&mut Entry),
    ) {
        if let Some(entry) = self.entry_mut(OfficeRef {
            application,
            office,
        }) {
            change(entry);
        }
    }

    fn replan(&mut self, offices: &[PlannedOffice]) {
        for planned in offices {
            self.with(planned.application, planned.office, |entry| {
                entry.replan(planned.plan.clone());
            });
        }
    }

    fn standing(
        &mut self,
        from: Month,
        of_this_kind: impl Fn(&Postponement) -> bool,
    ) -> Option<&mut Postponement> {
        self.postponements.iter_mut().rev().find(|postponement| {
            postponement.from == from && !postponement.reversed && of_this_kind(postponement)
        })
    }
}

impl PlannedOffice {
    /// The office within its application.
    pub const fn reference(&self) -> OfficeRef {
        OfficeRef {
            application: self.application,
            office: self.office,
        }
    }
}
