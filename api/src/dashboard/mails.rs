//! 送信: the mails that wait, went out, or could not; what rests is released or dropped here. Of a link that stands in a mail
//! the end is not shown: it is its customer's alone.

use super::form::Action;
use super::frame::Frame;
use super::parts::{Chips, Mood, Paging, ROWS, Status as Word};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, feed, filter as filters, show, words};
use crate::problem::Problem;
use askama::Template;
use axum::extract::Path;
use chrono::NaiveDate;
use daicho_domain::mail::{About, Attachment, Carrier, Kind, Stage, Timing};
use daicho_domain::stream::{MailId, Stream};
use daicho_projections::letters::LetterRow;
use daicho_projections::mails::{self, Filter, MailRow, Status};
use daicho_projections::poa_tracker::PoaRow;
use daicho_projections::{case_history, corporations};
use daicho_workers::mail::Draft;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "mails.html")]
struct Page {
    frame: Frame,
    filters: Vec<Chips>,
    standing: Standing,
    lines: Vec<Line>,
    paging: Paging,
}

const STATUS: filters::Field<Status> = filters::Field {
    name: "status",
    title: "ステータス",
    all: Status::ALL,
    code: Status::code,
    label: Status::label,
};

const KIND: filters::Field<Kind> = filters::Field {
    name: "kind",
    title: "種類",
    all: Kind::ALL,
    code: Kind::code,
    label: Kind::label,
};

/// What holds for all mails.
struct Standing {
    /// Why nothing leaves now: the days for which sending rests.
    holds: Vec<String>,
    /// Mails go to a folder.
    folder: bool,
    /// Nothing links can lead to is configured.
    no_links: bool,
}

struct Line {
    corporation: String,
    href: String,
    kind: &'static str,
    mail: String,
    asked_on: String,
    status: Word,
    /// What more is to be said of it.
    remark: String,
    twice: bool,
    attempts: String,
    actions: Vec<Action>,
}

/// `GET /mails?status=&kind=&corporation=&page=`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let page = query.get("page").and_then(|page| page.parse().ok());
    let page = page.unwrap_or(1_u64).max(1);
    let listed = mails::list(reading.snapshot, &filter(query), (page - 1) * ROWS, ROWS)?;
    let standing = standing(reading)?;
    let lines = listed.rows.iter().map(|row| line(row, &standing, reading));
    show(&Page {
        frame: Frame::new(reading.viewer, "/mails", "送信"),
        filters: vec![chips(reading)?, KIND.chips(query)],
        lines: lines.collect::<Result<_, _>>()?,
        paging: Paging::of(query, page, ROWS, listed.total),
        standing,
    })
}

/// What the address asks for.
pub fn filter(query: &Query) -> Filter {
    Filter {
        statuses: STATUS.chosen(query),
        kinds: KIND.chosen(query),
        corporation: query.get("corporation").and_then(|id| id.parse().ok()),
    }
}

fn chips(reading: &Reading<'_>) -> Result<Chips, Problem> {
    let counts = mails::count_by_status(reading.snapshot)?;
    Ok(STATUS.counted(&reading.viewer.query, counts))
}

fn standing(reading: &Reading<'_>) -> Result<Standing, Problem> {
    let workers = &reading.viewer.app.workers;
    let holds = workers.sending_holds().map_err(|error| {
        tracing::error!(%error, "the holds cannot be read");
        Problem::failed()
    })?;
    let days = |(since, until): (NaiveDate, NaiveDate)| match since == until {
        true => words::date(since),
        false => format!("{}〜{}", words::date(since), words::date(until)),
    };
    let outgoing = workers.outgoing();
    Ok(Standing {
        holds: holds.into_iter().map(days).collect(),
        folder: outgoing.is_some_and(|out| out.post.carrier() == Carrier::Folder),
        no_links: outgoing.is_some_and(|out| out.letterhead.links.is_none()),
    })
}

/// Where a mail stands, in a word, with what more is to be said of it.
fn said(row: &MailRow, standing: &Standing, today: NaiveDate) -> (Word, String) {
    let mailing = &row.mailing.0;
    let waits = |remark: String| (Word::new(row.status.label(), Mood::During), remark);
    let rests = |remark: &str| {
        let word = Word::new("送信保留", Mood::Attention);
        (word, remark.to_owned())
    };
    match mailing.stage {
        Stage::Waiting if mailing.is_stale(today) => {
            rests("依頼から日がたっています。送信するか破棄してください")
        }
        Stage::Waiting if !standing.holds.is_empty() && mailing.released.is_none() => {
            rests("保留の解除を待っています")
        }
        Stage::Waiting if row.kind == Kind::CredentialNotice && standing.no_links => {
            rests("お客様向けのアドレスが設定されていません")
        }
        Stage::Waiting => match (row.failure, mailing.unknown, mailing.rules.timing) {
            (Some(why), _, _) => waits(format!("{}。時間をおいて再送します", why.label())),
            (None, 1.., _) => waits("届いたか不明のため、再送します".to_owned()),
            (None, 0, Timing::AtOnce {}) => waits(String::new()),
            (None, 0, Timing::OfficeHours { from_hour, to_hour }) => {
                waits(format!("営業日の{from_hour}時〜{to_hour}時に送信"))
            }
        },
        Stage::Claimed => waits(String::new()),
        Stage::Sent { carrier, on } => {
            let (word, mood) = match carrier {
                Carrier::Server => (row.status.label(), Mood::Done),
                Carrier::Folder => ("フォルダーに保存", Mood::Done),
            };
            (Word::new(word, mood), words::date(on))
        }
        Stage::Unaddressed => (
            Word::new(row.status.label(), Mood::Attention),
            "連絡先にメールアドレスを登録し、送信してください".to_owned(),
        ),
        Stage::GaveUp { why } => (
            Word::new(row.status.label(), Mood::Failed),
            format!("{}。宛先を確かめ、別の方法でご連絡ください", why.label()),
        ),
        Stage::Dropped => (Word::new(row.status.label(), Mood::Done), String::new()),
        Stage::CalledOff { why } => {
            let word = Word::new(row.status.label(), Mood::Done);
            (word, why.label().to_owned())
        }
    }
}

