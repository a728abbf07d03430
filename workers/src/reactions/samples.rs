//! Short histories that every reaction is held against.

use super::{
    Happening, samples_agents, samples_letters, samples_mail, samples_rest, samples_transfer,
};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::billing;
use daicho_domain::corporation::{self, BankAccount, Entry};
use daicho_domain::credential::{self, Owner};
use daicho_domain::dates::Month;
use daicho_domain::debit_batch;
use daicho_domain::enrolment::{self, EndReason};
use daicho_domain::identifiers::{KjId, OfficeNumber};
use daicho_domain::intake::{Channel, Receipt};
use daicho_domain::moving::CarriedFrom;
use daicho_domain::nouns::{Event, State};
use daicho_domain::office_day;
use daicho_domain::personal::Personal;
use daicho_domain::poa::{self, Defect, DueOf, Purpose, ReversalReason};
use daicho_domain::rules::{Basis, Certainty, Dated, Question};
use daicho_domain::stream::{
    ApplicationId, CorporationId, CredentialId, OfficeId, PoaId, RunId, StaffId, Stream, derived_id,
};
use daicho_domain::termination;
use daicho_domain::transmission::{
    self, AppliedOffice, Cause, CauseKind, OfficeRef, PersonReason, Plan, PlannedOffice,
};
use daicho_domain::zengin::{AccountKind, Digits, NewCode, ResultCode};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An event within a history.
pub(super) struct Sample {
    pub(super) stream: Stream,
    event: Event,
    before: State,
    after: State,
}

impl Sample {
    /// Its type without the version.
    pub(super) fn kind(&self) -> String {
        let kind = daicho_schemas::encode(&self.event).kind;
        let (event, _) = kind.rsplit_once(".v").expect("every type has a version");
        event.to_owned()
    }

    pub(super) fn happening(&self) -> Happening<'_> {
        Happening {
            stream: &self.stream,
            event: &self.event,
            before: &self.before,
            after: &self.after,
        }
    }
}

/// Every event of the histories.
pub(super) fn samples() -> Vec<Sample> {
    let corporation = CorporationId::of_number("7000012050002");
    let office = OfficeId::of_number("0170210231");
    let application = ApplicationId(derived_id(&["application", "1"]));
    let about = OfficeRef {
        application,
        office,
    };
    let service = Service::HonobonoMini2;
    let poa = PoaId::of(application, office);
    let id = CredentialId::of_office(application, office);
    let owner = Owner::Office {
        corporation,
        service,
        application,
        office,
    };
    let reissued = credential::Event::Reissued {
        nth: 2,
        on: day(2026, 10, 30),
        why: credential::ReissueReason::Customer,
    };
    let issued = credential::Event::Issued {
        owner,
        on: day(2026, 11, 30),
    };
    let kept = credential::Event::SecretKept {
        nth: 1,
        opens: None,
        until: day(2027, 1, 29),
        rules: credential::LinkRules {
            book: "honobono-mini2@2015-01-01 r1".to_owned(),
            days: 60,
            lookups_max: 1,
            attempts_max: 5,
        },
    };
    [
        (
            Stream::Corporation(corporation),
            changes(office)
                .into_iter()
                .chain([merger(CorporationId::provisional("0170210231"))])
                .map(Event::Corporation)
                .collect(),
        ),
        (
            Stream::Enrolment(corporation, service),
            trial().map(Event::Enrolment).to_vec(),
        ),
        (
            Stream::Transmission(corporation, service),
            application_events(about, poa)
                .map(Event::Transmission)
                .to_vec(),
        ),
        (
            Stream::Transmission(corporation, Service::CareNetMessenger),
            messenger(about).map(Event::Transmission).to_vec(),
        ),
        (
            Stream::Enrolment(CorporationId::of_number("7123456789012"), service),
            vec![Event::Enrolment(carried_enrolment(office))],
        ),
        (
            Stream::Transmission(
                CorporationId::of_number("7123456789012"),
                Service::CareNetMessenger,
            ),
            vec![Event::Transmission(carried_transmission(about))],
        ),
        (
            Stream::Termination(CorporationId::of_number("7123456789012"), service),
            vec![Event::Termination(carried_end(about, id))],
        ),
        (
            Stream::Billing(corporation),
            ledger().into_iter().map(Event::Billing).collect(),
        ),
        (
            Stream::Billing(CorporationId::of_number("7123456789012")),
            ledger_of_the_left(office)
                .into_iter()
                .map(Event::Billing)
                .collect(),
        ),
        (
            Stream::DebitBatch(Month::of(day(2026, 12, 1))),
            vec![Event::DebitBatch(debit_batch::Event::OutcomesRecorded {
                part: 1,
                outcomes: vec![debit_batch::Outcome {
                    corporation,
                    code: ResultCode::Collected,
                }],
            })],
        ),
        (
            Stream::OfficeDay(day(2026, 12, 1)),
            vec![Event::OfficeDay(office_day::Event::Opened {
                business_day: true,
            })],
        ),
        (
            Stream::Poa(poa),
            paper(corporation, about).map(Event::Poa).to_vec(),
        ),
        (
            Stream::Credential(id),
            [issued, kept, reissued].map(Event::Credential).to_vec(),
        ),
        (
            Stream::Termination(corporation, service),
            ends(about, id).map(Event::Termination).to_vec(),
        ),
    ]
    .into_iter()
    .chain(samples_rest::histories())
    .chain(samples_agents::histories(corporation, about))
    .chain(samples_letters::histories())
    .chain(samples_mail::histories())
    .chain(samples_transfer::histories())
    .flat_map(|(stream, events)| history(&stream, events))
    .collect()
}

