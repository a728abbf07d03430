//! The chosen 委任状 of 国保連提出 printed under their covering letters, and filed together: what one of them refuses is said
//! before any is recorded.

use super::dispatch;
use super::dispatch_batch::{Shelf, known, refused, registered};
use super::filing::{self, Parcel};
use super::frame::Frame;
use super::parts::{Mood, Status};
use super::viewer::Viewer;
use super::{Shown, show};
use crate::acting::{self, Asking};
use crate::problem::Problem;
use crate::requests::actor;
use askama::Template;
use axum::Form;
use axum::response::Redirect;
use chrono::NaiveDate;
use daicho_domain::corporation::Registered;
use daicho_domain::document::{Document, FileDigest, MissingGlyph};
use daicho_domain::nouns::{Command, State};
use daicho_domain::poa::{self, Filing, Sheet};
use daicho_domain::stream::{PoaId, Stream};
use daicho_eventlog::ExecuteError;
use daicho_projections::poa_tracker::PoaRow;
use daicho_workers::letters::filing::{Handed, cover};
use daicho_workers::letters::poa::Paper;
use daicho_workers::letters::{Content, Press, Refusal};
use serde::Serialize;

#[derive(Template)]
#[template(path = "filing_file.html")]
struct Page {
    frame: Frame,
    result: Status,
    recorded: bool,
    outcomes: Vec<Outcome>,
    covers: Vec<(String, String)>,
}

impl Page {
    fn done(&self) -> usize {
        let done = |one: &&Outcome| one.status.mood == Mood::Done;
        self.outcomes.iter().filter(done).count()
    }
}

/// What became of one sheet.
struct Outcome {
    href: String,
    corporation: String,
    number: String,
    status: Status,
    reason: String,
}

/// A parcel with everything its covering letter says.
struct Packed {
    parcel: Parcel,
    sheets: Vec<(Box<Sheet>, Box<Registered>)>,
}

impl Packed {
    fn handed(&self) -> impl Iterator<Item = Handed<'_>> {
        let rows = self.parcel.rows.iter().zip(&self.sheets);
        rows.map(|(row, (sheet, whose))| Handed {
            paper: Paper { id: row.id, sheet },
            whose,
        })
    }

    /// The sheets with which this character comes into the covering letter, and where it stands.
    fn with(&self, character: char) -> impl Iterator<Item = (PoaId, MissingGlyph)> + '_ {
        self.handed().filter_map(move |one| {
            let office = one.paper.sheet.assignment.office;
            let office = one.whose.offices.get(&office);
            let place = match office.is_some_and(|office| office.name().contains(character)) {
                true => "papers.name",
                false if one.whose.name.contains(character) => "papers.corporation",
                false => return None,
            };
            let place = place.to_owned();
            Some((one.paper.id, MissingGlyph { character, place }))
        })
    }

    fn cover(&self, date: NaiveDate) -> Content {
        let handed: Vec<_> = self.handed().collect();
        let first = &handed.first().expect("a parcel holds a paper").paper.sheet;
        let arrive_by = &first.dates.federation_date;
        let posted = self.parcel.posted.as_ref();
        cover(self.parcel.federation, &handed, arrive_by, posted, date)
    }
}

async fn packed(viewer: &Viewer, ids: Vec<PoaId>) -> Result<Vec<Packed>, Problem> {
    let parcels = viewer
        .clone()
        .read(move |reading| {
            let rows = dispatch::papers(&ids, reading)?;
            Ok(filing::parcels(rows, reading))
        })
        .await?;
    let mut packed = Vec::new();
    for parcel in parcels {
        let mut sheets = Vec::new();
        for row in &parcel.rows {
            let state = known(viewer, Stream::Poa(row.id)).await?;
            let State::Poa(poa::State::Known(sheet)) = &*state else {
                return Err(Problem::not_found("委任状"));
            };
            sheets.push((sheet.clone(), registered(viewer, row.corporation).await?));
        }
        packed.push(Packed { parcel, sheets });
    }
    Ok(packed)
}

