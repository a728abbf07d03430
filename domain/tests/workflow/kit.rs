//! Given what was recorded, on a day, when somebody asks, then this is recorded or refused.
//!
//! Decisions are written as sentences over the same contract that the log uses; nothing here knows a
//! rule.

use chrono::{Days, NaiveDate};
use daicho_domain::corporation::{self, BankAccount, Entry, NewEntry, NewOffice};
use daicho_domain::dates::Month;
use daicho_domain::decider::{Context, Known};
use daicho_domain::identifiers::{KjId, OfficeNumber};
use daicho_domain::intake::{Channel, Receipt};
use daicho_domain::nouns::{Command, Event, Refusal, State};
use daicho_domain::personal::Personal;
use daicho_domain::rules::Policy;
use daicho_domain::stream::{ApplicationId, CorporationId, OfficeId, StaffId, Stream, derived_id};
use daicho_domain::transmission::ApplyingOffice;
use daicho_domain::zengin::{AccountKind, Consignor};
use daicho_domain::{Service, billing, debit_batch, enrolment, office_day, transmission};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static POLICY: LazyLock<Policy> = LazyLock::new(Policy::seeded);

/// The policy that the binary seeds.
pub fn policy() -> &'static Policy {
    &POLICY
}

/// A civil date written `2026-04-25`.
pub fn day(text: &str) -> NaiveDate {
    text.parse()
        .expect("a date in a test is written YYYY-MM-DD")
}

/// An office desk in memory: streams with their events, a day, and the contract between.
#[derive(Clone, Default)]
pub struct Desk {
    streams: BTreeMap<Stream, Vec<Event>>,
    today: Option<NaiveDate>,
}

/// What followed from a command.
#[derive(Debug)]
pub struct Then {
    outcome: Result<Vec<Event>, Refusal>,
}

impl Desk {
    /// The same desk on a day.
    pub fn on(mut self, date: &str) -> Self {
        self.today = Some(day(date));
        self
    }

    /// The same desk after the command, which must be taken.
    pub fn after(mut self, command: Command) -> Self {
        let stream = command.stream.clone();
        let label = format!("{command:?}");
        match self.decide(command) {
            Ok(events) => self.streams.entry(stream).or_default().extend(events),
            Err(refusal) => panic!("{label} was refused: {refusal}"),
        }
        self
    }

    /// The same desk after these days were opened, counted and closed, the vendor's business days
    /// with nothing in the post.
    pub fn closed_through(mut self, from: &str, to: &str) -> Self {
        let mut date = day(from);
        while date <= day(to) {
            let stream = Stream::OfficeDay(date);
            self.today = Some(date);
            self = self.after(Command::office_day(&stream, office_day::Command::Open {}));
            if policy().calendars.vendor().is_open(date).value {
                let count = office_day::Command::CountPost {
                    channel: Channel::Post,
                    sheets: 0,
                };
                let close = office_day::Command::Close {
                    entered: BTreeMap::new(),
                    difference: None,
                };
                self = self
                    .after(Command::office_day(&stream, count))
                    .after(Command::office_day(&stream, close));
            }
            date = date + Days::new(1);
        }
        self
    }

    /// The same desk after the command, if it is taken, and how many events followed.
    pub fn tried(&self, command: Command) -> Option<(Self, usize)> {
        let stream = command.stream.clone();
        let events = self.decide(command).ok()?;
        let count = events.len();
        let mut after = self.clone();
        after.streams.entry(stream).or_default().extend(events);
        Some((after, count))
    }

    /// What follows from the command.
    pub fn when(&self, command: Command) -> Then {
        Then {
            outcome: self.decide(command),
        }
    }

    /// A stream as it is folded.
    pub fn state(&self, stream: &Stream) -> State {
        self.streams
            .get(stream)
            .into_iter()
            .flatten()
            .fold(State::initial(stream.noun()), State::evolve)
    }

    /// The transmission of a stream, folded.
    pub fn transmission(&self, stream: &Stream) -> transmission::State {
        let State::Transmission(state) = self.state(stream) else {
            panic!("{stream} is no transmission");
        };
        state
    }

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        let stream = command.stream.clone();
        let state = self.state(&stream);
        let mut known = Known::default();
        loop {
            let missing: Vec<_> = command
                .needs(&state, &known)
                .into_iter()
                .filter(|needed| !known.contains(needed))
                .collect();
            if missing.is_empty() {
                break;
            }
            for needed in missing {
                let state = self.state(&needed);
                known.insert(needed, state);
            }
        }
        let context = Context {
            stream: &stream,
            today: self.today.expect("a desk is on a day"),
            policy: policy(),
            known: &known,
        };
        command.decide(&context, &state)
    }
}

