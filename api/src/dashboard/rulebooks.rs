//! 規程: the books, their versions, and each rule with its value, its source, and the cases that prove it.

use super::frame::Frame;
use super::parts::{Chip, Chips};
use super::viewer::{Reading, Viewer};
use super::{Shown, show, words};
use crate::problem::Problem;
use askama::Template;
use daicho_domain::Service;
use daicho_domain::rules::{Book, Slot, Source};
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "rulebooks.html")]
struct Page {
    frame: Frame,
    services: Vec<Chips>,
    versions: Vec<Version>,
    title: String,
    name: String,
    groups: Vec<Group>,
    notices: Vec<String>,
    differences: Vec<Difference>,
}

/// One version of a book.
struct Version {
    name: String,
    href: String,
    in_force: String,
    known_from: String,
    changes: String,
    rules: usize,
    open: usize,
    cases: usize,
    sha256: String,
    shown: bool,
    holds: bool,
}

/// The rules of one subject: what stands before the dot of their ids.
struct Group {
    word: String,
    rules: Vec<Rule>,
}

struct Rule {
    id: &'static str,
    label: String,
    value: String,
    decided: bool,
    alternatives: Vec<String>,
    local: Vec<(String, String)>,
    source: Source,
    cases: usize,
}

/// A rule that differs from the version before.
struct Difference {
    label: String,
    before: String,
    now: String,
}

/// `GET /rulebooks?service=&book=`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let service = match query.get("service") {
        Some(code) => code.parse().map_err(|_| Problem::not_found("サービス"))?,
        None => Service::HonobonoMini2,
    };
    let policy = reading.viewer.app.policy();
    let known_at = reading
        .viewer
        .moment
        .past
        .then_some(reading.viewer.moment.number)
        .flatten();
    let today = reading.viewer.moment.day;
    let holding = policy.books.on(service, today, known_at).ok();
    let known: Vec<(u64, &Book)> = policy
        .books
        .all()
        .filter(|(from, book)| book.service == service && known_at.is_none_or(|at| *from <= at))
        .collect();
    let asked = query.get("book");
    let named = known
        .iter()
        .position(|(_, book)| Some(book.name().as_str()) == asked);
    let holds = known
        .iter()
        .position(|(_, book)| Some(book.name()) == holding.map(Book::name));
    let place = named.or(holds).ok_or_else(|| Problem::not_found("規程"))?;
    let book = known[place].1;
    let before = place.checked_sub(1).map(|before| known[before].1);
    let version = |(from, held): &(u64, &Book)| Version {
        name: held.name(),
        href: query
            .with("service", service.code())
            .with("book", &held.name())
            .to_string(),
        in_force: words::date(held.in_force_from),
        known_from: if *from == 0 {
            "導入時から".to_owned()
        } else {
            format!("記録 #{} から", words::count(*from))
        },
        changes: held.changes.clone(),
        rules: held.slots().count(),
        open: held.open_slots().count(),
        cases: held.cases(),
        sha256: held.sha256.chars().take(12).collect(),
        shown: held.name() == book.name(),
        holds: Some(held.name()) == holding.map(Book::name),
    };
    let chips = Service::ALL.map(|held| Chip {
        word: held.name().to_owned(),
        count: None,
        chosen: held == service,
        href: query
            .without("book")
            .with("service", held.code())
            .to_string(),
    });
    show(&Page {
        frame: Frame::new(reading.viewer, "/rulebooks", "規程"),
        services: vec![Chips {
            title: "サービス".into(),
            chips: chips.into(),
        }],
        versions: known.iter().rev().map(version).collect(),
        title: book.title.clone(),
        name: book.name(),
        groups: groups(book),
        notices: book.notices().map(|notice| notice.text.clone()).collect(),
        differences: before.map_or_else(Vec::new, |before| differences(before, book)),
    })
}

fn groups(book: &Book) -> Vec<Group> {
    let mut groups: BTreeMap<&str, Vec<Rule>> = BTreeMap::new();
    for slot in book.slots() {
        let subject = slot.id.split('.').next().unwrap_or_default();
        groups.entry(subject).or_default().push(rule(slot));
    }
    groups
        .into_iter()
        .map(|(subject, rules)| Group {
            word: subject_word(subject).to_owned(),
            rules,
        })
        .collect()
}

/// What the first part of a rule's id is called.
pub fn subject_word(subject: &str) -> &str {
    let words = [
        ("trial", "お試し・本登録"),
        ("billing", "課金"),
        ("fee", "料金"),
        ("tax", "税"),
        ("transmission", "伝送"),
        ("poa", "委任状"),
        ("dispatch", "発送・往復"),
        ("postponement", "先送り"),
        ("federation", "国保連"),
        ("credentials", "ID/PW"),
        ("debit", "口座振替"),
        ("suspension", "利用停止"),
        ("termination", "終了"),
        ("licence", "ライセンス"),
        ("renewal", "更新"),
        ("helpdesk", "ヘルプデスク"),
        ("mail", "メール"),
        ("vendor", "自社営業日"),
        ("claims", "請求の伝送"),
        ("situation", "いろいろな場合"),
    ];
    words
        .iter()
        .find_map(|(held, word)| (*held == subject).then_some(*word))
        .unwrap_or(subject)
}

fn rule(slot: &Slot) -> Rule {
    let local = slot
        .by_prefecture
        .iter()
        .map(|(prefecture, local)| (prefecture.name().to_owned(), local.value.text(slot.kind)));
    Rule {
        id: slot.id,
        label: slot.label.clone(),
        value: slot.value.text(slot.kind),
        decided: slot.decided,
        alternatives: slot
            .alternatives
            .iter()
            .map(|other| other.text(slot.kind))
            .collect(),
        local: local.collect(),
        source: slot.source.clone(),
        cases: slot.cases.len(),
    }
}

/// What changed against the version before, rule by rule.
fn differences(before: &Book, now: &Book) -> Vec<Difference> {
    let text = |slot: Option<&Slot>| {
        slot.map_or_else(
            || "（なし）".to_owned(),
            |slot| {
                let open = if slot.decided { "" } else { "（未決定）" };
                format!("{}{open}", slot.value.text(slot.kind))
            },
        )
    };
    let mut slots: BTreeMap<&str, (Option<&Slot>, Option<&Slot>)> = BTreeMap::new();
    for slot in before.slots() {
        slots.entry(slot.id).or_default().0 = Some(slot);
    }
    for slot in now.slots() {
        slots.entry(slot.id).or_default().1 = Some(slot);
    }
    slots
        .into_values()
        .map(|(old, new)| Difference {
            label: new
                .or(old)
                .map_or_else(String::new, |slot| slot.label.clone()),
            before: text(old),
            now: text(new),
        })
        .filter(|difference| difference.before != difference.now)
        .collect()
}
