//! Made-up histories of any length, event by event: for what must hold of the read models after *any*
//! history, and for measuring them. Nothing decides here; the same seed gives the same events.

use chrono::{Datelike as _, Days, NaiveDate};
use daicho_domain::corporation::{self, Contact, Entry, SendTo};
use daicho_domain::dates::Month;
use daicho_domain::identifiers::{AgentId, CorporateNumber, KjId, OfficeNumber};
use daicho_domain::intake::{Channel, Receipt};
use daicho_domain::nouns::Event;
use daicho_domain::personal::Personal;
use daicho_domain::poa::{self, Defect, DueOf, Method, NamedAgent, Purpose};
use daicho_domain::rules::{Basis, Certainty, Dated, Question};
use daicho_domain::stream::{
    ApplicationId, CorporationId, CredentialId, OfficeId, PoaId, StaffId, Stream, derived_id,
};
use daicho_domain::transmission::{
    self, AppliedOffice, Cause, CauseKind, OfficeRef, Plan, PlannedOffice,
};
use daicho_domain::{Prefecture, Service, enrolment, office_day, staff};
use daicho_eventlog::sealing::{self, Keys, MasterKey};
use daicho_eventlog::{Body, EventLog, Expected, NewEvent, StreamName, Training};
use std::sync::Arc;
use uuid::Uuid;

/// An event with the thing it happens to and the day.
#[derive(Clone, Debug)]
pub struct Happening {
    /// The business day.
    pub on: NaiveDate,
    /// The thing.
    pub stream: Stream,
    /// What happens.
    pub event: Event,
}

/// How many corporations, how many days, and which of all possible histories.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Corporations.
    pub corporations: u64,
    /// Over how many days they come.
    pub days: u64,
    /// The day after which nothing more happens, counted from the first.
    pub last_day: u64,
    /// The seed.
    pub seed: u64,
}

/// The first day of every history.
pub fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 5).expect("a real day")
}

/// The keys that open a history's personal texts.
pub fn keys() -> Arc<Keys> {
    let master = MasterKey::for_training(Training { seed: 1 });
    Arc::new(Keys::in_memory(master).expect("keys in memory"))
}

/// A history in the order of its days.
pub fn history(shape: Shape) -> Vec<Happening> {
    block(shape, 0)
}

/// One of several histories of this shape that follow each other: other corporations on later days, so that a
/// log of any length grows by one of them at a time and as many things are under way at its end as at its
/// beginning.
pub fn block(shape: Shape, block: u64) -> Vec<Happening> {
    let mut chance = Chance(
        shape
            .seed
            .wrapping_add(block)
            .wrapping_mul(2)
            .wrapping_add(1),
    );
    let mut all = vec![];
    let first_day = first_day() + Days::new(block * (shape.last_day + 1));
    for staff in 0..3_u64 {
        let name = Personal::new(format!("staff-{staff}"), format!("担当 {staff}"));
        all.push(Happening {
            on: first_day,
            stream: Stream::Staff(clerk(staff)),
            event: Event::Staff(staff::Event::Named { name }),
        });
    }
    for number in block * shape.corporations..(block + 1) * shape.corporations {
        let begins = first_day + Days::new(chance.below(shape.days.max(1)));
        corporation(number, begins, &mut chance, &mut all);
    }
    all.sort_by_key(|happening| happening.on);
    let last = first_day + Days::new(shape.last_day);
    all.retain(|happening| happening.on <= last);
    with_days(all, first_day, last)
}

/// Opens every day and closes the post of working days, among the other events.
fn with_days(all: Vec<Happening>, first: NaiveDate, last: NaiveDate) -> Vec<Happening> {
    let mut events = Vec::with_capacity(all.len() + 800);
    let mut all = all.into_iter().peekable();
    for on in first.iter_days().take_while(|day| *day <= last) {
        let stream = Stream::OfficeDay(on);
        let business_day = on.weekday().number_from_monday() < 6;
        let of_day = |event| Happening {
            on,
            stream: stream.clone(),
            event: Event::OfficeDay(event),
        };
        events.push(of_day(office_day::Event::Opened { business_day }));
        let mut sheets = 0;
        while let Some(happening) = all.next_if(|happening| happening.on == on) {
            sheets += u32::from(matches!(
                happening.event,
                Event::Poa(poa::Event::Received { .. })
            ));
            events.push(happening);
        }
        if business_day {
            let channel = Channel::Post;
            events.push(of_day(office_day::Event::PostCounted { channel, sheets }));
            let counted: std::collections::BTreeMap<_, _> = [(channel, sheets)].into();
            events.push(of_day(office_day::Event::Closed {
                entered: counted.clone(),
                counted,
                difference: None,
            }));
        }
    }
    events
}

