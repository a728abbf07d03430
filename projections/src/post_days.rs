//! 日次締め: what was counted against what was entered, per way of arrival; the days still open.

use crate::projection::{Change, Projection};
use crate::store::{Cell, Column as _, Result, Row as _, Snapshot, TextRef, Writer, row};
use chrono::NaiveDate;
use daicho_domain::intake::Channel;
use daicho_domain::nouns::{Event, State};
use daicho_domain::stream::Stream;
use daicho_domain::{office_day, poa};

row! {
    /// One calendar day that was opened.
    pub struct PostDayRow in "post_days" indexed ["(closed, business_day, day)"] {
        /// The day.
        day: NaiveDate,
        /// Whether its post is counted and closed.
        business_day: bool,
        /// Whether its post is closed.
        closed: bool,
        /// Who closed it.
        closed_by: Option<String>,
        /// Why counted and entered differ, if they do.
        difference: Option<TextRef>,
    }
}

row! {
    /// One way of arrival on one day.
    pub struct PostCountRow in "post_counts" indexed ["(day)"] {
        /// The day and the way of arrival.
        key: String,
        /// The day.
        day: NaiveDate,
        /// The way of arrival.
        channel: Channel,
        /// How many sheets a person counted.
        counted: Option<u64>,
        /// How many sheets were entered with this day of arrival.
        entered: u64,
        /// How many of them were entered after the day was closed.
        entered_late: u64,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "post_days",
    revision: 2,
    tables: &[PostDayRow::TABLE, PostCountRow::TABLE],
    apply,
};

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    match (change.stream, change.event) {
        (Stream::OfficeDay(day), Event::OfficeDay(event)) => of_day(*day, event, change, writer),
        (
            _,
            Event::Poa(poa::Event::Received {
                arrived_on,
                channel,
            }),
        ) => {
            let day: Option<PostDayRow> = writer.get(&arrived_on.to_string())?;
            let mut row = count_row(*arrived_on, *channel, writer)?;
            row.entered += 1;
            row.entered_late += u64::from(day.is_some_and(|day| day.closed));
            writer.put(&row)
        }
        (_, _) => Ok(()),
    }
}

fn of_day(
    day: NaiveDate,
    event: &office_day::Event,
    change: &Change<'_>,
    writer: &mut Writer<'_>,
) -> Result<()> {
    match event {
        office_day::Event::Opened { business_day } => writer.put(&PostDayRow {
            day,
            business_day: *business_day,
            closed: false,
            closed_by: None,
            difference: None,
        }),
        office_day::Event::PostCounted { channel, sheets } => {
            let mut row = count_row(day, *channel, writer)?;
            row.counted = Some(u64::from(*sheets));
            writer.put(&row)
        }
        office_day::Event::Closed { difference, .. } => {
            let row = PostDayRow {
                day,
                business_day: true,
                closed: matches!(change.after, State::OfficeDay(state) if state.is_closed()),
                closed_by: Some(change.recorded.actor.to_string()),
                difference: writer.text_of(difference.as_ref())?,
            };
            writer.put(&row)
        }
    }
}

fn count_row(day: NaiveDate, channel: Channel, writer: &mut Writer<'_>) -> Result<PostCountRow> {
    let key = format!("{day}/{}", channel.code());
    let known = writer.get(&key)?;
    Ok(known.unwrap_or(PostCountRow {
        key,
        day,
        channel,
        counted: None,
        entered: 0,
        entered_late: 0,
    }))
}

/// The board of one business day.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Board {
    /// The day.
    pub day: PostDayRow,
    /// The first day whose post is counted with it, the day after the business day before; none when it is the
    /// first of all.
    pub first: Option<NaiveDate>,
    /// Every way of arrival. What arrived on the days without post before it is entered here too.
    pub counts: Vec<PostCountRow>,
}

/// Counted against entered on one day; `None` when the day has not been opened.
pub fn board(snapshot: &Snapshot, day: NaiveDate) -> Result<Option<Board>> {
    let Some(row) = snapshot.row::<PostDayRow>(&day.to_string())? else {
        return Ok(None);
    };
    let before =
        "SELECT * FROM {post_days} WHERE business_day AND day < ? ORDER BY day DESC LIMIT 1";
    let before: Option<PostDayRow> = snapshot.rows(before, &[day.to_cell()])?.pop();
    let first = before.and_then(|before| before.day.succ_opt());
    let from = first.map_or(Cell::Text(String::new()), |first| first.to_cell());
    let sql = "SELECT * FROM {post_counts} WHERE day BETWEEN ? AND ? ORDER BY day, channel";
    let found: Vec<PostCountRow> = snapshot.rows(sql, &[from, day.to_cell()])?;
    let counts = Channel::ALL.iter().map(|channel| {
        let of_channel = || found.iter().filter(|row| row.channel == *channel);
        PostCountRow {
            key: format!("{day}/{}", channel.code()),
            day,
            channel: *channel,
            counted: of_channel()
                .find(|row| row.day == day)
                .and_then(|row| row.counted),
            entered: of_channel().map(|row| row.entered).sum(),
            entered_late: of_channel().map(|row| row.entered_late).sum(),
        }
    });
    Ok(Some(Board {
        day: row,
        first,
        counts: counts.collect(),
    }))
}

/// The business days whose post has not been closed, oldest first.
pub fn open_days(snapshot: &Snapshot) -> Result<Vec<PostDayRow>> {
    let sql = "SELECT * FROM {post_days} WHERE closed = 0 AND business_day = 1 ORDER BY day";
    snapshot.rows(sql, &[])
}

/// Today: the last day that was opened.
pub fn today(snapshot: &Snapshot) -> Result<Option<NaiveDate>> {
    let sql = "SELECT * FROM {post_days} ORDER BY day DESC LIMIT 1";
    let last: Option<PostDayRow> = snapshot.rows(sql, &[])?.pop();
    Ok(last.map(|row| row.day))
}

/// The days from one to another that were opened.
pub fn between(snapshot: &Snapshot, from: NaiveDate, to: NaiveDate) -> Result<Vec<PostDayRow>> {
    let sql = "SELECT * FROM {post_days} WHERE day BETWEEN ? AND ? ORDER BY day";
    snapshot.rows(sql, &[from.to_cell(), to.to_cell()])
}
