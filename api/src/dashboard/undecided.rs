//! 未決定事項: the rules nobody has decided, what stands in for them, what another decision would change today, and how
//! many cases rest on each.

use super::frame::Frame;
use super::parts::{Chip, Chips};
use super::viewer::{Reading, Viewer};
use super::{Shown, rulebooks, show, why, words};
use askama::Template;
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::rules::{Ask, Direction, Policy, Question, Slot, answer};
use daicho_projections::open_slots;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "undecided.html")]
struct Page {
    frame: Frame,
    filters: Vec<Chips>,
    total: usize,
    open: Vec<Open>,
}

/// One undecided rule.
struct Open {
    id: &'static str,
    label: String,
    subject: String,
    service: &'static str,
    default: String,
    alternatives: Vec<String>,
    reason: String,
    effects: Vec<Effect>,
    cases_open: u64,
    cases_all: u64,
    href: String,
}

/// What another decision would make of a date asked for today.
#[derive(Clone, PartialEq)]
struct Effect {
    milestone: &'static str,
    now: String,
    when: String,
    then: String,
}

/// `GET /undecided?service=`
pub async fn page(viewer: Viewer) -> Shown {
    viewer.read(shown).await
}

fn shown(reading: &Reading<'_>) -> Shown {
    let query = &reading.viewer.query;
    let today = reading.viewer.moment.day;
    let policy = reading.viewer.app.policy();
    let touched = open_slots::touched(reading.snapshot)?;
    let mut open = Vec::new();
    for service in Service::ALL {
        if query.get("service").is_some() && !query.has("service", service.code()) {
            continue;
        }
        let Ok(book) = policy.book(service, today) else {
            continue;
        };
        let effects = effects(&policy, service, today);
        for slot in book.open_slots() {
            let counted = touched.get(&(service, slot.id.to_owned()));
            open.push(Open {
                id: slot.id,
                label: slot.label.clone(),
                subject: rulebooks::subject_word(slot.id.split('.').next().unwrap_or_default())
                    .to_owned(),
                service: words::service(service),
                default: slot.value.text(slot.kind),
                alternatives: slot
                    .alternatives
                    .iter()
                    .map(|other| other.text(slot.kind))
                    .collect(),
                reason: slot.source.rule.clone(),
                effects: of_slot(&effects, slot),
                cases_open: counted.map_or(0, |touched| touched.open),
                cases_all: counted.map_or(0, |touched| touched.all),
                href: format!("/rulebooks?service={}#{}", service.code(), slot.id),
            });
        }
    }
    open.sort_by_key(|open| std::cmp::Reverse(open.cases_open));
    let chips = Service::ALL.map(|service| Chip {
        word: words::service(service).to_owned(),
        count: None,
        chosen: query.has("service", service.code()),
        href: query.switched("service", service.code()).to_string(),
    });
    show(&Page {
        frame: Frame::new(reading.viewer, "/undecided", "未決定事項"),
        filters: vec![Chips {
            title: "サービス".into(),
            chips: chips.into(),
        }],
        total: open.len(),
        open,
    })
}

/// `「31日」なら`, without the rule's name, which stands in the row.
fn decision(when: &str) -> &str {
    when.split_once("」が")
        .map_or(when, |(_, decision)| decision)
}

/// What other decisions would change about the dates asked for today, by the slot's id.
fn effects(policy: &Policy, service: Service, today: NaiveDate) -> BTreeMap<String, Vec<Effect>> {
    let mut effects: BTreeMap<String, Vec<Effect>> = BTreeMap::new();
    for question in Question::ALL {
        let on = match question {
            Question::TransmissionMonth => Month::of(today).plus(2).first_day(),
            Question::Trial
            | Question::Transmission
            | Question::Dispatch
            | Question::Debit
            | Question::Termination
            | Question::Licence
            | Question::Renewal
            | Question::Suspension
            | Question::Fee => today,
        };
        let Ok(answer) = answer(policy, &Ask::new(service, question, on)) else {
            continue;
        };
        for milestone in &answer.milestones {
            for open in &milestone.open {
                let of_open = milestone.would_change.iter().filter(|change| {
                    change.direction == Direction::Decision && change.when.contains(&open.label)
                });
                for change in of_open {
                    let effect = Effect {
                        milestone: milestone.label,
                        now: why::value(milestone.value),
                        when: decision(&change.when).to_owned(),
                        then: why::value(change.value),
                    };
                    let held = effects.entry(open.id.clone()).or_default();
                    if !held.contains(&effect) {
                        held.push(effect);
                    }
                }
            }
        }
    }
    effects
}

fn of_slot(effects: &BTreeMap<String, Vec<Effect>>, slot: &Slot) -> Vec<Effect> {
    const SHOWN: usize = 3;
    effects
        .get(slot.id)
        .map_or_else(Vec::new, |held| held.iter().take(SHOWN).cloned().collect())
}
