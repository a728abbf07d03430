//! What can be done with a licence: the checklist, the forms, the notices, the fee. The domain says what cannot be done.

use super::case::Case;
use super::case_actions::{Candidate, choices, receipt};
use super::form::{Action, Entry, Field};
use chrono::NaiveDate;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::intake::{Channel, Receipt};
use daicho_domain::licence::{
    self, Browser, CertificateKind, Fee, Filing, How, Mails, Payment, Record, System,
};
use daicho_domain::nouns::Command;
use daicho_domain::personal::Personal;
use daicho_domain::stream::CorporationId;

fn action(number: OfficeNumber, name: &str, word: &str) -> Action {
    Action::new(name, word, &format!("/licences/{number}/{name}"))
}

/// The checklist of an office number.
pub fn check(number: OfficeNumber, corporation: CorporationId) -> Action {
    let tick = |name, title: &str| Field::may(name, title, Entry::Check);
    let text = |name, title: &str| Field::may(name, title, Entry::Text);
    action(number, "check", "利用前確認を記録する")
        .explains("申請の前に、PC・介護ソフト・ID・電子証明書を確かめます。不足があれば、解消するまで申請を受け付けません。")
        .hidden("corporation", corporation)
        .field(Field::must("system", "OS", choices(System::ALL, System::code, System::label)))
        .field(tick("gregorian_calendar", "Windowsの暦が西暦になっている"))
        .field(Field::must("browser", "ブラウザ", choices(Browser::ALL, Browser::code, Browser::label)))
        .field(tick("pdf_viewer", "PDF閲覧ソフトがある"))
        .field(Field::must("software", "介護ソフトの名称", Entry::Text))
        .field(tick("plan_1_2", "介護ソフトが計画書1・2表に対応"))
        .field(tick("plan_6_7", "介護ソフトが6・7表（計画）に対応"))
        .field(tick("actuals_6", "介護ソフトが6表（実績）に対応"))
        .field(text("kj_id", "KJ ID").hint("KJ から始まる14桁。HD から始まるものは請求代理人のIDで、使えません。"))
        .field(tick("kj_id_confirmed", "事業所番号と違うKJ IDを確認済み"))
        .field(tick("password_changed", "仮パスワードを変更済み"))
        .field(text("certificate_issuer", "電子証明書の発行者").hint("証明書がないときは空のままにします。"))
        .field(text("certificate_subject", "電子証明書の発行先"))
        .field(Field::may("certificate_kind", "電子証明書の種類", choices(CertificateKind::ALL, CertificateKind::code, CertificateKind::label)))
        .field(Field::may("certificate_from", "電子証明書の有効期間の開始日", Entry::Day))
        .field(Field::may("certificate_to", "電子証明書の有効期間の満了日", Entry::Day))
}

fn contact(action: Action) -> Action {
    let must = |name, title: &str| Field::must(name, title, Entry::Text);
    action
        .field(must("contact", "担当者"))
        .field(must("phone", "電話番号").hint("ハイフンを入れずに入力します。"))
        .field(must("mail", "メールアドレス"))
        .field(must("mail_again", "メールアドレス（確認のためもう一度）"))
        .field(must("terms_version", "同意した利用規約の版"))
        .field(
            Field::must(
                "payment",
                "支払方法",
                choices(Payment::ALL, Payment::code, Payment::label),
            )
            .value(Payment::Deduction.code()),
        )
}

/// A form as it would come in today, to ask the domain whether one can be taken.
fn filing(today: NaiveDate) -> Filing {
    let said = |text: &str| Personal::new("―", text);
    Filing {
        receipt: Receipt {
            on: today,
            at: None,
            channel: Channel::Form,
            number: None,
            proof: None,
        },
        contact: said("―"),
        phone: said("0000000000"),
        mails: Mails {
            mail: said("―"),
            again: said("―"),
        },
        terms_version: "―".into(),
        payment: Payment::Deduction,
    }
}

/// What can be asked of a licence, each with the command that stands for it.
pub(super) fn of(case: &Case, record: &Record, today: NaiveDate) -> Vec<Candidate> {
    let number = record.number;
    let command = |command| Command::licence(&case.row.stream, command);
    let day = |name, title: &str| Field::must(name, title, Entry::Day).value(today);
    let mut candidates = vec![];
    if record.year().is_none() || record.expired.is_some() {
        if let Some(checked) = &record.checked {
            let apply = contact(
                receipt(action(number, "apply", "利用申請を受け付ける"), today)
                    .explains("1年の期間は、受領日から起算します。申請は取り消せません。")
                    .field(Field::must("office_name", "事業所名", Entry::Text))
                    .field(Field::must("representative", "代表者", Entry::Text)),
            );
            let asked = licence::Command::Apply {
                office_name: "―".into(),
                representative: Personal::new("―", "―"),
                filing: filing(today),
            };
            candidates.push((apply, command(asked)));
            candidates.push((
                check(number, record.corporation),
                command(licence::Command::Check {
                    corporation: record.corporation,
                    checklist: licence::Checklist {
                        // Another answer than the one held: the form may say anything.
                        kj_id_confirmed: licence::Tick::Yes,
                        software: licence::Software {
                            name: String::new(),
                            ..checked.checklist.software.clone()
                        },
                        ..checked.checklist.clone()
                    },
                }),
            ));
        }
        candidates.push((
            action(number, "request_download", "ダウンロードの依頼を記録する")
                .field(Field::must("organisation", "団体名", Entry::Text))
                .field(day("received_on", "受領日")),
            command(licence::Command::RequestDownload {
                organisation: "―".into(),
                received_on: today,
            }),
        ));
        return candidates;
    }
    if record.granted_on.is_none() {
        candidates.push((
            action(number, "grant", "完了の通知を記録する").field(day("on", "通知した日")),
            command(licence::Command::Grant { on: today }),
        ));
    }
    match &record.next {
        None => candidates.push((
            contact(
                receipt(
                    action(number, "file_renewal", "更新の申請を受け付ける"),
                    today,
                )
                .explains("連絡先と規約への同意を改めて確かめます。次の1年は満了日の翌日から始まり、取り消せません。"),
            ),
            command(licence::Command::FileRenewal {
                filing: filing(today),
            }),
        )),
        Some(_) => candidates.push((
            action(number, "renew", "更新完了の通知を記録する").field(day("on", "通知した日")),
            command(licence::Command::Renew { on: today }),
        )),
    }
    let unpaid = record
        .contracts()
        .find(|year| !matches!(year.fee, Fee::Paid { .. }));
    if let Some(year) = unpaid {
        let first_day = year.term.first_day.on;
        let month = Month::of(year.term.fee_month.on);
        candidates.push((
            action(number, "confirm_fee", "ライセンス料の支払いを確認する")
                .explains("介護給付費からの差引、または請求書の入金を確かめてから記録します。")
                .hidden("first_day", first_day)
                .field(Field::must("month", "支払いの月", Entry::Month).value(month)),
            command(licence::Command::ConfirmFee {
                first_day,
                month,
                how: How::Hand,
            }),
        ));
    }
    candidates.push((
        action(number, "cancel", "取り消す"),
        command(licence::Command::Cancel {}),
    ));
    candidates
}
