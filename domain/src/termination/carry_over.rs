//! An end that was filed before daicho kept the books. One whose month is not over goes on to its month's last day here; of
//! one whose month is over the last fees and the release of the agent are what is left. Its 委任状 go on from where they stood.

use super::Refusal;
use super::decide::subject;
use super::event::{CarriedPaper, Dates, Event, Scope};
use super::request::{asked, customer, papers, something_ends, without_paper};
use super::state::{End, Fees, Paper, PaperStage, Stage, State};
use crate::dates::Month;
use crate::decider::Context;
use crate::identifiers::OfficeNumber;
use crate::intake::{Channel, Receipt};
use crate::moving::{self, CarriedFrom, Day, Fault, promised};
use crate::poa::CarryStage;
use crate::transmission;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

const RECEIVED_ON: &str = "受付日";
const LAST_DAY: &str = "最終利用日";

/// An end as the books kept before have it. A day that they do not say is the rules'.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarryEnd {
    /// Where it stood.
    pub from: CarriedFrom,
    /// The office that ends; the whole use when none is named.
    pub office: Option<OfficeNumber>,
    /// When the form came in.
    pub receipt: Receipt,
    /// The end month.
    pub end_month: Month,
    /// The day of the last debit that was promised.
    pub last_debit_on: Option<NaiveDate>,
    /// The day from which the agent is released that was promised.
    pub release_from: Option<NaiveDate>,
    /// How many returned claims are open.
    pub open_returns: u32,
    /// The day the end 委任状 were sent, if they were.
    pub papers_sent_on: Option<NaiveDate>,
    /// Where the end 委任状 are.
    pub papers: CarryStage,
}

pub(super) fn carry_over(
    context: &Context<'_>,
    state: &State,
    ends: Vec<CarryEnd>,
) -> Result<Vec<Event>, Refusal> {
    if !state.ends.is_empty() {
        let again = ends.iter().all(|end| state.carried == Some(end.from.run));
        return match again {
            true => Ok(vec![]),
            false => Err(Fault::Lives.into()),
        };
    }
    let mut events: Vec<Event> = vec![];
    let mut scopes: Vec<Scope> = vec![];
    for (no, end) in (1..).zip(ends) {
        let carried = carried(context, no, end)?;
        if let Some(Event::CarriedOver { scope, .. }) = carried.first() {
            if scopes.contains(scope) {
                return Err(Fault::Contradicts {
                    field: "終了の範囲",
                    remedy: "同じ終了は1行にまとめてください。",
                }
                .into());
            }
            scopes.push(*scope);
        }
        events.extend(carried);
    }
    Ok(events)
}

fn carried(context: &Context<'_>, no: u32, end: CarryEnd) -> Result<Vec<Event>, Refusal> {
    let settings = moving::approved(context, &end.from)?;
    let scope = scope(context, end.office)?;
    customer(context)?;
    moving::has_come(context, RECEIVED_ON, end.receipt.on)?;
    if end.receipt.channel != Channel::Form {
        return Err(Fault::Contradicts {
            field: "受付方法",
            remedy: "終了はWebフォームで受け付けたものだけです。",
        }
        .into());
    }
    let counted = asked(context, end.end_month, end.receipt.on)?;
    let keep = |name: &str, said| promised(counted.dated(name), said, &end.from);
    let dates = Dates {
        last_day: counted.dated("login_last_day")?,
        cutoff: counted.dated("apply_by")?,
        last_debit_on: keep("last_debit_on", end.last_debit_on)?,
        release_from: keep("agent_release_from", end.release_from)?,
    };
    // What was used until a month that is over stands in the former books; its case goes on all the same.
    let last_day = dates.last_day.on;
    let over = last_day < settings.switched_on;
    if !over {
        something_ends(context, scope)?;
    }
    moving::in_order(&[
        (RECEIVED_ON, Some(end.receipt.on)),
        (LAST_DAY, Some(last_day)),
    ])?;
    let papers: Vec<_> = papers(context, scope, &dates, &[])?
        .into_iter()
        .map(|about| CarriedPaper {
            about,
            sent_on: end.papers_sent_on,
            stage: end.papers,
        })
        .collect();
    let released = end.papers.paper() == transmission::Paper::Confirmed;
    if released && !papers.is_empty() {
        return Err(Fault::Contradicts {
            field: "委任状の状態",
            remedy: "代理人を解除済みの事業所は、伝送の行を外してください。",
        }
        .into());
    }
    let without_paper = without_paper(context, scope, &dates, &[])?;
    let carried = Event::CarriedOver {
        no,
        from: end.from,
        scope,
        receipt: end.receipt,
        dates,
        open_returns: end.open_returns,
        papers,
    };
    let mut events = vec![carried];
    if over {
        events.push(Event::Ended {
            no,
            scope,
            last_day,
            papers: vec![],
            without_paper,
        });
    }
    Ok(events)
}

fn scope(context: &Context<'_>, office: Option<OfficeNumber>) -> Result<Scope, Refusal> {
    let (corporation, _) = subject(context.stream);
    let Some(number) = office else {
        return Ok(Scope::Whole);
    };
    let known = context
        .known
        .corporation(corporation)
        .and_then(|state| state.registered())
        .ok_or(Fault::UnknownCorporation)?;
    let (id, _) = known
        .office_numbered(&number)
        .ok_or(Fault::UnknownOffice { number })?;
    Ok(Scope::Office(id))
}

impl State {
    pub(super) fn note_carried(&mut self, event: &Event) {
        let Event::CarriedOver {
            no,
            from,
            scope,
            receipt,
            dates,
            open_returns,
            papers,
        } = event
        else {
            return;
        };
        self.carried = Some(from.run);
        let papers = papers.iter().map(|paper| Paper {
            about: paper.about.clone(),
            stage: match paper.stage.paper() {
                transmission::Paper::Awaited | transmission::Paper::Rejected => PaperStage::Awaited,
                transmission::Paper::Ready | transmission::Paper::Filed => PaperStage::Returned,
                transmission::Paper::Confirmed => PaperStage::Released,
            },
        });
        self.ends.push(End {
            no: *no,
            scope: *scope,
            receipt: receipt.clone(),
            dates: dates.clone(),
            open_returns: *open_returns,
            papers: papers.collect(),
            without_paper: vec![],
            stage: Stage::Filed,
            debited: false,
            fees: Fees::Due,
            release_due: false,
        });
    }
}

/// The days that an event carried over, for 計算との差.
pub(crate) fn carried_days(event: &Event) -> Vec<Day<'_>> {
    let Event::CarriedOver { scope, dates, .. } = event else {
        return vec![];
    };
    let day = |label, dated| Day {
        label,
        office: scope.office(),
        dated,
    };
    vec![
        day("最終振替日", &dates.last_debit_on),
        day("代理人解除の開始日", &dates.release_from),
    ]
}
