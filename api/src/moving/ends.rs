//! The sheet 終了: an end that was filed a line, of the whole use or of one office, with its 委任状.

use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::intake::Receipt;
use daicho_domain::moving::Measure;
use daicho_domain::nouns::Command;
use daicho_domain::poa::CarryStage;
use daicho_domain::stream::{CorporationId, RunId, Stream};
use daicho_domain::termination::{self, CarryEnd};

use super::cells::{Cells, Unread};
use super::papers;
use super::register::Register;
use super::row::Row;
use super::sheet::{Column, may, must};
use super::transmissions::{SERVICE_FORM, SERVICES};

/// Its columns.
pub(super) const COLUMNS: &[Column] = &[
    must("法人番号", "7000012050002"),
    must("サービス", "ほのぼのmini2"),
    must("終了の範囲", "全体"),
    must("終了月", "2026-12"),
    must("受付日", "2026-09-20"),
    may("受付時刻", "10:30"),
    may("受付番号", "W-3011"),
    may("事業所番号", ""),
    may("最終振替日", ""),
    may("代理人解除の開始日", ""),
    may("未処理の返戻", "0"),
    may("委任状の状態", "返送待ち"),
    may("委任状の発送方法", "郵送"),
    may("委任状の発送日", "2026-09-24"),
    may("委任状の到着日", ""),
    may("委任状の提出日", ""),
    may("委任状の確認日", ""),
];

/// What ends.
#[derive(Clone, Copy, Debug)]
enum Word {
    Whole,
    Office,
}

const SCOPES: [(&str, Word); 2] = [("全体", Word::Whole), ("事業所", Word::Office)];

/// What a line says.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) service: Service,
    office: Option<OfficeNumber>,
    receipt: Receipt,
    end_month: Month,
    last_debit_on: Option<NaiveDate>,
    release_from: Option<NaiveDate>,
    open_returns: u32,
    papers_sent_on: Option<NaiveDate>,
    papers: CarryStage,
}

pub(super) fn read(
    cells: &Cells<'_>,
    register: &Register,
) -> Result<(CorporationId, Said), Unread> {
    const SCOPE: &str = "終了の範囲";
    let number = cells.office("事業所番号")?;
    let corporation = register.corporation(cells, number)?;
    let service = cells.word("サービス", &SERVICES, SERVICE_FORM)?;
    let scope = cells.word(SCOPE, &SCOPES, "全体・事業所 のどちらかを入力してください")?;
    let receipt = cells.receipt("受付日")?;
    let end_month = cells.month("終了月")?;
    let office = match cells.must(SCOPE, scope)? {
        Word::Whole => None,
        Word::Office => Some(cells.must("事業所番号", number)?),
    };
    let papers = papers::read(cells)?;
    let said = Said {
        service: cells.must("サービス", service)?,
        office,
        receipt: cells.must("受付日", receipt)?,
        end_month: cells.must("終了月", end_month)?,
        last_debit_on: cells.day("最終振替日")?,
        release_from: cells.day("代理人解除の開始日")?,
        open_returns: cells.count("未処理の返戻")?.unwrap_or(0),
        papers_sent_on: cells.day(papers::SENT_ON)?,
        papers: papers.stage(cells)?,
    };
    Ok((corporation, said))
}

impl Said {
    pub(super) fn measures(&self) -> Vec<(Measure, u64)> {
        vec![(Measure::Ends, 1)]
    }
}

/// All ends of a service of a corporation at once.
pub(super) fn commands(thing: &Stream, rows: &[(&Row, &Said)], run: RunId) -> Vec<Command> {
    if rows.is_empty() {
        return vec![];
    }
    let ends = rows.iter().map(|(row, said)| CarryEnd {
        from: row.from(run),
        office: said.office,
        receipt: said.receipt.clone(),
        end_month: said.end_month,
        last_debit_on: said.last_debit_on,
        release_from: said.release_from,
        open_returns: said.open_returns,
        papers_sent_on: said.papers_sent_on,
        papers: said.papers,
    });
    let carry = termination::Command::CarryOver {
        ends: ends.collect(),
    };
    vec![Command::termination(thing, carry)]
}
