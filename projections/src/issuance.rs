//! ID/PW発行: by month, who is due, who cannot and why, who has it.

use crate::columns::code_columns;
use crate::names;
use crate::projection::{Change, Projection};
use crate::store::{Column as _, Result, Row as _, Snapshot, Writer, row};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::nouns::State;
use daicho_domain::stream::{ApplicationId, CorporationId, CredentialId, OfficeId, Stream};
use daicho_domain::transmission::{Held, Paper, Plan, Standing};
use serde::Serialize;

/// Where an office stands with its ID/PW.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Its papers are filed: it will get one on the day.
    Ready,
    /// It would get none if the day came now.
    NotReady,
    /// The day has come, it got none.
    Held,
    /// The day has come, it is to be issued.
    Due,
    /// It is issued.
    Issued,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Ready,
        Self::NotReady,
        Self::Held,
        Self::Due,
        Self::Issued,
    ];

    /// The name in URLs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::NotReady => "not_ready",
            Self::Held => "held",
            Self::Due => "due",
            Self::Issued => "issued",
        }
    }

    /// The words that staff read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ready => "発行予定",
            Self::NotReady => "発行前（書類待ち）",
            Self::Held => "発行不可",
            Self::Due => "発行待ち",
            Self::Issued => "発行済み",
        }
    }
}

code_columns! {
    Status: "status of an issuance",
}

row! {
    /// The ID/PW of one office of an application.
    pub struct IssuanceRow in "issuance" indexed ["(start_month, status)", "(issue_on)"] {
        /// The application and the office.
        key: String,
        /// The month it is for.
        start_month: Month,
        /// The day on which it is set.
        issue_on: NaiveDate,
        /// Where it stands.
        status: Status,
        /// Why it gets none, if so.
        held: Option<Held>,
        /// The service.
        service: Service,
        /// The corporation.
        corporation: CorporationId,
        /// Its name.
        corporation_name: String,
        /// The application.
        application: ApplicationId,
        /// The office.
        office: OfficeId,
        /// Its 事業所番号.
        office_number: OfficeNumber,
        /// The ID, once issued.
        credential: Option<CredentialId>,
        /// Whether the federation has confirmed the papers.
        confirmed: bool,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "issuance",
    revision: 2,
    tables: &[IssuanceRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    if let Some(corporation) = names::renamed(change) {
        return rename(corporation, change, writer);
    }
    let (Stream::Transmission(corporation, service), State::Transmission(state)) =
        (change.stream, change.after)
    else {
        return Ok(());
    };
    for (entry, _) in crate::transmissions::changed(change, state) {
        let key = crate::cases::entry_key(entry.application, entry.office);
        let Some(Issuing {
            plan,
            status,
            held,
            credential,
            paper,
        }) = issuing(&entry.standing)
        else {
            writer.remove::<IssuanceRow>(&key)?;
            continue;
        };
        let corporation_name = match writer.known::<IssuanceRow>(&key)? {
            Some(row) => row.column("corporation_name")?,
            None => names::of(*corporation, writer)?.name,
        };
        writer.put(&IssuanceRow {
            key,
            start_month: plan.month(),
            issue_on: plan.credentials_on.on,
            status,
            held,
            service: *service,
            corporation: *corporation,
            corporation_name,
            application: entry.application,
            office: entry.office,
            office_number: entry.number,
            credential,
            confirmed: paper == Paper::Confirmed,
        })?;
    }
    Ok(())
}

fn rename(corporation: CorporationId, change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let name = names::of(corporation, writer)?.name;
    for (_, state) in names::streams_of(corporation, change, writer)? {
        let State::Transmission(state) = &*state else {
            continue;
        };
        let entries = state.entries.iter();
        let keys = entries.map(|entry| crate::cases::entry_key(entry.application, entry.office));
        names::follow(keys, writer, |row: &mut IssuanceRow| {
            row.corporation_name.clone_from(&name);
        })?;
    }
    Ok(())
}

struct Issuing<'a> {
    plan: &'a Plan,
    paper: Paper,
    status: Status,
    held: Option<Held>,
    credential: Option<CredentialId>,
}

fn issuing(standing: &Standing) -> Option<Issuing<'_>> {
    let with = |plan, paper, status, held, credential| {
        Some(Issuing {
            plan,
            paper,
            status,
            held,
            credential,
        })
    };
    match standing {
        Standing::Incomplete(_) | Standing::Complete | Standing::Withdrawn { .. } => None,
        Standing::Preparing { plan, paper, held } => {
            let hindrance = match paper {
                Paper::Awaited => Some(Held::PapersMissing),
                Paper::Ready => Some(Held::NotFiled),
                Paper::Rejected => Some(Held::Rejected),
                Paper::Filed | Paper::Confirmed => None,
            };
            let status = match (held, hindrance) {
                (Some(_), _) => Status::Held,
                (None, Some(_)) => Status::NotReady,
                (None, None) => Status::Ready,
            };
            with(plan, *paper, status, held.or(hindrance), None)
        }
        Standing::IdsDue { plan, paper } => with(plan, *paper, Status::Due, None, None),
        Standing::Issued {
            plan,
            paper,
            credential,
        }
        | Standing::Started {
            plan,
            paper,
            credential,
        } => with(plan, *paper, Status::Issued, None, Some(*credential)),
    }
}

/// The offices of one start month, those that need somebody first.
pub fn of_month(snapshot: &Snapshot, month: Month) -> Result<Vec<IssuanceRow>> {
    let sql = "SELECT * FROM {issuance} WHERE start_month = ? ORDER BY CASE status \
               WHEN 'held' THEN 0 WHEN 'due' THEN 1 WHEN 'not_ready' THEN 2 WHEN 'ready' THEN 3 \
               ELSE 4 END, corporation_name, office_number, key";
    snapshot.rows(sql, &[month.to_cell()])
}

/// How many offices of a month are in one status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The month.
    pub month: Month,
    /// The status.
    pub status: Status,
    /// How many offices.
    pub offices: u64,
}

/// The months from `from` on, with the number of offices in each status.
pub fn months(snapshot: &Snapshot, from: Month) -> Result<Vec<Count>> {
    let sql = "SELECT start_month, status, count(*) FROM {issuance} WHERE start_month >= ? \
               GROUP BY start_month, status ORDER BY start_month, status";
    let found = snapshot.map(sql, &[from.to_cell()], |row| {
        let offices: i64 = row.get(2)?;
        let month = Month::from_cell(row.get(0)?).ok();
        let status = Status::from_cell(row.get(1)?).ok();
        Ok(month.zip(status).map(|(month, status)| Count {
            month,
            status,
            offices: offices.unsigned_abs(),
        }))
    })?;
    Ok(found.into_iter().flatten().collect())
}
