//! The worker that sends: looks what is to go out, claims an attempt in the log, makes it, and says how it ended.
//!
//! An attempt that was claimed and never reported – the process ended, the connection broke – is noted as unknown and made
//! again under the same identity. While sending rests (送信保留) nothing is claimed but what a person let go since.

use super::keeping::HIDDEN;
use super::text::{Draft, Fields, write};
use super::{Ended, Message, Outgoing, content};
use crate::letters::Content;
use crate::letters::account::{self, Named};
use crate::outcome::{Outcomes, Worker};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use daicho_domain::corporation::Registered;
use daicho_domain::mail::{About, Attachment, Command, Event, Failure, Kept, Kind, Mailing};
use daicho_domain::nouns::{Command as Any, Event as AnyEvent, State};
use daicho_domain::stream::{CorporationId, MailId, Stream, derived_id};
use daicho_domain::{dispatch, poa};
use daicho_eventlog::vault::{SecretRef, Vault};
use daicho_eventlog::{Caused, Clock, Decoded, Engine, ExecuteError, Failed};
use daicho_projections::mails::{self, MailRow};
use daicho_projections::{Views, ViewsError, cases};
use std::sync::Arc;

/// How many mails one round sends at most: a stop of the server is noticed between rounds.
const ROUND: u64 = 20;

/// How long a mail server that could not be reached is left alone: the mails behind the first wait without an attempt of
/// their own.
const AWAY: TimeDelta = TimeDelta::minutes(5);

/// Why the postman stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PostmanError {
    /// The log or the vault.
    #[error(transparent)]
    Failed(#[from] Failed),
    /// The read models.
    #[error(transparent)]
    Views(#[from] ViewsError),
}

/// The worker behind the mails.
#[derive(Default)]
pub(crate) struct Postman {
    /// Until when the mail server is left alone.
    away_until: Option<DateTime<Utc>>,
}

/// What a round works with.
#[derive(Clone, Copy)]
pub(crate) struct Round<'a> {
    pub(crate) outgoing: &'a Outgoing,
    pub(crate) engine: &'a Arc<Engine>,
    pub(crate) views: &'a Views,
    pub(crate) vault: Option<&'a Vault>,
    pub(crate) outcomes: &'a Outcomes,
    /// While sending rests, the last day for which it does: what was let go on that day or later goes out.
    pub(crate) held_until: Option<NaiveDate>,
}

impl Postman {
    /// Notes what was left unknown, and makes the attempts that are due; says how many were made.
    pub(crate) async fn round(&mut self, round: Round<'_>) -> Result<u64, PostmanError> {
        round.views.catch_up().await?;
        let claimed = mails::claimed(&round.views.snapshot()?)?;
        // Nobody else sends, and what this process sends it reports before the next round.
        for row in &claimed {
            let attempt = row.mailing.0.attempts;
            let unknown = Command::NoteUnknown { attempt };
            round.sends(row.mail, unknown).await?;
        }
        if !claimed.is_empty() {
            round.views.catch_up().await?;
        }
        let waiting = mails::waiting(&round.views.snapshot()?)?;
        let now = round.engine.clock().now();
        if self.away_until.is_some_and(|until| now < until) {
            return Ok(0);
        }
        self.away_until = None;
        let Some(today) = round.engine.today().await else {
            return Ok(0);
        };
        let due = waiting.iter();
        let due = due.filter(|row| is_due(row, now) && round.may_leave(row, today));
        let mut made = 0;
        for row in due {
            if made == ROUND {
                return Ok(made);
            }
            match round.deliver(row).await? {
                None => {}
                Some(Ended::Failed {
                    why: Failure::Unreachable,
                    ..
                }) => {
                    self.away_until = Some(now + AWAY);
                    made += 1;
                    break;
                }
                Some(Ended::Taken | Ended::Unknown | Ended::Failed { .. }) => made += 1,
            }
        }
        if made > 0 {
            round.outgoing.post.rest().await;
        }
        Ok(made)
    }
}

/// Who gets a mail, what it says, and what is to be attached.
pub(super) struct Said {
    pub(super) fields: Fields,
    attached: Option<Content>,
    /// How often the texts of the corporation were erased.
    pub(super) erasures: u32,
    /// The yen it is about.
    pub(super) amount: Option<u64>,
}

