//! What the case of an end says beside its dates: what is left to settle, and what the end does not touch.

use super::case::Fact;
use super::viewer::Reading;
use super::words;
use crate::problem::Problem;
use daicho_domain::licence;
use daicho_domain::termination::{End, Scope};
use daicho_projections::cases::CaseRow;
use daicho_projections::licences::{self, LicenceRow};

/// Those that end first are enough to tell the customer.
const LICENCES_SHOWN: u64 = 8;

pub(super) fn of(end: &End, row: &CaseRow, reading: &Reading<'_>) -> Result<Vec<Fact>, Problem> {
    let plain = |word, value: String| Fact {
        word,
        value,
        href: String::new(),
    };
    let mut facts = vec![plain("終了月", end.month().in_japanese())];
    if end.open_returns > 0 {
        let open = end.open_returns;
        facts.push(plain(
            "未処理の返戻",
            format!("{open}件（終了後は受け取れません）"),
        ));
    }
    facts.extend(end.papers.iter().map(|paper| Fact {
        word: "終了の委任状",
        value: paper.about.number.to_string(),
        href: format!("/cases/of/poa-{}", paper.about.poa),
    }));
    facts.push(Fact {
        word: "台帳",
        value: "請求と入金の一覧".to_owned(),
        href: format!("/ledger?corporation={}", row.corporation),
    });
    facts.extend(licences_left(end, row, reading)?);
    Ok(facts)
}

/// A licence is no part of the end: it holds until its last day.
fn licences_left(end: &End, row: &CaseRow, reading: &Reading<'_>) -> Result<Vec<Fact>, Problem> {
    let known = match (end.scope, row.office_number) {
        (Scope::Number { .. }, _) | (Scope::Office(_), None) => vec![],
        (Scope::Office(_), Some(number)) => licences::of_number(reading.snapshot, number)?
            .into_iter()
            .collect(),
        (Scope::Whole, _) => {
            let filter = licences::Filter {
                corporations: vec![row.corporation],
                last_from: Some(reading.viewer.moment.day),
                ..licences::Filter::default()
            };
            licences::list(reading.snapshot, &filter, 0, LICENCES_SHOWN)?.rows
        }
    };
    let fact = |licence: &LicenceRow| Fact {
        word: "ライセンス",
        value: format!(
            "{}　{}（終了の対象外）",
            licence.number,
            licence.last_day.map_or_else(
                || licence.status.label().to_owned(),
                |last_day| format!("{} まで有効", words::date(last_day)),
            )
        ),
        href: format!("/cases/of/licence-{}", licence.number),
    };
    let holds = |licence: &&LicenceRow| licence.status != licence::Status::Expired;
    Ok(known.iter().filter(holds).map(fact).collect())
}
