//! 初期ID/PWの確認: which IDs have a link to their initial password, how long it opens, and whether the customer has looked.
//! What the link leads to is nowhere here.

use crate::columns::Json;
use crate::projection::{Change, Projection};
use crate::store::{Result, Row as _, Snapshot, Writer, row};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::credential::{Closed, Event, Link, Stage};
use daicho_domain::nouns::{Event as Any, State};
use daicho_domain::stream::{CorporationId, CredentialId, Stream};

row! {
    /// One issued ID and the link to its present initial password.
    pub struct LookupRow in "lookups" indexed ["(corporation)", "(to_be_made)"] {
        /// The ID.
        credential: CredentialId,
        /// The corporation.
        corporation: CorporationId,
        /// The service.
        service: Service,
        /// The how-manieth initial password it is; 0 where none was asked of us.
        nth: u64,
        /// Whether the initial password is still to be made.
        to_be_made: bool,
        /// The link, once there is one.
        link: Option<Json<Link>>,
        /// The day of the last look.
        looked_on: Option<NaiveDate>,
    }
}

impl LookupRow {
    /// Why the link opens nothing on a day; `None` when it opens.
    pub fn closed_on(&self, day: NaiveDate) -> Option<Closed> {
        match &self.link {
            None => Some(Closed::NoneKept),
            Some(Json(link)) => link.closed_on(day),
        }
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "lookups",
    revision: 1,
    tables: &[LookupRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let (Stream::Credential(credential), State::Credential(state)) = (change.stream, change.after)
    else {
        return Ok(());
    };
    let issued = state
        .account()
        .filter(|account| matches!(account.stage, Stage::Issued { .. }));
    let Some(account) = issued else {
        return writer.remove::<LookupRow>(&credential.to_string());
    };
    let (corporation, service) = account.owner.whose();
    let looked_on = if let Any::Credential(Event::LookedUp { .. }) = change.event {
        Some(change.recorded.occurred_on)
    } else if account.link().is_none() {
        None
    } else {
        let known = writer.known::<LookupRow>(&credential.to_string())?;
        known.map_or(Ok(None), |row| row.column("looked_on"))?
    };
    writer.put(&LookupRow {
        credential: *credential,
        corporation,
        service,
        nth: u64::from(account.secrets.nth),
        to_be_made: account.secret_missing().is_some(),
        link: account.link().cloned().map(Json),
        looked_on,
    })
}

/// The row of one ID.
pub fn of(snapshot: &Snapshot, credential: CredentialId) -> Result<Option<LookupRow>> {
    snapshot.row(&credential.to_string())
}

/// The IDs whose initial password is still to be made.
pub fn to_be_made(snapshot: &Snapshot) -> Result<Vec<LookupRow>> {
    let sql = "SELECT * FROM {lookups} WHERE to_be_made ORDER BY credential";
    snapshot.rows(sql, &[])
}
