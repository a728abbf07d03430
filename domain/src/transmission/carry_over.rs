//! Applications that came in before daicho kept the books: each office goes on from where its papers and its ID stood.

use super::apply::{check_kj_id, dates, known_corporation, registered};
use super::decide::{plan, subject};
use super::event::{CarriedOffice, CarriedStanding, Event, Missing, Plan};
use super::state::{Entry, Paper, Standing, State};
use super::{OfficeRef, Refusal};
use crate::Service;
use crate::corporation::Registered;
use crate::dates::Month;
use crate::decider::Context;
use crate::identifiers::{AgentId, KjId, OfficeNumber};
use crate::intake::Receipt;
use crate::moving::{self, CarriedFrom, Day, Fault, Settings, promised};
use crate::rules::{Dated, Question};
use crate::stream::{ApplicationId, CredentialId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const START: &str = "開始月";
const CREDENTIALS_ON: &str = "ID発行予定日";

/// An application as the books kept before have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarryApplication {
    /// The application.
    pub application: ApplicationId,
    /// When it came in.
    pub receipt: Receipt,
    /// Its offices.
    pub offices: Vec<CarryOffice>,
}

/// An office of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarryOffice {
    /// Where it stood.
    pub from: CarriedFrom,
    /// Its 事業所番号.
    pub number: OfficeNumber,
    /// Its KJ ID, once given.
    pub kj_id: Option<KjId>,
    /// Its month, once fixed.
    pub plan: Option<CarryPlan>,
    /// Where its paper stands.
    pub paper: Paper,
    /// The day its ID/PW was issued, if it was.
    pub issued_on: Option<NaiveDate>,
    /// The billing agent's ID under which it is, if the books say.
    pub agent: Option<AgentId>,
}

/// The month of an office and the days promised for it. A day that is not said is the rules'.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarryPlan {
    /// The start month.
    pub start: Month,
    /// How often it was postponed.
    pub postponements: u32,
    /// The day by which the 委任状 must be back.
    pub poa_due: Option<NaiveDate>,
    /// The day by which the federation must have it.
    pub federation_date: Option<NaiveDate>,
    /// The day on which the ID/PW are set.
    pub credentials_on: Option<NaiveDate>,
}

pub(super) fn carry_over(
    context: &Context<'_>,
    state: &State,
    applications: Vec<CarryApplication>,
) -> Result<Vec<Event>, Refusal> {
    let runs: BTreeSet<_> = applications
        .iter()
        .flat_map(|application| &application.offices)
        .map(|office| office.from.run)
        .collect();
    if *state != State::default() {
        let again = runs.iter().all(|run| state.carried == Some(*run));
        return match again {
            true => Ok(vec![]),
            false => Err(Fault::Lives.into()),
        };
    }
    let (_, service) = subject(context.stream);
    if service == Service::CareplanRenkei {
        return Err(Refusal::NoTransmission { service });
    }
    let corporation = known_corporation(context).map_err(|_| Fault::UnknownCorporation)?;
    registered(context)?;
    let mut seen = BTreeSet::new();
    let mut events = vec![];
    for application in applications {
        for office in &application.offices {
            if !seen.insert(office.number) {
                let number = office.number;
                return Err(Refusal::OfficeTwice { number });
            }
        }
        events.push(carried(context, corporation, application)?);
    }
    Ok(events)
}

fn carried(
    context: &Context<'_>,
    corporation: &Registered,
    application: CarryApplication,
) -> Result<Event, Refusal> {
    let CarryApplication {
        application,
        receipt,
        offices,
    } = application;
    moving::has_come(context, "受付日", receipt.on)?;
    is_whole(&offices)?;
    let mut carried = vec![];
    let mut charged_from: Option<Month> = None;
    for office in offices {
        let settings = moving::approved(context, &office.from)?;
        let office = one(
            context,
            corporation,
            settings,
            application,
            &receipt,
            office,
        )?;
        if let CarriedStanding::Started { plan, .. } = &office.standing {
            let from = settings.charges_from(plan.month());
            charged_from = charged_from.into_iter().chain([from]).min();
        }
        carried.push(office);
    }
    Ok(Event::CarriedOver {
        application,
        receipt,
        offices: carried,
        charged_from,
    })
}

/// The month of an application is fixed once all its offices are complete: either each has one, or something is missing.
fn is_whole(offices: &[CarryOffice]) -> Result<(), Fault> {
    if offices.iter().all(|office| office.plan.is_some()) {
        return match offices.iter().all(|office| office.kj_id.is_some()) {
            true => Ok(()),
            false => Err(Fault::Missing { field: "KJ ID" }),
        };
    }
    let open = offices.iter().any(|office| office.kj_id.is_none());
    match open && offices.iter().all(|office| office.plan.is_none()) {
        true => Ok(()),
        false => Err(Fault::Missing { field: "開始月" }),
    }
}

