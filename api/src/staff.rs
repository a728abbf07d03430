//! The name a member of staff chose for herself. Sign-in comes later: until then the name is not proven, is marked
//! 未認証 wherever it stands, and the server listens on loopback only. The cookie holds the opaque id, never the name.

use crate::dashboard::viewer::Viewer;
use crate::problem::Problem;
use axum::Form;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use daicho_projections::{Snapshot, ViewsError};
use serde::Deserialize;

/// One member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Opaque, stands as the actor in every event.
    pub id: String,
    /// What colleagues call her.
    pub name: String,
    /// Whether she left.
    pub gone: bool,
}

const COOKIE: &str = "daicho_staff";

/// The id that the cookie holds.
pub fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))
        .map(str::to_owned)
}

/// Everybody there is, those who left too: their names stand in the history.
pub fn members(snapshot: &Snapshot) -> Result<Vec<Member>, ViewsError> {
    let members = daicho_projections::staff::members(snapshot)?;
    let member = |row: daicho_projections::staff::Member| Member {
        id: row.id,
        name: row.name.unwrap_or_else(|| "（消去済み）".to_owned()),
        gone: row.gone,
    };
    Ok(members.into_iter().map(member).collect())
}

/// The form of the picker in the header.
#[derive(Debug, Deserialize)]
pub struct Choice {
    staff: String,
    #[serde(default)]
    return_to: String,
}

/// `POST /staff/choose`
pub async fn choose(viewer: Viewer, Form(choice): Form<Choice>) -> Result<Response, Problem> {
    let member = viewer
        .staff_all
        .iter()
        .find(|member| member.id == choice.staff && !member.gone)
        .ok_or_else(|| Problem::unreadable("その担当者は登録されていません。"))?;
    let cookie = format!(
        "{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200",
        member.id
    );
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Problem::failed())?;
    let back = Redirect::to(own_path(&choice.return_to));
    Ok(([(header::SET_COOKIE, cookie)], back).into_response())
}

/// Only a path on this server may be returned to.
pub fn own_path(asked: &str) -> &str {
    let is_own = asked.starts_with('/')
        && !asked.starts_with("//")
        && !asked.contains(['\\', '\r', '\n', '\t']);
    if is_own { asked } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_paths_are_returned_to() {
        assert_eq!(own_path("/cases?q=1"), "/cases?q=1");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil", ""] {
            assert_eq!(own_path(foreign), "/");
        }
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_static("a=b; daicho_staff=x9");
        headers.insert(header::COOKIE, value);
        assert_eq!(cookie(&headers).as_deref(), Some("x9"));
        assert_eq!(cookie(&HeaderMap::new()), None);
    }
}
