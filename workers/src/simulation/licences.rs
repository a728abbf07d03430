//! Licences of the care-plan exchange: some customers had one before they came, some apply; most renew in time, some let it
//! run out.

use super::chance::Chance;
use super::diary::Act;
use super::offices::Office;
use super::staff::Desk;
use super::world::{By, World};
use crate::day::WorkError;
use chrono::{Days, NaiveDate};
use daicho_domain::corporation::Source;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::{KjId, OfficeNumber};
use daicho_domain::intake::Channel;
use daicho_domain::licence::{
    Browser, Certificate, CertificateKind, Checklist, Command, Event, Filing, How, Mails, Payment,
    Pc, Record, Software, System, Tick,
};
use daicho_domain::nouns;
use daicho_domain::personal::Personal;
use daicho_domain::stream::{CorporationId, Stream};

/// The version of the terms that is accepted.
const TERMS_VERSION: &str = "2025-01";

/// Offices of one customer that may have a licence: more would only repeat.
const OFFICES_MAX: usize = 2;

impl World<'_> {
    /// A customer that has just become known tells of its licences, or will apply for one.
    pub(super) async fn licences_of(&mut self, customer: usize) -> Result<(), WorkError> {
        let known = &self.customers[customer];
        let corporation = known.id;
        let offices: Vec<Office> = known
            .corporation
            .offices
            .iter()
            .take(OFFICES_MAX)
            .cloned()
            .collect();
        for office in offices {
            let mut chance = self.chance("licence", &office.number.to_string());
            match chance.below(100) {
                0..12 => {
                    self.had_one(corporation, office.number, &mut chance)
                        .await?
                }
                12..22 => {
                    let days = chance.between(1, 40);
                    let act = Act::CheckLicence(corporation, office.number);
                    self.later(days, &mut chance, act);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The list that came with the customer names its licence.
    async fn had_one(
        &mut self,
        corporation: CorporationId,
        number: OfficeNumber,
        chance: &mut Chance,
    ) -> Result<(), WorkError> {
        let first_day = self.today - Days::new(u64::from(chance.between(20, 350)));
        let paid = chance.in_hundred(80).then(|| Month::of(first_day).next());
        let command = Command::TakeOver {
            corporation,
            first_day,
            last_day: None,
            payment: Payment::Deduction,
            paid_in: paid.filter(|month| month.last_day() < self.today),
            source: Source {
                file: "ライセンス一覧.csv".to_owned(),
                line: u64::from(chance.between(2, 400)),
            },
        };
        self.ask_licence(By::Staff(Desk::Intake), number, command)
            .await
    }

    pub(super) async fn check_licence(
        &mut self,
        corporation: CorporationId,
        number: OfficeNumber,
    ) -> Result<(), WorkError> {
        let mut chance = self.chance("checklist", &number.to_string());
        let lacks = chance.in_hundred(25);
        let tick = |lacks: bool| if lacks { Tick::No } else { Tick::Yes };
        let checklist = Checklist {
            pc: Pc {
                system: System::Windows11,
                gregorian_calendar: Tick::Yes,
                browser: Browser::Edge,
                pdf_viewer: Tick::Yes,
            },
            software: Software {
                name: "見本ケアソフト".to_owned(),
                plan_1_2: Tick::Yes,
                plan_6_7: Tick::Yes,
                actuals_6: tick(chance.in_hundred(30)),
            },
            kj_id: Some(KjId::compose(number)),
            kj_id_confirmed: Tick::No,
            password_changed: tick(lacks),
            certificate: Some(Certificate {
                issuer: "e-seikyu CA".to_owned(),
                subject: "KaigoJigyousho".to_owned(),
                kind: CertificateKind::CareInsurance,
                valid_from: self.today - Days::new(400),
                valid_to: self.today + Days::new(690),
            }),
        };
        let command = Command::Check {
            corporation,
            checklist,
        };
        self.ask_licence(By::Staff(Desk::Intake), number, command)
            .await?;
        // What was missing is settled in a week or two, by most.
        if lacks && chance.in_hundred(80) {
            let days = chance.between(4, 15);
            let act = Act::CheckLicence(corporation, number);
            self.later(days, &mut chance, act);
        }
        Ok(())
    }

    pub(super) async fn apply_for_licence(
        &mut self,
        number: OfficeNumber,
    ) -> Result<(), WorkError> {
        let command = Command::Apply {
            office_name: format!("事業所{number}"),
            representative: Personal::new(format!("licence-{number}"), "見本 一郎"),
            filing: self.filing(number),
        };
        self.ask_licence(By::Form, number, command).await
    }

    pub(super) async fn renew_licence(&mut self, number: OfficeNumber) -> Result<(), WorkError> {
        let filing = self.filing(number);
        self.ask_licence(By::Form, number, Command::FileRenewal { filing })
            .await
    }

    /// The staff tell the office that its application, or its renewal, is done.
    pub(super) async fn tell_licence(&mut self, number: OfficeNumber) -> Result<(), WorkError> {
        let on = self.today;
        let command = match self.licence(number).await? {
            Some(record) if record.next.is_some() => Command::Renew { on },
            Some(_) | None => Command::Grant { on },
        };
        self.ask_licence(By::Staff(Desk::Intake), number, command)
            .await
    }

    pub(super) async fn pay_licence(
        &mut self,
        number: OfficeNumber,
        first_day: NaiveDate,
    ) -> Result<(), WorkError> {
        let month = Month::of(self.today);
        let how = How::Hand;
        let command = Command::ConfirmFee {
            first_day,
            month,
            how,
        };
        self.ask_licence(By::Staff(Desk::Lead), number, command)
            .await
    }

    fn filing(&self, number: OfficeNumber) -> Filing {
        let mut chance = self.chance("licence form", &number.to_string());
        let said = |text: String| Personal::new(format!("licence-{number}"), text);
        let mail = format!("care@{number}.example.jp");
        Filing {
            receipt: self.receipt(&mut chance, Channel::Form),
            contact: said("見本 花子".to_owned()),
            phone: said("0300000000".to_owned()),
            mails: Mails {
                mail: said(mail.clone()),
                again: said(mail),
            },
            terms_version: TERMS_VERSION.to_owned(),
            payment: if chance.in_hundred(8) {
                Payment::Invoice
            } else {
                Payment::Deduction
            },
        }
    }

    async fn ask_licence(
        &mut self,
        by: By,
        number: OfficeNumber,
        command: Command,
    ) -> Result<(), WorkError> {
        let command = nouns::Command::licence(&Stream::Licence(number), command);
        self.ask(by, 0, command).await?;
        Ok(())
    }

    async fn licence(&self, number: OfficeNumber) -> Result<Option<Record>, WorkError> {
        self.licence_record(&Stream::Licence(number)).await
    }

    /// Somebody hears of a licence.
    pub(super) fn hear_licence(&mut self, number: OfficeNumber, event: &Event) {
        let mut chance = self.chance("licence heard", &number.to_string());
        match event {
            Event::Checked { gaps, .. } if gaps.is_empty() => {
                let days = chance.between(1, 9);
                self.later(days, &mut chance, Act::ApplyForLicence(number));
            }
            Event::Applied { term, .. } => {
                self.told_later(number, &mut chance);
                self.paid_later(number, term.first_day.on, term.fee_month.on, &mut chance);
            }
            Event::TakenOver { term, paid_in, .. } if paid_in.is_none() => {
                let month = term.fee_month.on.max(Month::of(self.today).first_day());
                self.paid_later(number, term.first_day.on, month, &mut chance);
            }
            Event::RenewalOpened { .. } => {
                if chance.in_hundred(84) {
                    let days = chance.between(1, 55);
                    self.later(days, &mut chance, Act::RenewLicence(number));
                }
            }
            Event::RenewalFiled { term, .. } => {
                self.told_later(number, &mut chance);
                self.paid_later(number, term.first_day.on, term.fee_month.on, &mut chance);
            }
            Event::Checked { .. }
            | Event::CheckDropped { .. }
            | Event::DownloadRequested { .. }
            | Event::Granted { .. }
            | Event::TakenOver { .. }
            | Event::FeePaid { .. }
            | Event::FeeReversed { .. }
            | Event::FeeOverdue { .. }
            | Event::Renewed { .. }
            | Event::YearBegun { .. }
            | Event::Expired { .. }
            | Event::OfficeMoved { .. }
            | Event::OfficeClosed { .. } => {}
        }
    }

    fn told_later(&mut self, number: OfficeNumber, chance: &mut Chance) {
        let wait = if chance.in_hundred(self.undone(4)) {
            chance.between(4, 7)
        } else {
            chance.between(1, 3)
        };
        let day = self.business_days_after(self.today, wait);
        self.diary.enter(
            day,
            chance.between(9 * 60, 16 * 60),
            Act::TellLicence(number),
        );
    }

    /// The deduction shows towards the end of its month, or of the next; now and then nobody looks.
    fn paid_later(
        &mut self,
        number: OfficeNumber,
        first_day: NaiveDate,
        month: NaiveDate,
        chance: &mut Chance,
    ) {
        let month = match chance.below(100) {
            0..78 => Month::of(month),
            78..94 => Month::of(month).next(),
            _ => return,
        };
        let day = self.counted_on(month.day_or_last(chance.between(22, 25)));
        let act = Act::PayLicence(number, first_day);
        self.diary.enter(day, chance.between(14 * 60, 16 * 60), act);
    }
}
