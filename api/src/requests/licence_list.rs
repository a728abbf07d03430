//! Lists of licences: those that exist already, and fees that were paid.

use super::Asked;
use super::lists::{List, Report, Table};
use super::transmission::invalid;
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use chrono::NaiveDate;
use csv::StringRecord;
use daicho_domain::corporation::Source;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::licence::{self, How, Payment};
use daicho_domain::nouns::Command;
use daicho_domain::stream::{CorporationId, Stream};
use daicho_projections::offices;
use std::collections::BTreeMap;

const NUMBER: &str = "事業所番号";
const FIRST_DAY: &str = "開始日";
const LAST_DAY: &str = "満了日";
const PAYMENT: &str = "支払方法";
const PAID_IN: &str = "支払月";

fn number(table: &Table, line: &StringRecord) -> Result<OfficeNumber, Problem> {
    OfficeNumber::parse(table.cell(line, NUMBER)).map_err(|why| invalid(&why))
}

/// What is asked of the licence of an office number.
fn of(number: OfficeNumber, command: licence::Command) -> Command {
    Command::licence(&Stream::Licence(number), command)
}

fn existing(
    table: &Table,
    line: &StringRecord,
    corporation: CorporationId,
    source: Source,
) -> Result<licence::Command, Problem> {
    let payment = match table.cell(line, PAYMENT) {
        "" | "差引" => Payment::Deduction,
        "請求書" => Payment::Invoice,
        other => {
            return Err(Problem::unreadable(&format!(
                "「{PAYMENT}」の「{other}」を読めません。「差引」か「請求書」を入力してください。"
            )));
        }
    };
    Ok(licence::Command::TakeOver {
        corporation,
        first_day: table.must::<NaiveDate>(line, FIRST_DAY)?,
        last_day: table.may(line, LAST_DAY)?,
        payment,
        paid_in: table.may::<Month>(line, PAID_IN)?,
        source,
    })
}

/// 既存ライセンスの一覧を取り込む。
///
/// 列は 事業所番号・開始日（必須）、満了日・支払方法（差引／請求書）・支払月（任意）。満了日は開始日から数え直し、一覧と違う行は取り込みません。
#[utoipa::path(post, path = "/licences/take_over", tag = "licences", request_body = List,
    responses((status = 200, body = Report), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn take_over(asked: Asked, Json(list): Json<List>) -> Result<Json<Report>, Problem> {
    taken_over(&asked, &list).await.map(Json)
}

/// Takes over the licences of a list.
pub async fn taken_over(asked: &Asked, list: &List) -> Result<Report, Problem> {
    let table = Table::read(&list.csv, &[NUMBER, FIRST_DAY])?;
    let file = list.file.clone().unwrap_or_else(|| "一覧".to_owned());
    // Several years of one number are taken in their order, wherever they stand in the list.
    let mut in_order: Vec<_> = table.lines.iter().collect();
    in_order.sort_by_key(|(_, line)| table.must::<NaiveDate>(line, FIRST_DAY).ok());
    let mut outcomes = BTreeMap::new();
    let mut lines = asked.lines(list).await;
    for (line_no, line) in in_order {
        let line_no = *line_no;
        let source = Source {
            file: file.clone(),
            line: line_no,
        };
        let outcome = match number(&table, line) {
            Ok(number) => match asked.corporation_of(number)? {
                Some(corporation) => match existing(&table, line, corporation, source) {
                    Ok(command) => {
                        let place = format!("take_over/{line_no}");
                        lines.take(&place, of(number, command)).await?
                    }
                    Err(why) => Err(why),
                },
                None => Err(Problem::refused(
                    &licence::Refusal::UnknownOffice { number }.into(),
                )),
            },
            Err(why) => Err(why),
        };
        outcomes.insert(line_no, (table.cell(line, NUMBER), outcome));
    }
    let mut report = Report::default();
    for (line_no, (number, outcome)) in outcomes {
        report.add(line_no, number, outcome);
    }
    Ok(report)
}

/// ライセンス料の支払いの一覧を取り込む。
///
/// 列は 事業所番号・開始日・支払月（すべて必須）。
#[utoipa::path(post, path = "/licences/confirm_fees", tag = "licences", request_body = List,
    responses((status = 200, body = Report), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn confirm_fees(asked: Asked, Json(list): Json<List>) -> Result<Json<Report>, Problem> {
    fees_confirmed(&asked, &list).await.map(Json)
}

/// Confirms the fees of a list.
pub async fn fees_confirmed(asked: &Asked, list: &List) -> Result<Report, Problem> {
    let table = Table::read(&list.csv, &[NUMBER, FIRST_DAY, PAID_IN])?;
    let mut report = Report::default();
    let mut lines = asked.lines(list).await;
    for (line_no, line) in &table.lines {
        let line_no = *line_no;
        let outcome = match (number(&table, line), fee(&table, line)) {
            (Ok(number), Ok(command)) => {
                let place = format!("confirm_fees/{line_no}");
                lines.take(&place, of(number, command)).await?
            }
            (Err(why), _) | (_, Err(why)) => Err(why),
        };
        report.add(line_no, table.cell(line, NUMBER), outcome);
    }
    Ok(report)
}

fn fee(table: &Table, line: &StringRecord) -> Result<licence::Command, Problem> {
    Ok(licence::Command::ConfirmFee {
        first_day: table.must(line, FIRST_DAY)?,
        month: table.must(line, PAID_IN)?,
        how: How::List,
    })
}

impl Asked {
    /// Where an office number stands. No decision rests on it: the licence asks the corporation itself.
    fn corporation_of(&self, number: OfficeNumber) -> Result<Option<CorporationId>, Problem> {
        let snapshot = self.app.views.snapshot()?;
        let row = offices::numbered(&snapshot, number)?;
        Ok(row.map(|row| row.corporation))
    }
}
