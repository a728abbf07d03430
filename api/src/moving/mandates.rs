//! The sheet 口座振替依頼書: a corporation a line, its paper on the way or its account in force under its 顧客番号.

use chrono::NaiveDate;
use daicho_domain::corporation::{
    self, BankAccount, CarryMandate, Debited, MandateDefect, MandateStage,
};
use daicho_domain::moving::Measure;
use daicho_domain::nouns::Command;
use daicho_domain::personal::Personal;
use daicho_domain::stream::{CorporationId, RunId, Stream};
use daicho_domain::zengin::{AccountKind, CustomerNumber};

use super::cells::{Cells, Unread};
use super::register::Register;
use super::row::Row;
use super::sheet::{Column, may, must};

/// Its columns.
pub(super) const COLUMNS: &[Column] = &[
    must("法人番号", "7000012050002"),
    must("依頼書の状態", "登録済み"),
    must("顧客番号", "12345"),
    may("事業所番号", ""),
    may("依頼書の発送日", ""),
    may("依頼書の提出日", ""),
    may("口座登録日", "2026-07-01"),
    may("口座登録の期限", ""),
    may("振替実績", "あり"),
    may("金融機関コード", "9999"),
    may("銀行名", "テスト"),
    may("支店コード", "001"),
    may("支店名", "ホンテン"),
    may("預金種目", "普通"),
    may("口座番号", "0000001"),
    may("口座名義", "フク）アオゾラカイ"),
];

/// Where a 口座振替依頼書 is, in the words of the page.
#[derive(Clone, Copy, Debug)]
enum Word {
    ToSend,
    Defective,
    Out,
    Returned,
    WithBank,
    Registered,
}

const STAGES: [(&str, Word); 6] = [
    ("発送待ち", Word::ToSend),
    ("不備", Word::Defective),
    ("返送待ち", Word::Out),
    ("返送済み", Word::Returned),
    ("銀行提出済み", Word::WithBank),
    ("登録済み", Word::Registered),
];

const KINDS: [(&str, AccountKind); 4] = [
    ("普通", AccountKind::Ordinary),
    ("当座", AccountKind::Current),
    ("納税準備", AccountKind::TaxReserve),
    ("その他", AccountKind::Other),
];

/// What a line says.
#[derive(Clone, Debug)]
pub(super) struct Said {
    stage: MandateStage,
    needed_by: Option<NaiveDate>,
    account: Option<BankAccount>,
    customer: Option<CustomerNumber>,
    debited: Debited,
}

pub(super) fn read(
    cells: &Cells<'_>,
    register: &Register,
) -> Result<(CorporationId, Said), Unread> {
    let office = cells.office("事業所番号")?;
    let corporation = register.corporation(cells, office)?;
    let words: Vec<_> = Debited::ALL.iter().map(|one| (one.label(), *one)).collect();
    let debited = cells.word(
        "振替実績",
        &words,
        "あり・なし のどちらかを入力してください",
    )?;
    let said = Said {
        stage: stage(cells)?,
        needed_by: cells.day("口座登録の期限")?,
        account: account(cells, corporation)?,
        customer: cells.digits("顧客番号", "20桁以内の数字で入力してください")?,
        debited: debited.unwrap_or(Debited::Never),
    };
    Ok((corporation, said))
}

fn stage(cells: &Cells<'_>) -> Result<MandateStage, Unread> {
    const STAGE: &str = "依頼書の状態";
    let form =
        "発送待ち・不備・返送待ち・返送済み・銀行提出済み・登録済み のどれかを入力してください";
    let word = cells.word(STAGE, &STAGES, form)?;
    let day = |column| cells.must(column, cells.day(column)?);
    Ok(match cells.must(STAGE, word)? {
        Word::ToSend => MandateStage::ToSend { defect: None },
        Word::Defective => MandateStage::ToSend {
            defect: Some(MandateDefect::Other),
        },
        Word::Out => MandateStage::Out {
            sent_on: day("依頼書の発送日")?,
        },
        Word::Returned => MandateStage::Returned,
        Word::WithBank => MandateStage::WithBank {
            handed_on: day("依頼書の提出日")?,
        },
        Word::Registered => MandateStage::Registered {
            on: day("口座登録日")?,
        },
    })
}

fn account(cells: &Cells<'_>, corporation: CorporationId) -> Result<Option<BankAccount>, Unread> {
    let number = cells.text("口座番号");
    if number.is_empty() {
        return Ok(None);
    }
    let subject = BankAccount::subject(corporation, 0);
    let kind = cells.word(
        "預金種目",
        &KINDS,
        "普通・当座・納税準備・その他 のどれかを入力してください",
    )?;
    let bank = cells.digits("金融機関コード", "4桁の数字で入力してください")?;
    let branch = cells.digits("支店コード", "3桁の数字で入力してください")?;
    Ok(Some(BankAccount {
        bank: cells.must("金融機関コード", bank)?,
        bank_name: cells.text("銀行名"),
        branch: cells.must("支店コード", branch)?,
        branch_name: cells.text("支店名"),
        kind: kind.unwrap_or(AccountKind::Ordinary),
        number: Personal::new(&subject, number),
        holder: Personal::new(&subject, cells.text("口座名義")),
    }))
}

impl Said {
    /// The number under which the collector knows the corporation.
    pub(super) const fn customer(&self) -> Option<CustomerNumber> {
        self.customer
    }

    pub(super) fn measures(&self) -> Vec<(Measure, u64)> {
        vec![(Measure::Mandates, 1)]
    }

    pub(super) fn commands(&self, row: &Row, run: RunId) -> Vec<Command> {
        let carried = CarryMandate {
            from: row.from(run),
            stage: self.stage.clone(),
            needed_by: self.needed_by,
            account: self.account.clone(),
            customer: self.customer,
            debited: self.debited,
        };
        vec![Command::corporation(
            &Stream::Corporation(row.corporation),
            corporation::Command::CarryOverMandate(carried),
        )]
    }
}
