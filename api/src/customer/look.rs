//! `/c/{link}`: a customer looks at ID and initial password. Reading the page shows a button; only the button shows them,
//! because whoever scans mails follows links and presses nothing.
//!
//! The look is recorded before it is shown, and the vault counts what it has shown: killed in between, the next press of
//! the button shows what was recorded and not seen.

use super::{busy, closed, shown};
use crate::App;
use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use daicho_domain::credential::{Closed, Command, Link};
use daicho_domain::nouns::{Command as Any, State as Folded};
use daicho_domain::stream::{CredentialId, Stream};
use daicho_eventlog::vault::{Last, Led, Secret, SecretRef, Vault};
use daicho_eventlog::{Caused, ExecuteError, Failed};
use uuid::Uuid;

/// Who looks, in the events.
const ACTOR: &str = "customer";

#[derive(Template)]
#[template(path = "customer/look.html")]
struct Button;

#[derive(Template)]
#[template(path = "customer/shown.html")]
struct Shown {
    secret: Secret,
    /// How often it can still be looked at.
    left: u32,
}

/// `GET /c/{link}`: always the same page, whatever the link is.
pub async fn page() -> Response {
    shown(StatusCode::OK, &Button)
}

/// `POST /c/{link}`: shows what the link leads to, if it opens.
pub async fn reveal(State(app): State<App>, link: Result<Path<String>, PathRejection>) -> Response {
    let (Some(vault), Ok(Path(link))) = (app.workers.vault(), link) else {
        return closed();
    };
    match look(&app, vault, &link).await {
        Ok(Some(page)) => shown(StatusCode::OK, &page),
        Ok(None) => closed(),
        Err(error) => {
            tracing::error!(%error, "a customer could not look");
            busy()
        }
    }
}

async fn look(app: &App, vault: &Vault, link: &str) -> Result<Option<Shown>, Failed> {
    let (of, shown) = match vault.follow(link).map_err(Failed::Seal)? {
        Led::Nowhere => return Ok(None),
        Led::Wrong { of, attempts } => {
            lock(app, of, attempts).await?;
            return Ok(None);
        }
        Led::To { of, shown } => (of, shown),
    };
    let command = Command::LookUp { nth: of.nth };
    match sent(app, of, command).await {
        Ok(()) => {}
        Err(ExecuteError::Failed(failed)) => return Err(failed),
        Err(ExecuteError::Refused(refusal)) => {
            // A look that was recorded, and the process ended before it was shown.
            let link = link_of(app, of.credential).await?;
            let unseen = link.is_some_and(|link| {
                link.nth == of.nth && link.closed.is_none() && link.lookups > shown
            });
            if !unseen {
                tracing::info!(credential = %of.credential, code = refusal.code(), "a link that is closed was tried");
                return Ok(None);
            }
        }
    }
    let Some(link) = link_of(app, of.credential).await? else {
        return Ok(None);
    };
    let left = link.rules.lookups_max.saturating_sub(link.lookups);
    let last = if left == 0 { Last::Yes } else { Last::No };
    let secret = vault.show(of, link.lookups, last).map_err(Failed::Seal)?;
    Ok(secret.map(|secret| Shown { secret, left }))
}

/// A link that was tried with a wrong end as often as the rules let is closed.
async fn lock(app: &App, of: SecretRef, attempts: u32) -> Result<(), Failed> {
    tracing::warn!(credential = %of.credential, attempts, "a link was tried with a wrong end");
    let link = link_of(app, of.credential).await?;
    let locks = link.is_some_and(|link| {
        link.nth == of.nth
            && attempts >= link.rules.attempts_max
            && link.closed != Some(Closed::Locked)
    });
    if !locks {
        return Ok(());
    }
    match sent(app, of, Command::LockLink { nth: of.nth }).await {
        Ok(()) | Err(ExecuteError::Refused(_)) => Ok(()),
        Err(ExecuteError::Failed(failed)) => Err(failed),
    }
}

async fn sent(app: &App, of: SecretRef, command: Command) -> Result<(), ExecuteError> {
    let stream = Stream::Credential(of.credential);
    let by = Caused::by_request(ACTOR, Uuid::now_v7());
    app.engine
        .execute(Any::credential(&stream, command), by)
        .await
        .map(|_| ())
}

async fn link_of(app: &App, credential: CredentialId) -> Result<Option<Link>, Failed> {
    let state = app.engine.state(&Stream::Credential(credential)).await?;
    let Folded::Credential(state) = &*state else {
        return Ok(None);
    };
    Ok(state.account().and_then(|account| account.link()).cloned())
}
