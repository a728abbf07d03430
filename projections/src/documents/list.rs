//! The search for documents.

use super::{Direction, DocumentRow, Kind, Standing};
use crate::query::{Conditions, Listed, Part, counted_by, listed};
use crate::store::{Result, Snapshot};
use chrono::NaiveDate;
use daicho_domain::document::FileDigest;
use daicho_domain::stream::CorporationId;

/// Which documents to list: AND between the fields, OR within one; an empty field asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Which way they went.
    pub directions: Vec<Direction>,
    /// What they are.
    pub kinds: Vec<Kind>,
    /// Where they stand.
    pub standings: Vec<Standing>,
    /// Dated this day or later.
    pub from: Option<NaiveDate>,
    /// Dated this day or earlier.
    pub to: Option<NaiveDate>,
    /// At least so many yen.
    pub amount_min: Option<i64>,
    /// At most so many yen.
    pub amount_max: Option<i64>,
    /// With this corporation.
    pub corporation: Option<CorporationId>,
    /// Of this file.
    pub file: Option<FileDigest>,
    /// Part of the counterparty's name, number or external id, of a 事業所番号, or of a 追跡番号.
    pub search: Option<String>,
}

/// The documents that fit, the latest first, counted.
pub fn list(
    snapshot: &Snapshot,
    filter: &Filter,
    offset: u64,
    limit: u64,
) -> Result<Listed<DocumentRow>> {
    let mut asked = Conditions::default();
    asked.one_of("direction", &filter.directions);
    asked.one_of("kind", &filter.kinds);
    asked.one_of("standing", &filter.standings);
    asked.days("dated_on", filter.from, filter.to);
    asked.amounts("amount", filter.amount_min, filter.amount_max);
    asked.one_of("corporation", filter.corporation.as_slice());
    asked.one_of("file", filter.file.as_slice());
    asked.search_with_corporation(filter.search.as_deref());
    let part = Part {
        order: "dated_on DESC, place DESC, key",
        offset,
        limit,
    };
    listed(snapshot, asked, part)
}

/// How many there are of each kind.
pub fn count_by_kind(snapshot: &Snapshot) -> Result<Vec<(Kind, u64)>> {
    counted_by::<DocumentRow, Kind>(snapshot, "kind", Conditions::default())
}
