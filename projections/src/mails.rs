//! 送信: the mails that are to go out, went out, or could not.

use crate::columns::{Json, code_columns};
use crate::projection::{Change, Projection};
use crate::query::{Conditions, Listed, Part, counted_by, listed};
use crate::store::{Column as _, Result, Row as _, Snapshot, Writer, row};
use chrono::{DateTime, NaiveDate, Utc};
use daicho_domain::mail::{About, Event, Failure, Kind, Mailing, Stage};
use daicho_domain::nouns::{Event as Any, State};
use daicho_domain::stream::{CorporationId, LetterId, MailId, Stream};
use serde::Serialize;

/// Where a mail stands, as it is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It waits for its time, its next attempt, or a person.
    Waiting,
    /// An attempt is made.
    Claimed,
    /// It was taken.
    Sent,
    /// The corporation has no address.
    Unaddressed,
    /// No further attempt is made by itself.
    GaveUp,
    /// A person decided that it does not go out.
    Dropped,
    /// It does not go out.
    CalledOff,
}

impl Status {
    /// Every status.
    pub const ALL: &'static [Self] = &[
        Self::GaveUp,
        Self::Unaddressed,
        Self::Claimed,
        Self::Waiting,
        Self::Sent,
        Self::Dropped,
        Self::CalledOff,
    ];

    /// The name in URLs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Claimed => "claimed",
            Self::Sent => "sent",
            Self::Unaddressed => "unaddressed",
            Self::GaveUp => "gave_up",
            Self::Dropped => "dropped",
            Self::CalledOff => "called_off",
        }
    }

    /// The words that staff read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "送信待ち",
            Self::Claimed => "送信中",
            Self::Sent => "送信済み",
            Self::Unaddressed => "宛先なし",
            Self::GaveUp => "不達",
            Self::Dropped => "破棄済み",
            Self::CalledOff => "送信取りやめ",
        }
    }

    const fn of(stage: Stage) -> Self {
        match stage {
            Stage::Waiting => Self::Waiting,
            Stage::Claimed => Self::Claimed,
            Stage::Sent { .. } => Self::Sent,
            Stage::Unaddressed => Self::Unaddressed,
            Stage::GaveUp { .. } => Self::GaveUp,
            Stage::Dropped => Self::Dropped,
            Stage::CalledOff { .. } => Self::CalledOff,
        }
    }
}

code_columns! {
    Status: "status of a mail",
    Kind: "kind of mail",
    Failure: "failure of a mail",
}

row! {
    /// One mail.
    pub struct MailRow in "mails" indexed ["(status, asked_on)", "(asked_on)", "(corporation)", "(letter, status)"] {
        /// The mail.
        mail: MailId,
        /// Which mail.
        kind: Kind,
        /// To whom.
        corporation: CorporationId,
        /// ステータス.
        status: Status,
        /// The day it was asked for.
        asked_on: NaiveDate,
        /// When an attempt was last claimed.
        tried_at: Option<DateTime<Utc>>,
        /// How the last failed attempt failed.
        failure: Option<Failure>,
        /// The letter that it tells, if it tells one.
        letter: Option<LetterId>,
        /// The rest.
        mailing: Json<Mailing>,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "mails",
    revision: 2,
    tables: &[MailRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let (Stream::Mail(mail), State::Mail(state)) = (change.stream, change.after) else {
        return Ok(());
    };
    let (Some(mailing), Any::Mail(event)) = (state.known(), change.event) else {
        return Ok(());
    };
    let before = writer.get::<MailRow>(&mail.to_string())?;
    let (mut tried_at, mut failure) =
        before.map_or((None, None), |row| (row.tried_at, row.failure));
    match event {
        Event::Claimed { .. } => tried_at = Some(change.recorded.recorded_at),
        Event::Failed { why, .. } => failure = Some(*why),
        // Who releases it wants it to go out now.
        Event::Released { .. } => tried_at = None,
        Event::Asked { .. }
        | Event::Unaddressed {}
        | Event::Sent { .. }
        | Event::OutcomeUnknown { .. }
        | Event::GaveUp { .. }
        | Event::CalledOff { .. }
        | Event::Dropped { .. } => {}
    }
    writer.put(&MailRow {
        mail: *mail,
        kind: mailing.kind,
        corporation: mailing.corporation,
        status: Status::of(mailing.stage),
        asked_on: mailing.asked_on,
        tried_at,
        failure,
        letter: match mailing.about {
            About::Letter { letter } => Some(letter),
            About::Paper { .. } | About::Credential { .. } => None,
        },
        mailing: Json(Mailing::clone(mailing)),
    })
}

/// One mail.
pub fn find(snapshot: &Snapshot, mail: MailId) -> Result<Option<MailRow>> {
    snapshot.row(&mail.to_string())
}

/// Whether a letter is about to be told by mail.
pub fn is_telling(snapshot: &Snapshot, letter: LetterId) -> Result<bool> {
    let sql = "SELECT count(*) FROM {mails} WHERE letter = ? AND status IN ('waiting', 'claimed')";
    Ok(snapshot.count(sql, &[letter.to_cell()])? > 0)
}

/// The mails whose attempt was claimed and not reported.
pub fn claimed(snapshot: &Snapshot) -> Result<Vec<MailRow>> {
    let sql = "SELECT * FROM {mails} WHERE status = 'claimed' ORDER BY asked_on, mail";
    snapshot.rows(sql, &[])
}

/// The mails that wait, the oldest first.
pub fn waiting(snapshot: &Snapshot) -> Result<Vec<MailRow>> {
    let sql = "SELECT * FROM {mails} WHERE status = 'waiting' ORDER BY asked_on, mail";
    snapshot.rows(sql, &[])
}

/// Which mails to list: AND between the fields, OR within one; an empty field asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Where they stand.
    pub statuses: Vec<Status>,
    /// Which mails.
    pub kinds: Vec<Kind>,
    /// To this corporation.
    pub corporation: Option<CorporationId>,
}

/// The mails that fit, the newest first, counted.
pub fn list(
    snapshot: &Snapshot,
    filter: &Filter,
    offset: u64,
    limit: u64,
) -> Result<Listed<MailRow>> {
    let mut asked = Conditions::default();
    asked.one_of("status", &filter.statuses);
    asked.one_of("kind", &filter.kinds);
    asked.one_of("corporation", filter.corporation.as_slice());
    let part = Part {
        order: "asked_on DESC, mail",
        offset,
        limit,
    };
    listed(snapshot, asked, part)
}

/// How many there are by ステータス.
pub fn count_by_status(snapshot: &Snapshot) -> Result<Vec<(Status, u64)>> {
    counted_by::<MailRow, Status>(snapshot, "status", Conditions::default())
}