fn line(row: &MailRow, standing: &Standing, reading: &Reading<'_>) -> Result<Line, Problem> {
    let corporation = corporations::find(reading.snapshot, row.corporation)?;
    let today = reading.viewer.moment.day;
    let mailing = &row.mailing.0;
    let (status, remark) = said(row, standing, today);
    let rests = mailing.is_stale(today) || !standing.holds.is_empty();
    let (releases, drops) = match mailing.stage {
        Stage::Waiting => (rests && mailing.released.is_none(), true),
        Stage::Unaddressed | Stage::GaveUp { .. } => (true, true),
        Stage::Claimed | Stage::Sent { .. } | Stage::Dropped | Stage::CalledOff { .. } => {
            (false, false)
        }
    };
    let mut actions = Vec::new();
    if releases && !reading.viewer.moment.past {
        actions.push(action(row, "release", "送信する", reading));
    }
    if drops && !reading.viewer.moment.past {
        let dropped = action(row, "drop", "破棄", reading);
        actions.push(
            dropped
                .explains("このメールは送信されなくなります。")
                .danger(),
        );
    }
    Ok(Line {
        corporation: corporation.map_or_else(|| row.corporation.to_string(), |found| found.name),
        href: format!("/corporations/{}", row.corporation),
        kind: row.kind.label(),
        mail: format!("/mails/{}", row.mail),
        asked_on: words::date(row.asked_on),
        status,
        remark,
        twice: mailing.maybe_twice(),
        attempts: format!("{}回", mailing.attempts),
        actions,
    })
}

fn action(row: &MailRow, act: &str, word: &str, reading: &Reading<'_>) -> Action {
    let back = reading.viewer.query.without("done").to_string();
    let href = Query::at(&format!("/mails/{}/{act}", row.mail))
        .with("return_to", &back)
        .with("form", &Uuid::now_v7().simple().to_string());
    Action::new(&format!("{act}-{}", row.mail), word, &href.to_string())
}

#[derive(Template)]
#[template(path = "mail.html")]
struct One {
    frame: Frame,
    line: Line,
    standing: Standing,
    /// What it says, if that can be said.
    draft: Option<Draft>,
    /// The letter or 委任状 it carries, once it was printed.
    attached: Option<String>,
    carries: bool,
    /// Its text as it went out, once it did.
    kept: Option<String>,
    events: Vec<Happened>,
}

/// What happened to it.
struct Happened {
    when: String,
    what: &'static str,
}

/// A mail as staff may read it.
pub async fn draft(id: MailId, viewer: &Viewer) -> Result<Option<Draft>, Problem> {
    let draft = viewer.app.workers.mail_draft(id).await;
    draft.map_err(|error| {
        tracing::error!(%error, mail = %id, "a mail cannot be read");
        Problem::failed()
    })
}

/// `GET /mails/{id}`
pub async fn one(Path(id): Path<MailId>, viewer: Viewer) -> Shown {
    let draft = draft(id, &viewer).await?;
    viewer
        .read(move |reading| shown_one(id, draft, reading))
        .await
}

fn shown_one(id: MailId, draft: Option<Draft>, reading: &Reading<'_>) -> Shown {
    let row = mails::find(reading.snapshot, id)?.ok_or_else(|| Problem::not_found("メール"))?;
    let standing = standing(reading)?;
    let mailing = &row.mailing.0;
    let carries = mailing.rules.attachment == Attachment::Pdf;
    let printed = match mailing.about {
        About::Letter { letter } => {
            let row: Option<LetterRow> = reading.snapshot.row(&letter.to_string())?;
            row.and_then(|row| row.printed)
        }
        About::Paper { poa } => {
            let row: Option<PoaRow> = reading.snapshot.row(&poa.to_string())?;
            row.and_then(|row| row.printed)
        }
        About::Credential { .. } => None,
    };
    let events = case_history::of_stream(reading.snapshot, &Stream::Mail(id))?;
    let happened = |row: case_history::HistoryRow| Happened {
        when: words::time(row.recorded_at),
        what: feed::sentence(&row.kind),
    };
    show(&One {
        frame: Frame::new(reading.viewer, "/mails", row.kind.label()),
        line: line(&row, &standing, reading)?,
        standing,
        draft,
        attached: printed
            .filter(|_| carries)
            .map(|file| format!("/files/{file}")),
        carries,
        kept: mailing.kept.as_ref().map(|_| format!("/mails/{id}/kept")),
        events: events.into_iter().map(happened).collect(),
    })
}
