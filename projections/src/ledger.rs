//! 請求・債権台帳: every charge and payment, found by date, amount and counterparty; what is open and where it stands.

use crate::corporations::Listed;
use crate::names;
use crate::projection::{Change, Projection};
use crate::query::Conditions;
use crate::store::{Cell, Result, Row as _, Snapshot, Writer, row};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::billing::{self, CarriedCharge, EntryKey, Event, Status};
use daicho_domain::dates::Month;
use daicho_domain::nouns::{self, State};
use daicho_domain::stream::{CorporationId, Stream};

/// What kind of entry a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A charge.
    Charge,
    /// A payment outside the debit.
    Payment,
    /// A debit that was collected.
    Debit,
    /// Credit that settled charges.
    Credit,
    /// Credit that was paid back.
    Refund,
    /// A reversing entry.
    Reversal,
    /// What was owed when daicho took over the books: its charges stand as charges, its credit as this.
    Opening,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Charge,
        Self::Payment,
        Self::Debit,
        Self::Credit,
        Self::Refund,
        Self::Reversal,
        Self::Opening,
    ];

    /// The name in URLs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Payment => "payment",
            Self::Debit => "debit",
            Self::Credit => "credit",
            Self::Refund => "refund",
            Self::Reversal => "reversal",
            Self::Opening => "opening",
        }
    }

    /// The name that staff read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Charge => "請求",
            Self::Payment => "入金",
            Self::Debit => "口座振替",
            Self::Credit => "過入金の充当",
            Self::Refund => "返金",
            Self::Reversal => "取消",
            Self::Opening => "移行残高",
        }
    }
}

crate::columns::code_columns! {
    Kind: "kind of entry",
}

row! {
    /// One entry of one ledger.
    pub struct EntryRow in "ledger" indexed [
        "(booked_on, place)",
        "(corporation, place)",
        "(amount, booked_on)",
        "(status, booked_on)",
    ] {
        /// The corporation and the entry's permanent key.
        key: String,
        /// The order in which they were recorded: the number of the event.
        place: u64,
        /// The permanent key within the ledger.
        entry: EntryKey,
        /// What it is.
        kind: Kind,
        /// The corporation.
        corporation: CorporationId,
        /// Its name.
        corporation_name: String,
        /// The service of a charge.
        service: Option<Service>,
        /// The month of service of a charge.
        month: Option<Month>,
        /// The day it counts for: the last day of the month charged, the day the money came.
        booked_on: NaiveDate,
        /// In which month's books it stands.
        posting_month: Month,
        /// Yen with tax.
        amount: i64,
        /// Yen of tax in it.
        tax: i64,
        /// Yen of a charge that are not paid.
        open: i64,
        /// Where a charge stands.
        status: Option<Status>,
        /// The day a charge is debited: of the debit it stands in, or the one that was set when it was charged.
        debit_on: Option<NaiveDate>,
        /// What a search compares.
        search: String,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "ledger",
    revision: 4,
    tables: &[EntryRow::TABLE],
    apply,
};

/// The key of an entry's row.
fn key(corporation: CorporationId, entry: &EntryKey) -> String {
    format!("{corporation}/{entry}")
}

fn yen(amount: u64) -> i64 {
    i64::try_from(amount).expect("no ledger holds that many yen")
}

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    match (change.stream, change.event, change.before, change.after) {
        (
            Stream::Billing(corporation),
            nouns::Event::Billing(event),
            State::Billing(before),
            State::Billing(after),
        ) => {
            if let Some(row) = entered(*corporation, event, change, writer)? {
                writer.put(&row)?;
            }
            if let Event::CarriedOver {
                charges, credit, ..
            } = event
            {
                carried_over(*corporation, charges, change, writer)?;
                carried_credit(*corporation, *credit, change, writer)?;
            }
            moved(*corporation, before, after, writer)
        }
        (Stream::Corporation(_), _, _, _) => match names::renamed(change) {
            Some(corporation) => rename(corporation, change, writer),
            None => Ok(()),
        },
        (_, _, _, _) => Ok(()),
    }
}

