//! A template as an Excel workbook: the columns of a sheet with one invented line. Every column is text, so that numbers keep
//! their leading zeros, but for days, which are real ones.

use chrono::{Datelike as _, NaiveDate};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::sheet::{Column, Kind};

/// How wide a column is, at the least and at the most, in characters.
const WIDTH: (usize, usize) = (12, 40);

impl Kind {
    /// A workbook of its columns with one invented line, to be filled in: the same bytes each time.
    pub fn template_workbook(self) -> Vec<u8> {
        let book = book(self.label(), self.columns());
        book.expect("a sheet of some columns and one line fits into a workbook")
    }
}

fn book(name: &str, columns: &[Column]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A workbook says when it was made. This one is made of the program alone.
    let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let sheet = book.add_worksheet();
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    let heading = Format::new()
        .set_bold()
        .set_num_format("@")
        .set_border_bottom(FormatBorder::Thin);
    for (place, column) in (0..).zip(columns) {
        sheet.set_column_width(place, width(column))?;
        sheet.write_with_format(0, place, column.name, &heading)?;
        example(sheet, place, column)?;
    }
    book.save_to_buffer()
}

/// The invented line's cell; those below have the same format.
fn example(sheet: &mut Worksheet, place: u16, column: &Column) -> Result<(), XlsxError> {
    let Ok(day) = column.example.parse::<NaiveDate>() else {
        let text = Format::new().set_num_format("@");
        sheet.set_column_format(place, &text)?;
        sheet.write_with_format(1, place, column.example, &text)?;
        return Ok(());
    };
    let days = Format::new().set_num_format("yyyy/mm/dd");
    sheet.set_column_format(place, &days)?;
    let year = u16::try_from(day.year()).expect("an invented line is of our days");
    let month = u8::try_from(day.month()).expect("a month is small");
    let of_month = u8::try_from(day.day()).expect("a day of the month is small");
    let day = ExcelDateTime::from_ymd(year, month, of_month)?;
    sheet.write_with_format(1, place, &day, &days)?;
    Ok(())
}

/// Wide enough for heading and example; a character of Japanese takes two places.
fn width(column: &Column) -> f64 {
    let places = |text: &str| -> usize {
        text.chars()
            .map(|character| if character.is_ascii() { 1 } else { 2 })
            .sum()
    };
    let needed = places(column.name).max(places(column.example)) + 2;
    let (least, most) = WIDTH;
    let width = u32::try_from(needed.clamp(least, most)).expect("a width is small");
    f64::from(width)
}