impl Then {
    /// Nothing new is recorded.
    #[track_caller]
    pub fn then_nothing(self) {
        self.then(&[]);
    }

    /// Exactly these events are recorded, named by their type.
    #[track_caller]
    pub fn then(self, expected: &[&str]) -> Vec<Event> {
        let events = self
            .outcome
            .unwrap_or_else(|refusal| panic!("refused: {} ({refusal})", refusal.code()));
        let names: Vec<_> = events.iter().map(name_of).collect();
        assert_eq!(names, expected, "{events:#?}");
        events
    }

    /// Exactly this is refused.
    #[track_caller]
    pub fn then_refused(self, code: &str) -> Refusal {
        match self.outcome {
            Ok(events) => panic!("not refused: {events:#?}"),
            Err(refusal) => {
                assert_eq!(refusal.code(), code, "{refusal}");
                refusal
            }
        }
    }
}

/// The type of an event, without noun and version.
pub fn name_of(event: &Event) -> String {
    let json = serde_json::to_value(event).expect("an event is plain data");
    let noun = json.as_object().and_then(|noun| noun.values().next());
    noun.and_then(|event| event["type"].as_str())
        .expect("an event is tagged by its type")
        .to_owned()
}

/// A form that came in on a day.
pub fn form(on: &str) -> Receipt {
    Receipt {
        on: day(on),
        at: None,
        channel: Channel::Form,
        number: None,
        proof: None,
    }
}

/// 事業所番号 of three offices in Hokkaido with right check digits.
pub fn office_numbers() -> [OfficeNumber; 3] {
    let hokkaido = daicho_domain::Prefecture::from_code(1).expect("01 is Hokkaido");
    [1, 2, 3].map(|serial| {
        OfficeNumber::compose(hokkaido, '7', 2, serial).expect("an office number can be composed")
    })
}

/// The corporation that most tests are about.
pub fn corporation_id() -> CorporationId {
    CorporationId::of_number("7000012050002")
}

/// The application that most tests are about.
pub fn application_id(name: &str) -> ApplicationId {
    ApplicationId(derived_id(&["application", name]))
}

/// The office with this number.
pub fn office_id(number: OfficeNumber) -> OfficeId {
    OfficeId::of_number(number.as_str())
}

