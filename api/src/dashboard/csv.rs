//! A list as a file to keep: what every download of one shares.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// Rows in a download; a longer list is downloaded in parts.
pub const ROWS_DOWNLOADED: u64 = 10_000;

/// The head of a file. A byte order mark: spreadsheets in the office read it as Windows-31J without one.
pub fn begin(columns: &str) -> String {
    format!("\u{feff}{columns}\r\n")
}

/// A line, none of whose cells a spreadsheet takes for a formula.
pub fn add<const N: usize>(text: &mut String, cells: [String; N]) {
    let cells = cells.map(|cell| guarded(&cell));
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

fn guarded(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// The file.
pub fn download(name: &str, text: String) -> Response {
    let kind = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (kind, text).into_response()
}
