//! 法人: one corporation, its offices, services, cases, contact.

use super::case_line::CaseLine;
use super::corporation_actions::{self, Known};
use super::form::Action;
use super::frame::Frame;
use super::postponements::{self as held, Line};
use super::viewer::{Reading, Viewer};
use super::{Shown, agents, show, transfers, words};
use crate::problem::Problem;
use askama::Template;
use axum::extract::Path;
use daicho_domain::identifiers::{AgentId, OfficeNumber};
use daicho_domain::stream::{CorporationId, OfficeId};
use daicho_projections::cases::{self, Kind};
use daicho_projections::corporations::{self, CorporationRow};
use daicho_projections::offices::{self, OfficeRow};
use daicho_projections::{TextRef, postponements};
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "corporation.html")]
struct Page {
    frame: Frame,
    corporation: CorporationRow,
    merged: Vec<CorporationRow>,
    contact: Vec<(&'static str, String)>,
    destination: Vec<(&'static str, String)>,
    services: Vec<CaseLine>,
    offices: Vec<OfficeRow>,
    agents: BTreeMap<OfficeNumber, AgentId>,
    removed: BTreeMap<OfficeId, String>,
    cases: Vec<CaseLine>,
    postponements: Vec<Line>,
    transfers: Vec<transfers::Line>,
    actions: Vec<Action>,
    impossible: Vec<Action>,
}

/// `GET /corporations/{id}`
pub async fn page(Path(id): Path<String>, viewer: Viewer) -> Shown {
    let known = viewer
        .clone()
        .read(move |reading| known(&id, reading))
        .await?;
    let (actions, impossible) = if viewer.moment.past {
        (vec![], vec![])
    } else {
        corporation_actions::of(&viewer, &known).await
    };
    let pool = agents::pool(&viewer).await?;
    let numbers = known.offices.iter().map(|office| office.number);
    let agents = numbers
        .filter_map(|number| Some((number, pool.serving(number)?.agent)))
        .collect();
    viewer
        .read(move |reading| shown(known, agents, actions, impossible, reading))
        .await
}

impl Page {
    /// The billing agent's ID that serves an office.
    fn agent(&self, number: &OfficeNumber) -> Option<&AgentId> {
        self.agents.get(number)
    }

    /// Why an office no longer belongs to the corporation.
    fn removed_because(&self, office: &OfficeRow) -> Option<&String> {
        self.removed.get(&office.id)
    }
}

fn known(id: &str, reading: &Reading<'_>) -> Result<Known, Problem> {
    let id: CorporationId = id.parse().map_err(|_| Problem::not_found("法人"))?;
    let found = corporations::find(reading.snapshot, id)?;
    let corporation = found.ok_or_else(|| Problem::not_found("法人"))?;
    let id = corporation.id;
    Ok(Known {
        merged: corporations::merged_into(reading.snapshot, id)?,
        offices: offices::of_corporation(reading.snapshot, id)?,
        cases: cases::of_corporation(reading.snapshot, id)?,
        corporation,
    })
}

fn shown(
    known: Known,
    agents: BTreeMap<OfficeNumber, AgentId>,
    actions: Vec<Action>,
    impossible: Vec<Action>,
    reading: &Reading<'_>,
) -> Shown {
    let Known {
        corporation,
        offices,
        cases: rows,
        merged,
    } = known;
    let lines = |wanted: fn(&cases::CaseRow) -> bool| -> Vec<CaseLine> {
        rows.iter()
            .filter(|row| wanted(row))
            .map(|row| CaseLine::new(row, reading))
            .collect()
    };
    show(&Page {
        frame: Frame::new(reading.viewer, "/corporations", &corporation.name),
        contact: contact(&corporation, reading)?,
        destination: destination(&corporation),
        services: lines(|row| row.kind == Kind::Enrolment),
        cases: lines(|row| row.kind != Kind::Enrolment),
        postponements: held::lines(
            &postponements::of_corporation(reading.snapshot, corporation.id)?,
            reading,
        )?,
        transfers: transfers::of(reading, corporation.id)?,
        merged,
        removed: removed(&offices, reading)?,
        offices,
        agents,
        corporation,
        actions,
        impossible,
    })
}

/// Why offices were taken out, as far as it was not erased.
fn removed(
    offices: &[OfficeRow],
    reading: &Reading<'_>,
) -> Result<BTreeMap<OfficeId, String>, Problem> {
    let mut removed = BTreeMap::new();
    for office in offices {
        if let Some(why) = reading.snapshot.text_of(office.removed_because.as_ref())? {
            removed.insert(office.id, why);
        }
    }
    Ok(removed)
}

/// Where what goes by post goes.
fn destination(row: &CorporationRow) -> Vec<(&'static str, String)> {
    let address = row.head_office.clone();
    let address = address.unwrap_or_else(|| "登録なし（最初の事業所の住所）".to_owned());
    vec![
        ("委任状と返信用封筒", row.send_to.label().to_owned()),
        ("本部の住所", address),
    ]
}

/// The contact, masked: enough to recognise, not enough to take away.
fn contact(
    row: &CorporationRow,
    reading: &Reading<'_>,
) -> Result<Vec<(&'static str, String)>, Problem> {
    let text = |text: &Option<TextRef>| reading.snapshot.text_of(text.as_ref());
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
