//! 法人: one corporation, its offices, services, cases, contact.

use super::case_line::CaseLine;
use super::frame::Frame;
use super::postponements::{self as held, Line};
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use crate::problem::Problem;
use askama::Template;
use axum::extract::Path;
use daicho_domain::stream::CorporationId;
use daicho_projections::cases::{self, Kind};
use daicho_projections::corporations::{self, CorporationRow};
use daicho_projections::offices::{self, OfficeRow};
use daicho_projections::{TextRef, postponements};

#[derive(Template)]
#[template(path = "corporation.html")]
struct Page {
    frame: Frame,
    corporation: CorporationRow,
    merged: Vec<CorporationRow>,
    contact: Vec<(&'static str, String)>,
    services: Vec<CaseLine>,
    offices: Vec<OfficeRow>,
    cases: Vec<CaseLine>,
    postponements: Vec<Line>,
}

/// `GET /corporations/{id}`
pub async fn page(Path(id): Path<String>, viewer: Viewer) -> Shown {
    viewer.read(move |reading| shown(&id, reading)).await
}

fn shown(id: &str, reading: &Reading<'_>) -> Shown {
    let id: CorporationId = id.parse().map_err(|_| Problem::not_found("法人"))?;
    let found = corporations::find(reading.snapshot, id)?;
    let corporation = found.ok_or_else(|| Problem::not_found("法人"))?;
    let id = corporation.id;
    let rows = cases::of_corporation(reading.snapshot, id)?;
    let lines = |wanted: fn(&cases::CaseRow) -> bool| -> Vec<CaseLine> {
        rows.iter()
            .filter(|row| wanted(row))
            .map(|row| CaseLine::new(row, reading))
            .collect()
    };
    show(&Page {
        frame: Frame::new(reading.viewer, "/corporations", &corporation.name),
        merged: corporations::merged_into(reading.snapshot, id)?,
        contact: contact(&corporation, reading)?,
        services: lines(|row| row.kind == Kind::Enrolment),
        cases: lines(|row| row.kind != Kind::Enrolment),
        offices: offices::of_corporation(reading.snapshot, id)?,
        postponements: postponements::of_corporation(reading.snapshot, id)?
            .iter()
            .map(|row| held::line(row, reading))
            .collect(),
        corporation,
    })
}

/// The contact, masked: enough to recognise, not enough to take away.
fn contact(
    row: &CorporationRow,
    reading: &Reading<'_>,
) -> Result<Vec<(&'static str, String)>, Problem> {
    let text = |text: &Option<TextRef>| match text {
        Some(text) => reading.snapshot.text(text),
        None => Ok(None),
    };
    let fields = [
        ("担当者名", text(&row.contact_name)?),
        ("電話", text(&row.contact_phone)?),
        ("メール", text(&row.contact_mail)?),
    ];
    let filled = fields
        .into_iter()
        .filter_map(|(word, text)| Some((word, words::masked(&text?))));
    Ok(filled.collect())
}
