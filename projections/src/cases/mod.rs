//! 案件: everything in progress, for whom it waits, for what, until when, what happens then.
//!
//! A case is a row, not a stream: an enrolment, one office of a transmission application, a 委任状, a licence, a
//! corporation's mandate or its ledger, the end of a service, the use of an office that came from another corporation, a
//! mail that did not arrive, or a letter that cannot be printed or came back.
//! What it waits for is said by the domain (`waiting`); the first reason stands in the list. An application, its 委任状 and an
//! end are told together (`papers`): whom one waits for may stand in the stream of another.

use crate::columns::{Json, code_columns};
use crate::names;
use crate::projection::{Change, Projection};
use crate::store::{Result, Row as _, Writer, row};
use chrono::{DateTime, NaiveDate, Utc};
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::nouns::State;
use daicho_domain::rules::{Basis, Dated};
use daicho_domain::stream::{ApplicationId, CorporationId, OfficeId, Stream};
use daicho_domain::waiting::{Next, Party, Waiting, What};
use std::sync::Arc;

mod draft;
mod list;
mod papers;

pub use crate::status::Status;
pub use draft::{entry_key, mandate_key, transfer_key};
pub use list::{
    Filter, Page, Sort, count, count_by_status, keyed, list, numbered, of_corporation, papers_of,
    statements, transmission_streams,
};

/// 種別: what kind of thing a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A corporation's enrolment in a service.
    Enrolment,
    /// One office of a transmission application.
    Transmission,
    /// A 委任状.
    Poa,
    /// The licence of an office number.
    Licence,
    /// A 口座振替依頼書.
    Mandate,
    /// What a corporation owes.
    Ledger,
    /// The end of a service.
    Termination,
    /// The use of an office that came from another corporation.
    Transfer,
    /// A mail that did not arrive.
    Mail,
    /// A letter that cannot be printed, or came back as undeliverable.
    Letter,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Enrolment,
        Self::Transmission,
        Self::Poa,
        Self::Licence,
        Self::Mandate,
        Self::Ledger,
        Self::Termination,
        Self::Transfer,
        Self::Mail,
        Self::Letter,
    ];

    /// The name in URLs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Enrolment => "enrolment",
            Self::Transmission => "transmission",
            Self::Poa => "poa",
            Self::Licence => "licence",
            Self::Mandate => "mandate",
            Self::Ledger => "ledger",
            Self::Termination => "termination",
            Self::Transfer => "transfer",
            Self::Mail => "mail",
            Self::Letter => "letter",
        }
    }

    /// The name that staff read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Enrolment => "登録",
            Self::Transmission => "伝送",
            Self::Poa => "委任状",
            Self::Licence => "ライセンス",
            Self::Mandate => "口座振替依頼書",
            Self::Ledger => "請求",
            Self::Termination => "終了",
            Self::Transfer => "譲受",
            Self::Mail => "メール",
            Self::Letter => "書面",
        }
    }

    /// The letter that begins its 案件番号.
    const fn letter(self) -> char {
        match self {
            Self::Enrolment => 'E',
            Self::Transmission => 'T',
            Self::Poa => 'P',
            Self::Licence => 'L',
            Self::Mandate => 'M',
            Self::Ledger => 'B',
            Self::Termination => 'X',
            Self::Transfer => 'J',
            Self::Mail => 'N',
            Self::Letter => 'D',
        }
    }
}

code_columns! {
    Kind: "kind of case",
    Status: "status",
}

