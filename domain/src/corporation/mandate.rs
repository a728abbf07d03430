//! 口座振替依頼書: the corporation's consent to be debited. Its way is weeks long – out, back, to the bank, registered or
//! sent back defective – so a missing one is raised at 本登録 and not at the first debit.

use super::{Command, Event, Refusal, Registered};
use crate::Service;
use crate::dates::Month;
use crate::decider::Context;
use crate::moving::CarriedFrom;
use crate::personal::Personal;
use crate::rules::{Ask, Dated, Question, reckoned};
use crate::stream::{CorporationId, Stream};
use crate::waiting::{Next, Party, Waiting, What, worded};
use crate::zengin::{
    AccountKind, BankCode, BranchCode, CustomerNumber, Digits, ResultCode, Text, Unwritable,
};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An account as the 口座振替依頼書 names it. Bank and branch are public; whose account it is is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BankAccount {
    /// 金融機関コード.
    pub bank: BankCode,
    /// The bank's name in kana, as it was entered.
    pub bank_name: String,
    /// 支店コード.
    pub branch: BranchCode,
    /// The branch's name in kana, as it was entered.
    pub branch_name: String,
    /// 預金種目.
    pub kind: AccountKind,
    /// 口座番号.
    pub number: Personal,
    /// 口座名義, in kana, as it was entered.
    pub holder: Personal,
}

worded! {
    /// What is wrong with a 口座振替依頼書.
    MandateDefect {
        /// The seal differs from the bank's.
        SealDiffers = "seal_differs", "届出印と相違";
        /// The account does not exist, or is another one.
        Account = "account", "口座相違・取引なし";
        /// The holder's name differs.
        Holder = "holder", "口座名義の相違";
        /// Not filled in completely.
        Incomplete = "incomplete", "記入漏れ";
        /// Anything else.
        Other = "other", "その他";
    }
}

/// Where the mandate stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MandateStage {
    /// To be sent to the customer.
    ToSend {
        /// What was wrong with the last one, if that is why.
        defect: Option<MandateDefect>,
    },
    /// With the customer.
    Out {
        /// When it was sent.
        sent_on: NaiveDate,
    },
    /// It came back and is to be handed to the bank.
    Returned,
    /// With the bank.
    WithBank {
        /// Since when.
        handed_on: NaiveDate,
    },
    /// In force.
    Registered {
        /// Since when.
        on: NaiveDate,
    },
    /// A debit failed because the bank knows no such account or mandate: another one is needed.
    Broken {
        /// What the bank said.
        code: ResultCode,
    },
    /// The use it was for is over and paid: nothing is debited any more.
    CalledOff,
}

/// An account in force while a form for another one is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// The account.
    pub account: BankAccount,
    /// Since when it is in force.
    pub since: NaiveDate,
}

/// A corporation's mandate, folded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mandate {
    /// Where it stands.
    pub stage: MandateStage,
    /// The day by which it must be registered, so that the first debit can go with it, or the one after a debit failed for
    /// want of it.
    pub needed_by: Dated,
    /// The account, once the paper is back.
    pub account: Option<BankAccount>,
    /// The account in force while a form for another one is under way: it is debited until the bank has registered that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<Present>,
    /// The number under which the collector knows the corporation; it never changes.
    pub customer: Option<CustomerNumber>,
    /// How many accounts have been registered, this one included.
    pub registrations: u32,
    /// The account that was debited before daicho kept the books, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debited: Option<BankAccount>,
    /// Where it stood, if it was carried over from the books kept before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<CarriedFrom>,
}

impl Mandate {
    /// The account to debit, while the mandate is in force.
    pub fn in_force(&self) -> Option<(&BankAccount, CustomerNumber)> {
        match &self.stage {
            MandateStage::Registered { .. } => Some((self.account.as_ref()?, self.customer?)),
            MandateStage::ToSend { .. }
            | MandateStage::Out { .. }
            | MandateStage::Returned
            | MandateStage::WithBank { .. } => {
                Some((&self.present.as_ref()?.account, self.customer?))
            }
            MandateStage::Broken { .. } | MandateStage::CalledOff => None,
        }
    }

    /// What it waits for; empty while it is in force.
    pub fn waiting(&self) -> Vec<Waiting> {
        let (party, what, then) = match &self.stage {
            MandateStage::Registered { .. } | MandateStage::CalledOff => return vec![],
            MandateStage::ToSend { .. } | MandateStage::Broken { .. } => {
                (Party::Us, What::MandateDispatch, Next::PaperGoesOut)
            }
            MandateStage::Out { .. } => (Party::Customer, What::MandateReturn, Next::MandateToBank),
            MandateStage::Returned => (Party::Us, What::MandateHandover, Next::MandateToBank),
            MandateStage::WithBank { .. } => {
                (Party::Bank, What::MandateRegistration, Next::DebitPossible)
            }
        };
        vec![Waiting {
            party,
            what,
            // While another account is debited, none is needed by a day.
            until: match self.present {
                None => Some(self.needed_by.clone()),
                Some(_) => None,
            },
            then,
            office: None,
        }]
    }

