//! Lists of licences: those that exist already, and fees that were paid. Every line of a list is its own command and gets
//! its own word; a line that is refused hinders no other.

use super::transmission::invalid;
use super::{Asked, blank_is_none};
use crate::problem::{Problem, ProblemDocument};
use axum::Json;
use chrono::NaiveDate;
use csv::StringRecord;
use daicho_domain::corporation::Source;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::{OfficeNumber, name};
use daicho_domain::licence::{self, How, Payment};
use daicho_domain::nouns::Command;
use daicho_domain::stream::{CorporationId, Stream};
use daicho_eventlog::ExecuteError;
use daicho_projections::offices;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;
use utoipa::ToSchema;

/// A list as CSV.
#[derive(Debug, Deserialize, ToSchema)]
pub struct List {
    /// The file's name: it stands in the events.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub file: Option<String>,
    /// The text, its first line naming the columns.
    #[schema(
        example = "事業所番号,開始日,満了日,支払方法,支払月\n0170210231,2024-04-15,2025-04-14,差引,2024-05\n"
    )]
    pub csv: String,
    /// Look every line through and record nothing.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, example = "yes")]
    pub dry_run: Option<licence::Tick>,
}

/// What became of a list.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Report {
    /// Lines recorded, or that would be.
    pub taken: u64,
    /// Lines that said what was known.
    pub known: u64,
    /// Lines refused.
    pub refused: u64,
    /// Every line.
    pub lines: Vec<ReportLine>,
}

/// What became of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportLine {
    /// Its place, the header counted as 1.
    pub line: u64,
    /// The 事業所番号 as it stands there.
    pub number: String,
    /// `taken`, `known` or `refused`.
    pub outcome: &'static str,
    /// Why it is refused: the refusal's code.
    pub code: Option<String>,
    /// The same as a sentence.
    pub sentence: String,
}

const NUMBER: &str = "事業所番号";
const FIRST_DAY: &str = "開始日";
const LAST_DAY: &str = "満了日";
const PAYMENT: &str = "支払方法";
const PAID_IN: &str = "支払月";

/// A list read: its columns by name.
struct Table {
    header: Vec<String>,
    /// Each with its place in the text, the first line counted as 1.
    lines: Vec<(u64, StringRecord)>,
}

/// The line of the text on which a record begins: blank lines are no records, and a cell may hold several lines.
fn place(text: &str, record: &StringRecord) -> u64 {
    let begins = record.position().map_or(0, csv::Position::byte);
    let begins = usize::try_from(begins).unwrap_or(text.len());
    let (before, rest) = text.as_bytes().split_at(begins.min(text.len()));
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let ends = before.iter().chain(blank).filter(|byte| **byte == b'\n');
    ends.count() as u64 + 1
}

