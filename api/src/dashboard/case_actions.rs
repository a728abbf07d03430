//! What can be done with a case now, and what cannot and why. No rule stands here: each action's command is considered
//! by the domain, and its refusal is the reason shown.

use super::case::Case;
use super::form::{Action, Entry, Field};
use super::viewer::Viewer;
use crate::acting;
use daicho_domain::agent;
use daicho_domain::intake::Channel;
use daicho_domain::nouns::{Command, State};
use daicho_domain::poa::{self, Defect, Method, NamedAgent, Stage};
use daicho_domain::stream::{PoaId, StaffId, Stream};
use daicho_domain::transmission::{self, Decision, Standing};
use daicho_domain::{dispatch, enrolment, mail};
use std::collections::BTreeMap;
use uuid::Uuid;

/// An action and the command that stands for it when it is considered.
pub(super) type Candidate = (Action, Command);

/// What can be done, and what cannot with the reason.
pub async fn of(viewer: &Viewer, case: &Case) -> (Vec<Action>, Vec<Action>) {
    let today = viewer.moment.day;
    let mut candidates = match &case.past.state {
        State::Enrolment(state) => of_enrolment(case, state, today),
        State::Transmission(_) => of_entry(case, today),
        State::Termination(_) => case.end().map_or_else(Vec::new, |end| {
            super::termination_actions::of(case, end, today)
        }),
        State::Licence(state) => state.known().map_or_else(Vec::new, |record| {
            super::licence_actions::of(case, record, today)
        }),
        State::Corporation(_) => match case.received() {
            Some((office, _)) => vec![super::transfers::decline(case, office)],
            None => super::money_actions::of_mandate(case, today),
        },
        State::Billing(state) => super::money_actions::of_ledger(case, state, today),
        State::Mail(_) => of_mail(case),
        State::Dispatch(_) => of_letter(case, today),
        State::Poa(_)
        | State::Credential(_)
        | State::DebitBatch(_)
        | State::OfficeDay(_)
        | State::Schedule(_)
        | State::Staff(_)
        | State::Rulebook(_)
        | State::Installation(_)
        | State::Attachment(_)
        | State::Agent(_) => vec![],
    };
    let paper = match (&case.row.stream, &case.paper) {
        (Stream::Poa(id), _) => Some((*id, &case.past.state)),
        (_, Some((id, past))) => Some((*id, &past.state)),
        (_, None) => None,
    };
    if let Some((id, State::Poa(state))) = paper {
        candidates.extend(of_paper(id, state, today));
        candidates.extend(of_agent(viewer, id, state).await);
    }
    let mut possible = Vec::new();
    let mut impossible = Vec::new();
    for (action, command) in candidates {
        let action = viewer.form(action, &super::case_line::href(&case.row.no));
        match acting::hindrance(&viewer.app.engine, command).await {
            None => possible.push(action),
            reason => impossible.push(action.unless(reason)),
        }
    }
    distinct(possible.iter_mut().chain(&mut impossible));
    // The first that can be done is what the case waits for.
    possible.sort_by_key(|action| action.danger);
    if let Some(first) = possible.first_mut().filter(|first| !first.danger) {
        first.main = true;
    }
    (possible, impossible)
}

/// Actions of one name – a year's fee each – get names of their own on the page.
fn distinct<'a>(actions: impl Iterator<Item = &'a mut Action>) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for action in actions {
        let before = seen.entry(action.id.clone()).or_default();
        *before += 1;
        if *before > 1 {
            action.id = format!("{}-{before}", action.id);
        }
    }
}

/// A mail that did not arrive.
fn of_mail(case: &Case) -> Vec<Candidate> {
    let Stream::Mail(id) = &case.row.stream else {
        return vec![];
    };
    let by = StaffId(Uuid::nil());
    let command = |command| Command::mail(&case.row.stream, command);
    let action = |name: &str, word: &str| Action::new(name, word, &format!("/mails/{id}/{name}"));
    vec![
        (
            action("release", "メールを送信する")
                .explains("宛先を確かめてから押してください。登録されている連絡先に送り直します。"),
            command(mail::Command::Release { by }),
        ),
        (
            action("drop", "メールを破棄する")
                .explains(
                    "別の方法で連絡したときに押してください。このメールは送信されなくなります。",
                )
                .danger(),
            command(mail::Command::Drop { by }),
        ),
    ]
}

/// A letter that could not go out as it was, or came back: it went after all, written by hand or to another address.
fn of_letter(case: &Case, today: chrono::NaiveDate) -> Vec<Candidate> {
    let Stream::Dispatch(id) = &case.row.stream else {
        return vec![];
    };
    let methods = [Method::Post, Method::Express];
    let sent = Action::new("send", "発送済みにする", &format!("/letters/{id}/send"))
        .explains("手書きの書面、または送付先を確かめた書面を投函したときに押してください。")
        .field(Field::must("sent_on", "発送日", Entry::Day).value(today))
        .field(
            Field::must(
                "method",
                "方法",
                choices(&methods, Method::code, Method::label),
            )
            .value("post"),
        );
    let command = dispatch::Command::Send {
        method: Method::Post,
        sent_on: today,
        tracking: None,
    };
    vec![(sent, Command::dispatch(&case.row.stream, command))]
}

