//! The name a member of staff chose for herself. Sign-in comes later: until then the name is not proven, is marked
//! 未認証 wherever it stands, and the server listens on loopback only. The cookie holds the opaque id, never the name.
//! Whoever is not on the list yet enters her own name: on a fresh installation nobody is.

use crate::acting::{self, Asking};
use crate::dashboard::viewer::Viewer;
use crate::problem::Problem;
use crate::requests::done;
use axum::Form;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use daicho_domain::nouns::Command;
use daicho_domain::personal::Personal;
use daicho_domain::staff;
use daicho_domain::stream::{StaffId, Stream};
use daicho_projections::{Snapshot, ViewsError};
use serde::Deserialize;
use uuid::Uuid;

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

/// No name is longer.
const NAME_CHARACTERS_MAX: usize = 60;

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
    chosen(&member.id, own_path(&choice.return_to))
}

/// A new name of the picker.
#[derive(Debug, Deserialize)]
pub struct Joining {
    name: String,
    #[serde(default)]
    return_to: String,
}

/// `POST /staff/join`: somebody enters her own name, and goes on under it.
pub async fn join(viewer: Viewer, Form(joining): Form<Joining>) -> Result<Response, Problem> {
    let name = joining.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_CHARACTERS_MAX {
        return Err(Problem::unreadable(&format!(
            "名前は1〜{NAME_CHARACTERS_MAX}文字で入力してください。"
        )));
    }
    let id = StaffId(Uuid::now_v7());
    let name = Personal::new(format!("staff-{id}"), name);
    let command = Command::staff(&Stream::Staff(id), staff::Command::Name { name });
    let by = Asking::by_form(&id.to_string(), None).cause("join");
    let executed = acting::execute(&viewer.app, command, by).await?;
    chosen(&id.to_string(), &done(&joining.return_to, &executed))
}

/// Back to a page, with a name chosen.
fn chosen(id: &str, path: &str) -> Result<Response, Problem> {
    let cookie = format!("{COOKIE}={id}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200");
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Problem::failed())?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(path)).into_response())
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
