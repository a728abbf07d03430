//! A sheet out of an Excel workbook: its cells as the texts that the same table has as CSV. Days come as they stand, numbers
//! without what a spreadsheet made of them; a number that lost its leading zeros is told as in a CSV.

use std::io::{Cursor, Read as _, copy, sink};
use std::path::Path;

use calamine::{DataRef, ExcelDateTime, Reader as _, SheetType, Xlsx, XlsxError};
use zip::ZipArchive;

use super::table::Line;
use crate::import::FileFault;

/// Unpacked, no spreadsheet of an office is larger: what unpacks to more is not looked into.
const UNPACKED_BYTES_MAX: u64 = 256 << 20;

/// No sheet has as many columns: a cell further to the right is none of its table.
const COLUMNS_MAX: u32 = 256;

/// Whether the bytes are a workbook, or another archive.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The lines of the one sheet that a workbook holds.
pub(super) fn lines(path: &Path, bytes: &[u8]) -> Result<Vec<Line>, FileFault> {
    unpacks(path, bytes)?;
    let broken = |_: XlsxError| FileFault::Archive { path: path.into() };
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let sheets = book.sheets_metadata().iter();
    let sheets = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<_> = sheets.map(|sheet| sheet.name.clone()).collect();
    let mut filled = Vec::new();
    for name in names {
        let lines = of_sheet(&mut book, &name).map_err(broken)?;
        if !lines.is_empty() {
            filled.push((name, lines));
        }
    }
    match filled.len() {
        0 => Err(FileFault::Empty { path: path.into() }),
        1 => Ok(filled.remove(0).1),
        _ => Err(FileFault::ManySheets {
            path: path.into(),
            sheets: filled
                .into_iter()
                .map(|(name, _)| name)
                .collect::<Vec<_>>()
                .join("」「"),
        }),
    }
}

/// Whether it unpacks to what an office may have: a small file can unpack to more than a machine holds.
fn unpacks(path: &Path, bytes: &[u8]) -> Result<(), FileFault> {
    let broken = || FileFault::Archive { path: path.into() };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let mut left = UNPACKED_BYTES_MAX;
    for place in 0..archive.len() {
        let entry = archive.by_index(place).map_err(|_| broken())?;
        let unpacked = copy(&mut entry.take(left + 1), &mut sink()).map_err(|_| broken())?;
        left = left
            .checked_sub(unpacked)
            .ok_or_else(|| FileFault::TooLarge { path: path.into() })?;
    }
    Ok(())
}

/// The rows of a sheet that have anything in them.
fn of_sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Line>, XlsxError> {
    let mut cells = book.worksheet_cells_reader(name)?;
    let mut lines: Vec<Line> = Vec::new();
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        if column >= COLUMNS_MAX || text.trim().is_empty() {
            continue;
        }
        let no = u64::from(row) + 1;
        if lines.last().is_none_or(|line| line.no != no) {
            lines.push(Line { no, cells: vec![] });
        }
        let line = lines.last_mut().expect("a line was pushed");
        let place = usize::try_from(column).expect("a column is no further than that");
        if line.cells.len() <= place {
            line.cells.resize(place + 1, String::new());
        }
        line.cells[place] = text;
    }
    Ok(lines)
}

/// A cell as a CSV has it.
fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(yes) => yes.to_string().to_uppercase(),
        DataRef::DateTime(at) => day_or_time(*at),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A day, a time of day, or both.
fn day_or_time(at: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let time = match second {
        0 => format!("{hour:02}:{minute:02}"),
        second => format!("{hour:02}:{minute:02}:{second:02}"),
    };
    if at.as_f64() < 1.0 {
        return time;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second) {
        (0, 0, 0) => date,
        _ => format!("{date} {time}"),
    }
}
