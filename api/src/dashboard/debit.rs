//! One month's 口座振替: the days and why, what stands in the way, who approved and released, the file, the result and the
//! three-way comparison.

use super::debits::{self as batches, totals};
use super::form::{Action, Field};
use super::frame::Frame;
use super::parts::{Chip, Chips, Due, Mood, Paging, ROWS, Status, Why};
use super::query::Query;
use super::viewer::{Reading, Viewer};
use super::{Shown, csv, show, why, words};
use crate::acting;
use crate::problem::Problem;
use crate::requests::debit_batch::{
    approving, freezing, receiving, reconciling, refused, releasing,
};
use crate::requests::{actor, done};
use askama::Template;
use axum::extract::{Multipart, Path};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use daicho_domain::billing::Obstacle;
use daicho_domain::dates::Month;
use daicho_domain::debit_batch::{Frozen, Stage};
use daicho_domain::rules::Dated;
use daicho_domain::zengin::ResultCode;
use daicho_projections::debit_file;
use daicho_projections::debits::{self, BatchRow, LineRow, Lines, Sums};

#[derive(Template)]
#[template(path = "debit.html")]
struct Page {
    frame: Frame,
    month: Month,
    title: String,
    status: Status,
    due_word: &'static str,
    due: Option<Due>,
    days: Vec<Day>,
    actions: Vec<Action>,
    upload: Option<String>,
    facts: Vec<(&'static str, String)>,
    compared: Vec<Compared>,
    differing: Vec<Differing>,
    differing_all: u64,
    agrees: bool,
    booked: String,
    results: Vec<(&'static str, String)>,
    obstacles: Vec<Standing>,
    filters: Vec<Chips>,
    lines: Vec<Line>,
    paging: Paging,
    sent: bool,
    last_month: String,
}

struct Day {
    word: &'static str,
    value: String,
    why: Why,
}

/// One line of the three-way comparison.
struct Compared {
    word: &'static str,
    ledger: String,
    request: String,
    result: String,
    same: bool,
}

/// A record of which request, result and ledger do not say the same.
struct Differing {
    corporation: String,
    href: String,
    customer: String,
    request: String,
    result: &'static str,
    ledger: String,
}

struct Standing {
    corporation: String,
    href: String,
    amount: String,
    reason: String,
}

struct Line {
    corporation: String,
    href: String,
    customer: String,
    amount: String,
    before: String,
    charges: u64,
    status: Option<Status>,
}

/// `GET /debits/{month}`
pub async fn page(Path(month): Path<Month>, viewer: Viewer) -> Shown {
    viewer.read(move |reading| shown(month, reading)).await
}

fn shown(month: Month, reading: &Reading<'_>) -> Shown {
    let row = debits::of_month(reading.snapshot, month)?;
    let row = row.ok_or_else(|| Problem::not_found("口座振替"))?;
    let query = &reading.viewer.query;
    let page = query.page();
    let which = match query.get("lines") {
        Some("unusual") => Lines::Unusual,
        Some(_) | None => Lines::All,
    };
    let listed = debits::page(reading.snapshot, month, which, (page - 1) * ROWS, ROWS)?;
    let mut lines = Vec::new();
    for row in &listed.rows {
        lines.push(line(row, debits::asked_before(reading.snapshot, row)?));
    }
    let sums = debits::sums(reading.snapshot, month)?;
    let before = debits::sums(reading.snapshot, month.previous())?;
    let past = reading.viewer.moment.past;
    let days = &row.days.0;
    let day = |word, dated: &Dated| Day {
        word,
        value: words::date(dated.on),
        why: why::of(&dated.basis, word),
    };
    let (due_word, due) = batches::due(&row, sums.asked, reading);
    let compared = compared(&row, sums);
    let apart = debits::differing(reading.snapshot, month, ROWS)?;
    show(&Page {
        frame: Frame::new(reading.viewer, "/debits", "口座振替"),
        month,
        title: format!("{}の口座振替", month.in_japanese()),
        status: batches::status(row.stage, sums.asked),
        due_word,
        due,
        days: vec![
            day("依頼期限", &days.request_by),
            day("引落日", &days.debit_on),
            day("振替結果の期限", &days.result_by),
        ],
        actions: if past {
            vec![]
        } else {
            actions(&row, reading.viewer)
        },
        upload: (row.stage == Stage::Sent && !past).then(|| format!("/debits/{month}/result")),
        facts: facts(&row, reading),
        agrees: apart.total == 0 && compared.iter().all(|line| line.same),
        compared,
        differing: apart.rows.iter().map(differing).collect(),
        differing_all: apart.total,
        booked: format!(
            "{}/{}",
            words::count(sums.collected.count + sums.failed.count),
            words::count(sums.asked.count)
        ),
        results: debits::by_result(reading.snapshot, month)?
            .into_iter()
            .map(|(code, sum)| (code.label(), totals(sum)))
            .collect(),
        obstacles: debits::obstacles(reading.snapshot, month)?
            .iter()
            .map(standing)
            .collect(),
        filters: vec![chips(month, which)],
        lines,
        paging: Paging::of(query, page, ROWS, listed.total),
        sent: row.frozen.0.as_ref().is_some_and(Frozen::is_sent),
        last_month: totals(before.asked),
    })
}

/// What can be done at this stage.
fn actions(row: &BatchRow, viewer: &Viewer) -> Vec<Action> {
    let back = format!("/debits/{}", row.month);
    let actions = candidates(row).into_iter();
    actions.map(|action| viewer.form(action, &back)).collect()
}

fn candidates(row: &BatchRow) -> Vec<Action> {
    let month = row.month;
    let action =
        |name: &str, word: &str| Action::new(name, word, &format!("/debits/{month}/{name}"));
    let reopen = || {
        action("reopen", "集計に戻す")
            .explains("確定と承認を取り消し、口座の登録などを直してから確定し直します。")
            .field(Field::reason())
            .danger()
    };
    match row.stage {
        Stage::Gathering => vec![
            action("freeze", "内容を確定する")
                .explains("いまの件数・金額でファイルを確定します。確定した人とは別の担当者が承認します。")
                .main(),
        ],
        Stage::ToApprove => vec![action("approve", "承認する").explains("確定した担当者とは別の担当者が行います。").main(), reopen()],
        Stage::ToRelease => vec![action("release", "銀行に送付する").explains("承認した担当者とは別の担当者が行います。送付後は変更できません。").main(), reopen()],
        Stage::Booking => vec![
            action("reconcile", "照合済みにする")
                .explains("台帳・依頼・結果が件数も金額も一致したことを確認します。")
                .main(),
        ],
        Stage::Sent | Stage::Reconciled => vec![],
    }
}

fn facts(row: &BatchRow, reading: &Reading<'_>) -> Vec<(&'static str, String)> {
    let mut facts = vec![("対象月", format!("{}分", row.charged.in_japanese()))];
    let Some(frozen) = &row.frozen.0 else {
        return facts;
    };
    let Frozen {
        through,
        totals: sum,
        sha256,
        by,
        approved_by,
        sent_by,
        received,
        carried,
        ..
    } = frozen;
    let name = |by: &daicho_domain::stream::StaffId| reading.actor(&by.to_string());
    facts.push(match (through, carried) {
        (_, Some(from)) => (
            "移行した依頼",
            format!(
                "{}（{}、申請 {}）",
                totals(*sum),
                from.source.file,
                name(by)
            ),
        ),
        (Some(through), None) => (
            "確定",
            format!("{}（記録 #{through} まで、{}）", totals(*sum), name(by)),
        ),
        (None, None) => ("確定", format!("{}（{}）", totals(*sum), name(by))),
    });
    facts.push(("ファイルのSHA-256", sha256.clone()));
    if let Some(by) = approved_by {
        facts.push(("承認", name(by)));
    }
    if let Some(by) = sent_by {
        facts.push(("送付", name(by)));
    }
    if let Some(received) = received {
        facts.push(("結果のSHA-256", received.sha256.clone()));
    }
    facts
}

/// Ledger = request = result, to the yen and the record.
fn compared(row: &BatchRow, sums: Sums) -> Vec<Compared> {
    let Some(frozen) = &row.frozen.0 else {
        return vec![];
    };
    let Some(received) = &frozen.received else {
        return vec![];
    };
    let answered = received.collected.and(received.failed);
    let booked = sums.collected.and(sums.failed);
    let line = |word, ledger, request: Option<_>, result| Compared {
        word,
        ledger: totals(ledger),
        request: request.map_or_else(|| "―".to_owned(), totals),
        result: totals(result),
        same: ledger == result && request.is_none_or(|request| request == result),
    };
    vec![
        line("全件", booked, Some(frozen.totals), answered),
        line("入金済み", sums.collected, None, received.collected),
        line("振替不能", sums.failed, None, received.failed),
    ]
}

fn differing(row: &LineRow) -> Differing {
    let yen = row.booked.map(words::count);
    Differing {
        corporation: row.corporation_name.clone(),
        href: format!("/cases/of/billing-{}", row.corporation),
        customer: customer(row),
        request: words::count(row.amount),
        result: row.returned.map_or("なし", ResultCode::label),
        ledger: match (row.result, yen) {
            (Some(code), Some(yen)) => format!("{}（入金 {yen}円）", code.label()),
            (_, _) => "未記帳".to_owned(),
        },
    }
}

fn customer(row: &LineRow) -> String {
    row.customer
        .map_or_else(String::new, |customer| customer.to_string())
}

fn standing(row: &LineRow) -> Standing {
    let reason = match row.obstacle.as_ref().map(|obstacle| &obstacle.0) {
        Some(Obstacle::NoMandate {}) => "有効な口座振替依頼書がありません。".to_owned(),
        Some(Obstacle::Unwritable { field, why }) => format!("{field}：{why}"),
        Some(Obstacle::TooMuch {}) => "1件の上限を超える金額です。".to_owned(),
        Some(Obstacle::Closed {}) => "確定の後に請求されました。".to_owned(),
        None => String::new(),
    };
    Standing {
        corporation: row.corporation_name.clone(),
        href: format!("/cases/of/billing-{}", row.corporation),
        amount: words::count(row.amount),
        reason,
    }
}

/// Which lines are shown: all, or those that a person should look at before the file goes out.
fn chips(month: Month, which: Lines) -> Chips {
    let all = Query::at(&format!("/debits/{month}"));
    let chip = |word: &str, of, href: String| Chip {
        word: word.to_owned(),
        count: None,
        chosen: which == of,
        href,
    };
    let unusual = all.with("lines", "unusual").to_string();
    Chips {
        title: "明細".to_owned(),
        chips: vec![
            chip("すべて", Lines::All, all.to_string()),
            chip("前回と違う金額・初回", Lines::Unusual, unusual),
        ],
    }
}

fn line(row: &LineRow, before: Option<u64>) -> Line {
    Line {
        before: match before {
            None => "初回".to_owned(),
            Some(before) if before == row.amount => String::new(),
            Some(before) => format!("前回 {}円", words::count(before)),
        },
        corporation: row.corporation_name.clone(),
        href: format!("/cases/of/billing-{}", row.corporation),
        customer: customer(row),
        amount: words::count(row.amount),
        charges: row.charges,
        status: row.result.map(result),
    }
}

fn result(code: ResultCode) -> Status {
    let mood = match code {
        ResultCode::Collected => Mood::Done,
        ResultCode::InsufficientFunds
        | ResultCode::NoAccount
        | ResultCode::StoppedByDepositor
        | ResultCode::NoMandate
        | ResultCode::StoppedByCollector
        | ResultCode::Other => Mood::Attention,
    };
    Status::new(code.label(), mood)
}

/// `GET /debits/{month}/request.txt`: the file as it was released.
pub async fn request(Path(month): Path<Month>, viewer: Viewer) -> Result<Response, Problem> {
    let views = viewer.app.views.clone();
    let bytes = viewer
        .read(move |_| {
            let sent = debit_file::released(&views, month)?.map_err(refused)?;
            Ok(sent.made.request.bytes())
        })
        .await?;
    let kind = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"debit-{month}.txt\""),
        ),
    ];
    Ok((kind, bytes).into_response())
}

