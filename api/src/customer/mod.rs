//! What customers reach, apart from everything that is the staff's: under `/c/`, with a layout of its own, so that a reverse
//! proxy can publish just that beginning (`ops/runbooks/publish-the-customer-page.md`).
//!
//! Nothing here asks who somebody is: whoever has the link has it. So every answer to a link that does not open is the
//! same one, whatever the reason; a page that was only fetched shows nothing; and neither the address nor what it leads
//! to is ever logged.

mod look;

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

pub use look::{page, reveal};

/// What addresses of customers begin with.
pub const PREFIX: &str = "/c/";

/// The styles of these pages: small, so that they come with the page's own beginning.
const STYLE: &str = include_str!("../../static/customer.css");

#[derive(Template)]
#[template(path = "customer/closed.html")]
struct Closed;

#[derive(Template)]
#[template(path = "customer/busy.html")]
struct Busy;

/// `GET /c/style.css`
pub async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

/// The one answer to a link that does not open: unknown, wrong, expired, used up, locked, not open yet.
pub fn closed() -> Response {
    shown(StatusCode::NOT_FOUND, &Closed)
}

/// The answer when we cannot say now.
pub fn busy() -> Response {
    shown(StatusCode::SERVICE_UNAVAILABLE, &Busy)
}

fn shown(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            // What was to be shown does not stand in the error.
            tracing::error!(%error, "a page for customers cannot be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