/// A day or month as people type it: `2024/4/15` is `2024-04-15`.
fn dashed(cell: &str) -> String {
    let parts = cell.split(['/', '-']).map(|part| match part.len() {
        1 => format!("0{part}"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("-")
}

impl Table {
    fn read(text: &str, needed: &[&str]) -> Result<Self, Problem> {
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut lines = Vec::new();
        for line in reader.records() {
            let unreadable = |_| {
                Problem::unreadable(
                    "CSVとして読めない行があります。引用符の閉じ忘れを確かめてください。",
                )
            };
            let line = line.map_err(unreadable)?;
            lines.push((place(text, &line), line));
        }
        let header: Vec<String> = match lines.first() {
            Some((_, first)) => first.iter().map(|cell| name(cell).normalised).collect(),
            None => vec![],
        };
        let missing: Vec<_> = needed
            .iter()
            .filter(|column| !header.iter().any(|cell| cell == *column))
            .copied()
            .collect();
        if !missing.is_empty() {
            return Err(Problem::unreadable(&format!(
                "見出し行に「{}」の列がありません。列名を直して、もう一度取り込んでください。",
                missing.join("」「")
            )));
        }
        lines.remove(0);
        Ok(Self { header, lines })
    }

    fn cell<'a>(&self, line: &'a StringRecord, column: &str) -> &'a str {
        let place = self.header.iter().position(|cell| cell == column);
        place
            .and_then(|place| line.get(place))
            .unwrap_or_default()
            .trim()
    }

    fn must<T: FromStr>(&self, line: &StringRecord, column: &str) -> Result<T, Problem> {
        let cell = self.cell(line, column);
        dashed(cell).parse().map_err(|_| {
            Problem::unreadable(&format!(
                "「{column}」の「{cell}」を読めません。2024-04-15 や 2024-05 の形で入力してください。"
            ))
        })
    }

    fn may<T: FromStr>(&self, line: &StringRecord, column: &str) -> Result<Option<T>, Problem> {
        match self.cell(line, column) {
            "" => Ok(None),
            _ => self.must(line, column).map(Some),
        }
    }
}

fn number(table: &Table, line: &StringRecord) -> Result<OfficeNumber, Problem> {
    OfficeNumber::parse(table.cell(line, NUMBER)).map_err(|why| invalid(&why))
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
                        asked.line(list, &place, number, command).await?
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
    for (line_no, line) in &table.lines {
        let line_no = *line_no;
        let outcome = match (number(&table, line), fee(&table, line)) {
            (Ok(number), Ok(command)) => {
                let place = format!("confirm_fees/{line_no}");
                asked.line(list, &place, number, command).await?
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

/// Whether a line brought something new.
enum New {
    Yes,
    No,
}

impl Asked {
    /// Where an office number stands. No decision rests on it: the licence asks the corporation itself.
    fn corporation_of(&self, number: OfficeNumber) -> Result<Option<CorporationId>, Problem> {
        let snapshot = self.app.views.snapshot()?;
        let row = offices::numbered(&snapshot, number)?;
        Ok(row.map(|row| row.corporation))
    }

    /// One line: refused it is part of the report, failed it ends the list.
    async fn line(
        &self,
        list: &List,
        place: &str,
        number: OfficeNumber,
        command: licence::Command,
    ) -> Result<Result<New, Problem>, Problem> {
        let command = Command::licence(&Stream::Licence(number), command);
        let new = |some: bool| if some { New::Yes } else { New::No };
        let outcome = match list.dry_run {
            Some(licence::Tick::Yes) => {
                let events = self.app.engine.consider(command).await;
                events.map(|events| new(!events.is_empty()))
            }
            Some(licence::Tick::No) | None => {
                let by = self.asking.cause(place);
                let executed = self.app.engine.execute(command, by.clone()).await;
                if let Ok(executed) = &executed {
                    self.asking.is_what_was_asked(&by, executed)?;
                    if let Some(last) = executed.events.last() {
                        self.app.views.wait_for(last.recorded.number).await?;
                    }
                }
                executed.map(|executed| new(!executed.events.is_empty()))
            }
        };
        match outcome {
            Ok(new) => Ok(Ok(new)),
            Err(ExecuteError::Refused(refusal)) => Ok(Err(Problem::refused(&refusal))),
            Err(failed @ ExecuteError::Failed(_)) => Err(failed.into()),
        }
    }
}

impl Report {
    fn add(&mut self, line: u64, number: &str, outcome: Result<New, Problem>) {
        let (outcome, code, sentence) = match outcome {
            Ok(New::Yes) => {
                self.taken += 1;
                ("taken", None, "取り込みました。".to_owned())
            }
            Ok(New::No) => {
                self.known += 1;
                ("known", None, "すでに記録されています。".to_owned())
            }
            Err(why) => {
                self.refused += 1;
                let sentence = format!("{}{}", why.cause, why.remedy);
                ("refused", Some(why.code.clone()), sentence)
            }
        };
        self.lines.push(ReportLine {
            line,
            number: number.to_owned(),
            outcome,
            code,
            sentence,
        });
    }
}