/// Records a history, a day's events of one stream at a time.
pub async fn record(log: &dyn EventLog, keys: &Keys, history: &[Happening]) {
    record_after(log, keys, 0, history).await;
}

/// Records a history into a log that holds so many events of others.
pub async fn record_after(log: &dyn EventLog, keys: &Keys, before: u64, history: &[Happening]) {
    for (index, happening) in (before..).zip(history) {
        let stream = StreamName::new(happening.stream.to_string());
        let event = sealed(keys, &stream, index, happening);
        log.append(&stream, Expected::Any, vec![event])
            .await
            .expect("appends");
    }
}

/// The event as the log takes it.
pub fn sealed(keys: &Keys, stream: &StreamName, index: u64, happening: &Happening) -> NewEvent {
    let wire = daicho_schemas::encode(&happening.event);
    let command_id = derived_id(&["command", &index.to_string()]);
    let event_id = Uuid::new_v5(&command_id, &[0]);
    let mut body = wire.body;
    sealing::seal(keys, stream, event_id, &mut body).expect("seals");
    NewEvent {
        event_id,
        command_id,
        kind: wire.kind.into(),
        body: Body::from(&body),
        occurred_on: happening.on,
        actor: clerk(index % 3).to_string().into(),
        correlation: command_id,
        causation: None,
        rulebook: Some("honobono-mini2@2015-01-01 r1".into()),
    }
}

fn clerk(number: u64) -> StaffId {
    StaffId(derived_id(&["clerk", &number.to_string()]))
}

fn dated(milestone: &str, on: NaiveDate, asked_on: NaiveDate) -> Dated {
    let open = [
        "transmission.cutoff_closed_day",
        "poa.due_day",
        "trial.counted_from",
    ];
    let at = milestone.len() % open.len();
    Dated {
        on,
        basis: Arc::new(Basis {
            service: Service::HonobonoMini2,
            question: Question::Transmission,
            milestone: milestone.to_owned(),
            asked_on,
            prefecture: None,
            decided_on: None,
            book: "honobono-mini2@2015-01-01 r1".to_owned(),
            rules: vec![format!("transmission.{milestone}")],
            open: vec![open[at].to_owned()],
            certainty: Certainty::Fixed,
            promised: None,
        }),
    }
}

/// A small generator of chance that is the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

struct Office {
    id: OfficeId,
    number: OfficeNumber,
}

