//! 案件: the list. Filters, search, order and page live in the address; the counting and sorting is the view's.

use super::case_line::CaseLine;
use super::frame::Frame;
use super::parts::{Chip, Chips, Paging, ROWS};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, csv, show};
use crate::problem::Problem;
use askama::Template;
use axum::response::Response;
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::waiting::{Party, What};
use daicho_projections::cases::{self, Filter, Kind, Page as Range, Sort, Status};
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "cases.html")]
struct Page {
    frame: Frame,
    lead: String,
    filters: Vec<Chips>,
    sorts: Vec<Chip>,
    cases: Vec<CaseLine>,
    paging: Paging,
    narrowed: bool,
    download: String,
}

/// `GET /cases`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let filter = filter(query)?;
    let page = query.page();
    let listed = cases::list(
        reading.snapshot,
        &filter,
        range(query, (page - 1) * ROWS, ROWS),
    )?;
    let narrowed = filter
        != Filter {
            open: Some(true),
            ..Filter::default()
        };
    show(&Page {
        frame: Frame::new(reading.viewer, "/cases", "案件"),
        lead: lead(&filter),
        filters: chips(reading, &filter)?,
        sorts: sorts(query),
        cases: listed
            .rows
            .iter()
            .map(|row| CaseLine::new(row, reading))
            .collect(),
        paging: Paging::of(query, page, ROWS, listed.total),
        narrowed,
        download: Query::at("/cases.csv").with_fields_of(query).to_string(),
    })
}

/// `GET /cases.csv`: the same list as a file.
pub async fn download(viewer: Viewer) -> Result<Response, Problem> {
    let text = viewer
        .read(|reading| {
            let filter = filter(&reading.viewer.query)?;
            let range = range(&reading.viewer.query, 0, csv::ROWS_DOWNLOADED);
            let listed = cases::list(reading.snapshot, &filter, range)?;
            let mut text = csv::begin(
                "案件番号,種別,法人,事業所番号,ステータス,待ち理由,相手,期限,次に起きること,開始月,最終更新",
            );
            for row in &listed.rows {
                let line = CaseLine::new(row, reading);
                let cells = [
                    line.number,
                    line.kind,
                    line.corporation,
                    line.offices,
                    line.status.word,
                    line.waits_for,
                    row.party.map_or_else(String::new, |party| party.label().to_owned()),
                    row.due.map_or_else(String::new, |due| due.to_string()),
                    line.next,
                    line.start_month,
                    row.updated_on.to_string(),
                ];
                csv::add(&mut text, cells);
            }
            Ok(text)
        })
        .await?;
    Ok(csv::download("cases.csv", text))
}

fn lead(filter: &Filter) -> String {
    match (&filter.search, filter.open) {
        (Some(typed), _) => format!("「{typed}」を含む案件"),
        (None, Some(true)) => "進行中の案件。期限の近い順に並んでいます。".to_owned(),
        (None, Some(false)) => "完了した案件。".to_owned(),
        (None, None) => "すべての案件。".to_owned(),
    }
}

/// What the address asks for. A value that is none of ours is said, not passed over.
pub fn filter(query: &Query) -> Result<Filter, Problem> {
    let search = query
        .get("q")
        .map(str::trim)
        .filter(|typed| !typed.is_empty());
    Ok(Filter {
        open: match query.get("state") {
            Some("done") => Some(false),
            Some("all") => None,
            // A search looks everywhere.
            None if search.is_some() => None,
            Some(_) | None => Some(true),
        },
        kinds: coded(query, "kind", &Kind::ALL, Kind::code)?,
        statuses: coded(query, "status", Status::ALL, Status::code)?,
        whats: coded(query, "what", What::ALL, What::code)?,
        parties: coded(query, "party", &Party::ALL, Party::code)?,
        services: coded(query, "service", &Service::ALL, Service::code)?,
        start_months: parsed::<Month>(query, "start_month")?,
        assignees: query.all("assignee").map(str::to_owned).collect(),
        corporations: parsed(query, "corporation")?,
        offices: parsed(query, "office")?,
        due_from: parsed::<NaiveDate>(query, "due_from")?.first().copied(),
        due_to: parsed::<NaiveDate>(query, "due_to")?.first().copied(),
        due_none: query.has("due", "none"),
        search: search.map(str::to_owned),
    })
}

/// The words of a field, each one of ours.
pub fn coded<T: Copy>(
    query: &Query,
    field: &str,
    all: &[T],
    code: impl Fn(T) -> &'static str,
) -> Result<Vec<T>, Problem> {
    let find = |asked: &str| {
        let found = all.iter().copied().find(|held| code(*held) == asked);
        found.ok_or_else(|| {
            Problem::unreadable(&format!("絞り込み {field} に「{asked}」はありません。"))
        })
    };
    query.all(field).map(find).collect()
}