/// A choice of these words.
pub(super) fn choices<T: Copy>(
    all: &[T],
    code: fn(T) -> &'static str,
    label: fn(T) -> &'static str,
) -> Entry {
    let choice = |one: &T| (code(*one).to_owned(), label(*one).to_owned());
    Entry::Choice(all.iter().map(choice).collect())
}

/// The fields of a receipt.
pub fn receipt(action: Action, today: chrono::NaiveDate) -> Action {
    action
        .field(
            Field::must("received_on", "受領日", Entry::Day)
                .value(today)
                .hint("届いた日です。入力した日ではありません。"),
        )
        .field(Field::may("received_at", "受領時刻", Entry::Time))
        .field(
            Field::must(
                "channel",
                "届き方",
                choices(Channel::ALL, Channel::code, Channel::label),
            )
            .value("form"),
        )
        .field(Field::may("receipt_number", "受付番号", Entry::Text))
        .field(
            Field::may("proof", "受領日の証明", Entry::Text)
                .hint("受領日と今日の間に締日があるときに必要です（消印、FAXの受信記録など）。"),
        )
}

fn of_enrolment(case: &Case, state: &enrolment::State, today: chrono::NaiveDate) -> Vec<Candidate> {
    let path = format!(
        "/corporations/{}/enrolments/{}",
        case.row.corporation, case.row.service
    );
    let held = daicho_domain::intake::Receipt {
        on: today,
        at: None,
        channel: Channel::Form,
        number: None,
        proof: Some("―".into()),
    };
    let command = |command| Command::enrolment(&case.row.stream, command);
    let register = receipt(
        Action::new(
            "register",
            "本登録を受け付ける",
            &format!("{path}/register"),
        ),
        today,
    )
    .explains("利用者規約への同意を確かめてから受け付けてください。")
    .field(Field::must(
        "terms_version",
        "同意した利用者規約の版",
        Entry::Text,
    ));
    let registers = matches!(state, enrolment::State::Trial(_)).then(|| {
        (
            register,
            command(enrolment::Command::Register {
                receipt: held,
                terms_version: "―".into(),
            }),
        )
    });
    registers.into_iter().collect()
}

fn of_entry(case: &Case, today: chrono::NaiveDate) -> Vec<Candidate> {
    let Some(entry) = case.entry() else {
        return vec![];
    };
    let path = format!(
        "/corporations/{}/transmissions/{}",
        case.row.corporation, case.row.service
    );
    let (application, office) = (entry.application, entry.office);
    let addressed = |action: Action| {
        action
            .hidden("application", application)
            .hidden("office", office)
    };
    let command = |command| Command::transmission(&case.row.stream, command);
    let reason = Field::reason;
    let mut candidates = Vec::new();
    if let Standing::Incomplete(_) = &entry.standing {
        let complete = receipt(
            addressed(Action::new(
                "complete",
                "不足の内容を受け付ける",
                &format!("{path}/complete"),
            )),
            today,
        )
        .field(
            Field::may("kj_id", "KJ ID", Entry::Text)
                .hint("KJ から始まる14桁。HD から始まるものは請求代理人のIDです。"),
        )
        .field(Field::may(
            "kj_id_confirmed",
            "事業所番号と違うKJ IDを確認済み",
            Entry::Check,
        ));
        let receipt = daicho_domain::intake::Receipt {
            on: today,
            at: None,
            channel: Channel::Form,
            number: None,
            proof: None,
        };
        let kj_id = Some(
            entry
                .kj_id
                .unwrap_or_else(|| daicho_domain::identifiers::KjId::compose(entry.number)),
        );
        candidates.push((
            complete,
            command(transmission::Command::Complete {
                application,
                office,
                kj_id,
                kj_id_confirmed: true,
                receipt,
            }),
        ));
    }
    if case.row.status == daicho_projections::cases::Status::Person {
        let decide = addressed(Action::new(
            "decide",
            "どう進めるか決める",
            &format!("{path}/decide"),
        ))
        .explains("規程では決まらないため、担当者の判断が必要です。")
        .field(
            Field::may("start_in", "開始月", Entry::Month)
                .hint("空のままにすると、いまの状態を保ちます。"),
        )
        .field(reason());
        candidates.push((
            decide,
            command(transmission::Command::Decide {
                application,
                office,
                decision: Decision::Keep,
                reason: "―".into(),
            }),
        ));
    }
    if !matches!(entry.standing, Standing::Withdrawn { .. }) {
        let withdraw = addressed(Action::new(
            "withdraw",
            "この事業所の申込を取り下げる",
            &format!("{path}/withdraw"),
        ))
        .explains("この事業所の委任状は無効になります。同じ申込のほかの事業所はそのまま進みます。")
        .field(reason())
        .danger();
        candidates.push((
            withdraw,
            command(transmission::Command::Withdraw {
                application,
                office: Some(office),
                reason: "―".into(),
            }),
        ));
    }
    candidates
}

