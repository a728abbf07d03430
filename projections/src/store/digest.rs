//! One digest of rows alone: the same log gives the same digest, whether the rows were kept up one
//! event at a time or made anew, on any machine.
//!
//! It is computed by reading the rows in the order of their keys, from the file as it is, so it also
//! finds a row that no event explains.

use super::{Cell, Result, Snapshot};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The digest of all read models at one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// The last event applied; `None` before the first.
    pub number: Option<u64>,
    /// Every table's own digest, in the order of their names.
    pub tables: Vec<TableDigest>,
    /// The digest of the tables' digests.
    pub total: String,
}

/// The digest of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableDigest {
    /// The table.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 over the rows in the order of their keys.
    pub sha256: String,
}

impl Digest {
    /// Reads all rows of the snapshot: current, former, personal texts and folded states.
    pub fn of(snapshot: &Snapshot) -> Result<Self> {
        let mut reads = vec![
            (
                "personal_texts".to_owned(),
                "key, subject, text".to_owned(),
                "key".to_owned(),
            ),
            (
                "states".to_owned(),
                "stream, body".to_owned(),
                "stream".to_owned(),
            ),
        ];
        for table in snapshot.tables() {
            let (name, columns, key) = (table.name, table.column_list(), table.key());
            reads.push((name.to_owned(), columns.clone(), key.to_owned()));
            let versions = format!("{columns}, from_number, to_number");
            reads.push((
                format!("{name}_former"),
                versions,
                format!("{key}, from_number"),
            ));
        }
        reads.sort_unstable();
        let tables = reads
            .iter()
            .map(|(table, columns, order)| digest_table(snapshot, table, columns, order))
            .collect::<Result<Vec<_>>>()?;
        let mut total = Sha256::new();
        for table in &tables {
            total.update(format!("{} {} {}\n", table.table, table.rows, table.sha256));
        }
        Ok(Self {
            number: snapshot.number()?,
            tables,
            total: hex(&total.finalize()),
        })
    }

    /// The tables in which two digests differ.
    pub fn differing<'a>(&'a self, other: &'a Self) -> Vec<&'a str> {
        let pairs = self.tables.iter().zip(&other.tables);
        pairs
            .filter(|(one, two)| one != two)
            .map(|(one, _)| one.table.as_str())
            .collect()
    }
}

fn digest_table(
    snapshot: &Snapshot,
    table: &str,
    columns: &str,
    order: &str,
) -> Result<TableDigest> {
    let sql = format!("SELECT {columns} FROM {table} ORDER BY {order}");
    let mut statement = snapshot.conn().prepare(&sql)?;
    let width = statement.column_count();
    let mut found = statement.query([])?;
    let mut hash = Sha256::new();
    let mut rows = 0;
    while let Some(row) = found.next()? {
        rows += 1;
        for column in 0..width {
            absorb(&mut hash, &row.get(column)?);
        }
    }
    Ok(TableDigest {
        table: table.to_owned(),
        rows,
        sha256: hex(&hash.finalize()),
    })
}

/// Kind, length and value, so that no two rows read the same.
fn absorb(hash: &mut Sha256, cell: &Cell) {
    match cell {
        Cell::Null => hash.update([0]),
        Cell::Int(number) => {
            hash.update([1]);
            hash.update(number.to_be_bytes());
        }
        Cell::Text(text) => absorb_text(hash, text),
        Cell::Word(word) => absorb_text(hash, word),
    }
}

fn absorb_text(hash: &mut Sha256, text: &str) {
    hash.update([2]);
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