/// One corporation from its registration to transmission, with what goes wrong on the way.
fn corporation(index: u64, begins: NaiveDate, chance: &mut Chance, all: &mut Vec<Happening>) {
    let number = CorporateNumber::compose(100_000_000_000 + index).expect("twelve digits");
    let id = CorporationId::of_number(number.as_str());
    let service = Service::HonobonoMini2;
    let offices: Vec<_> = (0..1 + chance.below(4))
        .map(|place| office(index * 5 + place))
        .collect();
    let mut on = begins;
    let mut happens = |on: NaiveDate, stream: &Stream, event: Event| {
        all.push(Happening {
            on,
            stream: stream.clone(),
            event,
        });
    };

    let stream = Stream::Corporation(id);
    let mut of = |on, event| happens(on, &stream, Event::Corporation(event));
    of(
        on,
        corporation::Event::Registered {
            number: Some(number),
            name: format!("社会福祉法人 第{index}会"),
            external_refs: [("sales".to_owned(), format!("S-{index}"))].into(),
            source: None,
            warnings: vec![],
        },
    );
    for (place, office) in offices.iter().enumerate() {
        of(
            on,
            corporation::Event::OfficeAdded {
                office: office.id,
                number: office.number,
                entry: Entry {
                    kind: "訪問介護".to_owned(),
                    name: format!("第{index}会ヘルパーステーション{place}"),
                    kana: None,
                    address: Some("北海道札幌市中央区北1条西2-1".to_owned()),
                    phone: Some("011-000-0000".to_owned()),
                    normalised: Default::default(),
                },
                source: None,
                warnings: vec![],
            },
        );
    }
    let subject = format!("contact-{index}");
    of(
        on,
        corporation::Event::ContactSet {
            contact: Contact {
                name: Personal::new(&subject, format!("連絡 {index}")),
                phone: Some(Personal::new(&subject, format!("011-{index:07}"))),
                mail: None,
            },
        },
    );
    if chance.below(10) == 0 {
        let name = format!("社会福祉法人 新第{index}会");
        of(on + Days::new(90), corporation::Event::NameChanged { name });
    }

    let stream = Stream::Enrolment(id, service);
    let mut of = |on, event| happens(on, &stream, Event::Enrolment(event));
    let last_free_day = dated("trial_last_day", on + Days::new(60), on);
    let registered_last_free_day = dated("registered_last_free_day", on + Days::new(90), on);
    of(
        on,
        enrolment::Event::TrialStarted {
            receipt: receipt(on),
            last_free_day: last_free_day.clone(),
            registered_last_free_day: registered_last_free_day.clone(),
        },
    );
    of(
        on,
        enrolment::Event::OfficesEntered {
            offices: offices.iter().map(|office| office.id).collect(),
            received_on: on,
        },
    );
    if chance.below(6) == 0 {
        of(
            on + Days::new(61),
            enrolment::Event::Ended {
                last_day: last_free_day.on,
                reason: enrolment::EndReason::NotRegistered,
            },
        );
        return;
    }
    on = on + Days::new(10 + chance.below(30));
    let billing_start = dated("billing_start", begins + Days::new(95), on);
    of(
        on,
        enrolment::Event::Registered {
            receipt: receipt(on),
            terms_version: "2026-01".to_owned(),
            last_free_day: registered_last_free_day,
            billing_start: billing_start.clone(),
        },
    );
    let billing_on = billing_start.on;
    of(
        billing_on,
        enrolment::Event::BillingStarted { on: billing_on },
    );

    let application = ApplicationId(derived_id(&["application", &index.to_string()]));
    let stream = Stream::Transmission(id, service);
    let mut papers = vec![];
    {
        let mut of = |on, event| happens(on, &stream, Event::Transmission(event));
        on = on + Days::new(1 + chance.below(20));
        apply(on, application, &offices, chance, &mut of);
        let start = Month::of(on).plus(2);
        let late = (chance.below(8) == 0).then(|| chance.below(offices.len() as u64) as usize);
        let plans = planned(on, application, &offices, start, 0);
        of(
            on,
            transmission::Event::StartSet {
                complete_on: on,
                cutoff: dated("cutoff_on", on + Days::new(5), on),
                dispatch_by: dated("dispatch_by", on + Days::new(1), on),
                offices: plans.clone(),
            },
        );
        papers.extend(
            plans
                .into_iter()
                .enumerate()
                .map(|(place, plan)| (plan, late == Some(place))),
        );
        if let Some(place) = late {
            let cause = Cause {
                application,
                office: offices[place].id,
                poa: PoaId::of(application, offices[place].id),
                why: CauseKind::NotReturned,
            };
            of(
                start.first_day().pred_opt().expect("a day before"),
                transmission::Event::Postponed {
                    cause,
                    from: start,
                    to: start.next(),
                    offices: planned(on, application, &offices, start.next(), 1),
                },
            );
        }
        let month = if late.is_some() { start.next() } else { start };
        finish(month, application, &offices, &mut of);
    }
    for (plan, late) in papers {
        paper(id, &plan, on, late, &stream, chance, &mut happens);
    }
}

fn office(serial: u64) -> Office {
    let area = u8::try_from(serial / 9_999 % 99).expect("below a hundred");
    let kind = char::from(b'A' + u8::try_from(serial / 989_901 % 8).expect("below eight"));
    let place = u16::try_from(serial % 9_999).expect("below ten thousand");
    let prefecture = Prefecture::from_code(1).expect("Hokkaido");
    let number = OfficeNumber::compose(prefecture, kind, area, place).expect("a valid number");
    Office {
        id: OfficeId::of_number(number.as_str()),
        number,
    }
}

fn receipt(on: NaiveDate) -> Receipt {
    Receipt {
        on,
        at: None,
        channel: Channel::Form,
        number: Some(format!("W{on}")),
        proof: None,
    }
}

fn apply(
    on: NaiveDate,
    application: ApplicationId,
    offices: &[Office],
    chance: &mut Chance,
    of: &mut impl FnMut(NaiveDate, transmission::Event),
) {
    let incomplete = chance.below(10) == 0;
    let applied = offices.iter().map(|office| AppliedOffice {
        office: office.id,
        number: office.number,
        kj_id: (!incomplete).then(|| KjId::compose(office.number)),
        kj_id_confirmed: false,
        missing: incomplete.then_some(transmission::Missing::KjId),
    });
    of(
        on,
        transmission::Event::Applied {
            application,
            receipt: receipt(on),
            offices: applied.collect(),
        },
    );
    for office in offices.iter().filter(|_| incomplete) {
        of(
            on,
            transmission::Event::OfficeCompleted {
                application,
                office: office.id,
                kj_id: KjId::compose(office.number),
                kj_id_confirmed: false,
                receipt: receipt(on),
            },
        );
    }
}

