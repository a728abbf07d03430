//! An office to tell stories about: a whole installation in memory, with a clerk who speaks the office's
//! words. Days pass by the simulated clock; workers, deadlines and read models are the real ones.

use chrono::{Days, NaiveDate, NaiveTime};
use daicho_api::guard::Hosts;
use daicho_api::observe::Metrics;
use daicho_api::{App, Parts};
use daicho_domain::corporation::{Entry, NewEntry, NewOffice};
use daicho_domain::dates::Month;
use daicho_domain::document::FileDigest;
use daicho_domain::identifiers::{KjId, OfficeNumber};
use daicho_domain::intake::{Channel, Receipt};
use daicho_domain::nouns::{Command, State};
use daicho_domain::poa::{self, Method, Sheet, Status};
use daicho_domain::rules::Policy;
use daicho_domain::stream::{ApplicationId, CorporationId, OfficeId, PoaId, Stream, derived_id};
use daicho_domain::transmission::{self, ApplyingOffice};
use daicho_domain::zengin::Consignor;
use daicho_domain::{Prefecture, Service, corporation, enrolment, office_day};
use daicho_eventlog::books;
use daicho_eventlog::sealing::{Keys, MasterKey};
use daicho_eventlog::vault::Vault;
use daicho_eventlog::{
    Body, Caused, DataDir, Durability, Engine, EventLog, ExecuteError, Expected, MemoryLog,
    NewEvent, SimulatedClock, SqliteLog, StreamName, Training,
};
use daicho_letters::{Templates, Typesetter};
use daicho_projections::{Catalogue, Check, Source, Views, check, live_in};
use daicho_workers::day::Workers;
use daicho_workers::letters::{Press, Sender};
use daicho_workers::mail::{Letterhead, Outgoing, Post};
use daicho_workers::position::Positions;
use daicho_workers::schedules::Job;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;
use uuid::Uuid;

/// The press of every office, with an invented sender.
static PRESS: LazyLock<Arc<dyn Press>> = LazyLock::new(|| {
    let sender = Some(Sender::invented());
    Arc::new(Typesetter::new(Templates::embedded(), sender))
});

/// The channel that the stories are told about.
const SERVICE: Service = Service::CareNetMessenger;

/// A civil date written `2026-04-25`.
pub fn day(text: &str) -> NaiveDate {
    text.parse()
        .expect("a date in a story is written YYYY-MM-DD")
}

/// A month written `2026-04`.
pub fn month(text: &str) -> Month {
    Month::of(day(&format!("{text}-01")))
}

/// The office: one corporation with its offices, and everybody who works on its papers.
pub struct Office {
    log: Arc<dyn EventLog>,
    keys: Arc<Keys>,
    clock: Arc<SimulatedClock>,
    workers: Arc<Workers>,
    views: TempDir,
    vault: Option<Arc<Vault>>,
    post: Option<(Arc<dyn Post>, Letterhead)>,
    commands: AtomicU64,
}

impl Office {
    /// Begins on a day, with a corporation of three offices.
    pub async fn opens_on(date: &str) -> Self {
        let office = Self::opens_empty_on(date).await;
        office.registers_three_offices().await;
        office
    }

    /// Begins on a day, with nothing in its log but that day.
    pub async fn opens_empty_on(date: &str) -> Self {
        Self::begins(date, None, None).await
    }

