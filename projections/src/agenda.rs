//! 締め・予定: what stands in the calendar for a day: due dates, filing dates, issuance days, starts.
//!
//! A row per thing, day and milestone, with the number of offices: a day of the calendar opens them.

use crate::names;
use crate::projection::{Change, Projection};
use crate::store::{Column as _, Result, Row as _, Snapshot, Writer, row};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::corporation::Mandate;
use daicho_domain::enrolment;
use daicho_domain::licence::{Fee, Record};
use daicho_domain::nouns::State;
use daicho_domain::rules::{Basis, Certainty, Dated};
use daicho_domain::stream::{CorporationId, Stream};
use daicho_domain::termination::{End, Fees, Scope, Stage};
use daicho_domain::transmission::{Paper, Standing};
use std::collections::BTreeMap;
use std::sync::Arc;

row! {
    /// What is planned for one thing on one day.
    pub struct AgendaRow in "agenda" indexed ["(day, milestone)"] {
        /// The stream, the day and the milestone.
        key: String,
        /// The day.
        day: NaiveDate,
        /// The milestone: `poa_due`, `federation_date`, `credentials_on`, `transmission_start`,
        /// `trial_last_day`, `billing_start`, `debit_on`, `suspension_on`, `licence_last_day`, `renewal_opens`,
        /// `licence_first_day`, `notice_by`, `fee_by`, `end_last_day`, `last_debit_on`, `agent_release_from`, `mandate_by`.
        milestone: String,
        /// The corporation.
        corporation: CorporationId,
        /// Its name.
        corporation_name: String,
        /// The service.
        service: Service,
        /// How many offices; 0 where it is about the corporation.
        offices: u64,
        /// Whether the date may still move although no fact changes (見込み).
        expected: bool,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "agenda",
    revision: 4,
    tables: &[AgendaRow::TABLE],
    apply,
};

/// What is planned: by day and milestone, the number of offices and whether it is 見込み.
type Planned = BTreeMap<(NaiveDate, &'static str), (u64, bool)>;

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    if let Some(corporation) = names::renamed(change) {
        return rename(corporation, change, writer);
    }
    let (corporation, service) = match (change.stream, change.after) {
        (
            Stream::Enrolment(corporation, service)
            | Stream::Transmission(corporation, service)
            | Stream::Termination(corporation, service),
            _,
        ) => (corporation, service),
        (Stream::Licence(_), State::Licence(state)) => match state.known() {
            Some(record) => (&record.corporation, &Service::CareplanRenkei),
            None => return Ok(()),
        },
        (Stream::Corporation(corporation), State::Corporation(_)) => {
            match mandate(change.after).or_else(|| mandate(change.before)) {
                Some(mandate) => (corporation, &mandate.needed_by.basis.service),
                None => return Ok(()),
            }
        }
        // One debit goes over all services, on the days of mini2's book.
        (Stream::Billing(corporation), _) => (corporation, &Service::HonobonoMini2),
        (_, _) => return Ok(()),
    };
    let before = planned(change.before);
    let after = planned(change.after);
    for (day, milestone) in before.keys() {
        if !after.contains_key(&(*day, *milestone)) {
            writer.remove::<AgendaRow>(&key(change.stream, *day, milestone))?;
        }
    }
    for (planned, (offices, expected)) in after {
        if before.get(&planned) == Some(&(offices, expected)) {
            continue;
        }
        let (day, milestone) = planned;
        let corporation_name = names::of(*corporation, writer)?.name;
        writer.put(&AgendaRow {
            key: key(change.stream, day, milestone),
            day,
            milestone: milestone.to_owned(),
            corporation: *corporation,
            corporation_name,
            service: *service,
            offices,
            expected,
        })?;
    }
    Ok(())
}

fn rename(corporation: CorporationId, change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let name = names::of(corporation, writer)?.name;
    let follow = |stream: &Stream, state: &State, writer: &mut Writer<'_>| {
        let keys = planned(state).into_keys();
        let keys = keys.map(|(day, milestone)| key(stream, day, milestone));
        names::follow(keys, writer, |row: &mut AgendaRow| {
            row.corporation_name.clone_from(&name);
        })
    };
    follow(change.stream, change.after, writer)?;
    for (stream, state) in names::streams_of(corporation, change, writer)? {
        follow(&stream, &state, writer)?;
    }
    Ok(())
}

