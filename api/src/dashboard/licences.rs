//! ライセンス: the term with first and last day, days left, ステータス, fee month and payment of every office number that
//! has a licence, a picture of them by days left, and the way in for a new one.

use super::filter;
use super::form::Action;
use super::frame::Frame;
use super::licence_actions;
use super::parts::{Chips, Mood, Paging, ROWS, Status as Word};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use crate::problem::Problem;
use askama::Template;
use chrono::{Days, NaiveDate};
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::licence::{FeeStatus, Payment, Status};
use daicho_projections::licences::{self, Ends, Filter, LicenceRow};
use daicho_projections::{corporations, offices};

/// The bands of the picture: up to so many days left.
const BANDS: [(u64, &str); 6] = [
    (14, "〜14日"),
    (30, "〜30日"),
    (60, "〜60日"),
    (120, "〜120日"),
    (240, "〜240日"),
    (u64::MAX, "それ以上"),
];

#[derive(Template)]
#[template(path = "licences.html")]
struct Page {
    frame: Frame,
    filters: Vec<Chips>,
    bars: Vec<Bar>,
    licences: Vec<Line>,
    paging: Paging,
    begin: Option<Action>,
    begin_for: String,
    asked: String,
    lists: bool,
    form: String,
}

/// One licence.
struct Line {
    href: String,
    corporation: String,
    number: String,
    status: Word,
    term: String,
    years: String,
    left: String,
    left_class: &'static str,
    opens: String,
    fee_month: String,
    fee: Word,
    payment: String,
    gross: String,
}

/// One bar of the picture: what can be renewed below, the rest above it.
struct Bar {
    x: usize,
    height: u64,
    renewable: u64,
    count: u64,
    word: &'static str,
    href: String,
}

/// `GET /licences?status=&fee=&days_to=&q=&number=`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

/// The licences that an address asks for; the JSON API asks alike.
pub fn filter(viewer: &Viewer) -> Filter {
    let query = &viewer.query;
    let today = viewer.moment.day;
    let days = |name: &str| query.get(name).and_then(|days| days.parse::<u64>().ok());
    let after = |days: u64| today.checked_add_days(Days::new(days.min(36_500)));
    Filter {
        statuses: STATUS.chosen(query),
        fees: FEE.chosen(query),
        corporations: vec![],
        last_from: days("days_from").map_or_else(|| days("days_to").map(|_| today), after),
        last_to: days("days_to").and_then(after),
        search: query.get("q").map(str::to_owned),
    }
}

const STATUS: filter::Field<Status> = filter::Field {
    name: "status",
    title: "ステータス",
    all: Status::ALL,
    code: Status::code,
    label: Status::label,
};

const FEE: filter::Field<FeeStatus> = filter::Field {
    name: "fee",
    title: "ライセンス料",
    all: FeeStatus::ALL,
    code: FeeStatus::code,
    label: FeeStatus::label,
};

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let page = query.page();
    let listed = licences::list(
        reading.snapshot,
        &filter(reading.viewer),
        (page - 1) * ROWS,
        ROWS,
    )?;
    let (begin, begin_for) = begin(reading)?;
    show(&Page {
        frame: Frame::new(reading.viewer, "/licences", "ライセンス"),
        filters: vec![
            STATUS.counted(query, licences::count_by_status(reading.snapshot)?),
            FEE.chips(query),
        ],
        bars: bars(reading)?,
        licences: listed.rows.iter().map(|row| line(row, reading)).collect(),
        paging: Paging::of(query, page, ROWS, listed.total),
        begin,
        begin_for,
        asked: query.get("number").unwrap_or_default().to_owned(),
        lists: !reading.viewer.moment.past,
        form: uuid::Uuid::now_v7().simple().to_string(),
    })
}

/// The checklist for the office number in the address, or what is said of that number.
fn begin(reading: &Reading<'_>) -> Result<(Option<Action>, String), Problem> {
    let Some(asked) = reading.viewer.query.get("number") else {
        return Ok((None, String::new()));
    };
    let number = match OfficeNumber::parse(asked) {
        Ok(number) => number,
        Err(why) => return Ok((None, why.to_string())),
    };
    let Some(office) = offices::numbered(reading.snapshot, number)? else {
        let word = "この事業所番号は登録されていません。先に法人・事業所を登録してください。";
        return Ok((None, word.to_owned()));
    };
    let check = match licences::of_number(reading.snapshot, number)? {
        None => licence_actions::check(number, office.corporation),
        Some(row) if row.corporation != office.corporation => {
            let corporation = corporations::find(reading.snapshot, office.corporation)?;
            let name = corporation.map_or_else(String::new, |corporation| corporation.name);
            licence_actions::move_to(number, office.corporation, &name)
        }
        Some(_) => {
            let word = "この事業所番号は一覧にあります。案件を開いて操作してください。";
            return Ok((None, word.to_owned()));
        }
    };
    let action = Action {
        open: true,
        main: true,
        ..reading.viewer.form(check, &format!("/licences?q={number}"))
    };
    Ok((Some(action), format!("{number}　{}", office.name)))
}

