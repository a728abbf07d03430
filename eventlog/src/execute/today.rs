//! The open business day: the last calendar day whose stream was begun.
//!
//! Days are opened in order, so that the day of the log's last event is a good hint, and walking on from it while
//! the next day's stream exists is a proof.

use chrono::NaiveDate;
use daicho_domain::stream::Stream;

use crate::envelope::StreamName;
use crate::port::{EventLog, LogError};

/// The last opened day according to the log, or `None` before the first.
pub(super) async fn last_opened(
    log: &dyn EventLog,
    known: Option<NaiveDate>,
) -> Result<Option<NaiveDate>, LogError> {
    let hint = match known {
        Some(day) => day,
        None => match log.head().await? {
            None => return Ok(None),
            Some(head) => head.occurred_on,
        },
    };
    let mut today = match is_opened(log, hint).await? {
        true => hint,
        false => return Ok(None),
    };
    while let Some(next) = today.succ_opt()
        && is_opened(log, next).await?
    {
        today = next;
    }
    Ok(Some(today))
}

async fn is_opened(log: &dyn EventLog, day: NaiveDate) -> Result<bool, LogError> {
    let stream = StreamName::from(&Stream::OfficeDay(day));
    Ok(!log.read_stream(&stream, 0, 1).await?.is_empty())
}
