//! 事業所: which offices a corporation has, under which numbers, with which service kinds.

use crate::columns::Json;
use crate::projection::{Change, Projection};
use crate::query::{Conditions, Listed, Part, listed};
use crate::search::searchable;
use crate::store::{Cell, Result, Row as _, Snapshot, TextRef, Writer, row};
use daicho_domain::corporation::{Entry, Event, Office};
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::nouns::{self, State};
use daicho_domain::stream::{CorporationId, OfficeId, Stream};
use std::collections::BTreeMap;

row! {
    /// One office. It shows the name and address of its first service kind.
    pub struct OfficeRow in "offices" indexed ["(corporation, number)", "(number)", "(search)"] {
        /// Its id.
        id: OfficeId,
        /// The corporation it belongs to.
        corporation: CorporationId,
        /// Its 事業所番号 now.
        number: OfficeNumber,
        /// The numbers it had before, oldest first.
        former_numbers: Json<Vec<OfficeNumber>>,
        /// Its name.
        name: String,
        /// Its address as it was sent.
        address: Option<String>,
        /// Its published telephone number as it was sent.
        phone: Option<String>,
        /// How many service kinds it has.
        entries: u64,
        /// What a person should look at.
        warnings: Json<Vec<String>>,
        /// Whether it no longer belongs to the corporation.
        removed: bool,
        /// Why; nothing once it was erased.
        removed_because: Option<TextRef>,
        /// What a search compares.
        search: String,
    }
}

