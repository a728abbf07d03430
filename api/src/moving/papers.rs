//! The columns of a 委任状, the same on the sheets 伝送 and 終了: where it is, and the days of its way.

use chrono::NaiveDate;
use daicho_domain::intake::Channel;
use daicho_domain::poa::{CarryStage, Method};

use super::cells::{Cells, Unread};

const STAGE: &str = "委任状の状態";
pub(super) const SENT_ON: &str = "委任状の発送日";
const ARRIVED_ON: &str = "委任状の到着日";
const FILED_ON: &str = "委任状の提出日";
const CONFIRMED_ON: &str = "委任状の確認日";

/// Where a 委任状 is, in the words of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    ToSend,
    Out,
    Received,
    Accepted,
    Filed,
    Confirmed,
}

const STAGES: [(&str, Word); 6] = [
    ("発送待ち", Word::ToSend),
    ("返送待ち", Word::Out),
    ("受領済み", Word::Received),
    ("提出待ち", Word::Accepted),
    ("提出済み", Word::Filed),
    ("確認済み", Word::Confirmed),
];

/// What the columns say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    /// The word; none where only days stand, or nothing.
    pub(super) word: Option<Word>,
    pub(super) sent_on: Option<NaiveDate>,
    arrived_on: Option<NaiveDate>,
    filed_on: Option<NaiveDate>,
    confirmed_on: Option<NaiveDate>,
}

pub(super) fn read(cells: &Cells<'_>) -> Result<Said, Unread> {
    let form =
        "発送待ち・返送待ち・受領済み・提出待ち・提出済み・確認済み のどれかを入力してください";
    Ok(Said {
        word: cells.word(STAGE, &STAGES, form)?,
        sent_on: cells.day(SENT_ON)?,
        arrived_on: cells.day(ARRIVED_ON)?,
        filed_on: cells.day(FILED_ON)?,
        confirmed_on: cells.day(CONFIRMED_ON)?,
    })
}

impl Said {
    /// Where it is by its word, or by the last of its days.
    pub(super) const fn where_it_is(&self) -> Word {
        match self.word {
            Some(word) => word,
            None if self.confirmed_on.is_some() => Word::Confirmed,
            None if self.filed_on.is_some() => Word::Filed,
            None if self.arrived_on.is_some() => Word::Received,
            None if self.sent_on.is_some() => Word::Out,
            None => Word::ToSend,
        }
    }

    /// Whether its way is told, so that it can be carried over: of one confirmed long ago it often is not.
    pub(super) const fn is_told(&self) -> bool {
        match self.where_it_is() {
            Word::Confirmed => self.filed_on.is_some() && self.confirmed_on.is_some(),
            Word::ToSend | Word::Out | Word::Received | Word::Accepted | Word::Filed => true,
        }
    }

    /// Its stage, with the days that it needs.
    pub(super) fn stage(&self, cells: &Cells<'_>) -> Result<CarryStage, Unread> {
        let arrived = || cells.must(ARRIVED_ON, self.arrived_on);
        let filed = || cells.must(FILED_ON, self.filed_on);
        Ok(match self.where_it_is() {
            Word::ToSend => CarryStage::ToSend,
            Word::Out => {
                let methods: Vec<_> = Method::ALL.iter().map(|one| (one.label(), *one)).collect();
                let form = "郵送・速達・メール（PDF） のどれかを入力してください";
                let method = cells.word("委任状の発送方法", &methods, form)?;
                CarryStage::Out {
                    method: method.unwrap_or(Method::Post),
                }
            }
            Word::Received => CarryStage::Received {
                arrived_on: arrived()?,
                channel: Channel::Post,
            },
            Word::Accepted => CarryStage::Accepted {
                arrived_on: arrived()?,
            },
            Word::Filed => CarryStage::Filed {
                arrived_on: arrived()?,
                filed_on: filed()?,
            },
            Word::Confirmed => CarryStage::Confirmed {
                filed_on: filed()?,
                on: cells.must(CONFIRMED_ON, self.confirmed_on)?,
            },
        })
    }
}
