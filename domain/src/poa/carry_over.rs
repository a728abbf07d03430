//! A 委任状 that was asked for before daicho kept the books: out, back, filed or confirmed, it goes on from there.

use super::agent::NamedAgent;
use super::command::Assignment;
use super::event::{DueOf, Event, Method, Purpose};
use super::state::{Sheet, Stage, State};
use super::{Refusal, way};
use crate::Service;
use crate::corporation::SendTo;
use crate::decider::Context;
use crate::identifiers::AgentId;
use crate::intake::Channel;
use crate::moving::{self, CarriedFrom, Fault};
use crate::rules::{Ask, Dated, Question, reckoned};
use crate::stream::{ApplicationId, CorporationId, OfficeId, Stream};
use crate::transmission::{OfficeRef, Paper};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const SENT_ON: &str = "委任状の発送日";
const ARRIVED_ON: &str = "委任状の到着日";
const FILED_ON: &str = "委任状の提出日";
const CONFIRMED_ON: &str = "委任状の確認日";
const DUE: &str = "委任状の返送期日";
const STAGE: &str = "委任状の状態";

/// A 委任状 as the books kept before have it. Its dates are those of the transmission, or of the end, that it is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarryOver {
    /// Where it stood.
    pub from: CarriedFrom,
    /// The corporation.
    pub corporation: CorporationId,
    /// The service.
    pub service: Service,
    /// The application.
    pub application: ApplicationId,
    /// The office.
    pub office: OfficeId,
    /// What it is for.
    pub purpose: Purpose,
    /// The day it was first sent, if it was.
    pub sent_on: Option<NaiveDate>,
    /// Where it is.
    pub stage: CarryStage,
    /// The billing agent's ID that it names, if the books say.
    pub agent: Option<AgentId>,
}

/// Where a 委任状 was when daicho took over the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CarryStage {
    /// To be sent.
    ToSend,
    /// With the customer.
    Out {
        /// How it went out.
        method: Method,
    },
    /// It arrived and has not been checked.
    Received {
        /// When.
        arrived_on: NaiveDate,
        /// How.
        channel: Channel,
    },
    /// In order.
    Accepted {
        /// When it arrived.
        arrived_on: NaiveDate,
    },
    /// With the federation.
    Filed {
        /// When it arrived.
        arrived_on: NaiveDate,
        /// When it was filed.
        filed_on: NaiveDate,
    },
    /// Confirmed by the federation.
    Confirmed {
        /// When it was filed.
        filed_on: NaiveDate,
        /// When it was confirmed.
        on: NaiveDate,
    },
}

impl CarryStage {
    /// What transmission knows of a paper at this stage.
    pub const fn paper(self) -> Paper {
        match self {
            Self::ToSend | Self::Out { .. } | Self::Received { .. } => Paper::Awaited,
            Self::Accepted { .. } => Paper::Ready,
            Self::Filed { .. } => Paper::Filed,
            Self::Confirmed { .. } => Paper::Confirmed,
        }
    }

