//! 未決定事項: how many cases rest on each rule that nobody has decided.
//!
//! A case carries the slots its dates rest on (`cases.slots`); few combinations exist, so they are
//! counted together and taken apart here.

use crate::store::{Column as _, Result, Snapshot};
use daicho_domain::Service;
use std::collections::BTreeMap;

/// What an open slot touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Touched {
    /// Cases in progress.
    pub open: u64,
    /// Cases in all.
    pub all: u64,
}

/// The cases touched, by service and the slot's id: two services' books share ids. A slot that is not
/// named touches none.
pub fn touched(snapshot: &Snapshot) -> Result<BTreeMap<(Service, String), Touched>> {
    let sql = "SELECT slots, open, count(*), service FROM {cases} WHERE slots <> '' \
               GROUP BY service, slots, open";
    let combinations = snapshot.map(sql, &[], |row| {
        let count: i64 = row.get(2)?;
        let (slots, open): (String, bool) = (row.get(0)?, row.get(1)?);
        let service = Service::from_cell(row.get(3)?).ok();
        Ok(service.map(|service| (service, slots, open, count.unsigned_abs())))
    })?;
    let mut touched: BTreeMap<(Service, String), Touched> = BTreeMap::new();
    for (service, slots, open, count) in combinations.into_iter().flatten() {
        for slot in slots.split(',') {
            let touched = touched.entry((service, slot.to_owned())).or_default();
            touched.all += count;
            touched.open += if open { count } else { 0 };
        }
    }
    Ok(touched)
}
