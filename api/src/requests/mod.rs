//! What can be asked from outside, one file per noun: the body, the command it becomes, its documentation. The same
//! body comes as JSON under `/api/v1` and as a form from a page; both end in [`crate::acting`].

pub mod agent;
pub mod attachment;
pub mod billing;
pub mod closing;
pub mod corporation;
pub mod credential;
pub mod debit_batch;
pub mod dispatch;
pub mod documented;
pub mod enrolment;
pub mod events;
pub mod installation;
pub mod licence;
pub mod licence_list;
pub mod lists;
pub mod mail;
pub mod mandate;
pub mod moving;
pub mod office_day;
pub mod option;
pub mod payment_list;
pub mod poa;
pub mod reads;
pub mod staff;
pub mod termination;
pub mod transfer;
pub mod transmission;

use crate::App;
use crate::acting::{self, Asking};
use crate::attaching::{self, Incoming};
use crate::dashboard::query::Query as Address;
use crate::dashboard::viewer::Viewer;
use crate::problem::Problem;
use crate::staff::own_path;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Redirect;
use axum::{Form, Json};
use chrono::{DateTime, NaiveDate, Utc};
use daicho_domain::nouns::Command;
use daicho_domain::stream::StaffId;
use daicho_eventlog::Executed;
use daicho_projections::cases::CaseRow;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// Something that can be asked of a thing, as it comes in.
pub trait Act: DeserializeOwned + Send {
    /// What names the thing in the path.
    type Target: DeserializeOwned + Send;

    /// The command it becomes; a body that cannot be one says why.
    fn command(self, target: Self::Target) -> Result<Command, Problem>;
}

/// Something that a person asks in her own name, because it takes two people: the event says who.
pub trait SignedAct: DeserializeOwned + Send {
    /// What names the thing in the path.
    type Target: DeserializeOwned + Send;

    /// The command it becomes.
    fn command(self, target: Self::Target, by: StaffId) -> Result<Command, Problem>;
}

/// A program that asks, and for whom: `Daicho-Staff` holds the opaque id of a member of the staff. Not proven until
/// there is a sign-in.
pub struct Asked {
    app: App,
    asking: Asking,
}

impl FromRequestParts<App> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let viewer = caller(parts, app).await?;
        Self::by(app, parts, &actor(&viewer)?)
    }
}

/// Whom a program names as the one who asks.
async fn caller(parts: &Parts, app: &App) -> Result<Viewer, Problem> {
    let named = parts
        .headers
        .get("daicho-staff")
        .and_then(|id| id.to_str().ok())
        .map(str::to_owned)
        .or_else(|| crate::staff::cookie(&parts.headers));
    Viewer::at(app.clone(), Address::at("/"), named).await
}

impl Asked {
    fn by(app: &App, parts: &Parts, actor: &str) -> Result<Self, Problem> {
        Ok(Self {
            app: app.clone(),
            asking: Asking::by_request(actor, &parts.headers, parts.extensions.get().copied())?,
        })
    }

    /// A member of the staff through a form of a page; `key` is the form's own number.
    pub fn by_form(viewer: &Viewer, key: Option<&str>) -> Result<Self, Problem> {
        Ok(Self {
            app: viewer.app.clone(),
            asking: Asking::by_form(&actor(viewer)?, key),
        })
    }

    /// Carries out what is asked; answers when the caller can see it.
    pub async fn does<A: Act>(self, body: A, target: A::Target) -> Result<Json<Recorded>, Problem> {
        self.sends(body.command(target)?).await
    }
}

impl Asked {
    /// Carries out what is asked in somebody's name.
    pub async fn signs<A: SignedAct>(
        self,
        body: A,
        target: A::Target,
    ) -> Result<Json<Recorded>, Problem> {
        let by = self.asking.staff()?;
        self.sends(body.command(target, by)?).await
    }

    /// Who asks, under which identity.
    pub const fn asking(&self) -> &Asking {
        &self.asking
    }

    /// The application, for a request that has to look something up first.
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// Who asks.
    pub fn staff(&self) -> Result<StaffId, Problem> {
        self.asking.staff()
    }

    /// Attaches a file to a case.
    pub async fn attaches(
        self,
        row: &CaseRow,
        incoming: Incoming,
        said: attaching::Said,
    ) -> Result<Json<Recorded>, Problem> {
        let by = self.asking.cause("0");
        let executed = attaching::attach(&self.app, row, incoming, said, by.clone()).await?;
        self.asking.is_what_was_asked(&by, &executed)?;
        Ok(Json(Recorded::of(&executed, self.app.views.applied())))
    }

    /// Carries out a command.
    pub async fn sends(self, command: Command) -> Result<Json<Recorded>, Problem> {
        let by = self.asking.cause("0");
        let executed = acting::execute(&self.app, command, by.clone()).await?;
        self.asking.is_what_was_asked(&by, &executed)?;
        Ok(Json(Recorded::of(&executed, self.app.views.applied())))
    }
}

