//! What can be read as JSON: the rows of the read models, one moment at a time. `as_of` gives the rows as they stood
//! after that number of the log.

use crate::dashboard::cases as list;
use crate::dashboard::viewer::Viewer;
use crate::dashboard::why;
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use axum::extract::Path;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::rules::answer;
use daicho_domain::stream::{CorporationId, PoaId};
use daicho_eventlog::Kept;
use daicho_projections::corporations::Listed;
use daicho_projections::poa_tracker::{self, PoaRow};
use daicho_projections::{
    cases, corporations, debits, documents, intake, ledger, letters, licences, offices, options,
    post_days, postponements, terminations, transfers,
};
use serde::Serialize;
use serde_json::{Value, json};

/// Rows of one answer.
const ROWS_MAX: u64 = 1_000;

pub(super) type Read = Result<Json<Value>, Problem>;

/// A page of rows with the moment they belong to.
pub(super) fn page<R: Serialize>(viewer: &Viewer, listed: &Listed<R>) -> Value {
    json!({ "number": viewer.moment.number, "day": viewer.moment.day, "total": listed.total, "rows": listed.rows })
}

/// Which rows an address asks for: from where, how many.
pub(super) fn range(viewer: &Viewer) -> (u64, u64) {
    let number = |name: &str| {
        viewer
            .query
            .get(name)
            .and_then(|text| text.parse::<u64>().ok())
    };
    (
        number("offset").unwrap_or(0),
        number("limit").unwrap_or(100).min(ROWS_MAX),
    )
}

/// 案件の一覧。条件は画面と同じ（state、status、kind、party、service、start_month、due_from、due_to、q、sort）。
#[utoipa::path(get, path = "/cases", tag = "cases",
    params(("state" = Option<String>, Query, description = "open, done or all"), ("status" = Option<Vec<String>>, Query), ("kind" = Option<Vec<String>>, Query),
        ("party" = Option<Vec<String>>, Query), ("service" = Option<Vec<String>>, Query), ("start_month" = Option<Vec<String>>, Query),
        ("due_from" = Option<String>, Query), ("due_to" = Option<String>, Query), ("q" = Option<String>, Query), ("sort" = Option<String>, Query, description = "A column, `-` before it for descending"),
        ("offset" = Option<u64>, Query), ("limit" = Option<u64>, Query), ("as_of" = Option<String>, Query, description = "A number of the log, or a day")),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_cases(viewer: Viewer) -> Read {
    viewer
        .read(|reading| {
            let query = &reading.viewer.query;
            let (offset, limit) = range(reading.viewer);
            let filter = list::filter(query)?;
            let listed = cases::list(reading.snapshot, &filter, list::range(query, offset, limit))?;
            Ok(Json(page(reading.viewer, &listed)))
        })
        .await
}

/// 案件番号の案件。
#[utoipa::path(get, path = "/cases/{no}", tag = "cases",
    params(("no" = String, Path, description = "案件番号")),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn read_case(Path(no): Path<String>, viewer: Viewer) -> Read {
    viewer
        .read(move |reading| {
            let row = cases::numbered(reading.snapshot, &no)?;
            Ok(Json(json!(row.ok_or_else(|| Problem::not_found("案件"))?)))
        })
        .await
}

