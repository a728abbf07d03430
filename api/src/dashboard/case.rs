//! 案件詳細: one sentence of where a case stands, its steps, what it waits for, its papers, its history, and what can be
//! done now and what not, with the reason. What it waits for is said by the domain from the log; the reasons are the
//! domain's own refusals, found by considering the commands.

use super::attachments::{self, Attached};
use super::case_dates::dates;
use super::case_facts::facts;
use super::case_line::{self, CaseLine};
use super::form::Action;
use super::frame::Frame;
use super::history::{self, Line, Past};
use super::parts::{Due, Status, Step, Why};
use super::viewer::{Reading, Viewer};
use super::{Shown, case_actions, case_steps, poa_tracker, show, why, words};
use crate::problem::Problem;
use askama::Template;
use axum::extract::Path;
use axum::response::Redirect;
use daicho_domain::corporation::{Mandate, Received, Registered};
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::nouns::{Event, State};
use daicho_domain::stream::{OfficeId, PoaId, Stream};
use daicho_domain::termination::End;
use daicho_domain::transmission::{Entry, Holding, OfficeRef, Paper as PaperStands};
use daicho_domain::waiting::{Papers, Waiting};
use daicho_projections::cases::{self, CaseRow, Kind};
use daicho_projections::{case_history, offices};

#[derive(Template)]
#[template(path = "case.html")]
struct Page {
    frame: Frame,
    number: String,
    corporation: String,
    kind: String,
    status: Status,
    sentence: String,
    due: Option<Due>,
    why: Option<Why>,
    steps: Vec<Step>,
    waits: Vec<Wait>,
    papers: Vec<Paper>,
    attached: Attached,
    history: Vec<Line>,
    actions: Vec<Action>,
    impossible: Vec<Action>,
    dates: Vec<Date>,
    facts: Vec<Fact>,
    related: Vec<CaseLine>,
}

struct Wait {
    what: &'static str,
    party: &'static str,
    due: Option<Due>,
    why: Option<Why>,
    then: &'static str,
    of: String,
    note: &'static str,
}

struct Paper {
    name: String,
    number: String,
    href: String,
    status: Status,
    sent: String,
    due: String,
    arrived: String,
    note: String,
}

/// A date beside a case: its word, its day or month, and why.
pub(super) struct Date {
    pub(super) word: &'static str,
    pub(super) value: String,
    pub(super) why: Option<Why>,
}

/// A fact beside a case: its word, and where it leads, if anywhere.
pub(super) struct Fact {
    pub(super) word: &'static str,
    pub(super) value: String,
    pub(super) href: String,
}

/// A case with everything the log says of it.
pub struct Case {
    /// Its row.
    pub row: CaseRow,
    /// Its own stream.
    pub past: Past,
    /// Its 委任状, where it has one in a stream of its own.
    pub paper: Option<(PoaId, Past)>,
    /// What was attached to the cases of its stream.
    pub attached: Past,
    /// What the 委任状 wait for that it is told together with.
    beside: Beside,
}

/// What a case is told together with: whom it waits for may stand in other streams.
#[derive(Default)]
struct Beside {
    /// What the sheets of its application, or of its end, wait for.
    papers: Papers,
    /// What keeps the accepted sheets of its application here.
    holding: Vec<Holding>,
}

impl Case {
    /// The office of the application, where it is a transmission case.
    pub fn about(&self) -> Option<OfficeRef> {
        let application = self.row.application?;
        let office = self.row.office?;
        (self.row.kind == Kind::Transmission).then_some(OfficeRef {
            application,
            office,
        })
    }

    /// Its entry in the application, where it is a transmission case.
    pub fn entry(&self) -> Option<&Entry> {
        let State::Transmission(state) = &self.past.state else {
            return None;
        };
        state.entry(self.about()?)
    }

    /// The corporation, where it is the case of something in its stream.
    fn corporation(&self) -> Option<&Registered> {
        let State::Corporation(state) = &self.past.state else {
            return None;
        };
        state.registered()
    }

