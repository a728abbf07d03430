//! What went wrong, in one shape: the status, a stable code, and for a person the result, the cause and the remedy.
//! A handler returns a [`Problem`]; [`present`] alone turns it into `application/problem+json` for a program or a
//! page for a person. No other file decides how a failure looks.

use crate::{App, customer, dashboard, guard, staff};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use daicho_projections::ViewsError;
use serde::Serialize;

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// Stable, for programs and runbooks: `poa.not_sent`, `http.not_found`.
    pub code: String,
    /// What did not happen.
    pub result: String,
    /// Why.
    pub cause: String,
    /// What the reader can do now.
    pub remedy: String,
}

/// What can be done where nothing better is known of what was sent.
const CORRECT_IT: &str = "入力を直して、もう一度送信してください。";

/// The document of RFC 9457, with our own `code`, `remedy` and `request_id`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemDocument {
    /// Always `about:blank`: the code says which problem it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// What did not happen, in Japanese.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Why, in Japanese.
    pub detail: String,
    /// What can be done, in Japanese.
    pub remedy: String,
    /// Stable code; `ops/runbooks/refusals/<code>.md` explains it.
    pub code: String,
    /// The request's number, for the log.
    pub request_id: String,
}

impl Problem {
    /// A problem with a status of its own.
    pub fn new(status: StatusCode, code: &str, result: &str, cause: &str, remedy: &str) -> Self {
        Self {
            status,
            code: code.to_owned(),
            result: result.to_owned(),
            cause: cause.to_owned(),
            remedy: remedy.to_owned(),
        }
    }

    /// No page, case or thing of that name.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "http.not_found",
            &format!("{what}が見つかりません。"),
            "アドレスが正しくないか、番号が存在しません。",
            "番号を確かめるか、画面上部の検索で探してください。",
        )
    }

    /// The cause with what to do, which some causes say themselves.
    pub fn said(&self) -> String {
        match self.remedy == CORRECT_IT && self.cause.contains("ください") {
            true => self.cause.clone(),
            false => format!("{}{}", self.cause, self.remedy),
        }
    }

    /// What was sent cannot be read.
    pub fn unreadable(cause: &str) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "http.unreadable",
            "受け付けできませんでした。",
            cause,
            CORRECT_IT,
        )
    }

    /// The request looks as if another site had caused it.
    pub fn forbidden(code: &str, cause: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            code,
            "この操作は行われませんでした。",
            cause,
            "この画面のアドレスを開き直し、画面の中から操作してください。",
        )
    }

    /// We were wrong, or the machine is.
    pub fn failed() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "http.failed",
            "処理できませんでした。",
            "システムの内部で問題が起きました。入力した内容は記録されていない可能性があります。",
            "少し待って画面を読み込み直し、記録されたかを確かめてください。続くときはリクエスト番号を管理者に伝えてください。",
        )
    }

    /// For answers with an error status that carry no problem of ours: the framework's own refusals.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            404 => Self::not_found("ページ"),
            405 => Self::new(
                status,
                "http.method_not_allowed",
                "この操作は行われませんでした。",
                "このアドレスでは、その種類の操作を受け付けていません。",
                "画面の中のボタンから操作してください。",
            ),
            413 => Self::new(
                status,
                "http.too_large",
                "受け付けできませんでした。",
                "送られたデータが大きすぎます。",
                "件数を分けて送信してください。",
            ),
            400 | 415 | 422 => Self {
                status,
                ..Self::unreadable("送られた内容を読み取れません。")
            },
            400..=499 => Self {
                status,
                ..Self::unreadable("この要求は受け付けられません。")
            },
            _other => Self {
                status,
                ..Self::failed()
            },
        }
    }

    fn document(&self, request_id: &str) -> Response {
        let body = ProblemDocument {
            kind: "about:blank".into(),
            title: self.result.clone(),
            status: self.status.as_u16(),
            detail: self.cause.clone(),
            remedy: self.remedy.clone(),
            code: self.code.clone(),
            request_id: request_id.to_owned(),
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        response
    }
}

impl From<ViewsError> for Problem {
    fn from(error: ViewsError) -> Self {
        tracing::error!(%error, "the read models cannot be read");
        Self::failed()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The number of one request, for the log and for the person who telephones about it.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Marks a failed answer that machines read as it is: a line of text for whoever watches the server.
#[derive(Debug, Clone, Copy)]
pub struct ForOperators;

/// Gives every failed answer its form: a document under `/api`, a page elsewhere.
pub async fn present(State(app): State<App>, request: Request, next: Next) -> Response {
    let for_program = request.uri().path().starts_with("/api/");
    let for_customer = guard::is_customers(request.uri().path());
    let head_only = request.method() == axum::http::Method::HEAD;
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .map_or_else(String::new, |id| id.0.clone());
    let came_from = came_from(request.headers());
    let staff = staff::cookie(request.headers());
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || head_only {
        return response;
    }
    if is_page_or_document(&response) {
        return response;
    }
    let problem = match response.extensions().get::<Problem>() {
        Some(problem) => problem.clone(),
        None if response.extensions().get::<ForOperators>().is_some() => return response,
        None => Problem::of_status(status),
    };
    let mut shown = if for_customer {
        customers(&problem)
    } else if for_program {
        problem.document(&request_id)
    } else if problem.code == "http.foreign_host" {
        // Whoever asks for another name is not shown the staff's frame.
        (problem.status, format!("{}\n", problem.code)).into_response()
    } else {
        dashboard::problem::page(&app, &problem, &request_id, (came_from, staff)).await
    };
    shown.extensions_mut().insert(problem);
    shown
}

/// What a customer reads: nothing of the staff's frame, and no reason.
fn customers(problem: &Problem) -> Response {
    let mut response = match problem.status.is_server_error() {
        true => customer::busy(),
        false => customer::closed(),
    };
    *response.status_mut() = problem.status;
    response
}

/// The page of ours that a form was sent from: what was entered there is still in the browser's history.
fn came_from(headers: &HeaderMap) -> Option<String> {
    let page: Uri = headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    let path = page.path_and_query()?.as_str();
    Some(crate::staff::own_path(path).to_owned())
}

/// A handler that answers an error status with its own page (a form shown again) keeps it.
pub(crate) fn is_page_or_document(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html") || kind.contains("json"))
}
