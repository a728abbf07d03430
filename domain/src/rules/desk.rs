//! The desk on which a question is worked out: the book, the calendars, the facts, and one line per milestone. A line
//! notes every slot it reads and every step it takes; a silent desk takes none of the notes, for probing.

use std::fmt::Display;

use chrono::NaiveDate;

use super::case::Instead;
use super::{Book, DayOfMonth, Question, RuleError, Slot, SlotValue, Value, questions};
use crate::dates::{
    BusinessCalendar, CalendarName, Calendars, Counted, Month, Moves, Sight, in_japanese,
};
use crate::{Prefecture, Service};

/// A question being worked out.
pub(super) struct Desk<'a> {
    pub book: &'a Book,
    pub calendars: &'a Calendars,
    pub on: NaiveDate,
    pub prefecture: Option<Prefecture>,
    instead: Option<Instead<'a>>,
    told: bool,
    pub done: Vec<Worked<'a>>,
    pub warnings: Vec<(&'static str, String)>,
}

/// A milestone worked out.
pub(super) struct Worked<'a> {
    pub name: &'static str,
    pub label: &'static str,
    pub value: Value,
    pub sight: Sight,
    pub facts: Vec<String>,
    pub steps: Vec<String>,
    pub slots: Vec<&'a Slot>,
}

/// A milestone being worked out.
pub(super) struct Line<'d, 'a> {
    desk: &'d mut Desk<'a>,
    name: &'static str,
    label: &'static str,
    sight: Sight,
    facts: Vec<String>,
    steps: Vec<String>,
    slots: Vec<&'a Slot>,
}

/// Works out every milestone of a question.
pub(super) fn reckon(desk: &mut Desk, question: Question) -> Result<(), RuleError> {
    let sensible = NaiveDate::from_ymd_opt(1900, 1, 1)..NaiveDate::from_ymd_opt(3000, 1, 1);
    if !sensible.contains(&Some(desk.on)) {
        return Err(RuleError::OutOfRange(desk.on));
    }
    if !question.services().contains(&desk.book.service) {
        return Err(RuleError::NotAsked {
            service: desk.book.service,
            question,
        });
    }
    match question {
        Question::Trial => questions::trial(desk),
        Question::Transmission => questions::transmission(desk),
        Question::TransmissionMonth => questions::transmission_month(desk, Month::of(desk.on)),
        Question::Dispatch => questions::dispatch(desk),
        Question::Debit => questions::debit(desk),
        Question::Termination => questions::termination(desk),
        Question::Licence => questions::licence(desk),
        Question::Renewal => questions::renewal(desk),
        Question::Suspension => questions::suspension(desk),
        Question::Fee => questions::fee(desk),
    }
}

impl Question {
    /// The services whose books answer it.
    #[must_use]
    pub const fn services(self) -> &'static [Service] {
        match self {
            Question::Trial => &[Service::HonobonoMini2],
            Question::Transmission
            | Question::TransmissionMonth
            | Question::Dispatch
            | Question::Debit
            | Question::Termination
            | Question::Suspension => &[Service::HonobonoMini2, Service::CareNetMessenger],
            Question::Licence | Question::Renewal => &[Service::CareplanRenkei],
            Question::Fee => &Service::ALL,
        }
    }
}

