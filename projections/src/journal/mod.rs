//! 仕訳 and 月次締め: what every entry of every ledger means for the books, and which months are closed.
//!
//! A line names its account by what it is for; how the accounts are called is configuration (see `export`). What was
//! decided while the month was being closed stands in the open month: a closed one never changes.

mod export;

pub use export::{Accounts, Export};

use crate::columns::code_columns;
use crate::ledger::Kind;
use crate::names;
use crate::projection::{Change, Projection};
use crate::store::{Cell, Column as _, Result, Row as _, Snapshot, Writer, row};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::billing::{self, CarriedCharge, EntryKey, Event, Part, Posting};
use daicho_domain::dates::Month;
use daicho_domain::installation::Event as Installation;
use daicho_domain::nouns::{self, State};
use daicho_domain::stream::{CorporationId, StaffId, Stream};

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What customers owe.
    Receivable,
    /// What was earned.
    Sales,
    /// The tax in it, owed to the state.
    Tax,
    /// Where the money comes in.
    Bank,
    /// What came twice and is owed to customers.
    Credit,
    /// The other side of what was owed when daicho took over the books: it is closed against the books kept before.
    Opening,
}

impl Account {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::Receivable,
        Self::Sales,
        Self::Tax,
        Self::Bank,
        Self::Credit,
        Self::Opening,
    ];

    /// The name on the wire and in the configuration.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Receivable => "receivable",
            Self::Sales => "sales",
            Self::Tax => "tax",
            Self::Bank => "bank",
            Self::Credit => "credit",
            Self::Opening => "opening",
        }
    }
}

code_columns! {
    Account: "account of the journal",
}

row! {
    /// One line of the journal: one account, one side.
    pub struct JournalRow in "journal" indexed ["(month, place, line)", "(corporation, place)"] {
        /// The permanent key: the corporation, its entry, the line's place in it.
        key: String,
        /// In which month's books it stands.
        month: Month,
        /// The number of the event.
        place: u64,
        /// Its place within the entry.
        line: u64,
        /// The entry of the ledger.
        entry: EntryKey,
        /// What the entry is.
        kind: Kind,
        /// The corporation.
        corporation: CorporationId,
        /// Its name when the entry was made.
        corporation_name: String,
        /// The day it counts for.
        dated: NaiveDate,
        /// The closed month it belongs to (通常の処理期間後の入力).
        late_for: Option<Month>,
        /// The account.
        account: Account,
        /// Yen on the debit side (借方).
        debit: u64,
        /// Yen on the credit side (貸方).
        credit: u64,
        /// The charge it is about.
        charge: Option<EntryKey>,
        /// The service of that charge.
        service: Option<Service>,
        /// The month of service of that charge.
        service_month: Option<Month>,
        /// The debit month, of what a debit collected.
        debit_month: Option<Month>,
        /// The entry it reverses.
        reverses: Option<EntryKey>,
    }
}

