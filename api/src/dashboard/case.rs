//! 案件詳細: one sentence of where a case stands, its steps, what it waits for, its papers, its history, and what can be
//! done now and what not, with the reason. What it waits for is said by the domain from the log; the reasons are the
//! domain's own refusals, found by considering the commands.

use super::case_line::{self, CaseLine};
use super::form::Action;
use super::frame::Frame;
use super::history::{self, Line, Past};
use super::parts::{Due, Status, Step, Why};
use super::poa_tracker;
use super::viewer::{Reading, Viewer};
use super::{Shown, case_actions, case_steps, show, why, words};
use crate::problem::Problem;
use askama::Template;
use axum::extract::Path;
use axum::response::Redirect;
use daicho_domain::corporation::Mandate;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::licence::{Payment, Record};
use daicho_domain::nouns::{Event, State};
use daicho_domain::rules::Dated;
use daicho_domain::stream::{PoaId, Stream};
use daicho_domain::termination::End;
use daicho_domain::transmission::{self, Entry, OfficeRef};
use daicho_domain::waiting::Waiting;
use daicho_projections::cases::{self, CaseRow, Kind};
use daicho_projections::{case_history, corporations, licences, offices};

#[derive(Template)]
#[template(path = "case.html")]
struct Page {
    frame: Frame,
    number: String,
    corporation: String,
    kind: String,
    status: Status,
    sentence: String,
    due: Option<Due>,
    why: Option<Why>,
    steps: Vec<Step>,
    waits: Vec<Wait>,
    papers: Vec<Paper>,
    history: Vec<Line>,
    actions: Vec<Action>,
    impossible: Vec<Action>,
    dates: Vec<Date>,
    facts: Vec<Fact>,
    related: Vec<CaseLine>,
}

struct Wait {
    what: &'static str,
    party: &'static str,
    due: Option<Due>,
    why: Option<Why>,
    then: &'static str,
    of: String,
}

struct Paper {
    name: String,
    number: String,
    href: String,
    status: Status,
    sent: String,
    due: String,
    arrived: String,
    note: String,
}

struct Date {
    word: &'static str,
    value: String,
    why: Option<Why>,
}

/// A fact beside a case: its word, and where it leads, if anywhere.
pub(super) struct Fact {
    pub(super) word: &'static str,
    pub(super) value: String,
    pub(super) href: String,
}

/// A case with everything the log says of it.
pub struct Case {
    /// Its row.
    pub row: CaseRow,
    /// Its own stream.
    pub past: Past,
    /// Its 委任状, where it has one in a stream of its own.
    pub paper: Option<(PoaId, Past)>,
}

impl Case {
    /// The office of the application, where it is a transmission case.
    pub fn about(&self) -> Option<OfficeRef> {
        let application = self.row.application?;
        let office = self.row.office?;
        (self.row.kind == Kind::Transmission).then_some(OfficeRef {
            application,
            office,
        })
    }

    /// Its entry in the application, where it is a transmission case.
    pub fn entry(&self) -> Option<&Entry> {
        let State::Transmission(state) = &self.past.state else {
            return None;
        };
        state.entry(self.about()?)
    }

    /// The corporation's mandate, where it is about one.
    pub fn mandate(&self) -> Option<&Mandate> {
        let State::Corporation(state) = &self.past.state else {
            return None;
        };
        state.registered()?.mandate.as_ref()
    }

    /// The end, where it is the case of one: its number stands at the end of the key.
    pub fn end(&self) -> Option<&End> {
        let State::Termination(state) = &self.past.state else {
            return None;
        };
        let (_, no) = self.row.key.rsplit_once('.')?;
        state.end(no.parse().ok()?)
    }

    /// Why it is not settled.
    fn waiting(&self) -> Vec<Waiting> {
        match &self.past.state {
            State::Enrolment(state) => state.waiting(),
            State::Transmission(state) => self
                .entry()
                .map_or_else(Vec::new, |entry| state.waiting(entry)),
            State::Poa(state) => state.waiting(),
            State::Licence(state) => state.waiting(),
            State::Corporation(_) => self.mandate().map_or_else(Vec::new, Mandate::waiting),
            State::Billing(state) => state.waiting(),
            State::Termination(_) => self.end().map_or_else(Vec::new, End::waiting),
            State::Credential(_)
            | State::DebitBatch(_)
            | State::OfficeDay(_)
            | State::Schedule(_)
            | State::Staff(_)
            | State::Rulebook(_)
            | State::Installation(_) => vec![],
        }
    }
}

