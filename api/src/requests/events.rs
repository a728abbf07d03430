//! The feed: every event in the log's order, by number. Personal fields leave sealed, as the log holds them.

use crate::App;
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use daicho_eventlog::{LogError, Position, Recorded, StreamName};
use daicho_projections::case_history::HistoryRow;
use futures::stream::{Stream, StreamExt, iter};
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;

/// Events of one answer.
const EVENTS_MAX: usize = 1_000;

/// Where to go on.
#[derive(Debug, Deserialize)]
pub struct After {
    /// The number of the last event known; all without.
    after: Option<u64>,
    /// How many at most.
    limit: Option<usize>,
}

/// 記録（イベント）を番号順に読む。
#[utoipa::path(get, path = "/events", tag = "events",
    params(("after" = Option<u64>, Query, description = "The number of the last event known; from the beginning without"), ("limit" = Option<usize>, Query, description = "At most 1000")),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    Query(asked): Query<After>,
) -> Result<Json<Value>, Problem> {
    let limit = asked.limit.unwrap_or(100).clamp(1, EVENTS_MAX);
    let position = position(&app, asked.after).await?;
    let events = app
        .engine
        .log()
        .read_all(position, limit)
        .await
        .map_err(failed)?;
    let next = events.last().map_or(asked.after, |last| Some(last.number));
    let more = events.len() == limit;
    Ok(Json(
        json!({ "events": events, "next_after": next, "more": more }),
    ))
}

/// 記録（イベント）を、これから記録されるものも含めて受け取り続ける（SSE）。
#[utoipa::path(get, path = "/events/stream", tag = "events",
    params(("after" = Option<u64>, Query, description = "The number of the last event known; `Last-Event-ID` says the same")),
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn stream(
    State(app): State<App>,
    Query(asked): Query<After>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let resumed = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let position = position(&app, resumed.or(asked.after)).await?;
    let recorded = app.engine.log().subscribe(position).await.map_err(failed)?;
    // A page that cannot be read ends the stream: no event is ever skipped.
    let readable = recorded.take_while(|page| {
        if let Err(error) = page {
            tracing::error!(%error, "the feed ends");
        }
        std::future::ready(page.is_ok())
    });
    let events = readable
        .flat_map(|page| iter(page.unwrap_or_default()))
        .map(|event| Ok(sent(&event)));
    let events = events.take_until(app.closing());
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

fn sent(recorded: &Recorded) -> Event {
    Event::default()
        .id(recorded.number.to_string())
        .event(&*recorded.kind)
        .data(json!(recorded).to_string())
}

/// Where to read on after the event of that number.
async fn position(app: &App, after: Option<u64>) -> Result<Option<Position>, Problem> {
    let Some(number) = after else {
        return Ok(None);
    };
    // The views know where each number stands; they may be a moment behind the log.
    let _ = app.views.wait_for(number).await;
    let snapshot = app.views.snapshot()?;
    let row: Option<HistoryRow> = snapshot.row(number)?;
    let row = row.ok_or_else(|| Problem::not_found("その記録番号"))?;
    drop(snapshot);
    let stream = StreamName::from(&row.stream);
    let page = app
        .engine
        .log()
        .read_stream(&stream, row.version, 1)
        .await
        .map_err(failed)?;
    let event = page.first().ok_or_else(Problem::failed)?;
    Ok(Some(event.position))
}

fn failed(error: LogError) -> Problem {
    tracing::error!(%error, "the log cannot be read");
    Problem::failed()
}