pub(super) fn carried_from() -> CarriedFrom {
    CarriedFrom {
        run: RunId::of(&["1"]),
        source: corporation::Source {
            file: "登録.csv".to_owned(),
            line: 2,
        },
    }
}

/// A registration of which fees run, taken over from the books kept before.
fn carried_enrolment(office: OfficeId) -> enrolment::Event {
    let on = day(2026, 1, 10);
    let receipt = Receipt {
        on,
        at: None,
        channel: Channel::Form,
        number: None,
        proof: None,
    };
    enrolment::Event::CarriedOver {
        from: carried_from(),
        receipt: receipt.clone(),
        last_free_day: dated(day(2026, 3, 10)),
        registered_last_free_day: dated(day(2026, 4, 10)),
        offices: [(office, on)].into(),
        registration: Some(enrolment::CarriedRegistration {
            receipt,
            terms_version: "2026-01".to_owned(),
            billing_start: dated(day(2026, 5, 1)),
            charged_from: Some(Month::of(day(2026, 11, 1))),
            suspended_on: None,
        }),
    }
}

/// An office of the messenger that transmits, taken over as well.
pub(super) fn carried_transmission(about: OfficeRef) -> transmission::Event {
    let [_, start_set, ..] = application_events(about, PoaId::of(about.application, about.office));
    let transmission::Event::StartSet { mut offices, .. } = start_set else {
        panic!("the second event of an application sets its start");
    };
    let planned = offices.remove(0);
    transmission::Event::CarriedOver {
        application: about.application,
        receipt: Receipt {
            on: day(2026, 1, 10),
            at: None,
            channel: Channel::Form,
            number: None,
            proof: None,
        },
        offices: vec![transmission::CarriedOffice {
            from: carried_from(),
            office: about.office,
            number: planned.number,
            kj_id: Some(planned.kj_id),
            standing: transmission::CarriedStanding::Started {
                plan: planned.plan,
                paper: transmission::Paper::Confirmed,
                credential: CredentialId::of_office(about.application, about.office),
            },
            agent: None,
        }],
        charged_from: Some(Month::of(day(2026, 11, 1))),
    }
}

