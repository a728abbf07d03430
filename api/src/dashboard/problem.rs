//! The page that says what went wrong: result, cause, remedy.

use super::frame::Frame;
use super::query::Query;
use super::viewer::Viewer;
use crate::App;
use crate::problem::Problem;
use askama::Template;
use axum::response::{Html, IntoResponse, Response};

#[derive(Template)]
#[template(path = "problem.html")]
struct Page<'a> {
    frame: Frame,
    problem: &'a Problem,
    status: u16,
    request_id: &'a str,
    came_from: Option<String>,
}

/// The page of a problem, for whoever came from a page and chose a name there. When even its frame cannot be read, the
/// sentences stand alone.
pub async fn page(
    app: &App,
    problem: &Problem,
    request_id: &str,
    (came_from, staff): (Option<String>, Option<String>),
) -> Response {
    let Ok(viewer) = Viewer::at(app.clone(), Query::at("/"), staff).await else {
        let text = format!(
            "{}\n{}\n{}\n{request_id}\n",
            problem.result, problem.cause, problem.remedy
        );
        return (problem.status, text).into_response();
    };
    let page = Page {
        frame: Frame::new(&viewer, "", &problem.result),
        problem,
        status: problem.status.as_u16(),
        request_id,
        came_from,
    };
    match page.render() {
        Ok(html) => (problem.status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the page of a problem cannot be drawn");
            (problem.status, problem.result.clone()).into_response()
        }
    }
}
