//! Who does what when: the acts that lie ahead, in the order in which they are done.

use super::money::Money;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use daicho_domain::billing::{OrderNumber, Wish};
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::intake::Channel;
use daicho_domain::stream::{
    ApplicationId, CorporationId, LetterId, MailId, OfficeId, PoaId, Stream,
};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// Something a customer, the post, a federation or the staff does.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// A customer asks for a trial, or applies as a user of the vendor's own software.
    FirstContact(usize),
    /// A customer enters its offices.
    EnterOffices(usize),
    /// A customer files 本登録.
    Register(usize),
    /// A customer applies for transmission for some of its offices.
    Apply(usize),
    /// A customer supplies what was missing.
    Complete(Stream, ApplicationId, OfficeId),
    /// A customer withdraws.
    Withdraw(Stream, ApplicationId),
    /// The staff send a 委任状.
    Dispatch(PoaId),
    /// The staff post a letter.
    PostLetter(LetterId),
    /// A mail leaves.
    Mail(MailId),
    /// The post brings an envelope back that found nobody.
    BringBack(PoaId),
    /// The post or a courier brings a sheet.
    Bring(PoaId, Channel),
    /// The staff open the envelope and enter it.
    Enter(PoaId, Channel, NaiveDate),
    /// The staff check a sheet.
    Check(PoaId),
    /// The staff find a defect in a sheet they had accepted.
    CheckAgain(PoaId),
    /// The staff take an application's papers to the federation.
    File(Stream, ApplicationId),
    /// The federation answers.
    Answer(PoaId),
    /// The staff decide what the rules leave to a person.
    Decide(Stream, ApplicationId, OfficeId),
    /// A step of somebody in the way of money.
    Money(Money),
    /// The staff check an office that wants a licence.
    CheckLicence(CorporationId, OfficeNumber),
    /// An office applies for its licence.
    ApplyForLicence(OfficeNumber),
    /// An office renews its licence.
    RenewLicence(OfficeNumber),
    /// The staff tell an office that its licence is done.
    TellLicence(OfficeNumber),
    /// The staff see that a licence was paid: the year that begins on this day.
    PayLicence(OfficeNumber, NaiveDate),
    /// A customer files an end, of its whole use or of one office.
    Leave(Stream, Option<OfficeId>),
    /// A customer takes an end back.
    Stay(Stream, u32),
    /// The staff take an end 委任状 to the federation.
    FileEnd(PoaId),
    /// A customer orders an option for an office.
    Order(CorporationId, OfficeId, Wish),
    /// The staff did what was ordered, so many of it.
    FinishOption(CorporationId, OrderNumber, NonZeroU32),
    /// The staff count the day's post.
    CountPost,
    /// The staff close the days whose post is complete.
    ClosePost,
}

/// The acts that lie ahead.
#[derive(Debug, Default)]
pub(super) struct Diary {
    acts: BTreeMap<(NaiveDateTime, u64), Act>,
    written: u64,
    now: NaiveDateTime,
}

impl Diary {
    /// Enters an act, at the earliest a minute from now.
    pub(super) fn enter(&mut self, day: NaiveDate, minute: u32, act: Act) {
        let at = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
        let at = at.max(self.now + TimeDelta::minutes(1));
        self.acts.insert((at, self.written), act);
        self.written += 1;
    }

    /// The next act before `end`, which makes it now.
    pub(super) fn next_before(&mut self, end: NaiveDateTime) -> Option<(NaiveDateTime, Act)> {
        let first = self.acts.first_entry()?;
        let (at, _) = *first.key();
        if at >= end {
            return None;
        }
        self.now = at;
        Some((at, first.remove()))
    }
}
