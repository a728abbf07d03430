//! One value in a row, and which Rust types can stand in a column.
//!
//! Everything a read model stores is text or a whole number: dates, months, ids and services are
//! written as their wire text, so that a row reads the same in SQL, in JSON and in a digest.

use super::Packer;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use daicho_domain::Service;
use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// One value of a row.
#[derive(Clone, Debug)]
pub enum Cell {
    /// Nothing is known.
    Null,
    /// A whole number; truth is 1 and 0.
    Int(i64),
    /// A text.
    Text(String),
    /// A text that stands in the program, such as the code of a status: the same value as that text.
    Word(&'static str),
}

/// What a cell is to whoever compares it.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a str),
}

impl Cell {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text),
            Self::Word(word) => Value::Text(word),
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Null | Self::Int(_) => None,
            Self::Text(text) => Some(text),
            Self::Word(word) => Some(word),
        }
    }
}

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value()
    }
}

impl Eq for Cell {}

impl PartialOrd for Cell {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cell {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value().cmp(&other.value())
    }
}

impl Hash for Cell {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.value().hash(hasher);
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Int(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Word(word) => ToSqlOutput::Borrowed(ValueRef::Text(word.as_bytes())),
        })
    }
}

impl FromSql for Cell {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Null => Ok(Self::Null),
            ValueRef::Integer(number) => Ok(Self::Int(number)),
            ValueRef::Text(_) => value.as_str().map(|text| Self::Text(text.to_owned())),
            ValueRef::Real(_) | ValueRef::Blob(_) => {
                Err(rusqlite::types::FromSqlError::InvalidType)
            }
        }
    }
}

/// A cell that does not read back as the type of its column: the file is not ours or is damaged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value {found:?} is not a {wanted}")]
pub struct WrongCell {
    /// What stands in the row.
    pub found: Cell,
    /// What the column holds.
    pub wanted: &'static str,
}

/// A type that can stand in a column.
pub trait Column: Sized {
    /// How SQLite declares it.
    const DECLARATION: &'static str;
    /// The value as it is stored.
    fn to_cell(&self) -> Cell;
    /// The value at the end of a row that is packed.
    fn pack(&self, to: &mut Packer) {
        match self.to_cell() {
            Cell::Null => to.null(),
            Cell::Int(number) => to.int(number),
            Cell::Text(text) => to.text(&text),
            Cell::Word(word) => to.text(word),
        }
    }
    /// The value read back.
    fn from_cell(cell: Cell) -> Result<Self, WrongCell>;
}

impl Column for String {
    const DECLARATION: &'static str = "TEXT NOT NULL";

    fn to_cell(&self) -> Cell {
        Cell::Text(self.clone())
    }

    fn pack(&self, to: &mut Packer) {
        to.text(self);
    }

    fn from_cell(cell: Cell) -> Result<Self, WrongCell> {
        match cell {
            Cell::Text(text) => Ok(text),
            Cell::Word(word) => Ok(word.to_owned()),
            Cell::Null | Cell::Int(_) => Err(WrongCell {
                found: cell,
                wanted: "text",
            }),
        }
    }
}

impl Column for i64 {
    const DECLARATION: &'static str = "INTEGER NOT NULL";

    fn to_cell(&self) -> Cell {
        Cell::Int(*self)
    }

    fn from_cell(cell: Cell) -> Result<Self, WrongCell> {
        match cell {
            Cell::Int(number) => Ok(number),
            Cell::Null | Cell::Text(_) | Cell::Word(_) => Err(WrongCell {
                found: cell,
                wanted: "whole number",
            }),
        }
    }
}

/// The columns that are whole numbers underneath.
macro_rules! number_columns {
    ($($kind:ty),*) => {$(
        impl Column for $kind {
            const DECLARATION: &'static str = i64::DECLARATION;

            fn to_cell(&self) -> Cell {
                Cell::Int(i64::try_from(*self).expect("counts and numbers fit in 63 bits"))
            }

            fn from_cell(cell: Cell) -> Result<Self, WrongCell> {
                i64::from_cell(cell.clone())?.try_into().map_err(|_| WrongCell {
                    found: cell,
                    wanted: stringify!($kind),
                })
            }
        }
    )*};
}

number_columns!(u64, u32);

impl Column for bool {
    const DECLARATION: &'static str = i64::DECLARATION;

    fn to_cell(&self) -> Cell {
        Cell::Int(i64::from(*self))
    }

    fn from_cell(cell: Cell) -> Result<Self, WrongCell> {
        i64::from_cell(cell).map(|number| number != 0)
    }
}

impl<T: Column> Column for Option<T> {
    const DECLARATION: &'static str = nullable(T::DECLARATION);

    fn to_cell(&self) -> Cell {
        self.as_ref().map_or(Cell::Null, T::to_cell)
    }

    fn pack(&self, to: &mut Packer) {
        match self {
            Some(value) => value.pack(to),
            None => to.null(),
        }
    }

    fn from_cell(cell: Cell) -> Result<Self, WrongCell> {
        match cell {
            Cell::Null => Ok(None),
            Cell::Int(_) | Cell::Text(_) | Cell::Word(_) => T::from_cell(cell).map(Some),
        }
    }
}

const fn nullable(declaration: &'static str) -> &'static str {
    match declaration.as_bytes() {
        b"TEXT NOT NULL" => "TEXT",
        b"INTEGER NOT NULL" => "INTEGER",
        _ => panic!("a column is TEXT NOT NULL or INTEGER NOT NULL"),
    }
}

impl Column for DateTime<Utc> {
    const DECLARATION: &'static str = String::DECLARATION;

    fn to_cell(&self) -> Cell {
        // A fixed number of digits, so that the text sorts as the instant does.
        Cell::Text(self.to_rfc3339_opts(SecondsFormat::Micros, true))
    }

    fn from_cell(cell: Cell) -> Result<Self, WrongCell> {
        let text = String::from_cell(cell)?;
        match DateTime::parse_from_rfc3339(&text) {
            Ok(instant) => Ok(instant.with_timezone(&Utc)),
            Err(_) => Err(WrongCell {
                found: Cell::Text(text),
                wanted: "instant",
            }),
        }
    }
}

/// The columns whose stored form is their wire text.
macro_rules! text_columns {
    ($($kind:ty: $wanted:literal),* $(,)?) => {$(
        impl $crate::store::Column for $kind {
            const DECLARATION: &'static str = String::DECLARATION;

            fn to_cell(&self) -> $crate::store::Cell {
                $crate::store::Cell::Text(self.to_string())
            }

            fn pack(&self, to: &mut $crate::store::Packer) {
                to.display(self);
            }

            fn from_cell(cell: $crate::store::Cell) -> Result<Self, $crate::store::WrongCell> {
                let text = String::from_cell(cell)?;
                text.parse().map_err(|_| $crate::store::WrongCell {
                    found: $crate::store::Cell::Text(text),
                    wanted: $wanted,
                })
            }
        }
    )*};
}
pub(crate) use text_columns;

text_columns! {
    NaiveDate: "date",
    uuid::Uuid: "id",
    Service: "service",
}
