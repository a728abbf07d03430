//! 申込受付: what came in by which way, what is missing, which month it means, what looks like a double.

use crate::columns::{Json, code_columns};
use crate::names;
use crate::projection::{Change, Projection};
use crate::query::{Conditions, Listed, Part, listed};
use crate::search::searchable;
use crate::store::{Column as _, Result, Row as _, Snapshot, Writer, row};
use chrono::{NaiveDate, NaiveTime};
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::intake::{Channel, Receipt};
use daicho_domain::nouns::State;
use daicho_domain::stream::{ApplicationId, CorporationId, Stream};
use daicho_domain::transmission::{self, Entry, Missing, Standing};
use serde::{Deserialize, Serialize};

/// What was applied for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 仮登録.
    Trial,
    /// 本登録.
    Registration,
    /// 伝送.
    Transmission,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Trial, Self::Registration, Self::Transmission];

    /// The name in URLs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::Registration => "registration",
            Self::Transmission => "transmission",
        }
    }

    /// The name that staff read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Trial => "仮登録",
            Self::Registration => "本登録",
            Self::Transmission => "伝送申込",
        }
    }
}

/// Where an application stands at the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The offices have not been entered.
    Entry,
    /// Entries of the form are missing.
    FormEntries,
    /// A KJ ID is missing.
    KjId,
    /// It is complete.
    Taken,
    /// Every office left it.
    Withdrawn,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Entry,
        Self::FormEntries,
        Self::KjId,
        Self::Taken,
        Self::Withdrawn,
    ];

    /// The name in URLs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::FormEntries => "form_entries",
            Self::KjId => "kj_id",
            Self::Taken => "taken",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The words that staff read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Entry => "入力前",
            Self::FormEntries => "記入不備",
            Self::KjId => "KJ ID待ち",
            Self::Taken => "受付済み",
            Self::Withdrawn => "取り下げ",
        }
    }
}

code_columns! {
    Kind: "kind of application",
    Status: "status of an application",
}

/// What an application lacks for one office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The office.
    pub number: OfficeNumber,
    /// What is missing.
    pub missing: Missing,
}

row! {
    /// One application as it came in.
    pub struct IntakeRow in "intake" indexed [
        "(status, received_on)",
        "(received_on)",
        "(corporation, kind, service)",
        "(receipt_number) WHERE receipt_number IS NOT NULL",
    ] {
        /// The stream, or the application's id.
        key: String,
        /// What was applied for.
        kind: Kind,
        /// The service.
        service: Service,
        /// The corporation.
        corporation: CorporationId,
        /// Its name.
        corporation_name: String,
        /// The application, for 伝送.
        application: Option<ApplicationId>,
        /// ステータス.
        status: Status,
        /// The day of receipt.
        received_on: NaiveDate,
        /// The time of receipt, where it is known (`HH:MM:SS`).
        received_at: Option<NaiveTime>,
        /// The way it came in.
        channel: Channel,
        /// The receipt number.
        receipt_number: Option<String>,
        /// The business day on which it was entered.
        entered_on: NaiveDate,
        /// Who entered it.
        entered_by: String,
        /// Its offices.
        offices: u64,
        /// What is missing, by office.
        missing: Json<Vec<Gap>>,
        /// The month it starts in, once set.
        start_month: Option<Month>,
        /// The day its 委任状 are due, once set.
        poa_due: Option<NaiveDate>,
        /// What a search compares.
        search: String,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "intake",
    revision: 2,
    tables: &[IntakeRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    match (change.stream, change.after) {
        (Stream::Enrolment(corporation, service), State::Enrolment(state)) => {
            let Some(trial) = state.trial() else {
                return Ok(());
            };
            let status = if trial.offices.is_empty() {
                Status::Entry
            } else {
                Status::Taken
            };
            let draft = Draft {
                key: trial_key(change.stream),
                kind: Kind::Trial,
                service: *service,
                corporation: *corporation,
                application: None,
                receipt: &trial.receipt,
                status,
                offices: trial.offices.len() as u64,
                missing: vec![],
                plan: None,
            };
            draft.put(change, writer)?;
            let Some(registration) = state.registration() else {
                return Ok(());
            };
            let draft = Draft {
                key: registration_key(change.stream),
                kind: Kind::Registration,
                service: *service,
                corporation: *corporation,
                application: None,
                receipt: &registration.receipt,
                status: Status::Taken,
                offices: trial.offices.len() as u64,
                missing: vec![],
                plan: None,
            };
            draft.put(change, writer)
        }
        (Stream::Transmission(corporation, service), State::Transmission(state)) => {
            let touched = crate::transmissions::changed(change, state);
            for (application, receipt) in &state.applications {
                if touched
                    .iter()
                    .any(|(entry, _)| entry.application == *application)
                {
                    let subject = (*corporation, *service);
                    of_application(subject, *application, receipt, state).put(change, writer)?;
                }
            }
            Ok(())
        }
        (Stream::Corporation(_), _) => match names::renamed(change) {
            Some(corporation) => rename(corporation, change, writer),
            None => Ok(()),
        },
        (_, _) => Ok(()),
    }
}

fn rename(corporation: CorporationId, change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let named = names::of(corporation, writer)?;
    for (stream, state) in names::streams_of(corporation, change, writer)? {
        let keys = if let State::Transmission(state) = &*state {
            let applications = state.applications.iter();
            applications.map(|(id, _)| id.to_string()).collect()
        } else {
            vec![trial_key(&stream), registration_key(&stream)]
        };
        names::follow(keys, writer, |row: &mut IntakeRow| {
            row.corporation_name.clone_from(&named.name);
            row.search = search_of(row.receipt_number.as_deref(), &named.search);
        })?;
    }
    Ok(())
}

fn trial_key(stream: &Stream) -> String {
    format!("{stream}/trial")
}

fn registration_key(stream: &Stream) -> String {
    format!("{stream}/registration")
}

fn search_of(receipt_number: Option<&str>, corporation: &str) -> String {
    format!("{}\n{corporation}", searchable(receipt_number))
}

struct Draft<'a> {
    key: String,
    kind: Kind,
    service: Service,
    corporation: CorporationId,
    application: Option<ApplicationId>,
    receipt: &'a Receipt,
    status: Status,
    offices: u64,
    missing: Vec<Gap>,
    plan: Option<&'a transmission::Plan>,
}

fn of_application<'a>(
    (corporation, service): (CorporationId, Service),
    application: ApplicationId,
    receipt: &'a Receipt,
    state: &'a transmission::State,
) -> Draft<'a> {
    let entries: Vec<_> = state.of_application(application).collect();
    let gap = |entry: &&Entry| match &entry.standing {
        Standing::Incomplete(missing) => Some(Gap {
            number: entry.number,
            missing: missing.clone(),
        }),
        Standing::Complete
        | Standing::Preparing { .. }
        | Standing::IdsDue { .. }
        | Standing::Issued { .. }
        | Standing::Started { .. }
        | Standing::Withdrawn { .. } => None,
    };
    let missing: Vec<_> = entries.iter().filter_map(gap).collect();
    let status = if entries.is_empty() {
        Status::Withdrawn
    } else if missing
        .iter()
        .any(|gap| matches!(gap.missing, Missing::Entries(_)))
    {
        Status::FormEntries
    } else if missing.is_empty() {
        Status::Taken
    } else {
        Status::KjId
    };
    Draft {
        key: application.to_string(),
        kind: Kind::Transmission,
        service,
        corporation,
        application: Some(application),
        receipt,
        status,
        offices: entries.len() as u64,
        missing,
        plan: entries.iter().find_map(|entry| entry.plan()),
    }
}

