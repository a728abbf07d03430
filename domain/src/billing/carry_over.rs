//! What was owed when daicho took over the books: charges that are not paid, arrears with what the customer was told,
//! credit. None of it is charged again, and the next debit is the first one that opens after the switching day.

use super::Refusal;
use super::decide::{DEBITED_BY, next_turn, of};
use super::event::{CarriedArrears, CarriedCharge, Event};
use super::outcome::asks_person;
use super::state::{Arrears, Charge, EntryKey, State, Turn};
use crate::Service;
use crate::dates::Month;
use crate::decider::Context;
use crate::enrolment;
use crate::moving::{self, CarriedFrom, Day, Fault, Settings, promised};
use crate::rules::{Ask, Question, reckoned};
use crate::stream::Stream;
use crate::zengin::ResultCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

const MONTH: &str = "対象月";
const OPEN: &str = "未入金額";
const NOTICED_ON: &str = "通知日";
const SUSPENSION_ON: &str = "停止予定日";
const SUSPENDED_ON: &str = "停止日";

/// A ledger as the books kept before have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarryOver {
    /// Where it stood: the first of its lines.
    pub from: CarriedFrom,
    /// The charges that are not paid.
    pub charges: Vec<CarryCharge>,
    /// What the customer was told of a debit that failed, if one did.
    pub arrears: Option<CarryArrears>,
    /// Yen that came twice.
    pub credit: u64,
}

/// A charge that is not paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarryCharge {
    /// Where it stood.
    pub from: CarriedFrom,
    /// The service.
    pub service: Service,
    /// The month of service.
    pub month: Month,
    /// Yen with tax.
    pub gross: u64,
    /// Yen that are not paid.
    pub open: u64,
    /// The debit month in which a debit of it failed, if one did.
    pub failed: Option<Month>,
}

/// Arrears as the books kept before have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarryArrears {
    /// The debit month that failed first.
    pub batch: Month,
    /// What the bank said.
    pub code: ResultCode,
    /// The day of the notice, if the customer was told.
    pub noticed_on: Option<NaiveDate>,
    /// The day of suspension that the notice names.
    pub suspension_on: Option<NaiveDate>,
    /// The day since which use is suspended, if it is.
    pub suspended_on: Option<NaiveDate>,
}

pub(super) fn needs(stream: &Stream) -> Vec<Stream> {
    vec![
        Stream::Enrolment(of(stream), DEBITED_BY),
        Stream::Installation,
    ]
}

pub(super) fn carry_over(
    context: &Context<'_>,
    state: &State,
    carried: CarryOver,
) -> Result<Vec<Event>, Refusal> {
    let settings = moving::approved(context, &carried.from)?;
    if state.carried == Some(carried.from.run) {
        return Ok(vec![]);
    }
    if !state.entries.is_empty() || !state.debits.is_empty() || state.credit > 0 {
        return Err(Fault::Lives.into());
    }
    let charges = charges(settings, carried.charges)?;
    let arrears = match carried.arrears {
        None => None,
        Some(arrears) => Some(told(context, settings, arrears, &carried.from)?),
    };
    let failed = charges.iter().any(|charge| charge.failed.is_some());
    if failed != arrears.is_some() {
        return Err(Fault::Contradicts {
            field: "振替不能の振替月",
            remedy: "振替不能の請求には、振替月と結果コードを両方入れてください。",
        }
        .into());
    }
    let turn = match charges.is_empty() {
        true => None,
        false => Some(first_turn(context, settings)?),
    };
    Ok(vec![Event::CarriedOver {
        from: carried.from,
        charges,
        arrears,
        credit: carried.credit,
        turn,
    }])
}

fn charges(settings: Settings, charges: Vec<CarryCharge>) -> Result<Vec<CarriedCharge>, Fault> {
    let mut carried: Vec<CarriedCharge> = vec![];
    for charge in charges {
        let CarryCharge {
            from,
            service,
            month,
            gross,
            open,
            failed,
        } = charge;
        let contradicts = |field, remedy| Fault::Contradicts { field, remedy };
        if month >= settings.charged_from {
            let remedy = "最初に請求する月からはdaichoが請求します。それより前の月の残高だけを入れてください。";
            return Err(contradicts(MONTH, remedy));
        }
        if open == 0 || open > gross {
            let remedy = "1円以上、請求額以下にしてください。入金済みの請求は要りません。";
            return Err(contradicts(OPEN, remedy));
        }
        let key = EntryKey::of_charge(month, service);
        if carried.iter().any(|known| known.key == key) {
            let remedy = "同じ月とサービスの請求は1行にまとめてください。";
            return Err(contradicts(MONTH, remedy));
        }
        carried.push(CarriedCharge {
            key,
            from,
            service,
            month,
            gross,
            open,
            failed,
        });
    }
    Ok(carried)
}