fn key(stream: &Stream, day: NaiveDate, milestone: &str) -> String {
    format!("{stream}/{day}/{milestone}")
}

fn planned(state: &State) -> Planned {
    let mut planned = Planned::new();
    each(state, |milestone, date, offices| {
        let (count, expected) = planned.entry((date.on, milestone)).or_default();
        *count += offices;
        *expected |= date.basis.certainty == Certainty::Expected;
    });
    planned
}

/// The mandate of a corporation, while no account of it can be debited and somebody is waited for.
fn mandate(state: &State) -> Option<&Mandate> {
    let State::Corporation(state) = state else {
        return None;
    };
    let mandate = state.registered()?.mandate.as_ref()?;
    (mandate.in_force().is_none() && !mandate.waiting().is_empty()).then_some(mandate)
}

/// Every day that lies ahead of a stream, with its milestone and the number of offices.
fn each(state: &State, mut plan: impl FnMut(&'static str, &Dated, u64)) {
    match state {
        State::Enrolment(state) => match state {
            enrolment::State::NotBegun
            | enrolment::State::Billing(_)
            | enrolment::State::Ended { .. }
            | enrolment::State::Closed { .. } => {}
            enrolment::State::Trial(trial) => plan("trial_last_day", &trial.last_free_day, 0),
            enrolment::State::Registered(registration) => {
                plan("billing_start", &registration.billing_start, 0);
            }
        },
        State::Transmission(state) => {
            for entry in &state.entries {
                for (milestone, date) in ahead(&entry.standing) {
                    plan(milestone, date, 1);
                }
            }
        }
        State::Termination(state) => {
            for end in &state.ends {
                let offices = u64::from(end.scope != Scope::Whole);
                for (milestone, date) in of_end(end) {
                    plan(milestone, date, offices);
                }
            }
        }
        State::Licence(state) => {
            let records = state.known().into_iter();
            for (milestone, date) in records.flat_map(of_licence) {
                plan(milestone, date, 1);
            }
        }
        State::Billing(state) => {
            for debit in state.debits.values() {
                plan("debit_on", &debit.debit_on, 0);
            }
            let arrears = state
                .arrears
                .iter()
                .filter(|arrears| arrears.suspended_on.is_none() && !state.use_is_over());
            for (_, suspension) in arrears.filter_map(|arrears| arrears.notice.as_ref()) {
                plan("suspension_on", suspension, 0);
            }
        }
        State::Corporation(_) => {
            if let Some(mandate) = mandate(state) {
                plan("mandate_by", &mandate.needed_by, 0);
            }
        }
        State::Poa(_)
        | State::Credential(_)
        | State::DebitBatch(_)
        | State::OfficeDay(_)
        | State::Schedule(_)
        | State::Staff(_)
        | State::Rulebook(_)
        | State::Installation(_)
        | State::Dispatch(_)
        | State::Mail(_)
        | State::Attachment(_)
        | State::Agent(_) => {}
    }
}

/// The dates that still lie ahead of an end.
fn of_end(end: &End) -> Vec<(&'static str, &Dated)> {
    let mut dates = vec![];
    match end.stage {
        Stage::Withdrawn => return dates,
        Stage::Filed => dates.push(("end_last_day", &end.dates.last_day)),
        Stage::Ended => {}
    }
    if !end.debited && end.fees == Fees::Due {
        dates.push(("last_debit_on", &end.dates.last_debit_on));
    }
    if !end.release_due && !end.papers.is_empty() {
        dates.push(("agent_release_from", &end.dates.release_from));
    }
    dates
}

/// The dates that still lie ahead of a licence.
fn of_licence(record: &Record) -> Vec<(&'static str, &Dated)> {
    let mut dates = vec![];
    if let (Some(year), None) = (record.year(), record.expired) {
        dates.push(("licence_last_day", &year.term.last_day));
        if !record.renewal_open && record.next.is_none() && record.closed.is_none() {
            dates.push(("renewal_opens", &year.term.renewal_opens));
        }
    }
    if let Some(next) = &record.next {
        dates.push(("licence_first_day", &next.term.first_day));
    }
    let running = record.year().filter(|_| record.expired.is_none());
    let untold = running.into_iter().chain(&record.next);
    let untold = untold.filter(|year| year.awaits_notice());
    dates.extend(untold.filter_map(|year| Some(("notice_by", year.notice_by.as_ref()?))));
    let unpaid = record.contracts().filter(|year| year.fee == Fee::Expected);
    dates.extend(unpaid.map(|year| ("fee_by", &year.term.fee_by)));
    dates
}

/// The dates that still lie ahead of an office.
fn ahead(standing: &Standing) -> Vec<(&'static str, &Dated)> {
    match standing {
        Standing::Incomplete(_)
        | Standing::Complete
        | Standing::Started { .. }
        | Standing::Withdrawn { .. } => vec![],
        Standing::Preparing { plan, paper, .. } => {
            let mut dates = vec![];
            match paper {
                Paper::Awaited | Paper::Rejected => dates.extend([
                    ("poa_due", &plan.poa_due),
                    ("federation_date", &plan.federation_date),
                ]),
                Paper::Ready => dates.push(("federation_date", &plan.federation_date)),
                Paper::Filed | Paper::Confirmed => {}
            }
            dates.push(("credentials_on", &plan.credentials_on));
            dates.push(("transmission_start", &plan.start));
            dates
        }
        Standing::IdsDue { plan, .. } => vec![
            ("credentials_on", &plan.credentials_on),
            ("transmission_start", &plan.start),
        ],
        Standing::Issued { plan, .. } => vec![("transmission_start", &plan.start)],
    }
}

/// What is planned on one day under one milestone.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Planning {
    /// The day.
    pub day: NaiveDate,
    /// The milestone.
    pub milestone: String,
    /// How many corporations.
    pub corporations: u64,
    /// How many offices.
    pub offices: u64,
    /// Whether any of the dates is 見込み.
    pub expected: bool,
}