    /// The corporation's mandate, where it is about one.
    pub fn mandate(&self) -> Option<&Mandate> {
        let mandate = self.corporation()?.mandate.as_ref();
        mandate.filter(|_| self.row.kind == Kind::Mandate)
    }

    /// The office that came from another corporation, where it is the case of one.
    pub fn received(&self) -> Option<(OfficeId, &Received)> {
        let office = self
            .row
            .office
            .filter(|_| self.row.kind == Kind::Transfer)?;
        Some((office, self.corporation()?.received.get(&office)?))
    }

    /// What its corporation waits for: that the mandate goes on, or that an office is used here.
    fn waiting_of_corporation(&self) -> Vec<Waiting> {
        match (self.received(), self.corporation()) {
            (Some((office, _)), Some(known)) => known.waiting_for_use(office),
            (_, _) => self.mandate().map_or_else(Vec::new, Mandate::waiting),
        }
    }

    /// The end, where it is the case of one: its number stands at the end of the key.
    pub fn end(&self) -> Option<&End> {
        let State::Termination(state) = &self.past.state else {
            return None;
        };
        let (_, no) = self.row.key.rsplit_once('.')?;
        state.end(no.parse().ok()?)
    }

    /// Why it is not settled.
    fn waiting(&self) -> Vec<Waiting> {
        match &self.past.state {
            State::Enrolment(state) => state.waiting(),
            State::Transmission(state) => self.entry().map_or_else(Vec::new, |entry| {
                state.waiting_beside(entry, &self.beside.papers)
            }),
            State::Poa(state) => state.waiting_beside(&self.beside.holding),
            State::Licence(state) => state.waiting(),
            State::Corporation(_) => self.waiting_of_corporation(),
            State::Billing(state) => state.waiting(),
            State::Termination(_) => self
                .end()
                .map_or_else(Vec::new, |end| end.waiting_beside(&self.beside.papers)),
            State::Mail(state) => state.waiting(),
            State::Dispatch(state) => state.waiting(),
            State::Credential(_)
            | State::DebitBatch(_)
            | State::OfficeDay(_)
            | State::Schedule(_)
            | State::Staff(_)
            | State::Rulebook(_)
            | State::Installation(_)
            | State::Attachment(_)
            | State::Agent(_) => vec![],
        }
    }
}

/// `GET /cases/of/{key}`: the case of a stream, or of an office of an application.
pub async fn of(Path(key): Path<String>, viewer: Viewer) -> Result<Redirect, Problem> {
    let moment = viewer.query.get("as_of").map(str::to_owned);
    let row = viewer
        .read(move |reading| Ok(cases::keyed(reading.snapshot, &key)?))
        .await?;
    let row = row.ok_or_else(|| Problem::not_found("案件"))?;
    let page = super::query::Query::at(&case_line::href(&row.no));
    let page = moment.map_or_else(|| page.clone(), |moment| page.with("as_of", &moment));
    Ok(Redirect::to(&page.to_string()))
}

/// `GET /cases/{number}`
pub async fn page(Path(number): Path<String>, viewer: Viewer) -> Shown {
    let row = viewer
        .clone()
        .read(move |reading| Ok(cases::numbered(reading.snapshot, &number)?))
        .await?
        .ok_or_else(|| Problem::not_found("案件"))?;
    let past = history::of(&viewer, &row.stream).await?;
    let attached = history::of(&viewer, &Stream::attached_to(&row.stream)).await?;
    let mut case = Case {
        row,
        past,
        paper: None,
        attached,
        beside: Beside::default(),
    };
    if let Some(about) = case.about() {
        let id = PoaId::of(about.application, about.office);
        let paper = history::of(&viewer, &Stream::Poa(id)).await?;
        case.paper = (!paper.events.is_empty()).then_some((id, paper));
    }
    case.beside = beside(&case, &viewer).await?;
    let (actions, impossible) = if viewer.moment.past {
        (vec![], vec![])
    } else {
        case_actions::of(&viewer, &case).await
    };
    viewer
        .read(move |reading| shown(&case, actions, impossible, reading))
        .await
}

