//! What can be done with a corporation's mandate and its ledger now.

use super::case::Case;
use super::case_actions::{Candidate, choices};
use super::form::{Action, Entry, Field};
use super::words;
use chrono::NaiveDate;
use daicho_domain::billing::{self, Command as Billing, Delivery, Method, PersonChoice};
use daicho_domain::corporation::{BankAccount, MandateCommand, MandateDefect};
use daicho_domain::nouns::Command;
use daicho_domain::personal::Personal;
use daicho_domain::stream::{StaffId, Stream};
use daicho_domain::zengin::{AccountKind, Digits};
use uuid::Uuid;

/// The steps of a mandate.
pub fn of_mandate(case: &Case, today: NaiveDate) -> Vec<Candidate> {
    let corporation = case.row.corporation;
    let action = |name: &str, word: &str| {
        Action::new(
            name,
            word,
            &format!("/corporations/{corporation}/mandate/{name}"),
        )
    };
    let day = |name, title: &str| Field::must(name, title, Entry::Day).value(today);
    let must = |name, title: &str| Field::must(name, title, Entry::Text);
    let stream = Stream::Corporation(corporation);
    let command = |step: MandateCommand| Command::corporation(&stream, step.into());
    let held = |text: &str| Personal::new("considered", text);
    let account = BankAccount {
        bank: Digits::of(9999),
        bank_name: "テスト".into(),
        branch: Digits::of(1),
        branch_name: "ホンテン".into(),
        kind: AccountKind::Ordinary,
        number: held("0000001"),
        holder: held("テスト"),
    };
    vec![
        (
            action("send", "依頼書を発送済みにする").field(day("sent_on", "発送日")),
            command(MandateCommand::Send { sent_on: today }),
        ),
        (
            action("return", "戻った依頼書を受け付ける")
                .explains("口座名義は、半角カナで書ける文字だけが使えます。株式会社などの法人格は自動で略記します。")
                .field(day("returned_on", "届いた日"))
                .field(must("bank", "金融機関コード").hint("4桁"))
                .field(must("bank_name", "金融機関名（カナ）"))
                .field(must("branch", "支店コード").hint("3桁"))
                .field(must("branch_name", "支店名（カナ）"))
                .field(Field::must("kind", "預金種目", choices(AccountKind::ALL, AccountKind::code, AccountKind::label)).value("ordinary"))
                .field(must("number", "口座番号").hint("7桁まで"))
                .field(must("holder", "口座名義（カナ）")),
            command(MandateCommand::Return {
                returned_on: today,
                account,
            }),
        ),
        (
            action("hand_to_bank", "銀行に提出済みにする").field(day("on", "提出日")),
            command(MandateCommand::HandToBank { on: today }),
        ),
        (
            action("register", "口座登録を記録する")
                .field(day("on", "回答日"))
                .field(Field::may("customer", "顧客番号", Entry::Text).hint("収納側で決めた番号があるときだけ。空なら法人番号から決まります。")),
            command(MandateCommand::Register {
                on: today,
                customer: None,
            }),
        ),
        (
            action("find_defective", "不備を記録する")
                .field(day("on", "見つかった日"))
                .field(Field::must("defect", "不備の内容", choices(MandateDefect::ALL, MandateDefect::code, MandateDefect::label)))
                .field(Field::may("note", "メモ", Entry::Text))
                .danger(),
            command(MandateCommand::FindDefective {
                on: today,
                defect: MandateDefect::Other,
                note: None,
            }),
        ),
    ]
}

