//! ID/PW発行, by start month: who gets one on the day, who cannot and why, who has it. The secret itself is never here.

use super::case_actions::choices;
use super::form::{Action, Field};
use super::frame::Frame;
use super::parts::{Chip, Chips, Due, Mood, Status as Word, Why};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, show, why, words};
use crate::problem::Problem;
use askama::Template;
use daicho_domain::credential::{Closed, ReissueReason};
use daicho_domain::dates::Month;
use daicho_domain::rules::{Ask, Question, answer};
use daicho_projections::cases::entry_key;
use daicho_projections::issuance::{self, IssuanceRow, Status};
use daicho_projections::lookups::{self, LookupRow};

#[derive(Template)]
#[template(path = "credentials.html")]
struct Page {
    frame: Frame,
    month: Month,
    months: Vec<Chips>,
    counts: Vec<(Word, u64)>,
    days: Vec<(&'static str, Due, Why)>,
    lines: Vec<Line>,
}

struct Line {
    corporation: String,
    href: String,
    number: String,
    service: &'static str,
    status: Word,
    reason: &'static str,
    on: Due,
    /// What is done needs no badge.
    issued: bool,
    federation: &'static str,
    /// Whether the customer has looked.
    looked: Option<Looked>,
}

/// The link to the initial password, as staff see it: how it stands, never what it is.
struct Looked {
    status: Word,
    until: Option<String>,
    reissue: Action,
}

/// `GET /credentials?month=`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let next = Month::of(reading.viewer.moment.day).next();
    let month = match query.get("month") {
        Some(text) => text
            .parse()
            .map_err(|_| Problem::unreadable("月は 2026-12 のように指定してください。"))?,
        None => next,
    };
    let rows = issuance::of_month(reading.snapshot, month)?;
    let count = |status| rows.iter().filter(|row| row.status == status).count() as u64;
    show(&Page {
        frame: Frame::new(reading.viewer, "/credentials", "ID/PW発行"),
        months: months(reading, query, month)?,
        counts: Status::ALL.map(|held| (status(held), count(held))).into(),
        days: days(reading, month),
        lines: rows
            .iter()
            .map(|row| line(row, reading))
            .collect::<Result<_, _>>()?,
        month,
    })
}

fn months(reading: &Reading<'_>, query: &Query, chosen: Month) -> Result<Vec<Chips>, Problem> {
    let from = Month::of(reading.viewer.moment.day).previous();
    let counts = issuance::months(reading.snapshot, from)?;
    let mut months: Vec<Month> = counts.iter().map(|count| count.month).collect();
    months.push(chosen);
    months.sort_unstable();
    months.dedup();
    let chips = months.into_iter().map(|month| Chip {
        word: month.in_japanese(),
        count: Some(
            counts
                .iter()
                .filter(|count| count.month == month)
                .map(|count| count.offices)
                .sum(),
        ),
        chosen: month == chosen,
        href: query.with("month", &month.to_string()).to_string(),
    });
    Ok(vec![Chips {
        title: "開始月".into(),
        chips: chips.collect(),
    }])
}

/// The day of issue of each service, with its derivation.
fn days(reading: &Reading<'_>, month: Month) -> Vec<(&'static str, Due, Why)> {
    let policy = reading.viewer.app.policy();
    let of = |service: daicho_domain::Service| {
        let ask = Ask::new(service, Question::TransmissionMonth, month.first_day());
        let on = answer(&policy, &ask).ok()?.dated("credentials_on").ok()?;
        Some((
            words::service(service),
            reading.due(on.on),
            why::of(&on.basis, "ID/PW発行日"),
        ))
    };
    daicho_domain::Service::ALL
        .into_iter()
        .filter_map(of)
        .collect()
}

fn status(status: Status) -> Word {
    let mood = match status {
        Status::Ready => Mood::During,
        Status::NotReady => Mood::Before,
        Status::Held | Status::Due => Mood::Attention,
        Status::Issued => Mood::Done,
    };
    Word::new(status.label(), mood)
}

fn line(row: &IssuanceRow, reading: &Reading<'_>) -> Result<Line, Problem> {
    let looked = match row.credential {
        Some(credential) => lookups::of(reading.snapshot, credential)?,
        None => None,
    };
    Ok(Line {
        looked: looked.map(|looked| self::looked(&looked, reading)),
        corporation: row.corporation_name.clone(),
        href: format!("/cases/of/{}", entry_key(row.application, row.office)),
        number: row.office_number.to_string(),
        service: words::service(row.service),
        status: status(row.status),
        reason: row.held.map_or("", |held| held.label()),
        on: reading.due(row.issue_on),
        issued: row.status == Status::Issued,
        federation: if row.confirmed {
            "確認済み"
        } else {
            "未確認"
        },
    })
}

fn looked(row: &LookupRow, reading: &Reading<'_>) -> Looked {
    let closed = row.closed_on(reading.viewer.moment.day);
    let (word, mood) = match closed {
        None => ("お客様の確認待ち", Mood::During),
        Some(Closed::NotYet) => ("表示期間の前", Mood::Before),
        Some(Closed::NoneKept) => ("初期パスワードなし", Mood::Before),
        Some(Closed::UsedUp) => ("確認済み", Mood::Done),
        Some(Closed::Replaced) => ("パスワード変更済み", Mood::Done),
        Some(Closed::Expired) => ("確認されずに期限切れ", Mood::Attention),
        Some(Closed::Locked) => ("誤った試行で停止", Mood::Attention),
    };
    let until = match (&row.link, row.looked_on) {
        (_, Some(on)) => Some(format!("{} 確認", words::date(on))),
        (Some(link), None) if closed.is_none() => {
            Some(format!("{} まで", words::date(link.0.until)))
        }
        (Some(_) | None, None) => None,
    };
    let href = format!("/credentials/{}/reissue", row.credential);
    let id = format!("reissue-{}", row.credential);
    let reissue = Action::new(&id, "再発行", &href)
        .explains("初期パスワードを作り直し、新しい確認用リンクを作ります。古いリンクとパスワードは使えなくなります。お客様の依頼による再発行の手数料は、規程に従って自動で請求に加わります。")
        .field(
            Field::must(
                "why",
                "理由",
                choices(ReissueReason::ALL, ReissueReason::code, ReissueReason::label),
            )
            .value(ReissueReason::Customer.code()),
        )
        .danger();
    Looked {
        status: Word::new(word, mood),
        until,
        reissue: reading
            .viewer
            .form(reissue, &reading.viewer.query.without("done").to_string()),
    }
}
