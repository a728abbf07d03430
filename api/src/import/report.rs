//! The report of an import, written while it runs: for a terminal, or as one JSON document.
//!
//! Nothing is kept but counts, so a file of any size is reported in the same memory.

use std::io::{self, Write};

use serde::Serialize;

use super::fault::FileFault;
use super::line::{ImportLine, Outcome};
use super::remark::{Level, Remark};
use super::run::Counts;

/// How the report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For a person: warnings and refusals line by line, the rest counted.
    Summary,
    /// For a person: every line.
    EveryLine,
    /// One JSON document with every line.
    Json,
}

/// Whether anything is written to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The lines are taken.
    Take,
    /// Nothing is written.
    DryRun,
}

/// What the log gained, or would gain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Gained {
    /// New corporations.
    pub corporations: u64,
    /// New offices.
    pub offices: u64,
    /// Further service kinds of offices.
    pub entries: u64,
    /// Service kinds whose name, address or telephone number changed.
    pub changed: u64,
}

/// A report in progress.
#[derive(Debug)]
pub struct Report<W> {
    out: W,
    style: Style,
    mode: Mode,
    total: Counts,
    files: u64,
    faults: u64,
    /// Lines and counts of the file that is read now.
    current: Option<Counts>,
}

impl<W: Write> Report<W> {
    /// Begins a report.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(mut out: W, style: Style, mode: Mode) -> io::Result<Report<W>> {
        match (style, mode) {
            (Style::Json, _) => write!(out, "{{\"dry_run\":{},\"files\":[", mode == Mode::DryRun)?,
            (Style::Summary | Style::EveryLine, Mode::DryRun) => {
                writeln!(out, "確認のみ（--dry-run）: 台帳には何も書き込みません。")?;
            }
            (Style::Summary | Style::EveryLine, Mode::Take) => {}
        }
        Ok(Report {
            out,
            style,
            mode,
            total: Counts::default(),
            files: 0,
            faults: 0,
            current: None,
        })
    }

    /// A file that is not taken.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn fault(&mut self, name: &str, fault: &FileFault) -> io::Result<()> {
        self.comma()?;
        self.faults += 1;
        match self.style {
            Style::Json => {
                let fault =
                    serde_json::json!({ "code": fault.code(), "message": fault.to_string() });
                write!(
                    self.out,
                    "{}",
                    serde_json::json!({ "file": name, "fault": fault })
                )
            }
            Style::Summary | Style::EveryLine => {
                writeln!(self.out, "{name}\n  取り込めません: {fault}")
            }
        }
    }

    /// A file is begun.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn file(&mut self, name: &str, lines: u64) -> io::Result<()> {
        self.comma()?;
        self.current = Some(Counts::default());
        match self.style {
            Style::Json => write!(
                self.out,
                "{{\"file\":{},\"lines\":[",
                serde_json::json!(name)
            ),
            Style::Summary | Style::EveryLine => {
                writeln!(self.out, "{name}（{}行）", grouped(lines))
            }
        }
    }

    /// A line of it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn line(&mut self, line: &ImportLine) -> io::Result<()> {
        let current = self.current.get_or_insert_default();
        let first = current.lines == 0;
        current.count(line);
        self.total.count(line);
        let shown = match self.style {
            Style::Json => {
                if !first {
                    self.out.write_all(b",")?;
                }
                return Ok(serde_json::to_writer(&mut self.out, line)?);
            }
            Style::Summary => line.outcome >= Outcome::Warned,
            Style::EveryLine => true,
        };
        if !shown {
            return Ok(());
        }
        let least = if self.style == Style::Summary {
            Level::Warning
        } else {
            Level::Note
        };
        let remarks = line.remarks.iter().filter(|remark| remark.level() >= least);
        let sentences: Vec<String> = remarks.map(Remark::sentence).collect();
        let (line_no, word, office) = (line.line_no, line.outcome.word(), &line.office_number);
        writeln!(
            self.out,
            "  {line_no}行目 {word} {office} {}",
            sentences.join(" ")
        )
    }

    /// The file is at its end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn file_end(&mut self) -> io::Result<()> {
        let counts = self.current.take().unwrap_or_default();
        match self.style {
            Style::Json => write!(
                self.out,
                "],\"counts\":{}}}",
                serde_json::to_string(&counts)?
            ),
            Style::Summary | Style::EveryLine => writeln!(self.out, "  {}", words(&counts)),
        }
    }

    /// Ends the report; how many files were not taken.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(mut self, gained: Gained) -> io::Result<u64> {
        if self.style == Style::Json {
            let (counts, gained) = (
                serde_json::to_string(&self.total)?,
                serde_json::to_string(&gained)?,
            );
            let (files, faults) = (self.files - self.faults, self.faults);
            writeln!(
                self.out,
                "],\"files_taken\":{files},\"files_not_taken\":{faults},\"counts\":{counts},\"gained\":{gained}}}"
            )?;
        } else {
            writeln!(self.out, "合計 {}", words(&self.total))?;
            let would = match self.mode {
                Mode::Take => "台帳に加わったもの",
                Mode::DryRun => "取り込むと台帳に加わるもの",
            };
            let Gained {
                corporations,
                offices,
                entries,
                changed,
            } = gained;
            writeln!(
                self.out,
                "{would}: 法人 {} / 事業所 {} / サービス種別の追加 {} / 内容の変更 {}",
                grouped(corporations),
                grouped(offices),
                grouped(entries),
                grouped(changed)
            )?;
            if self.faults > 0 {
                writeln!(self.out, "取り込めなかったファイル: {}件", self.faults)?;
            }
        }
        self.out.flush()?;
        Ok(self.faults)
    }

    fn comma(&mut self) -> io::Result<()> {
        if self.style == Style::Json && self.files > 0 {
            self.out.write_all(b",")?;
        }
        self.files += 1;
        Ok(())
    }
}

impl Outcome {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Taken => "取込",
            Outcome::Noted => "整形",
            Outcome::Warned => "要確認",
            Outcome::Refused => "不可",
        }
    }
}

fn words(counts: &Counts) -> String {
    let Counts {
        lines,
        taken,
        noted,
        warned,
        refused,
        remarks: _,
    } = counts;
    format!(
        "{}行: そのまま {} / 整形して {} / 要確認 {} / 取り込めない {}",
        grouped(*lines),
        grouped(*taken),
        grouped(*noted),
        grouped(*warned),
        grouped(*refused)
    )
}

/// A number with a comma every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