/// An end whose paper is out, taken over as well.
fn carried_end(about: OfficeRef, credential: CredentialId) -> termination::Event {
    let [requested, ..] = ends(about, credential);
    let termination::Event::Requested {
        receipt,
        dates,
        mut papers,
        ..
    } = requested
    else {
        panic!("the first event of an end is its request");
    };
    termination::Event::CarriedOver {
        no: 1,
        from: carried_from(),
        scope: termination::Scope::Whole,
        receipt,
        dates,
        open_returns: 0,
        papers: vec![termination::CarriedPaper {
            about: papers.remove(0),
            sent_on: Some(day(2026, 11, 20)),
            stage: poa::CarryStage::Out {
                method: poa::Method::Post,
            },
        }],
    }
}

/// An end that is withdrawn, and one of the whole use that goes through.
fn ends(about: OfficeRef, credential: CredentialId) -> [termination::Event; 8] {
    let receipt = Receipt {
        on: day(2026, 12, 10),
        at: None,
        channel: Channel::Form,
        number: None,
        proof: None,
    };
    let dates = termination::Dates {
        last_day: dated(day(2026, 12, 31)),
        cutoff: dated(day(2026, 12, 25)),
        last_debit_on: dated(day(2027, 1, 26)),
        release_from: dated(day(2027, 1, 11)),
    };
    let number: OfficeNumber = "0170210231".parse().expect("a valid number");
    let paper = termination::EndPaper {
        office: about.office,
        number,
        kj_id: KjId::compose(number),
        application: about.application,
        credential,
        poa: PoaId::of_end(about.application, about.office, Month::of(day(2026, 12, 1))),
        dates: DueOf {
            start: dated(day(2027, 1, 11)),
            due: dated(day(2027, 1, 8)),
            federation_date: dated(day(2027, 1, 20)),
        },
        dispatch_by: dated(day(2026, 12, 11)),
    };
    let other = OfficeId::of_number("0170210249");
    let further = termination::EndPaper {
        office: other,
        credential: CredentialId::of_office(about.application, other),
        poa: PoaId::of_end(about.application, other, Month::of(day(2026, 12, 1))),
        ..paper.clone()
    };
    let requested = |no| termination::Event::Requested {
        no,
        scope: termination::Scope::Whole,
        receipt: receipt.clone(),
        dates: dates.clone(),
        open_returns: 0,
        papers: vec![paper.clone()],
    };
    [
        requested(1),
        termination::Event::Withdrawn {
            no: 1,
            receipt: receipt.clone(),
        },
        requested(2),
        termination::Event::Ended {
            no: 2,
            scope: termination::Scope::Whole,
            last_day: day(2026, 12, 31),
            papers: vec![further],
            without_paper: vec![],
        },
        termination::Event::FeesSettled { no: 2 },
        termination::Event::AgentReleaseDue {
            no: 2,
            on: day(2027, 1, 11),
        },
        termination::Event::PaperReturned {
            no: 2,
            office: about.office,
        },
        termination::Event::AgentReleased {
            no: 2,
            office: about.office,
            application: about.application,
        },
    ]
}

fn history(stream: &Stream, events: Vec<Event>) -> Vec<Sample> {
    let mut state = State::initial(stream.noun());
    events
        .into_iter()
        .map(|event| {
            let before = state.clone();
            state = before.clone().evolve(&event);
            Sample {
                stream: stream.clone(),
                event,
                before,
                after: state.clone(),
            }
        })
        .collect()
}

fn messenger(about: OfficeRef) -> [transmission::Event; 2] {
    let [_, start_set, ..] = application_events(about, PoaId::of(about.application, about.office));
    [
        start_set,
        transmission::Event::Started {
            month: Month::of(day(2026, 11, 1)),
            offices: vec![about],
        },
    ]
}

/// How a charge is settled: collected, paid, reversed, by credit.
pub(super) type Settled = fn(Month, &billing::Part) -> billing::Event;

