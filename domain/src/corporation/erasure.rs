//! What a corporation's people can have forgotten at once, and what only later: the contact and the notes go with the
//! request, the bank account stays as long as it is used, something is owed, or a file with it must be kept. Then it goes by
//! itself.

use super::event::{Contact, KeptWhy};
use super::mandate::BankAccount;
use super::{Command, Event, Refusal, Registered, State};
use crate::Service;
use crate::attachment;
use crate::dates::Month;
use crate::decider::Context;
use crate::nouns;
use crate::personal::{Personal, Typed};
use crate::poa::Sheet;
use crate::rules::{Ask, Dated, Question, reckoned};
use crate::stream::{CorporationId, Stream};
use crate::transmission::Standing;
use crate::waiting::{Deadline, Trigger};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// The service whose book says when a corporation's one debit takes place, and how long its file is kept.
const DEBITED_BY: Service = Service::HonobonoMini2;

/// The service whose use is registered.
const REGISTERED: Service = Service::HonobonoMini2;

/// An account that somebody asked to have forgotten and that is still needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Why.
    pub why: KeptWhy,
    /// Until when, where a rule says so; else until the use is over and paid.
    pub until: Option<Dated>,
}

/// The streams that say what a corporation's texts are still needed for.
pub(super) fn needs(stream: &Stream) -> Vec<Stream> {
    let id = of(stream);
    let transmissions = Service::ALL
        .into_iter()
        .map(|service| Stream::Transmission(id, service));
    transmissions
        .chain([Stream::Billing(id), Stream::Enrolment(id, REGISTERED)])
        .collect()
}

fn of(stream: &Stream) -> CorporationId {
    let Stream::Corporation(id) = stream else {
        panic!("a corporation is decided on its own stream, not on {stream}");
    };
    *id
}

/// The keys of everybody of whom this corporation's streams may hold a text: its contact, whoever a remark or a note on a
/// payment is about, whoever stands in a file that was attached to one of its cases, and the holder of its account once nothing
/// keeps it. Of older logs also whoever a note on one of its 委任状 is about, and what was typed before it was sealed. Asked
/// again it is recorded again: there may be new texts.
pub(super) fn erase(
    context: &Context<'_>,
    known: &Registered,
    reason: Typed,
) -> Result<Vec<Event>, Refusal> {
    if reason.is_blank() {
        return Err(Refusal::ReasonMissing);
    }
    let id = of(context.stream);
    let own = [
        Contact::subject(id, known.erasures),
        payment_subject(id, known.erasures),
        attachment::sealed_under(id, known.erasures),
        remark_subject(id, known.erasures),
    ];
    let before = (known.erasures > 0).then(|| remark_subject(id, 0));
    let papers = Service::ALL
        .into_iter()
        .filter_map(|service| context.known.transmission(id, service))
        .flat_map(|applications| &applications.entries)
        .map(|entry| Sheet::subject(entry.poa()));
    let mut subjects: Vec<_> = own.into_iter().chain(before).chain(papers).collect();
    let kept = match known.has_account() {
        true => duty(context, id)?,
        false => None,
    };
    if known.has_account() && kept.is_none() {
        subjects.push(known.account_subject(id));
    }
    let changed = kept.filter(|kept| known.kept.as_ref() != Some(kept));
    // Why they are forgotten is not forgotten with them, but the next time.
    let reason = reason.about(remark_subject(id, known.erasures + 1));
    let erased = Event::TextsErased { subjects, reason };
    Ok([erased].into_iter().chain(changed.map(noted)).collect())
}

/// Looks again whether an account that was to be forgotten is still needed.
pub(super) fn review(
    context: &Context<'_>,
    known: &Registered,
    until: Option<NaiveDate>,
) -> Result<Vec<Event>, Refusal> {
    let Some(present) = &known.kept else {
        return Ok(vec![]);
    };
    let stands = |until: NaiveDate| {
        let set = present.until.as_ref().map(|set| set.on);
        set == Some(until) && until < context.today
    };
    if until.is_some_and(|until| !stands(until)) {
        return Ok(vec![]);
    }
    let id = of(context.stream);
    Ok(match duty(context, id)? {
        Some(kept) if kept == *present => vec![],
        Some(kept) => vec![noted(kept)],
        None => vec![Event::TextsErased {
            subjects: vec![known.account_subject(id)],
            reason: known.remark(
                context,
                "口座を残す必要がなくなったため（先の申し出による）".into(),
            ),
        }],
    })
}

fn noted(kept: Kept) -> Event {
    let Kept { why, until } = kept;
    Event::AccountKept { why, until }
}

