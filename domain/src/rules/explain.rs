//! Makes answers: works the question out, tells every value's derivation, and finds what would change it by asking
//! again with one thing different: the day, an undecided rule, the prefecture.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::case::Instead;
use super::desk::{Desk, Worked, reckon};
use super::questions::{in_hand, to_federation};
use super::{
    Answer, Ask, Book, Certainty, Change, Direction, Milestone, Notice, OpenPoint, Policy,
    Question, RuleError, RuleUsed, Slot, Value,
};
use crate::Prefecture;
use crate::dates::{Sight, in_japanese};

/// How far from the day asked for another value is looked for.
const PROBE_DAYS: u64 = 400;

/// The values of a question for one day, in the order of its milestones.
pub type Values = Vec<(&'static str, Value)>;

/// One value of a day's row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The milestone's name.
    pub name: &'static str,
    /// What people call it.
    #[serde(skip)]
    pub label: &'static str,
    /// The value.
    #[serde(flatten)]
    pub value: Value,
    /// How sure it is.
    pub certainty: Certainty,
}

/// Answers one question for many days: what it works out while probing one day it remembers for the next.
pub struct Explainer<'p> {
    policy: &'p Policy,
    ask: Ask,
    known: BTreeMap<NaiveDate, Option<Values>>,
}

impl<'p> Explainer<'p> {
    /// An explainer of this question; the day is given with every answer.
    #[must_use]
    pub fn new(policy: &'p Policy, ask: Ask) -> Explainer<'p> {
        Explainer {
            policy,
            ask,
            known: BTreeMap::new(),
        }
    }

    /// The values for a day, without their derivation.
    ///
    /// # Errors
    /// [`RuleError`] when no book holds or the service has no rule for the question.
    pub fn values_on(&self, on: NaiveDate) -> Result<Values, RuleError> {
        self.values(on, self.ask.prefecture, None)
    }

    /// The values for a day with how sure each is, without their derivation.
    ///
    /// # Errors
    /// [`RuleError`] when no book holds or the service has no rule for the question.
    pub fn row_on(&self, on: NaiveDate) -> Result<Vec<Row>, RuleError> {
        let desk = self.worked(on, self.ask.prefecture, None)?;
        let row = |worked: &Worked| Row {
            name: worked.name,
            label: worked.label,
            value: worked.value,
            certainty: certainty(worked.sight),
        };
        Ok(desk.done.iter().map(row).collect())
    }

    /// The answer for a day.
    ///
    /// # Errors
    /// [`RuleError`] when no book holds or the service has no rule for the question.
    pub fn answer_on(&mut self, on: NaiveDate) -> Result<Answer, RuleError> {
        let book = self.book(on)?;
        let mut answer = self.reckoned_on(on)?;
        let changes: Vec<Vec<Change>> = answer
            .milestones
            .iter()
            .map(|milestone| self.would_change(on, book, milestone))
            .collect();
        for (milestone, changes) in answer.milestones.iter_mut().zip(changes) {
            milestone.would_change = changes;
        }
        Ok(answer)
    }

    /// The answer for a day, without what would change it.
    ///
    /// # Errors
    /// [`RuleError`] when no book holds or the service has no rule for the question.
    pub fn reckoned_on(&self, on: NaiveDate) -> Result<Answer, RuleError> {
        let book = self.book(on)?;
        let mut desk = Desk::told(book, &self.policy.calendars, on, self.ask.prefecture);
        reckon(&mut desk, self.ask.question)?;
        Ok(tell(&self.ask, on, book, desk))
    }

    fn book(&self, on: NaiveDate) -> Result<&'p Book, RuleError> {
        let day = self.ask.decided_on.unwrap_or(on);
        self.policy
            .books
            .on(self.ask.service, day, self.ask.known_at)
    }

    fn values(
        &self,
        on: NaiveDate,
        prefecture: Option<Prefecture>,
        instead: Option<Instead>,
    ) -> Result<Values, RuleError> {
        let desk = self.worked(on, prefecture, instead)?;
        let value = |worked: &Worked| (worked.name, worked.value);
        Ok(desk.done.iter().map(value).collect())
    }

