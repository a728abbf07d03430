//! Who looks at which moment: read from the request once, before a page is built. Everything a page asks the read
//! models it asks one snapshot, so that what stands on it belongs together.

use super::parts::{Due, Notice};
use super::query::Query;
use super::refused::Refused;
use crate::App;
use crate::acting::Said;
use crate::problem::Problem;
use crate::staff::{self, Member};
use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use chrono::{Days, NaiveDate};
use daicho_domain::stream::{CorporationId, Stream};
use daicho_projections::case_history::HistoryRow;
use daicho_projections::letters::LetterRow;
use daicho_projections::{Snapshot, case_history, cases, corporations, post_days};
use std::sync::Arc;

/// What a page shows: the present, or what was known at an earlier number of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The open business day, then or now.
    pub day: NaiveDate,
    /// The number of the last event shown.
    pub number: Option<u64>,
    /// Whether this is an earlier moment, in which nothing can be done.
    pub past: bool,
}

/// The person before the screen and what she asked to see.
#[derive(Clone)]
pub struct Viewer {
    /// The application.
    pub app: App,
    /// The address she asked for.
    pub query: Query,
    /// The name she chose.
    pub staff: Option<Member>,
    /// Everybody there is to choose from, and those who left.
    pub staff_all: Arc<[Member]>,
    /// The moment she looks at.
    pub moment: Moment,
    /// What she did last.
    pub notice: Option<Notice>,
    /// Whether the page answers a form: its address cannot be asked for again.
    pub posted: bool,
    /// What the form says, where she sent one.
    pub said: Option<Said>,
    /// The form of this page that was refused just now.
    pub refused: Option<Refused>,
}

/// One moment of the read models, for one viewer.
pub struct Reading<'a> {
    /// For whom.
    pub viewer: &'a Viewer,
    /// The rows.
    pub snapshot: &'a Snapshot,
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let viewer = Self::at(
            app.clone(),
            Query::read(&parts.uri),
            staff::cookie(&parts.headers),
        );
        let refused = parts.extensions.get::<Refused>().cloned();
        Ok(Self {
            posted: parts.method == Method::POST,
            said: parts.extensions.get::<Said>().copied(),
            refused,
            ..viewer.await?
        })
    }
}

impl Viewer {
    /// Somebody who asks for an address.
    pub async fn at(app: App, query: Query, chosen: Option<String>) -> Result<Self, Problem> {
        let asked = query.get("as_of").map(str::to_owned);
        let views = app.views.clone();
        let fallback = app.engine.clock().date_in_japan();
        let did = query.get("done").map(str::to_owned);
        let (moment, staff_all, notice) = blocking(move || {
            let snapshot = views.snapshot()?;
            let notice = did.map(|did| notice(&snapshot, &did)).transpose()?;
            let staff_all: Arc<[Member]> = staff::members(&snapshot)?.into();
            let moment = match asked {
                None => Moment {
                    day: post_days::today(&snapshot)?.unwrap_or(fallback),
                    number: snapshot.number()?,
                    past: false,
                },
                Some(asked) => past(snapshot, &asked)?,
            };
            Ok((moment, staff_all, notice))
        })
        .await?;
        let staff = chosen.and_then(|id| staff_all.iter().find(|member| member.id == id).cloned());
        Ok(Self {
            app,
            query,
            staff,
            staff_all,
            moment,
            notice,
            posted: false,
            said: None,
            refused: None,
        })
    }

    /// Builds something from the read models at the viewer's moment.
    pub async fn read<T: Send + 'static>(
        self,
        build: impl FnOnce(&Reading<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let span = tracing::Span::current();
        blocking(move || {
            let _entered = span.enter();
            let mut snapshot = self.app.views.snapshot()?;
            if let (true, Some(number)) = (self.moment.past, self.moment.number) {
                snapshot = snapshot.at(number);
            }
            build(&Reading {
                viewer: &self,
                snapshot: &snapshot,
            })
        })
        .await
    }
}

/// What the last action recorded, read back from the log's own history.
fn notice(snapshot: &Snapshot, did: &str) -> Result<Notice, Problem> {
    let number = did.parse::<u64>().ok();
    if number.is_some() && number > snapshot.number()? {
        let number = super::words::count(number.unwrap_or_default());
        let text = format!(
            "記録しました（記録 #{number}）。一覧への反映が止まっているため、画面にはまだ現れません。もう一度送信する必要はありません。"
        );
        return Ok(Notice {
            text,
            good: true,
            case: None,
        });
    }
    let row: Option<HistoryRow> = match number {
        Some(number) => snapshot.row(number)?,
        None => None,
    };
    let case = match &row {
        Some(row) => case_of(snapshot, row)?,
        None => None,
    };
    let text = match row {
        Some(row) => {
            let number = super::words::count(row.number);
            format!(
                "「{}」を記録しました（記録 #{number}）。",
                super::feed::sentence(&row.kind)
            )
        }
        None => "すでに記録されているため、新しい記録はありません。".to_owned(),
    };
    Ok(Notice {
        text,
        good: true,
        case,
    })
}

