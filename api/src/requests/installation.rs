//! What a person decides about the running of the server: `/installation/…`, and the same as forms of 稼働状況.

use super::corporation::Confirmed;
use super::{Asked, Back, Recorded, actor, done};
use crate::App;
use crate::acting::{self, Asking};
use crate::dashboard::viewer::Viewer;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::Query;
use axum::response::Redirect;
use axum::{Form, Json};
use chrono::NaiveDate;
use daicho_domain::installation;
use daicho_domain::nouns::Command;
use daicho_domain::stream::Stream;
use daicho_eventlog::{Caused, Executed};
use serde::Deserialize;
use utoipa::ToSchema;

/// The clock is right, and the days up to it are to be opened, however many they are.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ConfirmDays {
    /// The last of them: the day that the server's clock says.
    pub until: NaiveDate,
    /// Days that were opened stay open.
    pub confirmed: Confirmed,
}

/// What rested on 送信保留 after an outage may go out.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReleaseSending {
    /// The first day that had been opened late.
    pub since: NaiveDate,
    /// The last one.
    pub until: NaiveDate,
}

impl ConfirmDays {
    /// A confirmation beyond the clock's day would let a later jump pass unasked.
    async fn carry_out(self, app: &App, by: Caused) -> Result<Executed, Problem> {
        let Self { until, .. } = self;
        let civil = app.engine.clock().date_in_japan();
        if until > civil {
            return Err(Problem::unreadable(&format!(
                "{until} は時計の日付（{civil}）より後です。時計の日付までの日を確認してください。"
            )));
        }
        let confirm = installation::Command::ConfirmDays { until };
        let command = Command::installation(&Stream::Installation, confirm);
        // The event rings the workers, who open the days.
        acting::execute(app, command, by).await
    }
}

impl ReleaseSending {
    async fn carry_out(self, app: &App, by: Caused) -> Result<Executed, Problem> {
        let Self { since, until } = self;
        let release = installation::Command::ReleaseSending { since, until };
        let command = Command::installation(&Stream::Installation, release);
        let executed = acting::execute(app, command, by).await?;
        // Asked again after a crash between the two, it is done again.
        app.workers.release_sending(since, until).map_err(|error| {
            tracing::error!(%error, "a released hold stays noted");
            Problem::failed()
        })?;
        Ok(executed)
    }
}

/// 時計の日付までの日をまとめて開始することを確認する。
#[utoipa::path(post, path = "/installation/confirm_days", tag = "installation", request_body = ConfirmDays,
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn confirm_days(
    Asked { app, asking }: Asked,
    Json(body): Json<ConfirmDays>,
) -> Result<Json<Recorded>, Problem> {
    let by = asking.cause("0");
    let executed = body.carry_out(&app, by.clone()).await?;
    asking.is_what_was_asked(&by, &executed)?;
    Ok(Json(Recorded::of(&executed, app.views.applied())))
}

/// 送信保留を解除する。
#[utoipa::path(post, path = "/installation/release_sending", tag = "installation", request_body = ReleaseSending,
    responses((status = 200, body = Recorded), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn release_sending(
    Asked { app, asking }: Asked,
    Json(body): Json<ReleaseSending>,
) -> Result<Json<Recorded>, Problem> {
    let by = asking.cause("0");
    let executed = body.carry_out(&app, by.clone()).await?;
    asking.is_what_was_asked(&by, &executed)?;
    Ok(Json(Recorded::of(&executed, app.views.applied())))
}

/// `POST /installation/confirm_days`, from 稼働状況.
pub async fn confirm_days_form(
    viewer: Viewer,
    Query(back): Query<Back>,
    Form(body): Form<ConfirmDays>,
) -> Result<Redirect, Problem> {
    let asking = Asking::by_form(&actor(&viewer)?, back.form.as_deref());
    let executed = body.carry_out(&viewer.app, asking.cause("0")).await?;
    Ok(Redirect::to(&done(&back.return_to, &executed)))
}

/// `POST /installation/release_sending`, from 稼働状況.
pub async fn release_sending_form(
    viewer: Viewer,
    Query(back): Query<Back>,
    Form(body): Form<ReleaseSending>,
) -> Result<Redirect, Problem> {
    let asking = Asking::by_form(&actor(&viewer)?, back.form.as_deref());
    let executed = body.carry_out(&viewer.app, asking.cause("0")).await?;
    Ok(Redirect::to(&done(&back.return_to, &executed)))
}