    /// The account is no longer known: nothing is debited by it any more.
    pub(super) fn forget_account(&mut self) {
        self.account = None;
        self.present = None;
        self.stage = MandateStage::CalledOff;
    }

    pub(super) fn note(this: &mut Option<Self>, event: &Event) {
        if let Event::MandateNeeded { by } = event {
            let former = this.take();
            *this = Some(Self {
                stage: MandateStage::ToSend { defect: None },
                needed_by: by.clone(),
                account: former.as_ref().and_then(|former| former.account.clone()),
                present: None,
                customer: former.as_ref().and_then(|former| former.customer),
                registrations: former.as_ref().map_or(0, |former| former.registrations),
                debited: former.as_ref().and_then(|former| former.debited.clone()),
                carried: former.and_then(|former| former.carried),
            });
            return;
        }
        if let Some(carried) = Self::carried_over(event) {
            *this = Some(carried);
            return;
        }
        let Some(mandate) = this else { return };
        match event {
            Event::MandateSent { sent_on } => {
                if let MandateStage::Registered { on } = mandate.stage {
                    let account = mandate.account.clone();
                    mandate.present = account.map(|account| Present { account, since: on });
                }
                mandate.stage = MandateStage::Out { sent_on: *sent_on }
            }
            Event::MandateReturned { account, .. } => {
                mandate.account = Some(account.clone());
                mandate.stage = MandateStage::Returned;
            }
            Event::MandateHandedToBank { on } => {
                mandate.stage = MandateStage::WithBank { handed_on: *on }
            }
            Event::MandateRegistered { on, customer } => {
                mandate.customer = Some(*customer);
                mandate.present = None;
                mandate.registrations += 1;
                mandate.stage = MandateStage::Registered { on: *on };
            }
            Event::MandateDefective { defect, .. } => {
                mandate.stage = MandateStage::ToSend {
                    defect: Some(*defect),
                };
            }
            // A form that is under way for another account goes on.
            Event::MandateBroken { code, by, .. } => {
                match mandate.present.take() {
                    Some(_) => {}
                    None => mandate.stage = MandateStage::Broken { code: *code },
                }
                if let Some(by) = by {
                    mandate.needed_by = by.clone();
                }
            }
            Event::MandateCalledOff {} => match mandate.present.take() {
                // The form for another account is not waited for; the present one stays.
                Some(Present { account, since }) => {
                    mandate.account = Some(account);
                    mandate.stage = MandateStage::Registered { on: since };
                }
                None => mandate.stage = MandateStage::CalledOff,
            },
            Event::MandateNeeded { .. }
            | Event::MandateCarriedOver { .. }
            | Event::Registered { .. }
            | Event::NumberAssigned { .. }
            | Event::MergedInto { .. }
            | Event::Unmerged {}
            | Event::NameChanged { .. }
            | Event::ContactSet { .. }
            | Event::OfficeAdded { .. }
            | Event::EntryAdded { .. }
            | Event::EntryChanged { .. }
            | Event::OfficeRenumbered { .. }
            | Event::OfficeRemoved { .. }
            | Event::TextsErased { .. }
            | Event::AccountKept { .. }
            | Event::OfficeTransferred { .. }
            | Event::OfficeReceived { .. }
            | Event::OfficeContinued { .. }
            | Event::OfficeUseDeclined { .. } => {}
        }
    }
}

/// The day by which a mandate must be registered for the debit of a month's fee.
pub(super) fn need(
    context: &Context<'_>,
    known: &Registered,
    service: Service,
    charged: Month,
) -> Result<Vec<Event>, Refusal> {
    let held = known.mandate.as_ref();
    if held.is_some_and(|mandate| mandate.stage != MandateStage::CalledOff) {
        return Ok(vec![]);
    }
    let by = needed_for(context, service, charged)?;
    Ok(vec![Event::MandateNeeded { by }])
}

fn needed_for(context: &Context<'_>, service: Service, charged: Month) -> Result<Dated, Refusal> {
    let ask = Ask::new(service, Question::Debit, charged.first_day()).decided_on(context.today);
    Ok(reckoned(context.policy, &ask)?.dated("debit_request_by")?)
}