impl<'a> Desk<'a> {
    /// A desk that notes facts, steps and slots.
    pub fn told(
        book: &'a Book,
        calendars: &'a Calendars,
        on: NaiveDate,
        prefecture: Option<Prefecture>,
    ) -> Desk<'a> {
        let silent = Desk::silent(book, calendars, on, prefecture, None);
        Desk {
            told: true,
            ..silent
        }
    }

    /// A desk that only works out the values.
    pub fn silent(
        book: &'a Book,
        calendars: &'a Calendars,
        on: NaiveDate,
        prefecture: Option<Prefecture>,
        instead: Option<Instead<'a>>,
    ) -> Desk<'a> {
        Desk {
            book,
            calendars,
            on,
            prefecture,
            instead,
            told: false,
            done: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The value worked out for a milestone.
    pub fn value(&self, name: &str) -> Option<Value> {
        self.done
            .iter()
            .find(|worked| worked.name == name)
            .map(|worked| worked.value)
    }

    /// Begins a milestone that rests on the day asked for.
    pub fn line(&mut self, name: &'static str, label: &'static str, fact: &str) -> Line<'_, 'a> {
        let facts = match self.told {
            true => vec![format!("{fact} {}", in_japanese(self.on))],
            false => Vec::new(),
        };
        Line {
            desk: self,
            name,
            label,
            sight: Sight::Settled,
            facts,
            steps: Vec::new(),
            slots: Vec::new(),
        }
    }

    /// Begins a milestone that rests on earlier ones.
    pub fn line_from(
        &mut self,
        name: &'static str,
        label: &'static str,
        from: &[&str],
    ) -> Line<'_, 'a> {
        let mut line = Line {
            desk: self,
            name,
            label,
            sight: Sight::Settled,
            facts: Vec::new(),
            steps: Vec::new(),
            slots: Vec::new(),
        };
        for from in from {
            line.rests_on(from);
        }
        line
    }
}

