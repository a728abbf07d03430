//! An application is taken: whose, what for, how and when it came in, which offices. Before it is saved the page says
//! which month it starts in and why, how many days the customer will have the papers in hand, and what it may be a
//! double of. All of that is the domain considering the very command that would be recorded.

use super::case_actions::receipt;
use super::form::{Action, Entry, Field};
use super::frame::Frame;
use super::intake::{Line, line};
use super::parts::Why;
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, show, why, words};
use crate::acting::{self, Asking};
use crate::problem::Problem;
use crate::requests::enrolment::{EnterOffices, Register, StartTrial};
use crate::requests::transmission::{Apply, ApplyingOffice};
use crate::requests::{Act, actor, done};
use askama::Template;
use axum::Form;
use axum::response::{IntoResponse, Redirect, Response};
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::nouns::{Command, Event};
use daicho_domain::rules::{Ask, Dated, Question, answer};
use daicho_domain::stream::{CorporationId, OfficeId};
use daicho_domain::{enrolment, transmission};
use daicho_projections::corporations::{self, CorporationRow};
use daicho_projections::intake::{self, Kind};
use daicho_projections::offices::{self, OfficeRow};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Corporations shown to choose from.
const FOUND: u64 = 12;

/// What can be applied for.
const KINDS: [(&str, &str); 4] = [
    ("trial", "仮登録"),
    ("offices", "事業所情報"),
    ("register", "本登録"),
    ("transmission", "伝送"),
];

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

/// What would follow if the form were saved as it stands.
#[derive(Default)]
struct Preview {
    problem: Option<Problem>,
    headline: String,
    dates: Vec<(&'static str, String, Option<Why>)>,
    notices: Vec<String>,
}

/// What stands in the form.
#[derive(Clone, Default)]
struct Entered(BTreeMap<String, String>);

impl Entered {
    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    fn service(&self) -> Service {
        self.get("service")
            .parse()
            .unwrap_or(Service::HonobonoMini2)
    }

    fn kind(&self) -> &str {
        let asked = self.get("kind");
        KINDS
            .iter()
            .find(|(code, _)| *code == asked)
            .map_or("transmission", |(code, _)| code)
    }

    /// The fields of a receipt as the JSON body of the same request would have them.
    fn receipt(&self) -> Map<String, Value> {
        [
            "received_on",
            "received_at",
            "channel",
            "receipt_number",
            "proof",
        ]
        .iter()
        .map(|name| ((*name).to_owned(), json!(self.get(name))))
        .collect()
    }

    fn chosen(&self) -> impl Iterator<Item = &str> {
        self.0
            .keys()
            .filter_map(|name| name.strip_prefix("office-"))
    }

