//! A list of transfers that came in: each line is a payment of one corporation, taken or refused by its name. Under the
//! bank's own number the same transfer is recorded once, however often its list is sent.

use super::Asked;
use super::billing::transfer;
use super::lists::{List, Report, Table};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use csv::StringRecord;
use daicho_domain::billing::{Command as Billing, Method, Refusal};
use daicho_domain::identifiers::{CorporateNumber, name};
use daicho_domain::nouns::Command;
use daicho_domain::stream::{CorporationId, Stream};
use daicho_projections::corporations;

const RECEIVED_ON: &str = "入金日";
const NUMBER: &str = "法人番号";
const PAYER: &str = "振込人";
const AMOUNT: &str = "金額";
const REFERENCE: &str = "照会番号";

/// Corporations of a name that are looked at before it counts as none's.
const NAMESAKES_MAX: u64 = 100;

/// 振込入金の一覧を取り込む。
///
/// 列は 入金日・金額・照会番号（必須）と、法人番号または振込人（法人名と同じ表記）。両方あるときは法人番号で決めます。同じ照会番号の入金は
/// 二重に記録しません。dry_run では、前の行までを記録したものとして各行を確かめ、何も記録しません。
#[utoipa::path(post, path = "/ledger/record_payments", tag = "ledger", request_body = List,
    responses((status = 200, body = Report), (status = "4XX", body = ProblemDocument, content_type = "application/problem+json")))]
pub async fn record_payments(
    asked: Asked,
    Json(list): Json<List>,
) -> Result<Json<Report>, Problem> {
    payments_recorded(&asked, &list).await.map(Json)
}

/// Records the payments of a list.
pub async fn payments_recorded(asked: &Asked, list: &List) -> Result<Report, Problem> {
    let table = Table::read(&list.csv, &[RECEIVED_ON, AMOUNT, REFERENCE])?;
    if !table.has(NUMBER) && !table.has(PAYER) {
        return Err(Problem::unreadable(
            "見出し行に「法人番号」か「振込人」の列がありません。列名を直して、もう一度取り込んでください。",
        ));
    }
    let mut report = Report::default();
    let mut lines = asked.lines(list).await;
    for (line_no, line) in &table.lines {
        let command = match (payment(&table, line), asked.payer(&table, line)?) {
            (Ok(payment), Ok(corporation)) => {
                Ok(Command::billing(&Stream::Billing(corporation), payment))
            }
            (Err(why), _) | (_, Err(why)) => Err(why),
        };
        let outcome = match command {
            Ok(command) => {
                let place = format!("record_payments/{line_no}");
                lines.take(&place, command).await?
            }
            Err(why) => Err(why),
        };
        report.add(*line_no, named(&table, line), outcome);
    }
    Ok(report)
}

/// What a line says of whom it is about.
fn named<'a>(table: &Table, line: &'a StringRecord) -> &'a str {
    match table.cell(line, NUMBER) {
        "" => table.cell(line, PAYER),
        number => number,
    }
}

fn payment(table: &Table, line: &StringRecord) -> Result<Billing, Problem> {
    Ok(Billing::RecordPayment {
        amount: yen(table.cell(line, AMOUNT))?,
        received_on: table.must(line, RECEIVED_ON)?,
        method: Method::Transfer,
        note: None,
        reference: Some(transfer(table.cell(line, REFERENCE))?),
    })
}

/// `3,300`, `３３００円`, `¥3,300`.
fn yen(cell: &str) -> Result<u64, Problem> {
    let text = name(cell).normalised;
    let digits = text.trim_end_matches('円').trim_start_matches(['¥', '\\']);
    digits.replace(',', "").trim().parse().map_err(|_| {
        Problem::unreadable(&format!(
            "「{AMOUNT}」の「{cell}」を読めません。3300 の形で入力してください。"
        ))
    })
}

impl Asked {
    /// Whose payment a line is. No decision rests on it: the ledger that is asked looks at what it is owed.
    fn payer(
        &self,
        table: &Table,
        line: &StringRecord,
    ) -> Result<Result<CorporationId, Problem>, Problem> {
        let snapshot = self.app.views.snapshot()?;
        let number = table.cell(line, NUMBER);
        if !number.is_empty() {
            let Ok(number) = CorporateNumber::parse(number) else {
                return Ok(Err(Problem::unreadable(&format!(
                    "「{NUMBER}」の「{number}」は法人番号（13桁）ではありません。"
                ))));
            };
            let row = corporations::numbered(&snapshot, number)?;
            return Ok(row
                .map(|row| row.id)
                .ok_or_else(|| refused(Refusal::UnknownCorporation)));
        }
        let payer = name(table.cell(line, PAYER)).normalised;
        if payer.is_empty() {
            return Ok(Err(Problem::unreadable(
                "「法人番号」と「振込人」が空です。どちらかを入力してください。",
            )));
        }
        let filter = corporations::Filter {
            search: Some(payer.clone()),
            attention: false,
        };
        let found = corporations::list(&snapshot, &filter, 0, NAMESAKES_MAX)?;
        let mut same = found
            .rows
            .iter()
            .filter(|row| name(&row.name).normalised == payer);
        Ok(match (same.next(), same.count()) {
            (None, _) => Err(refused(Refusal::PayerUnknown { payer })),
            (Some(row), 0) => Ok(row.id),
            (Some(_), others) => {
                let count = others + 1;
                Err(refused(Refusal::PayerAmbiguous { payer, count }))
            }
        })
    }
}

fn refused(refusal: Refusal) -> Problem {
    Problem::refused(&refusal.into())
}
