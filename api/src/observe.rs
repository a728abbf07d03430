//! What operators see of each request: a number, a span, counters and times. Never the query string, a form field or
//! a header: those may hold personal text. The span and the labels carry the route's pattern, not the path.

use crate::App;
use crate::problem::{ForOperators, Problem, RequestId};
use axum::Extension;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use daicho_eventlog::DataDir;
use daicho_workers::outcome::Failure;
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
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
    standing: Standing,
}

/// Where the installation stands, measured whenever somebody asks.
#[derive(Clone, Default)]
struct Standing {
    events: Gauge,
    shown: Gauge,
    days_behind: Gauge,
    sending_holds: Gauge,
    free_bytes: Gauge,
    total_bytes: Gauge,
    log_bytes: Gauge,
    views_bytes: Gauge,
}

impl Standing {
    fn register(&self, registry: &mut Registry) {
        for (name, help, gauge) in [
            ("log_events", "Events in the log", &self.events),
            (
                "views_events",
                "Events that the read models show",
                &self.shown,
            ),
            (
                "open_day_behind_days",
                "Days by which the open business day is behind the clock",
                &self.days_behind,
            ),
            (
                "sending_holds",
                "Outages whose hold on sending nobody has released",
                &self.sending_holds,
            ),
        ] {
            registry.register(name, help, gauge.clone());
        }
        for (name, help, gauge) in [
            (
                "disk_free",
                "What this process may still write to the disk of the data directory",
                &self.free_bytes,
            ),
            (
                "disk_size",
                "The disk of the data directory",
                &self.total_bytes,
            ),
            ("log_size", "The log with its journal", &self.log_bytes),
            (
                "views_size",
                "All generations of the read models",
                &self.views_bytes,
            ),
        ] {
            registry.register_with_unit(name, help, Unit::Bytes, gauge.clone());
        }
    }

    /// Measures; what cannot be measured now keeps its last value.
    async fn measure(&self, app: &App) {
        let set = |gauge: &Gauge, value: u64| {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        };
        match app.engine.log().head().await {
            Ok(head) => set(&self.events, head.map_or(0, |head| head.number + 1)),
            Err(error) => tracing::warn!(%error, "the log cannot be measured"),
        }
        set(
            &self.shown,
            app.views.applied().map_or(0, |number| number + 1),
        );
        if let Some(today) = app.engine.today().await {
            let civil = app.engine.clock().date_in_japan();
            self.days_behind.set((civil - today).num_days());
        }
        match app.workers.sending_holds() {
            Ok(holds) => set(&self.sending_holds, holds.len() as u64),
            Err(error) => tracing::warn!(%error, "the holds cannot be counted"),
        }
        match app.data.as_ref().map(DataDir::room) {
            None => {}
            Some(Ok(room)) => {
                set(&self.free_bytes, room.free_bytes);
                set(&self.total_bytes, room.total_bytes);
                set(&self.log_bytes, room.log_bytes);
                set(&self.views_bytes, room.views_bytes);
            }
            Some(Err(error)) => tracing::warn!(%error, "the disk cannot be measured"),
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("daicho");
        let answered = Family::<Answered, Counter>::default();
        let refused = Family::<Refused, Counter>::default();
        let seconds = Family::<Answered, Histogram>::new_with_constructor(|| {
            Histogram::new([0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0])
        });
        registry.register(
            "http_requests",
            "Requests answered since the start, by route (none: no such address)",
            answered.clone(),
        );
        registry.register(
            "http_problems",
            "Requests refused or failed since the start, by the problem's code",
            refused.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "Time from a request to the head of its answer",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register(
            "build",
            "The binary",
            Info::new([("version", env!("CARGO_PKG_VERSION"))]),
        );
        let standing = Standing::default();
        standing.register(&mut registry);
        Self {
            registry: Arc::new(Mutex::new(registry)),
            answered,
            refused,
            seconds,
            standing,
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
    app.metrics.standing.measure(&app).await;
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

/// `GET /readyz`: the workers work, the read models can be read and are not behind the log. Otherwise 503 and why.
pub async fn readyz(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let stopped = app.workers.outcomes().stopped();
    if !stopped.is_empty() {
        let mut text = String::new();
        for (worker, Failure { why, since, .. }) in stopped {
            let since = since.format("%Y-%m-%dT%H:%M:%SZ");
            text += &format!("stopped {} since {since}: {why}\n", worker.name());
        }
        return Ok((
            StatusCode::SERVICE_UNAVAILABLE,
            Extension(ForOperators),
            text,
        ));
    }
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
    Ok((
        status,
        Extension(ForOperators),
        format!("behind {behind}\n"),
    ))
}

/// Further behind than this, pages would show yesterday's work as today's.
const BEHIND_MAX: u64 = 10_000;