    /// The command the form asks for.
    fn command(
        &self,
        corporation: CorporationId,
        offices: &[OfficeRow],
    ) -> Result<Command, Problem> {
        let target = (corporation, self.service());
        match self.kind() {
            "trial" => {
                body::<StartTrial>(self.receipt())?.command((corporation, Service::HonobonoMini2))
            }
            "register" => {
                let mut fields = self.receipt();
                fields.insert("terms_version".into(), json!(self.get("terms_version")));
                body::<Register>(fields)?.command((corporation, Service::HonobonoMini2))
            }
            "offices" => {
                let chosen: Vec<&str> = self.chosen().collect();
                let mut fields = Map::new();
                fields.insert("offices".into(), json!(chosen));
                fields.insert("received_on".into(), json!(self.get("received_on")));
                body::<EnterOffices>(fields)?.command((corporation, Service::HonobonoMini2))
            }
            _transmission => {
                let applying = self.chosen().filter_map(|id| {
                    let row = offices.iter().find(|row| row.id.to_string() == id)?;
                    let missing = self.get(&format!("missing-{id}"));
                    let kj_id = self.get(&format!("kj-{id}"));
                    Some(ApplyingOffice {
                        number: row.number.to_string(),
                        kj_id: Some(kj_id.to_owned()).filter(|kj_id| !kj_id.is_empty()),
                        kj_id_confirmed: !self.get(&format!("confirmed-{id}")).is_empty(),
                        missing: missing
                            .split(['、', ','])
                            .map(str::trim)
                            .filter(|entry| !entry.is_empty())
                            .map(str::to_owned)
                            .collect(),
                    })
                });
                let apply = Apply {
                    application: self.get("application").parse::<Uuid>().ok(),
                    receipt: body(self.receipt())?,
                    offices: applying.collect(),
                };
                apply.command(target)
            }
        }
    }
}

fn body<T: serde::de::DeserializeOwned>(fields: Map<String, Value>) -> Result<T, Problem> {
    serde_json::from_value(Value::Object(fields)).map_err(|_| {
        Problem::unreadable("受領日・受領時刻・届き方のどれかが空か、読み取れません。")
    })
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
    let asking = Asking::by_form(&who, Some(entered.get("application")));
    let command = entered.command(corporation.id, &offices);
    let executed = match command {
        Ok(command) => acting::execute(&viewer.app, command, asking.cause(entered.kind())).await,
        Err(problem) => Err(problem),
    };
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
            let offices = offices
                .into_iter()
                .filter(|office| office.removed.is_none());
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

/// What the domain would record now, in words.
async fn preview(
    viewer: &Viewer,
    entered: &Entered,
    corporation: CorporationId,
    offices: &[OfficeRow],
) -> Preview {
    let command = match entered.command(corporation, offices) {
        Ok(command) => command,
        Err(problem) => {
            return Preview {
                problem: Some(problem),
                ..Preview::default()
            };
        }
    };
    let events = match viewer.app.engine.consider(command).await {
        Ok(events) => events,
        Err(error) => {
            return Preview {
                problem: Some(error.into()),
                ..Preview::default()
            };
        }
    };
    let mut preview = Preview {
        headline: "この内容で受け付けられます。".to_owned(),
        ..Preview::default()
    };
    for event in &events {
        match event {
            Event::Enrolment(event) => of_enrolment(event, &mut preview),
            Event::Transmission(event) => {
                of_transmission(event, viewer, entered, offices, &mut preview)
            }
            Event::Corporation(_)
            | Event::Poa(_)
            | Event::Credential(_)
            | Event::Licence(_)
            | Event::Billing(_)
            | Event::DebitBatch(_)
            | Event::Termination(_)
            | Event::OfficeDay(_)
            | Event::Schedule(_)
            | Event::Staff(_)
            | Event::Rulebook(_)
            | Event::Installation(_) => {}
        }
    }
    if events.is_empty() {
        preview.headline = "同じ内容がすでに記録されています。".to_owned();
    }
    preview
}

fn day(word: &'static str, dated: &Dated) -> (&'static str, String, Option<Why>) {
    (
        word,
        words::date(dated.on),
        Some(why::of(&dated.basis, word)),
    )
}

fn of_enrolment(event: &enrolment::Event, preview: &mut Preview) {
    match event {
        enrolment::Event::TrialStarted {
            last_free_day,
            registered_last_free_day,
            ..
        } => {
            preview.headline = format!(
                "この申込だと、お試しは {} まで",
                words::date(last_free_day.on)
            );
            preview.dates.push(day("お試しの満了日", last_free_day));
            preview
                .dates
                .push(day("本登録した場合の無料満了日", registered_last_free_day));
        }
        enrolment::Event::Registered {
            billing_start,
            last_free_day,
            ..
        } => {
            preview.headline =
                format!("この申込だと、課金開始は {}", words::date(billing_start.on));
            preview.dates.push(day("無料の満了日", last_free_day));
            preview.dates.push(day("課金開始日", billing_start));
        }
        enrolment::Event::OfficesEntered { offices, .. } => {
            preview.headline = format!("{} 事業所の情報を受け付けます。", offices.len());
        }
        enrolment::Event::BillingStarted { .. }
        | enrolment::Event::Suspended { .. }
        | enrolment::Event::Resumed { .. }
        | enrolment::Event::CarriedOver { .. }
        | enrolment::Event::Closed { .. }
        | enrolment::Event::Ended { .. } => {}
    }
}

fn of_transmission(
    event: &transmission::Event,
    viewer: &Viewer,
    entered: &Entered,
    offices: &[OfficeRow],
    preview: &mut Preview,
) {
    match event {
        transmission::Event::Applied { offices, .. } => {
            let missing = offices
                .iter()
                .filter(|office| office.missing.is_some())
                .count();
            if missing > 0 {
                preview.headline = "この申込では、まだ開始月が決まりません。".to_owned();
                preview.notices.push(format!("{missing} 事業所に足りないものがあります。すべて揃った日で締日を判定し、開始月が決まります。"));
            }
        }
        transmission::Event::StartSet {
            cutoff,
            complete_on,
            offices: planned,
            ..
        } => {
            let Some(plan) = planned.first().map(|office| &office.plan) else {
                return;
            };
            preview.headline = format!("この申込だと開始月は {}", plan.month().in_japanese());
            let month = Month::of(plan.start.on).in_japanese();
            preview
                .dates
                .push(("開始月", month, Some(why::of(&plan.start.basis, "開始月"))));
            preview.dates.push(day("間に合った締日", cutoff));
            preview.dates.push(day("委任状の返送期日", &plan.poa_due));
            preview
                .dates
                .push(day("国保連の締切", &plan.federation_date));
            preview.dates.push(day("ID/PW発行日", &plan.credentials_on));
            let prefecture = planned.first().map(|office| office.number.prefecture());
            let ask = Ask::new(entered.service(), Question::Dispatch, *complete_on)
                .in_prefecture(prefecture);
            if let Ok(answer) = answer(&viewer.app.policy(), &ask) {
                for name in ["days_in_hand", "post_back_by"] {
                    if let Ok(milestone) = answer.milestone(name) {
                        let link = why::of_ask(&ask, name, milestone.label);
                        preview.dates.push((
                            milestone.label,
                            why::value(milestone.value),
                            Some(link),
                        ));
                    }
                }
                preview
                    .notices
                    .extend(answer.notices.iter().map(|notice| notice.text.clone()));
            }
            let differing = offices
                .iter()
                .filter(|office| !entered.get(&format!("confirmed-{}", office.id)).is_empty());
            preview.notices.extend(differing.map(|office| {
                format!(
                    "{}：KJ IDが事業所番号と違うことを確認済みとして記録します。",
                    office.number
                )
            }));
        }
        transmission::Event::CarriedOver { .. }
        | transmission::Event::OfficeCompleted { .. }
        | transmission::Event::OfficeReady { .. }
        | transmission::Event::OfficeUnready { .. }
        | transmission::Event::OfficeDuePassed { .. }
        | transmission::Event::OfficePaperArrived { .. }
        | transmission::Event::PapersFiled { .. }
        | transmission::Event::FederationConfirmed { .. }
        | transmission::Event::FederationRejected { .. }
        | transmission::Event::OfficeWithdrawn { .. }
        | transmission::Event::AgentReleased { .. }
        | transmission::Event::NumberReplaced { .. }
        | transmission::Event::PapersOutdated { .. }
        | transmission::Event::Postponed { .. }
        | transmission::Event::PostponementCauseAdded { .. }
        | transmission::Event::PostponementCauseRemoved { .. }
        | transmission::Event::PostponementReversed { .. }
        | transmission::Event::PersonAsked { .. }
        | transmission::Event::PersonDecided { .. }
        | transmission::Event::IdsDue { .. }
        | transmission::Event::IdIssued { .. }
        | transmission::Event::Started { .. } => {}
    }
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
