//! An application is taken: whose, what for, how and when it came in, which offices. Before it is saved the page says
//! which month it starts in and why, how many days the customer will have the papers in hand, and what it may be a
//! double of. All of that is the domain considering the very command that would be recorded.

mod entered;
mod preview;

use super::case_actions::receipt;
use super::form::{Action, Entry, Field};
use super::frame::Frame;
use super::intake::{Line, line};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, show};
use crate::acting::{self, Asking};
use crate::problem::Problem;
use crate::requests::{actor, done};
use askama::Template;
use axum::Form;
use axum::response::{IntoResponse, Redirect, Response};
use daicho_domain::Service;
use daicho_domain::stream::{CorporationId, OfficeId};
use daicho_projections::corporations::{self, CorporationRow};
use daicho_projections::intake::{self, Kind};
use daicho_projections::offices::{self, OfficeRow};
use entered::{Entered, KINDS};
use preview::{Preview, preview};
use uuid::Uuid;

/// Corporations shown to choose from.
const FOUND: u64 = 12;

#[derive(Template)]
#[template(path = "intake_new.html")]
struct Page {
    frame: Frame,
    corporation: Option<CorporationRow>,
    searched: String,
    found: Vec<CorporationRow>,
    kinds: Vec<(&'static str, &'static str, bool, String)>,
    kind: String,
    service: Service,
    form: Action,
    offices: Vec<Office>,
    preview: Preview,
    doubles: Vec<Line>,
}

/// An office to choose, with what the form says of it.
struct Office {
    row: OfficeRow,
    chosen: bool,
    kj_id: String,
    confirmed: bool,
    missing: String,
}

/// `GET /intake/new?corporation=&kind=&service=&name=`
pub async fn page(viewer: Viewer) -> Shown {
    let fields = viewer.query.fields().iter().cloned().collect();
    shown(viewer, Entered(fields), false).await
}

/// `POST /intake/new`: shown again with what would follow, or saved.
pub async fn take(
    viewer: Viewer,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let entered = Entered(fields.into_iter().collect());
    if !entered.get("preview").is_empty() {
        return Ok(shown(viewer, entered, true).await?.into_response());
    }
    let who = actor(&viewer)?;
    let Some((corporation, offices)) = corporation_of(&viewer, &entered).await? else {
        return Err(Problem::unreadable("法人が選ばれていません。"));
    };
    let asking = Asking::by_form(&who, Some(entered.get("application"))).saying(viewer.said);
    let by = asking.cause(entered.kind());
    let command = entered.command(corporation.id, &offices);
    let executed = match command {
        Ok(command) => acting::execute(&viewer.app, command, by.clone()).await,
        Err(problem) => Err(problem),
    };
    let executed = executed.and_then(|executed| {
        asking.is_what_was_asked(&by, &executed)?;
        Ok(executed)
    });
    match executed {
        Ok(executed) => Ok(Redirect::to(&done("/intake", &executed)).into_response()),
        // The form is shown again, with what was entered and why it was not taken.
        Err(problem) => {
            let status = problem.status;
            Ok((status, shown(viewer, entered, true).await?).into_response())
        }
    }
}

async fn corporation_of(
    viewer: &Viewer,
    entered: &Entered,
) -> Result<Option<(CorporationRow, Vec<OfficeRow>)>, Problem> {
    let Ok(id) = entered.get("corporation").parse::<CorporationId>() else {
        return Ok(None);
    };
    viewer
        .clone()
        .read(move |reading| {
            let Some(row) = corporations::find(reading.snapshot, id)? else {
                return Err(Problem::not_found("法人"));
            };
            let offices = offices::of_corporation(reading.snapshot, row.id)?;
            let offices = offices.into_iter().filter(|office| !office.removed);
            Ok(Some((row, offices.collect())))
        })
        .await
}

async fn shown(viewer: Viewer, mut entered: Entered, asked: bool) -> Shown {
    if entered.get("application").is_empty() {
        entered
            .0
            .insert("application".into(), Uuid::now_v7().to_string());
    }
    let of = corporation_of(&viewer, &entered).await?;
    let preview = match &of {
        Some((corporation, offices)) if asked => {
            preview(&viewer, &entered, corporation.id, offices).await
        }
        Some(_) | None => Preview::default(),
    };
    viewer
        .read(move |reading| drawn(reading, &entered, of, preview))
        .await
}