/// The entry that an event makes.
fn entered(
    corporation: CorporationId,
    event: &Event,
    change: &Change<'_>,
    writer: &mut Writer<'_>,
) -> Result<Option<EntryRow>> {
    let named = names::of(corporation, writer)?;
    let (corporation_name, search) = (named.name, named.search);
    let row = |entry: &EntryKey, kind, booked_on, posting: &billing::Posting, amount| EntryRow {
        key: key(corporation, entry),
        place: change.recorded.number,
        entry: entry.clone(),
        kind,
        corporation,
        corporation_name: corporation_name.clone(),
        service: None,
        month: None,
        booked_on,
        posting_month: posting.month,
        amount: yen(amount),
        tax: 0,
        open: 0,
        status: None,
        debit_on: None,
        search: search.clone(),
    };
    Ok(match event {
        Event::Charged {
            key: entry,
            service,
            month,
            net,
            tax,
            debit_on,
            posting,
            ..
        }
        | Event::OptionsCharged {
            key: entry,
            service,
            month,
            net,
            tax,
            debit_on,
            posting,
            ..
        } => Some(EntryRow {
            service: Some(*service),
            month: Some(*month),
            tax: yen(*tax),
            debit_on: Some(debit_on.on),
            ..row(entry, Kind::Charge, month.last_day(), posting, net + tax)
        }),
        Event::Paid {
            key: entry,
            amount,
            received_on,
            posting,
            ..
        } => Some(row(entry, Kind::Payment, *received_on, posting, *amount)),
        Event::Collected {
            batch,
            amount,
            collected_on,
            posting,
            overpaid: _,
        } => {
            let entry = EntryKey::of_debit(*batch);
            Some(row(&entry, Kind::Debit, *collected_on, posting, *amount))
        }
        Event::CreditApplied {
            key: entry,
            amount,
            posting,
            ..
        } => {
            let on = change.recorded.occurred_on;
            Some(row(entry, Kind::Credit, on, posting, *amount))
        }
        Event::Refunded {
            key: entry,
            amount,
            refunded_on,
            posting,
            ..
        } => {
            let refunded = row(entry, Kind::Refund, *refunded_on, posting, *amount);
            Some(EntryRow {
                amount: -refunded.amount,
                ..refunded
            })
        }
        Event::Reversed {
            key: entry,
            amount,
            posting,
            ..
        } => {
            let on = change.recorded.occurred_on;
            let reversed = row(entry, Kind::Reversal, on, posting, *amount);
            Some(EntryRow {
                amount: -reversed.amount,
                ..reversed
            })
        }
        Event::ChargingBegan { .. }
        | Event::OptionOrdered { .. }
        | Event::OptionDone { .. }
        | Event::OptionEnded { .. }
        | Event::OptionWithdrawn { .. }
        | Event::ChargingEnded { .. }
        | Event::CarriedOver { .. }
        | Event::NotCharged { .. }
        | Event::DebitAnswered { .. }
        | Event::DebitRequested { .. }
        | Event::DebitMissed { .. }
        | Event::Failed { .. }
        | Event::Noticed { .. }
        | Event::SuspensionDue { .. }
        | Event::PersonDecided { .. }
        | Event::ReversalAsked { .. }
        | Event::ReceiptAsked { .. }
        | Event::CertificateAsked { .. }
        | Event::ReversalDeclined { .. } => None,
    })
}

/// The charges that were not paid when daicho took over the books.
fn carried_over(
    corporation: CorporationId,
    charges: &[CarriedCharge],
    change: &Change<'_>,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let named = names::of(corporation, writer)?;
    for charge in charges {
        writer.put(&EntryRow {
            key: key(corporation, &charge.key),
            place: change.recorded.number,
            entry: charge.key.clone(),
            kind: Kind::Charge,
            corporation,
            corporation_name: named.name.clone(),
            service: Some(charge.service),
            month: Some(charge.month),
            booked_on: charge.month.last_day(),
            posting_month: charge.month,
            amount: yen(charge.gross),
            tax: yen(charge.tax.unwrap_or_default()),
            open: yen(charge.open),
            status: None,
            debit_on: None,
            search: named.search.clone(),
        })?;
    }
    Ok(())
}

/// What had come twice when daicho took over the books.
fn carried_credit(
    corporation: CorporationId,
    credit: u64,
    change: &Change<'_>,
    writer: &mut Writer<'_>,
) -> Result<()> {
    if credit == 0 {
        return Ok(());
    }
    let named = names::of(corporation, writer)?;
    let (entry, on) = (EntryKey::of_carried(), change.recorded.occurred_on);
    writer.put(&EntryRow {
        key: key(corporation, &entry),
        place: change.recorded.number,
        entry,
        kind: Kind::Opening,
        corporation,
        corporation_name: named.name,
        service: None,
        month: None,
        booked_on: on,
        posting_month: Month::of(on),
        amount: yen(credit),
        tax: 0,
        open: 0,
        status: None,
        debit_on: None,
        search: named.search,
    })
}

