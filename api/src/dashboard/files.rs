//! Documents as they were sent, by their digest: each is held against it before it is shown.

use super::documents;
use super::viewer::Viewer;
use crate::problem::Problem;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use daicho_domain::document::FileDigest;
use daicho_eventlog::Kept;
use daicho_projections::documents::Filter;

/// `GET /files/{digest}`: a document as it was kept. One that the log names and that is not there, or not what was kept, is
/// said so by name.
pub async fn pdf(Path(digest): Path<String>, viewer: Viewer) -> Result<Response, Problem> {
    let missing = || Problem::not_found("書類");
    let digest: FileDigest = digest.parse().map_err(|_| missing())?;
    let data = viewer.app.data.clone();
    let found = tokio::task::spawn_blocking(move || documents::found(data.as_ref(), digest)).await;
    let bytes = match found.map_err(|_| Problem::failed())?? {
        Kept::Whole(bytes) => {
            let engine = viewer.app.engine.clone();
            let opening = tokio::task::spawn_blocking(move || engine.open_letter(bytes));
            let opened = opening.await.map_err(|_| Problem::failed())?;
            opened.map_err(|error| {
                tracing::error!(%error, %digest, "a sealed letter cannot be opened");
                Problem::failed()
            })?
        }
        Kept::Missing => {
            let name = named(&viewer, digest).await?.ok_or_else(missing)?;
            return Err(lost("http.file_missing", &name, "見つかりません", digest));
        }
        Kept::Altered => {
            let name = named(&viewer, digest).await?;
            let name = name.unwrap_or_else(|| "書類".to_owned());
            let what = "保存したときの内容と異なります";
            return Err(lost("http.file_altered", &name, what, digest));
        }
    };
    let kind = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{digest}.pdf\""),
        ),
    ];
    Ok((kind, bytes).into_response())
}

/// What the document is and with whom, if the log names it.
async fn named(viewer: &Viewer, file: FileDigest) -> Result<Option<String>, Problem> {
    viewer
        .clone()
        .read(move |reading| {
            let filter = Filter {
                file: Some(file),
                ..Filter::default()
            };
            let listed = daicho_projections::documents::list(reading.snapshot, &filter, 0, 1)?;
            let Some(row) = listed.rows.first() else {
                return Ok(None);
            };
            let with = documents::counterparty(row, reading.snapshot)?;
            Ok(Some(format!("{}（{with}）", documents::name(row))))
        })
        .await
}

fn lost(code: &str, name: &str, what: &str, digest: FileDigest) -> Problem {
    tracing::error!(%digest, code, "a document is not what was kept");
    Problem::new(
        StatusCode::CONFLICT,
        code,
        "書類を表示できません。",
        &format!("{name} のファイルが{what}。"),
        &format!("データディレクトリの files/{digest} を、バックアップから戻してください。"),
    )
}
