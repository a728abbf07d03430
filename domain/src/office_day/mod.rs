//! One calendar day of the office. Opening it makes it today; on vendor business days its post is
//! counted and closed, and only then is a deadline on incoming paper decided.

use crate::decider::{Context, Decider, Known};
use crate::intake::Channel;
use crate::personal::{Personal, Typed};
use crate::refusals::refusals;
use crate::stream::Stream;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// The day is today from now on.
    Opened {
        /// Whether the vendor works on it, so that its post is counted.
        business_day: bool,
    },
    /// A person counted what came in.
    PostCounted {
        /// The way of arrival.
        channel: Channel,
        /// How many sheets.
        sheets: u32,
    },
    /// The day's post is complete.
    Closed {
        /// What was counted, by way of arrival.
        counted: BTreeMap<Channel, u32>,
        /// What had been entered when it was closed, by way of arrival.
        entered: BTreeMap<Channel, u32>,
        /// Why the two differ, if they do.
        difference: Option<Personal>,
    },
}

/// A request to a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Opens the day.
    Open {},
    /// Says how many sheets came in.
    CountPost {
        /// The way of arrival.
        channel: Channel,
        /// How many.
        sheets: u32,
    },
    /// Closes the day's post.
    Close {
        /// What has been entered with this day of arrival, as the page showed it.
        entered: BTreeMap<Channel, u32>,
        /// Why it differs from what was counted.
        difference: Option<Typed>,
    },
}

refusals! {
    /// Why a request to a day is refused.
    Refusal {
        /// The day has not been opened.
        NotOpened { /// The day.
            date: NaiveDate } = "office_day.not_opened",
            "{date} はまだ開始していません。日付を確認してください。",
            "{date} has not been opened. Check the date.";
        /// Nobody works on that day.
        NotBusinessDay { /// The day.
            date: NaiveDate } = "office_day.not_business_day",
            "{date} は営業日ではありません。その日の郵便は次の営業日に数えてください。",
            "{date} is no business day. Count its post on the next one.";
        /// The day is closed.
        Closed { /// The day.
            date: NaiveDate } = "office_day.closed",
            "{date} は締め済みです。後から見つかった書類は、到着日を入れて受領してください。",
            "{date} is closed. Receive a paper found later with its day of arrival.";
        /// Nothing has been counted.
        NotCounted { /// The day.
            date: NaiveDate } = "office_day.not_counted",
            "{date} の郵便の通数が未入力です。届いていない場合も0通と入力してください。",
            "The post of {date} has not been counted. Enter 0 if nothing came.";
        /// An earlier day is open.
        EarlierDayOpen { /// The earlier day.
            earlier: NaiveDate } = "office_day.earlier_day_open",
            "前の営業日（{earlier}）が締められていません。先にその日を締めてください。",
            "The business day before ({earlier}) is not closed. Close that one first.";
        /// Counted and entered differ and nobody says why.
        DifferenceUnexplained { /// How.
            difference: String } = "office_day.difference_unexplained",
            "数えた通数と入力した通数が違います（{difference}）。入力漏れを確認するか、差の理由を入力してください。",
            "What was counted and what was entered differ ({difference}). Enter what is missing or say why.";
    }
}

/// A day, folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It has not come.
    #[default]
    Ahead,
    /// It is open.
    Open {
        /// Whether the vendor works on it.
        business_day: bool,
        /// What was counted, by way of arrival.
        counted: BTreeMap<Channel, u32>,
    },
    /// Its post is closed.
    Closed {
        /// What was counted.
        counted: BTreeMap<Channel, u32>,
        /// What had been entered.
        entered: BTreeMap<Channel, u32>,
        /// Why the two differ.
        difference: Option<Personal>,
    },
}

impl State {
    /// Whether the day's post is closed.
    pub const fn is_closed(&self) -> bool {
        matches!(self, Self::Closed { .. })
    }

    /// Whether the day was opened.
    pub const fn is_opened(&self) -> bool {
        !matches!(self, Self::Ahead)
    }
}

/// The decider of days.
#[derive(Debug)]
pub enum OfficeDay {}

impl Decider for OfficeDay {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn needs(stream: &Stream, _: &State, command: &Command, known: &Known) -> Vec<Stream> {
        match command {
            Command::Open {} | Command::CountPost { .. } => vec![],
            Command::Close { .. } => days_before(date_of(stream), known),
        }
    }

