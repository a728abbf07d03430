//! What can be done with a licence: the checklist, the forms, the notices, the fee. The domain says what cannot be done.

use super::case::Case;
use super::case_actions::{Candidate, choices, receipt};
use super::form::{Action, Entry, Field};
use super::words;
use chrono::NaiveDate;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::intake::{Channel, Receipt};
use daicho_domain::licence::{
    self, Browser, Certificate, CertificateKind, Checklist, Contract, Fee, Filing, How, Mails,
    Origin, Payment, Record, System, Tick,
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

/// The same form with what the office answered last: only what was missing is said anew.
fn answered(mut action: Action, held: &Checklist) -> Action {
    let (pc, software) = (&held.pc, &held.software);
    let tick = |tick| match tick {
        Tick::Yes => Tick::Yes.code().to_owned(),
        Tick::No => String::new(),
    };
    let certificate = |said: fn(&Certificate) -> String| {
        let held = held.certificate.as_ref();
        held.map_or_else(String::new, said)
    };
    for field in &mut action.fields {
        field.value = match field.name {
            "system" => pc.system.code().to_owned(),
            "gregorian_calendar" => tick(pc.gregorian_calendar),
            "browser" => pc.browser.code().to_owned(),
            "pdf_viewer" => tick(pc.pdf_viewer),
            "software" => software.name.clone(),
            "plan_1_2" => tick(software.plan_1_2),
            "plan_6_7" => tick(software.plan_6_7),
            "actuals_6" => tick(software.actuals_6),
            "kj_id" => held.kj_id.map_or_else(String::new, |id| id.to_string()),
            "kj_id_confirmed" => tick(held.kj_id_confirmed),
            "password_changed" => tick(held.password_changed),
            "certificate_issuer" => certificate(|held| held.issuer.clone()),
            "certificate_subject" => certificate(|held| held.subject.clone()),
            "certificate_kind" => certificate(|held| held.kind.code().to_owned()),
            "certificate_from" => certificate(|held| held.valid_from.to_string()),
            "certificate_to" => certificate(|held| held.valid_to.to_string()),
            _other => continue,
        };
    }
    action
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

/// A form as it would come in on a day, to ask the domain whether one can be taken.
fn filing(on: NaiveDate) -> Filing {
    let said = |text: &str| Personal::new("―", text);
    Filing {
        receipt: Receipt {
            on,
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
    let asks = Asks {
        case,
        record,
        today,
    };
    let applies = record.year().is_none() || record.expired.is_some();
    let mut candidates = vec![];
    if record.closed.is_some() {
        candidates.push(asks.move_office());
    }
    if applies {
        candidates.extend([asks.check(), asks.apply()]);
        candidates.extend(record.before_applying().map(|_| asks.drop_check()));
    }
    candidates.extend(asks.notice());
    if let Some(year) = record.year()
        && record.next.is_none()
    {
        candidates.push(asks.file_renewal(year));
    }
    candidates.extend(record.contracts().rev().filter_map(|year| asks.fee(year)));
    candidates.push(asks.request_download());
    if !applies {
        candidates.push(asks.cancel());
    }
    candidates
}

/// What the page knows of the licence.
#[derive(Clone, Copy)]
struct Asks<'a> {
    case: &'a Case,
    record: &'a Record,
    today: NaiveDate,
}

impl Asks<'_> {
    fn candidate(self, action: Action, command: licence::Command) -> Candidate {
        (action, Command::licence(&self.case.row.stream, command))
    }

    fn action(self, name: &str, word: &str) -> Action {
        action(self.record.number, name, word)
    }

    fn day(self, name: &'static str, title: &str) -> Field {
        Field::must(name, title, Entry::Day).value(self.today)
    }

    fn check(self) -> Candidate {
        let record = self.record;
        let no = licence::Tick::No;
        // Another answer than the one held: the form may say anything.
        let checklist = licence::Checklist {
            pc: licence::Pc {
                system: System::Other,
                gregorian_calendar: no,
                browser: Browser::Other,
                pdf_viewer: no,
            },
            software: licence::Software {
                name: String::new(),
                plan_1_2: no,
                plan_6_7: no,
                actuals_6: no,
            },
            kj_id: None,
            kj_id_confirmed: no,
            password_changed: no,
            certificate: None,
        };
        let corporation = record.corporation;
        let asked = licence::Command::Check {
            corporation,
            checklist,
        };
        let action = check(record.number, corporation);
        let action = match &record.checked {
            Some(checked) => answered(action, &checked.checklist),
            None => action,
        };
        self.candidate(action, asked)
    }

    fn apply(self) -> Candidate {
        let action = contact(
            receipt(self.action("apply", "利用申請を受け付ける"), self.today)
                .explains("1年の期間は、受領日から起算します。申請は取り消せません。")
                .field(Field::must("office_name", "事業所名", Entry::Text))
                .field(Field::must("representative", "代表者", Entry::Text)),
        );
        let asked = licence::Command::Apply {
            office_name: "―".into(),
            representative: Personal::new("―", "―"),
            filing: filing(self.today),
        };
        self.candidate(action, asked)
    }

    fn drop_check(self) -> Candidate {
        let action = self
            .action("drop_check", "申請を取りやめる")
            .explains("事業所が申請しないことになったときに、待ちを終わらせます。申請するときは、利用前確認からやり直します。")
            .field(Field::reason());
        let asked = licence::Command::DropCheck {
            reason: "―".into()
        };
        self.candidate(action, asked)
    }

    fn move_office(self) -> Candidate {
        let record = self.record;
        let action = self
            .action("move_office", "この法人でライセンスを続ける")
            .explains("ライセンスは事業所番号に付いたまま残ります。別の法人に移ったときは、ライセンスの画面で事業所番号を入力してください。")
            .hidden("corporation", record.corporation);
        let corporation = record.corporation;
        self.candidate(action, licence::Command::MoveOffice { corporation })
    }

    /// The notice that is owed: of the next year, or of the present one.
    fn notice(self) -> Option<Candidate> {
        let record = self.record;
        let running = record.year().filter(|_| record.expired.is_none());
        let mut untold = running.into_iter().chain(&record.next);
        let year = untold.find(|year| year.awaits_notice())?;
        let on = self.today;
        let (name, word, asked) = match year.origin {
            Origin::Application | Origin::List => (
                "grant",
                "完了の通知を記録する",
                licence::Command::Grant { on },
            ),
            Origin::Renewal => (
                "renew",
                "更新完了の通知を記録する",
                licence::Command::Renew { on },
            ),
        };
        let action = self.action(name, word).field(self.day("on", "通知した日"));
        Some(self.candidate(action, asked))
    }

    /// A renewal received by the last day counts when it is entered after it.
    fn file_renewal(self, year: &Contract) -> Candidate {
        let received_on = match self.record.expired {
            Some(last_day) => last_day,
            None => self.today,
        };
        let action = self.action("file_renewal", "更新の申請を受け付ける");
        let action = contact(receipt(action, received_on)
            .explains("連絡先と規約への同意を改めて確かめます。次の1年は満了日の翌日から始まり、取り消せません。満了日までに届いたものは、満了後に入力しても更新になります。"));
        let on = received_on.min(year.term.last_day.on);
        let asked = licence::Command::FileRenewal { filing: filing(on) };
        self.candidate(action, asked)
    }

    fn fee(self, year: &Contract) -> Option<Candidate> {
        let first_day = year.term.first_day.on;
        match year.fee {
            Fee::Expected | Fee::Overdue => {
                let month = Month::of(year.term.fee_month.on);
                let now = Month::of(self.today);
                let word = format!("{}からの1年の支払いを確認する", words::date(first_day));
                let action = self
                    .action("confirm_fee", &word)
                    .explains("介護給付費からの差引、または請求書の入金を確かめてから記録します。")
                    .hidden("first_day", first_day)
                    .field(Field::must("month", "支払いの月", Entry::Month).value(month.min(now)));
                let asked = licence::Command::ConfirmFee {
                    first_day,
                    month: Month::of(first_day),
                    how: How::Hand,
                };
                Some(self.candidate(action, asked))
            }
            Fee::Paid { .. } => {
                let word = format!("{}からの1年の支払い確認を取り消す", words::date(first_day));
                let action = self
                    .action("reverse_fee", &word)
                    .explains("月や契約を間違えて確認したときに使います。確認の記録は残り、取り消しが加わります。")
                    .hidden("first_day", first_day)
                    .field(Field::reason());
                let reason = "―".into();
                let asked = licence::Command::ReverseFee { first_day, reason };
                Some(self.candidate(action, asked))
            }
            Fee::Unlisted => None,
        }
    }

    fn request_download(self) -> Candidate {
        let action = self
            .action("request_download", "ダウンロードの依頼を記録する")
            .field(Field::must("organisation", "団体名", Entry::Text))
            .field(self.day("received_on", "受領日"));
        let asked = licence::Command::RequestDownload {
            organisation: "―".into(),
            received_on: self.today,
        };
        self.candidate(action, asked)
    }

    fn cancel(self) -> Candidate {
        let action = self.action("cancel", "取り消す");
        self.candidate(action, licence::Command::Cancel {})
    }
}

/// The number is another corporation's now: the licence goes there.
pub fn move_to(number: OfficeNumber, corporation: CorporationId, name: &str) -> Action {
    action(number, "move_office", "ライセンスをこの法人に付け替える")
        .explains(&format!("この事業所番号は、いま {name} にあります。ライセンスは番号に付いたまま、この法人のものになります。"))
        .hidden("corporation", corporation)
}
