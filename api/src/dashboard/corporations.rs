//! 法人・事業所: the list, found by name, 法人番号, 事業所番号 or an id in another system.

use super::frame::Frame;
use super::parts::{Chip, Chips, Paging, ROWS};
use super::viewer::{Reading, Viewer};
use super::{Shown, show};
use askama::Template;
use daicho_projections::corporations::{self, CorporationRow, Filter};
use daicho_projections::offices::{self, OfficeRow};

/// Offices shown beside the corporations when something was searched.
const OFFICES: u64 = 20;

#[derive(Template)]
#[template(path = "corporations.html")]
struct Page {
    frame: Frame,
    searched: String,
    filters: Vec<Chips>,
    corporations: Vec<CorporationRow>,
    paging: Paging,
    offices: Vec<OfficeRow>,
    offices_more: bool,
}

/// `GET /corporations`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let searched = query
        .get("name")
        .map(str::trim)
        .unwrap_or_default()
        .to_owned();
    let search = Some(searched.clone()).filter(|typed| !typed.is_empty());
    let attention = query.has("attention", "yes");
    let page = query.page();
    let filter = Filter {
        search: search.clone(),
        attention,
    };
    let listed = corporations::list(reading.snapshot, &filter, (page - 1) * ROWS, ROWS)?;
    let found = match &search {
        Some(typed) => offices::list(reading.snapshot, Some(typed), 0, OFFICES)?,
        None => corporations::Listed {
            rows: vec![],
            total: 0,
        },
    };
    let chip = |word: &str, chosen, href: String| Chip {
        word: word.to_owned(),
        count: None,
        chosen,
        href,
    };
    show(&Page {
        frame: Frame::new(reading.viewer, "/corporations", "法人・事業所"),
        searched,
        filters: vec![Chips {
            title: "表示".into(),
            chips: vec![
                chip(
                    "すべて",
                    !attention,
                    query.without("page").without("attention").to_string(),
                ),
                chip(
                    "確認が必要",
                    attention,
                    query.without("page").with("attention", "yes").to_string(),
                ),
            ],
        }],
        paging: Paging::of(query, page, ROWS, listed.total),
        corporations: listed.rows,
        offices_more: found.total > OFFICES,
        offices: found.rows,
    })
}
