//! Options ordered beside a service: 返戻管理くん month by month, and work done once – deleted notices restored, passwords
//! reissued by us. What was ordered, what was done, what of it is charged.

use super::ending::Left;
use super::options::OPTIONS_OF;
use super::state::State;
use crate::dates::Month;
use crate::identifiers::OfficeNumber;
use crate::rules::Dated;
use crate::stream::OfficeId;
use crate::termination::Scope;
use crate::waiting::worded;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::{NonZeroU32, ParseIntError};
use std::str::FromStr;

worded! {
    /// What can be ordered.
    OptionKind {
        /// Returned claims are managed for the office, month by month.
        ReturnManager = "return_manager", "返戻管理くん";
        /// Deleted notices are restored, file by file.
        RestoreNotice = "restore_notice", "削除した通知書の復旧";
        /// Passwords are reissued by us, ID by ID.
        PasswordReissue = "password_reissue", "パスワード再発行";
    }
}

impl OptionKind {
    /// The slot of the rule book that has its price.
    pub const fn fee(self) -> &'static str {
        match self {
            Self::ReturnManager => "fee.return_manager",
            Self::RestoreNotice => "fee.restore_notice",
            Self::PasswordReissue => "fee.password_reissue",
        }
    }

    /// The milestone that derives its price.
    pub(super) const fn milestone(self) -> &'static str {
        match self {
            Self::ReturnManager => "return_manager_net",
            Self::RestoreNotice => "restore_notice_net",
            Self::PasswordReissue => "password_reissue_net",
        }
    }

    /// What is counted, for people.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::ReturnManager => "か月",
            Self::RestoreNotice => "ファイル",
            Self::PasswordReissue => "ID",
        }
    }
}

worded! {
    /// Whose ID gets a new password.
    IdKind {
        /// The corporation's.
        Corporation = "corporation", "法人ID";
        /// The office's.
        Office = "office", "事業所ID";
        /// A person's.
        Staff = "staff", "職員ID";
    }
}

worded! {
    /// An order's ステータス.
    OrderStatus {
        /// It waits to be done.
        Open = "open", "作業待ち";
        /// It is charged month by month.
        Running = "running", "利用中";
        /// Done, to be charged with its month.
        Done = "done", "作業済み（請求予定）";
        /// Done and charged.
        Charged = "charged", "請求済み";
        /// No month is charged any more.
        Ended = "ended", "終了";
        /// Taken back before anything was done.
        Withdrawn = "withdrawn", "取り下げ";
    }
}

/// An order's number within its ledger: 1, 2, 3 …
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct OrderNumber(u32);

impl OrderNumber {
    /// The number after so many orders.
    pub(super) fn after(orders: usize) -> Self {
        Self(u32::try_from(orders).unwrap_or(u32::MAX).saturating_add(1))
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for OrderNumber {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}

/// What a customer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// 返戻管理くん.
    ReturnManager,
    /// Deleted notices restored.
    RestoreNotice {
        /// How many files.
        files: NonZeroU32,
    },
    /// Passwords reissued by us.
    PasswordReissue {
        /// Whose.
        whose: IdKind,
        /// Of how many IDs.
        ids: NonZeroU32,
    },
}

/// What was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Ordered {
    /// 返戻管理くん.
    ReturnManager {
        /// Its first charged month.
        from: Dated,
    },
    /// Deleted notices restored.
    RestoreNotice {
        /// How many files.
        files: NonZeroU32,
    },
    /// Passwords reissued by us. Which ones, and the passwords, stand nowhere in the log.
    PasswordReissue {
        /// Whose.
        whose: IdKind,
        /// Of how many IDs.
        ids: NonZeroU32,
    },
}

impl Ordered {
    /// What it is.
    pub const fn kind(&self) -> OptionKind {
        match self {
            Self::ReturnManager { .. } => OptionKind::ReturnManager,
            Self::RestoreNotice { .. } => OptionKind::RestoreNotice,
            Self::PasswordReissue { .. } => OptionKind::PasswordReissue,
        }
    }

    /// How many were ordered; none of what runs month by month.
    pub const fn quantity(&self) -> Option<NonZeroU32> {
        match self {
            Self::ReturnManager { .. } => None,
            Self::RestoreNotice { files } => Some(*files),
            Self::PasswordReissue { ids, .. } => Some(*ids),
        }
    }
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// To be done, or running.
    Open,
    /// Done.
    Done {
        /// On which day.
        on: NaiveDate,
        /// How many.
        quantity: NonZeroU32,
        /// Whether it is charged.
        charged: bool,
    },
    /// It is charged until this month.
    Ended {
        /// The month.
        last_month: Month,
    },
    /// It was taken back.
    Withdrawn,
}

/// One order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// For which office.
    pub office: OfficeId,
    /// Its 事業所番号 when it was ordered.
    pub number: OfficeNumber,
    /// What.
    pub ordered: Ordered,
    /// The day the order came in.
    pub received_on: NaiveDate,
    /// Where it stands.
    pub stage: Stage,
}

impl Order {
    /// Whether somebody has to do it.
    pub fn to_do(&self) -> bool {
        self.stage == Stage::Open && self.ordered.quantity().is_some()
    }

    /// Whether it is charged month by month, now or from a month to come.
    pub fn runs(&self) -> bool {
        self.stage == Stage::Open && self.ordered.quantity().is_none()
    }

    /// Whether it is charged for this month, if its office pays.
    pub(super) fn is_charged_for(&self, month: Month) -> bool {
        let Ordered::ReturnManager { from } = &self.ordered else {
            return false;
        };
        let begun = Month::of(from.on) <= month;
        match self.stage {
            Stage::Open => begun,
            Stage::Ended { last_month } => begun && month <= last_month,
            Stage::Done { .. } | Stage::Withdrawn => false,
        }
    }

    /// ステータス.
    pub const fn status(&self) -> OrderStatus {
        match (&self.stage, self.ordered.quantity()) {
            (Stage::Open, Some(_)) => OrderStatus::Open,
            (Stage::Open, None) => OrderStatus::Running,
            (Stage::Done { charged: false, .. }, _) => OrderStatus::Done,
            (Stage::Done { charged: true, .. }, _) => OrderStatus::Charged,
            (Stage::Ended { .. }, _) => OrderStatus::Ended,
            (Stage::Withdrawn, _) => OrderStatus::Withdrawn,
        }
    }
}

impl State {
    pub(super) fn stand(&mut self, order: OrderNumber, stage: Stage) {
        if let Some(order) = self.orders.get_mut(&order) {
            order.stage = stage;
        }
    }

    /// The end of a use ends what was charged with it month by month. An office that comes back orders it again.
    pub(super) fn end_orders(&mut self, left: &Left) {
        if left.service != OPTIONS_OF {
            return;
        }
        for order in self.orders.values_mut() {
            let ends = match left.scope {
                Scope::Whole => true,
                Scope::Office(office) => office == order.office,
                Scope::Number { .. } => false,
            };
            if ends && order.runs() {
                order.stage = Stage::Ended {
                    last_month: left.last_month,
                };
            }
        }
    }

    /// What was done and stands in this charge is charged.
    pub(super) fn note_charged(&mut self, orders: impl Iterator<Item = OrderNumber>) {
        for number in orders {
            if let Some(Order {
                stage: Stage::Done { charged, .. },
                ..
            }) = self.orders.get_mut(&number)
            {
                *charged = true;
            }
        }
    }
}
