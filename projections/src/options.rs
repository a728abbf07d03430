//! オプション: every order with its office, where it stands, and what was charged for it.

use crate::columns::{Json, code_columns};
use crate::names;
use crate::projection::{Change, Projection};
use crate::query::{Conditions, Listed, Part, counted_by, listed};
use crate::search::searchable;
use crate::store::{Result, Row as _, Snapshot, Writer, row};
use chrono::NaiveDate;
use daicho_domain::billing::{
    Event, IdKind, OptionKind, OptionLine, Order, OrderNumber, OrderStage, OrderStatus, Ordered,
};
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::nouns::{self, State};
use daicho_domain::rules::Basis;
use daicho_domain::stream::{CorporationId, OfficeId, Stream};

code_columns! {
    IdKind: "kind of ID",
    OptionKind: "option",
    OrderStatus: "status of an order",
}

crate::store::text_columns! {
    OrderNumber: "number of an order",
}

row! {
    /// One order.
    pub struct OptionRow in "options" indexed [
        "(status, received_on)",
        "(corporation)",
    ] {
        /// The corporation and the order's number in its ledger.
        key: String,
        /// The corporation.
        corporation: CorporationId,
        /// Its name.
        corporation_name: String,
        /// The order's number in the ledger.
        order_number: OrderNumber,
        /// The office.
        office: OfficeId,
        /// Its 事業所番号 when it was ordered.
        office_number: OfficeNumber,
        /// What was ordered.
        option: OptionKind,
        /// Whose IDs, of reissued passwords.
        whose: Option<IdKind>,
        /// How many were ordered; none of what runs month by month.
        quantity: Option<u64>,
        /// The day the order came in.
        received_on: NaiveDate,
        /// ステータス.
        status: OrderStatus,
        /// The day it was done.
        done_on: Option<NaiveDate>,
        /// How many were done.
        done: Option<u64>,
        /// The first month it is charged for.
        from_month: Option<Month>,
        /// The last month it is charged for.
        last_month: Option<Month>,
        /// The latest month it was charged for.
        charged_month: Option<Month>,
        /// Yen charged so far, as the rule book states the price: before or with tax.
        charged: u64,
        /// Why: the first month, the last month, the price.
        bases: Json<Bases>,
        /// What a search compares.
        search: String,
    }
}

/// Why the months and the price of an order are what they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Bases {
    /// Of the first month.
    pub from: Option<Basis>,
    /// Of the last month.
    pub last: Option<Basis>,
    /// Of the price that was charged last.
    pub price: Option<Basis>,
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "options",
    revision: 1,
    tables: &[OptionRow::TABLE],
    apply,
};

fn key(corporation: CorporationId, order: OrderNumber) -> String {
    format!("{corporation}/{order}")
}

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    if let Some(corporation) = names::renamed(change) {
        return rename(corporation, change, writer);
    }
    let (
        Stream::Billing(corporation),
        nouns::Event::Billing(event),
        State::Billing(before),
        State::Billing(after),
    ) = (change.stream, change.event, change.before, change.after)
    else {
        return Ok(());
    };
    for (number, order) in &after.orders {
        if before.orders.get(number) == Some(order) {
            continue;
        }
        let known: Option<OptionRow> = writer.get(&key(*corporation, *number))?;
        let row = match known {
            Some(row) => row,
            None => ordered(*corporation, *number, order, writer)?,
        };
        writer.put(&standing(row, order))?;
    }
    if let Event::OptionsCharged { month, lines, .. } = event {
        for line in lines {
            charged(*corporation, *month, line, writer)?;
        }
    }
    if let Event::OptionEnded {
        order, last_month, ..
    } = event
        && let Some(mut row) = writer.get::<OptionRow>(&key(*corporation, *order))?
    {
        row.bases.0.last = Some(Basis::clone(&last_month.basis));
        writer.put(&row)?;
    }
    Ok(())
}

