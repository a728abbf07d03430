//! What became of a run of moving in: every line, the counts, the totals held against those entered.

use chrono::NaiveDate;
use daicho_domain::dates::Month;
use daicho_domain::moving::Totals;
use daicho_domain::stream::RunId;
use serde::Serialize;
use std::fmt::Write as _;

use super::sheet::Kind;
use crate::import::{Counts, ImportLine, Level, Outcome, Remark};

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It was looked at; nothing is recorded.
    Checked,
    /// It was asked for and waits for a second person.
    Asked,
    /// It was approved and carried out.
    CarriedOver,
}

impl Stage {
    /// The word for it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Checked => "確認のみ（何も記録していません）",
            Self::Asked => "申請済み（別の担当者の承認待ち。案件はまだ記録していません）",
            Self::CarriedOver => "承認済み（案件を移行しました）",
        }
    }
}

/// What became of the lines of a file.
#[derive(Clone, Debug, Serialize)]
pub struct FileReport {
    /// Its name.
    pub file: String,
    /// What it is about.
    pub kind: Kind,
    /// Its digest.
    pub sha256: String,
    /// Every line.
    pub lines: Vec<ImportLine>,
    /// How many went which way.
    pub counts: Counts,
}

/// What became of a run.
#[derive(Clone, Debug, Serialize)]
pub struct MovingReport {
    /// The run: the same files with the same days are the same run.
    pub run: RunId,
    /// How far it is.
    pub stage: Stage,
    /// The switching day.
    pub switched_on: NaiveDate,
    /// The first month that daicho charges for.
    pub charged_from: Month,
    /// Every file.
    pub files: Vec<FileReport>,
    /// The lines of all files.
    pub counts: Counts,
    /// What the lines that can be taken come to.
    pub counted: Totals,
    /// The totals that a person entered.
    pub entered: Option<Totals>,
    /// How many events the log gained.
    pub recorded: u64,
}

impl MovingReport {
    /// The report for a person: warnings and refusals line by line, the rest counted.
    pub fn text(&self, every_line: EveryLine) -> String {
        let mut out = String::new();
        let mut line = |text: std::fmt::Arguments<'_>| {
            writeln!(out, "{text}").expect("a text can be written to");
        };
        for file in &self.files {
            line(format_args!("{}（{}）", file.file, file.kind.label()));
            for one in &file.lines {
                if let Some(text) = said(one, every_line) {
                    line(format_args!("  {text}"));
                }
            }
            line(format_args!("  {}", counts(&file.counts)));
        }
        line(format_args!("合計 {}", counts(&self.counts)));
        line(format_args!(
            "切替日 {} / 最初に請求する月 {}",
            self.switched_on, self.charged_from
        ));
        let differs = |entered: &Totals| entered.differing(&self.counted).next().is_some();
        for (measure, count) in self.counted.iter() {
            let entered = self.entered.as_ref().map(|totals| totals.of(measure));
            let beside = match entered {
                None => String::new(),
                Some(entered) if entered == count => "　入力した合計と一致".to_owned(),
                Some(entered) => format!("　入力した合計 {entered} と違います"),
            };
            line(format_args!("  {} {count}{beside}", measure.label()));
        }
        if let Some(entered) = self.entered.as_ref().filter(|entered| differs(entered)) {
            for (measure, count) in entered.iter().filter(|(one, _)| self.counted.of(*one) == 0) {
                line(format_args!(
                    "  {} 0　入力した合計 {count} と違います",
                    measure.label()
                ));
            }
        }
        line(format_args!("{}", self.stage.label()));
        out
    }
}

/// Whether lines are printed that were taken as they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EveryLine {
    /// All.
    Yes,
    /// Only warnings and refusals.
    No,
}

fn said(line: &ImportLine, every_line: EveryLine) -> Option<String> {
    if every_line == EveryLine::No && line.outcome < Outcome::Warned {
        return None;
    }
    let least = match every_line {
        EveryLine::Yes => Level::Note,
        EveryLine::No => Level::Warning,
    };
    let remarks = line.remarks.iter().filter(|remark| remark.level() >= least);
    let sentences: Vec<_> = remarks.map(Remark::sentence).collect();
    Some(format!(
        "{}行目 {} {} {}",
        line.line_no,
        line.outcome.word(),
        line.office_number,
        sentences.join(" ")
    ))
}

fn counts(counts: &Counts) -> String {
    format!(
        "{}行: そのまま {} / 整形して {} / 要確認 {} / 取り込めない {}",
        counts.lines, counts.taken, counts.noted, counts.warned, counts.refused
    )
}
