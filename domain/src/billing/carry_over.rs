//! What was owed when daicho took over the books: charges that are not paid, arrears with what the customer was told,
//! credit. None of it is charged again, and the next debit is the first one that opens after the switching day.

use super::Refusal;
use super::decide::{DEBITED_BY, next_turn, of};
use super::event::{CarriedArrears, CarriedCharge, CarriedDebit, Event, Part};
use super::outcome::asks_person;
use super::state::{Arrears, Charge, EntryKey, InFlight, State, Turn};
use crate::Service;
use crate::corporation::BankAccount;
use crate::dates::Month;
use crate::decider::Context;
use crate::enrolment;
use crate::moving::{self, CarriedFrom, Day, Fault, Settings, promised};
use crate::rules::{Ask, Question, reckoned};
use crate::stream::Stream;
use crate::zengin::{CustomerNumber, NewCode, ResultCode};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

const MONTH: &str = "対象月";
const OPEN: &str = "未入金額";
const AT_BANK: &str = "振替中の振替月";
const TAX: &str = "うち消費税";
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
    /// The debits that are with the bank.
    pub debits: Vec<CarryDebit>,
}

/// A debit that is with the bank, as the file that was sent has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarryDebit {
    /// The debit month.
    pub batch: Month,
    /// Yen.
    pub amount: u64,
    /// The number under which the collector knows the corporation.
    pub customer: CustomerNumber,
    /// The account.
    pub account: BankAccount,
    /// Whether the account is new to the collector.
    pub new_code: NewCode,
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
    /// Yen of tax in it, where the books say so.
    pub tax: Option<u64>,
    /// Yen that are not paid.
    pub open: u64,
    /// The debit month in which a debit of it failed, if one did.
    pub failed: Option<Month>,
    /// The debit month in whose file it is with the bank, if it is.
    pub at_bank: Option<Month>,
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

pub(super) fn needs(stream: &Stream, carried: &CarryOver) -> Vec<Stream> {
    let batches = carried.debits.iter().map(|debit| debit.batch);
    [
        Stream::Enrolment(of(stream), DEBITED_BY),
        Stream::Installation,
    ]
    .into_iter()
    .chain(batches.map(Stream::DebitBatch))
    .collect()
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
    let at_bank: Vec<_> = carried.charges.iter().map(|one| one.at_bank).collect();
    let charges = charges(context, settings, carried.charges)?;
    let debits = debits(context, &carried.from, carried.debits, &charges, &at_bank)?;
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
    let turn = match at_bank.iter().all(Option::is_some) {
        true => None,
        false => Some(first_turn(context, settings)?),
    };
    Ok(vec![Event::CarriedOver {
        from: carried.from,
        charges,
        arrears,
        credit: carried.credit,
        debits,
        turn,
    }])
}

fn charges(
    context: &Context<'_>,
    settings: Settings,
    charges: Vec<CarryCharge>,
) -> Result<Vec<CarriedCharge>, Fault> {
    let mut carried: Vec<CarriedCharge> = vec![];
    for charge in charges {
        let CarryCharge {
            from,
            service,
            month,
            gross,
            tax,
            open,
            failed,
            at_bank: _,
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
        let on = month.last_day();
        let tax = match tax {
            Some(tax) => tax,
            None => context.policy.book(service, on)?.tax_in(gross, on)?,
        };
        if tax >= gross {
            let remedy = "税込みの請求額に含まれる消費税を入れてください。";
            return Err(contradicts(TAX, remedy));
        }
        carried.push(CarriedCharge {
            key,
            from,
            service,
            month,
            gross,
            tax: Some(tax),
            open,
            failed,
        });
    }
    Ok(carried)
}

/// The debits that are with the bank: each settles the charges that are said to stand in it, to the yen.
fn debits(
    context: &Context<'_>,
    from: &CarriedFrom,
    debits: Vec<CarryDebit>,
    charges: &[CarriedCharge],
    at_bank: &[Option<Month>],
) -> Result<Vec<CarriedDebit>, Fault> {
    let asked = |batch: Month| debits.iter().any(|debit| debit.batch == batch);
    if !at_bank.iter().flatten().all(|batch| asked(*batch)) {
        return Err(Fault::Contradicts {
            field: AT_BANK,
            remedy: "その月の振替依頼のファイルを一緒に選び、引落金額を、その月の未入金額の合計に合わせてください。",
        });
    }
    let mut carried: Vec<CarriedDebit> = vec![];
    for debit in debits {
        let CarryDebit {
            batch,
            amount,
            customer,
            account,
            new_code,
        } = debit;
        let known = context.known.debit_batch(batch);
        let days = known
            .filter(|known| known.is_carried_by(from.run))
            .and_then(|known| known.days())
            .ok_or(Fault::Missing {
                field: "振替依頼のファイル",
            })?;
        let in_it = charges.iter().zip(at_bank);
        let in_it = in_it.filter(|(_, at_bank)| **at_bank == Some(batch));
        let parts: Vec<_> = in_it
            .map(|(charge, _)| Part {
                charge: charge.key.clone(),
                amount: charge.open,
            })
            .collect();
        let owed: u64 = parts.iter().map(|part| part.amount).sum();
        if owed != amount || carried.iter().any(|known| known.batch == batch) {
            return Err(Fault::Contradicts {
                field: "引落金額",
                remedy: "残高の表で「振替中の振替月」がこの月の請求を、未入金額の合計が引落金額になるように直してください。",
            });
        }
        carried.push(CarriedDebit {
            batch,
            amount,
            parts,
            customer,
            account,
            new_code,
            debit_on: days.debit_on.clone(),
            result_by: days.result_by.clone(),
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
            debits,
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
                tax: None,
                open: carried.open,
                debit: None,
                failed: carried.failed,
                reversed: false,
                carried_tax: Some(carried.tax.unwrap_or_default()),
            };
            self.entries.push(carried.key.clone());
            self.charges.insert(carried.key.clone(), charge);
        }
        if *credit > 0 {
            self.entries.push(EntryKey::of_carried());
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
        for carried in debits {
            for part in &carried.parts {
                if let Some(charge) = self.charges.get_mut(&part.charge) {
                    charge.debit = Some(carried.batch);
                }
            }
            let debit = InFlight {
                amount: carried.amount,
                parts: carried.parts.clone(),
                customer: carried.customer,
                account: carried.account.clone(),
                new_code: carried.new_code,
                debit_on: carried.debit_on.clone(),
                result_by: carried.result_by.clone(),
                requested: true,
            };
            self.last_debit_on = self.last_debit_on.max(Some(debit.debit_on.on));
            self.debited = Some(debit.account.clone());
            self.debits.insert(carried.batch, debit);
        }
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