fn one(
    context: &Context<'_>,
    corporation: &Registered,
    settings: Settings,
    application: ApplicationId,
    receipt: &Receipt,
    office: CarryOffice,
) -> Result<CarriedOffice, Refusal> {
    let number = office.number;
    let (id, _) = corporation
        .office_numbered(&number)
        .ok_or(Fault::UnknownOffice { number })?;
    if let Some(kj_id) = office.kj_id {
        // Who approves the run has seen the warning about a KJ ID whose office part differs.
        check_kj_id(context, kj_id, number, true)?;
    }
    let about = OfficeRef {
        application,
        office: id,
    };
    let standing = match office.plan {
        None if office.kj_id.is_none() => CarriedStanding::Incomplete {
            missing: Missing::KjId,
        },
        None => CarriedStanding::Complete {},
        Some(_) => planned(context, settings, about, receipt, &office)?,
    };
    Ok(CarriedOffice {
        from: office.from,
        office: id,
        number,
        kj_id: office.kj_id,
        standing,
        agent: office.agent,
    })
}

fn planned(
    context: &Context<'_>,
    settings: Settings,
    about: OfficeRef,
    receipt: &Receipt,
    office: &CarryOffice,
) -> Result<CarriedStanding, Refusal> {
    let Some(said) = office.plan else {
        return Ok(CarriedStanding::Complete {});
    };
    let plan = promised_plan(context, said, receipt.on, office)?;
    let paper = office.paper;
    let Some(issued_on) = office.issued_on else {
        settings.ahead(START, plan.start.on)?;
        settings.ahead(CREDENTIALS_ON, plan.credentials_on.on)?;
        return Ok(CarriedStanding::Preparing { plan, paper });
    };
    moving::has_come(context, "ID発行日", issued_on)?;
    match paper {
        Paper::Filed | Paper::Confirmed => {}
        Paper::Awaited | Paper::Ready | Paper::Rejected => {
            return Err(Fault::Contradicts {
                field: "委任状の状態",
                remedy: "IDを発行した事業所は「提出済み」か「確認済み」にしてください。",
            }
            .into());
        }
    }
    let credential = CredentialId::of_office(about.application, about.office);
    Ok(match plan.start.on < settings.switched_on {
        true => CarriedStanding::Started {
            plan,
            paper,
            credential,
        },
        false => CarriedStanding::Issued {
            plan,
            paper,
            credential,
        },
    })
}

fn promised_plan(
    context: &Context<'_>,
    said: CarryPlan,
    applied_on: NaiveDate,
    office: &CarryOffice,
) -> Result<Plan, Refusal> {
    let counted =
        dates(context, Question::Transmission, applied_on)?.dated("transmission_start")?;
    let counted = Dated {
        on: Month::of(counted.on).plus(said.postponements).first_day(),
        basis: counted.basis,
    };
    let start = promised(Ok(counted), Some(said.start.first_day()), &office.from)?;
    let counted = plan(context, office.number, start, said.postponements)?;
    let keep = |counted: Dated, said| promised(Ok(counted), said, &office.from);
    Ok(Plan {
        poa_due: keep(counted.poa_due, said.poa_due)?,
        federation_date: keep(counted.federation_date, said.federation_date)?,
        credentials_on: keep(counted.credentials_on, said.credentials_on)?,
        ..counted
    })
}

impl State {
    pub(super) fn note_carried(
        &mut self,
        application: ApplicationId,
        receipt: &Receipt,
        offices: &[CarriedOffice],
    ) {
        self.applications.push((application, receipt.clone()));
        self.carried = offices.first().map(|office| office.from.run);
        let entries = offices.iter().map(|office| Entry {
            application,
            office: office.office,
            number: office.number,
            kj_id: office.kj_id,
            standing: Standing::from(&office.standing),
            overdue: None,
            released_on: None,
            transferred: None,
            replaced_on: None,
        });
        self.entries.extend(entries);
    }
}

impl From<&CarriedStanding> for Standing {
    fn from(carried: &CarriedStanding) -> Self {
        match carried {
            CarriedStanding::Incomplete { missing } => Self::Incomplete(missing.clone()),
            CarriedStanding::Complete {} => Self::Complete,
            CarriedStanding::Preparing { plan, paper } => Self::Preparing {
                plan: plan.clone(),
                paper: *paper,
                held: None,
            },
            CarriedStanding::Issued {
                plan,
                paper,
                credential,
            } => Self::Issued {
                plan: plan.clone(),
                paper: *paper,
                credential: *credential,
            },
            CarriedStanding::Started {
                plan,
                paper,
                credential,
            } => Self::Started {
                plan: plan.clone(),
                paper: *paper,
                credential: *credential,
            },
        }
    }
}

/// The days that an event carried over, for 計算との差. Of one that transmits, its days are over.
pub(crate) fn carried_days(event: &Event) -> Vec<Day<'_>> {
    let Event::CarriedOver { offices, .. } = event else {
        return vec![];
    };
    let mut days = vec![];
    for office in offices {
        let ahead: Vec<(&'static str, &Dated)> = match &office.standing {
            CarriedStanding::Preparing { plan, .. } => vec![
                (START, &plan.start),
                ("委任状の返送期日", &plan.poa_due),
                ("国保連の期日", &plan.federation_date),
                (CREDENTIALS_ON, &plan.credentials_on),
            ],
            CarriedStanding::Issued { plan, .. } => vec![(START, &plan.start)],
            CarriedStanding::Incomplete { .. }
            | CarriedStanding::Complete {}
            | CarriedStanding::Started { .. } => vec![],
        };
        let office = Some(office.office);
        days.extend(ahead.into_iter().map(|(label, dated)| Day {
            label,
            office,
            dated,
        }));
    }
    days
}
