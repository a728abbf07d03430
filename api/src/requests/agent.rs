//! 代理人ID: `/agents`, and the ID that one 委任状 names.

use super::{Act, Asked, Recorded};
use crate::dashboard::agents::pool;
use crate::dashboard::viewer::Viewer;
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use daicho_domain::agent::{self, Held};
use daicho_domain::identifiers::AgentId;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{PoaId, Stream};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// An ID comes into the pool, is given out again, or serves another number of offices that these books do not know.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AddAgent {
    /// `HD` and twelve digits.
    #[schema(example = "HD239900000001")]
    pub agent: String,
    /// How many offices it serves that these books do not know.
    #[serde(default)]
    pub elsewhere: u32,
}

impl AddAgent {
    /// The command it becomes.
    pub fn command(self) -> Result<Command, Problem> {
        let agent = read(&self.agent)?;
        let elsewhere = self.elsewhere;
        let add = agent::Command::Add { agent, elsewhere };
        Ok(Command::agent(&Stream::Agents, add))
    }
}

/// An ID is given to no further office.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RetireAgent {}

impl Act for RetireAgent {
    type Target = String;

    fn command(self, agent: String) -> Result<Command, Problem> {
        let agent = read(&agent)?;
        let retire = agent::Command::Retire { agent };
        Ok(Command::agent(&Stream::Agents, retire))
    }
}

/// A 委任状 that waits for an ID names this one.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChooseAgent {
    /// `HD` and twelve digits, of the pool.
    #[schema(example = "HD239900000001")]
    pub agent: String,
}

impl Act for ChooseAgent {
    type Target = PoaId;

    fn command(self, poa: PoaId) -> Result<Command, Problem> {
        let agent = read(&self.agent)?;
        let choose = agent::Command::Choose { poa, agent };
        Ok(Command::agent(&Stream::Agents, choose))
    }
}

fn read(agent: &str) -> Result<AgentId, Problem> {
    AgentId::parse(agent)
        .map_err(|_| Problem::unreadable("代理人IDは、HD と数字12桁で入力してください。"))
}

fn listed(held: &Held) -> Value {
    json!({
        "agent": held.agent,
        "giving": held.giving,
        "serves": held.serves(),
        "elsewhere": held.elsewhere,
    })
}

/// 代理人IDの一覧。IDごとの受け持ち事業所数と、割り当てを待つ委任状。
#[utoipa::path(get, path = "/agents", tag = "agents",
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_agents(viewer: Viewer) -> Result<Json<Value>, Problem> {
    let pool = pool(&viewer).await?;
    let agents = pool.agents.iter().map(|held| listed(held));
    let wanting = pool.wanting.iter();
    let wanting = wanting.map(|(want, why)| json!({ "want": want, "why": why }));
    Ok(Json(json!({
        "agents": agents.collect::<Vec<_>>(),
        "wanting": wanting.collect::<Vec<_>>(),
    })))
}

/// 代理人ID1件。受け持つ事業所番号と、そのIDを記した利用開始の委任状。
#[utoipa::path(get, path = "/agents/{agent}", tag = "agents",
    params(("agent" = String, Path, description = "HD and twelve digits")),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn find_agent(viewer: Viewer, Path(agent): Path<String>) -> Result<Json<Value>, Problem> {
    let pool = pool(&viewer).await?;
    let held = AgentId::parse(&agent).ok();
    let held = held.and_then(|agent| pool.agent(agent));
    let held = held.ok_or_else(|| Problem::not_found("代理人ID"))?;
    let offices = held.offices.iter();
    let offices = offices.map(|(number, papers)| json!({ "number": number, "poas": papers }));
    let mut found = listed(held);
    found["offices"] = offices.collect();
    Ok(Json(found))
}

/// 代理人IDを登録する。空きを待つ委任状には、待った順に割り当てる。
#[utoipa::path(post, path = "/agents", tag = "agents", request_body = AddAgent,
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn add_agent(
    asked: Asked,
    Json(body): Json<AddAgent>,
) -> Result<Json<Recorded>, Problem> {
    asked.sends(body.command()?).await
}

/// 代理人IDの新しい割り当てを止める。受け持っている事業所はそのまま。
#[utoipa::path(post, path = "/agents/{agent}/retire", tag = "agents", request_body = RetireAgent,
    params(("agent" = String, Path, description = "HD and twelve digits")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn retire_agent(
    asked: Asked,
    Path(agent): Path<String>,
    Json(body): Json<RetireAgent>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, agent).await
}

/// 割り当てを待つ委任状に、代理人IDを指定する。
#[utoipa::path(post, path = "/poas/{id}/choose_agent", tag = "poas", request_body = ChooseAgent,
    params(("id" = String, Path, description = "The 委任状")),
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn choose_agent(
    asked: Asked,
    Path(id): Path<PoaId>,
    Json(body): Json<ChooseAgent>,
) -> Result<Json<Recorded>, Problem> {
    asked.does(body, id).await
}
