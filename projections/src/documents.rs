//! 電子取引・書類: every document that is kept as it was sent or received – letters, 委任状, mails, what is attached to cases –
//! found by date, amount and counterparty, by ranges and any combination of them, as 電子帳簿保存法 asks. The files themselves
//! lie under their digests; what is kept, and of which file, stands here.
//!
//! A document of another noun appears here by a [`Kind`] and an arm of `apply` that puts a [`DocumentRow`].

use crate::attachments::case_key;
use crate::projection::{Change, Projection};
use crate::search::searchable;
use crate::store::{Result, Row as _, Writer, row};
use chrono::NaiveDate;
use daicho_domain::attachment::{Event as Attachment, Matter};
use daicho_domain::dispatch::Event as Letter;
use daicho_domain::document::{Document, FileDigest};
use daicho_domain::identifiers::TrackingNumber;
use daicho_domain::mail::{Carrier, Event as Mail};
use daicho_domain::nouns::{Event, State};
use daicho_domain::poa::Event as Poa;
use daicho_domain::stream::{CorporationId, Stream};

mod list;
mod words;

pub use list::{Filter, count_by_kind, list};
pub use words::{Direction, Kind, Standing};

row! {
    /// One document.
    pub struct DocumentRow in "documents" indexed [
        "(dated_on, place)",
        "(amount, dated_on)",
        "(corporation, dated_on)",
        "(file)",
    ] {
        /// What it belongs to, and its file.
        key: String,
        /// The order in which they were kept: the number of the event.
        place: u64,
        /// The file.
        file: FileDigest,
        /// Which way it went.
        direction: Direction,
        /// What it is.
        kind: Kind,
        /// Where it stands.
        standing: Standing,
        /// The stream whose document it is; of one that was attached, the key of its case.
        subject: String,
        /// The letter's name, which is that of its templates; of a mail of ours, which mail it is; else empty.
        letter: String,
        /// The version of its template, if it has one.
        version: u64,
        /// With whom, if it is a corporation. Its name is looked up where it is shown: it may change.
        corporation: Option<CorporationId>,
        /// With whom, if it is none.
        counterparty: String,
        /// The day it bears: when it went out or came, before that when it was printed.
        dated_on: NaiveDate,
        /// The business day on which it was kept.
        kept_on: NaiveDate,
        /// The yen it is about, with tax.
        amount: Option<i64>,
        /// The number under which the envelope can be followed.
        tracking: Option<TrackingNumber>,
        /// What a search compares, beside the corporation's own.
        search: String,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "documents",
    revision: 2,
    tables: &[DocumentRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    match (change.stream, change.event, change.before, change.after) {
        (Stream::Poa(_), Event::Poa(event), State::Poa(before), _) => {
            let Some(sheet) = before.sheet() else {
                return Ok(());
            };
            let whose = &sheet.assignment;
            match event {
                Poa::Printed { document, batch } => {
                    together(change, document, *batch, writer)?;
                    let row = DocumentRow {
                        kind: Kind::Poa,
                        corporation: Some(whose.corporation),
                        search: searchable([whose.number.as_str()]),
                        ..row_of(change, document)
                    };
                    writer.put(&row)
                }
                Poa::Dispatched {
                    sent_on, tracking, ..
                } => sent(
                    change,
                    sheet.printed.as_ref(),
                    *sent_on,
                    tracking.as_ref(),
                    writer,
                ),
                Poa::Filed {
                    filed_on,
                    cover: Some(cover),
                    ..
                } => {
                    let federation = whose.number.prefecture().federation();
                    let row = DocumentRow {
                        key: format!("filed/{}", cover.file),
                        kind: Kind::FederationCover,
                        standing: Standing::Sent,
                        dated_on: *filed_on,
                        search: searchable([federation.as_str()]),
                        counterparty: federation,
                        ..row_of(change, cover)
                    };
                    first(row, writer)
                }
                Poa::Filed { cover: None, .. }
                | Poa::Requested { .. }
                | Poa::Unprintable { .. }
                | Poa::Undeliverable { .. }
                | Poa::ReprintRequested { .. }
                | Poa::AgentNamed { .. }
                | Poa::AgentMissing { .. }
                | Poa::ReminderDue { .. }
                | Poa::DuePassed { .. }
                | Poa::Received { .. }
                | Poa::Accepted {}
                | Poa::FoundDefective { .. }
                | Poa::Confirmed { .. }
                | Poa::Rejected { .. }
                | Poa::Lapsed { .. }
                | Poa::LapseReversed { .. }
                | Poa::DueMoved { .. }
                | Poa::CarriedOver { .. }
                | Poa::Voided { .. } => Ok(()),
            }
        }
        (Stream::Dispatch(_), Event::Dispatch(event), State::Dispatch(before), _) => {
            let Some(letter) = before.letter() else {
                return Ok(());
            };
            match event {
                Letter::Printed { document, batch } => {
                    together(change, document, *batch, writer)?;
                    let amount = letter.says.amount();
                    let row = DocumentRow {
                        corporation: Some(letter.corporation),
                        amount: amount.and_then(|yen| i64::try_from(yen).ok()),
                        ..row_of(change, document)
                    };
                    writer.put(&row)
                }
                Letter::Sent {
                    sent_on, tracking, ..
                } => sent(
                    change,
                    letter.printed.as_ref(),
                    *sent_on,
                    tracking.as_ref(),
                    writer,
                ),
                Letter::Requested { .. }
                | Letter::Unprintable { .. }
                | Letter::Amended { .. }
                | Letter::Undeliverable { .. }
                | Letter::CalledOff { .. }
                | Letter::ProvedWrong { .. } => Ok(()),
            }
        }
        (Stream::Mail(_), Event::Mail(Mail::Sent { carrier, kept, .. }), _, State::Mail(after)) => {
            let Some((mailing, kept)) = after.known().zip(kept.as_ref()) else {
                return Ok(());
            };
            writer.put(&DocumentRow {
                kind: Kind::Mail,
                standing: match carrier {
                    Carrier::Server => Standing::Sent,
                    Carrier::Folder => Standing::Folder,
                },
                letter: mailing.kind.code().to_owned(),
                corporation: Some(mailing.corporation),
                amount: kept.amount.and_then(|yen| i64::try_from(yen).ok()),
                ..blank(change, key(change, kept.file), kept.file)
            })
        }
        (Stream::Attachment(of), Event::Attachment(event), _, _) => {
            attached(change, of, event, writer)
        }
        (_, _, _, _) => Ok(()),
    }
}

/// A file on a case: what came, as it came. One that is taken back from its case was received all the same.
fn attached(
    change: &Change<'_>,
    of: &Stream,
    event: &Attachment,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let case = case_key(of, event.part());
    match event {
        Attachment::Attached {
            part: _,
            corporation,
            matter,
            kind: _,
            bytes: _,
            digest,
            file,
            name: _,
            arrived_on,
            amount,
        } => writer.put(&DocumentRow {
            direction: Direction::Received,
            kind: match matter {
                Matter::Scan => Kind::Scan,
                Matter::Fax => Kind::Fax,
                Matter::Mail => Kind::Mail,
                Matter::Other => Kind::Other,
            },
            standing: Standing::Received,
            dated_on: *arrived_on,
            corporation: Some(*corporation),
            amount: amount.and_then(|yen| i64::try_from(yen).ok()),
            subject: case.clone(),
            ..blank(change, attached_key(&case, *digest), *file)
        }),
        Attachment::Withdrawn { digest, .. } => {
            let held: Option<DocumentRow> = writer.get(&attached_key(&case, *digest))?;
            held.map_or(Ok(()), |held| {
                writer.put(&DocumentRow {
                    standing: Standing::Withdrawn,
                    ..held
                })
            })
        }
    }
}

/// The key of what is attached to a case, by the digest of what came.
fn attached_key(case: &str, digest: FileDigest) -> String {
    format!("{ATTACHED}{case}/{digest}")
}

impl DocumentRow {
    /// The digest of what came, of a document that is attached to a case: it opens there.
    pub fn attached(&self) -> Option<&str> {
        let (_, digest) = self.key.strip_prefix(ATTACHED)?.rsplit_once('/')?;
        Some(digest)
    }
}

fn key(change: &Change<'_>, file: FileDigest) -> String {
    format!("{}/{file}", change.stream)
}

/// A document of this stream that has just come to be, and of which nothing more is known.
fn blank(change: &Change<'_>, key: String, file: FileDigest) -> DocumentRow {
    let day = change.recorded.occurred_on;
    DocumentRow {
        key,
        place: change.recorded.number,
        file,
        direction: Direction::Sent,
        kind: Kind::Letter,
        standing: Standing::Printed,
        subject: change.stream.to_string(),
        letter: String::new(),
        version: 0,
        corporation: None,
        counterparty: String::new(),
        dated_on: day,
        kept_on: day,
        amount: None,
        tracking: None,
        search: String::new(),
    }
}

/// A document of this stream, just printed.
fn row_of(change: &Change<'_>, document: &Document) -> DocumentRow {
    DocumentRow {
        letter: document.letter.clone(),
        version: u64::from(document.version),
        ..blank(change, key(change, document.file), document.file)
    }
}

/// The file of everything that was printed with this document: kept once, by the first thing that is in it.
fn together(
    change: &Change<'_>,
    document: &Document,
    batch: FileDigest,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let row = DocumentRow {
        key: format!("together/{batch}"),
        file: batch,
        kind: Kind::Batch,
        letter: String::new(),
        version: 0,
        ..row_of(change, document)
    };
    first(row, writer)
}

/// One document that several events name stands once.
fn first(row: DocumentRow, writer: &mut Writer<'_>) -> Result<()> {
    let held: Option<DocumentRow> = writer.get(&row.key)?;
    match held {
        Some(_) => Ok(()),
        None => writer.put(&row),
    }
}

/// What was printed last went out.
fn sent(
    change: &Change<'_>,
    printed: Option<&Document>,
    on: NaiveDate,
    tracking: Option<&TrackingNumber>,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let Some(document) = printed else {
        return Ok(());
    };
    let held: Option<DocumentRow> = writer.get(&key(change, document.file))?;
    let Some(held) = held else {
        return Ok(());
    };
    let numbers = [
        held.search.as_str(),
        tracking.map_or("", |number| number.as_str()),
    ];
    let search = numbers.join("\n").trim().to_owned();
    writer.put(&DocumentRow {
        standing: Standing::Sent,
        dated_on: on,
        tracking: tracking.cloned().or(held.tracking),
        search,
        ..held
    })
}

/// How the keys of what is attached to cases begin.
const ATTACHED: &str = "attached/";
