//! Another master key, and with it another key for the rows: all of them in one commit.

use rusqlite::Connection;

use super::Vault;
use super::store::{self, Store};
use crate::sealing::cipher::{Key, Place};
use crate::sealing::{MasterKey, SealError};

impl Vault {
    /// Seals everything anew under a key that `master` wraps. Links that were given out go on.
    ///
    /// # Errors
    /// When the vault cannot be written: everything is as it was then.
    pub fn seal_anew(self, master: &MasterKey) -> Result<Self, SealError> {
        {
            let mut store = self.lock();
            let failed = |error: rusqlite::Error| self.failed(&error);
            let new = Key::random();
            let Store { connection, key } = &mut *store;
            let change = connection.transaction().map_err(failed)?;
            let names = rows(&change, "SELECT credential, 0, nonce, name FROM identity");
            for row in names.map_err(failed)? {
                let place = store::place(&row.credential, 0, "id");
                let name = self.opened(key, &place, &row.nonce, &row.sealed)?;
                let (nonce, sealed) = new.seal_bytes(&place, name.as_bytes());
                let sql = "UPDATE identity SET nonce = ?2, name = ?3, name_tag = ?4 WHERE credential = ?1";
                change
                    .execute(
                        sql,
                        (
                            &row.credential,
                            nonce.as_slice(),
                            sealed,
                            store::tag(&new, &name),
                        ),
                    )
                    .map_err(failed)?;
            }
            for column in ["password", "link"] {
                let sql = format!(
                    "SELECT credential, nth, {column}_nonce, {column} FROM secret WHERE {column} IS NOT NULL"
                );
                for row in rows(&change, &sql).map_err(failed)? {
                    let place = store::place(&row.credential, row.nth, column);
                    let (nonce, sealed) = self.sealed_anew(key, &new, &place, &row)?;
                    let sql = format!(
                        "UPDATE secret SET {column}_nonce = ?3, {column} = ?4
                         WHERE credential = ?1 AND nth = ?2"
                    );
                    change
                        .execute(&sql, (&row.credential, row.nth, nonce.as_slice(), sealed))
                        .map_err(failed)?;
                }
            }
            store::wrap(&change, &new, master).map_err(failed)?;
            change.commit().map_err(failed)?;
            store::cut_journal(connection).map_err(failed)?;
            *key = new;
        }
        Ok(self)
    }

    fn sealed_anew(
        &self,
        old: &Key,
        new: &Key,
        place: &Place,
        row: &Row,
    ) -> Result<([u8; 12], Vec<u8>), SealError> {
        let text = self.opened(old, place, &row.nonce, &row.sealed)?;
        Ok(new.seal_bytes(place, text.as_bytes()))
    }
}

/// A sealed value with what names its place.
struct Row {
    credential: String,
    nth: u32,
    nonce: Vec<u8>,
    sealed: Vec<u8>,
}

fn rows(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<Row>> {
    let mut select = connection.prepare(sql)?;
    let rows = select.query_map([], |row| {
        Ok(Row {
            credential: row.get(0)?,
            nth: row.get(1)?,
            nonce: row.get(2)?,
            sealed: row.get(3)?,
        })
    })?;
    rows.collect()
}