pub(super) fn settlements() -> [Settled; 4] {
    [
        |batch, part| billing::Event::Collected {
            batch,
            amount: part.amount,
            collected_on: day(2027, 1, 26),
            posting: posting(batch),
            overpaid: 0,
        },
        |batch, part| billing::Event::Paid {
            key: "paid.1".parse().expect("a key"),
            amount: part.amount,
            received_on: day(2027, 2, 20),
            method: billing::Method::Transfer,
            parts: vec![part.clone()],
            note: None,
            reference: None,
            posting: posting(batch),
        },
        |batch, part| billing::Event::Reversed {
            key: "reversed.1".parse().expect("a key"),
            entry: part.charge.clone(),
            amount: part.amount,
            reason: Personal::new("remarks-1", "誤請求"),
            asked_by: StaffId(derived_id(&["staff", "1"])),
            approved_by: StaffId(derived_id(&["staff", "2"])),
            posting: posting(batch),
        },
        |batch, part| billing::Event::CreditApplied {
            key: "credit.1".parse().expect("a key"),
            amount: part.amount,
            parts: vec![part.clone()],
            posting: posting(batch),
        },
    ]
}

/// Uses that ended: never charged; a last debit that failed, then the fee collected, paid, reversed; a last month that
/// nobody pays.
fn ledger_of_the_left(office: OfficeId) -> Vec<billing::Event> {
    let service = Service::HonobonoMini2;
    let first = Month::of(day(2026, 10, 1));
    let left = |end, scope, last_month| billing::Event::ChargingEnded {
        service,
        end,
        scope,
        last_month,
    };
    let one = termination::Scope::Office(office);
    let blocks = (0_u32..).zip(settlements()).map(|(nth, settled)| {
        let month = first.plus(nth);
        let part = billing::Part {
            charge: format!("{month}.{service}").parse().expect("a key"),
            amount: 3_300,
        };
        let (batch, again) = (month.next(), month.plus(12));
        [
            charged(month, &part),
            left(2 + nth, one, month),
            answered(batch, &part),
            billing::Event::Failed {
                batch,
                amount: part.amount,
                code: ResultCode::InsufficientFunds,
                tried_on: day(2026, 12, 28),
                next: Some(turn(batch.next())),
            },
            answered(again, &part),
            settled(again, &part),
        ]
    });
    let last = first.plus(4);
    let whole = termination::Scope::Whole;
    let began = billing::Event::ChargingBegan {
        service,
        from: first,
    };
    let nobody = billing::Event::NotCharged {
        service,
        month: last,
        why: billing::NoCharge::NoOffices,
    };
    [left(1, whole, first.previous()), began]
        .into_iter()
        .chain(blocks.flatten())
        .chain([left(9, whole, last), nobody])
        .collect()
}

/// Debits that failed, use suspended each time, the arrears collected, paid, reversed.
fn ledger() -> Vec<billing::Event> {
    let settled = settlements();
    let months = [11, 12, 10, 9].map(|month| Month::of(day(2026, month, 1)));
    let blocks = months.into_iter().zip(settled).map(|(month, settled)| {
        let key = format!("{month}.honobono-mini2");
        let part = billing::Part {
            charge: key.parse().expect("a key"),
            amount: 3_300,
        };
        let batch = month.next();
        let again = batch.plus(6);
        [
            charged(month, &part),
            answered(batch, &part),
            billing::Event::Failed {
                batch,
                amount: part.amount,
                code: ResultCode::NoAccount,
                tried_on: day(2026, 12, 28),
                next: Some(turn(batch.next())),
            },
            billing::Event::Noticed {
                batch,
                amount: part.amount,
                on: day(2027, 1, 4),
                suspension_on: dated(day(2027, 1, 15)),
            },
            billing::Event::SuspensionDue {
                batch,
                on: day(2027, 1, 15),
            },
            answered(again, &part),
            settled(again, &part),
        ]
    });
    blocks.flatten().collect()
}

pub(super) fn charged(month: Month, part: &billing::Part) -> billing::Event {
    billing::Event::Charged {
        key: part.charge.clone(),
        service: Service::HonobonoMini2,
        month,
        lines: vec![],
        net: 3_000,
        tax: 300,
        tax_percent: 10,
        basis: Basis::clone(&dated(month.last_day()).basis),
        debit_on: dated(day(2026, 12, 28)),
        turn: turn(month.next()),
        posting: posting(month),
    }
}

