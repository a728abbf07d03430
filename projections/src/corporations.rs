//! 法人: which corporations there are, by name, number, or their id in another system.

use crate::columns::{Json, code_columns};
use crate::projection::{Change, Projection};
use crate::query::{Conditions, Part, listed};
use crate::search::searchable;
use crate::store::{Cell, Result, Row as _, Snapshot, TextRef, Writer, row};
use daicho_domain::corporation::{Registered, SendTo};
use daicho_domain::identifiers::CorporateNumber;
use daicho_domain::nouns::State;
use daicho_domain::stream::{CorporationId, Stream};
use std::collections::BTreeMap;

pub use crate::query::Listed;

code_columns! {
    SendTo: "destination",
}

row! {
    /// One corporation.
    pub struct CorporationRow in "corporations" indexed ["(number)", "(search)", "(attention) WHERE attention"] {
        /// Its id.
        id: CorporationId,
        /// Its 法人番号; `None` while it is provisional.
        number: Option<CorporateNumber>,
        /// Its name as it was sent last.
        name: String,
        /// Its ids in other systems (system → id).
        external_refs: Json<BTreeMap<String, String>>,
        /// The corporation it proved to be, after a merger.
        merged_into: Option<CorporationId>,
        /// The person to talk to.
        contact_name: Option<TextRef>,
        /// Their telephone number.
        contact_phone: Option<TextRef>,
        /// Their mail address.
        contact_mail: Option<TextRef>,
        /// To whom 委任状 and what belongs to them are posted, as it wishes.
        send_to: SendTo,
        /// The address of its head office, where that is none of its offices'.
        head_office: Option<String>,
        /// How many offices belong to it.
        offices: u64,
        /// What a person should look at.
        warnings: Json<Vec<String>>,
        /// Whether it is provisional and unmerged, or carries warnings.
        attention: bool,
        /// What a search compares.
        search: String,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "corporations",
    revision: 2,
    tables: &[CorporationRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let State::Corporation(state) = change.after else {
        return Ok(());
    };
    let (Some(corporation), Stream::Corporation(id)) = (state.registered(), change.stream) else {
        return Ok(());
    };
    let row = row_of(*id, corporation, writer)?;
    writer.put(&row)
}

fn row_of(
    id: CorporationId,
    corporation: &Registered,
    writer: &mut Writer<'_>,
) -> Result<CorporationRow> {
    let contact = corporation.contact.as_ref();
    let contact_name = writer.text_of(contact.map(|contact| &contact.name))?;
    let contact_phone = writer.text_of(contact.and_then(|contact| contact.phone.as_ref()))?;
    let contact_mail = writer.text_of(contact.and_then(|contact| contact.mail.as_ref()))?;
    let belonging = corporation
        .offices
        .values()
        .filter(|office| office.removed.is_none());
    let number = corporation.number;
    let provisional = number.is_none() && corporation.merged_into.is_none();
    Ok(CorporationRow {
        id,
        number,
        name: corporation.name.clone(),
        external_refs: Json(corporation.external_refs.clone()),
        merged_into: corporation.merged_into,
        contact_name,
        contact_phone,
        contact_mail,
        send_to: corporation.destination.to,
        head_office: corporation.destination.head_office.clone(),
        offices: belonging.count() as u64,
        warnings: Json(corporation.warnings.clone()),
        attention: provisional || !corporation.warnings.is_empty(),
        search: search_of(corporation),
    })
}

/// Name, number and external ids, as a search compares them.
fn search_of(corporation: &Registered) -> String {
    let number = corporation.number.map(|number| number.to_string());
    let refs = corporation.external_refs.values().map(String::as_str);
    searchable(
        [corporation.name.as_str()]
            .into_iter()
            .chain(number.as_deref())
            .chain(refs),
    )
}

/// Which corporations to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the name, the number or an external id.
    pub search: Option<String>,
    /// Only those a person should look at: provisional ones and warnings.
    pub attention: bool,
}

/// The corporations that fit, by name.
pub fn list(
    snapshot: &Snapshot,
    filter: &Filter,
    offset: u64,
    limit: u64,
) -> Result<Listed<CorporationRow>> {
    let mut asked = Conditions::default();
    asked.plain("merged_into IS NULL");
    asked.search(filter.search.as_deref());
    if filter.attention {
        asked.plain("attention");
    }
    let order = "search, id";
    let part = Part {
        order,
        offset,
        limit,
    };
    listed(snapshot, asked, part)
}

/// The corporation, also under an id that was merged into another: that other one.
pub fn find(snapshot: &Snapshot, id: CorporationId) -> Result<Option<CorporationRow>> {
    let row: Option<CorporationRow> = snapshot.row(&id.to_string())?;
    match row.as_ref().and_then(|row| row.merged_into) {
        None => Ok(row),
        Some(stays) => snapshot.row(&stays.to_string()),
    }
}

/// The ids that were merged into this corporation.
pub fn merged_into(snapshot: &Snapshot, id: CorporationId) -> Result<Vec<CorporationRow>> {
    let sql = "SELECT * FROM {corporations} WHERE merged_into = ? ORDER BY id";
    snapshot.rows(sql, &[Cell::Text(id.to_string())])
}

/// The corporation with this 法人番号.
pub fn numbered(snapshot: &Snapshot, number: CorporateNumber) -> Result<Option<CorporationRow>> {
    let sql = "SELECT * FROM {corporations} WHERE number = ? AND merged_into IS NULL";
    Ok(snapshot.rows(sql, &[Cell::Text(number.to_string())])?.pop())
}