fn drawn(
    reading: &Reading<'_>,
    entered: &Entered,
    of: Option<(CorporationRow, Vec<OfficeRow>)>,
    preview: Preview,
) -> Shown {
    let query = &reading.viewer.query;
    let kind = entered.kind();
    let service = entered.service();
    let searched = entered.get("name").to_owned();
    let found = if of.is_some() || searched.is_empty() {
        vec![]
    } else {
        let filter = corporations::Filter {
            search: Some(searched.clone()),
            attention: false,
        };
        corporations::list(reading.snapshot, &filter, 0, FOUND)?.rows
    };
    let doubles = match (&of, applied_for(kind)) {
        (Some((corporation, _)), Some(kind)) => {
            let service = if kind == Kind::Transmission {
                service
            } else {
                Service::HonobonoMini2
            };
            intake::suspected_doubles(reading.snapshot, corporation.id, kind, service)?
        }
        (_, _) => vec![],
    };
    let only = of.as_ref().is_some_and(|(_, offices)| offices.len() == 1);
    let fresh = entered.chosen().next().is_none() && entered.get("received_on").is_empty();
    let (corporation, rows) = of.map_or((None, vec![]), |(row, offices)| (Some(row), offices));
    let office = |row: OfficeRow| {
        let id: OfficeId = row.id;
        Office {
            chosen: entered.0.contains_key(&format!("office-{id}")) || (only && fresh),
            kj_id: entered.get(&format!("kj-{id}")).to_owned(),
            confirmed: !entered.get(&format!("confirmed-{id}")).is_empty(),
            missing: entered.get(&format!("missing-{id}")).to_owned(),
            row,
        }
    };
    let offices: Vec<Office> = rows.into_iter().map(office).collect();
    let held = corporation
        .as_ref()
        .map(|corporation| corporation.id.to_string());
    let base = held.map_or_else(
        || Query::at("/intake/new"),
        |id| Query::at("/intake/new").with("corporation", &id),
    );
    let kinds = KINDS.map(|(code, word)| {
        (
            code,
            word,
            code == kind,
            base.with("kind", code).to_string(),
        )
    });
    show(&Page {
        frame: Frame {
            searched: String::new(),
            ..Frame::new(reading.viewer, "/intake", "申込を受け付ける")
        },
        searched: if query.get("name").is_some() {
            searched
        } else {
            String::new()
        },
        found,
        kinds: kinds.into(),
        form: form(reading, entered),
        kind: kind.to_owned(),
        service,
        offices,
        preview,
        doubles: doubles.iter().map(|row| line(row, reading)).collect(),
        corporation,
    })
}

fn applied_for(kind: &str) -> Option<Kind> {
    match kind {
        "trial" => Some(Kind::Trial),
        "register" => Some(Kind::Registration),
        "transmission" => Some(Kind::Transmission),
        _offices => None,
    }
}

/// The fields beside the offices, with what was entered.
fn form(reading: &Reading<'_>, entered: &Entered) -> Action {
    let today = reading.viewer.moment.day;
    let mut form = Action::new("intake", "受け付ける", "/intake/new");
    form = match entered.kind() {
        "offices" => form.field(Field::must("received_on", "受領日", Entry::Day).value(today)),
        "register" => receipt(form, today).field(Field::must(
            "terms_version",
            "同意した利用者規約の版",
            Entry::Text,
        )),
        "trial" => receipt(form, today).field(
            Field::may("again_because", "2回目を認める理由", Entry::Text)
                .hint("前の利用が終わった法人の仮登録だけに要ります。氏名は書かないでください。"),
        ),
        _receipt => receipt(form, today),
    };
    for field in &mut form.fields {
        if let Some(value) = entered.0.get(field.name) {
            field.value.clone_from(value);
        }
    }
    form.hidden("application", entered.get("application"))
        .hidden("kind", entered.kind())
}

impl Page {
    fn needs_offices(&self) -> bool {
        matches!(self.kind.as_str(), "offices" | "transmission")
    }

    fn transmits(&self) -> bool {
        self.kind == "transmission"
    }

    fn services(&self) -> [Service; 2] {
        [Service::HonobonoMini2, Service::CareNetMessenger]
    }
}
