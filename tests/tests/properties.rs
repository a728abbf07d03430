//! What must hold whatever people do and in whatever order: random days, random commands, every state walked.

use chrono::{Days, NaiveDate};
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::intake::{Channel, Receipt};
use daicho_domain::nouns::{Command, State};
use daicho_domain::poa::{self, Defect, Method, Stage};
use daicho_domain::rules::{Ask, Question, reckoned};
use daicho_domain::stream::Stream;
use daicho_domain::stream::{ApplicationId, CorporationId, OfficeId, PoaId};
use daicho_domain::transmission::{self, ApplyingOffice, Decision, Missing, Standing};
use daicho_domain::waiting::Trigger;
use daicho_domain::{enrolment, identifiers::KjId, identifiers::OfficeNumber, office_day};
use daicho_eventlog::{Caused, ExecuteError};
use daicho_tests::office::{
    Office, application, corporation, day, number, office_id, other_corporation, seeded,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const NAMES: [&str; 3] = ["first", "second", "third"];

#[test]
fn the_start_never_moves_back_as_the_application_day_grows() {
    let all_days = || {
        day("2026-01-01")
            .iter_days()
            .take_while(|on| *on <= day("2030-12-31"))
    };
    for service in [Service::HonobonoMini2, Service::CareNetMessenger] {
        let start = |on| {
            let asked = reckoned(seeded(), &Ask::new(service, Question::Transmission, on));
            let answer = asked.expect("the seeded books hold");
            answer.month("transmission_start").expect("it has a start")
        };
        assert!(all_days().map(start).is_sorted(), "{service}");
    }
    let first_day = |on| {
        let ask = Ask::new(Service::CareplanRenkei, Question::Licence, on);
        let answer = reckoned(seeded(), &ask).expect("the seeded books hold");
        answer
            .date("licence_first_day")
            .expect("it has a first day")
    };
    assert!(all_days().map(first_day).is_sorted());
}

/// One corporation in one service.
#[derive(Clone, Copy, Debug)]
struct Account {
    whose: Whose,
    service: Service,
}

/// One of the two corporations.
#[derive(Clone, Copy, Debug)]
enum Whose {
    First,
    Other,
}

const MESSENGER: Account = Account {
    whose: Whose::First,
    service: Service::CareNetMessenger,
};

/// Both corporations in both services that transmit.
const ACCOUNTS: [Account; 4] = [
    MESSENGER,
    Account {
        whose: Whose::First,
        service: Service::HonobonoMini2,
    },
    Account {
        whose: Whose::Other,
        service: Service::CareNetMessenger,
    },
    Account {
        whose: Whose::Other,
        service: Service::HonobonoMini2,
    },
];

impl Account {
    fn corporation(self) -> CorporationId {
        match self.whose {
            Whose::First => corporation(),
            Whose::Other => other_corporation(),
        }
    }

    fn transmission(self) -> Stream {
        Stream::Transmission(self.corporation(), self.service)
    }

    fn enrolment(self) -> Stream {
        Stream::Enrolment(self.corporation(), self.service)
    }

    /// The `nth` of its three offices among all.
    const fn place(self, nth: usize) -> usize {
        match self.whose {
            Whose::First => nth,
            Whose::Other => nth + 3,
        }
    }

    fn office(self, nth: usize) -> OfficeId {
        office_id(self.place(nth))
    }

    fn number(self, nth: usize) -> OfficeNumber {
        number(self.place(nth))
    }

    fn application(self, name: usize) -> ApplicationId {
        let (corporation, service) = (self.corporation(), self.service);
        application(&format!("{corporation}-{service}-{}", NAMES[name]))
    }

    fn poa(self, name: usize, nth: usize) -> Stream {
        Stream::Poa(PoaId::of(self.application(name), self.office(nth)))
    }
}

/// Something somebody does for an account, or for the whole office.
#[derive(Clone, Debug)]
enum Deed {
    For(Account, Act),
    Office(Daily),
}

/// What is done for the whole office.
#[derive(Clone, Copy, Debug)]
enum Daily {
    /// The post of the oldest open days is counted and closed, so many days of it.
    Close(usize),
    /// Days pass.
    Days(u64),
}

/// Something somebody does for an account.
#[derive(Clone, Debug)]
enum Act {
    /// A trial form received so many days ago.
    Trial(u64),
    /// The entries of offices, received today.
    Enter(BTreeSet<usize>),
    /// A 本登録 received so many days ago.
    Register(u64),
    /// Offices apply on a form received so many days ago; the first may lack something.
    Apply(usize, BTreeSet<usize>, Option<Missing>, u64),
    /// Something is said about the 委任状 of an office, on a day so long ago.
    Paper(usize, usize, PaperAct, u64),
    /// What was missing for an office is supplied.
    Complete(usize, usize),
    /// One office, or all, leaves an application.
    Withdraw(usize, Option<usize>),
    /// A person decides, for the month so many months ahead, or that all stays.
    Decide(usize, usize, Option<u32>),
}

/// What can be said about a 委任状.
#[derive(Clone, Copy, Debug)]
enum PaperAct {
    Dispatch,
    ReturnUndelivered,
    Reprint,
    Receive,
    Accept,
    FindDefective,
    ApproveLate,
    File,
    Confirm,
    Reject,
}

const PAPER_ACTS: [PaperAct; 10] = [
    PaperAct::Dispatch,
    PaperAct::ReturnUndelivered,
    PaperAct::Reprint,
    PaperAct::Receive,
    PaperAct::Accept,
    PaperAct::FindDefective,
    PaperAct::ApproveLate,
    PaperAct::File,
    PaperAct::Confirm,
    PaperAct::Reject,
];

fn act() -> impl Strategy<Value = Act> {
    let name = || 0..NAMES.len();
    let office = || 0..3_usize;
    let missing = prop::option::weighted(
        0.2,
        prop_oneof![
            Just(Missing::KjId),
            Just(Missing::Entries(vec!["代表者名".to_owned()]))
        ],
    );
    let offices = || prop::collection::btree_set(office(), 1..=3);
    let paper = prop::sample::select(PAPER_ACTS.to_vec());
    prop_oneof![
        1 => (0..4_u64).prop_map(Act::Trial),
        1 => offices().prop_map(Act::Enter),
        1 => (0..4_u64).prop_map(Act::Register),
        2 => (name(), offices(), missing, 0..4_u64).prop_map(|(name, offices, missing, ago)| Act::Apply(name, offices, missing, ago)),
        10 => (name(), office(), paper, 0..4_u64).prop_map(|(name, office, act, ago)| Act::Paper(name, office, act, ago)),
        1 => (name(), office()).prop_map(|(name, office)| Act::Complete(name, office)),
        1 => (name(), prop::option::of(office())).prop_map(|(name, office)| Act::Withdraw(name, office)),
        1 => (name(), office(), prop::option::of(1..4_u32)).prop_map(|(name, office, ahead)| Act::Decide(name, office, ahead)),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    // Most is about one account, so that histories get somewhere.
    let account = prop_oneof![
        3 => Just(MESSENGER),
        3 => prop::sample::select(ACCOUNTS.to_vec()),
    ];
    prop_oneof![
        3 => (1..12_usize).prop_map(|days| Deed::Office(Daily::Close(days))),
        5 => (1..12_u64).prop_map(|days| Deed::Office(Daily::Days(days))),
        17 => (account, act()).prop_map(|(account, act)| Deed::For(account, act)),
    ]
}

/// A sequence that gets somewhere: a trial with its 本登録, an application of each corporation, and chance after them.
fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let all = || BTreeSet::from([0, 1, 2]);
    let mini2 = ACCOUNTS[3];
    let begun = [
        Deed::For(mini2, Act::Trial(0)),
        Deed::For(mini2, Act::Enter(all())),
        Deed::For(mini2, Act::Register(0)),
        Deed::For(mini2, Act::Apply(0, all(), None, 0)),
        Deed::For(MESSENGER, Act::Apply(0, all(), None, 0)),
    ];
    prop::collection::vec(deed(), 20..60).prop_map(move |deeds| [&begun[..], &deeds].concat())
}

fn receipt(on: NaiveDate) -> Receipt {
    Receipt {
        on,
        at: None,
        channel: Channel::Form,
        number: None,
        proof: Some("消印".to_owned()),
    }
}

impl Act {
    /// The commands that the act sends on this day.
    fn commands(&self, account: Account, today: NaiveDate) -> Vec<Command> {
        let ago = |days: u64| today - Days::new(days);
        let transmit = |command| vec![Command::transmission(&account.transmission(), command)];
        let enrol = |command| vec![Command::enrolment(&account.enrolment(), command)];
        match self {
            Self::Apply(name, offices, missing, days) => transmit(transmission::Command::Apply {
                application: account.application(*name),
                receipt: receipt(ago(*days)),
                offices: offices
                    .iter()
                    .enumerate()
                    .map(|(place, nth)| {
                        let missing = missing.clone().filter(|_| place == 0);
                        ApplyingOffice {
                            number: account.number(*nth),
                            kj_id: (missing != Some(Missing::KjId))
                                .then(|| KjId::compose(account.number(*nth))),
                            kj_id_confirmed: false,
                            missing,
                        }
                    })
                    .collect(),
            }),
            Self::Paper(name, nth, act, days) => {
                let on = ago(*days);
                let command = match act {
                    PaperAct::Dispatch => poa::Command::Dispatch {
                        method: Method::Post,
                        sent_on: on,
                        tracking: None,
                    },
                    PaperAct::ReturnUndelivered => poa::Command::RecordUndeliverable {
                        returned_on: on,
                        note: None,
                    },
                    PaperAct::Reprint => poa::Command::Reprint {
                        reason: "紛失".into(),
                    },
                    PaperAct::Receive => poa::Command::Receive {
                        arrived_on: on,
                        channel: Channel::Post,
                    },
                    PaperAct::Accept => poa::Command::Accept {},
                    PaperAct::FindDefective => poa::Command::FindDefective {
                        defect: Defect::ALL[0],
                        note: None,
                    },
                    PaperAct::ApproveLate => poa::Command::ApproveLate {},
                    PaperAct::File => poa::Command::File(
                        poa::Filing::on(on).without_scan(Some("写しは紙で保管".into())),
                    ),
                    PaperAct::Confirm => poa::Command::Confirm { on },
                    PaperAct::Reject => poa::Command::Reject {
                        on,
                        reason: "印影相違".into(),
                    },
                };
                vec![Command::poa(&account.poa(*name, *nth), command)]
            }
            Self::Complete(name, nth) => transmit(transmission::Command::Complete {
                application: account.application(*name),
                office: account.office(*nth),
                kj_id: Some(KjId::compose(account.number(*nth))),
                kj_id_confirmed: false,
                receipt: receipt(today),
            }),
            Self::Withdraw(name, nth) => transmit(transmission::Command::Withdraw {
                application: account.application(*name),
                office: nth.map(|nth| account.office(nth)),
                reason: "取りやめ".into(),
            }),
            Self::Decide(name, nth, ahead) => transmit(transmission::Command::Decide {
                application: account.application(*name),
                office: account.office(*nth),
                decision: match ahead {
                    None => Decision::Keep,
                    Some(months) => Decision::StartIn(Month::of(today).plus(*months)),
                },
                reason: "相談の結果".into(),
            }),
            Self::Trial(days) => enrol(enrolment::Command::StartTrial {
                receipt: receipt(ago(*days)),
            }),
            Self::Enter(offices) => enrol(enrolment::Command::EnterOffices {
                offices: offices.iter().map(|nth| account.office(*nth)).collect(),
                received_on: today,
            }),
            Self::Register(days) => enrol(enrolment::Command::Register {
                receipt: receipt(ago(*days)),
                terms_version: "2026-04".to_owned(),
            }),
        }
    }
}

impl Deed {
    /// The commands that are sent on this day; none when only time passes.
    async fn commands(&self, office: &Office) -> Vec<Command> {
        let today = office.today().await;
        match self {
            Self::For(account, act) => act.commands(*account, today),
            Self::Office(Daily::Days(_)) => vec![],
            Self::Office(Daily::Close(days)) => {
                let mut open = Vec::new();
                for date in day(FIRST_DAY).iter_days().take_while(|date| *date <= today) {
                    if open.len() < *days && !is_closed(office, date).await {
                        open.push(date);
                    }
                }
                open.into_iter().flat_map(closing).collect()
            }
        }
    }
}

const FIRST_DAY: &str = "2026-06-22";

/// Whether nobody has to count or close that day any more.
async fn is_closed(office: &Office, date: NaiveDate) -> bool {
    let vendor = seeded().calendars.vendor();
    let State::OfficeDay(state) = office.state(&Stream::OfficeDay(date)).await else {
        panic!("a day's stream");
    };
    !vendor.is_open(date).value || state.is_closed()
}

fn closing(date: NaiveDate) -> [Command; 2] {
    let stream = Stream::OfficeDay(date);
    [
        office_day::Command::CountPost {
            channel: Channel::Post,
            sheets: 1,
        },
        office_day::Command::Close {
            entered: BTreeMap::from([(Channel::Post, 1)]),
            difference: None,
        },
    ]
    .map(|command| Command::office_day(&stream, command))
}

async fn head(office: &Office) -> u64 {
    let head = office.engine().log().head().await.expect("the log is read");
    head.expect("there are events").number
}

/// Sends the command, then again under the same identity, then once more as a new request.
async fn sends_three_times(office: &Office, command: &Command, nth: &mut u128) {
    *nth += 2;
    let by = |id| Caused::by_request("clerk", Uuid::from_u128(id));
    let send = |id| office.engine().execute(command.clone(), by(id));
    let first = match send(*nth).await {
        Ok(executed) => executed,
        Err(ExecuteError::Refused(_)) => return,
        Err(ExecuteError::Failed(failed)) => panic!("the world failed: {failed}"),
    };
    let before = head(office).await;
    let again = send(*nth).await.expect("it was taken before");
    assert_eq!(head(office).await, before, "{command:?} sent twice");
    assert_eq!(again.repeated, !first.events.is_empty());
    let numbers = |executed: &daicho_eventlog::Executed| -> Vec<_> {
        executed
            .events
            .iter()
            .map(|event| event.recorded.number)
            .collect()
    };
    assert_eq!(numbers(&again), numbers(&first));
    if !first.events.is_empty() {
        // Asking for what holds already is refused or gives nothing; it is never recorded twice.
        match send(*nth + 1).await {
            Ok(_) | Err(ExecuteError::Refused(_)) => {}
            Err(ExecuteError::Failed(failed)) => panic!("the world failed: {failed}"),
        }
        assert_eq!(head(office).await, before, "{command:?} asked for again");
    }
    office.wakes().await;
}

/// Every open thing says what it waits for, and nothing that was due is left over.
async fn walk(office: &Office) {
    let today = office.today().await;
    let mut streams = Vec::new();
    for account in ACCOUNTS {
        streams.extend([account.transmission(), account.enrolment()]);
        let papers = (0..NAMES.len()).flat_map(|name| (0..3).map(move |nth| (name, nth)));
        streams.extend(papers.map(|(name, nth)| account.poa(name, nth)));
    }
    for stream in &streams {
        let state = office.state(stream).await;
        match &state {
            State::Transmission(state) => {
                for entry in &state.entries {
                    let open = match entry.standing {
                        Standing::Started { .. } | Standing::Withdrawn { .. } => false,
                        Standing::Incomplete(_)
                        | Standing::Complete
                        | Standing::Preparing { .. }
                        | Standing::IdsDue { .. }
                        | Standing::Issued { .. } => true,
                    };
                    let waits = !state.waiting(entry).is_empty();
                    assert!(waits || !open, "nobody waits for {entry:#?}");
                }
            }
            State::Poa(state) => {
                let open = state.sheet().is_some_and(|sheet| match sheet.stage {
                    Stage::Confirmed { .. } | Stage::Void { .. } => false,
                    Stage::ToSend { .. }
                    | Stage::Out { .. }
                    | Stage::Undeliverable { .. }
                    | Stage::Received { .. }
                    | Stage::Accepted { .. }
                    | Stage::Filed { .. } => true,
                });
                assert!(open != state.waiting().is_empty(), "{state:#?}");
            }
            State::Enrolment(state) => {
                let open = match state {
                    enrolment::State::Trial(_) | enrolment::State::Registered(_) => true,
                    enrolment::State::NotBegun
                    | enrolment::State::Billing(_)
                    | enrolment::State::Ended { .. }
                    | enrolment::State::Closed { .. } => false,
                };
                assert!(open != state.waiting().is_empty(), "{state:#?}");
            }
            State::Corporation(_)
            | State::Credential(_)
            | State::Licence(_)
            | State::Billing(_)
            | State::DebitBatch(_)
            | State::Termination(_)
            | State::OfficeDay(_)
            | State::Schedule(_)
            | State::Staff(_)
            | State::Rulebook(_)
            | State::Dispatch(_)
            | State::Mail(_)
            | State::Attachment(_)
            | State::Agent(_)
            | State::Installation(_) => panic!("{stream} is not walked"),
        }
        for deadline in state.deadlines(stream) {
            let fell_due = match deadline.trigger {
                Trigger::DayOpened => deadline.on <= today,
                Trigger::PostClosed => deadline.on < today && is_closed(office, deadline.on).await,
            };
            // What falls due and cannot be done yet stays; it must change nothing when sent again.
            if fell_due {
                let by = Caused::by_request("walk", Uuid::from_u128(u128::MAX));
                let before = head(office).await;
                match office.engine().execute(deadline.command.clone(), by).await {
                    Ok(_) => {}
                    Err(ExecuteError::Refused(refusal)) => {
                        panic!("{stream}: {} is refused: {refusal}", deadline.name)
                    }
                    Err(ExecuteError::Failed(failed)) => panic!("the world failed: {failed}"),
                }
                assert_eq!(
                    head(office).await,
                    before,
                    "{stream}: {} was left over",
                    deadline.name
                );
            }
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn every_open_state_waits_for_something_and_nothing_is_recorded_twice(deeds in deeds()) {
        runtime().block_on(async {
            let office = Office::opens_on(FIRST_DAY).await;
            office.meets_another_corporation().await;
            let mut nth = 1_000_000;
            for deed in &deeds {
                for command in deed.commands(&office).await {
                    sends_three_times(&office, &command, &mut nth).await;
                }
                if let Deed::Office(Daily::Days(days)) = deed {
                    let later = office.today().await + Days::new(*days);
                    office.goes_on_to(&later.to_string()).await;
                }
                walk(&office).await;
            }
            let views = office.views().await;
            assert_eq!(views.applied(), Some(head(&office).await));
            let check = office.checks_its_views().await;
            assert_eq!(check.differing(), Vec::<&str>::new());
        });
    }

    #[test]
    fn one_bad_office_postpones_exactly_the_offices_the_rule_names(
        later in 1..32_u64,
        split in prop::collection::btree_set(0..3_usize, 1..=2),
        bad in 0..3_usize,
        defective in any::<bool>(),
    ) {
        runtime().block_on(async {
            // Some offices apply first, the others on a later form, perhaps for a later month.
            let office = Office::opens_on(FIRST_DAY).await;
            let first: Vec<_> = split.iter().copied().collect();
            let second: Vec<_> = (0..3).filter(|nth| !split.contains(nth)).collect();
            office.takes_an_application("first", &first).await;
            let next = day(FIRST_DAY) + Days::new(later);
            let form_of = |nth: usize| if split.contains(&nth) { "first" } else { "second" };
            let everybody_returns = async |names: &[usize]| {
                let today = office.today().await;
                for nth in names {
                    office.posts(form_of(*nth), *nth).await;
                    if *nth != bad {
                        office.enters_arrival(form_of(*nth), *nth, &today.to_string()).await;
                        office.does(form_of(*nth), *nth, poa::Command::Accept {}).await;
                    }
                }
                // A form whose papers are all in order is filed, and misses nothing by itself.
                for nth in names.iter().filter(|_| !names.contains(&bad)) {
                    let reason = Some("写しは紙で保管".into());
                    let file = poa::Command::File(poa::Filing::on(today).without_scan(reason));
                    office.does(form_of(*nth), *nth, file).await;
                }
            };
            everybody_returns(&first).await;
            // A bad office of the first form may be decided before the second form comes in.
            office.goes_on_closing_days_to(&next.to_string()).await;
            office.takes_an_application("second", &second).await;
            everybody_returns(&second).await;
            let before = office.transmission().await;
            if !before.postponements.is_empty() {
                return;
            }
            let due = office.sheet(form_of(bad), bad).await.dates.due.on;
            if defective {
                let today = office.today().await.to_string();
                office.enters_arrival(form_of(bad), bad, &today).await;
                let defect = Defect::ALL[0];
                office.does(form_of(bad), bad, poa::Command::FindDefective { defect, note: None }).await;
            }
            let missed = before.entries.iter().find(|entry| entry.office == office_id(bad))
                .and_then(|entry| entry.plan()).expect("it has its dates").month();
            let after_due = seeded().calendars.vendor().add(due, 1).value;
            office.goes_on_closing_days_to(&after_due.to_string()).await;
            let after = office.transmission().await;
            assert_eq!(after.postponements.len(), 1);
            let held: BTreeSet<_> = after.postponements[0].offices.iter().map(|(held, _)| *held).collect();
            let named: BTreeSet<_> = before.entries.iter()
                .filter(|entry| entry.plan().is_some_and(|plan| plan.month() == missed))
                .filter(|entry| !matches!(entry.standing, Standing::Started { .. }))
                .map(transmission::Entry::reference)
                .collect();
            assert_eq!(held, named);
            for (before, after) in before.entries.iter().zip(&after.entries) {
                let month = |entry: &transmission::Entry| entry.plan().map(transmission::Plan::month);
                let expected = match named.contains(&before.reference()) {
                    true => month(before).map(Month::next),
                    false => month(before),
                };
                assert_eq!(month(after), expected, "{:?}", after.reference());
            }
        });
    }
}
