//! From a request to a recorded command: who asks, under which identity, and what comes back. Pages and the JSON API
//! both come through here, and neither sees its answer before the read models show it.

use crate::dashboard::refused::Typed;
use crate::problem::Problem;
use crate::{App, BODY_BYTES_MAX, attaching};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use daicho_domain::nouns::{Command, Refusal};
use daicho_domain::stream::StaffId;
use daicho_eventlog::sealing::SealError;
use daicho_eventlog::{Advice, Caused, Engine, ExecuteError, Executed, Failed, LogError, of_cause};
use daicho_projections::Views;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The space in which the identities of requests lie.
const REQUESTS: Uuid = Uuid::from_u128(0x7265_7175_6573_7473_8000_0000_0000_0001);

/// What a form of a page is sent as.
const FORM: &str = "application/x-www-form-urlencoded";

/// Who asks, and the key under which asking twice is asking once.
#[derive(Debug, Clone)]
pub struct Asking {
    actor: String,
    key: Option<String>,
    said: Option<Said>,
    way: Way,
}

/// How a request comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A form of a page, with a number of its own.
    Form,
    /// A program, with an `Idempotency-Key`.
    Program,
}

/// What a form, or a request with an `Idempotency-Key`, says, in short: its address and its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said(Uuid);

/// Notes what a form, or a request with an `Idempotency-Key`, says, so that the same key with other words is noticed.
pub async fn note_what_is_said(request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let form = kind.is_some_and(|kind| kind.as_bytes().starts_with(FORM.as_bytes()));
    if !form && !request.headers().contains_key("idempotency-key") {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let most = match parts.uri.path().ends_with("/attachments") {
        true => attaching::FILE_BODY_MAX,
        false => BODY_BYTES_MAX,
    };
    let Ok(body) = to_bytes(body, most).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let digest = Sha256::new()
        .chain_update(parts.uri.path())
        .chain_update([0])
        .chain_update(&body)
        .finalize();
    parts
        .extensions
        .insert(Said(Uuid::new_v5(&REQUESTS, &digest)));
    if form {
        parts.extensions.insert(Typed(body.clone()));
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}

impl Asking {
    /// A member of the staff through a form; `key` is the form's own number.
    pub fn by_form(actor: &str, key: Option<&str>) -> Self {
        Self {
            actor: actor.to_owned(),
            key: key.filter(|key| !key.is_empty()).map(str::to_owned),
            said: None,
            way: Way::Form,
        }
    }

    /// With what the form says, so that a page gone back to and filled in otherwise is not answered as the first was.
    #[must_use]
    pub fn saying(self, said: Option<Said>) -> Self {
        Self { said, ..self }
    }

    /// A program: its `Idempotency-Key`, if it sends one.
    pub fn by_request(
        actor: &str,
        headers: &HeaderMap,
        said: Option<Said>,
    ) -> Result<Self, Problem> {
        let key = match headers.get("idempotency-key") {
            None => None,
            Some(value) => {
                let key = value.to_str().unwrap_or_default();
                if key.is_empty() || key.len() > 200 {
                    return Err(Problem::unreadable(
                        "Idempotency-Key は1〜200文字の英数字で指定してください。",
                    ));
                }
                Some(key.to_owned())
            }
        };
        Ok(Self {
            actor: actor.to_owned(),
            key,
            said,
            way: Way::Program,
        })
    }

    /// Who asks, for what takes two people.
    pub fn staff(&self) -> Result<StaffId, Problem> {
        let unreadable = |_| Problem::unreadable("担当者のIDを読み取れません。");
        self.actor.parse().map_err(unreadable)
    }

    /// The cause of the `place`th command of the request.
    pub fn cause(&self, place: &str) -> Caused {
        let id = match &self.key {
            Some(key) => of_cause(REQUESTS, &[&self.actor, key, place]),
            None => Uuid::now_v7(),
        };
        let mut caused = Caused::by_request(self.actor.as_str(), id);
        if let Some(Said(said)) = self.said {
            caused.correlation = of_cause(id, &[&said.to_string()]);
        }
        caused
    }

    /// What was carried out before under the same key must have been the same request: its correlation says so.
    pub fn is_what_was_asked(&self, by: &Caused, executed: &Executed) -> Result<(), Problem> {
        let first = executed.events.first();
        let other = first.is_some_and(|first| first.recorded.correlation != by.correlation);
        if self.said.is_none() || !executed.repeated || !other {
            return Ok(());
        }
        let (code, cause, remedy) = match self.way {
            Way::Form => (
                "http.form_reused",
                "この画面からは、別の内容がすでに記録されています。",
                "画面を開き直し、記録された内容を確かめてから入力してください。",
            ),
            Way::Program => (
                "http.key_reused",
                "同じ Idempotency-Key で、別の内容の要求がすでに記録されています。",
                "別の操作には、新しい Idempotency-Key を付けてください。",
            ),
        };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Err(Problem::new(
            status,
            code,
            "記録しませんでした。",
            cause,
            remedy,
        ))
    }
}

/// Carries out a command and returns when its caller can see what came of it. Where the read models have stopped it
/// is recorded all the same, and said so: a caller who heard of a failure would send it again.
pub async fn execute(app: &App, command: Command, by: Caused) -> Result<Executed, Problem> {
    let executed = app.engine.execute(command, by).await?;
    if let Some(last) = executed.events.last()
        && let Err(error) = app.views.wait_for(last.recorded.number).await
    {
        tracing::warn!(%error, number = last.recorded.number, "recorded and not shown");
    }
    Ok(executed)
}

impl From<ExecuteError> for Problem {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Refused(refusal) => Self::refused(&refusal),
            ExecuteError::Failed(failed) => Self::of_failure(&failed),
        }
    }
}