fn planned(
    on: NaiveDate,
    application: ApplicationId,
    offices: &[Office],
    start: Month,
    postponements: u32,
) -> Vec<PlannedOffice> {
    let before = start.previous();
    let plan = Plan {
        start: dated("transmission_start", start.first_day(), on),
        poa_due: dated("poa_due", before.day_or_last(10), on),
        federation_date: dated("federation_date", before.day_or_last(20), on),
        credentials_on: dated("credentials_on", before.last_day(), on),
        postponements,
    };
    let of = |office: &Office| PlannedOffice {
        application,
        office: office.id,
        number: office.number,
        kj_id: KjId::compose(office.number),
        plan: plan.clone(),
    };
    offices.iter().map(of).collect()
}

fn finish(
    month: Month,
    application: ApplicationId,
    offices: &[Office],
    of: &mut impl FnMut(NaiveDate, transmission::Event),
) {
    let issued_on = month.previous().last_day();
    let reference = |office: &Office| OfficeRef {
        application,
        office: office.id,
    };
    let references: Vec<_> = offices.iter().map(reference).collect();
    of(
        issued_on,
        transmission::Event::IdsDue {
            on: issued_on,
            offices: references.clone(),
            held: vec![],
            suspended: vec![],
        },
    );
    for office in offices {
        of(
            issued_on,
            transmission::Event::IdIssued {
                application,
                office: office.id,
                credential: CredentialId::of_office(application, office.id),
            },
        );
    }
    of(
        month.first_day(),
        transmission::Event::Started {
            month,
            offices: references,
        },
    );
}

/// One 委任状 from the request to the federation's answer.
fn paper(
    corporation: CorporationId,
    planned: &PlannedOffice,
    on: NaiveDate,
    late: bool,
    transmission: &Stream,
    chance: &mut Chance,
    happens: &mut impl FnMut(NaiveDate, &Stream, Event),
) {
    let poa = PoaId::of(planned.application, planned.office);
    let stream = Stream::Poa(poa);
    let PlannedOffice {
        application,
        office,
        plan,
        ..
    } = planned.clone();
    let sent_on = on + Days::new(1);
    let mut of = |on, event| happens(on, &stream, Event::Poa(event));
    of(
        on,
        poa::Event::Requested {
            corporation,
            service: Service::HonobonoMini2,
            application,
            office,
            number: planned.number,
            kj_id: planned.kj_id,
            purpose: Purpose::Start,
            dates: DueOf {
                start: plan.start.clone(),
                due: plan.poa_due.clone(),
                federation_date: plan.federation_date.clone(),
            },
            dispatch_by: dated("dispatch_by", sent_on, on),
            agent: NamedAgent::Awaited,
        },
    );
    let agent = AgentId::parse("HD239900000001").expect("it is one");
    of(on, poa::Event::AgentNamed { agent });
    let dispatched = poa::Event::Dispatched {
        method: Method::Post,
        sent_on,
        delivered_on: Some(dated("delivered_on", sent_on + Days::new(2), sent_on)),
        post_back_by: Some(dated("post_back_by", plan.poa_due.on, sent_on)),
        remind_on: None,
        tracking: None,
        to: SendTo::default(),
    };
    of(sent_on, dispatched.clone());
    let mut arrived_on = sent_on + Days::new(4 + chance.below(10));
    if late {
        arrived_on = plan.poa_due.on + Days::new(6);
        let due = plan.poa_due.on;
        of(due + Days::new(1), poa::Event::DuePassed { due });
        of(due + Days::new(1), poa::Event::Lapsed { due });
    }
    let received = poa::Event::Received {
        arrived_on,
        channel: Channel::Post,
    };
    of(arrived_on, received.clone());
    if chance.below(7) == 0 {
        let subject = format!("note-{application}");
        of(
            arrived_on,
            poa::Event::FoundDefective {
                defect: Defect::SealMissing,
                note: Some(Personal::new(subject, "代表者印がない")),
                misses_month: false,
            },
        );
        of(arrived_on + Days::new(1), dispatched);
        arrived_on = arrived_on + Days::new(7);
        of(arrived_on, received);
    }
    of(arrived_on, poa::Event::Accepted {});
    let filed_on = arrived_on + Days::new(2);
    of(
        filed_on,
        poa::Event::Filed {
            filed_on,
            cover: None,
            without_scan: Some(Personal::new(
                format!("remarks-{application}"),
                "写しは紙で保管",
            )),
        },
    );
    let confirmed_on = filed_on + Days::new(8);
    let confirms = chance.below(3) > 0;
    if confirms {
        of(confirmed_on, poa::Event::Confirmed { on: confirmed_on });
    }
    let mut of = |on, event| happens(on, transmission, Event::Transmission(event));
    of(
        arrived_on,
        transmission::Event::OfficeReady {
            application,
            office,
            poa,
        },
    );
    of(
        filed_on,
        transmission::Event::PapersFiled {
            application,
            office,
            poa,
        },
    );
    if confirms {
        of(
            confirmed_on,
            transmission::Event::FederationConfirmed {
                application,
                office,
                poa,
            },
        );
    }
}