impl<'a> Line<'_, 'a> {
    /// Takes over what an earlier milestone rests on.
    fn rests_on(&mut self, name: &str) {
        let Some(from) = self.desk.done.iter().find(|worked| worked.name == name) else {
            return;
        };
        self.sight = self.sight.max(from.sight);
        if !self.desk.told {
            return;
        }
        for fact in &from.facts {
            if !self.facts.contains(fact) {
                self.facts.push(fact.clone());
            }
        }
        for slot in &from.slots {
            if !self.slots.iter().any(|known| known.id == slot.id) {
                self.slots.push(slot);
            }
        }
        self.steps.push(format!(
            "{}は {}",
            from.label,
            from.value.text(super::Lang::Ja)
        ));
    }

    /// The value of a slot, noted.
    fn read(&mut self, id: &str) -> Result<&'a SlotValue, RuleError> {
        let slot = self.desk.book.slot(id)?;
        if self.desk.told && !self.slots.iter().any(|known| known.id == slot.id) {
            self.slots.push(slot);
            if let (false, Some(prefecture)) = (slot.by_prefecture.is_empty(), self.desk.prefecture)
            {
                let fact = format!("提出先 {}", prefecture.federation());
                if !self.facts.contains(&fact) {
                    self.facts.push(fact);
                }
            }
        }
        let local = self
            .desk
            .prefecture
            .filter(|p| slot.by_prefecture.contains_key(p));
        match self.desk.instead {
            Some(instead) if instead.slot == id && instead.prefecture == local => Ok(instead.value),
            Some(_) | None => Ok(slot.value_in(self.desk.prefecture).0),
        }
    }

    pub fn number(&mut self, id: &str) -> Result<u32, RuleError> {
        self.read(id)?
            .number()
            .ok_or_else(|| self.desk.book.wrong(id, "number"))
    }

    pub fn day_of_month(&mut self, id: &str) -> Result<DayOfMonth, RuleError> {
        self.read(id)?
            .day()
            .ok_or_else(|| self.desk.book.wrong(id, "day_of_month"))
    }

    pub fn flag(&mut self, id: &str) -> Result<bool, RuleError> {
        self.read(id)?
            .flag()
            .ok_or_else(|| self.desk.book.wrong(id, "flag"))
    }

    pub fn choice(&mut self, id: &str) -> Result<&'a str, RuleError> {
        self.read(id)?
            .choice()
            .ok_or_else(|| self.desk.book.wrong(id, "choice"))
    }

    pub fn moves(&mut self, id: &str) -> Result<Moves, RuleError> {
        self.read(id)?
            .moves()
            .ok_or_else(|| self.desk.book.wrong(id, "moves"))
    }

    pub fn yen(&mut self, id: &str) -> Result<i64, RuleError> {
        self.read(id)?
            .yen()
            .ok_or_else(|| self.desk.book.wrong(id, "yen"))
    }

    pub fn tax_percent(&mut self, on: NaiveDate) -> Result<u32, RuleError> {
        let id = "tax.rates";
        self.read(id)?
            .percent(on)
            .ok_or_else(|| self.desk.book.wrong(id, "rate"))
    }

    /// The calendar a slot of the choice `vendor`/`bank` names.
    pub fn calendar(&mut self, id: &str) -> Result<&'a BusinessCalendar, RuleError> {
        match self.choice(id)? {
            "bank" => Ok(self.desk.calendars.bank()),
            _ => Ok(self.desk.calendars.vendor()),
        }
    }

    /// The day asked for.
    pub fn on(&self) -> NaiveDate {
        self.desk.on
    }

    /// The banks' calendar.
    pub fn bank(&self) -> &'a BusinessCalendar {
        self.desk.calendars.bank()
    }

    /// The day so many business days of the care-plan exchange's helpdesk after the one asked for.
    pub fn helpdesk_after(&mut self, business_days: u32) -> NaiveDate {
        let calendar = self.desk.calendars.get(CalendarName::Helpdesk);
        self.take(calendar.add(self.desk.on, business_days))
    }

    /// A counted result, its sureness noted.
    pub fn take<T>(&mut self, counted: Counted<T>) -> T {
        self.sight = self.sight.max(counted.sight);
        counted.value
    }

    /// A day moved off a closed day of the vendor's, where the rule moves it.
    pub fn vendor_moved(&mut self, day: NaiveDate, moves: Moves) -> Result<NaiveDate, RuleError> {
        match moves {
            Moves::Stays => Ok(day),
            Moves::Next | Moves::Previous => {
                let calendar = self.calendar("vendor.calendar")?;
                let moved = self.take(calendar.moved(day, moves));
                self.moved_step(day, moved, calendar);
                Ok(moved)
            }
        }
    }

    /// A day moved off a closed day of the banks, where the rule moves it.
    pub fn bank_moved(&mut self, day: NaiveDate, moves: Moves) -> NaiveDate {
        let calendar = self.bank();
        let moved = self.take(calendar.moved(day, moves));
        self.moved_step(day, moved, calendar);
        moved
    }

    fn moved_step(&mut self, day: NaiveDate, moved: NaiveDate, calendar: &BusinessCalendar) {
        if day != moved {
            self.step(|| {
                format!(
                    "{} は{}の休業日なので {} に動かす",
                    in_japanese(day),
                    calendar.label().trim_end_matches("営業日"),
                    in_japanese(moved)
                )
            });
        }
    }

    /// Notes a step.
    pub fn step<S: Display>(&mut self, step: impl FnOnce() -> S) {
        if self.desk.told {
            self.steps.push(step().to_string());
        }
    }

    /// Ends the line with a day.
    pub fn date(self, day: NaiveDate) {
        self.end(Value::Date(day));
    }

    /// Ends the line with a month.
    pub fn month(self, month: Month) {
        self.end(Value::Month(month));
    }

    /// Ends the line with its value.
    pub fn end(mut self, value: Value) {
        match self.sight {
            Sight::Settled => (),
            Sight::Unannounced => self.step(|| "官報で未確定の祝日が関わるため見込み"),
            Sight::Beyond => {
                let (from, to) = self.desk.calendars.holidays().covers();
                self.step(|| {
                    format!(
                        "祝日表の範囲（{}〜{}）の外では土日と年末年始だけを数えたため見込み",
                        in_japanese(from),
                        in_japanese(to)
                    )
                });
            }
        }
        self.desk.done.push(Worked {
            name: self.name,
            label: self.label,
            value,
            sight: self.sight,
            facts: self.facts,
            steps: self.steps,
            slots: self.slots,
        });
    }
}
