//! A 口座振替依頼書 that was under way, or in force, when daicho took over the books.

use super::mandate::{BankAccount, Mandate, MandateStage, customer_number, own_key};
use super::{Event, Refusal, Registered};
use crate::Service;
use crate::decider::Context;
use crate::moving::{self, CarriedFrom, Day, Fault, promised};
use crate::rules::{Ask, Question, reckoned};
use crate::waiting::worded;
use crate::zengin::CustomerNumber;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const STAGE: &str = "依頼書の状態";

worded! {
    /// Whether the collector has debited the account before.
    Debited {
        /// Never: the first debit says so.
        Never = "never", "なし";
        /// It has.
        Before = "before", "あり";
    }
}

/// A 口座振替依頼書 as the books kept before have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarryMandate {
    /// Where it stood.
    pub from: CarriedFrom,
    /// Where it is.
    pub stage: MandateStage,
    /// The day by which it must be registered that was promised.
    pub needed_by: Option<NaiveDate>,
    /// The account, once the paper is back.
    pub account: Option<BankAccount>,
    /// The 顧客番号, where the collector assigned one.
    pub customer: Option<CustomerNumber>,
    /// Whether the account was debited before.
    pub debited: Debited,
}

pub(super) fn carry_over(
    context: &Context<'_>,
    known: &Registered,
    carried: CarryMandate,
) -> Result<Vec<Event>, Refusal> {
    let settings = moving::approved(context, &carried.from)?;
    if let Some(mandate) = &known.mandate {
        let from = mandate.carried.as_ref();
        if from.map(|from| from.run) == Some(carried.from.run) {
            return Ok(vec![]);
        }
        // What was only asked for since the use was carried over is this one.
        let only_asked = mandate.stage == MandateStage::ToSend { defect: None };
        if !only_asked || mandate.registrations > 0 || from.is_some() {
            return Err(Fault::Lives.into());
        }
    }
    holds(context, &carried)?;
    let sealed = |account: BankAccount| match own_key(context, known) {
        None => account,
        Some(key) => account.sealed_under(&key),
    };
    let given = carried.account.map(sealed);
    let (account, customer) = match &carried.stage {
        MandateStage::Registered { .. } => {
            let number = || customer_number(context, known);
            (given, Some(carried.customer.unwrap_or_else(number)))
        }
        MandateStage::ToSend { .. }
        | MandateStage::Out { .. }
        | MandateStage::Returned
        | MandateStage::WithBank { .. }
        | MandateStage::Broken { .. }
        | MandateStage::CalledOff => (given, carried.customer),
    };
    let month = settings.charged_from.first_day();
    let ask = Ask::new(Service::HonobonoMini2, Question::Debit, month).decided_on(context.today);
    let counted = reckoned(context.policy, &ask)?.dated("debit_request_by");
    Ok(vec![Event::MandateCarriedOver {
        needed_by: promised(counted, carried.needed_by, &carried.from)?,
        from: carried.from,
        stage: carried.stage,
        account,
        customer,
        debited: carried.debited,
    }])
}

fn holds(context: &Context<'_>, carried: &CarryMandate) -> Result<(), Refusal> {
    let account = || match &carried.account {
        Some(account) => account.check(),
        None => Err(Fault::Missing {
            field: "口座番号"
        }
        .into()),
    };
    match &carried.stage {
        MandateStage::ToSend { .. } => Ok(()),
        MandateStage::Out { sent_on: on } => Ok(moving::has_come(context, "依頼書の発送日", *on)?),
        MandateStage::Returned => account(),
        MandateStage::WithBank { handed_on: on } => {
            moving::has_come(context, "依頼書の提出日", *on)?;
            account()
        }
        MandateStage::Registered { on } => {
            moving::has_come(context, "口座登録日", *on)?;
            account()
        }
        MandateStage::Broken { .. } | MandateStage::CalledOff => Err(Fault::Contradicts {
            field: STAGE,
            remedy: "新しい依頼書の状態を入れてください。",
        }
        .into()),
    }
}

impl Mandate {
    /// The mandate that a `mandate_carried_over` event begins with.
    pub(super) fn carried_over(event: &Event) -> Option<Self> {
        let Event::MandateCarriedOver {
            from,
            needed_by,
            stage,
            account,
            customer,
            debited,
        } = event
        else {
            return None;
        };
        let registered = matches!(stage, MandateStage::Registered { .. });
        Some(Self {
            stage: stage.clone(),
            needed_by: needed_by.clone(),
            account: account.clone(),
            present: None,
            customer: *customer,
            registrations: u32::from(registered),
            debited: match debited {
                Debited::Never => None,
                Debited::Before => account.clone(),
            },
            carried: Some(from.clone()),
        })
    }
}

/// The days that an event carried over, for 計算との差: of one that is in force, none lies ahead.
pub(crate) fn carried_days(event: &Event) -> Vec<Day<'_>> {
    let Event::MandateCarriedOver {
        needed_by, stage, ..
    } = event
    else {
        return vec![];
    };
    let day = Day {
        label: "口座登録の期限",
        office: None,
        dated: needed_by,
    };
    match stage {
        MandateStage::Registered { .. } => vec![],
        MandateStage::ToSend { .. }
        | MandateStage::Out { .. }
        | MandateStage::Returned
        | MandateStage::WithBank { .. }
        | MandateStage::Broken { .. }
        | MandateStage::CalledOff => vec![day],
    }
}