row! {
    /// A month somebody asked to close.
    pub struct ClosingRow in "closings" indexed ["(closed_by, month)"] {
        /// The month.
        month: Month,
        /// Who asked.
        asked_by: Option<StaffId>,
        /// On which day.
        asked_on: Option<NaiveDate>,
        /// The second person, who closed it.
        closed_by: Option<StaffId>,
        /// On which day.
        closed_on: Option<NaiveDate>,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "journal",
    revision: 2,
    tables: &[JournalRow::TABLE, ClosingRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    match (change.stream, change.event, change.before, change.after) {
        (
            Stream::Billing(corporation),
            nouns::Event::Billing(event),
            State::Billing(before),
            State::Billing(after),
        ) => match entered(*corporation, event, before, change, writer)? {
            Some(entered) => entered.put(*corporation, after, change, writer),
            None => Ok(()),
        },
        (Stream::Installation, nouns::Event::Installation(event), _, _) => {
            closing(event, change, writer)
        }
        (_, _, _, _) => Ok(()),
    }
}

fn closing(event: &Installation, change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let on = change.recorded.occurred_on;
    match event {
        Installation::ClosingAsked { month, by } => writer.put(&ClosingRow {
            month: *month,
            asked_by: Some(*by),
            asked_on: Some(on),
            closed_by: None,
            closed_on: None,
        }),
        Installation::ClosingDeclined { month, .. } => {
            writer.remove::<ClosingRow>(&month.to_string())
        }
        Installation::MonthClosed {
            month,
            asked_by,
            closed_by,
        } => {
            let known: Option<ClosingRow> = writer.get(&month.to_string())?;
            writer.put(&ClosingRow {
                month: *month,
                asked_by: Some(*asked_by),
                asked_on: known.and_then(|row| row.asked_on),
                closed_by: Some(*closed_by),
                closed_on: Some(on),
            })
        }
        Installation::Started { .. }
        | Installation::DaysConfirmed { .. }
        | Installation::SendingReleased { .. }
        | Installation::MovingAsked { .. }
        | Installation::MovingDeclined { .. }
        | Installation::MovingApproved { .. } => Ok(()),
    }
}

/// One line before it has its place.
struct Side {
    account: Account,
    debit: u64,
    credit: u64,
    charge: Option<EntryKey>,
}

/// What an event means for the books.
struct Entered {
    entry: EntryKey,
    kind: Kind,
    dated: NaiveDate,
    posting: Posting,
    debit_month: Option<Month>,
    reverses: Option<EntryKey>,
    sides: Vec<Side>,
}

fn debit(account: Account, yen: u64) -> Side {
    Side {
        account,
        debit: yen,
        credit: 0,
        charge: None,
    }
}

fn credit(account: Account, yen: u64) -> Side {
    Side {
        account,
        debit: 0,
        credit: yen,
        charge: None,
    }
}

/// What customers owe, less by each part.
fn settled(parts: &[Part]) -> impl Iterator<Item = Side> {
    parts.iter().map(|part| Side {
        charge: Some(part.charge.clone()),
        ..credit(Account::Receivable, part.amount)
    })
}

fn entered(
    corporation: CorporationId,
    event: &Event,
    before: &billing::State,
    change: &Change<'_>,
    writer: &mut Writer<'_>,
) -> Result<Option<Entered>> {
    let entered = |entry: &EntryKey, kind, dated, posting: &Posting, sides| Entered {
        entry: entry.clone(),
        kind,
        dated,
        posting: posting.clone(),
        debit_month: None,
        reverses: None,
        sides,
    };
    Ok(match event {
        Event::Charged {
            key,
            month,
            net,
            tax,
            posting,
            ..
        }
        | Event::OptionsCharged {
            key,
            month,
            net,
            tax,
            posting,
            ..
        } => {
            let of_charge = |side| Side {
                charge: Some(key.clone()),
                ..side
            };
            let sides = [
                debit(Account::Receivable, net + tax),
                credit(Account::Sales, *net),
                credit(Account::Tax, *tax),
            ];
            let sides = sides.into_iter().map(of_charge).collect();
            Some(entered(key, Kind::Charge, month.last_day(), posting, sides))
        }
        Event::Collected {
            batch,
            amount,
            collected_on,
            posting,
            overpaid,
        } => {
            let parts = before
                .debits
                .get(batch)
                .map(|debit| before.still_owed(debit));
            let mut sides = vec![debit(Account::Bank, *amount)];
            sides.extend(settled(&parts.unwrap_or_default()));
            sides.push(credit(Account::Credit, *overpaid));
            let key = EntryKey::of_debit(*batch);
            Some(Entered {
                debit_month: Some(*batch),
                ..entered(&key, Kind::Debit, *collected_on, posting, sides)
            })
        }
        Event::Paid {
            key,
            amount,
            received_on,
            parts,
            posting,
            ..
        } => {
            let mut sides = vec![debit(Account::Bank, *amount)];
            sides.extend(settled(parts));
            Some(entered(key, Kind::Payment, *received_on, posting, sides))
        }
        Event::CreditApplied {
            key,
            amount,
            parts,
            posting,
        } => {
            let mut sides = vec![debit(Account::Credit, *amount)];
            sides.extend(settled(parts));
            let on = change.recorded.occurred_on;
            Some(entered(key, Kind::Credit, on, posting, sides))
        }
        Event::Refunded {
            key,
            amount,
            refunded_on,
            posting,
            ..
        } => {
            let sides = vec![
                debit(Account::Credit, *amount),
                credit(Account::Bank, *amount),
            ];
            Some(entered(key, Kind::Refund, *refunded_on, posting, sides))
        }
        Event::Reversed {
            key,
            entry,
            posting,
            ..
        } => {
            let sides = match carried_sides(before, entry) {
                Some(sides) => sides,
                None => turned(corporation, entry, writer)?,
            };
            let on = change.recorded.occurred_on;
            Some(Entered {
                reverses: Some(entry.clone()),
                ..entered(key, Kind::Reversal, on, posting, sides)
            })
        }
        Event::CarriedOver {
            charges, credit, ..
        } => {
            let on = change.recorded.occurred_on;
            let posting = Posting {
                month: Month::of(on),
                late_for: None,
            };
            let (key, sides) = (EntryKey::of_carried(), opening(charges, *credit));
            Some(entered(&key, Kind::Opening, on, &posting, sides))
        }
        Event::ChargingBegan { .. }
        | Event::OptionOrdered { .. }
        | Event::OptionDone { .. }
        | Event::OptionEnded { .. }
        | Event::OptionWithdrawn { .. }
        | Event::ChargingEnded { .. }
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

/// What was owed when daicho took over the books. What was earned by it stands in the books that charged it.
fn opening(charges: &[CarriedCharge], came_twice: u64) -> Vec<Side> {
    let owed = charges.iter().flat_map(|charge| {
        let side = debit(Account::Receivable, charge.open);
        let of_charge = Side {
            charge: Some(charge.key.clone()),
            ..side
        };
        [of_charge, credit(Account::Opening, charge.open)]
    });
    let twice = [
        debit(Account::Opening, came_twice),
        credit(Account::Credit, came_twice),
    ];
    owed.chain(twice).collect()
}

/// The reversal of a charge of the books kept before, whose own entry stands there.
fn carried_sides(before: &billing::State, entry: &EntryKey) -> Option<Vec<Side>> {
    let charge = before.charges.get(entry)?;
    let tax = charge.carried_tax?;
    let of_charge = |side| Side {
        charge: Some(entry.clone()),
        ..side
    };
    let sides = [
        credit(Account::Receivable, charge.gross),
        debit(Account::Sales, charge.gross - tax),
        debit(Account::Tax, tax),
    ];
    Some(sides.into_iter().map(of_charge).collect())
}

/// The lines of an entry with their sides changed.
fn turned(
    corporation: CorporationId,
    entry: &EntryKey,
    writer: &mut Writer<'_>,
) -> Result<Vec<Side>> {
    let mut sides = Vec::new();
    while let Some(row) = writer.get::<JournalRow>(&key(corporation, entry, sides.len() as u64))? {
        sides.push(Side {
            account: row.account,
            debit: row.credit,
            credit: row.debit,
            charge: row.charge,
        });
    }
    Ok(sides)
}

fn key(corporation: CorporationId, entry: &EntryKey, line: u64) -> String {
    format!("{corporation}/{entry}/{line}")
}

impl Entered {
    fn put(
        self,
        corporation: CorporationId,
        after: &billing::State,
        change: &Change<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let corporation_name = names::of(corporation, writer)?.name;
        let books = writer.state(&Stream::Installation)?;
        let own = self.posting.month;
        let month = match books.as_deref() {
            Some(State::Installation(books)) => books.books_of(own),
            Some(_) | None => own,
        };
        let late = (month != own).then_some(own);
        let late_for = self.posting.late_for.or(late);
        let moving = |side: &Side| side.debit > 0 || side.credit > 0;
        for (line, side) in (0..).zip(self.sides.into_iter().filter(moving)) {
            let about = side.charge.as_ref();
            let charge = about.and_then(|charge| after.charges.get(charge));
            writer.put(&JournalRow {
                key: key(corporation, &self.entry, line),
                month,
                place: change.recorded.number,
                line,
                entry: self.entry.clone(),
                kind: self.kind,
                corporation,
                corporation_name: corporation_name.clone(),
                dated: self.dated,
                late_for,
                account: side.account,
                debit: side.debit,
                credit: side.credit,
                service: charge.map(|charge| charge.service),
                service_month: charge.map(|charge| charge.month),
                debit_month: self.debit_month,
                reverses: self.reverses.clone(),
                charge: side.charge,
            })?;
        }
        Ok(())
    }
}

/// The lines of a month, in the order in which they were made.
pub fn lines(snapshot: &Snapshot, month: Month) -> Result<Vec<JournalRow>> {
    let sql = "SELECT * FROM {journal} WHERE month = ? ORDER BY place, line";
    snapshot.rows(sql, &[month.to_cell()])
}

/// What a month's books hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct MonthSums {
    /// The month.
    pub month: Month,
    /// How many lines.
    pub lines: u64,
    /// Yen on the debit side.
    pub debit: u64,
    /// Yen on the credit side.
    pub credit: u64,
    /// Lines that belong to a closed month.
    pub late: u64,
}

/// Every month with lines, the latest first.
pub fn months(snapshot: &Snapshot) -> Result<Vec<MonthSums>> {
    let sql = "SELECT month, count(*), sum(debit), sum(credit), sum(late_for IS NOT NULL) FROM {journal} \
               GROUP BY month ORDER BY month DESC";
    let found = snapshot.map(sql, &[], |row| {
        let month: Cell = row.get(0)?;
        let number = |at| row.get::<_, i64>(at).map(i64::unsigned_abs);
        let (lines, debit, credit, late) = (number(1)?, number(2)?, number(3)?, number(4)?);
        Ok(Month::from_cell(month).ok().map(|month| MonthSums {
            month,
            lines,
            debit,
            credit,
            late,
        }))
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// The months somebody asked to close, the latest first.
pub fn closings(snapshot: &Snapshot) -> Result<Vec<ClosingRow>> {
    snapshot.rows("SELECT * FROM {closings} ORDER BY month DESC", &[])
}

/// The last month whose books are closed, with all before it.
pub fn closed_through(snapshot: &Snapshot) -> Result<Option<Month>> {
    let closings = closings(snapshot)?;
    let closed = closings.iter().find(|row| row.closed_by.is_some());
    Ok(closed.map(|row| row.month))
}
