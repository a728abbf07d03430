//! How the tests of this crate ask: a request through the whole router, with nothing left out.

use crate::{App, Parts, guard, observe, router, staff};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, request};
use chrono::NaiveDate;
use daicho_domain::dates::Calendars;
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt;

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

/// An application with one member of staff, on 2026-11-20.
pub(crate) fn app() -> App {
    App::new(Parts {
        hosts: guard::Hosts::loopback(SocketAddr::from(([127, 0, 0, 1], 8080))),
        practice: false,
        staff: vec![staff::Member {
            id: "x9".into(),
            name: "佐藤".into(),
        }],
        today: NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date"),
        policy: Arc::default(),
        calendars: Calendars::seeded(),
        metrics: observe::Metrics::default(),
    })
}

/// A reading request to ourselves; headers may be added, and a header given twice holds its later value.
pub(crate) fn get(path: &str) -> request::Builder {
    Request::get(path)
}

/// A form sent by a browser.
pub(crate) fn browser_post(path: &str) -> request::Builder {
    Request::post(path).header("content-type", "application/x-www-form-urlencoded")
}

/// Sends a request without a body.
pub(crate) async fn ask(request: request::Builder) -> Answer {
    send(request, "").await
}

/// Sends a request with a body.
pub(crate) async fn send(request: request::Builder, body: &str) -> Answer {
    let mut request = request
        .body(Body::from(body.to_owned()))
        .expect("the test's request is one");
    if !request.headers().contains_key("host") {
        let own = "127.0.0.1:8080".parse().expect("a header value");
        request.headers_mut().insert("host", own);
    }
    let Ok(response) = router(app()).oneshot(request).await;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("the answer ends");
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}