/// A desk with one corporation of three offices.
pub fn registered_corporation() -> Desk {
    let stream = Stream::Corporation(corporation_id());
    let register = corporation::Command::Register {
        number: Some("7000012050002".parse().expect("a valid corporate number")),
        name: "社会福祉法人あおぞら会".into(),
        external_refs: BTreeMap::new(),
        source: None,
        warnings: vec![],
    };
    let offices = office_numbers()
        .into_iter()
        .enumerate()
        .map(|(index, number)| NewOffice {
            number,
            entries: vec![NewEntry {
                entry: Entry {
                    kind: "訪問介護".into(),
                    name: format!("あおぞら第{}事業所", index + 1),
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
    Desk::default()
        .on("2026-01-05")
        .after(Command::corporation(&stream, register))
        .after(Command::corporation(
            &stream,
            corporation::Command::AddOffices { offices },
        ))
}

/// The mini2 enrolment of the corporation.
pub fn mini2() -> Stream {
    Stream::Enrolment(corporation_id(), Service::HonobonoMini2)
}

/// The transmission of the corporation for a service.
pub fn transmission_of(service: Service) -> Stream {
    Stream::Transmission(corporation_id(), service)
}

/// A command to the mini2 enrolment.
pub fn enrol(command: enrolment::Command) -> Command {
    Command::enrolment(&mini2(), command)
}

/// The desk of DOMAIN section 10: 仮登録 2026-04-10, 本登録 2026-05-20.
pub fn registered_for_mini2() -> Desk {
    registered_corporation()
        .on("2026-04-10")
        .after(enrol(enrolment::Command::StartTrial {
            receipt: form("2026-04-10"),
        }))
        .after(enrol(enrolment::Command::EnterOffices {
            offices: office_numbers().into_iter().map(office_id).collect(),
            received_on: day("2026-04-10"),
        }))
        .on("2026-05-20")
        .after(enrol(enrolment::Command::Register {
            receipt: form("2026-05-20"),
            terms_version: "2026-04".into(),
        }))
}

/// An office on a form, with its KJ ID.
pub fn applying(number: OfficeNumber) -> ApplyingOffice {
    ApplyingOffice {
        number,
        kj_id: Some(KjId::compose(number)),
        kj_id_confirmed: false,
        missing: None,
    }
}

/// An application for transmission of these offices, received on a day.
pub fn apply(
    service: Service,
    name: &str,
    on: &str,
    offices: impl IntoIterator<Item = ApplyingOffice>,
) -> Command {
    Command::transmission(
        &transmission_of(service),
        transmission::Command::Apply {
            application: application_id(name),
            receipt: form(on),
            offices: offices.into_iter().collect(),
        },
    )
}

/// The ledger of the corporation.
pub fn ledger() -> Stream {
    Stream::Billing(corporation_id())
}

/// A command to the ledger.
pub fn bill(command: billing::Command) -> Command {
    Command::billing(&ledger(), command)
}

/// A command to the debit batch of a month.
pub fn batch(month: &str, command: debit_batch::Command) -> Command {
    let month = month.parse().expect("a month in a test is written YYYY-MM");
    Command::debit_batch(&Stream::DebitBatch(month), command)
}

/// A step of the corporation's mandate.
pub fn mandate(command: corporation::MandateCommand) -> Command {
    Command::corporation(&Stream::Corporation(corporation_id()), command.into())
}

/// A member of the staff.
pub fn staff(name: &str) -> StaffId {
    StaffId(derived_id(&["staff", name]))
}

/// Who collects, in tests.
pub fn consignor() -> Consignor {
    Consignor {
        code: "9999999999".parse().expect("a code"),
        name: "カ）テスト".into(),
        bank: "9999".parse().expect("a code"),
        bank_name: "テスト".into(),
        branch: "001".parse().expect("a code"),
        branch_name: "ホンテン".into(),
        account_kind: AccountKind::Ordinary,
        account_number: "9999999".parse().expect("a number"),
        unsaid: vec![],
    }
}

/// An account that the file can carry.
pub fn account(holder: &str) -> BankAccount {
    BankAccount {
        bank: "9999".parse().expect("a code"),
        bank_name: "テスト".into(),
        branch: "020".parse().expect("a code"),
        branch_name: "シテン".into(),
        kind: AccountKind::Ordinary,
        number: Personal::new("account-1", "0000001"),
        holder: Personal::new("account-1", holder),
    }
}

impl Desk {
    /// The same desk with the corporation's mandate in force since a day.
    pub fn with_mandate(self, on: &str) -> Self {
        use corporation::MandateCommand as Step;
        let need = corporation::Command::NeedMandate {
            service: Service::HonobonoMini2,
            charged: "2026-08".parse().expect("a month"),
        };
        let on_day = day(on);
        self.on(on)
            .after(Command::corporation(
                &Stream::Corporation(corporation_id()),
                need,
            ))
            .after(mandate(Step::Send { sent_on: on_day }))
            .after(mandate(Step::Return {
                returned_on: on_day,
                account: account("フク）アオゾラカイ"),
            }))
            .after(mandate(Step::HandToBank { on: on_day }))
            .after(mandate(Step::Register {
                on: on_day,
                customer: None,
            }))
    }

    /// The same desk on the first day of a month after the month before was charged.
    pub fn charged(self, month: &str) -> Self {
        let month: Month = month.parse().expect("a month");
        self.on(&month.next().first_day().to_string())
            .after(bill(billing::Command::Charge {
                service: Service::HonobonoMini2,
                month,
            }))
    }

    /// The ledger, folded.
    pub fn ledger(&self) -> billing::State {
        let State::Billing(state) = self.state(&ledger()) else {
            panic!("a ledger");
        };
        state
    }
}

/// The desk of DOMAIN section 10 from the first day that is charged on.
pub fn billed() -> Desk {
    registered_for_mini2()
        .on("2026-08-01")
        .after(enrol(enrolment::Command::StartBilling {
            on: day("2026-08-01"),
        }))
        .after(bill(billing::Command::BeginCharging {
            service: Service::HonobonoMini2,
            from: "2026-08".parse().expect("a month"),
        }))
}
