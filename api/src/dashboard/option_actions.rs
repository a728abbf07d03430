//! What can be done with options: an order, its work, its end. The domain says what cannot be done.

use super::case_actions::{Candidate, choices};
use super::form::{Action, Entry, Field};
use chrono::NaiveDate;
use daicho_domain::billing::{Command as Billing, IdKind, OptionKind, Order, OrderNumber, State};
use daicho_domain::nouns::Command;
use daicho_domain::stream::{CorporationId, OfficeId, Stream};

fn action(corporation: CorporationId, step: &str, order: OrderNumber, word: &str) -> Action {
    let href = format!("/corporations/{corporation}/options/{step}");
    Action::new(&format!("{step}-option-{order}"), word, &href).hidden("order", order)
}

/// The form of an order for an office.
pub fn order(corporation: CorporationId, office: OfficeId, today: NaiveDate) -> Action {
    let href = format!("/corporations/{corporation}/options/order");
    let whose = [(String::new(), "―".to_owned())].into_iter().chain(
        IdKind::ALL
            .iter()
            .map(|kind| (kind.code().to_owned(), kind.label().to_owned())),
    );
    Action::new("order-option", "オプションの申込を受け付ける", &href)
        .explains("返戻管理くんは利用中または申込中の事業所、復旧と再発行は利用中の事業所だけです。お客様自身のパスワード再設定は無料なので、先に案内してください。IDやパスワードは、問い合わせがあっても伝えません。")
        .hidden("office", office)
        .field(Field::must(
            "option",
            "オプション",
            choices(OptionKind::ALL, OptionKind::code, OptionKind::label),
        ))
        .field(
            Field::must("quantity", "数量", Entry::Number)
                .value(1)
                .hint("復旧はファイル数、再発行はID数。返戻管理くんは1です。"),
        )
        .field(
            Field::may("whose", "どのIDか", Entry::Choice(whose.collect()))
                .hint("パスワード再発行のときだけ選びます。"),
        )
        .field(Field::must("received_on", "受付日", Entry::Day).value(today))
}

/// What can be done with the orders of a ledger.
pub(super) fn of(stream: &Stream, state: &State, today: NaiveDate) -> Vec<Candidate> {
    let Stream::Billing(corporation) = stream else {
        return vec![];
    };
    let steps = state
        .orders
        .iter()
        .map(|(number, order)| of_order(*corporation, stream, *number, order, today));
    steps.flatten().collect()
}

fn of_order(
    corporation: CorporationId,
    stream: &Stream,
    number: OrderNumber,
    order: &Order,
    today: NaiveDate,
) -> Vec<Candidate> {
    let command = |command| Command::billing(stream, command);
    let what = format!("{} {}", order.number, order.ordered.kind().label());
    let withdraw = (
        action(corporation, "withdraw", number, &format!("{what}：申込を取り下げる"))
            .explains("作業や課金の前に、お客様が取りやめたとき、または復旧・再発行ができなかったときに記録します。請求はしません。")
            .field(Field::reason())
            .danger(),
        command(Billing::WithdrawOption {
            order: number,
            reason: "―".into(),
        }),
    );
    match order.ordered.quantity() {
        Some(quantity) if order.to_do() => vec![
            (
                action(
                    corporation,
                    "finish",
                    number,
                    &format!("{what}：作業済みにする"),
                )
                .explains("作業した数だけを、作業した月の料金と一緒に請求します。")
                .field(
                    Field::must("quantity", "作業した数", Entry::Number)
                        .value(quantity)
                        .hint(&format!(
                            "申込は {quantity} {}です。",
                            order.ordered.kind().unit()
                        )),
                )
                .field(Field::must("on", "作業日", Entry::Day).value(today)),
                command(Billing::FinishOption {
                    order: number,
                    quantity,
                    on: today,
                }),
            ),
            withdraw,
        ],
        None if order.runs() => vec![
            (
                action(
                    corporation,
                    "end",
                    number,
                    &format!("{what}：やめる申し出を受け付ける"),
                )
                .explains("請求済みの月は戻りません。誤った請求は台帳で取消を申請してください。")
                .field(Field::must("received_on", "受付日", Entry::Day).value(today)),
                command(Billing::EndOption {
                    order: number,
                    received_on: today,
                }),
            ),
            withdraw,
        ],
        Some(_) | None => vec![],
    }
}
