//! A table of a read model: its current rows, its former versions, and the type of a row.

use super::{Cell, Packer, WrongCell};
use std::fmt::Write as _;

/// One table. Its first column is the key of its rows.
#[derive(Debug)]
pub struct Table {
    /// The name in SQL, in change notices and in the digest.
    pub name: &'static str,
    /// Name and declaration of each column, the key first.
    pub columns: &'static [(&'static str, &'static str)],
    /// What follows `CREATE INDEX … ON table`, for each index beside the key: `(status, due)`.
    pub indexes: &'static [&'static str],
}

/// How the rows of one table are read and written.
pub(super) struct Statements {
    pub select: String,
    pub upsert: String,
    pub delete: String,
    pub former: String,
}

/// A row of a read model: the type that a projection writes and a page reads.
pub trait Row: Sized {
    /// The table it stands in.
    const TABLE: &'static Table;
    /// Packs the values in the order of the columns.
    fn pack(&self, to: &mut Packer);
    /// The row read back from the values in the order of the columns.
    fn from_cells(cells: Vec<Cell>) -> Result<Self, WrongCell>;
}

impl Table {
    /// The name of the key's column.
    pub fn key(&self) -> &'static str {
        self.columns[0].0
    }

    /// The columns of a row, separated by commas.
    pub fn column_list(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    /// The statements that create the table of current rows and the one of former versions.
    pub fn create(&self) -> String {
        let Self { name, .. } = self;
        let mut current = String::new();
        let mut former = String::new();
        for (position, (column, declaration)) in self.columns.iter().enumerate() {
            let unique = if position > 0 {
                ""
            } else if declaration.starts_with("INTEGER") {
                " PRIMARY KEY"
            } else {
                " UNIQUE"
            };
            let _ = write!(current, "{column} {declaration}{unique}, ");
            let _ = write!(former, "{column} {declaration}, ");
        }
        format!(
            "CREATE TABLE {name} ({current}from_number INTEGER NOT NULL);\n\
             CREATE TABLE {name}_former ({former}from_number INTEGER NOT NULL, to_number INTEGER NOT NULL);\n"
        )
    }

    /// The statements that create its indexes beside the key: made last when a file is filled aside,
    /// since to sort once costs less than to keep in order.
    ///
    /// A former version is looked up by key or read with all others valid at a number; it is written
    /// once and never changed, so it carries no other index.
    pub fn create_indexes(&self) -> String {
        let (name, key) = (self.name, self.key());
        let mut sql =
            format!("CREATE INDEX {name}_former_key ON {name}_former ({key}, from_number);\n");
        for (position, index) in self.indexes.iter().enumerate() {
            let _ = writeln!(sql, "CREATE INDEX {name}_{position} ON {name} {index};");
        }
        sql
    }

    /// The statements that read and write its rows.
    pub(super) fn statements(&self) -> Statements {
        let Self { name, columns, .. } = self;
        let key = self.key();
        let list = self.column_list();
        let marks = vec!["?"; columns.len()].join(", ");
        let sets = columns[1..]
            .iter()
            .map(|(column, _)| format!("{column} = excluded.{column}, "));
        let sets: String = sets.collect();
        Statements {
            select: format!("SELECT {list}, from_number FROM {name} WHERE {key} = ?"),
            upsert: format!(
                "INSERT INTO {name} ({list}, from_number) VALUES ({marks}, ?) \
                 ON CONFLICT ({key}) DO UPDATE SET {sets}from_number = excluded.from_number"
            ),
            delete: format!("DELETE FROM {name} WHERE {key} = ?"),
            former: format!(
                "INSERT INTO {name}_former ({list}, from_number, to_number) VALUES ({marks}, ?, ?)"
            ),
        }
    }

    /// The rows valid now, or valid once the event `number` had been applied, as a `FROM` clause
    /// names them.
    pub fn source(&self, alias: &str, number: Option<u64>) -> String {
        let Self { name, .. } = self;
        match number {
            None => format!("{name} AS {alias}"),
            Some(number) => {
                let columns = self.column_list();
                format!(
                    "(SELECT {columns}, from_number FROM {name} WHERE from_number <= {number} \
                     UNION ALL SELECT {columns}, from_number FROM {name}_former \
                     WHERE from_number <= {number} AND to_number > {number}) AS {alias}"
                )
            }
        }
    }
}

/// Declares a row and its table in one place: the struct, its columns and its indexes.
///
/// ```text
/// row! {
///     /// One 委任状 under way.
///     pub struct PoaRow in "poas" indexed ["(status, due)"] {
///         /// The stream's name.
///         key: String,
///         due: Option<NaiveDate>,
///     }
/// }
/// ```
macro_rules! row {
    (
        $(#[$doc:meta])*
        pub struct $row:ident in $table:literal indexed [$($index:literal),* $(,)?] {
            $($(#[$field_doc:meta])* $field:ident: $kind:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        pub struct $row {
            $($(#[$field_doc])* pub $field: $kind,)*
        }

        impl $crate::store::Row for $row {
            const TABLE: &'static $crate::store::Table = &$crate::store::Table {
                name: $table,
                columns: &[$((
                    stringify!($field),
                    <$kind as $crate::store::Column>::DECLARATION,
                ),)*],
                indexes: &[$($index),*],
            };

            fn pack(&self, to: &mut $crate::store::Packer) {
                $($crate::store::Column::pack(&self.$field, to);)*
            }

            fn from_cells(
                cells: Vec<$crate::store::Cell>,
            ) -> Result<Self, $crate::store::WrongCell> {
                let mut cells = cells.into_iter();
                Ok(Self {
                    $($field: $crate::store::Column::from_cell(
                        cells.next().unwrap_or($crate::store::Cell::Null),
                    )?,)*
                })
            }
        }
    };
}
pub(crate) use row;
