//! What can be asked of a 委任状.

use super::carry_over::CarryOver;
use super::event::{Defect, DueOf, Method, Purpose, VoidReason};
use crate::Service;
use crate::agent::WantReason;
use crate::document::{Document, FileDigest, MissingGlyph};
use crate::identifiers::{AgentId, KjId, OfficeNumber, TrackingNumber};
use crate::intake::Channel;
use crate::personal::Typed;
use crate::rules::Dated;
use crate::stream::{ApplicationId, CorporationId, OfficeId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Whose 委任状 it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// The corporation.
    pub corporation: CorporationId,
    /// The service.
    pub service: Service,
    /// The application.
    pub application: ApplicationId,
    /// The office.
    pub office: OfficeId,
    /// Its 事業所番号.
    pub number: OfficeNumber,
    /// Its KJ ID.
    pub kj_id: KjId,
    /// What it is for.
    pub purpose: Purpose,
}

/// How a 委任状 goes to the federation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filing {
    /// The day on which it is handed in or posted.
    pub filed_on: NaiveDate,
    /// The covering letter with the list of everything that goes with it, where one was made.
    pub cover: Option<Document>,
    /// Why it goes although no copy of it is kept here.
    pub without_scan: Option<Typed>,
}

impl Filing {
    /// On this day, without a covering letter of daicho's.
    pub const fn on(filed_on: NaiveDate) -> Self {
        Self {
            filed_on,
            cover: None,
            without_scan: None,
        }
    }

    /// For this reason without a copy that is kept here, if one is given.
    #[must_use]
    pub fn without_scan(self, reason: Option<Typed>) -> Self {
        Self {
            without_scan: reason,
            ..self
        }
    }
}

/// A request to a 委任状.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Asks for it to be sent (a reaction).
    Request {
        /// Whose it is.
        assignment: Assignment,
        /// The dates it has to meet.
        dates: DueOf,
        /// The day by which it is sent.
        dispatch_by: Dated,
    },
    /// Says that it was printed, to be sent.
    NotePrinted {
        /// The sheet as it was printed.
        document: Document,
        /// The file of everything printed with it.
        batch: FileDigest,
    },
    /// Says that it cannot be printed: a character is in no font.
    NoteUnprintable {
        /// Which, and where.
        glyph: MissingGlyph,
    },
    /// Says which billing agent's ID it names (a reaction).
    NameAgent {
        /// The ID.
        agent: AgentId,
    },
    /// Says that there is no billing agent's ID it could name (a reaction).
    NoteAgentMissing {
        /// Why.
        why: WantReason,
    },
    /// Says that it went out.
    Dispatch {
        /// How.
        method: Method,
        /// The day.
        sent_on: NaiveDate,
        /// The number under which its envelope can be followed, if it has one.
        tracking: Option<TrackingNumber>,
    },
    /// Says that it came back as undeliverable.
    RecordUndeliverable {
        /// The day it came back.
        returned_on: NaiveDate,
        /// What the envelope says.
        note: Option<Typed>,
    },
    /// Asks for another print with the same due date, because a name or representative changed or
    /// the customer lost it.
    Reprint {
        /// Why.
        reason: Typed,
    },
    /// Takes a sheet that arrived.
    Receive {
        /// The day it arrived.
        arrived_on: NaiveDate,
        /// How.
        channel: Channel,
    },
    /// Says that it is in order.
    Accept {},
    /// Says that it is not in order.
    FindDefective {
        /// What is wrong.
        defect: Defect,
        /// What else a person noted.
        note: Option<Typed>,
    },
    /// Approves one that arrived late, so that the month is kept.
    ApproveLate {},
    /// Says that it went to the federation.
    File(Filing),
    /// Says that the federation confirmed it.
    Confirm {
        /// The day of the answer.
        on: NaiveDate,
    },
    /// Says that the federation rejected it.
    Reject {
        /// The day of the answer.
        on: NaiveDate,
        /// What the federation says.
        reason: Typed,
    },
    /// The day came on which the customer is asked for it (a deadline).
    Remind {
        /// The due date.
        due: NaiveDate,
    },
    /// The day after the due date was opened (a deadline).
    PassDue {
        /// The due date.
        due: NaiveDate,
    },
    /// The post of the due date was closed (a deadline).
    Lapse {
        /// The due date.
        due: NaiveDate,
    },
    /// Sets other dates (a reaction).
    MoveDue {
        /// The dates.
        dates: DueOf,
    },
    /// Makes it void (a reaction).
    Void {
        /// Why.
        why: VoidReason,
    },
    /// Takes it over from the books kept before.
    CarryOver(CarryOver),
}