/// `GET /debits/{month}/reconciliation.csv`: request, result and ledger of every debit.
pub async fn reconciliation(Path(month): Path<Month>, viewer: Viewer) -> Result<Response, Problem> {
    let text = viewer
        .read(move |reading| {
            let mut text = csv::begin("顧客番号,法人,依頼金額,結果,台帳,台帳の入金額,判定");
            for row in debits::lines(reading.snapshot, month)? {
                let code = |code: Option<ResultCode>| code.map_or("", ResultCode::label).to_owned();
                let verdict = match (row.returned, row.result) {
                    (None, None) => "",
                    (_, _) if row.agrees() => "一致",
                    (_, _) => "不一致",
                };
                let cells = [
                    customer(&row),
                    row.corporation_name.clone(),
                    row.amount.to_string(),
                    code(row.returned),
                    code(row.result),
                    row.booked.map_or_else(String::new, |yen| yen.to_string()),
                    verdict.to_owned(),
                ];
                csv::add(&mut text, cells);
            }
            Ok(text)
        })
        .await?;
    Ok(csv::download(&format!("reconciliation-{month}.csv"), text))
}

/// `POST /debits/{month}/freeze`
pub async fn freeze(Path(month): Path<Month>, viewer: Viewer) -> Result<Redirect, Problem> {
    let asking = acting::Asking::by_form(&actor(&viewer)?, viewer.query.get("form"));
    let command = freezing(&viewer.app, month, asking.staff()?).await?;
    let executed = acting::execute(&viewer.app, command, asking.cause("0")).await?;
    Ok(Redirect::to(&done(&format!("/debits/{month}"), &executed)))
}

