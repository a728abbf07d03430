//! A sheet read whole: its kind, its lines, its digest.

use std::io::Read as _;
use std::path::Path;

use csv::StringRecord;
use daicho_domain::identifiers::name;
use encoding_rs::{SHIFT_JIS, UTF_8};
use sha2::{Digest as _, Sha256};

use super::bank_file::{self, BankFile};
use super::sheet::Kind;
use super::workbook;
use crate::import::FileFault;
use crate::requests::lists::place;

/// How much of a file is looked at to tell what it is.
const FRONT_BYTES: u64 = 64 << 10;

/// No spreadsheet of an office is larger.
pub const SHEET_BYTES_MAX: usize = 64 << 20;

/// A sheet.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its file's name, without its folders.
    pub name: String,
    /// The digest of its bytes.
    pub sha256: String,
    /// What it is about.
    pub kind: Kind,
    header: Vec<String>,
    lines: Vec<Line>,
    /// The file that is with the bank, where it is one.
    pub(super) bank_file: Option<BankFile>,
}

/// A line of a sheet.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its place in the file, the header being 1.
    pub(super) no: u64,
    /// Its cells, in the order of the header.
    pub(super) cells: Vec<String>,
}

impl Table {
    /// What a file is about, by its front; nothing when it is no sheet of ours.
    ///
    /// # Errors
    /// [`FileFault`] when it cannot be read.
    pub fn kind_of(path: &Path) -> Result<Option<Kind>, FileFault> {
        let mut front = Vec::new();
        let file = std::fs::File::open(path).map_err(|cause| unopened(path, cause))?;
        if path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"))
        {
            return Self::open(path).map(|table| Some(table.kind));
        }
        let read = file.take(FRONT_BYTES).read_to_end(&mut front);
        read.map_err(|cause| unopened(path, cause))?;
        if bank_file::is_one(&front) {
            return Ok(Some(Kind::Debits));
        }
        let header = front
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let (text, _) = decoded(header).unwrap_or_default();
        Ok(Kind::of(text.trim_end().split(',').map(unquoted)))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`FileFault`]: nothing of such a file is taken.
    pub fn open(path: &Path) -> Result<Self, FileFault> {
        let bytes = std::fs::read(path).map_err(|cause| unopened(path, cause))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self::read(&name, &bytes)
    }

    /// Reads a file of this name.
    ///
    /// # Errors
    /// [`FileFault`]: nothing of such a file is taken.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, FileFault> {
        let path = Path::new(file);
        if bank_file::is_one(bytes) {
            return Self::sent(file, bytes);
        }
        let mut lines = match workbook::is_archive(bytes) {
            true => workbook::lines(path, bytes)?,
            false => of_csv(path, bytes)?,
        };
        if lines.is_empty() {
            return Err(FileFault::Empty { path: path.into() });
        }
        let header: Vec<String> = lines.remove(0).cells;
        let header: Vec<String> = header.iter().map(|cell| name(cell).normalised).collect();
        let kind = Kind::of(header.iter().map(String::as_str)).ok_or_else(|| {
            FileFault::UnknownColumns {
                path: path.into(),
                missing: Kind::lacking(&header),
            }
        })?;
        // A line of a spreadsheet that was cleared stays as an empty one.
        lines.retain(|line| line.cells.iter().any(|cell| !cell.trim().is_empty()));
        Ok(Self {
            name: file.to_owned(),
            sha256: digest(bytes),
            kind,
            header,
            lines,
            bank_file: None,
        })
    }

    /// A file that was sent to the bank.
    fn sent(file: &str, bytes: &[u8]) -> Result<Self, FileFault> {
        let read = BankFile::read(bytes).map_err(|why| FileFault::BankFile {
            path: file.into(),
            why,
        })?;
        let lines = read.places().map(|(no, customer)| Line {
            no,
            cells: vec![customer],
        });
        Ok(Self {
            name: file.to_owned(),
            sha256: digest(bytes),
            kind: Kind::Debits,
            header: vec!["顧客番号".to_owned()],
            lines: lines.collect(),
            bank_file: Some(read),
        })
    }

    /// How many lines follow the header.
    pub fn line_count(&self) -> u64 {
        self.lines.len() as u64
    }

    pub(super) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What a line holds in a column; nothing where the sheet has no such column.
    pub(super) fn cell<'a>(&self, line: &'a Line, column: &str) -> &'a str {
        let place = self.header.iter().position(|cell| cell == column);
        place
            .and_then(|place| line.cells.get(place))
            .map_or("", |cell| cell.trim())
    }
}

fn unopened(path: &Path, cause: std::io::Error) -> FileFault {
    FileFault::Unopened {
        path: path.to_owned(),
        cause,
    }
}

fn unquoted(cell: &str) -> &str {
    cell.trim_matches('"')
}

fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text and whether it is what its bytes say: UTF-8 first, then Shift_JIS.
fn decoded(bytes: &[u8]) -> Option<(String, &'static str)> {
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let by = |encoding: &'static encoding_rs::Encoding| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
        Some((text.into_owned(), encoding.name()))
    };
    by(UTF_8).or_else(|| by(SHIFT_JIS))
}

fn of_csv(path: &Path, bytes: &[u8]) -> Result<Vec<Line>, FileFault> {
    let path = || path.to_owned();
    match bytes {
        [] | [0xef, 0xbb, 0xbf] => return Err(FileFault::Empty { path: path() }),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(FileFault::Utf16 { path: path() }),
        [0x1f, 0x8b, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            return Err(FileFault::Archive { path: path() });
        }
        _ => {}
    }
    let not_text = || FileFault::NotText {
        path: path(),
        line: 1,
    };
    let (text, _) = decoded(bytes).ok_or_else(not_text)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    for record in reader.records() {
        let record: StringRecord = record.map_err(|_| not_text())?;
        lines.push(Line {
            no: place(&text, &record),
            cells: record.iter().map(str::to_owned).collect(),
        });
    }
    Ok(lines)
}