/// What the press makes of these parcels. Where a character is in no font, the sheets whose office or corporation has it wait for
/// a person from now on, each on its own case.
async fn made<T: Send + 'static>(
    viewer: &Viewer,
    asking: &Asking,
    packed: Vec<Packed>,
    make: impl FnOnce(&dyn Press, &[Packed]) -> Result<T, Refusal> + Send + 'static,
) -> Result<(Vec<Packed>, T), Problem> {
    let press = viewer.app.press.clone();
    let printing = tokio::task::spawn_blocking(move || {
        let made = make(&*press, &packed);
        (packed, made)
    });
    let (packed, made) = printing.await.map_err(|_| Problem::failed())?;
    match made {
        Ok(made) => Ok((packed, made)),
        Err(refusal) => {
            if let Refusal::MissingGlyph(glyph) = &refusal {
                for (id, glyph) in packed.iter().flat_map(|one| one.with(glyph.character)) {
                    unprintable(viewer, asking, id, glyph).await;
                }
                acting::caught_up(&viewer.app.views).await;
            }
            Err(refused(&refusal))
        }
    }
}

/// Where that cannot be recorded the page says it all the same.
async fn unprintable(viewer: &Viewer, asking: &Asking, id: PoaId, glyph: MissingGlyph) {
    let note = poa::Command::NoteUnprintable { glyph };
    let cause = asking.cause(&format!("unprintable {id}"));
    let noted = Command::poa(&Stream::Poa(id), note);
    if let Err(error) = viewer.app.engine.execute(noted, cause).await {
        tracing::error!(%error, %id, "that a covering letter cannot be printed is not recorded");
    }
}

/// `POST /filing/print`: the covering letters of the chosen sheets as one file.
pub async fn print(
    viewer: Viewer,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, Problem> {
    let (shelf, date) = (Shelf::of(&viewer)?, day(&fields)?);
    let form = fields.iter().find(|(name, _)| name == "form");
    let asking = Asking::by_form(&actor(&viewer)?, form.map(|(_, form)| form.as_str()));
    let packed = packed(&viewer, filing::chosen(&fields)?).await?;
    let (_, kept) = made(&viewer, &asking, packed, move |press, packed| {
        let covers: Vec<_> = packed.iter().map(|one| one.cover(date)).collect();
        Ok(shelf.keep(&covers, &press.print(&covers)?))
    })
    .await?;
    let file = kept?;
    Ok(Redirect::to(&format!("/files/{file}")))
}

/// `POST /filing/file`: the chosen sheets went to their federations.
pub async fn file(viewer: Viewer, Form(fields): Form<Vec<(String, String)>>) -> Shown {
    let field = |name: &str| {
        let found = fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    };
    let asking = Asking::by_form(&actor(&viewer)?, field("form"));
    let reason = field("without_scan").map(Into::into);
    let filing = Filing::on(day(&fields)?).without_scan(reason);
    let filed = together(&viewer, &asking, filing::chosen(&fields)?, filing).await?;
    viewer
        .read(move |reading| {
            let late = filed.refused();
            let recorded = filed.recorded;
            let drawn = filed.outcomes.into_iter().map(|(row, problem)| Outcome {
                href: format!("/cases/of/poa-{}", row.id),
                corporation: row.corporation_name,
                number: row.office_number.to_string(),
                status: match (&problem, recorded) {
                    (Some(_), _) => Status::new("提出できません", Mood::Failed),
                    (None, false) => Status::new("記録していません", Mood::Attention),
                    (None, true) => Status::new("提出済み", Mood::Done),
                },
                reason: problem.as_ref().map(reason_of).unwrap_or_default(),
            });
            show(&Page {
                frame: Frame::new(reading.viewer, "/filing", "国保連へ提出済みにする"),
                result: match (recorded, late) {
                    (false, _) => Status::new("失敗", Mood::Failed),
                    (true, 0) => Status::new("成功", Mood::Done),
                    (true, _) => Status::new("一部失敗", Mood::Attention),
                },
                recorded,
                outcomes: drawn.collect(),
                covers: filed
                    .covers
                    .into_iter()
                    .map(|(federation, file)| (federation, format!("/files/{file}")))
                    .collect(),
            })
        })
        .await
}

fn reason_of(problem: &Problem) -> String {
    format!("{}{}", problem.cause, problem.remedy)
}

/// What became of sheets that were to be filed together.
pub struct Filed {
    /// Whether any was recorded: none is where one of them was refused beforehand.
    recorded: bool,
    /// Each sheet, with what refused it.
    outcomes: Vec<(PoaRow, Option<Problem>)>,
    /// The covering letter of each federation.
    covers: Vec<(String, FileDigest)>,
}

/// What became of sheets that were to be filed together, for programs.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FiledTogether {
    /// Whether they were filed: none is where one of them was refused beforehand.
    pub recorded: bool,
    /// Each sheet.
    pub sheets: Vec<FiledSheet>,
    /// The covering letter of each federation, kept under its digest.
    pub covers: Vec<FiledCover>,
}

