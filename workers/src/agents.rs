//! The first ID of the pool: the one that the configuration names. More come by people.

use crate::day::WorkError;
use daicho_domain::agent::{Command as Pool, Kept};
use daicho_domain::identifiers::AgentId;
use daicho_domain::nouns::{Command, State};
use daicho_domain::poa::NamedAgent;
use daicho_domain::stream::{PoaId, Stream};
use daicho_eventlog::{Caused, Engine, ExecuteError, Failed, of_cause};
use daicho_projections::{Views, cases};
use uuid::Uuid;

/// The space in which the identities of these commands lie.
const SEEDS: Uuid = Uuid::from_u128(0x6167_656e_7473_4e53_8000_0000_0000_0001);

/// Who adds it.
const ACTOR: &str = "configuration";

/// Puts the configured ID into the pool, with the offices whose papers name it since before there was one; an ID that is in
/// the pool stays as people left it. A text that is no ID is left out: papers go on naming it as it is written.
///
/// # Errors
/// Failures of the world.
pub async fn seed(engine: &Engine, views: &Views, configured: &str) -> Result<(), WorkError> {
    let Ok(agent) = AgentId::parse(configured) else {
        tracing::warn!("the configured agent_id is no agent's ID; the pool stays as it is");
        return Ok(());
    };
    let state = engine.state(&Stream::Agents).await.map_err(Failed::from)?;
    if let State::Agent(pool) = &*state
        && pool.agent(agent).is_some()
    {
        return Ok(());
    }
    let papers = papers_before(engine, views).await?;
    let add = match papers.is_empty() {
        true => Pool::Add {
            agent,
            elsewhere: 0,
        },
        false => Pool::TakeUp {
            papers: papers.into_iter().map(|kept| (kept, Some(agent))).collect(),
        },
    };
    let by = Caused::by_request(ACTOR, of_cause(SEEDS, &["add", agent.as_str()]));
    match engine
        .execute(Command::agent(&Stream::Agents, add), by)
        .await
    {
        Ok(_) => Ok(()),
        Err(ExecuteError::Refused(refusal)) => {
            tracing::warn!(%refusal, "the configured agent_id was not added to the pool");
            Ok(())
        }
        Err(ExecuteError::Failed(failed)) => Err(failed.into()),
    }
}

/// The papers for the start of every office that has its dates and whose agent was not released, as far as they were never
/// asked of a pool. The read models say where to look; the log says what is so.
async fn papers_before(engine: &Engine, views: &Views) -> Result<Vec<Kept>, WorkError> {
    views.catch_up().await?;
    let streams = cases::transmission_streams(&views.snapshot()?)?;
    let mut papers = vec![];
    for stream in streams {
        let state = engine.state(&stream).await.map_err(Failed::from)?;
        let State::Transmission(state) = &*state else {
            continue;
        };
        let served = state.entries.iter();
        for entry in served.filter(|entry| entry.plan().is_some() && !entry.has_left()) {
            let (poa, number) = (entry.poa(), entry.number);
            if names_the_configured(engine, poa).await? {
                papers.push(Kept { poa, number });
            }
        }
    }
    Ok(papers)
}

/// One of an office that transmits may not be known: it was not carried over.
async fn names_the_configured(engine: &Engine, poa: PoaId) -> Result<bool, WorkError> {
    let state = engine
        .state(&Stream::Poa(poa))
        .await
        .map_err(Failed::from)?;
    let State::Poa(state) = &*state else {
        return Ok(false);
    };
    let named = state.sheet().map(|sheet| sheet.agent);
    Ok(named.is_none_or(|named| named == NamedAgent::Configured))
}