    /// The same as [`Self::opens_on`], with nothing said about who sends: no pool of agents' IDs is kept.
    pub async fn opens_without_a_pool_on(date: &str) -> Self {
        let clock = Arc::new(SimulatedClock::at(morning(day(date))));
        let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new(clock.clone()));
        let office = Self::without_a_pool(date, log, clock, None, None).await;
        office.wakes().await;
        office.registers_three_offices().await;
        office
    }

    /// It starts with this billing agent's ID in its configuration.
    pub async fn starts_with_agent(&self, agent: &str) {
        let (engine, views) = (self.workers.engine(), self.workers.views());
        let added = daicho_workers::agents::seed(engine, views, agent).await;
        added.expect("the pool can be asked");
        self.wakes().await;
    }

    /// The same, with a vault for IDs and initial passwords.
    pub async fn opens_with_a_vault_on(date: &str) -> Self {
        let master = MasterKey::for_training(Training { seed: 1 });
        let vault = Vault::in_memory(&master).expect("a vault in memory");
        let office = Self::begins(date, Some(Arc::new(vault)), None).await;
        office.registers_three_offices().await;
        office
    }

    /// The same, whose mails somebody carries.
    pub async fn opens_with_post_on(
        date: &str,
        post: Arc<dyn Post>,
        letterhead: Letterhead,
    ) -> Self {
        let master = MasterKey::for_training(Training { seed: 1 });
        let vault = Vault::in_memory(&master).expect("a vault in memory");
        let post = Some((post, letterhead));
        let office = Self::begins(date, Some(Arc::new(vault)), post).await;
        office.registers_three_offices().await;
        office
    }

    /// The same, with its log in a file, as durable as a server's.
    pub async fn opens_on_disk_with_post_on(
        date: &str,
        log: &Path,
        post: (Arc<dyn Post>, Letterhead),
    ) -> Self {
        let clock = Arc::new(SimulatedClock::at(morning(day(date))));
        let log = SqliteLog::open(log, clock.clone(), Durability::Acknowledged);
        let log = Arc::new(log.expect("a log in a file"));
        let master = MasterKey::for_training(Training { seed: 1 });
        let vault = Vault::in_memory(&master).expect("a vault in memory");
        let office = Self::begins_with(date, log, clock, Some(Arc::new(vault)), Some(post)).await;
        office.registers_three_offices().await;
        office
    }

    /// A document as it was printed, if it is kept.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn printed(&self, file: FileDigest) -> Option<Vec<u8>> {
        let kept = self.data().kept(file).expect("files are read")?;
        Some(self.engine().open_letter(kept).expect("it opens"))
    }

    /// Its vault.
    ///
    /// # Panics
    /// When it has none.
    pub fn vault(&self) -> &Vault {
        self.vault.as_ref().expect("this office has a vault")
    }

    async fn begins(
        date: &str,
        vault: Option<Arc<Vault>>,
        post: Option<(Arc<dyn Post>, Letterhead)>,
    ) -> Self {
        let clock = Arc::new(SimulatedClock::at(morning(day(date))));
        let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new(clock.clone()));
        Self::begins_with(date, log, clock, vault, post).await
    }

    async fn begins_with(
        date: &str,
        log: Arc<dyn EventLog>,
        clock: Arc<SimulatedClock>,
        vault: Option<Arc<Vault>>,
        post: Option<(Arc<dyn Post>, Letterhead)>,
    ) -> Self {
        let office = Self::without_a_pool(date, log, clock, vault, post).await;
        office.starts_with_agent(&Sender::invented().agent_id).await;
        office
    }

    async fn without_a_pool(
        date: &str,
        log: Arc<dyn EventLog>,
        clock: Arc<SimulatedClock>,
        vault: Option<Arc<Vault>>,
        post: Option<(Arc<dyn Post>, Letterhead)>,
    ) -> Self {
        let master = MasterKey::for_training(Training { seed: 1 });
        let keys = Arc::new(Keys::in_memory(master).expect("keys in memory"));
        let office = Self::over(log, keys, clock, seeded().clone(), vault, post).await;
        let seeded = books::seed(office.workers.engine(), Some(day(date))).await;
        seeded.expect("the books are published");
        office
    }

    async fn over(
        log: Arc<dyn EventLog>,
        keys: Arc<Keys>,
        clock: Arc<SimulatedClock>,
        policy: Policy,
        vault: Option<Arc<Vault>>,
        post: Option<(Arc<dyn Post>, Letterhead)>,
    ) -> Self {
        let views = tempfile::tempdir().expect("a directory");
        let engine = Engine::start(log.clone(), keys.clone(), clock.clone(), Arc::new(policy));
        let engine = Arc::new(engine.await.expect("the engine starts"));
        let source = Source::new(log.clone(), keys.clone());
        let rows = Views::open(views.path().to_owned(), catalogue(), source).await;
        let rows = Arc::new(rows.expect("the read models open"));
        let positions = Positions::in_memory().expect("positions in memory");
        let workers = Workers::resume(engine, rows, Job::seeded(), positions).await;
        let workers = match &vault {
            None => workers,
            Some(vault) => workers.and_then(|workers| workers.with_vault(vault.clone())),
        };
        let workers = workers.map(|workers| match post.clone() {
            None => workers,
            Some((post, letterhead)) => workers.with_post(Outgoing {
                post,
                letterhead,
                press: PRESS.clone(),
                files: data_in(&views),
            }),
        });
        Self {
            log,
            keys,
            clock,
            workers: Arc::new(workers.expect("the workers go on")),
            views,
            vault,
            post,
            commands: AtomicU64::new(0),
        }
    }

    /// The server is down until the morning of this day; whatever it kept in memory is lost.
    pub async fn is_down_until(self, date: &str) -> Self {
        let policy = Policy::clone(&self.workers.engine().policy());
        let commands = self.commands.load(Ordering::Relaxed);
        self.clock.set(morning(day(date)));
        let office = Self::over(
            self.log, self.keys, self.clock, policy, self.vault, self.post,
        )
        .await;
        office.commands.store(commands, Ordering::Relaxed);
        office.wakes().await;
        office
    }

    /// What carries its commands.
    pub fn engine(&self) -> &Engine {
        self.workers.engine()
    }

    /// Lets everything follow that follows by itself.
    pub async fn wakes(&self) {
        self.workers.wake().await.expect("the workers work");
    }

    /// Time goes on to the morning of this day, day by day.
    pub async fn goes_on_to(&self, date: &str) {
        let mut today = self.today().await;
        while today < day(date) {
            today = today + Days::new(1);
            self.clock.set(morning(today));
            self.wakes().await;
        }
    }

    /// Time goes on to this day; on each vendor business day before it the post is counted and closed
    /// with nothing in it beyond what was entered.
    pub async fn goes_on_closing_days_to(&self, date: &str) {
        while self.today().await < day(date) {
            let today = self.today().await;
            if self.is_business_day(today) {
                self.closes_the_post_of(today, 0).await;
            }
            let next = today + Days::new(1);
            self.clock.set(morning(next));
            self.wakes().await;
        }
    }

    /// The open day.
    pub async fn today(&self) -> NaiveDate {
        let today = self.workers.engine().today().await;
        today.expect("a day is open")
    }

    fn is_business_day(&self, date: NaiveDate) -> bool {
        self.policy().calendars.vendor().is_open(date).value
    }

    /// Its pages and its API, answering under an address; who collects its debits, if anybody is configured.
    pub fn app(&self, address: SocketAddr, consignor: Option<Consignor>) -> App {
        App::new(Parts {
            hosts: Hosts::loopback(address),
            practice: false,
            consignor,
            accounts: daicho_projections::journal::Accounts::default(),
            press: PRESS.clone(),
            engine: self.workers.engine().clone(),
            views: self.workers.views().clone(),
            workers: self.workers.clone(),
            data: Some(self.data()),
            metrics: Metrics::default(),
        })
    }

    /// Where it keeps what was sent.
    ///
    /// # Panics
    /// When the folder cannot be made.
    pub fn data(&self) -> DataDir {
        data_in(&self.views)
    }

    /// The rules in force.
    pub fn policy(&self) -> Arc<Policy> {
        self.workers.engine().policy()
    }

    /// Publishes a rule book of the service and works by it from its day on.
    ///
    /// # Errors
    /// What is wrong with the book.
    pub async fn publishes(&self, text: &str) -> Result<(), String> {
        let engine = self.workers.engine();
        let nth = self.commands.fetch_add(1, Ordering::Relaxed);
        let by = Caused::by_request("clerk", Uuid::from_u128(u128::from(nth) + 1));
        let published = books::publish(engine, "april.toml", text, by).await;
        published.map(|_| ()).map_err(|error| error.to_string())
    }

    /// What happens without anybody asking.
    pub fn workers(&self) -> &Workers {
        &self.workers
    }

    /// The clock leaps to the morning of this day; nobody is told.
    pub fn clock_leaps_to(&self, date: &str) {
        self.clock.set(morning(day(date)));
    }

    /// Something is recorded that this binary cannot read, as a newer one would.
    pub async fn records_what_nobody_can_read(&self) {
        let stream = Stream::Poa(PoaId(Uuid::from_u128(0xdead)));
        self.records(&stream, "poa.eaten_by_a_goat.v1", serde_json::json!({}))
            .await;
    }

    /// Records an event as it is given, as another version of daicho did.
    pub async fn records(&self, stream: &Stream, kind: &str, body: serde_json::Value) {
        let stream = StreamName::from(stream);
        let before = self.log.read_stream(&stream, 0, usize::MAX).await;
        let before = before.expect("the log is read");
        let id = derived_id(&[stream.as_str(), kind, &before.len().to_string()]);
        let event = NewEvent {
            event_id: id,
            command_id: id,
            kind: kind.into(),
            body: Body::from(&body),
            occurred_on: self.today().await,
            actor: "clerk".into(),
            correlation: id,
            causation: None,
            rulebook: None,
        };
        let expected = Expected::after(before.last().map(|last| last.version));
        let appended = self.log.append(&stream, expected, vec![event]).await;
        appended.expect("the log takes anything");
    }

    /// The folder of its read models.
    pub fn views_folder(&self) -> &std::path::Path {
        self.views.path()
    }

    /// Its read models, at the log's head.
    pub async fn views(&self) -> &Views {
        let views = self.workers.views();
        views.catch_up().await.expect("the read models keep up");
        views
    }

    /// Its live read models held against the log.
    pub async fn checks_its_views(&self) -> Check {
        let live = live_in(self.views_folder().to_owned(), &catalogue());
        let live = live.expect("there are read models");
        check(&live, &catalogue(), &self.source(), |_| {})
            .await
            .expect("the read models can be checked")
    }

    /// What its read models are made from.
    pub fn source(&self) -> Source {
        Source::new(self.log.clone(), self.keys.clone())
    }

    /// Sends a command and lets everything follow from it.
    ///
    /// # Errors
    /// The refusal's code.
    pub async fn sends(&self, command: Command) -> Result<(), &'static str> {
        let nth = self.commands.fetch_add(1, Ordering::Relaxed);
        let id = Uuid::from_u128(u128::from(nth) + 1);
        let by = Caused::by_request("clerk", id);
        match self.workers.engine().execute(command, by).await {
            Ok(_) => {
                self.wakes().await;
                Ok(())
            }
            Err(ExecuteError::Refused(refusal)) => Err(refusal.code()),
            Err(ExecuteError::Failed(failed)) => panic!("the world failed: {failed}"),
        }
    }

    async fn must(&self, command: Command) {
        let said = format!("{command:?}");
        if let Err(code) = self.sends(command).await {
            panic!("{said} was refused: {code}");
        }
    }

    async fn registers_three_offices(&self) {
        let name = "社会福祉法人あおぞら会";
        self.registers(name, corporation(), CORPORATION, 0..3).await;
    }

    async fn registers(&self, name: &str, id: CorporationId, of: &str, nth: Range<usize>) {
        let stream = Stream::Corporation(id);
        self.must(Command::corporation(
            &stream,
            corporation::Command::Register {
                number: Some(of.parse().expect("a valid number")),
                name: name.into(),
                external_refs: BTreeMap::new(),
                source: None,
                warnings: vec![],
            },
        ))
        .await;
        let offices = nth
            .map(|nth| NewOffice {
                number: number(nth),
                entries: vec![NewEntry {
                    entry: Entry {
                        kind: "訪問介護".into(),
                        name: format!("あおぞら第{}事業所", nth + 1),
                        kana: None,
                        address: None,
                        phone: None,
                        normalised: BTreeMap::new(),
                    },
                    source: None,
                }],
                warnings: vec![],
            })
            .collect();
        self.must(Command::corporation(
            &stream,
            corporation::Command::AddOffices { offices },
        ))
        .await;
    }

    /// A second corporation with three offices of its own becomes known.
    pub async fn meets_another_corporation(&self) {
        self.registers("社会福祉法人みどり会", other_corporation(), OTHER, 3..6)
            .await;
    }

    /// Its corporation has a trial and its 本登録 from today on.
    pub async fn is_registered_since_today(&self, service: Service) {
        let receipt = Receipt {
            on: self.today().await,
            at: None,
            channel: Channel::Form,
            number: None,
            proof: None,
        };
        let stream = Stream::Enrolment(corporation(), service);
        let received_on = receipt.on;
        for command in [
            enrolment::Command::StartTrial {
                receipt: receipt.clone(),
            },
            enrolment::Command::EnterOffices {
                offices: (0..3).map(office_id).collect(),
                received_on,
            },
            enrolment::Command::Register {
                receipt,
                terms_version: "2026-04".into(),
            },
        ] {
            self.must(Command::enrolment(&stream, command)).await;
        }
    }

    /// These offices apply on one form, received today.
    pub async fn takes_an_application(&self, name: &str, offices: &[usize]) {
        let on = self.today().await;
        self.takes_a_form(name, offices, on, None)
            .await
            .expect("the application is taken");
    }

    /// These offices apply on one form, received on a day, with what proves it.
    ///
    /// # Errors
    /// The refusal's code.
    pub async fn takes_a_form(
        &self,
        name: &str,
        offices: &[usize],
        on: NaiveDate,
        proof: Option<&str>,
    ) -> Result<(), &'static str> {
        let apply = transmission::Command::Apply {
            application: application(name),
            receipt: Receipt {
                on,
                at: None,
                channel: Channel::Form,
                number: None,
                proof: proof.map(str::to_owned),
            },
            offices: offices
                .iter()
                .map(|nth| ApplyingOffice {
                    number: number(*nth),
                    kj_id: Some(KjId::compose(number(*nth))),
                    kj_id_confirmed: false,
                    missing: None,
                })
                .collect(),
        };
        self.sends(Command::transmission(&transmission_stream(), apply))
            .await
    }

    /// The 委任状 of an office goes out by post today.
    pub async fn posts(&self, name: &str, office: usize) {
        let sent_on = self.today().await;
        self.does(
            name,
            office,
            poa::Command::Dispatch {
                method: Method::Post,
                sent_on,
                tracking: None,
            },
        )
        .await;
    }

    /// The 委任状 of an office is entered today as arrived on a day.
    pub async fn enters_arrival(&self, name: &str, office: usize, arrived_on: &str) {
        self.does(
            name,
            office,
            poa::Command::Receive {
                arrived_on: day(arrived_on),
                channel: Channel::Post,
            },
        )
        .await;
    }

    /// A command to an office's 委任状, which must be taken.
    pub async fn does(&self, name: &str, office: usize, command: poa::Command) {
        self.must(Command::poa(&poa_stream(name, office), command))
            .await;
    }

    /// The same, which may be refused.
    ///
    /// # Errors
    /// The refusal's code.
    pub async fn tries(
        &self,
        name: &str,
        office: usize,
        command: poa::Command,
    ) -> Result<(), &'static str> {
        self.sends(Command::poa(&poa_stream(name, office), command))
            .await
    }

    /// Counts this many sheets in the post of a day, enters what explains the difference, closes it.
    pub async fn closes_the_post_of(&self, date: NaiveDate, sheets: u32) {
        let stream = Stream::OfficeDay(date);
        let count = office_day::Command::CountPost {
            channel: Channel::Post,
            sheets,
        };
        self.must(Command::office_day(&stream, count)).await;
        let close = office_day::Command::Close {
            entered: BTreeMap::from([(Channel::Post, sheets)]),
            difference: None,
        };
        self.must(Command::office_day(&stream, close)).await;
    }

    /// Where an office's 委任状 stands.
    pub async fn sheet(&self, name: &str, office: usize) -> Sheet {
        let state = self.state(&poa_stream(name, office)).await;
        let State::Poa(state) = state else {
            panic!("a 委任状 stream");
        };
        state.sheet().expect("the 委任状 was asked for").clone()
    }

    /// The ステータス of an office's 委任状.
    pub async fn status(&self, name: &str, office: usize) -> Status {
        self.sheet(name, office).await.status()
    }

    /// The transmission of the corporation.
    pub async fn transmission(&self) -> transmission::State {
        let State::Transmission(state) = self.state(&transmission_stream()).await else {
            panic!("a transmission stream");
        };
        state
    }

    /// The start months of the offices applied for, in that order.
    pub async fn start_months(&self) -> Vec<Option<Month>> {
        let state = self.transmission().await;
        let plans = state.entries.iter().map(transmission::Entry::plan);
        plans
            .map(|plan| plan.map(transmission::Plan::month))
            .collect()
    }

    /// A stream as it is folded.
    pub async fn state(&self, stream: &Stream) -> State {
        let state = self.workers.engine().state(stream).await;
        State::clone(&*state.expect("the log is read"))
    }
}

