//! The chosen things of the 発送簿 printed: each document is kept and named in an event of its own, and the page says what
//! became of each and offers the one file.

use super::dispatch::{Chosen, Item};
use super::dispatch_batch::{self, Filled};
use super::dispatch_send::tracking_field;
use super::frame::Frame;
use super::letters;
use super::parts::{Mood, Status as Word};
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use crate::acting::{self, Asking};
use crate::problem::Problem;
use crate::requests::actor;
use askama::Template;
use axum::Form;
use chrono::NaiveDate;
use daicho_domain::document::{Document, FileDigest, MissingGlyph};
use daicho_domain::nouns::Command;
use daicho_domain::poa::Method;
use daicho_domain::stream::Stream;
use daicho_domain::{dispatch, poa};
use daicho_workers::letters::Refusal;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "dispatch_print.html")]
struct Page {
    frame: Frame,
    result: Word,
    file: Option<String>,
    pages: usize,
    envelopes: usize,
    outcomes: Vec<Outcome>,
    today: NaiveDate,
    form: String,
}

/// What became of one thing.
struct Outcome {
    field: &'static str,
    id: String,
    corporation: String,
    what: String,
    act_by: String,
    href: String,
    /// The field for the number of the envelope, at the first thing in it.
    tracking: Option<String>,
    printed: bool,
    status: Word,
    reason: String,
}

/// `POST /dispatch/print`
pub async fn print(viewer: Viewer, Form(fields): Form<Vec<(String, String)>>) -> Shown {
    let asking = {
        let form = fields.iter().find(|(name, _)| name == "form");
        Asking::by_form(&actor(&viewer)?, form.map(|(_, form)| form.as_str()))
    };
    let chosen = Chosen::of(&fields)?;
    let shelf = dispatch_batch::Shelf::of(&viewer)?;
    let filled = dispatch_batch::filled(&viewer, chosen).await?;
    let (press, policy) = (viewer.app.press.clone(), viewer.app.policy());
    let date = viewer.moment.day;
    let printing = tokio::task::spawn_blocking(move || {
        let batch = dispatch_batch::made(&*press, &shelf, &filled, date, &policy);
        batch.map(|batch| (batch, filled))
    });
    let (batch, filled) = printing.await.map_err(|_| Problem::failed())??;
    let mut became = Vec::new();
    for (item, made) in batch.items {
        let recorded = match (made, batch.file) {
            (Ok(document), Some((file, _))) => {
                recorded(&viewer, &asking, item, document, file).await
            }
            (Err(refusal), _) => {
                let sentence = refusal.sentence();
                if let Refusal::MissingGlyph(glyph) = refusal {
                    unprintable(&viewer, &asking, item, glyph).await;
                }
                Err(sentence)
            }
            (Ok(_), None) => Err("ほかの書面とともに印刷できませんでした。".to_owned()),
        };
        became.push((item, recorded));
    }
    acting::caught_up(&viewer.app.views).await;
    let (file, envelopes) = (batch.file, batch.envelopes);
    viewer
        .read(move |reading| {
            let outcomes = outcomes(became, &filled, reading)?;
            let done = outcomes.iter().filter(|one| one.printed).count();
            show(&Page {
                frame: Frame::new(reading.viewer, "/dispatch", "発送書類の印刷"),
                result: match (done, outcomes.len() - done) {
                    (_, 0) => Word::new("成功", Mood::Done),
                    (0, _) => Word::new("失敗", Mood::Failed),
                    (_, _) => Word::new("一部失敗", Mood::Attention),
                },
                file: file.map(|(digest, _)| format!("/files/{digest}")),
                pages: file.map_or(0, |(_, pages)| pages),
                envelopes,
                outcomes,
                today: reading.viewer.moment.day,
                form: Uuid::now_v7().simple().to_string(),
            })
        })
        .await
}