/// A 委任状 without a billing agent's ID: a person says which one it names.
async fn of_agent(viewer: &Viewer, id: PoaId, state: &poa::State) -> Option<Candidate> {
    let sheet = state.sheet()?;
    let NamedAgent::Missing(_) = sheet.agent else {
        return None;
    };
    let pool = super::agents::pool(viewer).await.ok()?;
    let agents: Vec<_> = pool.agents.iter().map(|held| held.agent).collect();
    let first = *agents.first()?;
    let choices = agents
        .iter()
        .map(|agent| (agent.to_string(), agent.to_string()));
    let choose = Action::new(
        "choose_agent",
        "代理人IDを指定する",
        &format!("/poas/{id}/choose_agent"),
    )
    .explains("開始時に別のIDで届け出ているときは、そのIDを選びます。空きがないときは、代理人IDの画面で登録すると自動で割り当てられます。")
    .field(Field::must(
        "agent",
        "代理人ID",
        Entry::Choice(choices.collect()),
    ));
    let command = agent::Command::Choose {
        poa: id,
        agent: first,
    };
    Some((choose, Command::agent(&Stream::Agents, command)))
}

fn of_paper(id: PoaId, state: &poa::State, today: chrono::NaiveDate) -> Vec<Candidate> {
    let Some(sheet) = state.sheet() else {
        return vec![];
    };
    let action = |name: &str, word: &str| Action::new(name, word, &format!("/poas/{id}/{name}"));
    let day = |name, title: &str| Field::must(name, title, Entry::Day).value(today);
    let reason = Field::reason;
    let note = || Field::may("note", "メモ", Entry::Text);
    let command = |command| Command::poa(&Stream::Poa(id), command);
    let arrived = sheet.arrived_on().unwrap_or(today);
    let void = matches!(sheet.stage, Stage::Void { .. } | Stage::Confirmed { .. });
    let candidates = vec![
        (
            action("receive", "届いた委任状を受領する")
                .field(day("arrived_on", "届いた日").hint("期日の判定は、この日で行われます。"))
                .field(
                    Field::must(
                        "channel",
                        "届き方",
                        choices(
                            &[Channel::Post, Channel::Hand],
                            Channel::code,
                            Channel::label,
                        ),
                    )
                    .value("post"),
                ),
            command(poa::Command::Receive {
                arrived_on: today,
                channel: Channel::Post,
            }),
        ),
        (
            action("accept", "不備なしとして受理する")
                .explains("押印・記入・様式を確かめてください。"),
            command(poa::Command::Accept {}),
        ),
        (
            action("approve_late", "期日後の到着を承認する")
                .explains("国保連の締切に間に合うとき、先送りを取り消して元の開始月に戻します。"),
            command(poa::Command::ApproveLate {}),
        ),
        (
            action("dispatch", "発送済みにする")
                .field(day("sent_on", "発送日"))
                .field(
                    Field::must(
                        "method",
                        "方法",
                        choices(Method::ALL, Method::code, Method::label),
                    )
                    .value("post"),
                ),
            command(poa::Command::Dispatch {
                method: Method::Post,
                sent_on: today,
                tracking: None,
            }),
        ),
        (
            action("file", "国保連へ提出済みにする")
                .field(day("filed_on", "提出日"))
                .field(
                    Field::may("without_scan", "写しがない理由", Entry::Text)
                        .hint("原本は手元に残りません。写しを添付してあれば、空のままにします。"),
                ),
            command(poa::Command::File(
                poa::Filing::on(today).without_scan(Some("―".into())),
            )),
        ),
        (
            action("confirm", "国保連の確認を記録する").field(day("on", "回答日")),
            command(poa::Command::Confirm { on: today }),
        ),
        (
            action("find_defective", "不備を記録する")
                .explains("期日後に見つかった不備は、同じ法人・開始月の事業所を先送りします。")
                .field(Field::must(
                    "defect",
                    "不備の内容",
                    choices(Defect::ALL, Defect::code, Defect::label),
                ))
                .field(note())
                .danger(),
            command(poa::Command::FindDefective {
                defect: Defect::Incomplete,
                note: None,
            }),
        ),
        (
            action("reprint", "再印刷に回す")
                .explains("返送期日は変わりません。")
                .field(reason()),
            command(poa::Command::Reprint {
                reason: "―".into()
            }),
        ),
        (
            action("record_undeliverable", "不達で戻ったことを記録する")
                .field(day("returned_on", "戻った日"))
                .field(note()),
            command(poa::Command::RecordUndeliverable {
                returned_on: arrived.max(today),
                note: None,
            }),
        ),
        (
            action("reject", "国保連の差戻しを記録する")
                .field(day("on", "回答日"))
                .field(reason())
                .danger(),
            command(poa::Command::Reject {
                on: today,
                reason: "―".into(),
            }),
        ),
    ];
    if void { vec![] } else { candidates }
}