pub(super) fn answered(batch: Month, part: &billing::Part) -> billing::Event {
    billing::Event::DebitAnswered {
        batch,
        answer: billing::Answer::Asked {
            amount: part.amount,
            parts: vec![part.clone()],
            customer: Digits::of(1),
            account: BankAccount {
                bank: Digits::of(9999),
                bank_name: "テスト".to_owned(),
                branch: Digits::of(1),
                branch_name: "ホンテン".to_owned(),
                kind: AccountKind::Ordinary,
                number: Personal::new("account-1", "0000001"),
                holder: Personal::new("account-1", "アオゾラカイ"),
            },
            new_code: NewCode::First,
            debit_on: dated(day(2026, 12, 28)),
            result_by: dated(day(2027, 1, 4)),
        },
    }
}

fn turn(batch: Month) -> billing::Turn {
    billing::Turn {
        batch,
        on: dated(batch.first_day()),
    }
}

pub(super) const fn posting(month: Month) -> billing::Posting {
    billing::Posting {
        month,
        late_for: None,
    }
}

fn changes(office: OfficeId) -> [corporation::Event; 7] {
    let number: OfficeNumber = "0170210231".parse().expect("a valid number");
    let entry = |name: &str| Entry {
        kind: "訪問介護".to_owned(),
        name: name.to_owned(),
        kana: None,
        address: None,
        phone: None,
        normalised: BTreeMap::new(),
    };
    [
        corporation::Event::Registered {
            number: None,
            name: "あおぞら会".to_owned(),
            external_refs: BTreeMap::new(),
            source: None,
            warnings: vec![],
        },
        corporation::Event::OfficeAdded {
            office,
            number,
            entry: entry("あおぞら"),
            source: None,
            warnings: vec![],
        },
        corporation::Event::NameChanged {
            name: "青空会".to_owned(),
        },
        corporation::Event::EntryChanged {
            office,
            entry: entry("青空"),
            source: None,
        },
        corporation::Event::OfficeRenumbered {
            office,
            from: number,
            to: "01B1400014".parse().expect("a valid number"),
            on: day(2026, 11, 1),
        },
        corporation::Event::OfficeRemoved {
            office,
            reason: Personal::new("remarks-1", "廃止"),
        },
        corporation::Event::MandateRegistered {
            on: day(2026, 11, 2),
            customer: Digits::of(1),
        },
    ]
}

fn merger(into: CorporationId) -> corporation::Event {
    corporation::Event::MergedInto { corporation: into }
}

fn trial() -> [enrolment::Event; 6] {
    [
        enrolment::Event::TrialStarted {
            receipt: receipt(),
            last_free_day: dated(day(2026, 11, 2)),
            registered_last_free_day: dated(day(2026, 12, 2)),
        },
        enrolment::Event::Registered {
            receipt: receipt(),
            terms_version: "2026-04".to_owned(),
            last_free_day: dated(day(2026, 12, 2)),
            billing_start: dated(day(2027, 1, 1)),
        },
        enrolment::Event::BillingStarted {
            on: day(2027, 1, 1),
        },
        enrolment::Event::Resumed {
            on: day(2027, 3, 20),
        },
        enrolment::Event::Ended {
            last_day: day(2026, 11, 2),
            reason: EndReason::NotRegistered,
        },
        enrolment::Event::SecondTrialGranted {
            first: day(2026, 9, 2),
            last_day: day(2026, 11, 2),
            reason: Personal::new("remarks-1", "担当が替わった"),
        },
    ]
}

