//! 代理人ID: the pool of billing agents' IDs, how many offices each serves and which, which 委任状 wait for one.

use super::form::Action;
use super::frame::Frame;
use super::parts::{Paging, ROWS};
use super::query::Query as Address;
use super::viewer::{Reading, Viewer};
use super::{Shown, history, show, words};
use crate::acting::{self, Asking};
use crate::problem::Problem;
use crate::requests::agent::AddAgent;
use crate::requests::{Back, actor, done};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::Redirect;
use daicho_domain::Service;
use daicho_domain::agent::{Giving, Held, State as Pool};
use daicho_domain::identifiers::{AgentId, OfficeNumber};
use daicho_domain::nouns::State;
use daicho_domain::stream::Stream;
use daicho_projections::{corporations, offices};
use std::sync::Arc;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "agents.html")]
struct Page {
    frame: Frame,
    agents: Vec<Line>,
    wanting: Vec<Waiting>,
    offices_max: Option<u32>,
    free: String,
    form: String,
}

#[derive(Template)]
#[template(path = "agent.html")]
struct One {
    frame: Frame,
    line: Line,
    offices: Vec<Office>,
    paging: Paging,
}

/// One ID.
struct Line {
    agent: String,
    serves: String,
    elsewhere: u32,
    room: String,
    giving: Giving,
    full: bool,
    retire: Option<Action>,
}

/// One office that an ID serves.
struct Office {
    number: String,
    name: String,
    corporation: String,
    href: String,
}

/// One 委任状 that waits.
struct Waiting {
    href: String,
    corporation: String,
    number: String,
    purpose: &'static str,
    why: &'static str,
}

/// The pool as the viewer's moment knows it.
pub async fn pool(viewer: &Viewer) -> Result<Pool, Problem> {
    let state = match viewer.moment.past {
        true => history::of(viewer, &Stream::Agents).await?.state,
        false => {
            let state = viewer.app.engine.state(&Stream::Agents).await;
            let state = state.map_err(|error| {
                tracing::error!(%error, "the log cannot be read");
                Problem::failed()
            })?;
            State::clone(&state)
        }
    };
    let State::Agent(pool) = state else {
        panic!("the pool's stream holds the pool");
    };
    Ok(pool)
}

/// `GET /agents`
pub async fn page(viewer: Viewer) -> Shown {
    let pool = pool(&viewer).await?;
    viewer.read(move |reading| shown(&pool, reading)).await
}

fn shown(pool: &Pool, reading: &Reading<'_>) -> Shown {
    let offices_max = offices_max(reading);
    let mut wanting = Vec::new();
    for (want, why) in &pool.wanting {
        let named = corporations::find(reading.snapshot, want.corporation)?;
        wanting.push(Waiting {
            href: format!("/cases/of/poa-{}", want.poa),
            corporation: named.map_or_else(String::new, |named| named.name),
            number: want.number.to_string(),
            purpose: want.purpose.label(),
            why: why.label(),
        });
    }
    let agents = pool.agents.iter().map(Arc::as_ref);
    let free: u32 = agents
        .clone()
        .filter_map(|held| offices_max.map(|most| held.room(most)))
        .sum();
    show(&Page {
        frame: Frame::new(reading.viewer, "/agents", "代理人ID"),
        agents: agents
            .map(|held| {
                let open = held.giving == Giving::Open && !reading.viewer.moment.past;
                Line {
                    retire: open.then(|| retire(held)),
                    ..line(held, offices_max)
                }
            })
            .collect(),
        wanting,
        offices_max,
        free: words::count(free.into()),
        form: Uuid::now_v7().simple().to_string(),
    })
}

/// `GET /agents/{agent}`
pub async fn one(Path(agent): Path<String>, viewer: Viewer) -> Shown {
    let pool = pool(&viewer).await?;
    let held = AgentId::parse(&agent).ok();
    let held = held.and_then(|agent| pool.agent(agent).cloned());
    let held = held.ok_or_else(|| Problem::not_found("代理人ID"))?;
    viewer.read(move |reading| one_shown(&held, reading)).await
}

fn one_shown(held: &Held, reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let page = query.page();
    let before = usize::try_from((page - 1) * ROWS).unwrap_or(usize::MAX);
    let numbers = held.offices.keys().skip(before).take(ROWS as usize);
    let drawn = numbers.map(|number| office(*number, reading));
    show(&One {
        frame: Frame::new(reading.viewer, "/agents", &held.agent.to_string()),
        line: line(held, offices_max(reading)),
        offices: drawn.collect::<Result<_, _>>()?,
        paging: Paging::of(query, page, ROWS, held.offices.len() as u64),
    })
}

fn office(number: OfficeNumber, reading: &Reading<'_>) -> Result<Office, Problem> {
    let known = offices::numbered(reading.snapshot, number)?;
    let corporation = match &known {
        Some(office) => corporations::find(reading.snapshot, office.corporation)?,
        None => None,
    };
    Ok(Office {
        number: number.to_string(),
        name: known
            .as_ref()
            .map_or_else(String::new, |office| office.name.clone()),
        corporation: corporation.map_or_else(String::new, |named| named.name),
        href: known.map_or_else(
            || format!("/poa_tracker?q={number}"),
            |office| format!("/corporations/{}", office.corporation),
        ),
    })
}

/// How many offices one ID serves at most, by the books of today.
fn offices_max(reading: &Reading<'_>) -> Option<u32> {
    let policy = reading.viewer.app.policy();
    let day = reading.viewer.moment.day;
    let of_book = |service| {
        let book = policy.book(service, day).ok()?;
        book.count("poa.agent_offices_max").ok()
    };
    let services = [Service::HonobonoMini2, Service::CareNetMessenger];
    services.into_iter().filter_map(of_book).min()
}

fn line(held: &Held, offices_max: Option<u32>) -> Line {
    let room = offices_max.map(|most| held.room(most));
    Line {
        agent: held.agent.to_string(),
        serves: words::count(held.serves().into()),
        elsewhere: held.elsewhere,
        room: room.map_or_else(String::new, |room| words::count(room.into())),
        giving: held.giving,
        full: room == Some(0),
        retire: None,
    }
}

/// The ID is given to no further office.
fn retire(held: &Held) -> Action {
    let back = Address::at(&format!("/agents/{}/retire", held.agent))
        .with("return_to", "/agents")
        .with("form", &Uuid::now_v7().simple().to_string());
    let explains = format!(
        "これから先の委任状に {} を割り当てません。受け持っている {} 事業所はそのままです。もう一度登録すると再開します。",
        held.agent,
        words::count(held.serves().into())
    );
    let id = format!("retire-{}", held.agent);
    Action::new(&id, "割り当てを止める", &back.to_string())
        .explains(&explains)
        .danger()
}

impl Line {
    const fn is_retired(&self) -> bool {
        matches!(self.giving, Giving::Retired)
    }
}

/// `POST /agents/add`
pub async fn add(
    viewer: Viewer,
    Query(back): Query<Back>,
    Form(body): Form<AddAgent>,
) -> Result<Redirect, Problem> {
    let asking = Asking::by_form(&actor(&viewer)?, back.form.as_deref());
    let command = body.command()?;
    let executed = acting::execute(&viewer.app, command, asking.cause("0")).await?;
    Ok(Redirect::to(&done("/agents", &executed)))
}