row! {
    /// One case.
    pub struct CaseRow in "cases" indexed [
        // Wide enough that every filter counts and sorts by it alone, without reading the rows.
        "(open, due, place, kind, status, what, party, service, next, start_month, office_number, assignee, updated_number)",
        "(open, status, due, place)",
        "(open, corporation_name, place, due, search)",
        "(corporation)",
        "(office)",
        "(no)",
    ] {
        /// The thing: a stream's name, or application and office.
        key: String,
        /// 案件番号: a letter for the kind and the number of the event that opened it.
        no: String,
        /// The order in which cases were opened: the event, and the place among those it opened.
        place: u64,
        /// 種別.
        kind: Kind,
        /// The service.
        service: Service,
        /// The corporation.
        corporation: CorporationId,
        /// Its name.
        corporation_name: String,
        /// The office, where it is about one.
        office: Option<OfficeId>,
        /// Its 事業所番号.
        office_number: Option<OfficeNumber>,
        /// ステータス.
        status: Status,
        /// Whether it is in progress.
        open: bool,
        /// 待ち理由.
        what: Option<What>,
        /// 相手.
        party: Option<Party>,
        /// 期限.
        due: Option<NaiveDate>,
        /// What the date is based on.
        basis: Option<Json<Arc<Basis>>>,
        /// 次に起きること.
        next: Option<Next>,
        /// How many reasons it waits for in all.
        reasons: u64,
        /// 開始月.
        start_month: Option<Month>,
        /// 担当: the member of the staff who acted last.
        assignee: Option<String>,
        /// 最終更新: the business day.
        updated_on: NaiveDate,
        /// The instant.
        updated_at: DateTime<Utc>,
        /// The event.
        updated_number: u64,
        /// The stream that holds it.
        stream: Stream,
        /// The application it belongs to.
        application: Option<ApplicationId>,
        /// The open slots of the rule books that its dates rest on, in order, separated by commas.
        slots: String,
        /// What a search compares.
        search: String,
    }
}

impl CaseRow {
    /// The reason that stands in the list.
    pub fn first_reason(&self) -> Option<Waiting> {
        let until = self.due.zip(self.basis.as_ref());
        Some(Waiting {
            party: self.party?,
            what: self.what?,
            until: until.map(|(on, basis)| Dated {
                on,
                basis: basis.0.clone(),
            }),
            then: self.next?,
            office: self.office,
        })
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "cases",
    revision: 7,
    tables: &[CaseRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    match (change.stream, change.after) {
        (Stream::Enrolment(corporation, service), State::Enrolment(state)) => {
            let draft = draft::of_enrolment(change.stream, *corporation, *service, state);
            draft.map_or(Ok(()), |draft| draft.put(change, writer))
        }
        (Stream::Transmission(_, _), State::Transmission(state)) => {
            papers::of_applications(change, state, writer)
        }
        (Stream::Poa(_), State::Poa(state)) => papers::of_sheet(change, state, writer),
        (Stream::Termination(_, _), State::Termination(state)) => {
            papers::of_ends(change, state, writer)
        }
        (Stream::Licence(_), State::Licence(state)) => {
            let draft = state
                .known()
                .map(|record| draft::of_licence(change.stream, state, record));
            draft.map_or(Ok(()), |draft| draft.put(change, writer))
        }
        (Stream::Corporation(id), State::Corporation(state)) => {
            if let Some(corporation) = names::renamed(change) {
                draft::rename(corporation, change, writer)?;
            }
            let Some(known) = state.registered() else {
                return Ok(());
            };
            for received in draft::of_received(change, *id, known) {
                received.put(change, writer)?;
            }
            let draft = draft::of_mandate(change, *id, known);
            draft.map_or(Ok(()), |draft| draft.put(change, writer))
        }
        (Stream::Mail(_), State::Mail(state)) => {
            let key = change.stream.to_string();
            // Only what once did not arrive is a case.
            if state.waiting().is_empty() && writer.known::<CaseRow>(&key)?.is_none() {
                return Ok(());
            }
            let draft = state
                .known()
                .map(|mailing| draft::of_mail(key, state, mailing));
            draft.map_or(Ok(()), |draft| draft.put(change, writer))
        }
        (Stream::Dispatch(_), State::Dispatch(state)) => {
            let key = change.stream.to_string();
            // Only what once could not go out, or came back, is a case.
            if state.waiting().is_empty() && writer.known::<CaseRow>(&key)?.is_none() {
                return Ok(());
            }
            let draft = state
                .letter()
                .map(|letter| draft::of_letter(key, state, letter));
            draft.map_or(Ok(()), |draft| draft.put(change, writer))
        }
        (Stream::Billing(corporation), State::Billing(state)) => {
            draft::of_ledger(change.stream, *corporation, state).put(change, writer)
        }
        (_, _) => Ok(()),
    }
}
