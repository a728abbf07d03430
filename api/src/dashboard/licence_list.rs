//! A list of licences or of paid fees, taken line by line.

use super::Shown;
use super::list_report::{self, Sent};
use super::viewer::Viewer;
use crate::acting;
use crate::requests::Asked;
use crate::requests::licence_list::{fees_confirmed, taken_over};
use crate::requests::lists::List;
use axum::Form;
use serde::Deserialize;

/// Which list it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Licences that exist already.
    TakeOver,
    /// Fees that were paid.
    ConfirmFees,
}

/// The form.
#[derive(Debug, Deserialize)]
pub struct Body {
    kind: Kind,
    #[serde(default)]
    form: Option<String>,
    #[serde(flatten)]
    list: List,
}

/// `POST /licences/list`
pub async fn page(viewer: Viewer, Form(body): Form<Body>) -> Shown {
    let asked = Asked::by_form(&viewer, body.form.as_deref())?;
    let (word, report) = match body.kind {
        Kind::TakeOver => (
            "既存ライセンスの取り込み",
            taken_over(&asked, &body.list).await?,
        ),
        Kind::ConfirmFees => (
            "支払いの取り込み",
            fees_confirmed(&asked, &body.list).await?,
        ),
    };
    let sent = Sent {
        word,
        about: "事業所番号",
        back: "/licences",
        back_word: "ライセンス",
    };
    acting::caught_up(&viewer.app.views).await;
    viewer
        .read(move |reading| list_report::shown(reading, &sent, report))
        .await
}