/// What keeps the account: it is used, something is owed or under way, or a file that went to the bank with it is kept.
fn duty(context: &Context<'_>, id: CorporationId) -> Result<Option<Kept>, Refusal> {
    let ledger = context.known.billing(id);
    let registered = context
        .known
        .enrolment(id, REGISTERED)
        .is_some_and(|state| state.registration().is_some());
    let owed = ledger.is_some_and(|ledger| !ledger.is_quiet());
    if registered || owed || transmits(context, id) {
        let (why, until) = (KeptWhy::InUse, None);
        return Ok(Some(Kept { why, until }));
    }
    let Some(last) = ledger.and_then(|ledger| ledger.last_debit_on) else {
        return Ok(None);
    };
    let book = context.policy.book(DEBITED_BY, context.today)?;
    let charged = Month::of(last).minus(book.months("debit.months_after")?);
    let ask = Ask::new(DEBITED_BY, Question::Debit, charged.first_day()).decided_on(context.today);
    let until = reckoned(context.policy, &ask)?.dated("file_kept_until")?;
    let why = KeptWhy::Retention;
    Ok((until.on >= context.today).then_some(Kept {
        why,
        until: Some(until),
    }))
}

/// Whether an office of the corporation transmits, or will.
fn transmits(context: &Context<'_>, id: CorporationId) -> bool {
    let entries = Service::ALL
        .into_iter()
        .filter_map(|service| context.known.transmission(id, service))
        .flat_map(|applications| &applications.entries);
    entries
        .filter(|entry| !entry.has_left())
        .any(|entry| match entry.standing {
            Standing::Incomplete(_) | Standing::Complete | Standing::Withdrawn { .. } => false,
            Standing::Preparing { .. }
            | Standing::IdsDue { .. }
            | Standing::Issued { .. }
            | Standing::Started { .. } => true,
        })
}

/// The key under which notes on payments are sealed, after so many erasures.
pub(crate) fn payment_subject(id: CorporationId, erasures: u32) -> String {
    match erasures {
        0 => format!("payment-{id}"),
        erasures => format!("payment-{id}-{erasures}"),
    }
}

/// The key under which what is typed about a corporation's cases is sealed, after so many erasures: one for all its streams,
/// since whoever is named in a reason is named in the next one too.
pub fn remark_subject(id: CorporationId, erasures: u32) -> String {
    match erasures {
        0 => format!("remarks-{id}"),
        erasures => format!("remarks-{id}-{erasures}"),
    }
}

/// Whose the texts of a stream are that were recorded in plain, before what is typed was sealed: as far as the stream tells,
/// the corporation's, so that they are shown no longer once its people asked to be forgotten.
pub fn plain_subject(stream: &Stream) -> String {
    match stream {
        Stream::Corporation(id)
        | Stream::Enrolment(id, _)
        | Stream::Transmission(id, _)
        | Stream::Termination(id, _)
        | Stream::Billing(id) => remark_subject(*id, 0),
        Stream::Poa(id) => Sheet::subject(*id),
        Stream::Attachment(of) => plain_subject(of),
        Stream::Credential(_)
        | Stream::Licence(_)
        | Stream::DebitBatch(_)
        | Stream::OfficeDay(_)
        | Stream::Schedule(_)
        | Stream::Staff(_)
        | Stream::Rulebook(_)
        | Stream::Installation
        | Stream::Dispatch(_)
        | Stream::Mail(_)
        | Stream::Agents => Personal::subject_of(stream),
    }
}

impl Registered {
    /// What a person typed about this corporation or its offices, as it is recorded.
    pub(super) fn remark(&self, context: &Context<'_>, typed: Typed) -> Personal {
        typed.about(remark_subject(of(context.stream), self.erasures))
    }

    fn has_account(&self) -> bool {
        let mandate = self.mandate.as_ref();
        mandate.is_some_and(|mandate| mandate.account.is_some())
    }

    /// The key under which the account is sealed now.
    pub(super) fn account_subject(&self, id: CorporationId) -> String {
        BankAccount::subject(id, self.account_erasures)
    }

    /// What was erased: the contact with the notes, the account, or both.
    pub(super) fn forget(&mut self, subjects: &[String]) {
        if subjects
            .iter()
            .any(|subject| Contact::is_sealed_under(subject))
        {
            self.contact = None;
            self.erasures += 1;
        }
        if subjects
            .iter()
            .any(|subject| BankAccount::is_sealed_under(subject))
        {
            self.kept = None;
            self.account_erasures += 1;
            if let Some(mandate) = &mut self.mandate {
                mandate.forget_account();
            }
        }
    }
}

impl State {
    /// What is sent when a date comes.
    pub fn deadlines(&self, stream: &Stream) -> Vec<Deadline> {
        let kept = self.registered().and_then(|known| known.kept.as_ref());
        let until = kept.and_then(|kept| kept.until.as_ref());
        let review = |until: &Dated| Deadline {
            name: "review_account".to_owned(),
            on: until.on + Days::new(1),
            trigger: Trigger::DayOpened,
            command: nouns::Command::corporation(
                stream,
                Command::ReviewAccount {
                    until: Some(until.on),
                },
            ),
        };
        until.map(review).into_iter().collect()
    }
}