/// The day by which another account must be registered after the debit of this month failed: for the first debit after it
/// whose file is not due yet.
fn next_need(context: &Context<'_>, mandate: &Mandate, batch: Month) -> Result<Dated, Refusal> {
    let service = mandate.needed_by.basis.service;
    let book = context.policy.book(service, context.today)?;
    let mut charged = batch.minus(book.months("debit.months_after")?).next();
    loop {
        let by = needed_for(context, service, charged)?;
        if context.today <= by.on {
            return Ok(by);
        }
        charged = charged.next();
    }
}

pub(super) fn step(
    context: &Context<'_>,
    known: &Registered,
    command: MandateCommand,
) -> Result<Vec<Event>, Refusal> {
    let mandate = known.mandate.as_ref().ok_or(Refusal::NoMandateNeeded)?;
    let stage = &mandate.stage;
    match command {
        MandateCommand::Send { sent_on } => {
            not_to_come(context, sent_on)?;
            match stage {
                MandateStage::WithBank { .. } => Err(Refusal::MandateWithBank),
                MandateStage::Out { sent_on: before } if *before == sent_on => Ok(vec![]),
                // Registered: another account is asked for, the present one stays in force until the bank has registered it.
                MandateStage::ToSend { .. }
                | MandateStage::Out { .. }
                | MandateStage::Returned
                | MandateStage::Registered { .. }
                | MandateStage::Broken { .. }
                | MandateStage::CalledOff => Ok(vec![Event::MandateSent { sent_on }]),
            }
        }
        MandateCommand::Return {
            returned_on,
            account,
        } => {
            not_to_come(context, returned_on)?;
            match stage {
                MandateStage::Out { sent_on } if returned_on < *sent_on => {
                    Err(Refusal::MandateBeforeSent { sent_on: *sent_on })
                }
                MandateStage::Out { .. } | MandateStage::Returned => {
                    account.check()?;
                    let account = match own_key(context, known) {
                        None => account,
                        Some(key) => account.sealed_under(&key),
                    };
                    Ok(vec![Event::MandateReturned {
                        returned_on,
                        account,
                    }])
                }
                MandateStage::ToSend { .. }
                | MandateStage::WithBank { .. }
                | MandateStage::Registered { .. }
                | MandateStage::Broken { .. }
                | MandateStage::CalledOff => Err(Refusal::MandateNotSent),
            }
        }
        MandateCommand::HandToBank { on } => {
            not_to_come(context, on)?;
            match stage {
                MandateStage::Returned => Ok(vec![Event::MandateHandedToBank { on }]),
                MandateStage::WithBank { .. } => Ok(vec![]),
                MandateStage::ToSend { .. }
                | MandateStage::Out { .. }
                | MandateStage::Registered { .. }
                | MandateStage::Broken { .. }
                | MandateStage::CalledOff => Err(Refusal::MandateNotReturned),
            }
        }
        MandateCommand::Register { on, customer } => {
            not_to_come(context, on)?;
            match stage {
                MandateStage::WithBank { .. } => {
                    let customer = mandate
                        .customer
                        .or(customer)
                        .unwrap_or_else(|| customer_number(context, known));
                    Ok(vec![Event::MandateRegistered { on, customer }])
                }
                MandateStage::Registered { .. } => Ok(vec![]),
                MandateStage::ToSend { .. }
                | MandateStage::Out { .. }
                | MandateStage::Returned
                | MandateStage::Broken { .. }
                | MandateStage::CalledOff => Err(Refusal::MandateNotWithBank),
            }
        }
        MandateCommand::FindDefective { on, defect, note } => {
            not_to_come(context, on)?;
            match stage {
                MandateStage::Returned | MandateStage::WithBank { .. } => {
                    let note = match own_key(context, known) {
                        None => note,
                        Some(key) => note.map(|note| note.sealed_under(&key)),
                    };
                    Ok(vec![Event::MandateDefective { on, defect, note }])
                }
                MandateStage::ToSend { .. }
                | MandateStage::Out { .. }
                | MandateStage::Registered { .. }
                | MandateStage::Broken { .. }
                | MandateStage::CalledOff => Err(Refusal::MandateNotReturned),
            }
        }
        MandateCommand::Break { batch, code } => match mandate.in_force() {
            None => Ok(vec![]),
            Some(_) => {
                let by = Some(next_need(context, mandate, batch)?);
                Ok(vec![Event::MandateBroken { batch, code, by }])
            }
        },
        MandateCommand::CallOff {} => match stage {
            MandateStage::Registered { .. } | MandateStage::CalledOff => Ok(vec![]),
            MandateStage::ToSend { .. }
            | MandateStage::Out { .. }
            | MandateStage::Returned
            | MandateStage::WithBank { .. }
            | MandateStage::Broken { .. } => Ok(vec![Event::MandateCalledOff {}]),
        },
    }
}