row! {
    /// One service kind of an office: what the published files call a row.
    pub struct EntryRow in "office_entries" indexed ["(office)"] {
        /// The office's id and the service kind.
        key: String,
        /// The office.
        office: OfficeId,
        /// Its 事業所番号 now.
        number: OfficeNumber,
        /// The service kind.
        kind: String,
        /// The name under this kind, as it was sent.
        name: String,
        /// The name in kana, as it was sent.
        kana: Option<String>,
        /// The address, as it was sent.
        address: Option<String>,
        /// The telephone number, as it was sent.
        phone: Option<String>,
        /// The same fields in normalised form, where that differs, by field name.
        normalised: Json<BTreeMap<String, String>>,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "offices",
    revision: 1,
    tables: &[OfficeRow::TABLE, EntryRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let (State::Corporation(state), nouns::Event::Corporation(event)) =
        (change.after, change.event)
    else {
        return Ok(());
    };
    let (Some(corporation), Stream::Corporation(id)) = (state.registered(), change.stream) else {
        return Ok(());
    };
    let Some(office_id) = office_of(event) else {
        return Ok(());
    };
    let Some(office) = corporation.offices.get(&office_id) else {
        return Ok(());
    };
    let removed_because = writer.text_of(office.removed.as_ref())?;
    let row = row_of(*id, office_id, office, removed_because);
    if let Some(mut stays) = writer.get::<OfficeRow>(&office_id.to_string())?
        && stays.corporation != *id
        && !stays.removed
    {
        // Two corporations name it: the first stays, a person is told.
        let warning = format!("別の法人（{}）からも登録されました", corporation.name);
        if !row.removed && !stays.warnings.0.contains(&warning) {
            stays.warnings.0.push(warning);
            writer.put(&stays)?;
        }
        return Ok(());
    }
    writer.put(&row)?;
    for entry in &office.entries {
        writer.put(&entry_row(office_id, office.number, entry))?;
    }
    Ok(())
}

fn office_of(event: &Event) -> Option<OfficeId> {
    match event {
        Event::OfficeAdded { office, .. }
        | Event::EntryAdded { office, .. }
        | Event::EntryChanged { office, .. }
        | Event::OfficeRenumbered { office, .. }
        | Event::OfficeRemoved { office, .. } => Some(*office),
        Event::OfficeTransferred { handed, .. } | Event::OfficeReceived { handed, .. } => {
            Some(handed.office)
        }
        Event::Registered { .. }
        | Event::NumberAssigned { .. }
        | Event::MergedInto { .. }
        | Event::Unmerged {}
        | Event::NameChanged { .. }
        | Event::ContactSet { .. }
        | Event::DestinationSet { .. }
        | Event::TextsErased { .. }
        | Event::AccountKept { .. }
        | Event::MandateNeeded { .. }
        | Event::MandateSent { .. }
        | Event::MandateReturned { .. }
        | Event::MandateHandedToBank { .. }
        | Event::MandateRegistered { .. }
        | Event::MandateDefective { .. }
        | Event::MandateBroken { .. }
        | Event::MandateCarriedOver { .. }
        | Event::OfficeContinued { .. }
        | Event::OfficeUseDeclined { .. }
        | Event::MandateCalledOff {} => None,
    }
}

fn row_of(
    corporation: CorporationId,
    id: OfficeId,
    office: &Office,
    removed_because: Option<TextRef>,
) -> OfficeRow {
    let first = office.entries.first();
    let number = office.number.to_string();
    let former: Vec<_> = office
        .former_numbers
        .iter()
        .map(ToString::to_string)
        .collect();
    let parts = [office.name(), number.as_str()].into_iter();
    OfficeRow {
        id,
        corporation,
        number: office.number,
        former_numbers: Json(office.former_numbers.clone()),
        name: office.name().to_owned(),
        address: first.and_then(|entry| entry.address.clone()),
        phone: first.and_then(|entry| entry.phone.clone()),
        entries: office.entries.len() as u64,
        warnings: Json(office.warnings.clone()),
        removed: office.removed.is_some(),
        removed_because,
        search: searchable(parts.chain(former.iter().map(String::as_str))),
    }
}

fn entry_row(office: OfficeId, number: OfficeNumber, entry: &Entry) -> EntryRow {
    EntryRow {
        key: format!("{office}/{}", entry.kind),
        office,
        number,
        kind: entry.kind.clone(),
        name: entry.name.clone(),
        kana: entry.kana.clone(),
        address: entry.address.clone(),
        phone: entry.phone.clone(),
        normalised: Json(entry.normalised.clone()),
    }
}

/// The offices of a corporation, those it has now first.
pub fn of_corporation(snapshot: &Snapshot, corporation: CorporationId) -> Result<Vec<OfficeRow>> {
    let sql = "SELECT * FROM {offices} WHERE corporation = ? ORDER BY removed, number";
    snapshot.rows(sql, &[Cell::Text(corporation.to_string())])
}

/// The offices whose name or number, also a former one, contains `typed`; all without it.
pub fn list(
    snapshot: &Snapshot,
    typed: Option<&str>,
    offset: u64,
    limit: u64,
) -> Result<Listed<OfficeRow>> {
    let mut asked = Conditions::default();
    asked.search(typed);
    let order = "number, id";
    let part = Part {
        order,
        offset,
        limit,
    };
    listed(snapshot, asked, part)
}

/// The office that has this number now.
pub fn numbered(snapshot: &Snapshot, number: OfficeNumber) -> Result<Option<OfficeRow>> {
    let sql = "SELECT * FROM {offices} WHERE number = ? ORDER BY removed, id LIMIT 1";
    Ok(snapshot.rows(sql, &[Cell::Text(number.to_string())])?.pop())
}

/// The office that had this number before.
pub fn formerly(snapshot: &Snapshot, number: OfficeNumber) -> Result<Option<OfficeRow>> {
    let sql =
        "SELECT * FROM {offices} WHERE instr(former_numbers, ?) > 0 ORDER BY removed, id LIMIT 1";
    Ok(snapshot.rows(sql, &[Cell::Text(number.to_string())])?.pop())
}

/// The service kinds of an office.
pub fn entries(snapshot: &Snapshot, office: OfficeId) -> Result<Vec<EntryRow>> {
    let sql = "SELECT * FROM {office_entries} WHERE office = ? ORDER BY kind";
    snapshot.rows(sql, &[Cell::Text(office.to_string())])
}
