//! Moving in is agreed on by two people before anything is written: one enters the totals of the books kept before, which
//! must be what the lines come to; another approves.

use super::{Event, Refusal, State};
use crate::decider::Context;
use crate::moving::{Settings, Totals};
use crate::stream::{RunId, StaffId, Stream};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MovingFile {
    /// Its name, without its folders.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// How many lines it has, the header not counted.
    pub lines: u64,
}

/// What a person asks to be moved in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskMoving {
    /// The run: it follows from everything below.
    pub run: RunId,
    /// The switching day and the first month charged here.
    pub settings: Settings,
    /// The files.
    pub files: Vec<MovingFile>,
    /// The totals that the person entered from the books kept before.
    pub entered: Totals,
    /// What the lines that can be taken come to.
    pub counted: Totals,
    /// Who asks.
    pub by: StaffId,
}

/// A run of moving in, folded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moving {
    /// The switching day and the first month charged here.
    pub settings: Settings,
    /// The totals it was asked with.
    pub totals: Totals,
    /// Who asked.
    pub asked_by: StaffId,
    /// The second person, once approved.
    pub approved_by: Option<StaffId>,
}

/// The streams that asking for a run needs: whether its switching day was a day of this office.
pub(super) fn needs_to_ask(asked: &AskMoving) -> Vec<Stream> {
    vec![Stream::OfficeDay(asked.settings.switched_on)]
}

/// The streams that approving a run needs: the same.
pub(super) fn needs_to_approve(state: &State, run: RunId) -> Vec<Stream> {
    let moving = state.moving(run);
    let day = moving.map(|moving| Stream::OfficeDay(moving.settings.switched_on));
    day.into_iter().collect()
}

/// What falls due from the switching day on is decided here, so that its days must be days of this office.
fn kept(context: &Context<'_>, switched_on: NaiveDate) -> Result<(), Refusal> {
    let today = context.today;
    let opened = |day: &crate::office_day::State| day.is_opened();
    match switched_on < today && !context.known.office_day(switched_on).is_some_and(opened) {
        true => Err(Refusal::MovingDayNotKept { switched_on, today }),
        false => Ok(()),
    }
}

pub(super) fn ask(
    context: &Context<'_>,
    state: &State,
    asked: AskMoving,
) -> Result<Vec<Event>, Refusal> {
    if state.moving(asked.run).is_some() {
        return Ok(vec![]);
    }
    agree(&asked.entered, &asked.counted)?;
    if asked.counted.is_empty() {
        return Err(Refusal::MovingNothing);
    }
    let Settings {
        switched_on,
        charged_from,
    } = asked.settings;
    // A month is charged on the first day after it.
    if charged_from.next().first_day() < switched_on {
        return Err(Refusal::MovingChargedBefore {
            month: charged_from,
            switched_on,
        });
    }
    // Nobody counts totals for a run that cannot be approved.
    kept(context, switched_on)?;
    Ok(vec![Event::MovingAsked {
        run: asked.run,
        settings: asked.settings,
        files: asked.files,
        totals: asked.entered,
        by: asked.by,
    }])
}

/// What was entered is what the lines come to.
fn agree(entered: &Totals, counted: &Totals) -> Result<(), Refusal> {
    let differences: Vec<_> = entered
        .differing(counted)
        .map(|(measure, entered, counted)| {
            format!("{}: 入力 {entered}／表 {counted}", measure.label())
        })
        .collect();
    match differences.is_empty() {
        true => Ok(()),
        false => Err(Refusal::MovingTotals {
            differences: differences.join("、"),
        }),
    }
}

pub(super) fn decline(state: &State, run: RunId, by: StaffId) -> Vec<Event> {
    let waits = state
        .moving(run)
        .is_some_and(|moving| moving.approved_by.is_none());
    let declined = Event::MovingDeclined { run, by };
    waits.then_some(declined).into_iter().collect()
}

pub(super) fn approve(
    context: &Context<'_>,
    state: &State,
    run: RunId,
    counted: &Totals,
    by: StaffId,
) -> Result<Vec<Event>, Refusal> {
    let moving = state.moving(run).ok_or(Refusal::MovingNotAsked)?;
    if moving.approved_by.is_some() {
        return Ok(vec![]);
    }
    if moving.asked_by == by {
        return Err(Refusal::MovingSamePerson);
    }
    agree(&moving.totals, counted)?;
    let (switched_on, today) = (moving.settings.switched_on, context.today);
    if switched_on > today {
        return Err(Refusal::MovingAhead { switched_on, today });
    }
    kept(context, switched_on)?;
    Ok(vec![Event::MovingApproved {
        run,
        asked_by: moving.asked_by,
        approved_by: by,
    }])
}

impl State {
    /// The run, unless it was declined.
    pub fn moving(&self, run: RunId) -> Option<&Moving> {
        self.movings.get(&run)
    }

    pub(super) fn note_moving(&mut self, event: &Event) {
        match event {
            Event::MovingAsked {
                run,
                settings,
                totals,
                by,
                ..
            } => {
                let moving = Moving {
                    settings: *settings,
                    totals: totals.clone(),
                    asked_by: *by,
                    approved_by: None,
                };
                self.movings.insert(*run, moving);
            }
            Event::MovingDeclined { run, .. } => {
                self.movings.remove(run);
            }
            Event::MovingApproved {
                run, approved_by, ..
            } => {
                if let Some(moving) = self.movings.get_mut(run) {
                    moving.approved_by = Some(*approved_by);
                }
            }
            Event::Started { .. }
            | Event::DaysConfirmed { .. }
            | Event::SendingReleased { .. }
            | Event::ClosingAsked { .. }
            | Event::ClosingDeclined { .. }
            | Event::MonthClosed { .. } => {}
        }
    }
}
