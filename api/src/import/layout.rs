//! Which column of a file holds what. Columns are found by their names, so that one reader serves the
//! published files (24 columns) and our own (eight, in any order, the last six optional).

use csv::StringRecord;

/// Our own CSV with one made-up line, as `daicho import --template` prints it.
pub const TEMPLATE: &str = include_str!("../../templates/import/offices.csv");

/// A column this reader knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    OfficeNumber,
    OfficeName,
    OfficeKana,
    ServiceKind,
    CorporateNumber,
    CorporationName,
    Prefecture,
    Address,
    Building,
    Phone,
}

const COLUMNS: [(Column, &str); 10] = [
    (Column::OfficeNumber, "事業所番号"),
    (Column::OfficeName, "事業所名"),
    (Column::OfficeKana, "事業所名カナ"),
    (Column::ServiceKind, "サービスの種類"),
    (Column::CorporateNumber, "法人番号"),
    (Column::CorporationName, "法人の名称"),
    (Column::Prefecture, "都道府県名"),
    (Column::Address, "住所"),
    (Column::Building, "方書（ビル名等）"),
    (Column::Phone, "電話番号"),
];

/// Without these a file says nothing about offices.
const NEEDED: [Column; 2] = [Column::OfficeNumber, Column::OfficeName];

/// This column stands in published files alone.
const PUBLISHED: &str = "都道府県コード又は市町村コード";

/// The columns our reader knows, by name.
pub fn column_names() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(_, name)| *name)
}

impl Column {
    /// Its name in the header.
    pub(super) fn name(self) -> &'static str {
        COLUMNS
            .iter()
            .find(|(column, _)| *column == self)
            .map(|(_, name)| *name)
            .expect("every column is listed")
    }
}

/// A file's columns.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    places: [Option<usize>; COLUMNS.len()],
    /// How many columns a line has.
    pub(super) width: usize,
    /// Whether it is a published file.
    pub(super) published: bool,
}

impl Layout {
    /// Reads a header line; the names of missing columns when it is none of ours.
    pub(super) fn of(header: &StringRecord) -> Result<Layout, String> {
        let names: Vec<String> = header
            .iter()
            .map(|cell| daicho_domain::identifiers::name(cell).normalised)
            .collect();
        let place = |name: &str| {
            let folded = daicho_domain::identifiers::name(name).normalised;
            names.iter().position(|cell| *cell == folded)
        };
        let layout = Layout {
            places: COLUMNS.map(|(_, name)| place(name)),
            width: names.len(),
            published: place(PUBLISHED).is_some(),
        };
        let missing: Vec<&str> = NEEDED
            .into_iter()
            .filter(|&column| layout.place(column).is_none())
            .map(Column::name)
            .collect();
        if missing.is_empty() {
            Ok(layout)
        } else {
            Err(missing.join("」「"))
        }
    }

    /// Where a column stands.
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        let index = COLUMNS.iter().position(|(listed, _)| *listed == column)?;
        self.places[index]
    }

    /// What a line holds in a column; nothing where the file has no such column.
    pub(super) fn cell<'a>(&self, line: &'a StringRecord, column: Column) -> &'a str {
        self.place(column)
            .and_then(|place| line.get(place))
            .unwrap_or_default()
    }
}
