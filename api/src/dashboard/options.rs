//! オプション: every order with its office, where it stands, what it costs and why; and the way in for a new one.

use super::filter;
use super::form::Action;
use super::frame::Frame;
use super::option_actions;
use super::parts::{Chips, Mood, Paging, ROWS, Status as Word, Why};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, show, why, words};
use crate::problem::Problem;
use askama::Template;
use daicho_domain::Service;
use daicho_domain::billing::{OptionKind, OrderStatus};
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::rules::{Ask, Question, Value, reckoned};
use daicho_projections::offices;
use daicho_projections::options::{self, Filter, OptionRow};

#[derive(Template)]
#[template(path = "options.html")]
struct Page {
    frame: Frame,
    prices: Vec<Price>,
    filters: Vec<Chips>,
    orders: Vec<Line>,
    paging: Paging,
    takes_orders: bool,
    asked: String,
    order_for: String,
    form: Option<Action>,
}

/// What an option costs today.
struct Price {
    option: &'static str,
    unit: &'static str,
    net: String,
    gross: String,
    why: Why,
}

/// One order.
struct Line {
    href: String,
    corporation: String,
    number: String,
    option: &'static str,
    about: String,
    status: Word,
    received: String,
    months: String,
    from_why: Option<Why>,
    last_why: Option<Why>,
    charged: String,
    charged_month: String,
    price_why: Option<Why>,
}

/// `GET /options?status=&option=&q=&number=`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

const STATUS: filter::Field<OrderStatus> = filter::Field {
    name: "status",
    title: "ステータス",
    all: OrderStatus::ALL,
    code: OrderStatus::code,
    label: OrderStatus::label,
};

const OPTION: filter::Field<OptionKind> = filter::Field {
    name: "option",
    title: "オプション",
    all: OptionKind::ALL,
    code: OptionKind::code,
    label: OptionKind::label,
};

/// The orders that an address asks for; the JSON API asks alike.
pub fn filter(query: &Query) -> Filter {
    Filter {
        statuses: STATUS.chosen(query),
        options: OPTION.chosen(query),
        corporations: vec![],
        search: query.get("q").map(str::to_owned),
    }
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let page = query.page();
    let listed = options::list(reading.snapshot, &filter(query), (page - 1) * ROWS, ROWS)?;
    let (form, order_for) = order(reading)?;
    show(&Page {
        frame: Frame::new(reading.viewer, "/options", "オプション"),
        prices: prices(reading),
        filters: vec![
            STATUS.counted(query, options::count_by_status(reading.snapshot)?),
            OPTION.chips(query),
        ],
        orders: listed.rows.iter().map(line).collect(),
        paging: Paging::of(query, page, ROWS, listed.total),
        takes_orders: !reading.viewer.moment.past,
        asked: query.get("number").unwrap_or_default().to_owned(),
        order_for,
        form,
    })
}

/// What the rule book of the day asks for; nothing on a day without a book.
fn prices(reading: &Reading<'_>) -> Vec<Price> {
    let ask = Ask::new(
        Service::CareNetMessenger,
        Question::Fee,
        reading.viewer.moment.day,
    );
    let Ok(answer) = reckoned(&reading.viewer.app.policy(), &ask) else {
        return vec![];
    };
    let yen = |name: String| {
        let held = answer.milestones.iter().find(|held| held.name == name);
        held.and_then(|held| match held.value {
            Value::Amount(yen) => Some(words::yen(yen)),
            Value::Date(_) | Value::Month(_) | Value::Days(_) => None,
        })
    };
    let price = |option: &OptionKind| {
        let gross = format!("{}_gross", option.code());
        Some(Price {
            option: option.label(),
            unit: option.unit(),
            net: yen(format!("{}_net", option.code()))?,
            gross: yen(gross.clone())?,
            why: why::of_ask(&ask, &gross, option.label()),
        })
    };
    OptionKind::ALL.iter().filter_map(price).collect()
}

/// The form for the 事業所番号 in the address, or what is said of that number.
fn order(reading: &Reading<'_>) -> Result<(Option<Action>, String), Problem> {
    let Some(asked) = reading.viewer.query.get("number") else {
        return Ok((None, String::new()));
    };
    let number = match OfficeNumber::parse(asked) {
        Ok(number) => number,
        Err(why) => return Ok((None, why.to_string())),
    };
    let Some(row) = offices::numbered(reading.snapshot, number)? else {
        let word = "この番号の事業所はありません。番号を確かめてください。";
        return Ok((None, word.to_owned()));
    };
    let action = option_actions::order(row.corporation, row.id, reading.viewer.moment.day);
    let action = Action {
        open: true,
        ..reading.viewer.form(action, "/options")
    };
    Ok((Some(action), format!("{number}　{}", row.name)))
}

/// One row, drawn.
fn line(row: &OptionRow) -> Line {
    let because = |basis: &Option<_>, word: &str| basis.as_ref().map(|basis| why::of(basis, word));
    let unit = row.option.unit();
    let count = match (row.quantity, row.done) {
        (Some(ordered), Some(done)) if done != ordered => format!("{done} / {ordered} {unit}"),
        (Some(ordered), _) => format!("{ordered} {unit}"),
        (None, _) => String::new(),
    };
    let whose = row.whose.map_or("", |whose| whose.label());
    let months = match (row.from_month, row.last_month, row.done_on) {
        (Some(from), Some(last), _) if last < from => "課金なし".to_owned(),
        (Some(from), Some(last), _) => {
            format!("{}〜{}", from.in_japanese(), last.in_japanese())
        }
        (Some(from), None, _) => format!("{}〜", from.in_japanese()),
        (None, _, Some(on)) => words::date(on),
        (None, _, None) => "―".to_owned(),
    };
    Line {
        href: format!("/cases/of/billing-{}", row.corporation),
        corporation: row.corporation_name.clone(),
        number: row.office_number.to_string(),
        option: row.option.label(),
        about: [whose, &count].join(" ").trim().to_owned(),
        status: status(row.status),
        received: words::date(row.received_on),
        months,
        from_why: because(&row.bases.0.from, "課金開始月"),
        last_why: because(&row.bases.0.last, "課金の最終月"),
        charged: match row.charged_month {
            None => "―".to_owned(),
            Some(_) => words::count(row.charged),
        },
        charged_month: row.charged_month.map_or_else(String::new, |month| {
            // Work is charged once, with its month; what runs month by month has been charged up to one.
            let last = if row.quantity.is_none() { "まで" } else { "" };
            format!("{}分{last}", month.in_japanese())
        }),
        price_why: because(&row.bases.0.price, "料金"),
    }
}

/// ステータス of an order, drawn.
fn status(status: OrderStatus) -> Word {
    let mood = match status {
        OrderStatus::Open => Mood::Before,
        OrderStatus::Running | OrderStatus::Done => Mood::During,
        OrderStatus::Charged | OrderStatus::Ended | OrderStatus::Withdrawn => Mood::Done,
    };
    Word::new(status.label(), mood)
}
