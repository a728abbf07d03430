//! The kinds of sheets: their columns, by which a file is known, and their templates.

use daicho_domain::identifiers::name;

use super::{balances, ends, enrolments, licences, mandates, transmissions};

/// A column of a sheet.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its heading.
    pub name: &'static str,
    /// What an invented line has there.
    pub example: &'static str,
    /// Whether a file without it is no sheet of this kind.
    pub(super) must: Must,
}

/// Whether a column has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Must {
    /// It has to be there.
    Stand,
    /// It may be left out.
    Not,
}

/// A column that has to be there.
pub(super) const fn must(name: &'static str, example: &'static str) -> Column {
    Column {
        name,
        example,
        must: Must::Stand,
    }
}

/// A column that may be left out.
pub(super) const fn may(name: &'static str, example: &'static str) -> Column {
    Column {
        name,
        example,
        must: Must::Not,
    }
}

/// What a sheet is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 口座振替依頼書, a corporation a line.
    Mandates,
    /// What is owed, a charge a line.
    Balances,
    /// The file that is with the bank, a debit a record: no sheet, and without a template.
    Debits,
    /// Trials and registrations, a corporation a line.
    Enrolments,
    /// Applications for transmission with 委任状 and ID, an office a line.
    Transmissions,
    /// Ends that were filed, one a line.
    Ends,
    /// Licences of the care-plan exchange, a year a line.
    Licences,
}

impl Kind {
    /// Every kind of sheet, in the order in which they are carried over: a later one may rest on an earlier one.
    pub const ALL: &'static [Self] = &[
        Self::Mandates,
        Self::Balances,
        Self::Enrolments,
        Self::Transmissions,
        Self::Ends,
        Self::Licences,
    ];

    /// Its name on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Mandates => "mandates",
            Self::Balances => "balances",
            Self::Debits => "debits",
            Self::Enrolments => "enrolments",
            Self::Transmissions => "transmissions",
            Self::Ends => "ends",
            Self::Licences => "licences",
        }
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Mandates => "口座振替依頼書",
            Self::Balances => "残高",
            Self::Debits => "振替依頼ファイル",
            Self::Enrolments => "登録",
            Self::Transmissions => "伝送",
            Self::Ends => "終了",
            Self::Licences => "ライセンス",
        }
    }

    /// Its columns, in the order of its template.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Mandates => mandates::COLUMNS,
            Self::Balances => balances::COLUMNS,
            Self::Debits => &[],
            Self::Enrolments => enrolments::COLUMNS,
            Self::Transmissions => transmissions::COLUMNS,
            Self::Ends => ends::COLUMNS,
            Self::Licences => licences::COLUMNS,
        }
    }

    /// The kind of sheet that has these columns.
    pub fn of<'a>(header: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let header: Vec<_> = header
            .into_iter()
            .map(|cell| name(cell).normalised)
            .collect();
        let has = |column: &Column| header.iter().any(|cell| cell == column.name);
        Self::ALL.iter().copied().find(|kind| {
            let mut needed = kind.columns().iter().filter(|one| one.must == Must::Stand);
            needed.all(has)
        })
    }

    /// The columns that lack for the kind of sheet that comes nearest.
    pub(super) fn lacking(header: &[String]) -> String {
        let lacking = |kind: &Self| -> Vec<&'static str> {
            let needed = kind.columns().iter().filter(|one| one.must == Must::Stand);
            let names = needed.map(|column| column.name);
            names
                .filter(|name| !header.iter().any(|cell| cell == name))
                .collect()
        };
        let nearest = Self::ALL.iter().map(lacking).min_by_key(Vec::len);
        nearest.unwrap_or_default().join("」「")
    }

    /// The kind of this name.
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    /// A sheet of its columns with one invented line, to be filled in.
    pub fn template(self) -> String {
        let columns = self.columns();
        let row = |cell: fn(&Column) -> &'static str| {
            let cells: Vec<_> = columns.iter().map(cell).collect();
            cells.join(",")
        };
        format!(
            "{}\r\n{}\r\n",
            row(|column| column.name),
            row(|column| column.example)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_template_is_known_by_its_columns_as_what_it_is() {
        for kind in Kind::ALL {
            let template = kind.template();
            let header = template.lines().next().expect("a header");
            assert_eq!(Kind::of(header.split(',')), Some(*kind), "{}", kind.code());
            let names: BTreeSet<_> = kind.columns().iter().map(|column| column.name).collect();
            assert_eq!(names.len(), kind.columns().len(), "{}", kind.code());
            assert!(!template.contains('"'), "no cell needs quoting");
        }
        assert_eq!(Kind::of(["事業所番号", "事業所名"]), None);
    }
}