/// `GET /cases/of/{key}`: the case of a stream, or of an office of an application.
pub async fn of(Path(key): Path<String>, viewer: Viewer) -> Result<Redirect, Problem> {
    let moment = viewer.query.get("as_of").map(str::to_owned);
    let row = viewer
        .read(move |reading| Ok(cases::keyed(reading.snapshot, &key)?))
        .await?;
    let row = row.ok_or_else(|| Problem::not_found("案件"))?;
    let page = super::query::Query::at(&case_line::href(&row.no));
    let page = moment.map_or_else(|| page.clone(), |moment| page.with("as_of", &moment));
    Ok(Redirect::to(&page.to_string()))
}

/// `GET /cases/{number}`
pub async fn page(Path(number): Path<String>, viewer: Viewer) -> Shown {
    let row = viewer
        .clone()
        .read(move |reading| Ok(cases::numbered(reading.snapshot, &number)?))
        .await?
        .ok_or_else(|| Problem::not_found("案件"))?;
    let past = history::of(&viewer, &row.stream).await?;
    let mut case = Case {
        row,
        past,
        paper: None,
    };
    if let Some(about) = case.about() {
        let id = PoaId::of(about.application, about.office);
        let paper = history::of(&viewer, &Stream::Poa(id)).await?;
        case.paper = (!paper.events.is_empty()).then_some((id, paper));
    }
    let (actions, impossible) = if viewer.moment.past {
        (vec![], vec![])
    } else {
        case_actions::of(&viewer, &case).await
    };
    viewer
        .read(move |reading| shown(&case, actions, impossible, reading))
        .await
}

fn shown(
    case: &Case,
    actions: Vec<Action>,
    impossible: Vec<Action>,
    reading: &Reading<'_>,
) -> Shown {
    let row = &case.row;
    let waiting = case.waiting();
    let title = format!("{} {}", row.no, row.corporation_name);
    show(&Page {
        frame: Frame::new(reading.viewer, "/cases", &title),
        number: row.no.clone(),
        corporation: row.corporation_name.clone(),
        kind: case_line::kind(row),
        status: case_line::status(row.status),
        sentence: sentence(row, &waiting),
        due: row.due.map(|due| reading.due(due)),
        why: row.basis.as_ref().map(|basis| why::of(&basis.0, "期限")),
        steps: case_steps::of(case),
        waits: waiting
            .iter()
            .map(|waiting| wait(waiting, case, reading))
            .collect(),
        papers: papers(case, reading)?,
        history: lines(case, reading),
        dates: dates(case),
        facts: facts(case, reading)?,
        related: related(case, reading)?,
        actions,
        impossible,
    })
}

/// 「委任状の返送待ち。」
fn sentence(row: &CaseRow, waiting: &[Waiting]) -> String {
    match waiting {
        [] => format!("{}です。待っていることはありません。", row.status.label()),
        [only] => format!("{}。", only.what.label()),
        [first, others @ ..] => format!("{}、ほか{}件。", first.what.label(), others.len()),
    }
}

fn wait(waiting: &Waiting, case: &Case, reading: &Reading<'_>) -> Wait {
    let of_end = |office| case.end().and_then(|end| end.number_of(office));
    let number = waiting
        .office
        .and_then(|office| of_end(office).or(case.row.office_number));
    Wait {
        what: waiting.what.label(),
        party: waiting.party.label(),
        due: waiting.until.as_ref().map(|until| reading.due(until.on)),
        why: waiting
            .until
            .as_ref()
            .map(|until| why::of(&until.basis, waiting.what.label())),
        then: waiting.then.label(),
        of: number.map_or_else(|| "法人".to_owned(), |number| number.to_string()),
    }
}

