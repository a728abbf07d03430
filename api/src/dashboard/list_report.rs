//! What became of a list that was taken line by line: the page that every list ends on.

use super::frame::Frame;
use super::parts::{Mood, Status};
use super::viewer::Reading;
use super::{Shown, show};
use crate::requests::lists::{Report, ReportLine};
use askama::Template;

#[derive(Template)]
#[template(path = "list_report.html")]
struct Page {
    frame: Frame,
    word: &'static str,
    about: &'static str,
    back: &'static str,
    back_word: &'static str,
    result: Status,
    report: Report,
}

/// Which list it was, and the page it was sent from.
pub struct Sent {
    /// Its title.
    pub word: &'static str,
    /// What a line is about.
    pub about: &'static str,
    /// The address of the page.
    pub back: &'static str,
    /// The page's title.
    pub back_word: &'static str,
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

/// The report of a list, drawn.
pub fn shown(reading: &Reading<'_>, sent: &Sent, report: Report) -> Shown {
    let result = match (report.taken + report.known, report.refused) {
        (_, 0) => Status::new("成功", Mood::Done),
        (0, _) => Status::new("失敗", Mood::Failed),
        (_, _) => Status::new("一部失敗", Mood::Attention),
    };
    let &Sent {
        word,
        about,
        back,
        back_word,
    } = sent;
    show(&Page {
        frame: Frame::new(reading.viewer, back, word),
        word,
        about,
        back,
        back_word,
        result,
        report,
    })
}
