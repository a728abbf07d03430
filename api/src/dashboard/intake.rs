//! 申込受付: what came in, how and when, what is missing, which month it starts in.

use super::filter;
use super::frame::Frame;
use super::parts::{Chips, Mood, Paging, ROWS, Status as Word};
use super::viewer::{Reading, Viewer};
use super::{Shown, cases, show, words};
use askama::Template;
use daicho_domain::Service;
use daicho_domain::intake::Channel;
use daicho_domain::transmission::Missing;
use daicho_projections::intake::{self, Filter, IntakeRow, Kind, Status};

#[derive(Template)]
#[template(path = "intake.html")]
struct Page {
    frame: Frame,
    filters: Vec<Chips>,
    applications: Vec<Line>,
    paging: Paging,
}

/// One application.
pub struct Line {
    /// The corporation.
    pub corporation: String,
    /// Its page.
    pub href: String,
    /// What was applied for.
    pub kind: String,
    /// ステータス.
    pub status: Word,
    /// When and how it came in.
    pub received: String,
    /// The way and the number it came in with.
    pub way: String,
    /// When it was entered, and by whom.
    pub entered: String,
    /// Who entered it.
    pub by: String,
    /// How many offices.
    pub offices: u64,
    /// What is missing.
    pub missing: Vec<String>,
    /// The month it starts in.
    pub start_month: String,
}

/// `GET /intake`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let filter = Filter {
        kinds: cases::coded(query, "kind", &Kind::ALL, Kind::code)?,
        statuses: cases::coded(query, "status", &Status::ALL, Status::code)?,
        services: cases::coded(query, "service", &Service::ALL, Service::code)?,
        channels: cases::coded(query, "channel", Channel::ALL, Channel::code)?,
        search: query.get("q").map(str::to_owned),
        ..Filter::default()
    };
    let page = query.page();
    let listed = intake::list(reading.snapshot, &filter, (page - 1) * ROWS, ROWS)?;
    show(&Page {
        frame: Frame::new(reading.viewer, "/intake", "申込受付"),
        filters: vec![STATUS.chips(query), KIND.chips(query), CHANNEL.chips(query)],
        applications: listed.rows.iter().map(|row| line(row, reading)).collect(),
        paging: Paging::of(query, page, ROWS, listed.total),
    })
}

const STATUS: filter::Field<Status> = filter::Field {
    name: "status",
    title: "ステータス",
    all: &Status::ALL,
    code: Status::code,
    label: Status::label,
};

const KIND: filter::Field<Kind> = filter::Field {
    name: "kind",
    title: "種別",
    all: &Kind::ALL,
    code: Kind::code,
    label: Kind::label,
};

const CHANNEL: filter::Field<Channel> = filter::Field {
    name: "channel",
    title: "届き方",
    all: Channel::ALL,
    code: Channel::code,
    label: Channel::label,
};

/// One row, drawn.
pub fn line(row: &IntakeRow, reading: &Reading<'_>) -> Line {
    let time = row
        .received_at
        .map_or_else(String::new, |at| at.format(" %H:%M").to_string());
    let number = row
        .receipt_number
        .as_ref()
        .map_or_else(String::new, |number| format!("　{number}"));
    let missing = row.missing.0.iter().map(|gap| match &gap.missing {
        Missing::KjId => format!("{}：KJ ID", gap.number),
        Missing::Entries(entries) => format!("{}：{}", gap.number, entries.join("・")),
    });
    let mood = match row.status {
        Status::Entry => Mood::Before,
        Status::FormEntries => Mood::Attention,
        Status::KjId => Mood::During,
        Status::Taken | Status::Withdrawn => Mood::Done,
    };
    Line {
        corporation: row.corporation_name.clone(),
        href: format!("/corporations/{}", row.corporation),
        kind: format!("{}（{}）", row.kind.label(), words::service(row.service)),
        status: Word::new(row.status.label(), mood),
        received: format!("{}{time}", words::date(row.received_on)),
        way: format!("{}{number}", row.channel.label()),
        entered: words::near_date(row.entered_on, reading.viewer.moment.day),
        by: reading.actor(&row.entered_by),
        offices: row.offices,
        missing: missing.collect(),
        start_month: row
            .start_month
            .map_or_else(|| "―".to_owned(), |month| month.in_japanese()),
    }
}
