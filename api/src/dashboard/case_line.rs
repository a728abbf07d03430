//! A case as one line of a list: on ホーム, in 案件, beside a corporation.

use super::parts::{Due, Mood, Status, Why};
use super::viewer::Reading;
use super::{why, words};
use daicho_projections::Mood as Said;
use daicho_projections::cases::{self, CaseRow};

/// One line.
#[derive(Debug, Clone)]
pub struct CaseLine {
    /// 案件番号.
    pub number: String,
    /// Its page.
    pub href: String,
    /// 種別 and service.
    pub kind: String,
    /// The corporation's name.
    pub corporation: String,
    /// The 事業所番号, or nothing where it is about the corporation.
    pub offices: String,
    /// ステータス.
    pub status: Status,
    /// 待ち理由.
    pub waits_for: String,
    /// 相手.
    pub party: String,
    /// 期限.
    pub due: Option<Due>,
    /// Its derivation.
    pub why: Option<Why>,
    /// 次に起きること.
    pub next: String,
    /// 開始月.
    pub start_month: String,
    /// 最終更新.
    pub updated: String,
    /// 担当.
    pub updated_by: String,
}

impl CaseLine {
    /// The line of a row.
    pub fn new(row: &CaseRow, reading: &Reading<'_>) -> Self {
        Self {
            number: row.no.clone(),
            href: href(&row.no),
            kind: kind(row),
            corporation: row.corporation_name.clone(),
            offices: row
                .office_number
                .map_or_else(String::new, |number| number.to_string()),
            status: status(row.status),
            waits_for: waits_for(row),
            party: row
                .party
                .map_or_else(String::new, |party| format!("相手：{}", party.label())),
            due: row.due.map(|due| reading.due(due)),
            why: row
                .basis
                .as_ref()
                .map(|basis| why::of(&basis.0, &format!("{}の期限", row.no))),
            next: row
                .next
                .map_or_else(|| "―".to_owned(), |next| next.label().to_owned()),
            start_month: row
                .start_month
                .map_or_else(|| "―".to_owned(), |month| month.in_japanese()),
            updated: words::near_date(row.updated_on, reading.viewer.moment.day),
            updated_by: row
                .assignee
                .as_deref()
                .map_or_else(|| "自動".to_owned(), |id| reading.actor(id)),
        }
    }
}

/// The page of a case.
pub fn href(number: &str) -> String {
    format!("/cases/{number}")
}

/// The number of the event that opened a case, which stands in its 案件番号: before it there was no such page.
pub fn opened(number: &str) -> u64 {
    let digits = number.trim_start_matches(|held: char| !held.is_ascii_digit());
    let (opened, _) = digits.split_once('-').unwrap_or((digits, ""));
    opened.parse().unwrap_or_default()
}

/// `伝送（mini2）`
pub fn kind(row: &CaseRow) -> String {
    format!("{}（{}）", row.kind.label(), words::service(row.service))
}

fn waits_for(row: &CaseRow) -> String {
    match (row.what, row.reasons) {
        (None, _) => "―".to_owned(),
        (Some(what), 0 | 1) => what.label().to_owned(),
        (Some(what), reasons) => format!("{} ほか{}件", what.label(), reasons - 1),
    }
}

/// ステータス of a case, drawn.
pub fn status(status: cases::Status) -> Status {
    let mood = match (status, status.mood()) {
        (cases::Status::PoaLapsed, _) => Mood::Failed,
        (cases::Status::PoaPostCount, _) => Mood::Attention,
        (_, Said::Before) => Mood::Before,
        (_, Said::During) => Mood::During,
        (_, Said::Done) => Mood::Done,
        (_, Said::Trouble) => Mood::Attention,
    };
    Status::new(status.label(), mood)
}
