//! 事業譲渡: which office went from which corporation to which, from which day on, and what of its use is not taken up yet.

use crate::columns::Json;
use crate::projection::{Change, Projection};
use crate::store::{Cell, Result, Row as _, Snapshot, Writer, row};
use chrono::NaiveDate;
use daicho_domain::corporation::{Carried, Event, HandedOver};
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::nouns;
use daicho_domain::rules::Dated;
use daicho_domain::stream::{CorporationId, OfficeId, Stream};

row! {
    /// One office that changed its corporation.
    pub struct TransferRow in "transfers" indexed ["(giver)", "(taker)"] {
        /// The corporation it came to, the office and the day.
        key: String,
        /// The office.
        office: OfficeId,
        /// Its 事業所番号 then.
        number: OfficeNumber,
        /// The corporation it came from.
        giver: CorporationId,
        /// The corporation it went to.
        taker: CorporationId,
        /// The first day under the new corporation.
        first_day: NaiveDate,
        /// The last day for which the former corporation pays, and why.
        charged_through: Json<Option<Dated>>,
        /// What it used.
        uses: Json<Vec<Carried>>,
        /// What of it is not used under the new corporation yet.
        open: Json<Vec<Carried>>,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "transfers",
    revision: 1,
    tables: &[TransferRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let (
        Stream::Corporation(taker),
        nouns::Event::Corporation(event),
        nouns::State::Corporation(state),
    ) = (change.stream, change.event, change.after)
    else {
        return Ok(());
    };
    if let Event::OfficeReceived { from, handed } = event {
        return writer.put(&row_of(*from, *taker, handed));
    }
    let Event::OfficeContinued { office, .. } = event else {
        return Ok(());
    };
    let received = state
        .registered()
        .and_then(|known| known.received.get(office));
    let Some(received) = received else {
        return Ok(());
    };
    let row: Option<TransferRow> = writer.get(&key(*taker, *office, received.on))?;
    row.map_or(Ok(()), |mut row| {
        row.open = Json(received.open.clone());
        writer.put(&row)
    })
}

fn key(taker: CorporationId, office: OfficeId, on: NaiveDate) -> String {
    format!("{taker}.{office}.{on}")
}

fn row_of(giver: CorporationId, taker: CorporationId, handed: &HandedOver) -> TransferRow {
    TransferRow {
        key: key(taker, handed.office, handed.on),
        office: handed.office,
        number: handed.number,
        giver,
        taker,
        first_day: handed.on,
        charged_through: Json(handed.charged_through.clone()),
        uses: Json(handed.uses.clone()),
        open: Json(handed.uses.clone()),
    }
}

/// The offices that came to a corporation or went from it, the latest first.
pub fn of_corporation(snapshot: &Snapshot, corporation: CorporationId) -> Result<Vec<TransferRow>> {
    let sql = "SELECT * FROM {transfers} WHERE giver = ? OR taker = ? ORDER BY first_day DESC, key";
    let id = Cell::Text(corporation.to_string());
    snapshot.rows(sql, &[id.clone(), id])
}
