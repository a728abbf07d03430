//! 電子取引・書類: every document that is kept as it was sent or received, found by date, amount and counterparty; everything in
//! the address. Each file that is shown is read and held against its digest: one that is missing or changed is named.

use super::form::{Entry, Field};
use super::frame::Frame;
use super::ledger::read;
use super::parts::{Chips, Mood, Paging, ROWS, Status};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, case_line, cases as listed, csv, filter as filters, show, words};
use crate::problem::Problem;
use askama::Template;
use axum::response::Response;
use daicho_domain::document::FileDigest;
use daicho_domain::identifiers::TrackingNumber;
use daicho_domain::mail::Kind as Mail;
use daicho_eventlog::{DataDir, Kept};
use daicho_projections::documents::{self, Direction, DocumentRow, Filter, Kind, Standing};
use daicho_projections::{Snapshot, cases, corporations};
use daicho_workers::letters::Letter;

#[derive(Template)]
#[template(path = "documents.html")]
struct Page {
    frame: Frame,
    filters: Vec<Chips>,
    fields: Vec<Field>,
    kept: Vec<(String, String)>,
    lines: Vec<Line>,
    /// Those of them whose file is not what was kept.
    lost: Vec<String>,
    paging: Paging,
    download: String,
}

struct Line {
    dated_on: String,
    direction: &'static str,
    name: String,
    counterparty: String,
    href: Option<String>,
    amount: String,
    standing: Status,
    tracking: String,
    /// Where it opens, if it does.
    file: Option<String>,
    digest: String,
    check: Status,
}

const DIRECTION: filters::Field<Direction> = filters::Field {
    name: "direction",
    title: "向き",
    all: Direction::ALL,
    code: Direction::code,
    label: Direction::label,
};

const KIND: filters::Field<Kind> = filters::Field {
    name: "kind",
    title: "種類",
    all: Kind::ALL,
    code: Kind::code,
    label: Kind::label,
};

const STANDING: filters::Field<Standing> = filters::Field {
    name: "standing",
    title: "ステータス",
    all: Standing::ALL,
    code: Standing::code,
    label: Standing::label,
};

/// How the file of a document is found.
pub fn word(kept: &Kept) -> Status {
    match kept {
        Kept::Whole(_) => Status::new("一致", Mood::Done),
        Kept::Missing => Status::new("ファイルなし", Mood::Failed),
        Kept::Altered => Status::new("内容が変わっている", Mood::Failed),
    }
}

/// `GET /documents`
pub async fn page(viewer: Viewer) -> Shown {
    let data = viewer.app.data.clone();
    viewer
        .read(move |reading| shown(reading, data.as_ref()))
        .await
}

fn shown(reading: &Reading<'_>, data: Option<&DataDir>) -> Shown {
    let query = &reading.viewer.query;
    let page = query.get("page").and_then(|page| page.parse().ok());
    let page = page.unwrap_or(1_u64).max(1);
    let found = documents::list(reading.snapshot, &filter(query)?, (page - 1) * ROWS, ROWS)?;
    let mut lines = Vec::new();
    let mut lost = Vec::new();
    for row in &found.rows {
        let line = line(row, reading.snapshot, data)?;
        if line.check.mood == Mood::Failed {
            lost.push(format!(
                "{} {}（{}）：{}。files/{}",
                line.dated_on, line.name, line.counterparty, line.check.word, line.digest
            ));
        }
        lines.push(line);
    }
    let held = |name: &str| query.get(name).unwrap_or_default().to_owned();
    let field = |name, title: &str, entry| Field::may(name, title, entry).value(held(name));
    show(&Page {
        frame: Frame::new(reading.viewer, "/documents", "電子取引・書類"),
        filters: vec![
            DIRECTION.chips(query),
            KIND.chips(query),
            STANDING.chips(query),
        ],
        fields: vec![
            field("q", "相手・事業所番号・追跡番号", Entry::Text),
            field("from", "日付（から）", Entry::Day),
            field("to", "日付（まで）", Entry::Day),
            field("amount_min", "金額（以上）", Entry::Number),
            field("amount_max", "金額（以下）", Entry::Number),
        ],
        kept: query
            .fields()
            .iter()
            .filter(|(name, _)| ["direction", "kind", "standing", "as_of"].contains(&name.as_str()))
            .cloned()
            .collect(),
        lines,
        lost,
        paging: Paging::of(query, page, ROWS, found.total),
        download: Query::at("/documents.csv")
            .with_fields_of(query)
            .to_string(),
    })
}

/// With whom a document is.
pub fn counterparty(row: &DocumentRow, snapshot: &Snapshot) -> Result<String, Problem> {
    let Some(id) = row.corporation else {
        return Ok(match row.counterparty.is_empty() {
            true => "―".to_owned(),
            false => row.counterparty.clone(),
        });
    };
    let found = corporations::find(snapshot, id)?;
    Ok(found.map_or_else(|| id.to_string(), |found| found.name))
}

