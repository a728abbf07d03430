//! The keeper of the vault: makes ID and initial password once an ID is issued or reissued, notes it in the log, and
//! destroys what nobody will look at any more.
//!
//! A secret lies in the vault before the log says so; killed in between, the keeper finds it there and says it then. Where
//! it stands in the log is kept in `state.db` and can be lost: everything it does can be done again.

use crate::outcome::{Outcomes, Worker};
use crate::position::{Positions, Reached};
use chrono::NaiveDate;
use daicho_domain::credential::{self, Account, Closed, Owner};
use daicho_domain::nouns::{Command, State};
use daicho_domain::stream::{CredentialId, Stream, derived_id};
use daicho_eventlog::vault::{IdKind, SecretRef, Vault};
use daicho_eventlog::{Caused, Engine, ExecuteError, Failed};
use daicho_projections::{Views, ViewsError, lookups};
use std::sync::Arc;

/// How many events are read at once.
const PAGE_EVENTS: usize = 512;

/// Why the keeper stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeeperError {
    /// The log or the vault.
    #[error(transparent)]
    Failed(#[from] Failed),
    /// The read models.
    #[error(transparent)]
    Views(#[from] ViewsError),
    /// `state.db`.
    #[error(transparent)]
    State(#[from] rusqlite::Error),
}

/// The worker behind the vault.
#[derive(Debug)]
pub(crate) struct Keeper {
    vault: Arc<Vault>,
    reached: Option<Reached>,
}

impl Keeper {
    /// Goes on after what was kept; from the beginning where nothing was, or where it was kept beside another log.
    pub(crate) const fn after(vault: Arc<Vault>, reached: Option<Reached>) -> Self {
        Self { vault, reached }
    }

    pub(crate) fn reached(&self) -> Option<Reached> {
        self.reached
    }

    /// Follows the log to its head; says whether it recorded anything.
    pub(crate) async fn catch_up(
        &mut self,
        engine: &Engine,
        views: &Views,
        positions: &Positions,
        outcomes: &Outcomes,
    ) -> Result<bool, KeeperError> {
        let mut said = false;
        let head = engine.log().head().await.map_err(Failed::from)?;
        let head = head.map(|head| head.number);
        self.reached = self.reached.filter(|kept| head >= Some(kept.number));
        let mut day_opened = self.reached.is_none();
        loop {
            let after = self.reached.map(|reached| reached.position);
            let page = engine.log().read_all(after, PAGE_EVENTS).await;
            let page = page.map_err(Failed::from)?;
            let Some(last) = page.last() else {
                break;
            };
            let last = Reached::of(last);
            for recorded in &page {
                match recorded.kind.rsplit_once(".v").map(|(event, _)| event) {
                    Some("office_day.opened" | "rulebook.published") => day_opened = true,
                    Some("credential.issued" | "credential.reissued") => {
                        let stream = recorded.stream.as_str().parse();
                        if let Ok(Stream::Credential(id)) = stream {
                            said |= self.keep(id, engine, outcomes).await?;
                        }
                    }
                    // The others are looked at once a day.
                    Some(_) | None => {}
                }
            }
            self.reached = Some(last);
            positions.keep(Worker::Vault.name(), last)?;
        }
        if day_opened {
            said |= self.sweep(engine, views, outcomes).await?;
        }
        Ok(said)
    }

    /// Makes what is to be made, and says so; whether that was recorded.
    async fn keep(
        &self,
        id: CredentialId,
        engine: &Engine,
        outcomes: &Outcomes,
    ) -> Result<bool, KeeperError> {
        let stream = Stream::Credential(id);
        let state = engine.state(&stream).await.map_err(Failed::from)?;
        let Some((account, nth)) = account(&state).and_then(|account| {
            let nth = account.secret_missing()?;
            Some((account, nth))
        }) else {
            return Ok(false);
        };
        let kind = match account.owner {
            Owner::Corporation { .. } => IdKind::Corporation,
            Owner::Office { .. } => IdKind::Office,
        };
        let of = SecretRef {
            credential: id,
            nth,
        };
        self.vault.keep(of, kind).map_err(Failed::Seal)?;
        let by = derived_id(&["keep_secret", &id.to_string(), &nth.to_string()]);
        let by = Caused::by_request(Worker::Vault.name(), by);
        let command = Command::credential(&stream, credential::Command::KeepSecret { nth });
        match engine.execute(command, by).await {
            Ok(_) => {
                outcomes.sent(Worker::Vault);
                Ok(true)
            }
            Err(ExecuteError::Refused(refusal)) => {
                tracing::warn!(stream = %stream, code = refusal.code(), "refused");
                let stream = stream.to_string();
                outcomes.refused(Worker::Vault, "keep_secret", &stream, &refusal);
                Ok(false)
            }
            Err(ExecuteError::Failed(failed)) => Err(failed.into()),
        }
    }

    /// Once a day: what was refused is tried again, what nobody will look at any more is destroyed.
    async fn sweep(
        &self,
        engine: &Engine,
        views: &Views,
        outcomes: &Outcomes,
    ) -> Result<bool, KeeperError> {
        views.catch_up().await?;
        let missing = {
            let snapshot = views.snapshot()?;
            lookups::to_be_made(&snapshot)?
        };
        let mut said = false;
        for row in missing {
            said |= self.keep(row.credential, engine, outcomes).await?;
        }
        let Some(today) = engine.today().await else {
            return Ok(said);
        };
        for of in self.vault.held().map_err(Failed::Seal)? {
            let stream = Stream::Credential(of.credential);
            let state = engine.state(&stream).await.map_err(Failed::from)?;
            if is_over(account(&state), of.nth, today) {
                self.vault.destroy(of).map_err(Failed::Seal)?;
            }
        }
        Ok(said)
    }
}

fn account(state: &State) -> Option<&Account> {
    let State::Credential(state) = state else {
        return None;
    };
    state.account()
}

/// Whether nobody will look at an initial password any more. A look that was recorded and not shown yet can still be
/// shown until its link's last day.
fn is_over(account: Option<&Account>, nth: u32, today: NaiveDate) -> bool {
    let Some(account) = account else {
        return true;
    };
    match account.link().filter(|link| link.nth == nth) {
        None => account.secret_missing() != Some(nth),
        Some(link) => match link.closed_on(today) {
            None | Some(Closed::NotYet) => false,
            Some(Closed::UsedUp) => today > link.until,
            Some(Closed::Expired | Closed::Locked | Closed::Replaced | Closed::NoneKept) => true,
        },
    }
}