    fn decide(
        context: &Context<'_>,
        state: &State,
        command: Command,
    ) -> Result<Vec<Event>, Refusal> {
        let date = date_of(context.stream);
        match (command, state) {
            (Command::Open {}, State::Ahead) => Ok(vec![Event::Opened {
                business_day: context.policy.calendars.vendor().is_open(date).value,
            }]),
            (Command::Open {}, State::Open { .. } | State::Closed { .. }) => Ok(vec![]),
            (Command::CountPost { .. } | Command::Close { .. }, State::Ahead) => {
                Err(Refusal::NotOpened { date })
            }
            (
                Command::CountPost { .. } | Command::Close { .. },
                State::Open {
                    business_day: false,
                    ..
                },
            ) => Err(Refusal::NotBusinessDay { date }),
            (Command::CountPost { .. }, State::Closed { .. }) => Err(Refusal::Closed { date }),
            (Command::CountPost { channel, sheets }, State::Open { counted, .. }) => {
                Ok((counted.get(&channel) != Some(&sheets))
                    .then_some(Event::PostCounted { channel, sheets })
                    .into_iter()
                    .collect())
            }
            (Command::Close { .. }, State::Closed { .. }) => Ok(vec![]),
            (
                Command::Close {
                    entered,
                    difference,
                },
                State::Open { counted, .. },
            ) => close(context, date, counted, entered, difference),
        }
    }

    fn evolve(state: State, event: &Event) -> State {
        match (event, state) {
            (Event::Opened { business_day }, State::Ahead) => State::Open {
                business_day: *business_day,
                counted: BTreeMap::new(),
            },
            (
                Event::PostCounted { channel, sheets },
                State::Open {
                    business_day,
                    mut counted,
                },
            ) => {
                counted.insert(*channel, *sheets);
                State::Open {
                    business_day,
                    counted,
                }
            }
            (
                Event::Closed {
                    counted,
                    entered,
                    difference,
                },
                _,
            ) => State::Closed {
                counted: counted.clone(),
                entered: entered.clone(),
                difference: difference.clone(),
            },
            (Event::Opened { .. } | Event::PostCounted { .. }, state) => state,
        }
    }
}

fn date_of(stream: &Stream) -> NaiveDate {
    let Stream::OfficeDay(date) = stream else {
        panic!("a day is decided on its own stream, not on {stream}");
    };
    *date
}

/// The days from this one on to the one whose post counts for it, as far as they are known: a day on which
/// nobody works has its post counted on the next that somebody does.
pub(crate) fn counting(date: NaiveDate, known: &Known) -> impl Iterator<Item = NaiveDate> {
    std::iter::successors(Some(date), |day| match known.office_day(*day) {
        Some(State::Open {
            business_day: false,
            ..
        }) => day.succ_opt(),
        Some(State::Ahead | State::Open { .. } | State::Closed { .. }) | None => None,
    })
}

/// The days back to the last one whose post was to be counted, or to the first that was ever opened.
fn days_before(date: NaiveDate, known: &Known) -> Vec<Stream> {
    let mut streams = Vec::new();
    let mut day = date;
    while let Some(before) = day.pred_opt() {
        streams.push(Stream::OfficeDay(before));
        match known.office_day(before) {
            Some(State::Open {
                business_day: false,
                ..
            }) => day = before,
            Some(State::Ahead | State::Open { .. } | State::Closed { .. }) | None => break,
        }
    }
    streams
}

fn close(
    context: &Context<'_>,
    date: NaiveDate,
    counted: &BTreeMap<Channel, u32>,
    entered: BTreeMap<Channel, u32>,
    difference: Option<Typed>,
) -> Result<Vec<Event>, Refusal> {
    let open_before = days_before(date, context.known)
        .into_iter()
        .map(|stream| date_of(&stream))
        .find(|day| {
            matches!(
                context.known.office_day(*day),
                Some(State::Open {
                    business_day: true,
                    ..
                })
            )
        });
    if let Some(earlier) = open_before {
        return Err(Refusal::EarlierDayOpen { earlier });
    }
    if !counted.contains_key(&Channel::Post) {
        return Err(Refusal::NotCounted { date });
    }
    let difference = difference.filter(|reason| !reason.is_blank());
    let differing: Vec<_> = Channel::ALL
        .iter()
        .map(|channel| {
            let of = |sheets: &BTreeMap<Channel, u32>| sheets.get(channel).copied().unwrap_or(0);
            (channel, of(counted), of(&entered))
        })
        .filter(|(_, counted, entered)| counted != entered)
        .map(|(channel, counted, entered)| {
            format!("{}: {counted}通／入力{entered}通", channel.label())
        })
        .collect();
    if !differing.is_empty() && difference.is_none() {
        return Err(Refusal::DifferenceUnexplained {
            difference: differing.join("、"),
        });
    }
    Ok(vec![Event::Closed {
        counted: counted.clone(),
        entered,
        difference: difference.map(|typed| context.own_remark(typed)),
    }])
}