/// The id under which the viewer acts; without one nothing is done.
pub fn actor(viewer: &Viewer) -> Result<String, Problem> {
    let member = viewer.staff.as_ref().filter(|member| !member.gone);
    member.map(|member| member.id.clone()).ok_or_else(|| {
        Problem::new(
            StatusCode::FORBIDDEN,
            "http.no_staff",
            "この操作は行われませんでした。",
            "担当者が選ばれていません。",
            "画面右上で担当者を選んでください。APIでは Daicho-Staff ヘッダーに担当者のIDを指定してください。",
        )
    })
}

/// What came of a request.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Recorded {
    /// Whether the same request had been carried out before: the events are those of that time.
    pub repeated: bool,
    /// Whether lists and pages show it. `false` while the read models have stopped: it is recorded, and shows when they
    /// go on.
    pub shown: bool,
    /// The events recorded; none when what was asked for held already.
    pub events: Vec<RecordedEvent>,
}

/// One recorded event.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecordedEvent {
    /// Its number in the log.
    pub number: u64,
    /// Its type, `poa.received.v1`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The stream it was recorded in.
    pub stream: String,
    /// Its version in the stream.
    pub version: u64,
    /// The business day on which it was decided.
    pub occurred_on: NaiveDate,
    /// The instant it was recorded.
    pub recorded_at: DateTime<Utc>,
}

impl Recorded {
    fn of(executed: &Executed, applied: Option<u64>) -> Self {
        let last = executed.events.last();
        let events = executed.events.iter().map(|decoded| RecordedEvent {
            number: decoded.recorded.number,
            kind: decoded.recorded.kind.to_string(),
            stream: decoded.recorded.stream.to_string(),
            version: decoded.recorded.version,
            occurred_on: decoded.recorded.occurred_on,
            recorded_at: decoded.recorded.recorded_at,
        });
        Self {
            repeated: executed.repeated,
            shown: last.is_none_or(|last| applied >= Some(last.recorded.number)),
            events: events.collect(),
        }
    }
}

/// What goes with a form beside its fields, in the address it is sent to.
#[derive(Debug, Deserialize)]
pub struct Back {
    /// The page to come back to.
    #[serde(default)]
    pub return_to: String,
    /// The form's own number: sent twice, it is carried out once.
    #[serde(default)]
    pub form: Option<String>,
}

/// A form of a page: carried out, then back to the page, which says what was recorded.
pub async fn form<A: Act>(
    viewer: Viewer,
    Path(target): Path<A::Target>,
    Query(back): Query<Back>,
    Form(body): Form<A>,
) -> Result<Redirect, Problem> {
    let asking = Asking::by_form(&actor(&viewer)?, back.form.as_deref()).saying(viewer.said);
    let command = body.command(target)?;
    let by = asking.cause("0");
    let executed = acting::execute(&viewer.app, command, by.clone()).await?;
    asking.is_what_was_asked(&by, &executed)?;
    Ok(Redirect::to(&done(&back.return_to, &executed)))
}

/// A form of a page that is carried out in the viewer's name.
pub async fn signed_form<A: SignedAct>(
    viewer: Viewer,
    Path(target): Path<A::Target>,
    Query(back): Query<Back>,
    Form(body): Form<A>,
) -> Result<Redirect, Problem> {
    let asking = Asking::by_form(&actor(&viewer)?, back.form.as_deref()).saying(viewer.said);
    let command = body.command(target, asking.staff()?)?;
    let by = asking.cause("0");
    let executed = acting::execute(&viewer.app, command, by.clone()).await?;
    asking.is_what_was_asked(&by, &executed)?;
    Ok(Redirect::to(&done(&back.return_to, &executed)))
}

/// The page to come back to, told which event was recorded first.
pub fn done(return_to: &str, executed: &Executed) -> String {
    let first = executed.events.first();
    let number = first.map_or_else(
        || "none".to_owned(),
        |event| event.recorded.number.to_string(),
    );
    told(return_to, &number)
}

/// The page to come back to, told something in its `done` field.
pub fn told(return_to: &str, said: &str) -> String {
    let path = own_path(return_to);
    let uri = path.parse().unwrap_or_default();
    Address::read(&uri).with("done", said).to_string()
}

/// An empty field of a form says nothing.
pub fn blank_is_none<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let text = text
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    let value = text.map(|text| serde_json::from_value(serde_json::Value::String(text)));
    value.transpose().map_err(serde::de::Error::custom)
}

/// An empty field says nothing, any other is an amount of yen.
pub fn blank_or_yen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let text: Option<String> = blank_is_none(deserializer)?;
    let yen = text.map(|text| text.parse());
    yen.transpose().map_err(serde::de::Error::custom)
}
