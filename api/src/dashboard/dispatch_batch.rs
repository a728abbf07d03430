//! What is printed together: each thing as a document of its own, and all of them, with the letters that lie on 委任状, as
//! one file in envelope order. What cannot be printed is left out with its reason; the rest is printed all the same.

use super::dispatch::{self, Chosen, Envelope as Listed, Item};
use super::viewer::Viewer;
use crate::problem::Problem;
use axum::http::StatusCode;
use chrono::NaiveDate;
use daicho_domain::corporation::{self, Registered};
use daicho_domain::dispatch::Letter;
use daicho_domain::document::{Document, FileDigest};
use daicho_domain::nouns::State;
use daicho_domain::poa::{self, Code, Sheet};
use daicho_domain::rules::Policy;
use daicho_domain::stream::{CorporationId, Stream};
use daicho_eventlog::{DataDir, Engine};
use daicho_projections::cases;
use daicho_projections::letters::LetterRow;
use daicho_workers::letters::account::{self, Named};
use daicho_workers::letters::poa::{Paper, Told as ToldOfPaper, cover, defective, sheet};
use daicho_workers::letters::{Content, Press, Printed, Refusal, dispatch as told};
use std::sync::Arc;

/// An envelope with everything its papers say.
pub struct Envelope {
    /// Its rows in the list.
    pub listed: Listed,
    references: Vec<String>,
    sheets: Vec<Sheet>,
    whose: Box<Registered>,
}

/// A sheet that can be printed, with what its letter needs.
struct Good<'a> {
    paper: Paper<'a>,
    arrived_on: Option<NaiveDate>,
    reference: &'a str,
    content: Content,
}

/// A letter with everything it says.
pub struct Told {
    /// Its row in the list.
    pub row: LetterRow,
    letter: Box<Letter>,
    whose: Box<Registered>,
    account: Named,
}

/// What is to be printed together.
pub struct Filled {
    /// The 委任状 in their envelopes.
    pub envelopes: Vec<Envelope>,
    /// The letters.
    pub letters: Vec<Told>,
}

/// Everything that was printed: each thing in envelope order with what became of it, and the one file.
pub struct Batch {
    /// Each with its document, or why there is none.
    pub items: Vec<(Item, Result<Document, Refusal>)>,
    /// The file, and how many pages it has.
    pub file: Option<(FileDigest, usize)>,
    /// How many envelopes it fills.
    pub envelopes: usize,
}

/// What was chosen, with what the log knows of each.
pub async fn filled(viewer: &Viewer, chosen: Chosen) -> Result<Filled, Problem> {
    let (listed, rows) = viewer
        .clone()
        .read(move |reading| {
            let papers = dispatch::papers(&chosen.papers, reading)?;
            let mut held = Vec::new();
            for envelope in dispatch::envelopes(papers, reading)? {
                let references = envelope.rows.iter().map(|row| {
                    let key = cases::entry_key(row.application, row.office);
                    let case = cases::keyed(reading.snapshot, &key)?;
                    // A paper without a case of its own is named by the beginning of its code.
                    let code = || Code::of(row.id).to_string()[..7].to_owned();
                    Ok(case.map_or_else(code, |case| case.no))
                });
                let references = references.collect::<Result<Vec<_>, Problem>>()?;
                held.push((envelope, references));
            }
            Ok((held, dispatch::letters(&chosen.letters, reading)?))
        })
        .await?;
    let mut envelopes = Vec::new();
    for (listed, references) in listed {
        let mut sheets = Vec::new();
        for row in &listed.rows {
            let state = known(viewer, Stream::Poa(row.id)).await?;
            let State::Poa(poa::State::Known(sheet)) = &*state else {
                return Err(Problem::not_found("委任状"));
            };
            sheets.push(Sheet::clone(sheet));
        }
        envelopes.push(Envelope {
            whose: registered(viewer, listed.rows[0].corporation).await?,
            listed,
            references,
            sheets,
        });
    }
    let mut letters = Vec::new();
    for row in rows {
        let state = known(viewer, Stream::Dispatch(row.id)).await?;
        let State::Dispatch(daicho_domain::dispatch::State::Known(letter)) = &*state else {
            return Err(Problem::not_found("書面"));
        };
        let vault = viewer.app.workers.vault().map(|vault| &**vault);
        let account = account::named(letter, &viewer.app.engine, vault).await;
        letters.push(Told {
            account: account.map_err(|_| Problem::failed())?,
            whose: registered(viewer, row.corporation).await?,
            letter: letter.clone(),
            row,
        });
    }
    Ok(Filled { envelopes, letters })
}

pub(super) async fn known(viewer: &Viewer, stream: Stream) -> Result<Arc<State>, Problem> {
    let state = viewer.app.engine.state(&stream).await;
    state.map_err(|_| Problem::failed())
}

pub(super) async fn registered(
    viewer: &Viewer,
    id: CorporationId,
) -> Result<Box<Registered>, Problem> {
    let state = known(viewer, Stream::Corporation(id)).await?;
    let State::Corporation(corporation::State::Registered(whose)) = &*state else {
        return Err(Problem::not_found("法人"));
    };
    Ok(whose.clone())
}

