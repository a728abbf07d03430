//! The cases whose waiting reasons stand in two streams: an application and its 委任状, an end and its own.
//!
//! Whether a sheet is here and accepted, an application hears by events, since it decides by it. Where the sheet is until then
//! stands in the sheet's stream alone; so does a sheet not know that other offices keep it here. Each case is told anew when
//! either stream says something else, and so are the others of the application when what they wait for is another.

use super::draft;
use crate::projection::Change;
use crate::store::{Result, Writer};
use daicho_domain::Service;
use daicho_domain::nouns::State;
use daicho_domain::poa::{self, Purpose, Sheet, Stage};
use daicho_domain::stream::{ApplicationId, CorporationId, PoaId, Stream};
use daicho_domain::termination;
use daicho_domain::transmission::{Entry, Holding, Paper, Standing, State as Applications};
use daicho_domain::waiting::{Papers, Waiting};
use std::collections::BTreeSet;

/// The applications of one corporation for one service, to be told.
struct Told<'a> {
    corporation: CorporationId,
    service: Service,
    state: &'a Applications,
}

/// What happened to applications: the offices it touched, and those that now wait for something else.
pub(super) fn of_applications(
    change: &Change<'_>,
    state: &Applications,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let Stream::Transmission(corporation, service) = change.stream else {
        return Ok(());
    };
    let unknown = Applications::default();
    let before = if let State::Transmission(before) = change.before {
        before
    } else {
        &unknown
    };
    let told = Told {
        corporation: *corporation,
        service: *service,
        state,
    };
    let touched = crate::transmissions::changed(change, state);
    let named: BTreeSet<_> = touched.iter().map(|(entry, _)| entry.reference()).collect();
    let applications: BTreeSet<_> = named.iter().map(|about| about.application).collect();
    let mut papers = Papers::new();
    for application in applications {
        let held = has_accepted(before, application) || has_accepted(state, application);
        for entry in state.of_application(application) {
            if held || named.contains(&entry.reference()) {
                add(&mut papers, entry, writer)?;
            }
        }
        let was = before.holding(application, &papers);
        let now = state.holding(application, &papers);
        if !held || reasons(&was) == reasons(&now) {
            continue;
        }
        for (entry, ordinal) in in_order(state, application).filter(|(entry, _)| is_accepted(entry))
        {
            if !named.contains(&entry.reference()) {
                told.put(entry, ordinal, &papers, change, writer)?;
            }
            put_sheet(entry.poa(), &now, change, writer)?;
        }
    }
    for (entry, ordinal) in touched {
        told.put(entry, ordinal, &papers, change, writer)?;
    }
    Ok(())
}

/// What happened to a sheet: its own case, that of what waits for it, and of what waits with it.
pub(super) fn of_sheet(
    change: &Change<'_>,
    state: &poa::State,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let (Stream::Poa(id), Some(sheet)) = (change.stream, state.sheet()) else {
        return Ok(());
    };
    let was = if let State::Poa(before) = change.before {
        before.waiting()
    } else {
        vec![]
    };
    let now = state.waiting();
    let whose = &sheet.assignment;
    let holder = match whose.purpose {
        Purpose::Start => Stream::Transmission(whose.corporation, whose.service),
        Purpose::End => Stream::Termination(whose.corporation, whose.service),
    };
    let known = writer.state(&holder)?;
    if let Some(State::Transmission(known)) = known.as_deref() {
        return of_start((*id, &was, &now), (state, sheet), known, change, writer);
    }
    draft::of_sheet(change.stream, state, sheet, &[]).put(change, writer)?;
    if let (Some(State::Termination(known)), true) = (known.as_deref(), was != now)
        && let Some((end, _)) = known.paper(*id)
    {
        return put_end(&holder, end, change, writer);
    }
    Ok(())
}

fn of_start(
    (id, was, now): (PoaId, &[Waiting], &[Waiting]),
    (state, sheet): (&poa::State, &Sheet),
    known: &Applications,
    change: &Change<'_>,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let whose = &sheet.assignment;
    let application = whose.application;
    let held = has_accepted(known, application) || matches!(sheet.stage, Stage::Accepted { .. });
    let mut papers = Papers::new();
    for entry in known.of_application(application).filter(|_| held) {
        if entry.poa() != id {
            add(&mut papers, entry, writer)?;
        }
    }
    papers.insert(id, was.to_vec());
    let held_before = known.holding(application, &papers);
    papers.insert(id, now.to_vec());
    let holding = known.holding(application, &papers);
    draft::of_sheet(change.stream, state, sheet, &holding).put(change, writer)?;
    if was == now {
        return Ok(());
    }
    let others = held && reasons(&held_before) != reasons(&holding);
    let told = Told {
        corporation: whose.corporation,
        service: whose.service,
        state: known,
    };
    for (entry, ordinal) in in_order(known, application) {
        if entry.poa() == id {
            told.put(entry, ordinal, &papers, change, writer)?;
        } else if others && is_accepted(entry) {
            told.put(entry, ordinal, &papers, change, writer)?;
            put_sheet(entry.poa(), &holding, change, writer)?;
        }
    }
    Ok(())
}

