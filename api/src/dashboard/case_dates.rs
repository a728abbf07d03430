//! The dates that a case rests on, each with its なぜ?.

use super::case::{Case, Date};
use super::{why, words};
use daicho_domain::dates::Month;
use daicho_domain::licence::Payment;
use daicho_domain::nouns::State;
use daicho_domain::rules::Dated;
use daicho_domain::transmission::Entry;

pub(super) fn dates(case: &Case) -> Vec<Date> {
    let day = |word, dated: &Dated| Date {
        word,
        value: words::date(dated.on),
        why: Some(why::of(&dated.basis, word)),
    };
    let month = |word, dated: &Dated| Date {
        word,
        value: Month::of(dated.on).in_japanese(),
        why: Some(why::of(&dated.basis, word)),
    };
    match &case.past.state {
        State::Enrolment(state) => {
            let trial = state.trial();
            let mut dates: Vec<Date> = trial
                .iter()
                .flat_map(|trial| {
                    [
                        day("お試しの満了日", &trial.last_free_day),
                        day("本登録時の無料満了日", &trial.registered_last_free_day),
                    ]
                })
                .collect();
            dates.extend(
                state
                    .registration()
                    .map(|held| day("課金開始日", &held.billing_start)),
            );
            dates
        }
        State::Transmission(_) => {
            case.entry()
                .and_then(Entry::plan)
                .map_or_else(Vec::new, |plan| {
                    vec![
                        month("開始月", &plan.start),
                        day("返送期日", &plan.poa_due),
                        day("国保連の締切", &plan.federation_date),
                        day("ID/PW発行日", &plan.credentials_on),
                    ]
                })
        }
        State::Poa(state) => state.sheet().map_or_else(Vec::new, |sheet| {
            vec![
                month("開始月", &sheet.dates.start),
                day("発送期限", &sheet.dispatch_by),
                day("返送期日", &sheet.dates.due),
                day("国保連の締切", &sheet.dates.federation_date),
            ]
        }),
        State::Termination(_) => case.end().map_or_else(Vec::new, |end| {
            vec![
                day("申込の締日", &end.dates.cutoff),
                day("利用の最終日", &end.dates.last_day),
                day("最後の引落日", &end.dates.last_debit_on),
                day("代理人解除の開始日", &end.dates.release_from),
            ]
        }),
        State::Licence(state) => {
            let contracts = state
                .known()
                .into_iter()
                .flat_map(|record| record.contracts());
            contracts
                .flat_map(|year| {
                    let mut dates = vec![
                        day("開始日", &year.term.first_day),
                        day("満了日", &year.term.last_day),
                        day("更新の受付開始", &year.term.renewal_opens),
                    ];
                    match year.payment {
                        Payment::Deduction => dates.extend([
                            month("差引の月", &year.term.fee_month),
                            month("差引の月（遅い場合）", &year.term.fee_month_latest),
                        ]),
                        Payment::Invoice => {}
                    }
                    let by = match year.payment {
                        Payment::Deduction => "支払いの確認期限",
                        Payment::Invoice => "請求書の支払期限",
                    };
                    dates.push(day(by, &year.term.fee_by));
                    dates
                })
                .collect()
        }
        State::Corporation(_) => {
            let mandate = case.mandate();
            mandate.map_or_else(Vec::new, |mandate| {
                vec![day("必要な日", &mandate.needed_by)]
            })
        }
        State::Billing(state) => {
            let turn = state.turn.iter().map(|turn| day("次の集計日", &turn.on));
            let debits = state.debits.values().flat_map(|debit| {
                [
                    day("引落日", &debit.debit_on),
                    day("振替結果の期限", &debit.result_by),
                ]
            });
            let arrears = state
                .arrears
                .as_ref()
                .and_then(|arrears| arrears.notice.as_ref());
            let suspension = arrears.map(|(_, on)| day("利用停止日", on));
            turn.chain(debits).chain(suspension).collect()
        }
        State::Credential(_)
        | State::DebitBatch(_)
        | State::OfficeDay(_)
        | State::Schedule(_)
        | State::Staff(_)
        | State::Rulebook(_)
        | State::Installation(_)
        | State::Dispatch(_)
        | State::Mail(_)
        | State::Attachment(_)
        | State::Agent(_) => vec![],
    }
}