fn application_events(about: OfficeRef, poa: PoaId) -> [transmission::Event; 8] {
    let OfficeRef {
        application,
        office,
    } = about;
    let number: OfficeNumber = "0170210231".parse().expect("a valid number");
    let planned = |month: u32| PlannedOffice {
        application,
        office,
        number,
        kj_id: KjId::compose(number),
        plan: Plan {
            start: dated(day(2026, month, 1)),
            poa_due: dated(day(2026, month - 1, 10)),
            federation_date: dated(day(2026, month - 1, 20)),
            credentials_on: dated(day(2026, month - 1, 30)),
            postponements: 0,
        },
    };
    let (from, to) = (Month::of(day(2026, 11, 1)), Month::of(day(2026, 12, 1)));
    let cause = Cause {
        application,
        office,
        poa,
        why: CauseKind::NotReturned,
    };
    [
        transmission::Event::Applied {
            application,
            receipt: receipt(),
            offices: vec![AppliedOffice {
                office,
                number,
                kj_id: Some(KjId::compose(number)),
                kj_id_confirmed: false,
                missing: None,
            }],
        },
        transmission::Event::StartSet {
            complete_on: receipt().on,
            cutoff: dated(day(2026, 9, 25)),
            dispatch_by: dated(day(2026, 9, 3)),
            offices: vec![planned(11)],
        },
        transmission::Event::Postponed {
            cause,
            from,
            to,
            offices: vec![planned(12)],
        },
        transmission::Event::PostponementReversed {
            from,
            to,
            poa,
            offices: vec![planned(11)],
        },
        transmission::Event::PapersOutdated {
            offices: vec![about],
        },
        transmission::Event::PersonDecided {
            application,
            office,
            why: PersonReason::PostponedTooOften,
            reason: Personal::new("remarks-1", "12月開始で顧客と合意"),
            planned: Some(planned(12)),
        },
        transmission::Event::IdsDue {
            on: day(2026, 10, 30),
            offices: vec![about],
            held: vec![],
            suspended: vec![],
        },
        transmission::Event::OfficeWithdrawn {
            application,
            office,
            reason: Personal::new("remarks-1", "廃止のため"),
        },
    ]
}

pub(super) fn paper(corporation: CorporationId, about: OfficeRef) -> [poa::Event; 10] {
    let number: OfficeNumber = "0170210231".parse().expect("a valid number");
    let due = day(2026, 10, 9);
    [
        poa::Event::Requested {
            corporation,
            service: Service::HonobonoMini2,
            application: about.application,
            office: about.office,
            number,
            kj_id: KjId::compose(number),
            purpose: Purpose::Start,
            dates: DueOf {
                start: dated(day(2026, 11, 1)),
                due: dated(due),
                federation_date: dated(day(2026, 10, 20)),
            },
            dispatch_by: dated(day(2026, 9, 3)),
            agent: poa::NamedAgent::Awaited,
        },
        poa::Event::DuePassed { due },
        poa::Event::Lapsed { due },
        poa::Event::LapseReversed {
            why: ReversalReason::ArrivedInTime,
            due,
            start: day(2026, 11, 1),
        },
        poa::Event::Received {
            arrived_on: due,
            channel: Channel::Post,
        },
        poa::Event::Accepted {},
        poa::Event::FoundDefective {
            defect: Defect::SealMissing,
            note: None,
            misses_month: true,
        },
        poa::Event::Filed {
            filed_on: day(2026, 10, 20),
            cover: None,
            without_scan: None,
        },
        poa::Event::Confirmed {
            on: day(2026, 10, 28),
        },
        poa::Event::Rejected {
            on: day(2026, 10, 29),
            reason: Personal::new("remarks-1", "届出印と相違"),
        },
    ]
}

pub(super) fn receipt() -> Receipt {
    Receipt {
        on: day(2026, 9, 2),
        at: None,
        channel: Channel::Form,
        number: None,
        proof: None,
    }
}

pub(super) fn dated(on: NaiveDate) -> Dated {
    Dated {
        on,
        basis: Arc::new(Basis {
            service: Service::HonobonoMini2,
            question: Question::TransmissionMonth,
            milestone: "poa_due".to_owned(),
            asked_on: on,
            prefecture: None,
            decided_on: None,
            book: "honobono-mini2@2015-01-01 r1".to_owned(),
            rules: vec![],
            open: vec![],
            certainty: Certainty::Fixed,
            promised: None,
        }),
    }
}

pub(super) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}
