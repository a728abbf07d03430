//! What can be done with an end: the form, its withdrawal, the count of returned claims. The domain says what cannot be done.

use super::case::Case;
use super::case_actions::{Candidate, choices};
use super::form::{Action, Entry, Field};
use super::viewer::Viewer;
use crate::acting;
use chrono::{NaiveDate, NaiveTime};
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::nouns::{Command, Refusal};
use daicho_domain::stream::{CorporationId, Stream};
use daicho_domain::termination::{self, End, Request, Scope, Stage, Way};
use daicho_eventlog::ExecuteError;

fn received(action: Action, today: NaiveDate) -> Action {
    action
        .field(
            Field::must(
                "way",
                "申し出の方法",
                choices(Way::ALL, Way::code, Way::label),
            )
            .value(Way::Form.code())
            .hint("フォーム以外の申し出は受け付けられません。"),
        )
        .field(Field::must("received_on", "フォームの受付日", Entry::Day).value(today))
        .field(Field::must(
            "received_at",
            "フォームの受付時刻",
            Entry::Time,
        ))
        .field(Field::may("receipt_number", "受付番号", Entry::Text))
}

/// The form for an end, or why there is none: the domain considers one that came in today for the earliest month that can be had.
pub async fn considered(
    viewer: &Viewer,
    corporation: CorporationId,
    service: Service,
    scope: Scope,
) -> Action {
    let today = viewer.moment.day;
    let engine = &viewer.app.engine;
    let stream = Stream::Termination(corporation, service);
    let command = |end_month| {
        let request = termination::Command::Request {
            scope,
            request: Request {
                way: Way::Form,
                on: today,
                at: Some(NaiveTime::MIN),
                number: None,
            },
            end_month,
            open_returns: 0,
        };
        Command::termination(&stream, request)
    };
    let this_month = Month::of(today);
    let end_month = match engine.consider(command(this_month)).await {
        Err(ExecuteError::Refused(Refusal::Termination(termination::Refusal::CutoffPassed {
            offered,
            ..
        }))) => offered,
        Err(ExecuteError::Refused(Refusal::Termination(
            termination::Refusal::BeforeLastClaim { last_claim },
        ))) => last_claim,
        Ok(_) | Err(_) => this_month,
    };
    let reason = acting::hindrance(engine, command(end_month)).await;
    let form = request(corporation, service, scope, end_month, today);
    viewer.form(form, "/terminations").unless(reason)
}

/// The form for an end of a corporation's use, or of one office of it.
fn request(
    corporation: CorporationId,
    service: Service,
    scope: Scope,
    end_month: Month,
    today: NaiveDate,
) -> Action {
    let word = match scope {
        Scope::Whole => format!("{}：全事業所の終了フォームを受け付ける", service.name()),
        Scope::Office(_) => format!(
            "{}：この事業所の終了（変更フォーム）を受け付ける",
            service.name()
        ),
        Scope::Number { number, .. } => format!(
            "{}：旧番号 {number} の終了（変更フォーム）を受け付ける",
            service.name()
        ),
    };
    let href = format!("/corporations/{corporation}/terminations/{service}/request");
    let action = received(
        Action::new(&format!("end-{service}"), &word, &href)
            .explains("終了月の末日まで使えます。締日までは取り下げられます。伝送を使っている事業所には終了の委任状を送ります。"),
        today,
    )
    .field(Field::must("end_month", "終了月", Entry::Month).value(end_month))
    .field(
        Field::must("open_returns", "未処理の返戻の件数", Entry::Number)
            .value(0)
            .hint("終了後は返戻を受け取れません。残っているときはお客様に伝えてください。"),
    );
    match scope {
        Scope::Whole => action,
        Scope::Office(office) => action.hidden("office", office),
        Scope::Number { office, number } => {
            action.hidden("office", office).hidden("number", number)
        }
    }
}

/// What can be asked of an end, each with the command that stands for it.
pub(super) fn of(case: &Case, end: &End, today: NaiveDate) -> Vec<Candidate> {
    let (corporation, service) = (case.row.corporation, case.row.service);
    let path = format!("/corporations/{corporation}/terminations/{service}");
    let no = end.no;
    let command = |command| Command::termination(&case.row.stream, command);
    if end.stage != Stage::Filed {
        return vec![];
    }
    let withdraw = received(
        Action::new(
            "withdraw",
            "終了の申込を取り下げる",
            &format!("{path}/withdraw"),
        )
        .explains("お客様がフォームで取り下げたときに記録します。終了の委任状は無効になります。終了の申込で取り下げになった伝送の申込は戻りません。改めて申し込んでもらってください。"),
        today,
    )
    .hidden("no", no)
    .danger();
    let count = Action::new(
        "count_returns",
        "未処理の返戻の件数を記録する",
        &format!("{path}/count_returns"),
    )
    .hidden("no", no)
    .field(Field::must("open", "件数", Entry::Number).value(end.open_returns));
    vec![
        (
            count,
            command(termination::Command::CountReturns {
                no,
                open: end.open_returns + 1,
            }),
        ),
        (
            withdraw,
            command(termination::Command::Withdraw {
                no,
                request: Request {
                    way: Way::Form,
                    on: today,
                    at: Some(NaiveTime::MIN),
                    number: None,
                },
            }),
        ),
    ]
}
