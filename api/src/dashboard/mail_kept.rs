//! A mail as it was sent, opened from under its seal. The end of a link is not in it: that was its customer's alone.

use super::viewer::Viewer;
use crate::attaching;
use crate::problem::Problem;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use daicho_domain::nouns::State;
use daicho_domain::stream::{MailId, Stream};
use daicho_eventlog::KeptFile;

/// `GET /mails/{id}/kept`: its text as it went out, with the address it went to.
pub async fn open(Path(id): Path<MailId>, viewer: Viewer) -> Result<Response, Problem> {
    let missing = || Problem::not_found("送信したメールの控え");
    let state = viewer.app.engine.state(&Stream::Mail(id)).await;
    let state = state.map_err(|error| {
        tracing::error!(%error, mail = %id, "a mail cannot be read");
        Problem::failed()
    })?;
    let State::Mail(state) = &*state else {
        return Err(missing());
    };
    let kept = state.known().and_then(|mailing| mailing.kept.clone());
    let kept = kept.ok_or_else(missing)?;
    let file = KeptFile {
        digest: kept.digest,
        file: kept.file,
    };
    let text = attaching::unsealed(&viewer.app, kept.sealed_under, file).await?;
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((kind, text).into_response())
}