/// What is planned from one day to another, summed up by day and milestone.
pub fn between(snapshot: &Snapshot, from: NaiveDate, to: NaiveDate) -> Result<Vec<Planning>> {
    let sql = "SELECT day, milestone, count(DISTINCT corporation), sum(offices), max(expected) \
               FROM {agenda} WHERE day BETWEEN ? AND ? GROUP BY day, milestone ORDER BY day, milestone";
    let found = snapshot.map(sql, &[from.to_cell(), to.to_cell()], |row| {
        let (corporations, offices): (i64, i64) = (row.get(2)?, row.get(3)?);
        let day = NaiveDate::from_cell(row.get(0)?).ok();
        let milestone = row.get(1)?;
        let expected = row.get(4)?;
        Ok(day.map(|day| Planning {
            day,
            milestone,
            corporations: corporations.unsigned_abs(),
            offices: offices.unsigned_abs(),
            expected,
        }))
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// Some of what is planned on one day, and how much there is in all.
pub fn of_day(
    snapshot: &Snapshot,
    day: NaiveDate,
    offset: u64,
    limit: u64,
) -> Result<(Vec<AgendaRow>, u64)> {
    let rows = "SELECT * FROM {agenda} WHERE day = ? ORDER BY milestone, corporation_name, key LIMIT ? OFFSET ?";
    let rows = snapshot.rows(rows, &[day.to_cell(), limit.to_cell(), offset.to_cell()])?;
    let count = "SELECT count(*) FROM {agenda} WHERE day = ?";
    Ok((rows, snapshot.count(count, &[day.to_cell()])?))
}

impl AgendaRow {
    /// The stream that it is about.
    pub fn stream(&self) -> Option<Stream> {
        let (rest, _milestone) = self.key.rsplit_once('/')?;
        let (stream, _day) = rest.rsplit_once('/')?;
        stream.parse().ok()
    }

    /// On what its day rests, as its stream says it; nothing where that has gone on since.
    pub fn basis(&self, state: &State) -> Option<Arc<Basis>> {
        let mut found = None;
        each(state, |milestone, date, _| {
            if (date.on, milestone) == (self.day, self.milestone.as_str()) {
                found.get_or_insert_with(|| Arc::clone(&date.basis));
            }
        });
        found
    }
}
