//! The steps of a case, from the application to the first day of use, with where it stands.

use super::case::Case;
use super::parts::{Step, StepState};
use super::words;
use chrono::NaiveDate;
use daicho_domain::enrolment;
use daicho_domain::licence::{self, Record, Status};
use daicho_domain::nouns::State;
use daicho_domain::poa::{Sheet, Stage};
use daicho_domain::termination::{self, End};
use daicho_domain::transmission::{self, Entry, Standing};

/// The steps of a case.
pub fn of(case: &Case, today: NaiveDate) -> Vec<Step> {
    match &case.past.state {
        State::Enrolment(state) => of_enrolment(state, today),
        State::Transmission(state) => match case.entry() {
            Some(entry) => of_entry(state, entry, paper(case), today),
            None => vec![],
        },
        State::Poa(state) => state
            .sheet()
            .map_or_else(Vec::new, |sheet| of_sheet(sheet, today)),
        State::Licence(state) => state
            .known()
            .map_or_else(Vec::new, |record| of_licence(record, today)),
        State::Termination(_) => case.end().map_or_else(Vec::new, |end| of_end(end, today)),
        State::Corporation(_)
        | State::Credential(_)
        | State::Billing(_)
        | State::DebitBatch(_)
        | State::OfficeDay(_)
        | State::Schedule(_)
        | State::Staff(_)
        | State::Rulebook(_)
        | State::Installation(_)
        | State::Dispatch(_)
        | State::Mail(_)
        | State::Attachment(_)
        | State::Agent(_) => vec![],
    }
}

fn paper(case: &Case) -> Option<&Sheet> {
    let State::Poa(state) = &case.paper.as_ref()?.1.state else {
        return None;
    };
    state.sheet()
}

/// Steps of which the first `done` are behind us; the next one is where it stands, or went wrong.
fn line(steps: Vec<(&str, String)>, done: usize, failed: bool) -> Vec<Step> {
    let state = |index: usize| match index.cmp(&done) {
        std::cmp::Ordering::Less => StepState::Done,
        std::cmp::Ordering::Equal if failed => StepState::Failed,
        std::cmp::Ordering::Equal => StepState::Now,
        std::cmp::Ordering::Greater => StepState::Ahead,
    };
    let step = |(index, (word, note)): (usize, (&str, String))| Step {
        word: word.to_owned(),
        note,
        state: state(index),
    };
    steps.into_iter().enumerate().map(step).collect()
}

fn of_enrolment(state: &enrolment::State, today: NaiveDate) -> Vec<Step> {
    let Some(trial) = state.trial() else {
        return vec![];
    };
    let day = |on: NaiveDate| words::near_date(on, today);
    let (registration, last_day) = match state {
        enrolment::State::Closed {
            registration,
            last_day,
        } => (Some(registration), Some(*last_day)),
        enrolment::State::NotBegun
        | enrolment::State::Trial(_)
        | enrolment::State::Registered(_)
        | enrolment::State::Billing(_)
        | enrolment::State::Ended { .. } => (state.registration(), None),
    };
    let (done, ended) = match state {
        enrolment::State::NotBegun => (0, false),
        enrolment::State::Trial(trial) if trial.offices.is_empty() => (1, false),
        enrolment::State::Trial(_) => (2, false),
        enrolment::State::Registered(_) => (3, false),
        enrolment::State::Billing(_) => (4, false),
        enrolment::State::Ended { trial, .. } => {
            (if trial.offices.is_empty() { 1 } else { 2 }, true)
        }
        enrolment::State::Closed { .. } => (5, false),
    };
    let registered = registration.map_or_else(
        || format!("{} まで", day(trial.last_free_day.on)),
        |held| day(held.receipt.on),
    );
    let billing = registration.map_or_else(String::new, |held| day(held.billing_start.on));
    let mut steps = vec![
        ("仮登録", day(trial.receipt.on)),
        ("事業所情報", format!("{} 事業所", trial.offices.len())),
        ("本登録", registered),
        ("課金開始", billing),
    ];
    steps.extend(last_day.map(|on| ("終了", day(on))));
    line(steps, done, ended)
}

fn of_entry(
    state: &transmission::State,
    entry: &Entry,
    sheet: Option<&Sheet>,
    today: NaiveDate,
) -> Vec<Step> {
    let receipt = state.receipt(entry.application);
    let plan = entry.plan();
    let day =
        |date: Option<NaiveDate>| date.map_or_else(String::new, |on| words::near_date(on, today));
    let (mut done, failed) = match &entry.standing {
        Standing::Incomplete(_) | Standing::Complete => (0, false),
        Standing::Preparing { .. } => sheet.map_or((1, false), stage),
        Standing::IdsDue { .. } => (5, false),
        Standing::Issued { .. } => (6, false),
        Standing::Started { .. } => (7, false),
        Standing::Withdrawn { .. } => (0, true),
    };
    done = done.min(7);
    let way = sheet.map_or_else(Way::default, Way::of);
    let by = |at: usize, was: Option<NaiveDate>, date: Option<NaiveDate>| match (was, date) {
        (Some(was), _) => words::near_date(was, today),
        (None, Some(by)) if done <= at => format!("{} まで", words::near_date(by, today)),
        (None, _) => String::new(),
    };
    line(
        vec![
            ("申込", day(receipt.map(|receipt| receipt.on))),
            (
                "委任状の発送",
                day(sheet.and_then(|sheet| sheet.first_sent_on)),
            ),
            ("返送", by(2, way.arrived, plan.map(|plan| plan.poa_due.on))),
            (
                "国保連へ提出",
                by(3, way.filed, plan.map(|plan| plan.federation_date.on)),
            ),
            ("国保連の確認", day(way.confirmed)),
            ("ID/PW発行", day(plan.map(|plan| plan.credentials_on.on))),
            (
                "利用開始",
                plan.map_or_else(String::new, |plan| plan.month().in_japanese()),
            ),
        ],
        done,
        failed,
    )
}

