//! The facts beside a case: whose it is, how it came in, what belongs to it and where that is found.

use super::case::{Case, Fact};
use super::viewer::Reading;
use super::words;
use crate::problem::Problem;
use daicho_domain::document::MissingGlyph;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::licence::Record;
use daicho_domain::nouns::State;
use daicho_domain::poa::{self, NamedAgent, Sheet};
use daicho_domain::stream::Stream;
use daicho_domain::transmission::{self, Entry};
use daicho_projections::poa_tracker::PoaRow;
use daicho_projections::{cases, corporations, licences};
use daicho_workers::letters::{Letter, dispatch as letters, glyph};

/// The billing agent's ID that a 委任状 names, where it is one of the pool.
fn agent_of(sheet: &Sheet) -> Option<Fact> {
    let (value, href) = match sheet.agent {
        NamedAgent::Configured => return None,
        NamedAgent::Named(agent) => (agent.to_string(), format!("/agents/{agent}")),
        NamedAgent::Awaited => ("割り当て中".to_owned(), "/agents".to_owned()),
        NamedAgent::Missing(why) => (format!("未定（{}）", why.label()), "/agents".to_owned()),
    };
    Some(Fact {
        word: "代理人ID",
        value,
        href,
    })
}

/// What cannot be printed, and what to do about it, on which page.
fn unprintable(found: &MissingGlyph, (remedy, page): (&str, &str)) -> [Fact; 2] {
    let fact = |word, value: String, href: &str| Fact {
        word,
        value,
        href: href.to_owned(),
    };
    [
        fact("印字できない文字", glyph::in_words(found), ""),
        fact("対処", remedy.to_owned(), page),
    ]
}

pub(super) fn facts(case: &Case, reading: &Reading<'_>) -> Result<Vec<Fact>, Problem> {
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
            if let Some((to, on)) = case.entry().and_then(|entry| entry.transferred) {
                let name = corporations::find(reading.snapshot, to)?;
                let name = name.map_or_else(|| to.to_string(), |name| name.name);
                facts.push(Fact {
                    word: "譲渡先",
                    value: format!("{name}（{} から）", words::date(on)),
                    href: format!("/corporations/{to}"),
                });
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
                facts.extend(agent_of(sheet));
                let remedy = match sheet.status() == poa::Status::ToFile {
                    true => (glyph::REMEDY_FILING, "/filing"),
                    false => (glyph::REMEDY, "/dispatch"),
                };
                let stuck = sheet.stuck_for().into_iter();
                facts.extend(stuck.flat_map(|found| unprintable(found, remedy)));
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
            if let Some((_, received)) = case.received() {
                let name = corporations::find(reading.snapshot, received.from)?;
                let name = name.map_or_else(|| received.from.to_string(), |name| name.name);
                facts.push(Fact {
                    word: "譲渡元",
                    value: format!("{name}（当法人では {} から）", words::date(received.on)),
                    href: format!("/corporations/{}", received.from),
                });
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
        | State::Installation(_)
        | State::Attachment(_)
        | State::Agent(_) => None,
        State::Dispatch(state) => {
            if let (Stream::Dispatch(id), Some(letter)) = (&row.stream, state.letter()) {
                let label = letter.says.letter().parse::<Letter>();
                facts.push(Fact {
                    word: "書面",
                    value: label.map_or("書面", Letter::label).to_owned(),
                    href: "/letters".to_owned(),
                });
                facts.push(plain("管理番号", letters::reference(*id)));
                let remedy = (glyph::REMEDY, "/dispatch");
                let stuck = letter.stuck_for().into_iter();
                facts.extend(stuck.flat_map(|found| unprintable(found, remedy)));
            }
            None
        }
        State::Mail(state) => {
            if let (Stream::Mail(id), Some(mailing)) = (&row.stream, state.known()) {
                facts.push(Fact {
                    word: "メール",
                    value: mailing.kind.label().to_owned(),
                    href: format!("/mails/{id}"),
                });
            }
            None
        }
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
    facts.extend(tracking(case, reading)?);
    Ok(facts)
}

/// The number under which the envelope with its 委任状 can be followed.
fn tracking(case: &Case, reading: &Reading<'_>) -> Result<Option<Fact>, Problem> {
    let Some((id, _)) = &case.paper else {
        return Ok(None);
    };
    let row: Option<PoaRow> = reading.snapshot.row(&id.to_string())?;
    let number = row.and_then(|row| row.tracking);
    Ok(number.map(|number| Fact {
        word: "追跡番号",
        href: format!("/documents?q={}", number.as_str()),
        value: number.to_string(),
    }))
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