/// The 委任状 of the whole application: one bad office holds the rest.
fn papers(case: &Case, reading: &Reading<'_>) -> Result<Vec<Paper>, Problem> {
    let Some(application) = case.row.application else {
        return Ok(vec![]);
    };
    let rows = daicho_projections::poa_tracker::of_application(reading.snapshot, application)?;
    let names = offices::of_corporation(reading.snapshot, case.row.corporation)?;
    let name = |office| {
        let found = names.iter().find(|held| held.id == office);
        found.map_or_else(String::new, |held| held.name.clone())
    };
    let paper = |row| {
        let sheet = poa_tracker::sheet(row, reading);
        Paper {
            name: name(row.office),
            number: sheet.number,
            href: sheet.href,
            status: sheet.status,
            sent: sheet.sent,
            due: words::date(row.due),
            arrived: sheet.arrived,
            note: sheet.defect,
        }
    };
    Ok(rows.iter().map(paper).collect())
}

/// What happened to the case and to its paper, newest first.
fn lines(case: &Case, reading: &Reading<'_>) -> Vec<Line> {
    let own = case.past.events.iter().filter(|decoded| {
        // A stream holds every end of a service; a case is one of them.
        let of_this_end = match (&decoded.event, case.end()) {
            (Event::Termination(event), Some(end)) => {
                super::termination_history::number(event) == end.no
            }
            (_, _) => true,
        };
        let about = case.about();
        of_this_end && about.is_none_or(|about| case_history::concerns(&decoded.event, about))
    });
    let paper = case.paper.iter().flat_map(|(_, past)| &past.events);
    let mut events: Vec<_> = own.chain(paper).collect();
    events.sort_by_key(|decoded| std::cmp::Reverse(decoded.recorded.number));
    let address = super::query::Query::at(&case_line::href(&case.row.no));
    events
        .into_iter()
        .map(|decoded| history::line(decoded, &address, reading))
        .collect()
}

fn dates(case: &Case) -> Vec<Date> {
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
        | State::Installation(_) => vec![],
    }
}

fn facts(case: &Case, reading: &Reading<'_>) -> Result<Vec<Fact>, Problem> {
    let row = &case.row;
    let plain = |word, value: String| Fact {
        word,
        value,
        href: String::new(),
    };
    let corporation = corporations::find(reading.snapshot, row.corporation)?;
    let mut facts = vec![Fact {
        word: "法人",
        value: row.corporation_name.clone(),
        href: format!("/corporations/{}", row.corporation),
    }];
    if let Some(number) = corporation.and_then(|corporation| corporation.number) {
        facts.push(plain("法人番号", number.to_string()));
    }
    if let Some(number) = row.office_number {
        facts.push(plain("事業所番号", number.to_string()));
    }
    facts.push(plain("サービス", row.service.name().to_owned()));
    let receipt = match &case.past.state {
        State::Transmission(state) => {
            if let Some(kj_id) = case.entry().and_then(|entry| entry.kj_id) {
                facts.push(plain("KJ ID", kj_id.to_string()));
            }
            if let Some(entry) = case.entry() {
                facts.extend(other_numbers(state, entry));
            }
            case.row
                .application
                .and_then(|application| state.receipt(application))
        }
        State::Enrolment(state) => state.trial().map(|trial| &trial.receipt),
        State::Poa(state) => {
            if let Some(sheet) = state.sheet() {
                facts.push(plain("KJ ID", sheet.assignment.kj_id.to_string()));
                facts.push(plain("用途", sheet.assignment.purpose.label().to_owned()));
            }
            None
        }
        State::Termination(_) => {
            if let Some(end) = case.end() {
                facts.extend(super::termination_facts::of(end, row, reading)?);
            }
            case.end().map(|end| &end.receipt)
        }
        State::Licence(state) => {
            if let Some(record) = state.known() {
                facts.extend(licence_facts(record));
                facts.extend(licence_persons(record.number, reading)?);
            }
            None
        }
        State::Billing(state) => {
            facts.push(plain("未入金", format!("{}円", words::count(state.open()))));
            if state.in_arrears() > 0 {
                facts.push(plain(
                    "うち未収",
                    format!("{}円", words::count(state.in_arrears())),
                ));
            }
            facts.push(Fact {
                word: "台帳",
                value: "請求と入金の一覧".to_owned(),
                href: format!("/ledger?corporation={}", row.corporation),
            });
            None
        }
        State::Corporation(state) => {
            if let Some(customer) = case.mandate().and_then(|mandate| mandate.customer) {
                facts.push(plain("顧客番号", customer.to_string()));
            }
            let kept = state.registered().and_then(|known| known.kept.as_ref());
            if let Some(kept) = kept {
                let why = kept.why.label();
                let said = match &kept.until {
                    Some(until) => format!("{} まで残す（{why}）", words::date(until.on)),
                    None => format!("残している（{why}）"),
                };
                facts.push(plain("口座の消去の申し出", said));
            }
            None
        }
        State::Credential(_)
        | State::DebitBatch(_)
        | State::OfficeDay(_)
        | State::Schedule(_)
        | State::Staff(_)
        | State::Rulebook(_)
        | State::Installation(_) => None,
    };
    if let Some(receipt) = receipt {
        let time = receipt
            .at
            .map_or_else(String::new, |at| at.format(" %H:%M").to_string());
        facts.push(plain("受領", format!("{}{time}", words::date(receipt.on))));
        facts.push(plain("届き方", receipt.channel.label().to_owned()));
        if let Some(number) = &receipt.number {
            facts.push(plain("受付番号", number.clone()));
        }
        if let Some(proof) = &receipt.proof {
            facts.push(plain("受領日の証明", proof.clone()));
        }
    }
    Ok(facts)
}