/// Prints each thing, then all that could be printed as one file. Nothing is recorded yet.
pub fn made(
    press: &dyn Press,
    shelf: &Shelf,
    filled: &Filled,
    date: NaiveDate,
    policy: &Policy,
) -> Result<Batch, Problem> {
    let mut items = Vec::new();
    let mut together: Vec<Content> = Vec::new();
    let mut envelopes = 0;
    for held in &filled.envelopes {
        let mut good = Vec::new();
        let rows = held.listed.rows.iter().zip(&held.sheets);
        for ((row, paper), reference) in rows.zip(&held.references) {
            let paper = Paper {
                id: row.id,
                sheet: paper,
            };
            let content = sheet(paper, &held.whose, reference, date);
            let made = match paper.sheet.agent.lacks() {
                // A sheet without an agent's ID would be a wrong one: it is in no file.
                Some(why) => Err(poa::Refusal::AgentMissing { why }.into()),
                None => alone(press, shelf, &content)?,
            };
            if made.is_ok() {
                good.push(Good {
                    paper,
                    arrived_on: row.arrived_on,
                    reference,
                    content,
                });
            }
            items.push((Item::Paper(row.id), made));
        }
        if !good.is_empty() {
            envelopes += 1;
            together.extend(enveloped(good, held, date, policy));
        }
    }
    for told in &filled.letters {
        let Told {
            row,
            letter,
            whose,
            account,
        } = told;
        let account = match account.id() {
            Ok(account) => account,
            Err(refusal) => {
                items.push((Item::Letter(row.id), Err(refusal)));
                continue;
            }
        };
        let content = told::content(row.id, letter, whose, date, policy).naming(account);
        let made = alone(press, shelf, &content)?;
        if made.is_ok() {
            envelopes += 1;
            together.push(content);
        }
        items.push((Item::Letter(row.id), made));
    }
    let file = match together.is_empty() {
        true => None,
        false => match press.print(&together) {
            Ok(printed) => Some((shelf.keep(&together, &printed)?, printed.pages)),
            Err(refusal) => return Err(refused(&refusal)),
        },
    };
    Ok(Batch {
        items,
        file,
        envelopes,
    })
}

/// One thing as a document of its own, which is kept.
fn alone(
    press: &dyn Press,
    shelf: &Shelf,
    content: &Content,
) -> Result<Result<Document, Refusal>, Problem> {
    let content = std::slice::from_ref(content);
    Ok(match press.print(content) {
        Ok(printed) => Ok(shelf.document(content, &printed)?),
        Err(refusal) => Err(refusal),
    })
}

/// The contents of one envelope. A sheet that goes out for the first time is covered by one letter with the others; one that
/// goes again, by a letter about what was wrong with it.
fn enveloped(
    good: Vec<Good<'_>>,
    held: &Envelope,
    date: NaiveDate,
    policy: &Policy,
) -> Vec<Content> {
    let Some(in_hand) = &held.listed.in_hand else {
        return good.into_iter().map(|one| one.content).collect();
    };
    let (again, first): (Vec<Good<'_>>, Vec<Good<'_>>) = good
        .into_iter()
        .partition(|one| one.paper.defect().is_some());
    let papers: Vec<Paper<'_>> = first.iter().map(|one| one.paper).collect();
    let mut contents = Vec::new();
    if let [one, ..] = first.as_slice() {
        let covering = cover(&papers, &held.whose, one.reference, date, in_hand, policy);
        contents.push(covering);
    }
    contents.extend(first.into_iter().map(|one| one.content));
    for one in again {
        let told = ToldOfPaper {
            arrived_on: one.arrived_on,
            in_hand,
            policy,
        };
        if let Some(defect) = one.paper.defect() {
            let (paper, reference) = (one.paper, one.reference);
            contents.push(defective(
                paper,
                defect,
                &held.whose,
                reference,
                date,
                &told,
            ));
        }
        contents.push(one.content);
    }
    contents
}

/// Where what was printed is kept as it was printed.
#[derive(Clone)]
pub struct Shelf {
    data: DataDir,
    engine: Arc<Engine>,
}

impl Shelf {
    pub(super) fn of(viewer: &Viewer) -> Result<Self, Problem> {
        Ok(Self {
            data: viewer.app.data.clone().ok_or_else(Problem::failed)?,
            engine: viewer.app.engine.clone(),
        })
    }

    pub(super) fn document(
        &self,
        contents: &[Content],
        printed: &Printed,
    ) -> Result<Document, Problem> {
        let used = printed.templates.first().ok_or_else(Problem::failed)?;
        Ok(Document {
            file: self.keep(contents, printed)?,
            letter: used.letter.code().to_owned(),
            version: used.version,
            template: used.digest,
        })
    }

    /// Sealed, where one of them names what its customer alone is to know.
    pub(super) fn keep(
        &self,
        contents: &[Content],
        printed: &Printed,
    ) -> Result<FileDigest, Problem> {
        let failed = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, "a document cannot be kept");
            Problem::failed()
        };
        match contents.iter().any(Content::is_confidential) {
            true => {
                let kept = self.engine.keep_letter(&self.data, &printed.pdf);
                kept.map_err(|error| failed(&error))
            }
            false => self.data.keep(&printed.pdf).map_err(|error| failed(&error)),
        }
    }
}

/// The press says no to the whole.
pub(super) fn refused(refusal: &Refusal) -> Problem {
    let sentence = refusal.sentence();
    let (cause, remedy) = sentence
        .split_once('。')
        .map_or((sentence.as_str(), ""), |(_, rest)| (rest, ""));
    Problem::new(
        StatusCode::CONFLICT,
        refusal.code(),
        "印刷しませんでした。",
        cause,
        remedy,
    )
}