/// What a document is called: the letter's or mail's own name, or that of its kind.
pub fn name(row: &DocumentRow) -> String {
    let letter: Option<Letter> = row.letter.parse().ok();
    let mut mails = Mail::ALL.iter().filter(|_| row.kind == Kind::Mail);
    let mail = mails.find(|mail| mail.code() == row.letter);
    match (letter, mail) {
        (_, Some(mail)) => format!("{}（メール）", mail.label()),
        (Some(letter), None) => letter.label().to_owned(),
        (None, None) => row.kind.label().to_owned(),
    }
}

/// Where a document opens: what is sealed opens with its mail or its case alone.
pub fn opens(row: &DocumentRow, snapshot: &Snapshot) -> Result<Option<String>, Problem> {
    if let Some(digest) = row.attached() {
        let case = cases::keyed(snapshot, &row.subject)?;
        return Ok(case.map(|case| format!("{}/attachments/{digest}", case_line::href(&case.no))));
    }
    Ok(Some(match (row.kind, row.subject.strip_prefix("mail-")) {
        (Kind::Mail, Some(mail)) => format!("/mails/{mail}/kept"),
        (_, _) => format!("/files/{}", row.file),
    }))
}

/// What a document belongs to.
fn belongs(row: &DocumentRow) -> Option<String> {
    match row.kind {
        Kind::Poa | Kind::Fax | Kind::Scan | Kind::Other => {
            Some(format!("/cases/of/{}", row.subject))
        }
        Kind::Mail if row.direction == Direction::Received => {
            Some(format!("/cases/of/{}", row.subject))
        }
        Kind::Mail => row
            .subject
            .strip_prefix("mail-")
            .map(|mail| format!("/mails/{mail}")),
        Kind::Letter => row.corporation.map(|id| format!("/corporations/{id}")),
        Kind::FederationCover | Kind::Batch => None,
    }
}

fn line(row: &DocumentRow, snapshot: &Snapshot, data: Option<&DataDir>) -> Result<Line, Problem> {
    let mood = match row.standing {
        Standing::Printed | Standing::Folder => Mood::During,
        Standing::Sent | Standing::Received | Standing::Withdrawn => Mood::Done,
    };
    Ok(Line {
        dated_on: words::date(row.dated_on),
        direction: row.direction.label(),
        name: name(row),
        counterparty: counterparty(row, snapshot)?,
        href: belongs(row),
        amount: row.amount.map_or_else(String::new, words::yen),
        standing: Status::new(row.standing.label(), mood),
        tracking: row
            .tracking
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        file: opens(row, snapshot)?,
        digest: row.file.to_string(),
        check: word(&found(data, row.file)?),
    })
}

/// The file of this digest, held against it.
pub fn found(data: Option<&DataDir>, file: FileDigest) -> Result<Kept, Problem> {
    let Some(data) = data else {
        return Ok(Kept::Missing);
    };
    data.found(file).map_err(|error| {
        tracing::error!(%error, %file, "a document cannot be read");
        Problem::failed()
    })
}

/// What the address asks for.
pub fn filter(query: &Query) -> Result<Filter, Problem> {
    let typed = query.get("q").filter(|typed| !typed.trim().is_empty());
    // A number is written with hyphens and kept without.
    let number = typed.and_then(|typed| TrackingNumber::parse(typed).ok());
    let number = number.map(|number| number.as_str().to_owned());
    Ok(Filter {
        directions: listed::coded(query, "direction", Direction::ALL, Direction::code)?,
        kinds: listed::coded(query, "kind", Kind::ALL, Kind::code)?,
        standings: listed::coded(query, "standing", Standing::ALL, Standing::code)?,
        from: read(query, "from", "日付")?,
        to: read(query, "to", "日付")?,
        amount_min: read(query, "amount_min", "金額")?,
        amount_max: read(query, "amount_max", "金額")?,
        corporation: read(query, "corporation", "法人")?,
        file: read(query, "file", "ファイル")?,
        search: number.or_else(|| typed.map(str::to_owned)),
    })
}

/// `GET /documents.csv`: the same list as a file.
pub async fn download(viewer: Viewer) -> Result<Response, Problem> {
    let text = viewer
        .read(|reading| {
            let filter = filter(&reading.viewer.query)?;
            let found = documents::list(reading.snapshot, &filter, 0, csv::ROWS_DOWNLOADED)?;
            let mut text = csv::begin(
                "日付,向き,種類,書類,相手,金額,ステータス,追跡番号,保存日,ファイル（SHA-256）",
            );
            for row in &found.rows {
                let cells = [
                    row.dated_on.to_string(),
                    row.direction.label().to_owned(),
                    row.kind.label().to_owned(),
                    name(row),
                    counterparty(row, reading.snapshot)?,
                    row.amount.map_or_else(String::new, |yen| yen.to_string()),
                    row.standing.label().to_owned(),
                    row.tracking
                        .as_ref()
                        .map_or_else(String::new, ToString::to_string),
                    row.kept_on.to_string(),
                    row.file.to_string(),
                ];
                csv::add(&mut text, cells);
            }
            Ok(text)
        })
        .await?;
    Ok(csv::download("documents.csv", text))
}
