//! The starts of an installation whose binary, rule books, templates, calendar or configuration
//! differ from the last recorded one: what an auditor asks for first. Also what a person decides about
//! its running: that many days are opened at once, that what rested after an outage may go out, that a month's books
//! are closed (月次締め), that an office moves in (移行).

mod moving;

pub use moving::{AskMoving, Moving, MovingFile};

use crate::dates::Month;
use crate::decider::{Context, Decider, Known};
use crate::moving::{Settings, Totals};
use crate::refusals::refusals;
use crate::stream::{RunId, StaffId, Stream};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened to the installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// It started with something that differs from the last recorded start.
    Started {
        /// The binary's version.
        version: String,
        /// SHA-256 digests by what they are of (`rulebooks`, `templates`, `calendar`, `configuration`).
        digests: BTreeMap<String, String>,
    },
    /// A person confirmed that the clock is right and the days up to this one are to be opened, however
    /// many they are.
    DaysConfirmed {
        /// The last of them.
        until: NaiveDate,
    },
    /// A person released what had rested on 送信保留 after an outage.
    SendingReleased {
        /// The first day that had been opened late.
        since: NaiveDate,
        /// The last one.
        until: NaiveDate,
    },
    /// Somebody asks that a month's books be closed.
    ClosingAsked {
        /// The month.
        month: Month,
        /// Who asks.
        by: StaffId,
    },
    /// The asked-for closing was declined.
    ClosingDeclined {
        /// The month.
        month: Month,
        /// Who.
        by: StaffId,
    },
    /// A month's books, and all before them, are closed: nothing is dated into them any more.
    MonthClosed {
        /// The month.
        month: Month,
        /// Who asked for it.
        asked_by: StaffId,
        /// The second person, who closed it.
        closed_by: StaffId,
    },
    /// Somebody asks that cases in mid-life be carried over from the books kept before (移行).
    MovingAsked {
        /// The run.
        run: RunId,
        /// The switching day and the first month charged here.
        settings: Settings,
        /// The files.
        files: Vec<MovingFile>,
        /// The totals that were entered from the books kept before; the files come to the same.
        totals: Totals,
        /// Who asks.
        by: StaffId,
    },
    /// The run was declined.
    MovingDeclined {
        /// The run.
        run: RunId,
        /// Who.
        by: StaffId,
    },
    /// A second person approved the run: its lines may be written.
    MovingApproved {
        /// The run.
        run: RunId,
        /// Who asked for it.
        asked_by: StaffId,
        /// The second person.
        approved_by: StaffId,
    },
}

/// A request to the installation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Records a start.
    Start {
        /// The binary's version.
        version: String,
        /// The digests.
        digests: BTreeMap<String, String>,
    },
    /// Confirms that the days up to this one are to be opened, however many.
    ConfirmDays {
        /// The last of them: the day of the clock.
        until: NaiveDate,
    },
    /// Releases what rested after an outage.
    ReleaseSending {
        /// The first day that was opened late.
        since: NaiveDate,
        /// The last one.
        until: NaiveDate,
    },
    /// Asks that a month's books be closed.
    AskClosing {
        /// The month.
        month: Month,
        /// Who asks.
        by: StaffId,
    },
    /// Declines the closing that was asked for.
    DeclineClosing {
        /// The month.
        month: Month,
        /// Who.
        by: StaffId,
    },
    /// Closes a month's books, as the second person.
    CloseMonth {
        /// The month.
        month: Month,
        /// Who closes.
        by: StaffId,
    },
    /// Asks that cases in mid-life be carried over.
    AskMoving(AskMoving),
    /// Declines a run of moving in.
    DeclineMoving {
        /// The run.
        run: RunId,
        /// Who.
        by: StaffId,
    },
    /// Approves a run of moving in, as the second person.
    ApproveMoving {
        /// The run.
        run: RunId,
        /// What the lines that can be taken come to now.
        counted: Totals,
        /// Who approves.
        by: StaffId,
    },
}