/// What became of one sheet.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FiledSheet {
    /// The 委任状.
    pub poa: String,
    /// Its 事業所番号.
    pub office_number: String,
    /// The code of what refused it; none where nothing did.
    pub code: Option<String>,
    /// Why, in Japanese.
    pub reason: Option<String>,
}

/// A covering letter.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FiledCover {
    /// To which federation.
    pub federation: String,
    /// Its file, under `/files`.
    pub file: String,
}

impl Filed {
    fn refused(&self) -> usize {
        let refused = self.outcomes.iter().filter(|(_, why)| why.is_some());
        refused.count()
    }

    /// As programs read it.
    pub fn told(self) -> FiledTogether {
        let sheets = self.outcomes.into_iter().map(|(row, problem)| FiledSheet {
            poa: row.id.to_string(),
            office_number: row.office_number.to_string(),
            reason: problem.as_ref().map(reason_of),
            code: problem.map(|problem| problem.code),
        });
        let covers = self.covers.into_iter();
        FiledTogether {
            recorded: self.recorded,
            sheets: sheets.collect(),
            covers: covers
                .map(|(federation, file)| FiledCover {
                    federation,
                    file: file.to_string(),
                })
                .collect(),
        }
    }
}

/// Files sheets together: all of them are considered before one is recorded, and each federation's covering letter is kept
/// before the sheets that name it are.
pub async fn together(
    viewer: &Viewer,
    asking: &Asking,
    ids: Vec<PoaId>,
    filing: Filing,
) -> Result<Filed, Problem> {
    let shelf = Shelf::of(viewer)?;
    let filed_on = filing.filed_on;
    let packed = packed(viewer, ids).await?;
    let mut outcomes = Vec::new();
    for row in packed.iter().flat_map(|one| &one.parcel.rows) {
        let asked = command(row.id, filing.clone());
        let problem = match viewer.app.engine.consider(asked).await {
            Ok(_) => None,
            Err(ExecuteError::Refused(refusal)) => Some(Problem::refused(&refusal)),
            Err(ExecuteError::Failed(_)) => return Err(Problem::failed()),
        };
        outcomes.push((row.clone(), problem));
    }
    if outcomes.iter().any(|(_, problem)| problem.is_some()) {
        return Ok(Filed {
            recorded: false,
            outcomes,
            covers: vec![],
        });
    }
    let (packed, documents) = made(viewer, asking, packed, move |press, packed| {
        documents(press, &shelf, packed, filed_on)
    })
    .await?;
    let parcels = packed.into_iter().map(|one| one.parcel);
    let documents: Vec<_> = parcels.zip(documents?).collect();
    for (row, problem) in &mut outcomes {
        let document = documents
            .iter()
            .find(|(parcel, _)| parcel.rows.iter().any(|held| held.id == row.id))
            .map(|(_, document)| document.clone());
        let filing = Filing {
            cover: document,
            ..filing.clone()
        };
        let by = asking.cause(&row.id.to_string());
        // Somebody may have been quicker since it was considered: that one is named, the rest stands.
        let filed = viewer.app.engine.execute(command(row.id, filing), by).await;
        *problem = filed.err().map(Problem::from);
    }
    // Once for all of them: the page shows what was recorded.
    acting::caught_up(&viewer.app.views).await;
    let covers = documents
        .into_iter()
        .map(|(parcel, document)| (parcel.federation.federation(), document.file));
    Ok(Filed {
        recorded: true,
        outcomes,
        covers: covers.collect(),
    })
}

/// The covering letter of each parcel, as it is kept: nothing is kept unless all can be printed.
fn documents(
    press: &dyn Press,
    shelf: &Shelf,
    packed: &[Packed],
    date: NaiveDate,
) -> Result<Result<Vec<Document>, Problem>, Refusal> {
    let covers = packed.iter().map(|one| {
        let cover = [one.cover(date)];
        let printed = press.print(&cover)?;
        Ok((cover, printed))
    });
    let covers: Vec<_> = covers.collect::<Result<_, Refusal>>()?;
    let kept = covers
        .iter()
        .map(|(cover, printed)| shelf.document(cover, printed));
    Ok(kept.collect())
}

fn command(id: PoaId, filing: Filing) -> Command {
    Command::poa(&Stream::Poa(id), poa::Command::File(filing))
}

fn day(fields: &[(String, String)]) -> Result<NaiveDate, Problem> {
    let given = fields.iter().find(|(name, _)| name == "on");
    given
        .and_then(|(_, day)| day.parse().ok())
        .ok_or_else(|| Problem::unreadable("日付が空か、読み取れません。"))
}