/// The key of an account that comes after another was erased.
pub(super) fn own_key(context: &Context<'_>, known: &Registered) -> Option<String> {
    match (context.stream, known.account_erasures) {
        (Stream::Corporation(id), 1..) => Some(known.account_subject(*id)),
        (_, _) => None,
    }
}

/// A request to a corporation's mandate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MandateCommand {
    /// Says that the form went out.
    Send {
        /// The day.
        sent_on: NaiveDate,
    },
    /// Takes the form that came back.
    Return {
        /// The day it arrived.
        returned_on: NaiveDate,
        /// What it says.
        account: BankAccount,
    },
    /// Says that it went to the bank.
    HandToBank {
        /// The day.
        on: NaiveDate,
    },
    /// Says that the bank registered it.
    Register {
        /// The day of the answer.
        on: NaiveDate,
        /// The 顧客番号, where the collector assigned one; else it follows from the 法人番号.
        customer: Option<CustomerNumber>,
    },
    /// Says that it is defective.
    FindDefective {
        /// The day it was found, or came back from the bank.
        on: NaiveDate,
        /// What is wrong.
        defect: MandateDefect,
        /// What else a person noted.
        note: Option<Personal>,
    },
    /// A debit failed for want of it (a reaction).
    Break {
        /// The debit month.
        batch: Month,
        /// What the bank said.
        code: ResultCode,
    },
    /// The use is over and paid (a reaction).
    CallOff {},
}

impl From<MandateCommand> for Command {
    fn from(command: MandateCommand) -> Self {
        Self::Mandate(command)
    }
}

impl BankAccount {
    /// The key under which the account of a corporation is sealed, after so many erasures.
    pub fn subject(corporation: CorporationId, erasures: u32) -> String {
        match erasures {
            0 => format!("account-{corporation}"),
            erasures => format!("account-{corporation}-{erasures}"),
        }
    }

    /// Whether a key is that of an account.
    pub(super) fn is_sealed_under(subject: &str) -> bool {
        subject.starts_with("account-")
    }

    /// The same account under another key.
    pub(super) fn sealed_under(self, subject: &str) -> Self {
        Self {
            number: self.number.sealed_under(subject),
            holder: self.holder.sealed_under(subject),
            ..self
        }
    }

    /// Whether it is the same account at the bank, however bank, branch and holder are spelled: what the collector's 新規コード
    /// asks. An erased account is no other's.
    pub fn is_the_same(&self, other: &Self) -> bool {
        let number = |account: &Self| -> Option<Digits<7>> {
            account.number.disclose().and_then(|text| text.parse().ok())
        };
        (self.bank, self.branch, self.kind) == (other.bank, other.branch, other.kind)
            && number(self).is_some()
            && number(self) == number(other)
    }

    /// The account number and holder in the characters of the file.
    ///
    /// # Errors
    /// The field and what cannot be written in it.
    pub fn written(&self) -> Result<(Digits<7>, Text<30>, [Text<15>; 2]), (&'static str, String)> {
        let erased = |field| (field, "消去済みです".to_owned());
        let number = self.number.disclose().ok_or_else(|| erased("口座番号"))?;
        let number = number
            .parse()
            .map_err(|_| ("口座番号", "7桁以内の数字ではありません".to_owned()))?;
        let holder = self.holder.disclose().ok_or_else(|| erased("口座名義"))?;
        let said = |field| move |why: Unwritable| (field, why.to_string());
        let holder = Text::of(holder).map_err(said("口座名義"))?;
        let bank = Text::cut(&self.bank_name).map_err(said("銀行名"))?;
        let branch = Text::cut(&self.branch_name).map_err(said("支店名"))?;
        Ok((number, holder, [bank, branch]))
    }

    pub(super) fn check(&self) -> Result<(), Refusal> {
        match self.written() {
            Ok(_) => Ok(()),
            Err((field, why)) => Err(Refusal::AccountUnwritable { field, why }),
        }
    }
}

/// The 法人番号, or a number drawn from the corporation's id while it has none.
pub(super) fn customer_number(context: &Context<'_>, known: &Registered) -> CustomerNumber {
    match (&known.number, context.stream) {
        (Some(number), _) => {
            let number = number.to_string().parse();
            Digits::of(number.expect("a 法人番号 is thirteen digits"))
        }
        // Begins with 9, so that it never meets a 法人番号.
        (None, Stream::Corporation(id)) => {
            let drawn = id.0.as_u128() % 10_u128.pow(19);
            Digits::of(9 * 10_u128.pow(19) + drawn)
        }
        (None, other) => panic!("a corporation is decided on its own stream, not on {other}"),
    }
}

fn not_to_come(context: &Context<'_>, on: NaiveDate) -> Result<(), Refusal> {
    match on > context.today {
        true => Err(Refusal::DayNotCome {
            on,
            today: context.today,
        }),
        false => Ok(()),
    }
}