impl Draft<'_> {
    fn put(self, change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
        let receipt = self.receipt;
        let (corporation_name, entered_on, entered_by, search) =
            match writer.known::<IntakeRow>(&self.key)? {
                // A second 仮登録 after a use that is over is an application of its own.
                Some(row) if row.column::<NaiveDate>("received_on")? == receipt.on => (
                    row.column("corporation_name")?,
                    row.column("entered_on")?,
                    row.column("entered_by")?,
                    row.column("search")?,
                ),
                Some(_) | None => {
                    let named = names::of(self.corporation, writer)?;
                    let search = search_of(receipt.number.as_deref(), &named.search);
                    let recorded = change.recorded;
                    let by = recorded.actor.to_string();
                    (named.name, recorded.occurred_on, by, search)
                }
            };
        writer.put(&IntakeRow {
            key: self.key,
            kind: self.kind,
            service: self.service,
            corporation: self.corporation,
            corporation_name,
            application: self.application,
            status: self.status,
            received_on: receipt.on,
            received_at: receipt.at,
            channel: receipt.channel,
            receipt_number: receipt.number.clone(),
            entered_on,
            entered_by,
            offices: self.offices,
            missing: Json(self.missing),
            start_month: self.plan.map(transmission::Plan::month),
            poa_due: self.plan.map(|plan| plan.poa_due.on),
            search,
        })
    }
}

/// Which applications to list: AND between the fields, OR within one; an empty field asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// What was applied for.
    pub kinds: Vec<Kind>,
    /// ステータス.
    pub statuses: Vec<Status>,
    /// サービス.
    pub services: Vec<Service>,
    /// The way it came in.
    pub channels: Vec<Channel>,
    /// Received on this day or later.
    pub received_from: Option<NaiveDate>,
    /// Received on this day or earlier.
    pub received_to: Option<NaiveDate>,
    /// Part of the corporation's name or number, or the receipt number.
    pub search: Option<String>,
}

impl Filter {
    fn conditions(&self) -> Conditions {
        let mut asked = Conditions::default();
        asked.one_of("kind", &self.kinds);
        asked.one_of("status", &self.statuses);
        asked.one_of("service", &self.services);
        asked.one_of("channel", &self.channels);
        asked.days("received_on", self.received_from, self.received_to);
        asked.search(self.search.as_deref());
        asked
    }
}

/// The applications that fit, the latest received first, counted.
pub fn list(
    snapshot: &Snapshot,
    filter: &Filter,
    offset: u64,
    limit: u64,
) -> Result<Listed<IntakeRow>> {
    let order = "received_on DESC, key";
    let part = Part {
        order,
        offset,
        limit,
    };
    listed(snapshot, filter.conditions(), part)
}

/// Other applications of the same corporation, kind and service: what a new one may be a double of.
pub fn suspected_doubles(
    snapshot: &Snapshot,
    corporation: CorporationId,
    kind: Kind,
    service: Service,
) -> Result<Vec<IntakeRow>> {
    let sql = "SELECT * FROM {intake} WHERE corporation = ? AND kind = ? AND service = ? \
               AND status <> 'withdrawn' ORDER BY received_on DESC, key";
    snapshot.rows(
        sql,
        &[corporation.to_cell(), kind.to_cell(), service.to_cell()],
    )
}
