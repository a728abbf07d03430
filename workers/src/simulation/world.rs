//! The simulated world between two acts: who there is, what lies ahead, what is on its way.

use super::chance::Chance;
use super::customers::Customer;
use super::diary::{Act, Diary};
use super::mailbox::Mailbox;
use super::papers::Paper;
use super::staff::{self, Desk, Member};
use super::{Plan, Report};
use crate::day::{WorkError, Workers};
use crate::outcome::Worker;
use chrono::{
    Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Timelike as _,
};
use daicho_domain::dates::Calendars;
use daicho_domain::dispatch::Letter;
use daicho_domain::identifiers::AgentId;
use daicho_domain::nouns::{Command, State};
use daicho_domain::personal::Personal;
use daicho_domain::stream::{CorporationId, LetterId, PoaId, StaffId, Stream, derived_id};
use daicho_domain::{
    Service, agent, licence, poa, staff as domain_staff, termination, transmission,
};
use daicho_eventlog::{Caused, Clock as _, DataDir, Decoded, ExecuteError, SimulatedClock};
use daicho_projections::Views;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Japan's one offset.
const JAPAN: FixedOffset = FixedOffset::east_opt(9 * 3600).expect("nine hours are an offset");

/// The time between two commands of one act.
const COMMAND_TAKES: TimeDelta = TimeDelta::milliseconds(41);

/// Who sends a command.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    /// The web form, for a customer.
    Form,
    /// Somebody of the staff.
    Staff(Desk),
    /// The worker that sends mails.
    Postman,
}

/// The world.
pub(super) struct World<'a> {
    pub(super) workers: &'a Workers,
    clock: &'a SimulatedClock,
    pub(super) calendars: Calendars,
    pub(super) seed: u64,
    pub(super) scans: Option<DataDir>,
    /// How many offices the plan has.
    offices: u64,
    pub(super) today: NaiveDate,
    /// From this day on somebody of the staff is away, and work stays undone.
    short_handed_from: NaiveDate,
    /// Post of business days from this one on is left for whoever looks at the result.
    pub(super) left_open_from: NaiveDate,
    pub(super) customers: Vec<Customer>,
    pub(super) by_id: BTreeMap<CorporationId, usize>,
    pub(super) papers: BTreeMap<PoaId, Paper>,
    pub(super) ends: BTreeMap<Stream, termination::State>,
    pub(super) mailbox: Mailbox,
    pub(super) diary: Diary,
    pub(super) report: Report,
    staff: Vec<Member>,
}

impl<'a> World<'a> {
    pub(super) fn new(workers: &'a Workers, clock: &'a SimulatedClock, plan: Plan) -> Self {
        let Plan {
            book,
            from,
            to,
            seed,
            scans,
        } = plan;
        let offices = book.iter().map(|one| one.offices.len() as u64).sum();
        let customers: Vec<_> = book
            .into_iter()
            .map(|corporation| Customer::new(corporation, seed, from, to))
            .collect();
        let mut diary = Diary::default();
        for (index, customer) in customers.iter().enumerate() {
            let first = customer.id.to_string();
            let minute = Chance::of(seed, &["hour", &first]).between(9 * 60, 20 * 60);
            diary.enter(customer.comes_on, minute, Act::FirstContact(index));
        }
        let calendars = workers.engine().policy().calendars.clone();
        let by_id = customers
            .iter()
            .enumerate()
            .map(|(index, customer)| (customer.id, index))
            .collect();
        let yesterday = to - Days::new(1);
        Self {
            workers,
            clock,
            short_handed_from: to - Days::new(12),
            left_open_from: calendars.vendor().on_or_before(yesterday).value,
            calendars,
            seed,
            scans,
            offices,
            today: from,
            customers,
            by_id,
            papers: BTreeMap::new(),
            ends: BTreeMap::new(),
            mailbox: Mailbox::default(),
            diary,
            report: Report::default(),
            staff: staff::members(seed),
        }
    }

    /// Opens a day and enters its daily work.
    pub(super) async fn begin(&mut self, day: NaiveDate) -> Result<(), WorkError> {
        self.today = day;
        let first = self.workers.engine().today().await.is_none();
        self.set_clock(day.and_time(NaiveTime::MIN) + TimeDelta::minutes(1));
        let mut heard = Vec::new();
        self.workers
            .open_through(day, &mut |event| heard.push(event.clone()))
            .await?;
        self.hear_all(heard);
        if first {
            for member in self.staff.clone() {
                let name = Personal::new(format!("staff-{}", member.id), member.name);
                let name = domain_staff::Command::Name { name };
                let stream = Stream::Staff(member.id);
                let command = Command::staff(&stream, name);
                self.ask(By::Staff(Desk::Lead), 0, command).await?;
            }
            self.add_agents().await?;
        }
        if self.is_business_day(day) {
            self.mailbox.begin(day);
            self.diary.enter(day, 10 * 60 + 40, Act::ClosePost);
            self.diary.enter(day, 16 * 60 + 45, Act::CountPost);
            self.diary.enter(day, 17 * 60 + 10, Act::ClosePost);
        }
        Ok(())
    }

    /// As many billing agents' IDs as the offices of the plan can need.
    async fn add_agents(&mut self) -> Result<(), WorkError> {
        let policy = self.workers.engine().policy();
        let most = policy
            .book(Service::CareNetMessenger, self.today)
            .and_then(|book| book.count("poa.agent_offices_max"));
        let Ok(most) = most else {
            return Ok(());
        };
        for nth in 0..=self.offices / u64::from(most.max(1)) {
            let agent = AgentId::parse(&format!("HD2399{:08}", nth + 1));
            let agent = agent.expect("HD and twelve digits");
            let add = agent::Command::Add {
                agent,
                elsewhere: 0,
            };
            let command = Command::agent(&Stream::Agents, add);
            self.ask(By::Staff(Desk::Lead), nth, command).await?;
        }
        Ok(())
    }