    fn worked<'i>(
        &self,
        on: NaiveDate,
        prefecture: Option<Prefecture>,
        instead: Option<Instead<'i>>,
    ) -> Result<Desk<'i>, RuleError>
    where
        'p: 'i,
    {
        let book = self.book(on)?;
        let mut desk = Desk::silent(book, &self.policy.calendars, on, prefecture, instead);
        reckon(&mut desk, self.ask.question)?;
        Ok(desk)
    }

    /// A milestone's value on another day, remembered.
    fn value_on(&mut self, on: NaiveDate, name: &str) -> Option<Value> {
        if !self.known.contains_key(&on) {
            let values = self.values_on(on).ok();
            self.known.insert(on, values);
        }
        named(self.known.get(&on)?.as_ref()?, name)
    }

    fn would_change(&mut self, on: NaiveDate, book: &Book, milestone: &Milestone) -> Vec<Change> {
        let mut changes = Vec::new();
        changes.extend(self.nearest(
            on,
            milestone,
            Direction::Earlier,
            NaiveDate::checked_sub_days,
        ));
        changes.extend(self.nearest(on, milestone, Direction::Later, NaiveDate::checked_add_days));
        let slots = || {
            milestone
                .rules
                .iter()
                .filter_map(|rule| book.slot(&rule.id).ok())
        };
        for slot in slots() {
            changes.extend(self.by_decision(on, milestone, slot));
        }
        for slot in slots() {
            changes.extend(self.by_prefecture(on, milestone, slot));
        }
        changes
    }

    /// The nearest other day on which the value differs.
    fn nearest(
        &mut self,
        on: NaiveDate,
        milestone: &Milestone,
        direction: Direction,
        step: fn(NaiveDate, Days) -> Option<NaiveDate>,
    ) -> Option<Change> {
        for days in 1..=PROBE_DAYS {
            let day = step(on, Days::new(days))?;
            let value = self.value_on(day, milestone.name)?;
            if value != milestone.value {
                let when = match direction {
                    Direction::Earlier => format!("{days}日早ければ（{}まで）", in_japanese(day)),
                    Direction::Later | Direction::Decision | Direction::Prefecture => {
                        format!("{days}日遅ければ（{}から）", in_japanese(day))
                    }
                };
                return Some(Change {
                    direction,
                    days: days as i64,
                    day: Some(day),
                    when,
                    value,
                });
            }
        }
        None
    }

    /// What an undecided slot's other decisions would make of the value.
    fn by_decision(&self, on: NaiveDate, milestone: &Milestone, slot: &Slot) -> Vec<Change> {
        let local = self
            .ask
            .prefecture
            .filter(|p| slot.by_prefecture.contains_key(p));
        if slot.value_in(local).2 {
            return Vec::new();
        }
        let other = |value| {
            let instead = Instead {
                slot: slot.id,
                prefecture: local,
                value,
            };
            let values = self.values(on, self.ask.prefecture, Some(instead)).ok()?;
            let found = named(&values, milestone.name).filter(|v| *v != milestone.value)?;
            Some(Change {
                direction: Direction::Decision,
                days: 0,
                day: None,
                when: format!(
                    "未決定の「{}」が「{}」なら",
                    slot.label,
                    value.text(slot.kind)
                ),
                value: found,
            })
        };
        slot.alternatives.iter().filter_map(other).collect()
    }

    /// What another prefecture's own dates would make of the value.
    fn by_prefecture(&self, on: NaiveDate, milestone: &Milestone, slot: &Slot) -> Vec<Change> {
        let own = self
            .ask
            .prefecture
            .filter(|p| slot.by_prefecture.contains_key(p));
        let others = slot
            .by_prefecture
            .keys()
            .copied()
            .map(Some)
            .filter(|p| *p != own);
        let elsewhere = own.map(|_| None);
        let other = |prefecture: Option<Prefecture>| {
            let values = self.values(on, prefecture, None).ok()?;
            let found = named(&values, milestone.name).filter(|v| *v != milestone.value)?;
            let place = prefecture.map_or("ほかの都道府県", Prefecture::name);
            Some(Change {
                direction: Direction::Prefecture,
                days: 0,
                day: None,
                when: format!("提出先が{place}なら"),
                value: found,
            })
        };
        others.chain(elsewhere).filter_map(other).collect()
    }
}