refusals! {
    /// Why a request to the installation is refused.
    Refusal {
        /// The days up to that one are open already.
        NothingToOpen { /// The day named.
            until: NaiveDate, /// The open day.
            today: NaiveDate } = "installation.nothing_to_open",
            "{until} までの日はすでに開始しています（営業日は {today}）。画面を読み込み直してください。",
            "The days up to {until} are open already: today is {today}. Reload the page.";
        /// What is to be released lies ahead.
        HoldAhead { /// The last day named.
            until: NaiveDate, /// The open day.
            today: NaiveDate } = "installation.hold_ahead",
            "{until} はまだ開始していないため、その日までの送信保留は解除できません（営業日は {today}）。画面を読み込み直してください。",
            "{until} has not been opened, so a hold up to it cannot be released: today is {today}. Reload the page.";
        /// The month is not over.
        MonthNotOver { /// The month.
            month: Month, /// The open day.
            today: NaiveDate } = "installation.month_not_over",
            "{month} はまだ終わっていません（営業日は {today}）。月末が過ぎてから締めてください。",
            "{month} is not over: today is {today}. Close it after its last day.";
        /// Months are closed one after the other.
        MonthsInOrder { /// The month to close next.
            next: Month } = "installation.months_in_order",
            "次に締める月は {next} です。月は古い順に1か月ずつ締めてください。",
            "The month to close next is {next}. Months are closed one after the other.";
        /// Nobody asked for it.
        ClosingNotAsked { /// The month.
            month: Month } = "installation.closing_not_asked",
            "{month} の月次締めは申請されていません。先に申請してください。",
            "Nobody asked that {month} be closed. Ask for it first.";
        /// The same person asks and closes.
        SamePerson = "installation.same_person",
            "月次締めの申請者は締められません。別の担当者が締めてください。",
            "Who asked for the closing cannot close. Another person must.";
        /// Its journal is not final.
        MonthNotClosed { /// The month.
            month: Month } = "installation.month_not_closed",
            "{month} はまだ締めていません。仕訳は、月次締めの後に出力してください。",
            "{month} is not closed. Its journal is exported after the closing.";
        /// What the lines come to is not what was entered.
        MovingTotals { /// What differs.
            differences: String } = "installation.moving_totals",
            "入力した合計と表の合計が違います（{differences}）。取り込めない行を直すか、旧台帳の合計を確かめてください。",
            "The totals entered differ from those of the files ({differences}). Put the lines right or check the totals.";
        /// No line of the files can be taken.
        MovingNothing = "installation.moving_nothing",
            "取り込める行がありません。表の内容を確認してください。",
            "No line can be taken. Check the files.";
        /// A month would be charged before the switching day.
        MovingChargedBefore { /// The month.
            month: Month, /// The switching day.
            switched_on: NaiveDate } = "installation.moving_charged_before",
            "{month} の請求日は切替日（{switched_on}）より前です。最初に請求する月を、切替日以降に請求する月にしてください。",
            "{month} would be charged before the switching day {switched_on}. Name a month that is charged from that day on.";
        /// Nobody asked for it.
        MovingNotAsked = "installation.moving_not_asked",
            "この内容の移行は申請されていません。申請したときと同じファイル・切替日・合計で承認してください。",
            "Nobody asked for this run. Approve with the files, days and totals it was asked with.";
        /// The same person asks and approves.
        MovingSamePerson = "installation.moving_same_person",
            "移行の申請者は承認できません。別の担当者が承認してください。",
            "Who asked for the run cannot approve it. Another person must.";
        /// The switching day lies ahead.
        MovingAhead { /// The switching day.
            switched_on: NaiveDate, /// The open day.
            today: NaiveDate } = "installation.moving_ahead",
            "切替日 {switched_on} はまだ来ていません（営業日は {today}）。切替日に承認してください。",
            "The switching day {switched_on} has not come: today is {today}. Approve on that day.";
        /// The days since the switching day were not kept here.
        MovingDayNotKept { /// The switching day.
            switched_on: NaiveDate, /// The open day.
            today: NaiveDate } = "installation.moving_day_not_kept",
            "切替日 {switched_on} はdaichoで開始していない日です（営業日は {today}）。切替日を本日にして申請し直してください。",
            "The switching day {switched_on} was never opened here: today is {today}. Ask again with today as the switching day.";
    }
}

/// The installation, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The version of the last recorded start.
    pub version: Option<String>,
    /// The digests of the last recorded start.
    pub digests: BTreeMap<String, String>,
    /// Up to which day a person confirmed that days are opened, however many.
    #[serde(default)]
    pub days_confirmed_until: Option<NaiveDate>,
    /// The days whose 送信保留 was released last: the first and the last of them.
    #[serde(default)]
    pub sending_released: Option<(NaiveDate, NaiveDate)>,
    /// The month that somebody asked to close, and who.
    #[serde(default)]
    pub closing: Option<(Month, StaffId)>,
    /// The last month whose books are closed, with all before it.
    #[serde(default)]
    pub closed_through: Option<Month>,
    /// The runs of moving in that wait for a second person or were approved.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    movings: BTreeMap<RunId, Moving>,
}