/// The charges that stand elsewhere after the event.
fn moved(
    corporation: CorporationId,
    before: &billing::State,
    after: &billing::State,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let stands = |ledger: &billing::State, charge: &billing::Charge| {
        let debit = charge.debit.and_then(|batch| ledger.debits.get(&batch));
        let debit_on = debit.map(|debit| debit.debit_on.on);
        (ledger.status(charge), charge.open, debit_on)
    };
    for (entry, charge) in &after.charges {
        let now @ (status, open, debit_on) = stands(after, charge);
        let former = before.charges.get(entry);
        if former.map(|former| stands(before, former)) == Some(now) {
            continue;
        }
        let known: Option<EntryRow> = writer.get(&key(corporation, entry))?;
        if let Some(mut row) = known {
            row.status = Some(status);
            row.open = yen(open);
            row.debit_on = debit_on.or(row.debit_on);
            writer.put(&row)?;
        }
    }
    Ok(())
}

fn rename(corporation: CorporationId, change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let named = names::of(corporation, writer)?;
    for (_, state) in names::streams_of(corporation, change, writer)? {
        let State::Billing(state) = &*state else {
            continue;
        };
        let keys = state.entries.iter().map(|entry| key(corporation, entry));
        names::follow(keys, writer, |row: &mut EntryRow| {
            row.corporation_name.clone_from(&named.name);
            row.search.clone_from(&named.search);
        })?;
    }
    Ok(())
}

/// Which entries to list: AND between the fields, OR within one; an empty field asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// What they are.
    pub kinds: Vec<Kind>,
    /// Where a charge stands.
    pub statuses: Vec<Status>,
    /// Of which service.
    pub services: Vec<Service>,
    /// The day it counts for, or later.
    pub from: Option<NaiveDate>,
    /// The day it counts for, or earlier.
    pub to: Option<NaiveDate>,
    /// At least so many yen.
    pub amount_min: Option<i64>,
    /// At most so many yen.
    pub amount_max: Option<i64>,
    /// Of this corporation.
    pub corporation: Option<CorporationId>,
    /// Part of the corporation's name, number or external id.
    pub search: Option<String>,
}

impl Filter {
    fn condition(&self) -> (String, Vec<Cell>) {
        let mut asked = Conditions::default();
        asked.one_of("kind", &self.kinds);
        asked.one_of("status", &self.statuses);
        asked.one_of("service", &self.services);
        asked.days("booked_on", self.from, self.to);
        asked.amounts("amount", self.amount_min, self.amount_max);
        asked.one_of("corporation", self.corporation.as_slice());
        asked.search(self.search.as_deref());
        asked.finish()
    }
}

/// The entries that fit, the latest first, one page of them, with their sums.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Found {
    /// The page.
    #[serde(flatten)]
    pub listed: Listed<EntryRow>,
    /// Yen of all that fit.
    pub amount: i64,
    /// Yen open of all that fit.
    pub open: i64,
}

/// What `list` asks: the statement that counts and sums, the one that selects, the values of both. Open to the benchmark
/// that holds the search against the bare SQL.
pub fn statements(filter: &Filter, offset: u64, limit: u64) -> (String, String, Vec<Cell>) {
    let (condition, values) = filter.condition();
    let sums = format!(
        "SELECT count(*), coalesce(sum(amount), 0), coalesce(sum(open), 0) FROM {{ledger}} WHERE {condition}"
    );
    let select = format!(
        "SELECT * FROM {{ledger}} WHERE {condition} ORDER BY booked_on DESC, place DESC LIMIT {limit} OFFSET {offset}"
    );
    (sums, select, values)
}

/// The entries that fit.
pub fn list(snapshot: &Snapshot, filter: &Filter, offset: u64, limit: u64) -> Result<Found> {
    let (sums, select, values) = statements(filter, offset, limit);
    let sums = snapshot.map(&sums, &values, |row| {
        let (total, amount, open): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((total.unsigned_abs(), amount, open))
    })?;
    let (total, amount, open) = sums.first().copied().unwrap_or_default();
    let rows = snapshot.rows(&select, &values)?;
    Ok(Found {
        listed: Listed { rows, total },
        amount,
        open,
    })
}
