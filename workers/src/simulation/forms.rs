//! The forms that customers send: trial, offices, 本登録, transmission, what was missing, withdrawal.

use super::chance::Chance;
use super::customers::channel;
use super::diary::Act;
use super::offices::Office;
use super::staff::Desk;
use super::world::{By, World};
use crate::day::WorkError;
use chrono::{Days, NaiveTime};
use daicho_domain::Service;
use daicho_domain::corporation::{self, Contact, Entry, NewEntry, NewOffice};
use daicho_domain::enrolment;
use daicho_domain::identifiers::KjId;
use daicho_domain::intake::{Channel, Receipt};
use daicho_domain::nouns::Command;
use daicho_domain::personal::Personal;
use daicho_domain::stream::{ApplicationId, OfficeId, Stream, derived_id};
use daicho_domain::transmission::{self, ApplyingOffice, Missing, OfficeRef, Standing};
use std::collections::BTreeMap;

/// The version of the 利用者規約 that is accepted.
const TERMS_VERSION: &str = "2025-04";

impl World<'_> {
    pub(super) async fn first_contact(&mut self, customer: usize) -> Result<(), WorkError> {
        self.register_corporation(customer).await?;
        self.licences_of(customer).await?;
        let mut chance = self.customer_chance(customer, "first");
        match self.customers[customer].service {
            Service::HonobonoMini2 => {
                let receipt = self.receipt(&mut chance, Channel::Form);
                let trial = enrolment::Command::StartTrial { receipt };
                let command = Command::enrolment(&self.enrolment(customer), trial);
                self.ask(By::Form, 0, command).await?;
            }
            Service::CareNetMessenger | Service::CareplanRenkei => {
                let days = chance.below(3);
                self.later(days, &mut chance, Act::Apply(customer));
            }
        }
        Ok(())
    }

    async fn register_corporation(&mut self, customer: usize) -> Result<(), WorkError> {
        let known = &self.customers[customer];
        let stream = Stream::Corporation(known.id);
        let subject = format!("contact-{}", known.id);
        let personal = |text: &str| Personal::new(subject.clone(), text);
        let first = &known.corporation.offices[0];
        let contact = Contact {
            name: personal(&known.corporation.representative),
            phone: Some(personal(&first.phone)),
            mail: Some(personal(&format!("jimu@{}.example.jp", first.number))),
        };
        let register = corporation::Command::Register {
            number: known.corporation.number,
            name: known.corporation.name.clone(),
            external_refs: BTreeMap::new(),
            source: None,
            warnings: vec![],
        };
        let offices = known.corporation.offices.iter().map(new_office).collect();
        for command in [
            register,
            corporation::Command::AddOffices { offices },
            corporation::Command::SetContact { contact },
        ] {
            let command = Command::corporation(&stream, command);
            self.ask(By::Form, 0, command).await?;
        }
        Ok(())
    }

    pub(super) async fn enter_offices(&mut self, customer: usize) -> Result<(), WorkError> {
        let known = &self.customers[customer];
        let offices = known.corporation.offices.iter();
        let offices = offices
            .map(|office| OfficeId::of_number(&office.number.to_string()))
            .collect();
        let entered = enrolment::Command::EnterOffices {
            offices,
            received_on: self.today,
        };
        let command = Command::enrolment(&self.enrolment(customer), entered);
        self.ask(By::Form, 0, command).await?;
        Ok(())
    }

    pub(super) async fn register(&mut self, customer: usize) -> Result<(), WorkError> {
        let mut chance = self.customer_chance(customer, "register");
        let receipt = self.receipt(&mut chance, Channel::Form);
        let registered = enrolment::Command::Register {
            receipt,
            terms_version: TERMS_VERSION.to_owned(),
        };
        let command = Command::enrolment(&self.enrolment(customer), registered);
        self.ask(By::Form, 0, command).await?;
        Ok(())
    }

    /// A form on the web is taken at once; one on paper lies with us for a day or two, and its day of receipt
    /// is proved.
    pub(super) async fn apply(&mut self, customer: usize) -> Result<(), WorkError> {
        let mut chance = self.customer_chance(customer, "apply");
        let channel = channel(&mut chance);
        let mut receipt = self.receipt(&mut chance, channel);
        let by = match channel {
            Channel::Form => By::Form,
            Channel::Post | Channel::Fax | Channel::Mail | Channel::Hand => {
                let earlier = Days::new(u64::from(chance.below(4)));
                receipt.on = (self.today - earlier).max(self.customers[customer].comes_on);
                receipt.proof = Some(format!("{}の受信記録・消印", channel.label()));
                By::Staff(Desk::Intake)
            }
        };
        let offices = self.customers[customer].next_offices(&mut chance);
        if offices.is_empty() {
            return Ok(());
        }
        let known = &self.customers[customer];
        let application = ApplicationId(derived_id(&[
            "simulated-application",
            &self.seed.to_string(),
            &known.id.to_string(),
            &known.applications.to_string(),
        ]));
        let stream = Stream::Transmission(known.id, known.service);
        let more = !known.left.is_empty();
        let offices = offices
            .iter()
            .map(|office| applying(office, &mut chance))
            .collect();
        let apply = transmission::Command::Apply {
            application,
            receipt,
            offices,
        };
        let work = u64::from(chance.below(1000));
        let taken = self
            .ask(by, work, Command::transmission(&stream, apply))
            .await?;
        if taken && more {
            let days = chance.between(20, 75);
            self.later(days, &mut chance, Act::Apply(customer));
        }
        Ok(())
    }

    pub(super) async fn complete(
        &mut self,
        stream: Stream,
        application: ApplicationId,
        office: OfficeId,
    ) -> Result<(), WorkError> {
        let known = self.applications(&stream).await?;
        let about = OfficeRef {
            application,
            office,
        };
        let Some(entry) = known.entry(about) else {
            return Ok(());
        };
        if !matches!(entry.standing, Standing::Incomplete(_)) {
            return Ok(());
        }
        let kj_id = Some(KjId::compose(entry.number));
        let mut chance = self.chance("complete", &office.to_string());
        let complete = transmission::Command::Complete {
            application,
            office,
            kj_id,
            kj_id_confirmed: false,
            receipt: self.receipt(&mut chance, Channel::Mail),
        };
        let command = Command::transmission(&stream, complete);
        self.ask(By::Staff(Desk::Intake), 1, command).await?;
        Ok(())
    }

    pub(super) async fn withdraw(
        &mut self,
        stream: Stream,
        application: ApplicationId,
    ) -> Result<(), WorkError> {
        let known = self.applications(&stream).await?;
        let offices: Vec<_> = known.of_application(application).collect();
        if offices
            .iter()
            .any(|entry| matches!(entry.standing, Standing::Started { .. }))
        {
            return Ok(());
        }
        let mut chance = self.chance("withdraws", &application.to_string());
        let office = match offices.as_slice() {
            [] => return Ok(()),
            [_] => None,
            several if chance.in_hundred(75) => Some(chance.pick(several).office),
            _all => None,
        };
        let reason = chance.pick(&[
            "事業所の廃止のため",
            "他社サービスを継続するため",
            "導入時期の見直しのため",
            "担当者の退職により延期",
        ]);
        let withdraw = transmission::Command::Withdraw {
            application,
            office,
            reason: reason.into(),
        };
        let command = Command::transmission(&stream, withdraw);
        self.ask(By::Staff(Desk::Intake), 0, command).await?;
        Ok(())
    }

    fn enrolment(&self, customer: usize) -> Stream {
        let known = &self.customers[customer];
        Stream::Enrolment(known.id, known.service)
    }

    pub(super) fn receipt(&self, chance: &mut Chance, channel: Channel) -> Receipt {
        let at = NaiveTime::from_hms_opt(chance.between(9, 16), chance.below(60), 0);
        let number = format!(
            "{}-{:04}",
            self.today.format("%y%m%d"),
            self.report.commands % 10_000
        );
        Receipt {
            on: self.today,
            // Nothing is entered before it has arrived.
            at: at.map(|at| at.min(self.minute())),
            channel,
            number: Some(number),
            proof: None,
        }
    }
}

fn new_office(office: &Office) -> NewOffice {
    NewOffice {
        number: office.number,
        entries: vec![NewEntry {
            entry: Entry {
                kind: office.kind.clone(),
                name: office.name.clone(),
                kana: Some(office.kana.clone()),
                address: Some(office.address.clone()),
                phone: Some(office.phone.clone()),
                normalised: BTreeMap::new(),
            },
            source: None,
        }],
        warnings: vec![],
    }
}

fn applying(office: &Office, chance: &mut Chance) -> ApplyingOffice {
    let (kj_id, missing) = match chance.below(100) {
        0..85 => (Some(office.kj_id()), None),
        85..96 => (None, Some(Missing::KjId)),
        _ => {
            let entries = vec!["代表者名".to_owned(), "連絡先電話番号".to_owned()];
            (Some(office.kj_id()), Some(Missing::Entries(entries)))
        }
    };
    ApplyingOffice {
        number: office.number,
        kj_id,
        kj_id_confirmed: false,
        missing,
    }
}