/// What the customer was told, with the day of suspension that was promised.
fn told(
    context: &Context<'_>,
    settings: Settings,
    arrears: CarryArrears,
    from: &CarriedFrom,
) -> Result<CarriedArrears, Refusal> {
    for (field, on) in [
        (NOTICED_ON, arrears.noticed_on),
        (SUSPENDED_ON, arrears.suspended_on),
    ] {
        if let Some(on) = on {
            moving::has_come(context, field, on)?;
        }
    }
    moving::in_order(&[
        (NOTICED_ON, arrears.noticed_on),
        (SUSPENDED_ON, arrears.suspended_on),
    ])?;
    if arrears.code == ResultCode::Collected {
        return Err(Fault::Contradicts {
            field: "結果コード",
            remedy: "振替不能の結果コード（1・2・3・4・8・9）を入れてください。",
        }
        .into());
    }
    if arrears.suspended_on.is_some() && uses_on(context) {
        return Err(Fault::Contradicts {
            field: SUSPENDED_ON,
            remedy: "停止中の法人は、登録の行と同じ回で移行してください。",
        }
        .into());
    }
    let Some(noticed_on) = arrears.noticed_on else {
        if arrears.suspended_on.is_some() {
            return Err(Fault::Missing { field: NOTICED_ON }.into());
        }
        return Ok(CarriedArrears {
            batch: arrears.batch,
            code: arrears.code,
            noticed_on: None,
            suspension_on: None,
            suspended_on: None,
        });
    };
    let ask = Ask::new(DEBITED_BY, Question::Suspension, noticed_on).decided_on(context.today);
    let counted = reckoned(context.policy, &ask)?.dated("suspension_on");
    let suspension_on = promised(counted, arrears.suspension_on, from)?;
    if arrears.suspended_on.is_none() {
        settings.ahead(SUSPENSION_ON, suspension_on.on)?;
    }
    Ok(CarriedArrears {
        batch: arrears.batch,
        code: arrears.code,
        noticed_on: Some(noticed_on),
        suspension_on: Some(suspension_on),
        suspended_on: arrears.suspended_on,
    })
}

/// Whether the corporation's use was carried over as one that is not suspended.
fn uses_on(context: &Context<'_>) -> bool {
    let corporation = of(context.stream);
    context
        .known
        .enrolment(corporation, DEBITED_BY)
        .and_then(enrolment::State::registration)
        .is_some_and(|registration| registration.suspended_on.is_none())
}

/// The first batch that opens on the switching day or after it.
fn first_turn(context: &Context<'_>, settings: Settings) -> Result<Turn, Refusal> {
    let mut batch = Month::of(settings.switched_on).previous();
    loop {
        let turn = next_turn(context, batch)?;
        if turn.on.on >= settings.switched_on {
            return Ok(turn);
        }
        batch = turn.batch;
    }
}

impl State {
    pub(super) fn note_carried(&mut self, event: &Event) {
        let Event::CarriedOver {
            from,
            charges,
            arrears,
            credit,
            turn,
        } = event
        else {
            return;
        };
        self.carried = Some(from.run);
        for carried in charges {
            let charge = Charge {
                service: carried.service,
                month: carried.month,
                gross: carried.gross,
                open: carried.open,
                debit: None,
                failed: carried.failed,
                reversed: false,
            };
            self.entries.push(carried.key.clone());
            self.charges.insert(carried.key.clone(), charge);
        }
        self.credit += credit;
        self.arrears = arrears.as_ref().map(|arrears| {
            let told = arrears.noticed_on.zip(arrears.suspension_on.clone());
            Arrears {
                batch: arrears.batch,
                code: arrears.code,
                asks_person: told.is_none() && asks_person(arrears.code),
                notice: told,
                suspended_on: arrears.suspended_on,
            }
        });
        if let Some(turn) = turn {
            self.turn = Some(turn.clone());
        }
    }
}

/// The days that an event carried over, for 計算との差.
pub(crate) fn carried_days(event: &Event) -> Vec<Day<'_>> {
    let Event::CarriedOver {
        arrears: Some(arrears),
        ..
    } = event
    else {
        return vec![];
    };
    let ahead = arrears.suspension_on.as_ref();
    let day = |dated| Day {
        label: SUSPENSION_ON,
        office: None,
        dated,
    };
    ahead
        .filter(|_| arrears.suspended_on.is_none())
        .map(day)
        .into_iter()
        .collect()
}