    /// Moves the clock to a time of Japan.
    pub(super) fn set_clock(&self, at: NaiveDateTime) {
        let instant = JAPAN.from_local_datetime(&at).single();
        let instant = instant.expect("Japan has no summer time");
        self.clock.set(instant.to_utc());
    }

    /// The hour and minute of the simulated day in Japan.
    pub(super) fn minute(&self) -> NaiveTime {
        let now = self.clock.now().with_timezone(&JAPAN).time();
        NaiveTime::from_hms_opt(now.hour(), now.minute(), 0).expect("it is a time of day")
    }

    /// Sends a command and lets the workers answer what it brought about; whether it was taken.
    pub(super) async fn ask(
        &mut self,
        by: By,
        work: u64,
        command: Command,
    ) -> Result<bool, WorkError> {
        let actor = match by {
            By::Form => "web-form".to_owned(),
            By::Postman => Worker::Mail.name().to_owned(),
            By::Staff(desk) => self.staff[desk.seat(work)].id.to_string(),
        };
        let id = derived_id(&[
            "simulated",
            &self.seed.to_string(),
            &self.report.commands.to_string(),
        ]);
        self.report.commands += 1;
        self.clock.advance(COMMAND_TAKES);
        let caused = Caused::by_request(actor, id);
        match self.workers.engine().execute(command, caused).await {
            Ok(_) => {}
            Err(ExecuteError::Refused(refusal)) => {
                *self.report.refused.entry(refusal.code()).or_default() += 1;
                return Ok(false);
            }
            Err(ExecuteError::Failed(failed)) => return Err(failed.into()),
        }
        let mut heard = Vec::new();
        self.workers
            .react(&mut |event| heard.push(event.clone()))
            .await?;
        self.hear_all(heard);
        Ok(true)
    }

    /// Lets the workers do all there is to do now.
    pub(super) async fn settle(&mut self) -> Result<(), WorkError> {
        let mut heard = Vec::new();
        self.workers
            .settle(&mut |event| heard.push(event.clone()))
            .await?;
        self.hear_all(heard);
        Ok(())
    }

    fn hear_all(&mut self, heard: Vec<Decoded>) {
        for event in heard {
            self.report.events += 1;
            self.hear(&event);
        }
    }

    /// Who of the staff sits at a desk, for what takes two people.
    pub(super) fn member(&self, desk: Desk) -> StaffId {
        self.staff[desk.seat(0)].id
    }

    /// The read models.
    pub(super) fn views(&self) -> Arc<Views> {
        self.workers.views().clone()
    }

    /// A thing as the staff see it on the screen.
    pub(super) async fn state(&self, stream: &Stream) -> Result<State, WorkError> {
        Ok(State::clone(&*self.workers.engine().state(stream).await?))
    }

    /// A 委任状 as the staff see it on the screen.
    pub(super) async fn sheet(&self, poa: PoaId) -> Result<Option<poa::Sheet>, WorkError> {
        let state = self.workers.engine().state(&Stream::Poa(poa)).await?;
        let State::Poa(state) = &*state else {
            return Ok(None);
        };
        Ok(state.sheet().cloned())
    }

    /// A letter as the staff see it on the screen.
    pub(super) async fn letter(&self, id: LetterId) -> Result<Option<Letter>, WorkError> {
        let stream = Stream::Dispatch(id);
        let state = self.workers.engine().state(&stream).await?;
        let State::Dispatch(state) = &*state else {
            return Ok(None);
        };
        Ok(state.letter().cloned())
    }

    /// A licence as the staff see it on the screen.
    pub(super) async fn licence_record(
        &self,
        stream: &Stream,
    ) -> Result<Option<licence::Record>, WorkError> {
        let state = self.workers.engine().state(stream).await?;
        let State::Licence(state) = &*state else {
            return Ok(None);
        };
        Ok(state.known().cloned())
    }

    /// A corporation's applications as the staff see them on the screen.
    pub(super) async fn applications(
        &self,
        stream: &Stream,
    ) -> Result<transmission::State, WorkError> {
        let state = self.workers.engine().state(stream).await?;
        match &*state {
            State::Transmission(state) => Ok(state.clone()),
            State::Corporation(_)
            | State::Enrolment(_)
            | State::Poa(_)
            | State::Credential(_)
            | State::Licence(_)
            | State::Billing(_)
            | State::DebitBatch(_)
            | State::Termination(_)
            | State::OfficeDay(_)
            | State::Schedule(_)
            | State::Staff(_)
            | State::Rulebook(_)
            | State::Installation(_)
            | State::Dispatch(_)
            | State::Mail(_)
            | State::Attachment(_)
            | State::Agent(_) => Ok(transmission::State::default()),
        }
    }

    /// Of work that is left undone so often in a hundred, how often it is today.
    pub(super) fn undone(&self, usually: u32) -> u32 {
        if self.today >= self.short_handed_from {
            usually * 5
        } else {
            usually
        }
    }

    pub(super) fn is_business_day(&self, day: NaiveDate) -> bool {
        self.calendars.vendor().is_open(day).value
    }

    /// The business day that counts what arrives on `day`.
    pub(super) fn counted_on(&self, day: NaiveDate) -> NaiveDate {
        self.calendars.vendor().on_or_after(day).value
    }

    /// So many business days after `day`; with none, that day or the next business day.
    pub(super) fn business_days_after(&self, day: NaiveDate, days: u32) -> NaiveDate {
        match days {
            0 => self.counted_on(day),
            days => self.calendars.vendor().add(day, days).value,
        }
    }
}
