//! What can be asked of the rules, and of which milestones the answer consists.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Prefecture, Service};

/// A question the office asks. `on` in [`Ask`] means something else for each: it is said with the question.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// The free trial of a corporation; `on` is the day of its trial registration (仮登録).
    Trial,
    /// A transmission application; `on` is the day it was complete.
    Transmission,
    /// The dates of one start month, asked again after a postponement; `on` is that month's first day.
    TransmissionMonth,
    /// The papers of a transmission application on their way; `on` is the application day.
    Dispatch,
    /// The debit of a month's fee; `on` is any day of the charged month.
    Debit,
    /// The end of a service; `on` is any day of the end month.
    Termination,
    /// A licence applied for afresh; `on` is the application day.
    Licence,
    /// The licence after the present one; `on` is the present one's last day.
    Renewal,
    /// The suspension after a failed debit; `on` is the day of the notice, and the debit the last one before it.
    Suspension,
    /// The prices of a month with their tax; `on` is any day of it.
    Fee,
}

impl Question {
    /// Every question, those of `daicho explain` first.
    pub const ALL: [Question; 10] = [
        Question::Trial,
        Question::Transmission,
        Question::Debit,
        Question::Termination,
        Question::Licence,
        Question::TransmissionMonth,
        Question::Dispatch,
        Question::Renewal,
        Question::Suspension,
        Question::Fee,
    ];

    /// The name on the command line, in events and in rule books.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Question::Trial => "trial",
            Question::Transmission => "transmission",
            Question::TransmissionMonth => "transmission_month",
            Question::Dispatch => "dispatch",
            Question::Debit => "debit",
            Question::Termination => "termination",
            Question::Licence => "licence",
            Question::Renewal => "renewal",
            Question::Suspension => "suspension",
            Question::Fee => "fee",
        }
    }

    /// The name people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Question::Trial => "無料お試し",
            Question::Transmission => "伝送の申込",
            Question::TransmissionMonth => "利用開始月の期日",
            Question::Dispatch => "委任状の往復",
            Question::Debit => "口座振替",
            Question::Termination => "利用終了",
            Question::Licence => "ライセンス",
            Question::Renewal => "ライセンスの更新",
            Question::Suspension => "利用停止",
            Question::Fee => "料金",
        }
    }

    /// What `on` is, for this question.
    #[must_use]
    pub const fn asked_day(self) -> &'static str {
        match self {
            Question::Trial => "仮登録の日",
            Question::Transmission | Question::Dispatch => "申込日",
            Question::TransmissionMonth => "利用開始月の1日",
            Question::Debit | Question::Fee => "課金対象月の日",
            Question::Termination => "終了月の日",
            Question::Licence => "申請日",
            Question::Renewal => "現在のライセンスの満了日",
            Question::Suspension => "未収通知の日",
        }
    }

    /// The milestones an answer always has, in the order of the CSV columns.
    #[must_use]
    pub const fn milestones(self) -> &'static [&'static str] {
        match self {
            Question::Trial => &[
                "trial_last_day",
                "registered_last_free_day",
                "billing_start",
                "first_debit_on",
            ],
            Question::Transmission => &[
                "cutoff_on",
                "transmission_start",
                "poa_due",
                "credentials_on",
            ],
            Question::TransmissionMonth => &["poa_due", "federation_date", "credentials_on"],
            Question::Dispatch => &[
                "dispatch_by",
                "delivered_on",
                "post_back_by",
                "days_in_hand",
            ],
            Question::Debit => &["debit_on", "debit_request_by", "debit_result_by"],
            Question::Termination => &[
                "apply_from",
                "apply_by",
                "last_debit_on",
                "agent_release_from",
            ],
            Question::Licence | Question::Renewal => &[
                "licence_first_day",
                "licence_last_day",
                "renewal_opens",
                "fee_deducted_month",
                "fee_deducted_month_latest",
            ],
            Question::Suspension => &["suspension_on"],
            Question::Fee => &[],
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text is not a question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "質問「{0}」はありません。trial、transmission、debit、termination、licence などから選んでください。"
)]
pub struct UnknownQuestion(pub String);

impl FromStr for Question {
    type Err = UnknownQuestion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Question::ALL
            .into_iter()
            .find(|question| question.code() == text)
            .ok_or_else(|| UnknownQuestion(text.to_owned()))
    }
}

/// One question with its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Of which service.
    pub service: Service,
    /// What is asked.
    pub question: Question,
    /// The day it is asked for; its meaning stands with the question.
    pub on: NaiveDate,
    /// The prefecture whose federation takes the papers; without it the federation's default dates hold.
    pub prefecture: Option<Prefecture>,
    /// Answer with the books known at this log number; nothing: with all that are known.
    pub known_at: Option<u64>,
    /// The day whose book holds; nothing: `on`. A postponement asks for a later month by the book of the day on
    /// which it is decided.
    pub decided_on: Option<NaiveDate>,
}

impl Ask {
    /// A question for a day, without prefecture, by all books known.
    #[must_use]
    pub fn new(service: Service, question: Question, on: NaiveDate) -> Ask {
        Ask {
            service,
            question,
            on,
            prefecture: None,
            known_at: None,
            decided_on: None,
        }
    }

    /// The same question for papers that go to this prefecture's federation.
    #[must_use]
    pub fn in_prefecture(mut self, prefecture: impl Into<Option<Prefecture>>) -> Ask {
        self.prefecture = prefecture.into();
        self
    }

    /// The same question as it would have been answered at this log number.
    #[must_use]
    pub fn known_at(mut self, number: impl Into<Option<u64>>) -> Ask {
        self.known_at = number.into();
        self
    }

    /// The same question by the book in force on this day.
    #[must_use]
    pub fn decided_on(mut self, day: NaiveDate) -> Ask {
        self.decided_on = Some(day);
        self
    }

    /// The day whose book holds.
    #[must_use]
    pub fn book_day(&self) -> NaiveDate {
        self.decided_on.unwrap_or(self.on)
    }
}
