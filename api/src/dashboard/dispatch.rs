//! 発送簿: every 委任状 that is to be printed and posted today, in envelope order: the customer with the fewest days in hand
//! first, the papers of one application in one envelope; then the letters, what must be acted on first before the rest. What
//! is chosen is printed as one file, then marked as posted.

use super::dispatch_send::tracking_field;
use super::frame::Frame;
use super::letters::Line;
use super::parts::{Due, Mood, Status as Word};
use super::viewer::{Reading, Viewer};
use super::{Shown, poa_tracker as tracker, show, words};
use crate::problem::Problem;
use askama::Template;
use chrono::NaiveDate;
use daicho_domain::corporation::SendTo;
use daicho_domain::dispatch as letter;
use daicho_domain::poa::{Method, Status};
use daicho_domain::rules::{Answer, Ask, Question, days_in_hand};
use daicho_domain::stream::{CorporationId, LetterId, PoaId};
use daicho_projections::corporations;
use daicho_projections::letters::{self, LetterRow};
use daicho_projections::poa_tracker::{self, Filter, PoaRow};
use daicho_workers::letters::glyph;
use std::collections::BTreeMap;
use std::str::FromStr;
use uuid::Uuid;

/// The most sheets of one printing: what a person puts into envelopes in one sitting.
pub const SHEETS_MAX: usize = 200;

#[derive(Template)]
#[template(path = "dispatch.html")]
struct Page {
    frame: Frame,
    envelopes: Vec<Drawn>,
    letters: Vec<Line>,
    further: u64,
    sheets: usize,
    printed: usize,
    more: u64,
    today: NaiveDate,
    form: String,
}

/// One envelope, drawn.
struct Drawn {
    no: usize,
    corporation: String,
    service: &'static str,
    to: &'static str,
    in_hand: String,
    few: bool,
    due_date: String,
    due: Due,
    tracking: String,
    sheets: Vec<Sheet>,
}

/// One sheet in it.
struct Sheet {
    id: String,
    href: String,
    number: String,
    start_month: String,
    /// By when it leaves; a sheet sent again leaves as soon as it can.
    dispatch_by: Option<Due>,
    defect: String,
    status: Word,
    file: Option<String>,
}

/// One thing of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A 委任状.
    Paper(PoaId),
    /// A letter.
    Letter(LetterId),
}

impl Item {
    /// The form's field in which it is chosen, and the value that names it.
    pub fn field(self) -> (&'static str, String) {
        match self {
            Self::Paper(id) => ("poa", id.to_string()),
            Self::Letter(id) => ("letter", id.to_string()),
        }
    }
}

/// What somebody chose in the list.
pub struct Chosen {
    /// The 委任状.
    pub papers: Vec<PoaId>,
    /// The letters.
    pub letters: Vec<LetterId>,
}

impl Chosen {
    /// What the fields of a form name.
    pub fn of(fields: &[(String, String)]) -> Result<Self, Problem> {
        let chosen = Self {
            papers: named(fields, "poa")?,
            letters: named(fields, "letter")?,
        };
        match chosen.papers.len() + chosen.letters.len() {
            0 => Err(Problem::unreadable("書面が1通も選ばれていません。")),
            1..=SHEETS_MAX => Ok(chosen),
            _more => Err(Problem::unreadable("一度に選べるのは200通までです。")),
        }
    }
}

fn named<T: FromStr>(fields: &[(String, String)], wanted: &str) -> Result<Vec<T>, Problem> {
    let ids = fields.iter().filter(|(name, _)| name == wanted);
    ids.map(|(_, id)| id.parse().map_err(|_| Problem::not_found("書面")))
        .collect()
}

/// What goes into one envelope: the papers of one application, of one office where the corporation wishes so, with the answer
/// about the days that the customer has them.
pub struct Envelope {
    /// The papers, by office number.
    pub rows: Vec<PoaRow>,
    /// The days in hand, posted on the day shown; nothing where no rule says.
    pub in_hand: Option<Answer>,
    /// To whom it goes, as the corporation wishes.
    pub to: SendTo,
}

impl Envelope {
    /// How many days the customer has the papers in hand.
    fn days(&self) -> Option<i64> {
        self.in_hand.as_ref()?.days("days_in_hand").ok()
    }
}

/// The envelopes of these papers, fewest days in hand first, then the nearest due date.
pub fn envelopes(rows: Vec<PoaRow>, reading: &Reading<'_>) -> Result<Vec<Envelope>, Problem> {
    let policy = reading.viewer.app.policy();
    let today = reading.viewer.moment.day;
    let mut envelopes: Vec<Envelope> = Vec::new();
    let mut wished: BTreeMap<CorporationId, SendTo> = BTreeMap::new();
    for row in rows {
        let to = match wished.get(&row.corporation) {
            Some(to) => *to,
            None => {
                let whose = corporations::find(reading.snapshot, row.corporation)?;
                let to = whose.map_or_else(SendTo::default, |whose| whose.send_to);
                wished.insert(row.corporation, to);
                to
            }
        };
        let same = envelopes.iter_mut().find(|held| {
            held.rows.iter().any(|other| {
                other.application == row.application
                    && (to == SendTo::HeadOffice || other.office == row.office)
                    && other.due == row.due
                    && other.office_number.prefecture() == row.office_number.prefecture()
            })
        });
        match same {
            Some(envelope) => envelope.rows.push(row),
            None => {
                let ask = Ask::new(row.service, Question::Dispatch, today)
                    .in_prefecture(row.office_number.prefecture());
                envelopes.push(Envelope {
                    in_hand: days_in_hand(&policy, &ask, row.due).ok(),
                    rows: vec![row],
                    to,
                });
            }
        }
    }
    for envelope in &mut envelopes {
        envelope.rows.sort_by_key(|row| row.office_number);
    }
    envelopes.sort_by_key(|envelope| {
        let first = &envelope.rows[0];
        let name = first.corporation_name.clone();
        (envelope.days(), first.due, name, first.office_number)
    });
    Ok(envelopes)
}

