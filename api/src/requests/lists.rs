//! Lists as CSV: read by the names of their columns. Every line of a list is its own command and gets its own word; a line
//! that is refused hinders no other.

use super::{Asked, blank_is_none};
use crate::moving::foresee::Foresight;
use crate::problem::Problem;
use csv::StringRecord;
use daicho_domain::identifiers::name;
use daicho_domain::licence;
use daicho_domain::nouns::Command;
use daicho_eventlog::ExecuteError;
use serde::{Deserialize, Serialize};
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
    /// What it is about, as it stands there: the 事業所番号, the payer.
    pub number: String,
    /// `taken`, `known` or `refused`.
    pub outcome: &'static str,
    /// Why it is refused: the refusal's code.
    pub code: Option<String>,
    /// The same as a sentence.
    pub sentence: String,
}

/// A list read: its columns by name.
pub(super) struct Table {
    header: Vec<String>,
    /// Each with its place in the text, the first line counted as 1.
    pub(super) lines: Vec<(u64, StringRecord)>,
}

/// The line of the text on which a record begins: blank lines are no records, and a cell may hold several lines.
pub(crate) fn place(text: &str, record: &StringRecord) -> u64 {
    let begins = record.position().map_or(0, csv::Position::byte);
    let begins = usize::try_from(begins).unwrap_or(text.len());
    let (before, rest) = text.as_bytes().split_at(begins.min(text.len()));
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let ends = before.iter().chain(blank).filter(|byte| **byte == b'\n');
    ends.count() as u64 + 1
}

/// A day or month as people type it: `2024/4/15` is `2024-04-15`.
pub(crate) fn dashed(cell: &str) -> String {
    let parts = cell.split(['/', '-']).map(|part| match part.len() {
        1 => format!("0{part}"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("-")
}

impl Table {
    pub(super) fn read(text: &str, needed: &[&str]) -> Result<Self, Problem> {
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

    /// Whether there is a column of this name.
    pub(super) fn has(&self, column: &str) -> bool {
        self.header.iter().any(|cell| cell == column)
    }

    /// The text of a line in a column; nothing where there is none.
    pub(super) fn cell<'a>(&self, line: &'a StringRecord, column: &str) -> &'a str {
        let place = self.header.iter().position(|cell| cell == column);
        place
            .and_then(|place| line.get(place))
            .unwrap_or_default()
            .trim()
    }

    pub(super) fn must<T: FromStr>(&self, line: &StringRecord, column: &str) -> Result<T, Problem> {
        let cell = self.cell(line, column);
        dashed(cell).parse().map_err(|_| {
            Problem::unreadable(&format!(
                "「{column}」の「{cell}」を読めません。2024-04-15 や 2024-05 の形で入力してください。"
            ))
        })
    }

    pub(super) fn may<T: FromStr>(
        &self,
        line: &StringRecord,
        column: &str,
    ) -> Result<Option<T>, Problem> {
        match self.cell(line, column) {
            "" => Ok(None),
            _ => self.must(line, column).map(Some),
        }
    }
}

/// Whether a line brought something new.
pub(super) enum New {
    Yes,
    No,
}

/// The lines of a list being taken, one after the other; in a dry run each as if those before had been taken.
pub(super) struct Lines<'a> {
    asked: &'a Asked,
    rehearsal: Option<Foresight<'a>>,
}

impl Asked {
    /// Begins with the lines of a list.
    pub(super) async fn lines(&self, list: &List) -> Lines<'_> {
        let rehearsal = match list.dry_run {
            Some(licence::Tick::Yes) => Some(Foresight::now(&self.app.engine).await),
            Some(licence::Tick::No) | None => None,
        };
        Lines {
            asked: self,
            rehearsal,
        }
    }
}

impl Lines<'_> {
    /// One line: refused it is part of the report, failed it ends the list.
    pub(super) async fn take(
        &mut self,
        place: &str,
        command: Command,
    ) -> Result<Result<New, Problem>, Problem> {
        let new = |some: bool| if some { New::Yes } else { New::No };
        if let Some(rehearsal) = &mut self.rehearsal {
            let given = rehearsal.give(vec![command]).await.map_err(|error| {
                tracing::error!(%error, "the log cannot be read");
                Problem::failed()
            })?;
            return Ok(given
                .map(|events| new(!events.is_empty()))
                .map_err(|refusal| Problem::refused(&refusal)));
        }
        let Asked { app, asking } = self.asked;
        let by = asking.cause(place);
        match app.engine.execute(command, by.clone()).await {
            Ok(executed) => {
                asking.is_what_was_asked(&by, &executed)?;
                if let Some(last) = executed.events.last() {
                    app.views.wait_for(last.recorded.number).await?;
                }
                Ok(Ok(new(!executed.events.is_empty())))
            }
            Err(ExecuteError::Refused(refusal)) => Ok(Err(Problem::refused(&refusal))),
            Err(failed @ ExecuteError::Failed(_)) => Err(failed.into()),
        }
    }
}

impl Report {
    pub(super) fn add(&mut self, line: u64, number: &str, outcome: Result<New, Problem>) {
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