/// How many steps the paper has behind it, and whether the next one went wrong.
fn stage(sheet: &Sheet) -> (usize, bool) {
    match &sheet.stage {
        Stage::ToSend { defect } => (1, defect.is_some() || sheet.lapsed),
        Stage::Undeliverable { .. } => (1, true),
        Stage::Out { .. } => (2, sheet.lapsed),
        Stage::Received { .. } => (2, false),
        Stage::Accepted { .. } => (3, false),
        Stage::Filed { .. } => (4, false),
        Stage::Confirmed { .. } => (5, false),
        Stage::Void { .. } => (0, true),
    }
}

fn of_end(end: &End, today: NaiveDate) -> Vec<Step> {
    let day = |on: NaiveDate| words::near_date(on, today);
    let (done, failed) = match end.status() {
        termination::Status::Filed => (1, false),
        termination::Status::LastDebit => (2, false),
        termination::Status::Release => (3, false),
        termination::Status::Done => (4, false),
        termination::Status::Withdrawn => (1, true),
    };
    let release = match end.releases().next() {
        None => "不要".to_owned(),
        Some(_) => format!("{} から", day(end.dates.release_from.on)),
    };
    line(
        vec![
            ("終了の申込", day(end.receipt.on)),
            ("利用終了", day(end.dates.last_day.on)),
            ("最後の口座振替", day(end.dates.last_debit_on.on)),
            ("代理人の解除", release),
        ],
        done,
        failed,
    )
}

fn of_licence(record: &Record, today: NaiveDate) -> Vec<Step> {
    let year = record.year();
    let gaps = record
        .checked
        .as_ref()
        .is_some_and(|checked| !checked.gaps.is_empty());
    let day = |on: NaiveDate| words::near_date(on, today);
    let (done, failed) = match record.status() {
        Status::Gaps => (0, gaps),
        Status::Ready => (1, false),
        Status::Applied => (2, false),
        Status::Valid | Status::RunsOut => (3, false),
        Status::Renewable => (4, false),
        Status::Filed => (5, false),
        Status::Expired => (5, true),
        Status::Dropped => (0, true),
    };
    let year_day = |of: fn(&licence::Term) -> NaiveDate| {
        year.map_or_else(String::new, |year| day(of(&year.term)))
    };
    let filed = record.next.as_ref().and_then(|next| next.filed_on);
    line(
        vec![
            ("利用前確認", String::new()),
            ("利用申請", year_day(|term| term.first_day.on)),
            (
                "完了の通知",
                year.and_then(|year| year.noticed_on)
                    .map_or_else(String::new, day),
            ),
            ("更新の受付開始", year_day(|term| term.renewal_opens.on)),
            ("更新の申請", filed.map_or_else(String::new, day)),
            ("満了・次の1年", year_day(|term| term.last_day.on)),
        ],
        done,
        failed,
    )
}

/// What a paper has behind it, as far as it still knows.
#[derive(Default)]
struct Way {
    sent: Option<NaiveDate>,
    arrived: Option<NaiveDate>,
    filed: Option<NaiveDate>,
    confirmed: Option<NaiveDate>,
}

impl Way {
    fn of(sheet: &Sheet) -> Self {
        let sent = sheet.first_sent_on;
        match &sheet.stage {
            Stage::ToSend { .. } | Stage::Undeliverable { .. } | Stage::Void { .. } => {
                Self::default()
            }
            Stage::Out { sent_on, .. } => Self {
                sent: Some(*sent_on),
                ..Self::default()
            },
            Stage::Received { arrived_on, .. } | Stage::Accepted { arrived_on } => Self {
                sent,
                arrived: Some(*arrived_on),
                ..Self::default()
            },
            Stage::Filed {
                arrived_on,
                filed_on,
            } => Self {
                sent,
                arrived: Some(*arrived_on),
                filed: Some(*filed_on),
                confirmed: None,
            },
            Stage::Confirmed { filed_on, on } => Self {
                sent,
                arrived: None,
                filed: Some(*filed_on),
                confirmed: Some(*on),
            },
        }
    }
}

fn of_sheet(sheet: &Sheet, today: NaiveDate) -> Vec<Step> {
    let (done, failed) = match &sheet.stage {
        Stage::ToSend { defect } => (0, defect.is_some() || sheet.lapsed),
        Stage::Undeliverable { .. } => (0, true),
        Stage::Out { .. } => (1, sheet.lapsed),
        Stage::Received { .. } => (2, false),
        Stage::Accepted { .. } => (3, false),
        Stage::Filed { .. } => (4, false),
        Stage::Confirmed { .. } => (5, false),
        Stage::Void { .. } => (0, true),
    };
    let way = Way::of(sheet);
    let or_by = |at: usize, was: Option<NaiveDate>, by: NaiveDate| match was {
        Some(was) => words::near_date(was, today),
        None if done <= at => format!("{} まで", words::near_date(by, today)),
        None => String::new(),
    };
    let confirmed = way
        .confirmed
        .map_or_else(String::new, |on| words::near_date(on, today));
    line(
        vec![
            ("発送", or_by(0, way.sent, sheet.dispatch_by.on)),
            ("返送", or_by(1, way.arrived, sheet.dates.due.on)),
            ("内容の確認", String::new()),
            (
                "国保連へ提出",
                or_by(3, way.filed, sheet.dates.federation_date.on),
            ),
            ("国保連の確認", confirmed),
        ],
        done,
        failed,
    )
}
