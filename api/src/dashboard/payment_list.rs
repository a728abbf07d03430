//! A list of transfers that came in, taken line by line.

use super::Shown;
use super::list_report::{self, Sent};
use super::viewer::Viewer;
use crate::acting;
use crate::requests::Asked;
use crate::requests::lists::List;
use crate::requests::payment_list::payments_recorded;
use axum::Form;
use serde::Deserialize;

/// The form.
#[derive(Debug, Deserialize)]
pub struct Body {
    #[serde(default)]
    form: Option<String>,
    #[serde(flatten)]
    list: List,
}

/// `POST /ledger/payments`
pub async fn page(viewer: Viewer, Form(body): Form<Body>) -> Shown {
    const SENT: Sent = Sent {
        word: "振込入金の取り込み",
        about: "法人番号・振込人",
        back: "/ledger",
        back_word: "請求・債権台帳",
    };
    let asked = Asked::by_form(&viewer, body.form.as_deref())?;
    let report = payments_recorded(&asked, &body.list).await?;
    acting::caught_up(&viewer.app.views).await;
    viewer
        .read(move |reading| list_report::shown(reading, &SENT, report))
        .await
}