impl State {
    /// Whether a month's books are closed.
    pub fn is_closed(&self, month: Month) -> bool {
        self.closed_through.is_some_and(|through| month <= through)
    }

    /// The month in whose books a fact of this month stands: its own, or the open one.
    pub fn books_of(&self, month: Month) -> Month {
        match self.closed_through {
            Some(through) if month <= through => through.next(),
            Some(_) | None => month,
        }
    }
}

/// The decider of the installation.
#[derive(Debug)]
pub enum Installation {}

impl Decider for Installation {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(_: &Stream, state: &State, command: &Command, _: &Known) -> Vec<Stream> {
        match command {
            Command::AskMoving(asked) => moving::needs_to_ask(asked),
            Command::ApproveMoving { run, .. } => moving::needs_to_approve(state, *run),
            Command::Start { .. }
            | Command::ConfirmDays { .. }
            | Command::ReleaseSending { .. }
            | Command::AskClosing { .. }
            | Command::DeclineClosing { .. }
            | Command::CloseMonth { .. }
            | Command::DeclineMoving { .. } => vec![],
        }
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        let today = context.today;
        let event = match command {
            Command::Start { version, digests } => {
                let same = state.version.as_ref() == Some(&version) && state.digests == digests;
                (!same).then_some(Event::Started { version, digests })
            }
            Command::ConfirmDays { until } if until <= today => {
                return Err(Refusal::NothingToOpen { until, today });
            }
            Command::ConfirmDays { until } => {
                let stands = state.days_confirmed_until >= Some(until);
                (!stands).then_some(Event::DaysConfirmed { until })
            }
            Command::ReleaseSending { until, .. } if until > today => {
                return Err(Refusal::HoldAhead { until, today });
            }
            Command::ReleaseSending { since, until } => {
                let stands = state.sending_released == Some((since, until));
                (!stands).then_some(Event::SendingReleased { since, until })
            }
            Command::AskClosing { month, by } => {
                return ask_closing(state, month, by, today);
            }
            Command::DeclineClosing { month, by } => state
                .closing
                .filter(|(asked, _)| *asked == month)
                .map(|_| Event::ClosingDeclined { month, by }),
            Command::CloseMonth { month, by } => return close(state, month, by),
            Command::AskMoving(asked) => return moving::ask(context, state, asked),
            Command::DeclineMoving { run, by } => return Ok(moving::decline(state, run, by)),
            Command::ApproveMoving { run, counted, by } => {
                return moving::approve(context, state, run, &counted, by);
            }
        };
        Ok(event.into_iter().collect())
    }

    fn evolve(mut state: State, event: &Event) -> State {
        match event {
            Event::Started { version, digests } => {
                state.version = Some(version.clone());
                state.digests.clone_from(digests);
            }
            Event::DaysConfirmed { until } => state.days_confirmed_until = Some(*until),
            Event::SendingReleased { since, until } => {
                state.sending_released = Some((*since, *until));
            }
            Event::ClosingAsked { month, by } => state.closing = Some((*month, *by)),
            Event::ClosingDeclined { .. } => state.closing = None,
            Event::MonthClosed { month, .. } => {
                state.closing = None;
                state.closed_through = Some(*month);
            }
            Event::MovingAsked { .. }
            | Event::MovingDeclined { .. }
            | Event::MovingApproved { .. } => state.note_moving(event),
        }
        state
    }
}

fn ask_closing(
    state: &State,
    month: Month,
    by: StaffId,
    today: NaiveDate,
) -> Result<Vec<Event>, Refusal> {
    let asked = state.closing.is_some_and(|(asked, _)| asked == month);
    if state.is_closed(month) || asked {
        return Ok(vec![]);
    }
    let next = state.closed_through.map(Month::next);
    if let Some(next) = next.filter(|next| *next != month) {
        return Err(Refusal::MonthsInOrder { next });
    }
    if today <= month.last_day() {
        return Err(Refusal::MonthNotOver { month, today });
    }
    Ok(vec![Event::ClosingAsked { month, by }])
}

fn close(state: &State, month: Month, by: StaffId) -> Result<Vec<Event>, Refusal> {
    if state.is_closed(month) {
        return Ok(vec![]);
    }
    match state.closing.filter(|(asked, _)| *asked == month) {
        None => Err(Refusal::ClosingNotAsked { month }),
        Some((_, asked_by)) if asked_by == by => Err(Refusal::SamePerson),
        Some((_, asked_by)) => Ok(vec![Event::MonthClosed {
            month,
            asked_by,
            closed_by: by,
        }]),
    }
}
