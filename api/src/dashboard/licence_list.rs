//! A list of licences or of paid fees, taken line by line: the page says what became of each.

use super::frame::Frame;
use super::parts::{Mood, Status};
use super::viewer::Viewer;
use super::{Shown, show};
use crate::acting;
use crate::requests::Asked;
use crate::requests::licence_list::{List, Report, ReportLine, fees_confirmed, taken_over};
use askama::Template;
use axum::Form;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "licence_list.html")]
struct Page {
    frame: Frame,
    word: &'static str,
    result: Status,
    report: Report,
}

impl Page {
    fn status(&self, line: &ReportLine) -> Status {
        match line.outcome {
            "taken" => Status::new("取込", Mood::Done),
            "known" => Status::new("記録済み", Mood::Done),
            _refused => Status::new("不可", Mood::Failed),
        }
    }
}

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
    acting::caught_up(&viewer.app.views).await;
    viewer
        .read(move |reading| {
            let result = match (report.taken + report.known, report.refused) {
                (_, 0) => Status::new("成功", Mood::Done),
                (0, _) => Status::new("失敗", Mood::Failed),
                (_, _) => Status::new("一部失敗", Mood::Attention),
            };
            show(&Page {
                frame: Frame::new(reading.viewer, "/licences", word),
                word,
                result,
                report,
            })
        })
        .await
}