impl Round<'_> {
    /// Whether nothing keeps this mail here: the hour, its age, a hold on sending, an address that links would lead to. The
    /// claim decides; this spares the log what would be asked in vain at every look.
    fn may_leave(&self, row: &MailRow, today: NaiveDate) -> bool {
        let mailing = &row.mailing.0;
        let at = time_in_japan(&**self.engine.clock());
        let policy = self.engine.policy();
        let hour = mailing.rules.timing.is_now(&policy.calendars, today, at);
        let now = hour && !mailing.is_stale(today);
        let released = mailing.released.map(|release| release.on);
        let held = self.held_until.is_some_and(|until| released < Some(until));
        let links = row.kind != Kind::CredentialNotice
            || self.outgoing.letterhead.links.is_some() && self.vault.is_some();
        now && !held && links
    }

    /// Claims an attempt, makes it, reports it; nothing when it was not claimed.
    async fn deliver(&self, row: &MailRow) -> Result<Option<Ended>, PostmanError> {
        if self.awaits_account(row).await? {
            return Ok(None);
        }
        let attempt = row.mailing.0.attempts + 1;
        let at = time_in_japan(&**self.engine.clock());
        let events = self.sends(row.mail, Command::Claim { attempt, at }).await?;
        let claimed = events.into_iter().find_map(|decoded| {
            let AnyEvent::Mail(Event::Claimed { to, .. }) = decoded.event else {
                return None;
            };
            Some(to)
        });
        let Some(to) = claimed else {
            return Ok(None);
        };
        let made = match to.disclose() {
            Some(to) => self.message(row, to.to_owned()).await?,
            None => None,
        };
        let (ended, kept) = match made {
            Some((message, kept)) => (self.outgoing.post.send(&message).await, Some(kept)),
            None => {
                let why = Failure::NotMade;
                (Ended::Failed { why, code: None }, None)
            }
        };
        let report = match ended {
            Ended::Taken => Command::NoteSent {
                attempt,
                carrier: self.outgoing.post.carrier(),
                kept,
            },
            Ended::Failed { why, code } => Command::NoteFailed { attempt, why, code },
            Ended::Unknown => Command::NoteUnknown { attempt },
        };
        tracing::info!(mail = %row.mail, attempt, ?ended, "a mail was attempted");
        self.sends(row.mail, report).await?;
        Ok(Some(ended))
    }

    /// The mail as it is now, and what is kept of it; `None` when it cannot be made.
    async fn message(
        &self,
        row: &MailRow,
        to: String,
    ) -> Result<Option<(Message, Kept)>, PostmanError> {
        let mailing = &row.mailing.0;
        let Some(mut said) = self.said(mailing, Reader::Customer).await? else {
            return Ok(None);
        };
        let id = row.mail.to_string();
        let Some(draft) = written(&id, mailing.kind, &said.fields) else {
            return Ok(None);
        };
        let attached = match said.attached.take() {
            None => None,
            Some(content) => match self.printed(row, content).await? {
                Some(attached) => Some(attached),
                None => return Ok(None),
            },
        };
        let message = Message {
            id,
            to,
            draft,
            attached,
        };
        let kept = self.kept(mailing, &message, &mut said).await?;
        Ok(kept.map(|kept| (message, kept)))
    }

    /// The mail as staff may read it: without names and the end of a link.
    pub(crate) async fn preview(&self, id: MailId) -> Result<Option<Draft>, PostmanError> {
        let state = self.state(&Stream::Mail(id)).await?;
        let State::Mail(state) = &*state else {
            return Ok(None);
        };
        let Some(mailing) = state.known() else {
            return Ok(None);
        };
        let said = self.said(mailing, Reader::Staff).await?;
        Ok(said.and_then(|said| written(&id.to_string(), mailing.kind, &said.fields)))
    }

    async fn said(&self, mailing: &Mailing, reader: Reader) -> Result<Option<Said>, PostmanError> {
        let Some(whose) = self.corporation(mailing.corporation).await? else {
            return Ok(None);
        };
        let mut fields = content::common(mailing, &whose, &self.outgoing.letterhead, reader);
        let today = self.engine.today().await.unwrap_or(mailing.asked_on);
        let policy = self.engine.policy();
        let mut amount = None;
        let printed = match mailing.about {
            About::Letter { letter: id } => {
                let state = self.state(&Stream::Dispatch(id)).await?;
                let State::Dispatch(dispatch::State::Known(letter)) = &*state else {
                    return Ok(None);
                };
                amount = letter.says.amount();
                let account = match reader {
                    Reader::Customer => self.account(letter).await?,
                    Reader::Staff => Named::None,
                };
                let Ok(account) = account.id() else {
                    return Ok(None);
                };
                let fields = &mut fields;
                let content = content::of_letter(id, letter, &whose, today, &policy, fields);
                Some(content.naming(account))
            }
            About::Paper { poa: id } => {
                let state = self.state(&Stream::Poa(id)).await?;
                let State::Poa(poa::State::Known(sheet)) = &*state else {
                    return Ok(None);
                };
                let reference = self.reference(sheet)?;
                let fields = &mut fields;
                Some(content::of_paper(
                    id, sheet, &whose, &reference, today, fields,
                ))
            }
            About::Credential { credential, nth } => {
                let state = self.state(&Stream::Credential(credential)).await?;
                let State::Credential(state) = &*state else {
                    return Ok(None);
                };
                let link = self.link(SecretRef { credential, nth }, reader)?;
                let account = state.account();
                let (Some(account), Some(link)) = (account, link) else {
                    return Ok(None);
                };
                if content::of_account(account, link, &mut fields).is_none() {
                    return Ok(None);
                }
                None
            }
        };
        let attached = match mailing.rules.attachment {
            Attachment::Pdf => printed,
            Attachment::None => None,
        };
        Ok(Some(Said {
            fields,
            attached,
            erasures: whose.erasures,
            amount,
        }))
    }

    /// What a letter names of its customer's account.
    async fn account(&self, letter: &dispatch::Letter) -> Result<Named, PostmanError> {
        Ok(account::named(letter, self.engine, self.vault).await?)
    }

    /// Whether the letter that it carries is to name an ID which the keeper of the vault has not made yet: it goes once that
    /// is done.
    async fn awaits_account(&self, row: &MailRow) -> Result<bool, PostmanError> {
        let About::Letter { letter } = row.mailing.0.about else {
            return Ok(false);
        };
        let state = self.state(&Stream::Dispatch(letter)).await?;
        let State::Dispatch(dispatch::State::Known(letter)) = &*state else {
            return Ok(false);
        };
        Ok(self.account(letter).await? == Named::NotMade)
    }

    /// The link to an initial password; `None` where there is none to give.
    fn link(&self, of: SecretRef, reader: Reader) -> Result<Option<String>, PostmanError> {
        let end = match (reader, self.vault) {
            (Reader::Staff, _) => return Ok(Some(HIDDEN.to_owned())),
            (Reader::Customer, None) => None,
            (Reader::Customer, Some(vault)) => vault.link(of).map_err(Failed::Seal)?,
        };
        let links = self.outgoing.letterhead.links.as_ref();
        Ok(links.zip(end).map(|(links, end)| format!("{links}{end}")))
    }

    /// The number of a paper's case, as its sheet bears it.
    fn reference(&self, sheet: &poa::Sheet) -> Result<String, PostmanError> {
        let whose = &sheet.assignment;
        let key = cases::entry_key(whose.application, whose.office);
        let case = cases::keyed(&self.views.snapshot()?, &key)?;
        Ok(case.map_or_else(String::new, |case| case.no))
    }

    async fn corporation(&self, id: CorporationId) -> Result<Option<Registered>, PostmanError> {
        let state = self.state(&Stream::Corporation(id)).await?;
        let State::Corporation(state) = &*state else {
            return Ok(None);
        };
        Ok(state.registered().cloned())
    }

    async fn state(&self, stream: &Stream) -> Result<Arc<State>, PostmanError> {
        Ok(self.engine.state(stream).await.map_err(Failed::from)?)
    }

    /// Sends a command to a mail; the events it gave.
    async fn sends(&self, mail: MailId, command: Command) -> Result<Vec<Decoded>, PostmanError> {
        let step = format!("{command:?}");
        let command = Any::mail(&Stream::Mail(mail), command);
        self.execute(command, mail, &step).await
    }

    /// Sends a command for the sake of a mail.
    pub(super) async fn execute(
        &self,
        command: Any,
        mail: MailId,
        step: &str,
    ) -> Result<Vec<Decoded>, PostmanError> {
        let stream = command.stream.to_string();
        let now = self.engine.clock().now().to_rfc3339();
        let by = derived_id(&["mail", &mail.to_string(), &stream, step, &now]);
        let by = Caused::by_request(Worker::Mail.name(), by);
        match self.engine.execute(command, by).await {
            Ok(executed) => {
                self.outcomes.sent(Worker::Mail);
                Ok(executed.events)
            }
            Err(ExecuteError::Refused(refusal)) => {
                let outcomes = self.outcomes;
                outcomes.refused(Worker::Mail, "send", &stream, &refusal);
                Ok(vec![])
            }
            Err(ExecuteError::Failed(failed)) => Err(failed.into()),
        }
    }
}