/// What else is known of what the case waits for, as of the moment shown.
async fn beside(case: &Case, viewer: &Viewer) -> Result<Beside, Problem> {
    if let Some(end) = case.end() {
        let ids: Vec<_> = end.papers.iter().map(|paper| paper.about.poa).collect();
        let read = move |reading: &Reading<'_>| {
            let mut papers = Papers::new();
            for id in ids {
                let row = cases::keyed(reading.snapshot, &Stream::Poa(id).to_string())?;
                let first = row.and_then(|row| row.first_reason());
                papers.insert(id, first.into_iter().collect());
            }
            Ok(papers)
        };
        let papers = viewer.clone().read(read).await?;
        return Ok(Beside {
            papers,
            holding: vec![],
        });
    }
    let Some(application) = case.row.application.filter(|_| case.row.open) else {
        return Ok(Beside::default());
    };
    let corporation = case.row.corporation;
    let read = move |reading: &Reading<'_>| {
        Ok(cases::papers_of(
            reading.snapshot,
            corporation,
            application,
        )?)
    };
    let mut papers = viewer.clone().read(read).await?;
    // Of its own sheet the log says more than the row that stands in a list.
    if let Some((id, past)) = &case.paper
        && let State::Poa(state) = &past.state
    {
        papers.insert(*id, state.waiting());
    }
    let of = |past: &Past| {
        if let State::Transmission(state) = &past.state {
            state.holding(application, &papers)
        } else {
            vec![]
        }
    };
    // Only an accepted sheet waits for others.
    let accepted = |entry: &Entry| entry.paper() == Some(PaperStands::Ready);
    let holding = if case.row.status == cases::Status::PoaToFile {
        let stream = Stream::Transmission(corporation, case.row.service);
        of(&history::of(viewer, &stream).await?)
    } else if case.entry().is_some_and(accepted) {
        of(&case.past)
    } else {
        vec![]
    };
    Ok(Beside { papers, holding })
}

fn shown(
    case: &Case,
    actions: Vec<Action>,
    impossible: Vec<Action>,
    reading: &Reading<'_>,
) -> Shown {
    let row = &case.row;
    let waiting = case.waiting();
    let title = format!("{} {}", row.no, row.corporation_name);
    show(&Page {
        frame: Frame::new(reading.viewer, "/cases", &title),
        number: row.no.clone(),
        corporation: row.corporation_name.clone(),
        kind: case_line::kind(row),
        status: case_line::status(row.status),
        sentence: sentence(row, &waiting),
        due: row.due.map(|due| reading.due(due)),
        why: row.basis.as_ref().map(|basis| why::of(&basis.0, "期限")),
        steps: case_steps::of(case, reading.viewer.moment.day),
        waits: waiting
            .iter()
            .map(|waiting| wait(waiting, case, reading))
            .collect(),
        papers: papers(case, reading)?,
        attached: attachments::of(row, reading)?,
        history: lines(case, reading),
        dates: dates(case),
        facts: facts(case, reading)?,
        related: related(case, reading)?,
        actions,
        impossible,
    })
}

/// 「委任状の返送待ち。」
fn sentence(row: &CaseRow, waiting: &[Waiting]) -> String {
    match waiting {
        [] => format!("{}です。待っていることはありません。", row.status.label()),
        [only] => format!("{}。", only.what.label()),
        [first, others @ ..] => format!("{}、ほか{}件。", first.what.label(), others.len()),
    }
}