/// What can be entered into a ledger.
pub fn of_ledger(case: &Case, state: &billing::State, today: NaiveDate) -> Vec<Candidate> {
    let corporation = case.row.corporation;
    let action = |name: &str, word: &str| {
        Action::new(
            name,
            word,
            &format!("/corporations/{corporation}/ledger/{name}"),
        )
    };
    let reason = Field::reason;
    let command = |command| Command::billing(&case.row.stream, command);
    // Somebody nobody is: what two people must do is considered for a person apart from both.
    let by = StaffId(Uuid::nil());
    let mut candidates = super::option_actions::of(&case.row.stream, state, today);
    if state
        .arrears
        .as_ref()
        .is_some_and(|arrears| arrears.asks_person)
    {
        candidates.push((
            action("decide_failed", "振替不能の扱いを決める")
                .field(Field::must(
                    "choice",
                    "扱い",
                    choices(PersonChoice::ALL, PersonChoice::code, PersonChoice::label),
                ))
                .field(reason()),
            command(Billing::DecideFailed {
                choice: PersonChoice::Redebit,
                reason: "―".into(),
            }),
        ));
    }
    candidates.push((
        action("record_payment", "入金を記録する")
            .explains("古い請求から順に充てます。振替を依頼中の請求にも充てられ、振替もできたときは重なった額が次の請求に回ります。停止中のときは、未収がなくなった日に再開します。")
            .field(Field::must("amount", "金額（円）", Entry::Number))
            .field(Field::must("received_on", "入金日", Entry::Day).value(today))
            .field(
                Field::must(
                    "method",
                    "方法",
                    choices(Method::ALL, Method::code, Method::label),
                )
                .value("transfer"),
            )
            .field(Field::may("reference", "照会番号", Entry::Text).hint("銀行が振込に付けた番号。同じ番号の入金は二重に記録しません。"))
            .field(Field::may("note", "メモ", Entry::Text)),
        command(Billing::RecordPayment {
            amount: 1,
            received_on: today,
            method: Method::Transfer,
            note: None,
            reference: None,
        }),
    ));
    if state.credit > 0 {
        candidates.push((
            action("refund_credit", "過入金を返金する")
                .explains("振替と別の入金が重なった額です。返金しなければ、次の請求に充てます。")
                .field(Field::must("amount", "金額（円）", Entry::Number).value(state.credit))
                .field(Field::must("refunded_on", "返金日", Entry::Day).value(today))
                .field(Field::may("note", "メモ", Entry::Text)),
            command(Billing::RefundCredit {
                amount: state.credit,
                refunded_on: today,
                note: None,
            }),
        ));
    }
    candidates.extend(of_collections(case, state, today));
    for (entry, asked) in &state.asked {
        let word = format!("{entry} の取消を承認する");
        let explains = format!("申請の理由：{}", words::typed(&asked.reason));
        let approve = Billing::ApproveReversal {
            entry: entry.clone(),
            by,
        };
        let decline = Billing::DeclineReversal {
            entry: entry.clone(),
            by,
        };
        candidates.push((
            action("approve_reversal", &word)
                .explains(&explains)
                .hidden("entry", entry),
            command(approve),
        ));
        candidates.push((
            action("decline_reversal", &format!("{entry} の取消を却下する"))
                .hidden("entry", entry)
                .danger(),
            command(decline),
        ));
    }
    let charges = state.charges.iter().filter(|(_, charge)| {
        !charge.reversed && charge.debit.is_none() && charge.open == charge.gross
    });
    let payments = state
        .payments
        .iter()
        .filter(|(_, payment)| !payment.reversed);
    let entries = charges
        .map(|(key, _)| key)
        .chain(payments.map(|(key, _)| key));
    let reversible: Vec<_> = entries
        .filter(|key| !state.asked.contains_key(*key))
        .collect();
    if let Some(first) = reversible.first() {
        let options = reversible
            .iter()
            .map(|key| (key.to_string(), key.to_string()));
        candidates.push((
            action("ask_reversal", "請求・入金の取消を申請する")
                .explains("別の担当者が承認すると、逆の記録が台帳に入ります。")
                .field(Field::must(
                    "entry",
                    "取り消す記録",
                    Entry::Choice(options.collect()),
                ))
                .field(reason())
                .danger(),
            command(Billing::AskReversal {
                entry: (*first).clone(),
                reason: "―".into(),
                by,
            }),
        ));
    }
    candidates
}

/// What can be confirmed of money that was collected: the latest first, since that is what is asked for.
fn of_collections(case: &Case, state: &billing::State, today: NaiveDate) -> Vec<Candidate> {
    let collections = state.collections();
    let (Some((first, _)), Some((_, latest))) = (collections.first(), collections.last()) else {
        return vec![];
    };
    let path = format!("/corporations/{}/ledger", case.row.corporation);
    let action = |name: &str, word: &str| Action::new(name, word, &format!("{path}/{name}"));
    let command = |command| Command::billing(&case.row.stream, command);
    let entries = collections.iter().rev().map(|(on, key)| {
        let again = match state.receipts.get(*key) {
            Some(_) => "（再発行）",
            None => "",
        };
        (
            key.to_string(),
            format!("{} {key}{again}", words::date(*on)),
        )
    });
    vec![
        (
            action("ask_receipt", "領収書を発行する")
                .explains("実際に受け取った入金だけが対象です。郵送は発送簿に入ります。メールはPDFを付けて送り、アドレスがないときや届かないときは発送簿に戻ります。2通目からは再発行と記されます。")
                .field(Field::must("entry", "入金", Entry::Choice(entries.collect())))
                .field(delivery()),
            command(Billing::AskReceipt {
                entry: (*latest).clone(),
                by: Delivery::Post,
            }),
        ),
        (
            action("ask_certificate", "支払証明書を発行する")
                .explains("期間のあいだに受け取った入金の一覧です。取り消した入金は入りません。")
                .field(Field::must("from", "期間の初日", Entry::Day).value(first))
                .field(Field::must("to", "期間の末日", Entry::Day).value(today))
                .field(delivery()),
            command(Billing::AskCertificate {
                from: *first,
                to: today,
                by: Delivery::Post,
            }),
        ),
    ]
}

/// How the customer wishes to get what it asked for.
fn delivery() -> Field {
    let words = choices(Delivery::ALL, Delivery::code, Delivery::label);
    Field::must("by", "送り方", words)
}