/// 終了の一覧。最終日の早い順。
#[utoipa::path(get, path = "/terminations", tag = "terminations",
    params(("status" = Option<Vec<String>>, Query), ("service" = Option<Vec<String>>, Query), ("q" = Option<String>, Query),
        ("offset" = Option<u64>, Query), ("limit" = Option<u64>, Query), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_terminations(viewer: Viewer) -> Read {
    viewer
        .read(|reading| {
            let (offset, limit) = range(reading.viewer);
            let filter = crate::dashboard::terminations::filter(&reading.viewer.query);
            let listed = terminations::list(reading.snapshot, &filter, offset, limit)?;
            Ok(Json(page(reading.viewer, &listed)))
        })
        .await
}

/// オプションの申込の一覧。受付の新しい順。
#[utoipa::path(get, path = "/options", tag = "options",
    params(("status" = Option<Vec<String>>, Query), ("option" = Option<Vec<String>>, Query), ("q" = Option<String>, Query),
        ("offset" = Option<u64>, Query), ("limit" = Option<u64>, Query), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_options(viewer: Viewer) -> Read {
    viewer
        .read(|reading| {
            let (offset, limit) = range(reading.viewer);
            let filter = crate::dashboard::options::filter(&reading.viewer.query);
            let listed = options::list(reading.snapshot, &filter, offset, limit)?;
            Ok(Json(page(reading.viewer, &listed)))
        })
        .await
}

/// ライセンスの一覧。満了日の早い順。
#[utoipa::path(get, path = "/licences", tag = "licences",
    params(("status" = Option<Vec<String>>, Query), ("fee" = Option<Vec<String>>, Query, description = "`expected`, `overdue`, `paid`"),
        ("days_to" = Option<u64>, Query, description = "At most so many days left"), ("q" = Option<String>, Query),
        ("offset" = Option<u64>, Query), ("limit" = Option<u64>, Query), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_licences(viewer: Viewer) -> Read {
    viewer
        .read(|reading| {
            let (offset, limit) = range(reading.viewer);
            let filter = crate::dashboard::licences::filter(reading.viewer);
            let listed = licences::list(reading.snapshot, &filter, offset, limit)?;
            Ok(Json(page(reading.viewer, &listed)))
        })
        .await
}

/// 事業所番号のライセンス。契約した年ごとの期間・料金・支払いを contracts に古い順に並べる。
#[utoipa::path(get, path = "/licences/{number}", tag = "licences",
    params(("number" = String, Path, description = "事業所番号")),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn read_licence(Path(number): Path<String>, viewer: Viewer) -> Read {
    viewer
        .read(move |reading| {
            let row = match OfficeNumber::parse(&number) {
                Ok(number) => licences::of_number(reading.snapshot, number)?,
                Err(_) => None,
            };
            Ok(Json(json!(
                row.ok_or_else(|| Problem::not_found("ライセンス"))?
            )))
        })
        .await
}

/// 法人の一覧。
#[utoipa::path(get, path = "/corporations", tag = "corporations",
    params(("q" = Option<String>, Query), ("attention" = Option<String>, Query, description = "`yes`: only those a person should look at"),
        ("offset" = Option<u64>, Query), ("limit" = Option<u64>, Query), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_corporations(viewer: Viewer) -> Read {
    viewer
        .read(|reading| {
            let query = &reading.viewer.query;
            let (offset, limit) = range(reading.viewer);
            let filter = corporations::Filter {
                search: query.get("q").map(str::to_owned),
                attention: query.has("attention", "yes"),
            };
            let listed = corporations::list(reading.snapshot, &filter, offset, limit)?;
            Ok(Json(page(reading.viewer, &listed)))
        })
        .await
}

/// 法人とその事業所。
#[utoipa::path(get, path = "/corporations/{corporation}", tag = "corporations",
    params(("corporation" = String, Path, description = "The corporation; an id that was merged leads to the one that stays")),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn read_corporation(Path(id): Path<CorporationId>, viewer: Viewer) -> Read {
    viewer
        .read(move |reading| {
            let row = corporations::find(reading.snapshot, id)?;
            let row = row.ok_or_else(|| Problem::not_found("法人"))?;
            let offices = offices::of_corporation(reading.snapshot, row.id)?;
            let transfers = transfers::of_corporation(reading.snapshot, row.id)?;
            Ok(Json(
                json!({ "corporation": row, "offices": offices, "transfers": transfers }),
            ))
        })
        .await
}

/// 委任状の一覧。
#[utoipa::path(get, path = "/poas", tag = "poas",
    params(("status" = Option<Vec<String>>, Query), ("q" = Option<String>, Query), ("offset" = Option<u64>, Query), ("limit" = Option<u64>, Query), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_poas(viewer: Viewer) -> Read {
    viewer
        .read(|reading| {
            let query = &reading.viewer.query;
            let (offset, limit) = range(reading.viewer);
            let filter = poa_tracker::Filter {
                statuses: list::coded(
                    query,
                    "status",
                    daicho_domain::poa::Status::ALL,
                    daicho_domain::poa::Status::code,
                )?,
                search: query.get("q").map(str::to_owned),
                ..poa_tracker::Filter::default()
            };
            let listed = poa_tracker::list(reading.snapshot, &filter, offset, limit)?;
            Ok(Json(page(reading.viewer, &listed)))
        })
        .await
}

/// 委任状。
#[utoipa::path(get, path = "/poas/{id}", tag = "poas",
    params(("id" = String, Path, description = "The 委任状")),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn read_poa(Path(id): Path<PoaId>, viewer: Viewer) -> Read {
    viewer
        .read(move |reading| {
            let row = reading.snapshot.row::<PoaRow>(&id.to_string())?;
            Ok(Json(json!(
                row.ok_or_else(|| Problem::not_found("委任状"))?
            )))
        })
        .await
}

/// 書面の一覧。
#[utoipa::path(get, path = "/letters", tag = "letters",
    params(("status" = Option<Vec<String>>, Query), ("offset" = Option<u64>, Query), ("limit" = Option<u64>, Query), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_letters(viewer: Viewer) -> Read {
    viewer
        .read(|reading| {
            let (offset, limit) = range(reading.viewer);
            let wanted = crate::dashboard::letters::statuses(&reading.viewer.query);
            let listed = letters::list(reading.snapshot, &wanted, offset, limit)?;
            Ok(Json(page(reading.viewer, &listed)))
        })
        .await
}

/// 電子取引・書類の検索。日付・金額・相手と、その範囲や組み合わせで探す。`verify=yes` で、各ファイルを保存時のSHA-256と照合した結果（check: whole, missing, altered）を付ける。ファイルは href で開く（メールと添付ファイルは封をして保存している）。
#[utoipa::path(get, path = "/documents", tag = "documents",
    params(("q" = Option<String>, Query, description = "Part of the counterparty's name, number or external id, of a 事業所番号, or a 追跡番号"),
        ("from" = Option<String>, Query, description = "Dated this day or later"), ("to" = Option<String>, Query, description = "Dated this day or earlier"),
        ("amount_min" = Option<i64>, Query), ("amount_max" = Option<i64>, Query),
        ("direction" = Option<Vec<String>>, Query, description = "sent, received"),
        ("kind" = Option<Vec<String>>, Query, description = "letter, poa, federation_cover, batch, mail, fax, scan, other"),
        ("standing" = Option<Vec<String>>, Query, description = "printed, sent, folder, received, withdrawn"),
        ("corporation" = Option<String>, Query), ("file" = Option<String>, Query, description = "SHA-256"), ("verify" = Option<String>, Query, description = "`yes`: each file is read and held against its digest"),
        ("offset" = Option<u64>, Query), ("limit" = Option<u64>, Query), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_documents(viewer: Viewer) -> Read {
    let data = viewer.app.data.clone();
    viewer
        .read(move |reading| {
            let query = &reading.viewer.query;
            let (offset, limit) = range(reading.viewer);
            let filter = crate::dashboard::documents::filter(query)?;
            let listed = documents::list(reading.snapshot, &filter, offset, limit)?;
            let mut document = page(reading.viewer, &listed);
            for (nth, row) in listed.rows.iter().enumerate() {
                let with = crate::dashboard::documents::counterparty(row, reading.snapshot)?;
                document["rows"][nth]["counterparty"] = json!(with);
                let opens = crate::dashboard::documents::opens(row, reading.snapshot)?;
                document["rows"][nth]["href"] = json!(opens);
                if query.has("verify", "yes") {
                    let found = crate::dashboard::documents::found(data.as_ref(), row.file)?;
                    document["rows"][nth]["check"] = json!(match found {
                        Kept::Whole(_) => "whole",
                        Kept::Missing => "missing",
                        Kept::Altered => "altered",
                    });
                }
            }
            Ok(Json(document))
        })
        .await
}

/// 先送りの一覧。
#[utoipa::path(get, path = "/postponements", tag = "postponements",
    params(("state" = Option<String>, Query, description = "`all`: settled ones too"), ("offset" = Option<u64>, Query), ("limit" = Option<u64>, Query), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_postponements(viewer: Viewer) -> Read {
    viewer
        .read(|reading| {
            let (offset, limit) = range(reading.viewer);
            let standing = !reading.viewer.query.has("state", "all");
            let listed = postponements::list(reading.snapshot, standing, offset, limit)?;
            Ok(Json(page(reading.viewer, &listed)))
        })
        .await
}

/// 申込の一覧。
#[utoipa::path(get, path = "/intake", tag = "intake",
    params(("q" = Option<String>, Query), ("offset" = Option<u64>, Query), ("limit" = Option<u64>, Query), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_intake(viewer: Viewer) -> Read {
    viewer
        .read(|reading| {
            let (offset, limit) = range(reading.viewer);
            let search = reading.viewer.query.get("q").map(str::to_owned);
            let filter = intake::Filter {
                search,
                ..intake::Filter::default()
            };
            let listed = intake::list(reading.snapshot, &filter, offset, limit)?;
            Ok(Json(page(reading.viewer, &listed)))
        })
        .await
}

/// 一日の郵便：数えた通数と入力した通数。
#[utoipa::path(get, path = "/office_days/{day}", tag = "office_days",
    params(("day" = chrono::NaiveDate, Path, description = "The day")),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn read_office_day(Path(day): Path<chrono::NaiveDate>, viewer: Viewer) -> Read {
    viewer
        .read(move |reading| {
            let board = post_days::board(reading.snapshot, day)?;
            Ok(Json(json!(
                board.ok_or_else(|| Problem::not_found("その日"))?
            )))
        })
        .await
}

/// 日付と金額を、導き方とともに答える。
#[utoipa::path(get, path = "/explain", tag = "rules",
    params(("service" = String, Query), ("question" = String, Query, description = "trial, transmission, debit, termination, licence, …"), ("on" = chrono::NaiveDate, Query),
        ("prefecture" = Option<String>, Query, description = "Two digits"), ("known_at" = Option<u64>, Query, description = "A number of the log")),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn explain(viewer: Viewer) -> Read {
    let ask = why::read(&viewer.query)?;
    let answer = answer(&viewer.app.policy(), &ask);
    let answer = answer.map_err(|error| Problem::unreadable(&error.to_string()))?;
    Ok(Json(json!(answer)))
}

/// 請求・債権台帳。
#[utoipa::path(get, path = "/ledger", tag = "ledger",
    params(("q" = Option<String>, Query, description = "Part of the corporation's name, number or external id"),
        ("kind" = Option<Vec<String>>, Query), ("status" = Option<Vec<String>>, Query), ("corporation" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query), ("amount_min" = Option<i64>, Query), ("amount_max" = Option<i64>, Query),
        ("offset" = Option<u64>, Query), ("limit" = Option<u64>, Query), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_ledger(viewer: Viewer) -> Read {
    viewer
        .read(|reading| {
            let (offset, limit) = range(reading.viewer);
            let filter = crate::dashboard::ledger::filter(&reading.viewer.query)?;
            let found = ledger::list(reading.snapshot, &filter, offset, limit)?;
            let mut document = page(reading.viewer, &found.listed);
            document["amount"] = json!(found.amount);
            document["open"] = json!(found.open);
            Ok(Json(document))
        })
        .await
}

/// 口座振替の一覧。
#[utoipa::path(get, path = "/debits", tag = "debits",
    params(("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn list_debits(viewer: Viewer) -> Read {
    const SHOWN: u64 = 120;
    viewer
        .read(|reading| {
            Ok(Json(
                json!({ "rows": debits::list(reading.snapshot, SHOWN)? }),
            ))
        })
        .await
}

/// 1か月の口座振替：件数・金額、口座のない法人、結果。
#[utoipa::path(get, path = "/debits/{month}", tag = "debits",
    params(("month" = String, Path, description = "The debit month, 2026-09"), ("offset" = Option<u64>, Query), ("limit" = Option<u64>, Query), ("as_of" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn read_debit(Path(month): Path<Month>, viewer: Viewer) -> Read {
    viewer
        .read(move |reading| {
            let row = debits::of_month(reading.snapshot, month)?;
            let row = row.ok_or_else(|| Problem::not_found("口座振替"))?;
            let (offset, limit) = range(reading.viewer);
            let all = debits::Lines::All;
            let lines = debits::page(reading.snapshot, month, all, offset, limit)?;
            Ok(Json(json!({
                "batch": row,
                "sums": debits::sums(reading.snapshot, month)?,
                "obstacles": debits::obstacles(reading.snapshot, month)?,
                "lines": page(reading.viewer, &lines),
            })))
        })
        .await
}