/// The read models there are.
pub fn catalogue() -> Arc<Catalogue> {
    Arc::new(Catalogue::new(daicho_projections::ALL))
}

const CORPORATION: &str = "7000012050002";
const OTHER: &str = "6000012050003";

fn data_in(views: &TempDir) -> DataDir {
    let data = DataDir::at(views.path().join("data"));
    data.create().expect("a folder for documents");
    data
}

fn morning(date: NaiveDate) -> chrono::DateTime<chrono::Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

/// The corporation that most stories are about.
pub fn corporation() -> CorporationId {
    CorporationId::of_number(CORPORATION)
}

/// The corporation with the offices 3 to 5.
pub fn other_corporation() -> CorporationId {
    CorporationId::of_number(OTHER)
}

/// The 事業所番号 of an office, in Hokkaido.
pub fn number(nth: usize) -> OfficeNumber {
    let hokkaido = Prefecture::from_code(1).expect("1 is Hokkaido");
    let serial = u16::try_from(nth).expect("a small number") + 1;
    OfficeNumber::compose(hokkaido, '7', 2, serial).expect("a number can be composed")
}

/// The id of an office.
pub fn office_id(nth: usize) -> OfficeId {
    OfficeId::of_number(number(nth).as_str())
}

/// The rules that the binary seeds, read once.
pub fn seeded() -> &'static Policy {
    static SEEDED: LazyLock<Policy> = LazyLock::new(Policy::seeded);
    &SEEDED
}

/// The id of an application.
pub fn application(name: &str) -> ApplicationId {
    ApplicationId(derived_id(&["application", name]))
}

/// The transmission of the corporation.
pub fn transmission_stream() -> Stream {
    Stream::Transmission(corporation(), SERVICE)
}

/// The 委任状 of an office.
pub fn poa_stream(name: &str, office: usize) -> Stream {
    Stream::Poa(PoaId::of(application(name), office_id(office)))
}
