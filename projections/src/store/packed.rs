//! The values of a row, one after the other in one piece of memory.
//!
//! A row is held, compared with the version before it, kept as a former version and written to the file: often, and
//! by two threads. In one piece that is one allocation and one comparison, not one for each of its columns.

use super::Cell;
use rusqlite::ToSql;
use rusqlite::types::{FromSqlError, ToSqlOutput, ValueRef};
use std::fmt::{self, Write as _};
use std::sync::Arc;

/// What stands in front of each value.
mod tag {
    /// Nothing follows.
    pub const NULL: u8 = 0;
    /// Eight bytes follow.
    pub const INT: u8 = 1;
    /// The length follows in four bytes, then the text.
    pub const TEXT: u8 = 2;
}

/// A row, shared by whoever holds it and whoever writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Packed(Arc<[u8]>);

/// One value of a packed row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a [u8]),
}

impl Packed {
    /// The values in the order of the columns.
    pub fn values(&self) -> Values<'_> {
        Values(&self.0)
    }

    /// The first value: the row's key.
    pub fn key(&self) -> Value<'_> {
        self.values().next().unwrap_or(Value::Null)
    }

    /// The values as cells of their own.
    pub fn cells(&self) -> Vec<Cell> {
        self.values().map(Cell::from).collect()
    }
}

/// Walks over the values of a packed row.
pub(super) struct Values<'a>(&'a [u8]);

impl<'a> Values<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at(count);
        self.0 = rest;
        bytes
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.bytes(N)
            .try_into()
            .expect("as many bytes were taken as the array holds")
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let (tag, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(match *tag {
            tag::INT => Value::Int(i64::from_le_bytes(self.array())),
            tag::TEXT => {
                let length = u32::from_le_bytes(self.array());
                Value::Text(self.bytes(length as usize))
            }
            _ => Value::Null,
        })
    }
}

impl<'a> From<&'a Cell> for Value<'a> {
    fn from(cell: &'a Cell) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Int(number) => Self::Int(*number),
            Cell::Text(text) => Self::Text(text.as_bytes()),
            Cell::Word(word) => Self::Text(word.as_bytes()),
        }
    }
}

impl From<Value<'_>> for Cell {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(number) => Self::Int(number),
            Value::Text(text) => {
                let text = std::str::from_utf8(text).expect("only texts were packed");
                Self::Text(text.to_owned())
            }
        }
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text),
        }))
    }
}

/// Packs rows, one after the other.
#[derive(Debug, Default)]
pub struct Packer(Vec<u8>);

impl Packer {
    /// Nothing stands here.
    pub fn null(&mut self) {
        self.0.push(tag::NULL);
    }

    /// A whole number.
    pub fn int(&mut self, number: i64) {
        self.0.push(tag::INT);
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// A text that is written into its place.
    pub fn display(&mut self, text: &impl fmt::Display) {
        let length = self.begin_text();
        // A type whose `Display` fails is its own mistake; a `String` would panic here as well.
        write!(Text(&mut self.0), "{text}").expect("our own types can be displayed");
        self.end_text(length);
    }

    /// A value as JSON.
    pub fn json(&mut self, value: &impl serde::Serialize) {
        let length = self.begin_text();
        serde_json::to_writer(&mut self.0, value).expect("our own values serialise");
        self.end_text(length);
    }

    /// A value as the file gave it.
    pub(super) fn sql(&mut self, value: ValueRef<'_>) -> Result<(), FromSqlError> {
        match value {
            ValueRef::Null => self.null(),
            ValueRef::Integer(number) => self.int(number),
            ValueRef::Text(_) => self.text(value.as_str()?),
            ValueRef::Real(_) | ValueRef::Blob(_) => return Err(FromSqlError::InvalidType),
        }
        Ok(())
    }

    /// What was packed since the last row.
    pub(super) fn row(&mut self) -> Packed {
        let packed = Packed(Arc::from(self.0.as_slice()));
        self.0.clear();
        packed
    }

    fn bytes(&mut self, text: &[u8]) {
        let length = self.begin_text();
        self.0.extend_from_slice(text);
        self.end_text(length);
    }

    fn begin_text(&mut self) -> usize {
        self.0.push(tag::TEXT);
        self.0.extend_from_slice(&[0; 4]);
        self.0.len()
    }

    fn end_text(&mut self, begin: usize) {
        let length = self.0.len() - begin;
        let length = u32::try_from(length).expect("SQLite holds no text of 4 GiB");
        self.0[begin - 4..begin].copy_from_slice(&length.to_le_bytes());
    }
}

/// Text at the end of what is packed.
struct Text<'a>(&'a mut Vec<u8>);

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells() -> impl Strategy<Value = Vec<Cell>> {
        let cell = prop_oneof![
            Just(Cell::Null),
            any::<i64>().prop_map(Cell::Int),
            ".{0,12}".prop_map(Cell::Text),
            Just(Cell::Word("a word")),
        ];
        prop::collection::vec(cell, 0..8)
    }

    fn packed(cells: &[Cell]) -> Packed {
        let mut packer = Packer::default();
        for cell in cells {
            match cell {
                Cell::Null => packer.null(),
                Cell::Int(number) => packer.int(*number),
                Cell::Text(text) => packer.display(text),
                Cell::Word(word) => packer.text(word),
            }
        }
        packer.row()
    }

    proptest! {
        #[test]
        fn what_was_packed_is_read_back(cells in cells()) {
            prop_assert_eq!(packed(&cells).cells(), cells);
        }

        #[test]
        fn packed_rows_are_equal_when_their_values_are(one in cells(), other in cells()) {
            prop_assert_eq!(packed(&one) == packed(&other), one == other);
        }
    }
}
