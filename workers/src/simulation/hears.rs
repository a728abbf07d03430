//! What people do because they hear of something: an act in the diary, hours or days later.

use super::chance::Chance;
use super::customers::{Reply, reply};
use super::diary::Act;
use super::papers::Paper;
use super::world::World;
use chrono::{Days, NaiveDate};
use daicho_domain::decider::Decider as _;
use daicho_domain::nouns::Event;
use daicho_domain::stream::{PoaId, Stream};
use daicho_domain::termination::Termination;
use daicho_domain::transmission::Missing;
use daicho_domain::{enrolment, poa, transmission};
use daicho_eventlog::Decoded;

impl World<'_> {
    /// Somebody hears of an event.
    pub(super) fn hear(&mut self, decoded: &Decoded) {
        match (&decoded.stream, &decoded.event) {
            (Stream::Enrolment(corporation, _), Event::Enrolment(event)) => {
                if let Some(customer) = self.by_id.get(corporation).copied() {
                    self.hear_enrolment(customer, event);
                }
            }
            (stream @ Stream::Transmission(..), Event::Transmission(event)) => {
                self.hear_transmission(stream, event);
            }
            (Stream::Poa(poa), Event::Poa(event)) => self.hear_poa(*poa, event),
            (Stream::Dispatch(id), Event::Dispatch(event)) => self.hear_letter(*id, event),
            (Stream::Mail(id), Event::Mail(event)) => self.hear_mail(*id, event),
            (Stream::Corporation(id), Event::Corporation(event)) => self.hear_mandate(*id, event),
            (Stream::DebitBatch(month), Event::DebitBatch(event)) => self.hear_batch(*month, event),
            (Stream::Billing(id), Event::Billing(event)) => {
                self.hear_ledger(*id, event);
                self.hear_order(*id, event);
            }
            (Stream::Licence(number), Event::Licence(event)) => self.hear_licence(*number, event),
            (stream @ Stream::Termination(..), Event::Termination(event)) => {
                let known = self.ends.remove(stream).unwrap_or_default();
                let state = Termination::evolve(known, event);
                self.hear_end(stream, &state, event);
                self.ends.insert(stream.clone(), state);
            }
            (_, _) => {}
        }
    }

    fn hear_enrolment(&mut self, customer: usize, event: &enrolment::Event) {
        let mut chance = self.customer_chance(customer, "enrolment");
        match event {
            enrolment::Event::TrialStarted { last_free_day, .. } => {
                let days = match chance.below(100) {
                    0..84 => chance.below(4),
                    84..95 => chance.between(5, 30),
                    // Never enters its offices.
                    _ => return,
                };
                self.later(days, &mut chance, Act::EnterOffices(customer));
                let trial = u32::try_from((last_free_day.on - self.today).num_days());
                let trial = trial.unwrap_or(0);
                let days = match chance.below(100) {
                    0..72 => chance.between(days + 4, trial.saturating_sub(1)),
                    72..77 => trial,
                    77..79 => trial + chance.between(1, 5),
                    // Lets the trial run out.
                    _ => return,
                };
                self.later(days, &mut chance, Act::Register(customer));
            }
            enrolment::Event::Registered { .. } => {
                if chance.in_hundred(90) {
                    let days = chance.between(0, 25);
                    self.later(days, &mut chance, Act::Apply(customer));
                }
            }
            enrolment::Event::BillingStarted { .. } => self.may_leave(customer),
            enrolment::Event::OfficesEntered { .. }
            | enrolment::Event::Suspended { .. }
            | enrolment::Event::Resumed { .. }
            | enrolment::Event::CarriedOver { .. }
            | enrolment::Event::Closed { .. }
            | enrolment::Event::OfficeTakenOver { .. }
            | enrolment::Event::OfficeHandedOver { .. }
            | enrolment::Event::SecondTrialGranted { .. }
            | enrolment::Event::Ended { .. } => {}
        }
    }

    fn hear_transmission(&mut self, stream: &Stream, event: &transmission::Event) {
        match event {
            transmission::Event::Applied {
                application,
                offices,
                ..
            } => {
                for office in offices {
                    let name = office.number.to_string();
                    let mut chance = self.chance("missing", &name);
                    let days = match &office.missing {
                        None => continue,
                        Some(Missing::Entries(_)) => chance.between(1, 8),
                        Some(Missing::KjId) if chance.in_hundred(88) => chance.between(6, 28),
                        // The federation never gives it one.
                        Some(Missing::KjId) => continue,
                    };
                    let act = Act::Complete(stream.clone(), *application, office.office);
                    self.later(days, &mut chance, act);
                }
                let mut chance = self.chance("withdraw", &application.to_string());
                if chance.in_hundred(4) {
                    let days = chance.between(6, 55);
                    let act = Act::Withdraw(stream.clone(), *application);
                    self.later(days, &mut chance, act);
                }
            }
            transmission::Event::OfficeReady { application, .. }
            | transmission::Event::OfficeWithdrawn { application, .. } => {
                let mut chance = self.chance("file", &application.to_string());
                let wait = if chance.in_hundred(self.undone(8)) {
                    chance.between(6, 14)
                } else {
                    chance.between(1, 3)
                };
                let day = self.business_days_after(self.today, wait);
                let act = Act::File(stream.clone(), *application);
                self.diary.enter(day, chance.between(13 * 60, 16 * 60), act);
            }
            transmission::Event::PersonAsked {
                application,
                office,
                ..
            } => {
                let mut chance = self.chance("decide", &office.to_string());
                if chance.in_hundred(70) {
                    let day = self.business_days_after(self.today, chance.between(1, 6));
                    let act = Act::Decide(stream.clone(), *application, *office);
                    self.diary.enter(day, chance.between(15 * 60, 17 * 60), act);
                }
            }
            transmission::Event::OfficeCompleted { .. }
            | transmission::Event::CarriedOver { .. }
            | transmission::Event::StartSet { .. }
            | transmission::Event::OfficeUnready { .. }
            | transmission::Event::OfficeDuePassed { .. }
            | transmission::Event::OfficePaperArrived { .. }
            | transmission::Event::AgentReleased { .. }
            | transmission::Event::NumberReplaced { .. }
            | transmission::Event::OfficeTransferred { .. }
            | transmission::Event::PapersOutdated { .. }
            | transmission::Event::PapersFiled { .. }
            | transmission::Event::FederationConfirmed { .. }
            | transmission::Event::FederationRejected { .. }
            | transmission::Event::Postponed { .. }
            | transmission::Event::PostponementCauseAdded { .. }
            | transmission::Event::PostponementCauseRemoved { .. }
            | transmission::Event::PostponementReversed { .. }
            | transmission::Event::PersonDecided { .. }
            | transmission::Event::IdsDue { .. }
            | transmission::Event::IdIssued { .. } => {}
            transmission::Event::Started { offices, .. } => {
                for about in offices {
                    self.office_may_leave(stream, about.office);
                    self.office_may_order(stream, about.office);
                }
            }
        }
    }

    fn hear_poa(&mut self, id: PoaId, event: &poa::Event) {
        match event {
            poa::Event::Requested {
                dates, dispatch_by, ..
            } => {
                let paper = Paper {
                    due: dates.due.on,
                    sent: 0,
                    checked: 0,
                    answered: false,
                    void: false,
                };
                self.papers.insert(id, paper);
                self.dispatch_from(id, dispatch_by.on);
            }
            poa::Event::Dispatched { sent_on, .. } => self.reply(id, *sent_on),
            poa::Event::Undeliverable { .. }
            | poa::Event::FoundDefective { .. }
            | poa::Event::ReprintRequested { .. }
            | poa::Event::Rejected { .. } => {
                if let Some(paper) = self.papers.get_mut(&id) {
                    paper.answered = false;
                }
                let day = self.business_days_after(self.today, 1);
                self.dispatch_from(id, day);
            }
            poa::Event::Received {
                arrived_on,
                channel,
            } => {
                let counted_on = self.counted_on(*arrived_on);
                *self
                    .mailbox
                    .day(counted_on)
                    .entered
                    .entry(*channel)
                    .or_default() += 1;
                let mut chance = self.paper_chance(id, "check");
                let wait = if chance.in_hundred(self.undone(6)) {
                    chance.between(4, 9)
                } else {
                    chance.below(2)
                };
                let day = self.business_days_after(self.today, wait);
                let minute = chance.between(13 * 60, 17 * 60);
                self.diary.enter(day, minute, Act::Check(id));
            }
            poa::Event::Accepted {} => {
                let mut chance = self.paper_chance(id, "again");
                if chance.in_hundred(2) {
                    let day = self.business_days_after(self.today, chance.between(1, 3));
                    let minute = chance.between(9 * 60, 12 * 60);
                    self.diary.enter(day, minute, Act::CheckAgain(id));
                }
            }
            poa::Event::Filed { .. } => {
                let mut chance = self.paper_chance(id, "federation");
                let wait = match chance.below(100) {
                    0..86 => chance.between(4, 13),
                    _ => chance.between(18, 45),
                };
                let day = self.business_days_after(self.today, wait);
                let minute = chance.between(9 * 60 + 30, 15 * 60);
                self.diary.enter(day, minute, Act::Answer(id));
            }
            poa::Event::DueMoved { dates, .. } => self.reminded(id, dates.due.on),
            poa::Event::Voided { .. } => {
                if let Some(paper) = self.papers.get_mut(&id) {
                    paper.void = true;
                }
            }
            poa::Event::Printed { .. }
            | poa::Event::Unprintable { .. }
            | poa::Event::AgentNamed { .. }
            | poa::Event::AgentMissing { .. }
            | poa::Event::ReminderDue { .. }
            | poa::Event::DuePassed { .. }
            | poa::Event::CarriedOver { .. }
            | poa::Event::Confirmed { .. }
            | poa::Event::Lapsed { .. }
            | poa::Event::LapseReversed { .. } => {}
        }
    }

    /// The staff send a sheet on the day it is to go, or find it later under a pile.
    fn dispatch_from(&mut self, id: PoaId, day: NaiveDate) {
        let mut chance = self.paper_chance(id, "dispatch");
        let wait = if chance.in_hundred(self.undone(5)) {
            chance.between(4, 12)
        } else if chance.in_hundred(90) {
            0
        } else {
            chance.between(1, 3)
        };
        let day = self.business_days_after(day, wait);
        let minute = chance.between(10 * 60 + 30, 15 * 60);
        self.diary.enter(day, minute, Act::Dispatch(id));
    }

    /// The customer has the sheet.
    fn reply(&mut self, id: PoaId, sent_on: NaiveDate) {
        let Some(paper) = self.papers.get_mut(&id) else {
            return;
        };
        paper.sent += 1;
        let (nth, due) = (paper.sent, paper.due);
        let mut chance = self.paper_chance(id, "reply");
        let act = match reply(&mut chance, nth, sent_on, due) {
            Reply::Nothing => return,
            Reply::Undeliverable(day) => {
                let day = self.counted_on(day);
                self.diary.enter(day, 9 * 60 + 20, Act::BringBack(id));
                return;
            }
            Reply::Arrives(day, channel) => (self.delivered_on(day), Act::Bring(id, channel)),
        };
        if let Some(paper) = self.papers.get_mut(&id) {
            paper.answered = true;
        }
        self.diary
            .enter(act.0, chance.between(9 * 60, 9 * 60 + 50), act.1);
    }

    /// The customer is told of another due date; most who had not answered do so now.
    fn reminded(&mut self, id: PoaId, due: NaiveDate) {
        let Some(paper) = self.papers.get_mut(&id) else {
            return;
        };
        paper.due = due;
        if paper.answered || paper.void || paper.sent == 0 {
            return;
        }
        let mut chance = self.paper_chance(id, &format!("reminded {due}"));
        if chance.in_hundred(65) {
            let day = self.today + Days::new(u64::from(chance.between(4, 22)));
            let day = self.delivered_on(day);
            let channel = daicho_domain::intake::Channel::Post;
            self.diary.enter(day, 9 * 60 + 15, Act::Bring(id, channel));
            if let Some(paper) = self.papers.get_mut(&id) {
                paper.answered = true;
            }
        }
    }

    /// Post is delivered on Saturdays too (to a letter box that nobody opens), not on Sundays.
    fn delivered_on(&self, day: NaiveDate) -> NaiveDate {
        use chrono::Datelike as _;
        match day.weekday() {
            chrono::Weekday::Sun => day + Days::new(1),
            chrono::Weekday::Mon
            | chrono::Weekday::Tue
            | chrono::Weekday::Wed
            | chrono::Weekday::Thu
            | chrono::Weekday::Fri
            | chrono::Weekday::Sat => day,
        }
    }

    /// A customer does something so many days from now, on any day, by day or in the evening.
    pub(super) fn later(&mut self, days: u32, chance: &mut Chance, act: Act) {
        let day = self.today + Days::new(u64::from(days));
        self.diary.enter(day, chance.between(9 * 60, 21 * 60), act);
    }

    pub(super) fn chance(&self, what: &str, name: &str) -> Chance {
        Chance::of(self.seed, &[what, name, &self.today.to_string()])
    }

    pub(super) fn customer_chance(&self, customer: usize, what: &str) -> Chance {
        let id = self.customers[customer].id.to_string();
        self.chance(what, &id)
    }

    pub(super) fn paper_chance(&self, poa: PoaId, what: &str) -> Chance {
        self.chance(what, &poa.to_string())
    }
}
