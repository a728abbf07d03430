//! What operators see of each request: a number, a span, counters and times. Never the query string, a form field or
//! a header: those may hold personal text. The span and the labels carry the route's pattern, not the path.

use crate::App;
use crate::problem::{Problem, RequestId};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tracing::Instrument;

/// The labels of one answered request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

/// The labels of one refusal or failure.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    code: String,
}

/// The registry every crate may add to, and this crate's own counters.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    answered: Family<Answered, Counter>,
    refused: Family<Refused, Counter>,
    seconds: Family<Answered, Histogram>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("daicho");
        let answered = Family::<Answered, Counter>::default();
        let refused = Family::<Refused, Counter>::default();
        let seconds = Family::<Answered, Histogram>::new_with_constructor(|| {
            Histogram::new([0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0])
        });
        registry.register("http_requests", "Requests answered", answered.clone());
        registry.register("http_problems", "Refusals and failures", refused.clone());
        registry.register("http_seconds", "Time to answer", seconds.clone());
        Self {
            registry: Arc::new(Mutex::new(registry)),
            answered,
            refused,
            seconds,
        }
    }
}

impl Metrics {
    /// Adds another crate's metrics to `/metrics`.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self
            .registry
            .lock()
            .expect("no holder of the registry panics"));
    }

    /// All metrics as OpenMetrics text.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        let registry = self
            .registry
            .lock()
            .expect("no holder of the registry panics");
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

/// Numbers the request, opens its span, counts and times its answer.
pub async fn request(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = uuid::Uuid::now_v7().to_string();
    let method = request.method().to_string();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!("request", %id, %method, %route, status = tracing::field::Empty);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let labels = Answered {
        method,
        route,
        status: response.status().as_u16(),
    };
    span.record("status", labels.status);
    app.metrics
        .seconds
        .get_or_create(&labels)
        .observe(began.elapsed().as_secs_f64());
    app.metrics.answered.get_or_create(&labels).inc();
    if let Some(problem) = response.extensions().get::<Problem>() {
        let code = problem.code.clone();
        span.in_scope(|| tracing::info!(%code, "refused"));
        app.metrics.refused.get_or_create(&Refused { code }).inc();
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// `GET /metrics`
pub async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let text = app.metrics.text().map_err(|error| {
        tracing::error!(%error, "metrics cannot be written");
        Problem::failed()
    })?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text))
}

/// `GET /healthz`: the process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the read models can be read and are not behind the log.
pub async fn readyz(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let head = app.engine.log().head().await.map_err(|error| {
        tracing::error!(%error, "the log cannot be read");
        Problem::failed()
    })?;
    let behind = head.map_or(0, |head| {
        (head.number + 1).saturating_sub(app.views.applied().map_or(0, |number| number + 1))
    });
    let status = if behind > BEHIND_MAX {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    Ok((status, format!("behind {behind}\n")))
}

/// Further behind than this, pages would show yesterday's work as today's.
const BEHIND_MAX: u64 = 10_000;