fn ordered(
    corporation: CorporationId,
    number: OrderNumber,
    order: &Order,
    writer: &mut Writer<'_>,
) -> Result<OptionRow> {
    let named = names::of(corporation, writer)?;
    let (whose, from) = match &order.ordered {
        Ordered::ReturnManager { from } => (None, Some(from)),
        Ordered::RestoreNotice { .. } => (None, None),
        Ordered::PasswordReissue { whose, .. } => (Some(*whose), None),
    };
    Ok(OptionRow {
        key: key(corporation, number),
        corporation,
        corporation_name: named.name,
        order_number: number,
        office: order.office,
        office_number: order.number,
        option: order.ordered.kind(),
        whose,
        quantity: order.ordered.quantity().map(|count| count.get().into()),
        received_on: order.received_on,
        status: order.status(),
        done_on: None,
        done: None,
        from_month: from.map(|from| Month::of(from.on)),
        last_month: None,
        charged_month: None,
        charged: 0,
        bases: Json(Bases {
            from: from.map(|from| Basis::clone(&from.basis)),
            ..Bases::default()
        }),
        search: search_of(order.number, &named.search),
    })
}

/// The row as the order stands.
fn standing(row: OptionRow, order: &Order) -> OptionRow {
    let status = order.status();
    match order.stage {
        OrderStage::Open | OrderStage::Withdrawn => OptionRow { status, ..row },
        OrderStage::Done { on, quantity, .. } => OptionRow {
            status,
            done_on: Some(on),
            done: Some(quantity.get().into()),
            ..row
        },
        OrderStage::Ended { last_month } => OptionRow {
            status,
            last_month: Some(last_month),
            ..row
        },
    }
}

fn charged(
    corporation: CorporationId,
    month: Month,
    line: &OptionLine,
    writer: &mut Writer<'_>,
) -> Result<()> {
    let Some(mut row) = writer.get::<OptionRow>(&key(corporation, line.order))? else {
        return Ok(());
    };
    row.charged_month = Some(month);
    row.charged += line.amount;
    row.bases.0.price = Some(line.basis.clone());
    writer.put(&row)
}

fn search_of(number: OfficeNumber, corporation: &str) -> String {
    format!("{}\n{corporation}", searchable([number.as_str()]))
}

fn rename(corporation: CorporationId, change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let named = names::of(corporation, writer)?;
    for (_, state) in names::streams_of(corporation, change, writer)? {
        let State::Billing(state) = &*state else {
            continue;
        };
        let keys = state.orders.keys().map(|order| key(corporation, *order));
        names::follow(keys, writer, |row: &mut OptionRow| {
            row.corporation_name.clone_from(&named.name);
            row.search = search_of(row.office_number, &named.search);
        })?;
    }
    Ok(())
}

/// Which orders to list: AND between the fields, OR within one; an empty field asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// ステータス.
    pub statuses: Vec<OrderStatus>,
    /// What was ordered.
    pub options: Vec<OptionKind>,
    /// 法人.
    pub corporations: Vec<CorporationId>,
    /// Part of the corporation's name or number, or of the office's number.
    pub search: Option<String>,
}

/// The orders that fit, the latest first, counted.
pub fn list(
    snapshot: &Snapshot,
    filter: &Filter,
    offset: u64,
    limit: u64,
) -> Result<Listed<OptionRow>> {
    let mut asked = Conditions::default();
    asked.one_of("status", &filter.statuses);
    asked.one_of("option", &filter.options);
    asked.one_of("corporation", &filter.corporations);
    asked.search(filter.search.as_deref());
    let part = Part {
        order: "received_on DESC, key",
        offset,
        limit,
    };
    listed(snapshot, asked, part)
}

/// How many orders have each ステータス.
pub fn count_by_status(snapshot: &Snapshot) -> Result<Vec<(OrderStatus, u64)>> {
    counted_by::<OptionRow, OrderStatus>(snapshot, "status", Conditions::default())
}