/// The same office under the number it had before, or has now.
fn other_numbers(state: &transmission::State, entry: &Entry) -> Vec<Fact> {
    let others = state.under_other_numbers(entry);
    let fact = |other: &Entry| Fact {
        word: match other.is_replaced() || other.has_left() {
            true => "旧番号の伝送",
            false => "新番号の伝送",
        },
        value: other.number.to_string(),
        href: format!(
            "/cases/of/{}",
            cases::entry_key(other.application, other.office)
        ),
    };
    others.map(fact).collect()
}

/// What a licence is: what is missing, its years, its fees.
fn licence_facts(record: &Record) -> Vec<Fact> {
    let plain = |word, value: String| Fact {
        word,
        value,
        href: String::new(),
    };
    let mut facts = vec![];
    if let Some(checked) = &record.checked {
        if let Some(kj_id) = checked.checklist.kj_id {
            facts.push(plain("KJ ID", kj_id.to_string()));
        }
        facts.push(plain("介護ソフト", checked.checklist.software.name.clone()));
        let gaps: Vec<_> = checked.gaps.iter().map(|gap| gap.label()).collect();
        if !gaps.is_empty() {
            facts.push(plain("不足", gaps.join("、")));
        }
    }
    for year in record.contracts() {
        let from = words::date(year.term.first_day.on);
        let paid = year.paid_in().map_or_else(
            || year.fee_status().label().to_owned(),
            |month| format!("{}に支払い済み", month.in_japanese()),
        );
        let yen = words::yen(year.price.gross_yen);
        facts.push(plain(
            "ライセンス料",
            format!("{from}からの1年　{yen}円　{}　{paid}", year.payment.label()),
        ));
    }
    facts
}

/// Whom to tell, masked: enough to recognise, not enough to take away.
fn licence_persons(number: OfficeNumber, reading: &Reading<'_>) -> Result<Vec<Fact>, Problem> {
    let Some(row) = licences::of_number(reading.snapshot, number)? else {
        return Ok(vec![]);
    };
    let texts = [
        ("担当者", row.contact_name),
        ("電話", row.contact_phone),
        ("メール", row.contact_mail),
        ("代表者", row.representative),
    ];
    let mut facts = vec![];
    for (word, text) in texts {
        let text = match text {
            Some(text) => reading.snapshot.text(&text)?,
            None => None,
        };
        facts.extend(text.map(|text| Fact {
            word,
            value: words::masked(&text),
            href: String::new(),
        }));
    }
    Ok(facts)
}

/// The other cases of the corporation, those in progress first.
fn related(case: &Case, reading: &Reading<'_>) -> Result<Vec<CaseLine>, Problem> {
    const SHOWN: usize = 8;
    let rows = cases::of_corporation(reading.snapshot, case.row.corporation)?;
    let others = rows.iter().filter(|row| row.key != case.row.key);
    Ok(others
        .take(SHOWN)
        .map(|row| CaseLine::new(row, reading))
        .collect())
}