/// How long the customer has papers in hand that are posted on a day, with a due date that stands already.
///
/// # Errors
/// [`RuleError`] when no book of the service holds on the day of posting.
pub fn days_in_hand(policy: &Policy, ask: &Ask, due: NaiveDate) -> Result<Answer, RuleError> {
    let book = policy.books.on(ask.service, ask.book_day(), ask.known_at)?;
    if !Question::Dispatch.services().contains(&ask.service) {
        return Err(RuleError::NotAsked {
            service: ask.service,
            question: Question::Dispatch,
        });
    }
    let mut desk = Desk::told(book, &policy.calendars, ask.on, ask.prefecture);
    in_hand(&mut desk, due)?;
    let ask = Ask {
        question: Question::Dispatch,
        ..ask.clone()
    };
    Ok(tell(&ask, ask.on, book, desk))
}

/// By when papers must be posted to be at the federation on a day that stands already.
///
/// # Errors
/// [`RuleError`] when no book of the service holds on the day asked for.
pub fn posted_by(policy: &Policy, ask: &Ask, arrival: NaiveDate) -> Result<Answer, RuleError> {
    let book = policy.books.on(ask.service, ask.book_day(), ask.known_at)?;
    let mut desk = Desk::told(book, &policy.calendars, ask.on, ask.prefecture);
    to_federation(&mut desk, arrival)?;
    let ask = Ask {
        question: Question::Dispatch,
        ..ask.clone()
    };
    Ok(tell(&ask, ask.on, book, desk))
}

fn named(values: &Values, name: &str) -> Option<Value> {
    values
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| *value)
}

fn certainty(sight: Sight) -> Certainty {
    match sight {
        Sight::Settled => Certainty::Fixed,
        Sight::Unannounced | Sight::Beyond => Certainty::Expected,
    }
}

/// The answer as worked out, its milestones in the question's order.
fn tell(ask: &Ask, on: NaiveDate, book: &Book, desk: Desk) -> Answer {
    let order = ask.question.milestones();
    let notices = book
        .notices()
        .filter(|notice| notice.questions.contains(&ask.question))
        .filter(|notice| notice.prefecture.is_none_or(|p| Some(p) == ask.prefecture))
        .map(|notice| Notice {
            code: notice.code.clone(),
            text: notice.text.clone(),
        });
    let warnings = desk.warnings.iter().map(|(code, text)| Notice {
        code: (*code).to_owned(),
        text: text.clone(),
    });
    let notices = warnings.chain(notices).collect();
    let mut done = desk.done;
    done.sort_by_key(|worked| {
        order
            .iter()
            .position(|name| *name == worked.name)
            .unwrap_or(order.len())
    });
    let book_name = book.name();
    Answer {
        service: ask.service,
        question: ask.question,
        on,
        prefecture: ask.prefecture,
        decided_on: ask.decided_on.filter(|decided| *decided != on),
        milestones: done
            .into_iter()
            .map(|worked| milestone(worked, book, &book_name, ask.prefecture))
            .collect(),
        book: book_name,
        notices,
    }
}

fn milestone(
    worked: Worked,
    book: &Book,
    book_name: &str,
    prefecture: Option<Prefecture>,
) -> Milestone {
    let rule = |slot: &&Slot| {
        let (value, source, decided) = slot.value_in(prefecture);
        RuleUsed {
            id: slot.id.to_owned(),
            label: slot.label.clone(),
            value: value.text(slot.kind),
            book: book_name.to_owned(),
            revision: book.revision,
            source: source.clone(),
            decided,
        }
    };
    let open = |slot: &&Slot| {
        let (value, _, decided) = slot.value_in(prefecture);
        (!decided).then(|| OpenPoint {
            id: slot.id.to_owned(),
            label: slot.label.clone(),
            default: value.text(slot.kind),
            alternatives: slot
                .alternatives
                .iter()
                .map(|other| other.text(slot.kind))
                .collect(),
        })
    };
    Milestone {
        name: worked.name,
        label: worked.label,
        value: worked.value,
        certainty: certainty(worked.sight),
        facts: worked.facts,
        steps: worked.steps,
        rules: worked.slots.iter().map(rule).collect(),
        open: worked.slots.iter().filter_map(open).collect(),
        would_change: Vec::new(),
    }
}
