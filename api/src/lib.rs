//! JSON API, staff dashboard, event feed, import of files: everything that comes in over HTTP or as a file. It turns
//! requests into commands and rows into pages; it holds no rule and no SQL.

pub mod acting;
pub mod assets;
pub mod attaching;
pub mod changes;
pub mod customer;
pub mod dashboard;
pub mod guard;
pub mod import;
pub mod moving;
pub mod observe;
pub mod problem;
pub mod requests;
pub mod routes;
pub mod staff;
#[cfg(test)]
mod testing;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::rules::Policy;
use daicho_domain::zengin::Consignor;
use daicho_eventlog::{DataDir, Engine};
use daicho_projections::Views;
use daicho_workers::day::Workers;
use daicho_workers::letters::Press;
use std::future::Future;
use std::io;
use std::ops::Deref;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa_swagger_ui::SwaggerUi;

/// What every handler can reach.
pub struct Parts {
    /// The names this server answers to.
    pub hosts: guard::Hosts,
    /// A directory that is 練習用 for ever.
    pub practice: bool,
    /// Who collects by debit, if anybody is configured.
    pub consignor: Option<Consignor>,
    /// What the accounts of the journal are called.
    pub accounts: daicho_projections::journal::Accounts,
    /// What makes a PDF of letters.
    pub press: Arc<dyn Press>,
    /// The way into the log.
    pub engine: Arc<Engine>,
    /// The rows.
    pub views: Arc<Views>,
    /// What happens without anybody asking.
    pub workers: Arc<Workers>,
    /// The data directory; `None` when nothing lies on a disk.
    pub data: Option<DataDir>,
    /// What operators read.
    pub metrics: observe::Metrics,
}

/// The application, cheap to clone.
#[derive(Clone)]
pub struct App {
    parts: Arc<Parts>,
    closing: Arc<watch::Sender<bool>>,
}

impl App {
    /// The application made of its parts.
    pub fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
            closing: Arc::new(watch::Sender::new(false)),
        }
    }

    /// Completes when the server is told to stop: answers that have no end of their own end then.
    pub fn closing(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut closing = self.closing.subscribe();
        async move {
            // Without a sender nobody serves any more.
            let _ = closing.wait_for(|closing| *closing).await;
        }
    }

    /// The rules and calendars as known now.
    pub fn policy(&self) -> Arc<Policy> {
        self.engine.policy()
    }

    /// The rule books in force on a day, for the footer.
    pub fn books_in_force(&self, on: NaiveDate) -> Vec<String> {
        let policy = self.policy();
        let holding = Service::ALL.into_iter().filter_map(|service| {
            let book = policy.book(service, on).ok()?;
            let since = book.in_force_from.format("%Y/%m/%d");
            Some(format!("{} {since}版", dashboard::words::service(service)))
        });
        holding.collect()
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

/// No form of ours is larger; an import of files does not come over HTTP.
pub(crate) const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The whole of HTTP: routes inside, what holds for every request around them.
pub fn router(app: App) -> Router {
    let (api, document) = requests::documented::router();
    let docs = SwaggerUi::new("/api/docs").url("/api/openapi.json", document);
    routes::router()
        .merge(api)
        .merge(docs)
        .fallback(|| async { problem::Problem::not_found("ページ") })
        .layer(from_fn_with_state(
            routes::router().with_state(app.clone()),
            dashboard::refused::show_again,
        ))
        .layer(from_fn(acting::note_what_is_said))
        .layer(CatchPanicLayer::new())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(app.clone(), guard::check))
        .layer(from_fn_with_state(app.clone(), problem::present))
        .layer(from_fn_with_state(app.clone(), observe::request))
        .layer(from_fn(guard::secure))
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// Answers requests until `shutdown` completes, then lets those under way finish. Listens on loopback only: names are
/// chosen, not proven, until there is a sign-in.
pub async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!(
                "{address} is reachable from outside; without sign-in only loopback is allowed"
            ),
        ));
    }
    let closing = app.closing.clone();
    let shutdown = async move {
        shutdown.await;
        closing.send_replace(true);
    };
    axum::serve(listener, router(app))
        .with_graceful_shutdown(shutdown)
        .await
}
