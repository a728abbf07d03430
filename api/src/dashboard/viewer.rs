//! Who looks at which moment: read from the request once, before a page is built.

use super::query::Query;
use crate::App;
use crate::problem::Problem;
use crate::staff::{self, Member};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::NaiveDate;

/// What a page shows: the present, or what was known at an earlier number of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The open business day, then or now.
    pub day: NaiveDate,
    /// The number of the last event shown.
    pub number: Option<u64>,
    /// Whether this is an earlier moment, in which nothing can be done.
    pub past: bool,
}

/// The person before the screen and what she asked to see.
#[derive(Clone)]
pub struct Viewer {
    /// The application.
    pub app: App,
    /// The address she asked for.
    pub query: Query,
    /// The name she chose.
    pub staff: Option<Member>,
    /// The moment she looks at.
    pub moment: Moment,
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let query = Query::read(&parts.uri);
        let moment = match query.get("as_of") {
            None => app.now(),
            Some(asked) => {
                let number = asked.parse().map_err(|_| {
                    Problem::unreadable("表示時点は記録番号（数字）で指定してください。")
                })?;
                app.as_of(number)
                    .ok_or_else(|| Problem::not_found("その記録番号"))?
            }
        };
        Ok(Self {
            app: app.clone(),
            staff: staff::chosen(&parts.headers, &app.staff),
            query,
            moment,
        })
    }
}
