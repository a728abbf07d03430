//! How the tests of this crate ask: a request through the whole router, with nothing left out, before a log in memory.

use crate::{App, Parts, guard, observe, router};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, request};
use daicho_domain::nouns::Command;
use daicho_domain::personal::Personal;
use daicho_domain::rules::Policy;
use daicho_domain::stream::{StaffId, Stream};
use daicho_domain::{office_day, staff};
use daicho_eventlog::sealing::{Keys, MasterKey};
use daicho_eventlog::{Caused, Engine, MemoryLog, SimulatedClock, Training};
use daicho_projections::{ALL, Catalogue, Source, Views};
use daicho_workers::day::Workers;
use daicho_workers::position::Positions;
use daicho_workers::schedules::Job;
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt;
use uuid::Uuid;

/// The member of the staff who acts in the tests.
pub(crate) const STAFF: Uuid = Uuid::from_u128(9);

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// An office at work: an application, and the directory its read models live in as long as it does.
pub(crate) struct House {
    pub(crate) app: App,
    _views: tempfile::TempDir,
}

impl House {
    /// A log in memory, one member of the staff, open since 2026-11-20.
    pub(crate) async fn open() -> Self {
        Self::known_as(None).await
    }

    /// The same, published to customers under an address.
    pub(crate) async fn open_published(address: &str) -> Self {
        let published = guard::PublicUrl::parse(address).expect("an address");
        Self::known_as(Some(published)).await
    }

    async fn known_as(published: Option<guard::PublicUrl>) -> Self {
        let noon = "2026-11-20T03:00:00Z".parse().expect("an instant");
        let clock = Arc::new(SimulatedClock::at(noon));
        let log = Arc::new(MemoryLog::new(clock.clone()));
        let master = MasterKey::for_training(Training { seed: 1 });
        let keys = Arc::new(Keys::in_memory(master).expect("keys in memory"));
        let policy = Arc::new(Policy::default());
        let engine = Engine::start(log.clone(), keys.clone(), clock, policy)
            .await
            .expect("an empty log can be read");
        let directory = tempfile::tempdir().expect("a directory");
        let catalogue = Arc::new(Catalogue::new(ALL));
        let views = Views::open(
            directory.path().to_owned(),
            catalogue,
            Source::new(log, keys),
        )
        .await
        .expect("read models of an empty log");
        let (engine, views) = (Arc::new(engine), Arc::new(views));
        let positions = Positions::in_memory().expect("positions in memory");
        let workers =
            Workers::resume(engine.clone(), views.clone(), Job::seeded(), positions).await;
        let app = App::new(Parts {
            hosts: guard::Hosts::loopback(SocketAddr::from(([127, 0, 0, 1], 8080)))
                .published_at(published),
            practice: false,
            consignor: Some(daicho_domain::zengin::Consignor::invented()),
            accounts: daicho_projections::journal::Accounts::default(),
            press: Arc::new(daicho_workers::letters::NoPress),
            engine,
            views,
            workers: Arc::new(workers.expect("the workers begin")),
            data: None,
            metrics: observe::Metrics::default(),
        });
        let house = Self {
            app,
            _views: directory,
        };
        let day = Stream::OfficeDay("2026-11-20".parse().expect("a date"));
        house
            .does(Command::office_day(&day, office_day::Command::Open {}))
            .await;
        let name = Personal::new("staff-9", "佐藤");
        let member = Stream::Staff(StaffId(STAFF));
        house
            .does(Command::staff(&member, staff::Command::Name { name }))
            .await;
        house
    }

    /// Carries out a command that must not be refused.
    pub(crate) async fn does(&self, command: Command) {
        let by = Caused::by_request(STAFF.simple().to_string(), Uuid::now_v7());
        crate::acting::execute(&self.app, command, by)
            .await
            .expect("the test's command is not refused");
    }

    /// Sends a request without a body.
    pub(crate) async fn ask(&self, request: request::Builder) -> Answer {
        self.send(request, "").await
    }

    /// Sends a request with a body.
    pub(crate) async fn send(&self, request: request::Builder, body: &str) -> Answer {
        let mut request = request
            .body(Body::from(body.to_owned()))
            .expect("the test's request is one");
        if !request.headers().contains_key("host") {
            let own = "127.0.0.1:8080".parse().expect("a header value");
            request.headers_mut().insert("host", own);
        }
        let Ok(response) = router(self.app.clone()).oneshot(request).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("the answer ends");
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

/// A reading request to ourselves.
pub(crate) fn get(path: &str) -> request::Builder {
    Request::get(path)
}

/// A form sent by a browser, which does not say from where.
pub(crate) fn browser_post(path: &str) -> request::Builder {
    Request::post(path).header("content-type", "application/x-www-form-urlencoded")
}

/// A request of a program.
pub(crate) fn json_post(path: &str) -> request::Builder {
    Request::post(path).header("content-type", "application/json")
}