/// The field for the 追跡番号 of the envelope that this lies in, if it is the first thing in it.
fn envelope_of(item: Item, filled: &Filled) -> Option<String> {
    match item {
        Item::Letter(id) => Some(tracking_field([id.to_string().as_str()])),
        Item::Paper(id) => {
            let mut envelopes = filled.envelopes.iter();
            let held =
                envelopes.find(|held| held.listed.rows.first().map(|row| row.id) == Some(id))?;
            let rows = held.listed.rows.iter();
            let ids: Vec<_> = rows.map(|row| row.id.to_string()).collect();
            Some(tracking_field(ids.iter().map(String::as_str)))
        }
    }
}

/// What became of each thing, drawn.
fn outcomes(
    became: Vec<(Item, Result<(), String>)>,
    filled: &Filled,
    reading: &Reading<'_>,
) -> Result<Vec<Outcome>, Problem> {
    let papers: Vec<_> = filled
        .envelopes
        .iter()
        .flat_map(|held| &held.listed.rows)
        .collect();
    let mut outcomes = Vec::new();
    for (item, became) in became {
        let (field, id) = item.field();
        let (corporation, what, act_by, href) = match item {
            Item::Paper(id) => {
                let row = papers.iter().find(|row| row.id == id);
                let row = row.ok_or_else(Problem::failed)?;
                (
                    row.corporation_name.clone(),
                    format!("委任状　{}", row.office_number),
                    words::date(row.due),
                    format!("/cases/of/poa-{id}"),
                )
            }
            Item::Letter(id) => {
                let told = filled.letters.iter().find(|told| told.row.id == id);
                let line = letters::line(&told.ok_or_else(Problem::failed)?.row, reading)?;
                let what = format!("{}　{}", line.label, line.reference);
                (line.corporation, what, line.act_by, line.href)
            }
        };
        let tracking = envelope_of(item, filled);
        outcomes.push(Outcome {
            field,
            tracking,
            id,
            corporation,
            what,
            act_by,
            href,
            printed: became.is_ok(),
            status: match became {
                Ok(()) => Word::new("印刷済み", Mood::Done),
                Err(_) => Word::new("失敗", Mood::Failed),
            },
            reason: became.err().unwrap_or_default(),
        });
    }
    Ok(outcomes)
}

/// What cannot be printed waits for a person from now on, on its own case. Where that cannot be recorded the page has said it.
async fn unprintable(viewer: &Viewer, asking: &Asking, item: Item, glyph: MissingGlyph) {
    let (_, id) = item.field();
    let command = match item {
        Item::Paper(id) => {
            let note = poa::Command::NoteUnprintable { glyph };
            Command::poa(&Stream::Poa(id), note)
        }
        Item::Letter(id) => {
            let note = dispatch::Command::NoteUnprintable { glyph };
            Command::dispatch(&Stream::Dispatch(id), note)
        }
    };
    let cause = asking.cause(&format!("unprintable {id}"));
    if let Err(error) = viewer.app.engine.execute(command, cause).await {
        tracing::error!(%error, id, "that a letter cannot be printed is not recorded");
    }
}

async fn recorded(
    viewer: &Viewer,
    asking: &Asking,
    item: Item,
    document: Document,
    batch: FileDigest,
) -> Result<(), String> {
    let (_, id) = item.field();
    let command = match item {
        Item::Paper(id) => {
            let note = poa::Command::NotePrinted { document, batch };
            Command::poa(&Stream::Poa(id), note)
        }
        Item::Letter(id) => {
            let note = dispatch::Command::NotePrinted { document, batch };
            Command::dispatch(&Stream::Dispatch(id), note)
        }
    };
    match viewer.app.engine.execute(command, asking.cause(&id)).await {
        Ok(_) => Ok(()),
        Err(error) => {
            let problem = Problem::from(error);
            Err(format!("{}{}", problem.cause, problem.remedy))
        }
    }
}

impl Page {
    fn methods(&self) -> [Method; 2] {
        [Method::Post, Method::Express]
    }

    fn done(&self) -> usize {
        self.outcomes.iter().filter(|one| one.printed).count()
    }
}