/// What happened to the ends of a service.
pub(super) fn of_ends(
    change: &Change<'_>,
    state: &termination::State,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let State::Termination(before) = change.before else {
        return Ok(());
    };
    for end in &state.ends {
        if before.end(end.no) != Some(end) {
            put_end(change.stream, end, change, writer)?;
        }
    }
    Ok(())
}

impl Told<'_> {
    fn put(
        &self,
        entry: &Entry,
        ordinal: usize,
        papers: &Papers,
        change: &Change<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let stream = Stream::Transmission(self.corporation, self.service);
        draft::of_entry(
            self.corporation,
            self.service,
            self.state,
            entry,
            ordinal,
            papers,
        )
        .put_of(&stream, change, writer)
    }
}

fn put_sheet(
    id: PoaId,
    holding: &[Holding],
    change: &Change<'_>,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let stream = Stream::Poa(id);
    let known = writer.state(&stream)?;
    let Some(State::Poa(state)) = known.as_deref() else {
        return Ok(());
    };
    let draft = state
        .sheet()
        .map(|sheet| draft::of_sheet(&stream, state, sheet, holding));
    draft.map_or(Ok(()), |draft| draft.put_of(&stream, change, writer))
}

fn put_end(
    stream: &Stream,
    end: &termination::End,
    change: &Change<'_>,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let Stream::Termination(corporation, service) = stream else {
        return Ok(());
    };
    let office = match end.scope.office() {
        None => None,
        Some(office) => {
            let number = crate::terminations::number_of(end, office, writer)?;
            number.map(|number| (office, number))
        }
    };
    let mut papers = Papers::new();
    for paper in &end.papers {
        let poa = paper.about.poa;
        if let Some(waiting) = waiting_of(poa, change, writer)? {
            papers.insert(poa, waiting);
        }
    }
    draft::of_end(stream, *corporation, *service, end, office, &papers)
        .put_of(stream, change, writer)
}

/// What a sheet waits for by its own stream, as of this event.
fn waiting_of(
    id: PoaId,
    change: &Change<'_>,
    writer: &mut Writer<'_>,
) -> Result<Option<Vec<Waiting>>> {
    let stream = Stream::Poa(id);
    if let (true, State::Poa(state)) = (*change.stream == stream, change.after) {
        return Ok(Some(state.waiting()));
    }
    let known = writer.state(&stream)?;
    Ok(match known.as_deref() {
        Some(State::Poa(state)) => Some(state.waiting()),
        Some(_) | None => None,
    })
}

/// The sheet of an office, if the office still waits for something of it.
fn add(papers: &mut Papers, entry: &Entry, writer: &mut Writer<'_>) -> Result<()> {
    if !matches!(entry.standing, Standing::Preparing { .. }) {
        return Ok(());
    }
    let id = entry.poa();
    if let Some(State::Poa(state)) = writer.state(&Stream::Poa(id))?.as_deref() {
        papers.insert(id, state.waiting());
    }
    Ok(())
}

/// Whether the application has a paper that is accepted and not filed: one that others may keep here.
fn has_accepted(state: &Applications, application: ApplicationId) -> bool {
    state.of_application(application).any(is_accepted)
}

const fn is_accepted(entry: &Entry) -> bool {
    matches!(
        entry.standing,
        Standing::Preparing {
            paper: Paper::Ready,
            ..
        }
    )
}

/// The offices of an application, each with its place in it.
fn in_order(
    state: &Applications,
    application: ApplicationId,
) -> impl Iterator<Item = (&Entry, usize)> {
    let all = state.entries.iter();
    all.filter(move |entry| entry.application == application)
        .zip(1..)
}

/// What stands in a row of it.
fn reasons(holding: &[Holding]) -> Vec<&Waiting> {
    holding.iter().map(|held| &held.waiting).collect()
}
