//! The rules of transmission: which question goes where, and how an event changes what is known.

use super::event::{OfficeRef, Plan, PlannedOffice};
use super::state::{Entry, Paper, Postponement, Question, Standing, State};
use super::{Command, Event, Refusal, apply, ids, papers, postpone};
use crate::Service;
use crate::dates::Month;
use crate::decider::{Context, Decider, Known};
use crate::identifiers::{KjId, OfficeNumber};
use crate::rules::{Ask, Dated, Question as RuleQuestion, reckoned};
use crate::stream::{ApplicationId, CorporationId, Stream};

/// The decider of transmission applications.
#[derive(Debug)]
pub enum Transmission {}

impl Decider for Transmission {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(stream: &Stream, _: &State, command: &Command, _: &Known) -> Vec<Stream> {
        let (corporation, service) = subject(stream);
        match command {
            Command::Apply { .. } | Command::Complete { .. } => {
                let mut streams = vec![
                    Stream::Corporation(corporation),
                    Stream::Enrolment(corporation, service),
                ];
                streams.extend(
                    other_channel(service).map(|other| Stream::Transmission(corporation, other)),
                );
                streams
            }
            Command::Withdraw { .. }
            | Command::Leave { .. }
            | Command::OutdatePapers { .. }
            | Command::NotePaper { .. }
            | Command::Postpone { .. }
            | Command::ReversePostponement { .. }
            | Command::Decide { .. }
            | Command::DetermineIds { .. }
            | Command::NoteIdIssued { .. }
            | Command::Start { .. } => vec![],
        }
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Apply {
                application,
                receipt,
                offices,
            } => apply::apply(context, state, application, receipt, offices),
            Command::Complete {
                application,
                office,
                kj_id,
                kj_id_confirmed,
                receipt,
            } => {
                let about = OfficeRef {
                    application,
                    office,
                };
                apply::complete(context, state, about, kj_id, kj_id_confirmed, receipt)
            }
            Command::Withdraw {
                application,
                office,
                reason,
            } => apply::withdraw(context, state, application, office, &reason),
            Command::Leave { office, why } => apply::leave(context, state, office, why),
            Command::OutdatePapers { office } => Ok(papers::outdate(state, office)),
            Command::NotePaper {
                application,
                office,
                poa,
                step,
            } => papers::note(
                context,
                state,
                OfficeRef {
                    application,
                    office,
                },
                poa,
                step,
            ),
            Command::Postpone {
                application,
                office,
                poa,
                month,
                why,
            } => {
                let cause = super::Cause {
                    application,
                    office,
                    poa,
                    why,
                };
                postpone::postpone(context, state, cause, month)
            }
            Command::ReversePostponement { poa, month } => {
                postpone::reverse(context, state, poa, month)
            }
            Command::Decide {
                application,
                office,
                decision,
                reason,
            } => postpone::decide(
                context,
                state,
                OfficeRef {
                    application,
                    office,
                },
                decision,
                reason,
            ),
            Command::DetermineIds { on } => ids::determine(context, state, on),
            Command::NoteIdIssued {
                application,
                office,
                credential,
            } => Ok(ids::note_issued(
                state,
                OfficeRef {
                    application,
                    office,
                },
                credential,
            )),
            Command::Start { month } => ids::start(context, state, month),
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        state.note(event);
        state
    }
}

/// The corporation and service that the stream is about.
pub(super) fn subject(stream: &Stream) -> (CorporationId, Service) {
    let Stream::Transmission(corporation, service) = stream else {
        panic!("transmission is decided on its own stream, not on {stream}");
    };
    (*corporation, *service)
}

/// The other service that transmits for offices.
pub(super) const fn other_channel(service: Service) -> Option<Service> {
    match service {
        Service::HonobonoMini2 => Some(Service::CareNetMessenger),
        Service::CareNetMessenger => Some(Service::HonobonoMini2),
        Service::CareplanRenkei => None,
    }
}

/// The dates of a start month for an office, by the rules of the open day. `start` is the month with
/// the basis it was first derived on.
pub(super) fn plan(
    context: &Context<'_>,
    number: OfficeNumber,
    start: Dated,
    postponements: u32,
) -> Result<Plan, Refusal> {
    let (_, service) = subject(context.stream);
    let ask = Ask::new(service, RuleQuestion::TransmissionMonth, start.on)
        .in_prefecture(number.prefecture())
        .decided_on(context.today);
    let dates = reckoned(context.policy, &ask)?;
    Ok(Plan {
        start,
        poa_due: dates.dated("poa_due")?,
        federation_date: dates.dated("federation_date")?,
        credentials_on: dates.dated("credentials_on")?,
        postponements,
    })
}

/// The office with the dates of another month.
pub(super) fn moved(
    context: &Context<'_>,
    entry: &Entry,
    plan_now: &Plan,
    to: Month,
    postponements: u32,
) -> Result<PlannedOffice, Refusal> {
    let start = Dated {
        on: to.first_day(),
        basis: plan_now.start.basis.clone(),
    };
    let plan = plan(context, entry.number, start, postponements)?;
    Ok(entry.planned(plan))
}

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
        self.standing = Standing::Preparing {
            plan: planned,
            paper,
            held: None,
        };
    }

    fn set_paper(&mut self, step: Paper) {
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
    fn note(&mut self, event: &Event) {
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
                if let Some(postponement) = self.standing_postponement(*from) {
                    postponement.causes.push(*cause);
                }
            }
            Event::PostponementCauseRemoved { from, poa } => {
                if let Some(postponement) = self.standing_postponement(*from) {
                    postponement.causes.retain(|cause| cause.poa != *poa);
                }
            }
            Event::PostponementReversed { from, offices, .. } => {
                if let Some(postponement) = self.standing_postponement(*from) {
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
            Event::IdsDue { offices, held, .. } => {
                for about in offices {
                    self.with(about.application, about.office, Entry::ids_due);
                }
                for office in held {
                    self.with(office.application, office.office, |entry| {
                        if let Standing::Preparing { held, .. } = &mut entry.standing {
                            *held = Some(office.why);
                        }
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
        office: crate::stream::OfficeId,
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

    fn standing_postponement(&mut self, from: Month) -> Option<&mut Postponement> {
        self.postponements
            .iter_mut()
            .rev()
            .find(|postponement| postponement.from == from && !postponement.reversed)
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