/// Who reads a mail.
#[derive(Clone, Copy)]
pub(super) enum Reader {
    /// Who gets it: everything stands in it.
    Customer,
    /// The staff: neither the end of a link nor a person's name does.
    Staff,
}

pub(super) fn written(id: &str, kind: Kind, fields: &Fields) -> Option<Draft> {
    write(kind, fields)
        .map_err(|error| tracing::error!(%error, mail = id, "a mail cannot be written"))
        .ok()
}

/// Whether the pause after the last attempt is over.
fn is_due(row: &MailRow, now: DateTime<Utc>) -> bool {
    let pause = TimeDelta::hours(i64::from(row.mailing.0.pause_hours()));
    row.tried_at.is_none_or(|tried| now >= tried + pause)
}

fn time_in_japan(clock: &dyn Clock) -> NaiveTime {
    const JAPAN_HOURS: i64 = 9;
    (clock.now() + TimeDelta::hours(JAPAN_HOURS)).time()
}

#[cfg(test)]
mod tests {
    use super::*;
    use daicho_eventlog::SimulatedClock;

    #[test]
    fn the_hour_is_japans() {
        let clock = SimulatedClock::at("2026-11-20T00:30:00Z".parse().expect("an instant"));
        let expected = NaiveTime::from_hms_opt(9, 30, 0).expect("a time");
        assert_eq!(time_in_japan(&clock), expected);
    }
}