    /// The days of its way that are over.
    const fn days(self, sent_on: Option<NaiveDate>) -> [(&'static str, Option<NaiveDate>); 4] {
        let (arrived_on, filed_on, confirmed_on) = match self {
            Self::ToSend | Self::Out { .. } => (None, None, None),
            Self::Received { arrived_on, .. } | Self::Accepted { arrived_on } => {
                (Some(arrived_on), None, None)
            }
            Self::Filed {
                arrived_on,
                filed_on,
            } => (Some(arrived_on), Some(filed_on), None),
            Self::Confirmed { filed_on, on } => (None, Some(filed_on), Some(on)),
        };
        [
            (SENT_ON, sent_on),
            (ARRIVED_ON, arrived_on),
            (FILED_ON, filed_on),
            (CONFIRMED_ON, confirmed_on),
        ]
    }
}

impl CarryOver {
    pub(super) fn needs(&self) -> Vec<Stream> {
        let whose = match self.purpose {
            Purpose::Start => Stream::Transmission(self.corporation, self.service),
            Purpose::End => Stream::Termination(self.corporation, self.service),
        };
        vec![whose, Stream::Installation, Stream::Agents]
    }
}

pub(super) fn carry_over(
    context: &Context<'_>,
    state: &State,
    carried: CarryOver,
) -> Result<Vec<Event>, Refusal> {
    let settings = moving::approved(context, &carried.from)?;
    if let Some(sheet) = state.sheet() {
        let again = sheet.carried.as_ref().map(|from| from.run) == Some(carried.from.run);
        return match again {
            true => Ok(vec![]),
            false => Err(Fault::Lives.into()),
        };
    }
    for (field, on) in carried.stage.days(carried.sent_on) {
        if let Some(on) = on {
            moving::has_come(context, field, on)?;
        }
    }
    moving::in_order(&carried.stage.days(carried.sent_on))?;
    let (assignment, dates, dispatch_by) = match carried.purpose {
        Purpose::Start => of_transmission(context, &carried)?,
        Purpose::End => of_end(context, &carried)?,
    };
    let mut sheet = Sheet {
        assignment,
        dates,
        dispatch_by,
        stage: Stage::ToSend { defect: None },
        printed: None,
        unprintable: None,
        agent: agent(context, &carried),
        first_sent_on: carried.sent_on,
        remind_on: None,
        reminded: None,
        due_passed: false,
        lapsed: false,
        missed: vec![],
        excused: None,
        carried: Some(carried.from),
    };
    sheet.stage = stage(context, &sheet, carried.stage)?;
    sheet.remind_on = reminder(context, &sheet)?;
    if sheet.assignment.purpose == Purpose::Start && sheet.misses_due() {
        settings.ahead(DUE, sheet.dates.due.on)?;
    }
    Ok(vec![sheet.into_event()])
}

/// What went out names what it names; what is still to be printed is given an ID like any other.
fn agent(context: &Context<'_>, carried: &CarryOver) -> NamedAgent {
    match (carried.agent, carried.stage) {
        (Some(agent), _) => NamedAgent::Named(agent),
        (None, CarryStage::ToSend) => NamedAgent::to_begin_with(context.known),
        (
            None,
            CarryStage::Out { .. }
            | CarryStage::Received { .. }
            | CarryStage::Accepted { .. }
            | CarryStage::Filed { .. }
            | CarryStage::Confirmed { .. },
        ) => NamedAgent::Configured,
    }
}

fn of_transmission(
    context: &Context<'_>,
    carried: &CarryOver,
) -> Result<(Assignment, DueOf, Dated), Refusal> {
    let about = OfficeRef {
        application: carried.application,
        office: carried.office,
    };
    let entry = context
        .known
        .transmission(carried.corporation, carried.service)
        .and_then(|state| state.entry(about))
        .ok_or(Refusal::Unknown)?;
    let (Some(plan), Some(kj_id)) = (entry.plan(), entry.kj_id) else {
        return Err(Fault::Missing { field: "開始月" }.into());
    };
    if entry.paper() != Some(carried.stage.paper()) {
        return Err(Fault::Contradicts {
            field: STAGE,
            remedy: "伝送の行と同じ状態にしてください。",
        }
        .into());
    }
    let ask = Ask::new(carried.service, Question::Dispatch, context.today)
        .in_prefecture(entry.number.prefecture());
    let assignment = Assignment {
        corporation: carried.corporation,
        service: carried.service,
        application: carried.application,
        office: carried.office,
        number: entry.number,
        kj_id,
        purpose: Purpose::Start,
    };
    let dates = DueOf {
        start: plan.start.clone(),
        due: plan.poa_due.clone(),
        federation_date: plan.federation_date.clone(),
    };
    Ok((
        assignment,
        dates,
        reckoned(context.policy, &ask)?.dated("dispatch_by")?,
    ))
}

fn of_end(
    context: &Context<'_>,
    carried: &CarryOver,
) -> Result<(Assignment, DueOf, Dated), Refusal> {
    let Stream::Poa(poa) = context.stream else {
        panic!(
            "a 委任状 is decided on its own stream, not on {}",
            context.stream
        );
    };
    let (_, paper) = context
        .known
        .termination(carried.corporation, carried.service)
        .and_then(|state| state.paper(*poa))
        .ok_or(Refusal::Unknown)?;
    let about = &paper.about;
    let assignment = Assignment {
        corporation: carried.corporation,
        service: carried.service,
        application: about.application,
        office: about.office,
        number: about.number,
        kj_id: about.kj_id,
        purpose: Purpose::End,
    };
    Ok((assignment, about.dates.clone(), about.dispatch_by.clone()))
}

fn stage(context: &Context<'_>, sheet: &Sheet, carried: CarryStage) -> Result<Stage, Refusal> {
    Ok(match carried {
        CarryStage::ToSend => Stage::ToSend { defect: None },
        CarryStage::Out { method } => {
            let field = SENT_ON;
            let sent_on = sheet.first_sent_on.ok_or(Fault::Missing { field })?;
            let way = way::way(context, sheet, method, sent_on)?;
            Stage::Out {
                method,
                sent_on,
                delivered_on: way.delivered_on,
                post_back_by: way.post_back_by,
                tracking: None,
                to: SendTo::default(),
            }
        }
        CarryStage::Received {
            arrived_on,
            channel,
        } => Stage::Received {
            arrived_on,
            channel,
        },
        CarryStage::Accepted { arrived_on } => Stage::Accepted { arrived_on },
        CarryStage::Filed {
            arrived_on,
            filed_on,
        } => Stage::Filed {
            arrived_on,
            filed_on,
        },
        CarryStage::Confirmed { filed_on, on } => Stage::Confirmed { filed_on, on },
    })
}

/// The reminder that is still to come: whether one was sent before is the former books' concern.
fn reminder(context: &Context<'_>, sheet: &Sheet) -> Result<Option<Dated>, Refusal> {
    let Stage::Out {
        method, sent_on, ..
    } = sheet.stage
    else {
        return Ok(None);
    };
    let remind_on = way::way(context, sheet, method, sent_on)?.remind_on;
    Ok(remind_on.filter(|day| day.on > context.today))
}

impl Sheet {
    fn into_event(self) -> Event {
        let whose = self.assignment;
        Event::CarriedOver {
            from: self.carried.expect("it was just carried over"),
            corporation: whose.corporation,
            service: whose.service,
            application: whose.application,
            office: whose.office,
            number: whose.number,
            kj_id: whose.kj_id,
            purpose: whose.purpose,
            dates: self.dates,
            dispatch_by: self.dispatch_by,
            first_sent_on: self.first_sent_on,
            stage: self.stage,
            remind_on: self.remind_on,
            agent: self.agent,
        }
    }

    /// The sheet that a `carried_over` event begins with.
    pub(super) fn carried_over(event: &Event) -> Option<Self> {
        let Event::CarriedOver {
            from,
            corporation,
            service,
            application,
            office,
            number,
            kj_id,
            purpose,
            dates,
            dispatch_by,
            first_sent_on,
            stage,
            remind_on,
            agent,
        } = event
        else {
            return None;
        };
        Some(Self {
            assignment: Assignment {
                corporation: *corporation,
                service: *service,
                application: *application,
                office: *office,
                number: *number,
                kj_id: *kj_id,
                purpose: *purpose,
            },
            dates: dates.clone(),
            dispatch_by: dispatch_by.clone(),
            stage: stage.clone(),
            printed: None,
            unprintable: None,
            agent: *agent,
            first_sent_on: *first_sent_on,
            remind_on: remind_on.clone(),
            reminded: None,
            due_passed: false,
            lapsed: false,
            missed: vec![],
            excused: None,
            carried: Some(from.clone()),
        })
    }
}