fn wait(waiting: &Waiting, case: &Case, reading: &Reading<'_>) -> Wait {
    let mut holding = case.beside.holding.iter();
    let held = holding.find(|held| held.waiting == *waiting);
    Wait {
        what: waiting.what.label(),
        party: waiting.party.label(),
        due: waiting.until.as_ref().map(|until| reading.due(until.on)),
        why: waiting
            .until
            .as_ref()
            .map(|until| why::of(&until.basis, waiting.what.label())),
        then: waiting.then.label(),
        of: held.map_or_else(|| whose(waiting, case), |held| numbers(&held.offices)),
        note: match held {
            Some(_) => {
                "この事業所の委任状は受領・確認済みです。対象の事業所の委任状も揃うか、その事業所が申込から取り下げになると、国保連へ提出できます。"
            }
            None => "",
        },
    }
}

/// The office that a reason is about, by its number; else the corporation.
fn whose(waiting: &Waiting, case: &Case) -> String {
    let of_end = |office| case.end().and_then(|end| end.number_of(office));
    let number = waiting
        .office
        .and_then(|office| of_end(office).or(case.row.office_number));
    number.map_or_else(|| "法人".to_owned(), |number| number.to_string())
}

/// The offices that keep others waiting: the first few by name.
fn numbers(offices: &[OfficeNumber]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<_> = offices
        .iter()
        .take(SHOWN)
        .map(ToString::to_string)
        .collect();
    let shown = shown.join("、");
    match offices.len().checked_sub(SHOWN) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} ほか{more}事業所"),
    }
}

/// The 委任状 of the whole application: one bad office holds the rest.
fn papers(case: &Case, reading: &Reading<'_>) -> Result<Vec<Paper>, Problem> {
    let Some(application) = case.row.application else {
        return Ok(vec![]);
    };
    let rows = daicho_projections::poa_tracker::of_application(reading.snapshot, application)?;
    let names = offices::of_corporation(reading.snapshot, case.row.corporation)?;
    let name = |office| {
        let found = names.iter().find(|held| held.id == office);
        found.map_or_else(String::new, |held| held.name.clone())
    };
    let paper = |row| {
        let sheet = poa_tracker::sheet(row, reading);
        Paper {
            name: name(row.office),
            number: sheet.number,
            href: sheet.href,
            status: sheet.status,
            sent: sheet.sent,
            due: words::date(row.due),
            arrived: sheet.arrived,
            note: sheet.defect,
        }
    };
    Ok(rows.iter().map(paper).collect())
}

/// What happened to the case and to its paper, newest first.
fn lines(case: &Case, reading: &Reading<'_>) -> Vec<Line> {
    let own = case.past.events.iter().filter(|decoded| {
        // A stream holds every end of a service; a case is one of them.
        let of_this_end = match (&decoded.event, case.end()) {
            (Event::Termination(event), Some(end)) => {
                super::termination_history::number(event) == end.no
            }
            (_, _) => true,
        };
        let about = case.about();
        of_this_end && about.is_none_or(|about| case_history::concerns(&decoded.event, about))
    });
    let paper = case.paper.iter().flat_map(|(_, past)| &past.events);
    let part = crate::attaching::part(&case.row);
    let attached = case.attached.events.iter().filter(
        |decoded| matches!(&decoded.event, Event::Attachment(event) if Some(event.part()) == part),
    );
    let mut events: Vec<_> = own.chain(paper).chain(attached).collect();
    events.sort_by_key(|decoded| std::cmp::Reverse(decoded.recorded.number));
    let address = super::query::Query::at(&case_line::href(&case.row.no));
    let opened = case_line::opened(&case.row.no);
    events
        .into_iter()
        .map(|decoded| history::line(decoded, &address, opened, reading))
        .collect()
}

/// The other cases of the corporation, those in progress first.
fn related(case: &Case, reading: &Reading<'_>) -> Result<Vec<CaseLine>, Problem> {
    const SHOWN: usize = 8;
    let rows = cases::of_corporation(reading.snapshot, case.row.corporation)?;
    let others = rows.iter().filter(|row| row.key != case.row.key);
    Ok(others
        .take(SHOWN)
        .map(|row| CaseLine::new(row, reading))
        .collect())
}