/// The page of the case that an event opened or is about: of an application, its first office's.
fn case_of(snapshot: &Snapshot, row: &HistoryRow) -> Result<Option<String>, Problem> {
    let case = if matches!(row.stream, Stream::Transmission(..)) {
        cases::numbered(snapshot, &format!("T{}-1", row.number))?
    } else {
        cases::keyed(snapshot, &row.stream.to_string())?
    };
    Ok(case.map(|case| super::case_line::href(&case.no)))
}

/// The moment named by a number of the log, or the end of a day in Japan.
fn past(snapshot: Snapshot, asked: &str) -> Result<Moment, Problem> {
    let head = snapshot.number()?.unwrap_or_default();
    let number = match (asked.parse::<u64>(), asked.parse::<NaiveDate>()) {
        (Ok(number), _) => Some(number),
        (_, Ok(day)) => {
            let end = (day + Days::new(1))
                .and_time(chrono::NaiveTime::MIN)
                .and_utc()
                - chrono::Duration::hours(9);
            case_history::number_at(&snapshot, end)?
        }
        (Err(_), Err(_)) => {
            return Err(Problem::unreadable(
                "表示時点は、記録番号か日付（2026-11-20）で指定してください。",
            ));
        }
    };
    let number = number
        .filter(|number| *number <= head)
        .ok_or_else(|| Problem::not_found("その時点の記録"))?;
    let snapshot = snapshot.at(number);
    let day = post_days::today(&snapshot)?.ok_or_else(|| Problem::not_found("その時点の営業日"))?;
    Ok(Moment {
        day,
        number: Some(number),
        past: true,
    })
}

/// Reading SQLite blocks a thread: one that is meant for it.
async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(read).await.map_err(|error| {
        tracing::error!(%error, "reading stopped");
        Problem::failed()
    })?
}

impl Reading<'_> {
    /// The badge of a date of ours or the customer's, in vendor business days.
    pub fn due(&self, on: NaiveDate) -> Due {
        Due::new(
            on,
            self.viewer.moment.day,
            self.viewer.app.policy().calendars.vendor(),
        )
    }

    /// Who an actor is: a member of the staff, or the system.
    pub fn actor(&self, id: &str) -> String {
        self.viewer
            .staff_all
            .iter()
            .find(|member| member.id == id)
            .map_or_else(
                || "自動処理".to_owned(),
                |member| format!("{}（未認証）", member.name),
            )
    }

    /// What a stream is called, and its page; nothing for what has none.
    pub fn subject(&self, stream: &Stream) -> Result<Option<(String, String)>, Problem> {
        let corporation = |id: CorporationId| -> Result<Option<(String, String)>, Problem> {
            let row = corporations::find(self.snapshot, id)?;
            Ok(row.map(|row| (row.name, format!("/corporations/{id}"))))
        };
        match stream {
            Stream::Corporation(id)
            | Stream::Transmission(id, _)
            | Stream::Billing(id)
            | Stream::Termination(id, _) => corporation(*id),
            Stream::DebitBatch(month) => Ok(Some((
                format!("{}の口座振替", month.in_japanese()),
                format!("/debits/{month}"),
            ))),
            Stream::Enrolment(..) | Stream::Poa(_) | Stream::Licence(_) => {
                let row = cases::keyed(self.snapshot, &stream.to_string())?;
                Ok(row.map(|row| (row.corporation_name, super::case_line::href(&row.no))))
            }
            Stream::OfficeDay(day) => {
                let href = format!("/office_day?day={day}");
                Ok(Some((super::words::short_date(*day), href)))
            }
            Stream::Rulebook(service) => {
                Ok(Some((service.name().to_owned(), "/rulebooks".to_owned())))
            }
            Stream::Dispatch(id) => {
                let row: Option<LetterRow> = self.snapshot.row(&id.to_string())?;
                row.map_or(Ok(None), |row| corporation(row.corporation))
            }
            Stream::Attachment(of) => self.subject(of),
            Stream::Agents => Ok(Some(("代理人ID".to_owned(), "/agents".to_owned()))),
            Stream::Credential(_)
            | Stream::Schedule(_)
            | Stream::Staff(_)
            | Stream::Installation
            | Stream::Mail(_) => Ok(None),
        }
    }
}