/// One row, drawn.
fn line(row: &LicenceRow, reading: &Reading<'_>) -> Line {
    let today = reading.viewer.moment.day;
    let day = |on: Option<NaiveDate>| on.map_or_else(|| "―".to_owned(), words::date);
    let left = row.last_day.map(|last| (last - today).num_days());
    let over = row.status == Status::Expired;
    Line {
        href: format!("/cases/of/licence-{}", row.number),
        corporation: row.corporation_name.clone(),
        number: row.number.to_string(),
        status: status(row.status),
        term: match (row.first_day, row.last_day) {
            (Some(first), Some(last)) => format!("{}〜{}", words::date(first), words::date(last)),
            (_, _) => "―".to_owned(),
        },
        years: match row.years {
            0 | 1 => String::new(),
            years => format!("契約 {years}年分（{} まで）", day(row.contracted_to)),
        },
        left: match left {
            Some(left) if left >= 0 && !over => format!("あと{left}日"),
            Some(_) => "満了".to_owned(),
            None => "―".to_owned(),
        },
        left_class: match left {
            Some(_) if row.status == Status::Renewable => "due due-soon",
            Some(_) | None => "due",
        },
        opens: day(row.renewal_opens),
        fee_month: match (row.fee_month, row.fee_month_latest) {
            (Some(_), Some(_)) if row.payment == Some(Payment::Invoice) => {
                format!("請求書 {} まで", day(row.fee_by))
            }
            (Some(month), Some(latest)) => {
                format!(
                    "{}（遅い場合 {}）",
                    month.in_japanese(),
                    latest.in_japanese()
                )
            }
            (_, _) => "―".to_owned(),
        },
        fee: match (row.fee, row.paid_in) {
            (Some(FeeStatus::Paid), Some(month)) => {
                Word::new(&format!("{}に支払い済み", month.in_japanese()), Mood::Done)
            }
            (Some(FeeStatus::Overdue), _) => Word::new(FeeStatus::Overdue.label(), Mood::Attention),
            (Some(FeeStatus::Expected), _) => Word::new(FeeStatus::Expected.label(), Mood::During),
            (Some(FeeStatus::Unlisted), _) => Word::new(FeeStatus::Unlisted.label(), Mood::Done),
            (Some(FeeStatus::Paid), None) | (None, _) => Word::new("―", Mood::Done),
        },
        payment: row
            .payment
            .map_or_else(String::new, |way: Payment| way.label().to_owned()),
        gross: row
            .gross_yen
            .map_or_else(|| "―".to_owned(), |yen| format!("{}円", words::count(yen))),
    }
}

/// ステータス of a licence, drawn.
fn status(status: Status) -> Word {
    let mood = match status {
        Status::Gaps | Status::Ready => Mood::Before,
        Status::Applied | Status::Filed => Mood::During,
        Status::Renewable => Mood::Attention,
        Status::Valid | Status::RunsOut | Status::Expired | Status::Dropped => Mood::Done,
    };
    Word::new(status.label(), mood)
}

/// Bars 56 high at the fullest band.
fn bars(reading: &Reading<'_>) -> Result<Vec<Bar>, Problem> {
    const HEIGHT: u64 = 56;
    let today = reading.viewer.moment.day;
    let ends = licences::ends(reading.snapshot, today)?;
    let mut from = 0;
    let bands: Vec<Band> = BANDS
        .into_iter()
        .map(|(to, word)| {
            let first = std::mem::replace(&mut from, to.saturating_add(1));
            let within =
                |ends: &&Ends| (first..=to).contains(&(ends.on - today).num_days().unsigned_abs());
            let sum = |count: fn(&Ends) -> u64| ends.iter().filter(within).map(count).sum();
            Band {
                first,
                to,
                word,
                count: sum(|ends| ends.count),
                renewable: sum(|ends| ends.renewable),
            }
        })
        .collect();
    let most = bands.iter().map(|band| band.count).max();
    let most = most.unwrap_or_default();
    if most == 0 {
        return Ok(vec![]);
    }
    let high = |count: u64| (count * HEIGHT).div_ceil(most);
    let bar = |(index, band): (usize, Band)| Bar {
        x: index * 96,
        height: high(band.count),
        renewable: high(band.renewable),
        count: band.count,
        word: band.word,
        href: Query::at("/licences")
            .with("days_from", &band.first.to_string())
            .with("days_to", &band.to.min(36_500).to_string())
            .to_string(),
    };
    Ok(bands.into_iter().enumerate().map(bar).collect())
}

/// The licences that end within so many days.
struct Band {
    first: u64,
    to: u64,
    word: &'static str,
    count: u64,
    renewable: u64,
}