/// `GET /dispatch`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let filter = Filter {
        statuses: vec![Status::ToSend, Status::Resend],
        ..Filter::default()
    };
    let listed = poa_tracker::list(reading.snapshot, &filter, 0, SHEETS_MAX as u64)?;
    let sheets = listed.rows.len();
    let printed = listed
        .rows
        .iter()
        .filter(|row| row.printed.is_some())
        .count();
    let envelopes = envelopes(listed.rows, reading)?;
    let here = [letter::Status::ToSend, letter::Status::Undeliverable];
    let letters = letters::list(reading.snapshot, &here, 0, SHEETS_MAX as u64)?;
    let further = letters.total - letters.rows.len() as u64;
    let lines = letters
        .rows
        .iter()
        .map(|row| super::letters::line(row, reading));
    // What goes by mail is not printed, unless the mail fails.
    let lines = lines
        .filter(|line| !line.as_ref().is_ok_and(|line| line.by_mail))
        .collect::<Result<Vec<_>, Problem>>()?;
    show(&Page {
        letters: lines,
        further,
        frame: Frame::new(reading.viewer, "/dispatch", "発送簿"),
        envelopes: envelopes
            .iter()
            .enumerate()
            .map(|(index, envelope)| drawn(index + 1, envelope, reading))
            .collect(),
        sheets,
        printed,
        more: listed.total - sheets as u64,
        today: reading.viewer.moment.day,
        form: Uuid::now_v7().simple().to_string(),
    })
}

fn drawn(no: usize, envelope: &Envelope, reading: &Reading<'_>) -> Drawn {
    let first = &envelope.rows[0];
    let days = envelope.days();
    let few = envelope.in_hand.as_ref().is_some_and(|answer| {
        answer
            .notices
            .iter()
            .any(|said| said.code == "few_days_in_hand")
    });
    let rows = envelope.rows.iter();
    let sheets: Vec<_> = rows.map(|row| sheet(row, reading)).collect();
    Drawn {
        no,
        corporation: first.corporation_name.clone(),
        service: words::service(first.service),
        to: envelope.to.label(),
        in_hand: days.map_or_else(|| "―".to_owned(), |days| format!("{days}日")),
        few,
        due_date: words::date(first.due),
        due: reading.due(first.due),
        tracking: tracking_field(sheets.iter().map(|sheet| sheet.id.as_str())),
        sheets,
    }
}

fn sheet(row: &PoaRow, reading: &Reading<'_>) -> Sheet {
    Sheet {
        id: row.id.to_string(),
        href: format!("/cases/of/poa-{}", row.id),
        number: row.office_number.to_string(),
        start_month: row.start_month.in_japanese(),
        dispatch_by: (row.status == Status::ToSend).then(|| reading.due(row.dispatch_by)),
        defect: match (&row.unprintable, row.defect) {
            (Some(glyph), _) => glyph::in_words(&glyph.0),
            (None, Some(defect)) => defect.label().to_owned(),
            (None, None) => String::new(),
        },
        status: match (&row.unprintable, row.printed) {
            (Some(_), _) => Word::new("印字できない文字", Mood::Attention),
            (None, Some(_)) => Word::new("印刷済み", Mood::During),
            (None, None) => tracker::status(row.status),
        },
        file: row.printed.map(|file| format!("/files/{file}")),
    }
}

impl Page {
    fn methods(&self) -> [Method; 2] {
        [Method::Post, Method::Express]
    }
}

/// The papers of these ids, as they stand.
pub fn papers(ids: &[PoaId], reading: &Reading<'_>) -> Result<Vec<PoaRow>, Problem> {
    let mut rows = Vec::new();
    for id in ids {
        let row: Option<PoaRow> = reading.snapshot.row(&id.to_string())?;
        rows.push(row.ok_or_else(|| Problem::not_found("委任状"))?);
    }
    Ok(rows)
}

/// The letters of these ids, as they stand.
pub fn letters(ids: &[LetterId], reading: &Reading<'_>) -> Result<Vec<LetterRow>, Problem> {
    let mut rows = Vec::new();
    for id in ids {
        let row: Option<LetterRow> = reading.snapshot.row(&id.to_string())?;
        rows.push(row.ok_or_else(|| Problem::not_found("書面"))?);
    }
    Ok(rows)
}
