//! A file that lay with the bank when daicho took over the books: its result is awaited here, and booked in the ledgers that
//! say which of their charges stand in it.

use super::command::CarryFile;
use super::decide::{DEBITED_BY, of};
use super::state::{Days, Frozen, State};
use super::{Event, Refusal};
use crate::dates::Month;
use crate::decider::Context;
use crate::moving::{self, Day, Fault, promised};
use crate::rules::{Ask, Question, reckoned};

pub(super) fn carry_over(
    context: &Context<'_>,
    state: &State,
    file: CarryFile,
) -> Result<Vec<Event>, Refusal> {
    moving::approved(context, &file.from)?;
    if state.is_carried_by(file.from.run) {
        return Ok(vec![]);
    }
    // A batch that opened by itself and gathers has sent nothing: the file that is with the bank takes its place.
    if state.frozen().is_some() {
        return Err(Fault::Lives.into());
    }
    let month = of(context.stream);
    let contradicts = |field, remedy| Fault::Contradicts { field, remedy };
    if Month::of(file.debit_on) != month {
        return Err(contradicts("引落日", "引落日の月のファイルを選んでください。").into());
    }
    if file.totals.count == 0 {
        return Err(contradicts("件数", "振替のあるファイルを選んでください。").into());
    }
    let known = context.known.installation();
    let (asked_by, approved_by) = known
        .and_then(|installation| installation.moving(file.from.run))
        .and_then(|run| Some((run.asked_by, run.approved_by?)))
        .ok_or(Fault::NotApproved)?;
    let book = context.policy.book(DEBITED_BY, context.today)?;
    let charged = month.minus(book.months("debit.months_after")?);
    let ask = Ask::new(DEBITED_BY, Question::Debit, charged.first_day()).decided_on(context.today);
    let dates = reckoned(context.policy, &ask)?;
    let debit_on = promised(dates.dated("debit_on"), Some(file.debit_on), &file.from)?;
    Ok(vec![Event::CarriedOver {
        from: file.from,
        charged,
        debit_on,
        request_by: dates.dated("debit_request_by")?,
        result_by: dates.dated("debit_result_by")?,
        totals: file.totals,
        sha256: file.sha256,
        consignor: file.consignor,
        asked_by,
        approved_by,
    }])
}

impl State {
    /// The batch that a `carried_over` event begins with.
    pub(super) fn carried_over(event: &Event) -> Option<Self> {
        let Event::CarriedOver {
            from,
            charged,
            debit_on,
            request_by,
            result_by,
            totals,
            sha256,
            consignor,
            asked_by,
            approved_by,
        } = event
        else {
            return None;
        };
        let days = Days {
            charged: *charged,
            debit_on: debit_on.clone(),
            request_by: request_by.clone(),
            result_by: result_by.clone(),
        };
        let frozen = Frozen {
            through: None,
            totals: *totals,
            sha256: sha256.clone(),
            consignor: consignor.clone(),
            by: *asked_by,
            approved_by: Some(*approved_by),
            sent_by: None,
            received: None,
            carried: Some(from.clone()),
        };
        Some(Self::Opened {
            days,
            frozen: Some(frozen),
        })
    }
}

/// The days that an event carried over, for 計算との差.
pub(crate) fn carried_days(event: &Event) -> Vec<Day<'_>> {
    let Event::CarriedOver { debit_on, .. } = event else {
        return vec![];
    };
    vec![Day {
        label: "引落日",
        office: None,
        dated: debit_on,
    }]
}