/// `POST /debits/{month}/approve`
pub async fn approve(Path(month): Path<Month>, viewer: Viewer) -> Result<Redirect, Problem> {
    let asking = acting::Asking::by_form(&actor(&viewer)?, viewer.query.get("form"));
    let command = approving(&viewer.app, month, asking.staff()?).await?;
    let executed = acting::execute(&viewer.app, command, asking.cause("0")).await?;
    Ok(Redirect::to(&done(&format!("/debits/{month}"), &executed)))
}

/// `POST /debits/{month}/release`
pub async fn release(Path(month): Path<Month>, viewer: Viewer) -> Result<Redirect, Problem> {
    let asking = acting::Asking::by_form(&actor(&viewer)?, viewer.query.get("form"));
    let command = releasing(&viewer.app, month, asking.staff()?).await?;
    let executed = acting::execute(&viewer.app, command, asking.cause("0")).await?;
    Ok(Redirect::to(&done(&format!("/debits/{month}"), &executed)))
}

/// `POST /debits/{month}/reconcile`
pub async fn reconcile(Path(month): Path<Month>, viewer: Viewer) -> Result<Redirect, Problem> {
    let asking = acting::Asking::by_form(&actor(&viewer)?, viewer.query.get("form"));
    let command = reconciling(&viewer.app, month, asking.staff()?).await?;
    let executed = acting::execute(&viewer.app, command, asking.cause("0")).await?;
    Ok(Redirect::to(&done(&format!("/debits/{month}"), &executed)))
}

/// `POST /debits/{month}/result`: the file that came back from the bank.
pub async fn receive(
    Path(month): Path<Month>,
    viewer: Viewer,
    mut form: Multipart,
) -> Result<Redirect, Problem> {
    let asking = acting::Asking::by_form(&actor(&viewer)?, None);
    let unreadable =
        |_| Problem::unreadable("ファイルを受け取れませんでした。もう一度選んで送信してください。");
    let file = form.next_field().await.map_err(unreadable)?;
    let file = file.ok_or_else(|| Problem::unreadable("ファイルが選ばれていません。"))?;
    let bytes = file.bytes().await.map_err(unreadable)?;
    let command = receiving(&viewer.app, month, bytes, asking.staff()?).await?;
    let executed = acting::execute(&viewer.app, command, asking.cause("0")).await?;
    Ok(Redirect::to(&done(&format!("/debits/{month}"), &executed)))
}
