//! 書面の控え: every letter that an event promised, where it is, and the file as it was sent. What comes back is recorded here.

use super::frame::Frame;
use super::parts::{Chip, Chips, Mood, Paging, ROWS, Status as Word};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use crate::problem::Problem;
use askama::Template;
use chrono::NaiveDate;
use daicho_domain::dispatch::Status;
use daicho_domain::poa::Method;
use daicho_projections::letters::{self, LetterRow};
use daicho_projections::{corporations, mails};
use daicho_workers::letters::{Letter, dispatch, glyph};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "letters.html")]
struct Page {
    frame: Frame,
    filters: Vec<Chips>,
    lines: Vec<Line>,
    paging: Paging,
    acts: bool,
    today: NaiveDate,
}

/// One letter, drawn.
pub struct Line {
    /// Its id.
    pub id: String,
    /// The number by which a customer refers to it.
    pub reference: String,
    /// What it is called.
    pub label: &'static str,
    /// To whom.
    pub corporation: String,
    /// Their page.
    pub href: String,
    /// About which service.
    pub service: &'static str,
    /// Its ステータス.
    pub status: Word,
    /// When it was asked for.
    pub asked_on: String,
    /// The day by which the customer must act.
    pub act_by: String,
    /// When it went out.
    pub sent_on: String,
    /// The number under which its envelope can be followed.
    pub tracking: String,
    /// The file as it was printed last.
    pub file: Option<String>,
    /// Why it is here, or does not go out.
    pub remark: String,
    /// Whether it is about to be told by mail.
    pub by_mail: bool,
    /// Where it is recorded that it came back; nothing where that cannot be.
    pub comes_back: Option<String>,
}

/// `GET /letters?status=`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

/// The statuses that an address asks for.
pub fn statuses(query: &Query) -> Vec<Status> {
    let all = Status::ALL.iter().copied();
    all.filter(|status| query.has("status", status.code()))
        .collect()
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let page = query.page();
    let wanted = statuses(query);
    let listed = letters::newest(reading.snapshot, &wanted, (page - 1) * ROWS, ROWS)?;
    let lines = listed.rows.iter().map(|row| line(row, reading));
    show(&Page {
        frame: Frame::new(reading.viewer, "/letters", "書面の控え"),
        filters: vec![chips(reading, query)?],
        lines: lines.collect::<Result<_, Problem>>()?,
        paging: Paging::of(query, page, ROWS, listed.total),
        acts: !reading.viewer.moment.past,
        today: reading.viewer.moment.day,
    })
}

/// One letter as pages draw it.
pub fn line(row: &LetterRow, reading: &Reading<'_>) -> Result<Line, Problem> {
    let corporation = corporations::find(reading.snapshot, row.corporation)?;
    let letter: Option<Letter> = row.letter.parse().ok();
    let by_mail = row.status == Status::ToSend && mails::is_telling(reading.snapshot, row.id)?;
    let form = Uuid::now_v7().simple();
    let comes_back = format!(
        "/letters/{}/record_undeliverable?return_to=%2Fletters&form={form}",
        row.id
    );
    Ok(Line {
        id: row.id.to_string(),
        reference: dispatch::reference(row.id),
        label: letter.map_or("書面", Letter::label),
        corporation: corporation.map_or_else(|| row.corporation.to_string(), |row| row.name),
        href: format!("/corporations/{}", row.corporation),
        service: words::service(row.service),
        status: match (row.status, row.printed) {
            _ if row.unprintable.is_some() => Word::new("印字できない文字", Mood::Attention),
            (Status::ToSend, Some(_)) => Word::new("印刷済み", Mood::During),
            (status, _) => word(status),
        },
        asked_on: words::near_date(row.asked_on, reading.viewer.moment.day),
        act_by: row.act_by.map_or_else(|| "―".to_owned(), words::date),
        sent_on: row.sent_on.map_or_else(String::new, words::date),
        tracking: row
            .tracking
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        file: row.printed.map(|file| format!("/files/{file}")),
        remark: match (&row.called_off, row.returned_on) {
            (Some(why), _) => why.clone(),
            (None, _) if row.unprintable.is_some() => row
                .unprintable
                .as_ref()
                .map_or_else(String::new, |glyph| glyph::in_words(&glyph.0)),
            (None, Some(on)) => format!(
                "{} に不達で戻り",
                words::near_date(on, reading.viewer.moment.day)
            ),
            (None, None) if by_mail => "メールで送信します".to_owned(),
            (None, None) if row.method == Some(Method::Mail) => "メールで送信".to_owned(),
            (None, None) => String::new(),
        },
        by_mail,
        comes_back: (row.status == Status::Sent).then_some(comes_back),
    })
}

fn word(status: Status) -> Word {
    let mood = match status {
        Status::ToSend => Mood::During,
        Status::Undeliverable => Mood::Attention,
        Status::Sent | Status::CalledOff | Status::Wrong => Mood::Done,
    };
    Word::new(status.label(), mood)
}

fn chips(reading: &Reading<'_>, query: &Query) -> Result<Chips, Problem> {
    let counts: BTreeMap<Status, u64> = letters::count_by_status(reading.snapshot)?
        .into_iter()
        .collect();
    let chip = |status: &Status| Chip {
        word: status.label().to_owned(),
        count: Some(counts.get(status).copied().unwrap_or_default()),
        chosen: query.has("status", status.code()),
        href: query.switched("status", status.code()).to_string(),
    };
    Ok(Chips {
        title: "ステータス".into(),
        chips: Status::ALL.iter().map(chip).collect(),
    })
}