fn parsed<T: std::str::FromStr>(query: &Query, field: &str) -> Result<Vec<T>, Problem> {
    let read = |asked: &str| {
        asked.parse().map_err(|_| {
            Problem::unreadable(&format!("絞り込み {field} の「{asked}」を読み取れません。"))
        })
    };
    query.all(field).map(read).collect()
}

/// The order and the place that the address asks for.
pub fn range(query: &Query, offset: u64, limit: u64) -> Range {
    let asked = query.get("sort").unwrap_or("due");
    let (name, descending) = asked
        .strip_prefix('-')
        .map_or((asked, false), |name| (name, true));
    let sort = Sort::ALL
        .iter()
        .find_map(|(sort, code)| (*code == name).then_some(*sort))
        .unwrap_or_default();
    Range {
        sort,
        descending,
        offset,
        limit,
    }
}

fn sorts(query: &Query) -> Vec<Chip> {
    let now = query.get("sort").unwrap_or("due").to_owned();
    [
        ("due", "期限順"),
        ("-updated", "更新の新しい順"),
        ("start_month", "開始月順"),
        ("corporation", "法人名順"),
        ("no", "番号順"),
    ]
    .map(|(code, word)| Chip {
        word: word.to_owned(),
        count: None,
        chosen: now == code,
        href: query.without("page").with("sort", code).to_string(),
    })
    .into()
}

/// The chips above the list, counted without their own row's choice so that each says what it would add.
fn chips(reading: &Reading<'_>, filter: &Filter) -> Result<Vec<Chips>, Problem> {
    let query = &reading.viewer.query;
    let counts: BTreeMap<Status, u64> = cases::count_by_status(
        reading.snapshot,
        &Filter {
            statuses: vec![],
            ..filter.clone()
        },
    )?
    .into_iter()
    .collect();
    let state = |word: &str, code: &str, chosen| Chip {
        word: word.to_owned(),
        count: None,
        chosen,
        href: query.without("page").with("state", code).to_string(),
    };
    let chip = |field: &str, code: &str, word: &str, count| Chip {
        word: word.to_owned(),
        count,
        chosen: query.has(field, code),
        href: query.switched(field, code).to_string(),
    };
    let row = |title: &str, chips| Chips {
        title: title.to_owned(),
        chips,
    };
    let statuses = Status::ALL
        .iter()
        .filter(|status| counts.contains_key(status) || filter.statuses.contains(status))
        .map(|status| {
            let count = counts.get(status).copied().unwrap_or_default();
            chip("status", status.code(), status.label(), Some(count))
        });
    let kinds = Kind::ALL.map(|kind| chip("kind", kind.code(), kind.label(), None));
    let parties = Party::ALL.map(|party| chip("party", party.code(), party.label(), None));
    let services = Service::ALL.map(|service| {
        chip(
            "service",
            service.code(),
            super::words::service(service),
            None,
        )
    });
    let due = |word: &str, from: Option<NaiveDate>, to: Option<NaiveDate>| {
        let chosen = !filter.due_none && filter.due_from == from && filter.due_to == to;
        let mut target = query.without("page").without("due_from").without("due_to");
        if !chosen {
            if let Some(from) = from {
                target = target.with("due_from", &from.to_string());
            }
            if let Some(to) = to {
                target = target.with("due_to", &to.to_string());
            }
        }
        Chip {
            word: word.to_owned(),
            count: None,
            chosen,
            href: target.to_string(),
        }
    };
    let today = reading.viewer.moment.day;
    Ok(vec![
        row(
            "状態",
            vec![
                state("進行中", "open", filter.open == Some(true)),
                state("完了", "done", filter.open == Some(false)),
                state("すべて", "all", filter.open.is_none()),
            ],
        ),
        row("ステータス", statuses.collect()),
        row(
            "期限",
            vec![
                due("期限超過", None, today.pred_opt()),
                due("本日", Some(today), Some(today)),
                due("7日以内", Some(today), Some(today + chrono::Days::new(7))),
                Chip {
                    word: "期限なし".to_owned(),
                    count: None,
                    chosen: filter.due_none,
                    href: query
                        .without("due_from")
                        .without("due_to")
                        .switched("due", "none")
                        .to_string(),
                },
            ],
        ),
        row("相手", parties.into()),
        row("種別", kinds.into()),
        row("サービス", services.into()),
    ])
}
