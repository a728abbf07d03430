//! The two forms of 日次締め: all counts of a day at once, and its closing.

use super::query::Query;
use super::viewer::Viewer;
use crate::acting::{self, Asking};
use crate::problem::Problem;
use crate::requests::{actor, done};
use axum::Form;
use axum::extract::Path;
use axum::response::Redirect;
use chrono::NaiveDate;
use daicho_domain::intake::Channel;
use daicho_domain::nouns::Command;
use daicho_domain::office_day;
use daicho_domain::stream::Stream;
use daicho_eventlog::Executed;
use std::collections::BTreeMap;

type Fields = Vec<(String, String)>;

/// The numbers in a form, by way of arrival; an empty field says nothing.
fn numbers(fields: &Fields) -> Result<BTreeMap<Channel, u32>, Problem> {
    let mut numbers = BTreeMap::new();
    for channel in Channel::ALL {
        let text = fields.iter().find(|(name, _)| name == channel.code());
        let Some(text) = text
            .map(|(_, text)| text.trim())
            .filter(|text| !text.is_empty())
        else {
            continue;
        };
        let number = text.parse().map_err(|_| {
            Problem::unreadable(&format!(
                "{}の通数「{text}」を読み取れません。0以上の整数で入力してください。",
                channel.label()
            ))
        })?;
        numbers.insert(*channel, number);
    }
    Ok(numbers)
}

/// `POST /office_day/{day}/count`
pub async fn count(
    Path(day): Path<NaiveDate>,
    viewer: Viewer,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let asking = Asking::by_form(&actor(&viewer)?, None);
    let stream = Stream::OfficeDay(day);
    let mut recorded: Option<Executed> = None;
    for (channel, sheets) in numbers(&fields)? {
        let command =
            Command::office_day(&stream, office_day::Command::CountPost { channel, sheets });
        let executed = acting::execute(&viewer.app, command, asking.cause(channel.code())).await?;
        if !executed.events.is_empty() {
            recorded = Some(executed);
        }
    }
    Ok(back(day, recorded.as_ref()))
}

/// `POST /office_day/{day}/close`
pub async fn close(
    Path(day): Path<NaiveDate>,
    viewer: Viewer,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let asking = Asking::by_form(&actor(&viewer)?, None);
    let mut entered = numbers(&fields)?;
    entered.retain(|_, sheets| *sheets > 0);
    let difference = fields.iter().find(|(name, _)| name == "difference");
    let difference = difference
        .map(|(_, text)| text.trim())
        .filter(|text| !text.is_empty())
        .map(Into::into);
    let close = office_day::Command::Close {
        entered,
        difference,
    };
    let command = Command::office_day(&Stream::OfficeDay(day), close);
    let executed = acting::execute(&viewer.app, command, asking.cause("close")).await?;
    Ok(back(day, Some(&executed)))
}

fn back(day: NaiveDate, executed: Option<&Executed>) -> Redirect {
    let page = Query::at("/office_day")
        .with("day", &day.to_string())
        .to_string();
    let told = executed.map_or_else(
        || crate::requests::told(&page, "none"),
        |executed| done(&page, executed),
    );
    Redirect::to(&told)
}
