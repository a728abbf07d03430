//! 請求・債権台帳: what was charged, paid and reversed, found by date, amount and counterparty; everything in the address.

use super::filter;
use super::form::{Entry, Field};
use super::frame::Frame;
use super::parts::{Chips, Mood, Paging, ROWS, Status};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, cases, csv, show, words};
use crate::problem::Problem;
use askama::Template;
use axum::response::Response;
use daicho_domain::Service;
use daicho_domain::billing;
use daicho_projections::ledger::{self, EntryRow, Filter, Found, Kind};

#[derive(Template)]
#[template(path = "ledger.html")]
struct Page {
    frame: Frame,
    filters: Vec<Chips>,
    fields: Vec<Field>,
    kept: Vec<(String, String)>,
    lines: Vec<Line>,
    amount: String,
    open: String,
    paging: Paging,
    download: String,
    takes_lists: bool,
    form: String,
}

struct Line {
    booked_on: String,
    kind: &'static str,
    corporation: String,
    href: String,
    about: String,
    amount: String,
    tax: String,
    open: String,
    debit_on: String,
    status: Option<Status>,
    key: String,
}

/// `GET /ledger`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let page = query.page();
    let filter = filter(query)?;
    let Found {
        listed,
        amount,
        open,
    } = ledger::list(reading.snapshot, &filter, (page - 1) * ROWS, ROWS)?;
    let held = |name: &str| query.get(name).unwrap_or_default().to_owned();
    let field = |name, title: &str, entry| Field::may(name, title, entry).value(held(name));
    show(&Page {
        frame: Frame::new(reading.viewer, "/ledger", "請求・債権台帳"),
        filters: vec![KIND.chips(query), STATUS.chips(query), SERVICE.chips(query)],
        fields: vec![
            field("q", "相手（法人名・法人番号）", Entry::Text),
            field("from", "計上日（から）", Entry::Day),
            field("to", "計上日（まで）", Entry::Day),
            field("amount_min", "金額（以上）", Entry::Number),
            field("amount_max", "金額（以下）", Entry::Number),
        ],
        kept: query
            .fields()
            .iter()
            .filter(|(name, _)| ["kind", "status", "service", "as_of"].contains(&name.as_str()))
            .cloned()
            .collect(),
        lines: listed.rows.iter().map(line).collect(),
        amount: words::yen(amount),
        open: words::yen(open),
        paging: Paging::of(query, page, ROWS, listed.total),
        download: Query::at("/ledger.csv").with_fields_of(query).to_string(),
        takes_lists: !reading.viewer.moment.past,
        form: uuid::Uuid::now_v7().simple().to_string(),
    })
}

const KIND: filter::Field<Kind> = filter::Field {
    name: "kind",
    title: "種別",
    all: &Kind::ALL,
    code: Kind::code,
    label: Kind::label,
};

const STATUS: filter::Field<billing::Status> = filter::Field {
    name: "status",
    title: "ステータス",
    all: billing::Status::ALL,
    code: billing::Status::code,
    label: billing::Status::label,
};

const SERVICE: filter::Field<Service> = filter::Field {
    name: "service",
    title: "サービス",
    all: &Service::ALL,
    code: Service::code,
    label: words::service,
};

fn line(row: &EntryRow) -> Line {
    let about = match (row.service, row.month) {
        (Some(service), Some(month)) => {
            // The key of a charge says what it is for: a month's options stand beside its fee.
            let of_options = row.entry.to_string().split('.').nth(2) == Some("options");
            let what = if of_options { " オプション" } else { "" };
            format!(
                "{}{what} {}分",
                words::service(service),
                month.in_japanese()
            )
        }
        (_, _) => String::new(),
    };
    Line {
        booked_on: words::date(row.booked_on),
        kind: row.kind.label(),
        corporation: row.corporation_name.clone(),
        href: format!("/cases/of/billing-{}", row.corporation),
        about,
        amount: words::yen(row.amount),
        tax: words::yen(row.tax),
        open: words::yen(row.open),
        debit_on: row.debit_on.map_or_else(String::new, words::date),
        status: row.status.map(status),
        key: row.entry.to_string(),
    }
}

/// A charge's status, drawn.
pub fn status(status: billing::Status) -> Status {
    let mood = match status {
        billing::Status::Charged => Mood::Before,
        billing::Status::Gathered | billing::Status::Requested => Mood::During,
        billing::Status::Paid | billing::Status::Reversed => Mood::Done,
        billing::Status::Arrears => Mood::Attention,
    };
    Status::new(status.label(), mood)
}

/// What the address asks for.
pub fn filter(query: &Query) -> Result<Filter, Problem> {
    Ok(Filter {
        kinds: cases::coded(query, "kind", &Kind::ALL, Kind::code)?,
        statuses: cases::coded(query, "status", billing::Status::ALL, billing::Status::code)?,
        services: cases::coded(query, "service", &Service::ALL, Service::code)?,
        from: read(query, "from", "日付")?,
        to: read(query, "to", "日付")?,
        amount_min: read(query, "amount_min", "金額")?,
        amount_max: read(query, "amount_max", "金額")?,
        corporation: read(query, "corporation", "法人")?,
        search: query
            .get("q")
            .filter(|typed| !typed.trim().is_empty())
            .map(str::to_owned),
    })
}

/// A field of the address, if something stands in it.
pub fn read<T: std::str::FromStr>(
    query: &Query,
    field: &str,
    word: &str,
) -> Result<Option<T>, Problem> {
    let text = query
        .get(field)
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let value = text.map(|text| {
        text.parse()
            .map_err(|_| Problem::unreadable(&format!("{word}「{text}」を読み取れません。")))
    });
    value.transpose()
}

/// `GET /ledger.csv`: the same list as a file.
pub async fn download(viewer: Viewer) -> Result<Response, Problem> {
    let text = viewer
        .read(|reading| {
            let filter = filter(&reading.viewer.query)?;
            let found = ledger::list(reading.snapshot, &filter, 0, csv::ROWS_DOWNLOADED)?;
            let mut text = csv::begin(
                "計上日,種別,法人,サービス,対象月,金額,うち消費税,未入金,引落日,ステータス,番号",
            );
            for row in &found.listed.rows {
                let cells = [
                    row.booked_on.to_string(),
                    row.kind.label().to_owned(),
                    row.corporation_name.clone(),
                    row.service
                        .map_or_else(String::new, |service| service.name().to_owned()),
                    row.month
                        .map_or_else(String::new, |month| month.to_string()),
                    row.amount.to_string(),
                    row.tax.to_string(),
                    row.open.to_string(),
                    row.debit_on.map_or_else(String::new, |day| day.to_string()),
                    row.status
                        .map_or_else(String::new, |status| status.label().to_owned()),
                    row.entry.to_string(),
                ];
                csv::add(&mut text, cells);
            }
            Ok(text)
        })
        .await?;
    Ok(csv::download("ledger.csv", text))
}
