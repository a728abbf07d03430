//! 事業譲渡 on the page of a corporation: which offices came and went, what of their use is not taken up yet, and the form.

use super::case::Case;
use super::case_actions::Candidate;
use super::form::{Action, Entry, Field};
use super::parts::Why;
use super::viewer::{Reading, Viewer};
use super::{why, words};
use crate::acting::{self, Asking};
use crate::problem::Problem;
use crate::requests::transfer::{TransferOffice, transferring};
use crate::requests::{Back, actor, done};
use axum::Form;
use axum::extract::{Path, Query as Address};
use axum::response::Redirect;
use chrono::NaiveDate;
use daicho_domain::corporation::Command as Corporation;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{CorporationId, OfficeId, Stream};
use daicho_projections::corporations;
use daicho_projections::transfers::{self, TransferRow};

/// One transfer, as one of the two corporations sees it.
pub struct Line {
    /// The 事業所番号.
    pub number: String,
    /// 譲渡 or 譲受.
    pub word: &'static str,
    /// The other corporation.
    pub other: String,
    /// Its page.
    pub href: String,
    /// The first day under the new corporation.
    pub first_day: String,
    /// Until when the former corporation pays.
    pub charged_through: String,
    /// Why.
    pub charged_why: Option<Why>,
    /// What is not used under the new corporation yet.
    pub open: String,
}

/// The offices that came to the corporation and went from it.
pub fn of(reading: &Reading<'_>, id: CorporationId) -> Result<Vec<Line>, Problem> {
    let rows = transfers::of_corporation(reading.snapshot, id)?;
    rows.iter().map(|row| line(row, id, reading)).collect()
}

fn line(row: &TransferRow, id: CorporationId, reading: &Reading<'_>) -> Result<Line, Problem> {
    let (word, other) = match row.giver == id {
        true => ("譲渡", row.taker),
        false => ("譲受", row.giver),
    };
    let name = corporations::find(reading.snapshot, other)?;
    let through = row.charged_through.0.as_ref();
    let open: Vec<_> = row.open.0.iter().map(|what| what.label()).collect();
    Ok(Line {
        number: row.number.to_string(),
        word,
        other: name.map_or_else(|| other.to_string(), |name| name.name),
        href: format!("/corporations/{other}"),
        first_day: words::date(row.first_day),
        charged_through: through.map_or_else(|| "―".to_owned(), |day| words::date(day.on)),
        charged_why: through.map(|day| why::of(&day.basis, "譲渡元の課金の最終日")),
        open: match open.is_empty() {
            true => "なし".to_owned(),
            false => open.join("、"),
        },
    })
}

/// The form that hands an office over.
pub fn action(id: CorporationId, office: Field, today: NaiveDate) -> Action {
    let href = format!("/corporations/{id}/transfer_office");
    Action::new("transfer_office", "事業所を別の法人に譲渡する", &href)
        .explains("事業所番号・サービス種類・ライセンスは譲渡先に移ります。まだ始まっていない申込は取り下げられ、委任状は無効になります。月額利用料は初日の前日の月まで譲渡元、翌月から譲渡先です（譲渡先がほのぼのmini2を利用していなければ、譲渡先の申込を待つ案件ができます）。伝送は、譲渡先の新しい申込が始まるまで譲渡元で続きます。請求済みの月は変わりません。")
        .field(office)
        .field(
            Field::must("to_number", "譲渡先の法人番号", Entry::Text)
                .hint("13桁。登録済みの法人の番号です。"),
        )
        .field(Field::must("on", "譲渡先での初日", Entry::Day).value(today))
        .field(Field::reason().hint("譲渡契約の日付など。氏名は書かないでください。"))
        .danger()
}

/// What can be done with the case of an office that came to a corporation that does not use ほのぼのmini2: the corporation
/// applies for it at the counter, or says that it will not.
pub fn decline(case: &Case, office: OfficeId) -> Candidate {
    let corporation = case.row.corporation;
    let href = format!("/corporations/{corporation}/decline_use");
    let action = Action::new("decline_use", "この法人では使わないと記録する", &href)
        .explains("譲渡元での利用は終わっています。この法人が使うときは、申込受付から仮登録と事業所情報を受け付けます（利用中の法人なら事業所情報だけ）。そのとき、この案件は自動で終わります。使わないと確認したときだけ、ここに記録します。後から申し込まれれば受け付けられます。")
        .hidden("office", office)
        .field(Field::reason().hint("いつ、どう確認したか。氏名は書かないでください。"))
        .danger();
    let considered = Corporation::DeclineUse {
        office,
        reason: "―".into(),
    };
    let stream = Stream::Corporation(corporation);
    (action, Command::corporation(&stream, considered))
}

/// `POST /corporations/{corporation}/transfer_office`
pub async fn transfer(
    viewer: Viewer,
    Path(id): Path<CorporationId>,
    Address(back): Address<Back>,
    Form(body): Form<TransferOffice>,
) -> Result<Redirect, Problem> {
    let asking = Asking::by_form(&actor(&viewer)?, back.form.as_deref());
    let app = viewer.app.clone();
    let command = transferring(&app, id, body)?;
    let executed = acting::execute(&app, command, asking.cause("0")).await?;
    Ok(Redirect::to(&done(&back.return_to, &executed)))
}
