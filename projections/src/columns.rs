//! The domain's types as columns: each stands in a row as its wire text.

use crate::store::{Cell, Column, Packer, WrongCell, text_columns};
use daicho_domain::billing::{self, EntryKey};
use daicho_domain::dates::Month;
use daicho_domain::debit_batch;
use daicho_domain::document::FileDigest;
use daicho_domain::identifiers::{AgentId, CorporateNumber, KjId, OfficeNumber, TrackingNumber};
use daicho_domain::intake::Channel;
use daicho_domain::poa::{Defect, Method};
use daicho_domain::stream::{
    ApplicationId, CorporationId, CredentialId, LetterId, MailId, Noun, OfficeId, PoaId, StaffId,
    Stream,
};
use daicho_domain::transmission::{CauseKind, Held};
use daicho_domain::waiting::{Next, Party, Trigger, What};
use daicho_domain::zengin::{
    AccountKind, BankCode, BranchCode, CustomerNumber, NewCode, ResultCode,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

text_columns! {
    chrono::NaiveTime: "time",
    Month: "month",
    FileDigest: "digest of a file",
    CorporateNumber: "法人番号",
    AgentId: "HD ID",
    KjId: "KJ ID",
    OfficeNumber: "事業所番号",
    TrackingNumber: "追跡番号",
    ApplicationId: "application",
    CorporationId: "corporation",
    CredentialId: "credential",
    LetterId: "letter",
    MailId: "mail",
    OfficeId: "office",
    PoaId: "委任状",
    StaffId: "member of the staff",
    Stream: "stream",
    EntryKey: "key of an entry",
    CustomerNumber: "顧客番号",
    BankCode: "金融機関コード",
    BranchCode: "支店コード",
}

/// The columns that hold one word of a list, by its code.
macro_rules! code_columns {
    ($($kind:ty: $wanted:literal),* $(,)?) => {$(
        impl $crate::store::Column for $kind {
            const DECLARATION: &'static str = String::DECLARATION;

            fn to_cell(&self) -> $crate::store::Cell {
                $crate::store::Cell::Word(self.code())
            }

            fn from_cell(cell: $crate::store::Cell) -> Result<Self, $crate::store::WrongCell> {
                let mut all = Self::ALL.iter().copied();
                let found = all.find(|word| cell.as_text() == Some(word.code()));
                found.ok_or($crate::store::WrongCell {
                    found: cell,
                    wanted: $wanted,
                })
            }
        }
    )*};
}
pub(crate) use code_columns;

code_columns! {
    CauseKind: "cause of a postponement",
    Channel: "channel",
    Defect: "defect",
    Held: "reason of a hold",
    Method: "method of dispatch",
    Next: "next step",
    Noun: "noun",
    Party: "party",
    What: "waiting reason",
    billing::Status: "status of a charge",
    debit_batch::Stage: "stage of a debit batch",
    AccountKind: "kind of account",
    NewCode: "new code",
    ResultCode: "result code",
}

impl Column for Trigger {
    const DECLARATION: &'static str = String::DECLARATION;

    fn to_cell(&self) -> Cell {
        let code = match self {
            Self::DayOpened => "day_opened",
            Self::PostClosed => "post_closed",
        };
        Cell::Word(code)
    }

    fn from_cell(cell: Cell) -> Result<Self, WrongCell> {
        let mut all = [Self::DayOpened, Self::PostClosed].into_iter();
        let found = all.find(|trigger| trigger.to_cell() == cell);
        found.ok_or(WrongCell {
            found: cell,
            wanted: "trigger",
        })
    }
}

/// A value that is shown or sent and never filtered by: kept as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T: Serialize + DeserializeOwned> Column for Json<T> {
    const DECLARATION: &'static str = String::DECLARATION;

    fn to_cell(&self) -> Cell {
        Cell::Text(serde_json::to_string(&self.0).expect("our own values serialise"))
    }

    fn pack(&self, to: &mut Packer) {
        to.json(&self.0);
    }

    fn from_cell(cell: Cell) -> Result<Self, WrongCell> {
        let text = String::from_cell(cell)?;
        serde_json::from_str(&text)
            .map(Self)
            .map_err(|_| WrongCell {
                found: Cell::Text(text),
                wanted: "JSON value of the expected shape",
            })
    }
}