impl Problem {
    /// The office says no. Its sentence begins with the cause; what follows is the remedy.
    pub fn refused(refusal: &Refusal) -> Self {
        let sentence = refusal.sentence();
        let (cause, remedy) = sentence
            .split_once('。')
            .map_or((sentence.as_str(), ""), |(cause, remedy)| (cause, remedy));
        let status = if refusal.code().contains(".unknown") {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::CONFLICT
        };
        Self::new(
            status,
            refusal.code(),
            "記録しませんでした。",
            &format!("{cause}。"),
            remedy,
        )
    }

    fn of_failure(failed: &Failed) -> Self {
        tracing::error!(error = %failed, "a command failed");
        match failed {
            Failed::Log(LogError::DiskFull { .. } | LogError::NotWritable { .. }) => {
                return Self::new(
                    StatusCode::INSUFFICIENT_STORAGE,
                    "http.no_room",
                    "記録しませんでした。",
                    "記録するディスクに空きがないか、書き込めません。何も記録していません。",
                    "容量を空けてから、もう一度送信してください。管理者は稼働状況を確認してください。",
                );
            }
            Failed::Seal(SealError::Erased { .. }) => {
                return Self::new(
                    StatusCode::CONFLICT,
                    "http.erased",
                    "記録しませんでした。",
                    "送信と同時に、この法人の個人情報が消去されました。",
                    "内容を確かめて、もう一度送信してください。",
                );
            }
            Failed::Log(_) | Failed::Seal(_) | Failed::Contended { .. } => {}
        }
        match failed.advice() {
            Advice::Retry => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "http.busy",
                "記録できませんでした。",
                "記録の書き込みが混み合っています。",
                "少し待って、もう一度送信してください。同じ操作が二重に記録されることはありません。",
            ),
            Advice::GiveUp => Self::failed(),
        }
    }
}

/// Whether a command would be refused now, and in which words: what a page says beside a button.
pub async fn hindrance(engine: &Engine, command: Command) -> Option<String> {
    match engine.consider(command).await {
        Err(ExecuteError::Refused(refusal)) => Some(refusal.sentence()),
        Ok(events) if events.is_empty() => Some("すでに済んでいます。".to_owned()),
        Ok(_) | Err(ExecuteError::Failed(_)) => None,
    }
}

/// Brings the read models to the log's head, so that what a page reads next is not older than what was recorded
/// before. Where they have stopped, the page says how far they came.
pub async fn caught_up(views: &Views) {
    if let Err(error) = views.catch_up().await {
        tracing::warn!(%error, "a page is shown as far as the read models came");
    }
}
