//! Styles, the one script and the icons, embedded in the binary. The address of each carries a hash of its content, so
//! a browser may keep it for ever and never shows a page of today with the styles of yesterday.

use crate::problem::Problem;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use rust_embed::RustEmbed;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Static;

/// The addresses that every page links to.
pub struct Addresses {
    /// `daicho.css`
    pub css: String,
    /// `print.css`, for paper
    pub print: String,
    /// `daicho.js`
    pub js: String,
    /// `icons.svg`, one `<symbol>` per icon
    pub icons: String,
    /// `favicon.svg`
    pub favicon: String,
}

/// Computed once: the files are part of the binary.
pub static ADDRESSES: LazyLock<Addresses> = LazyLock::new(|| Addresses {
    css: address("daicho.css"),
    print: address("print.css"),
    js: address("daicho.js"),
    icons: address("icons.svg"),
    favicon: address("favicon.svg"),
});

fn address(name: &str) -> String {
    let file = Static::get(name).expect("the file is embedded by the build");
    format!("/static/{}/{name}", hash(&file.metadata.sha256_hash()))
}

fn hash(sha256: &[u8; 32]) -> String {
    sha256[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// `GET /static/{hash}/{name}`: only the content that the hash names.
pub async fn file(
    Path((asked, name)): Path<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    let file = Static::get(&name).ok_or_else(|| Problem::not_found("ファイル"))?;
    if hash(&file.metadata.sha256_hash()) != asked {
        return Err(Problem::not_found("ファイル"));
    }
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some(_) | None => "application/octet-stream",
    };
    Ok((
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ],
        file.data,
    ))
}
