//! What the office, the post and the federations do with papers.

use super::diary::Act;
use super::staff::Desk;
use super::world::{By, World};
use crate::day::WorkError;
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::intake::Channel;
use daicho_domain::nouns::Command;
use daicho_domain::office_day;
use daicho_domain::poa::{self, Defect, Method, Purpose, Stage};
use daicho_domain::stream::{ApplicationId, OfficeId, PoaId, Stream};
use daicho_domain::transmission::{self, Decision, OfficeRef, Paper as Step};

impl World<'_> {
    /// Does what the diary says.
    pub(super) async fn perform(&mut self, act: Act) -> Result<(), WorkError> {
        match act {
            Act::FirstContact(customer) => self.first_contact(customer).await,
            Act::EnterOffices(customer) => self.enter_offices(customer).await,
            Act::Register(customer) => self.register(customer).await,
            Act::Apply(customer) => self.apply(customer).await,
            Act::Complete(stream, application, office) => {
                self.complete(stream, application, office).await
            }
            Act::Withdraw(stream, application) => self.withdraw(stream, application).await,
            Act::Dispatch(poa) => self.dispatch(poa).await,
            Act::PostLetter(letter) => self.post_letter(letter).await,
            Act::Mail(mail) => self.mail(mail).await,
            Act::BringBack(poa) => self.bring_back(poa).await,
            Act::Bring(poa, channel) => {
                self.bring(poa, channel);
                Ok(())
            }
            Act::Enter(poa, channel, arrived_on) => {
                self.enter_sheet(poa, channel, arrived_on).await
            }
            Act::Check(poa) => self.check(poa).await,
            Act::CheckAgain(poa) => self.check_again(poa).await,
            Act::File(stream, application) => self.file(stream, application).await,
            Act::Answer(poa) => self.answer(poa).await,
            Act::Decide(stream, application, office) => {
                self.decide(stream, application, office).await
            }
            Act::Money(act) => self.handle_money(act).await,
            Act::CheckLicence(corporation, number) => self.check_licence(corporation, number).await,
            Act::ApplyForLicence(number) => self.apply_for_licence(number).await,
            Act::RenewLicence(number) => self.renew_licence(number).await,
            Act::TellLicence(number) => self.tell_licence(number).await,
            Act::PayLicence(number, first_day) => self.pay_licence(number, first_day).await,
            Act::Leave(stream, office) => self.leave(stream, office).await,
            Act::Stay(stream, no) => self.stay(stream, no).await,
            Act::FileEnd(poa) => self.file_end(poa).await,
            Act::Order(corporation, office, wish) => self.order(corporation, office, wish).await,
            Act::FinishOption(corporation, order, quantity) => {
                self.finish_option(corporation, order, quantity).await
            }
            Act::CountPost => self.count_post().await,
            Act::ClosePost => self.close_post().await,
        }
    }

    async fn dispatch(&mut self, id: PoaId) -> Result<(), WorkError> {
        let Some(sheet) = self.sheet(id).await? else {
            return Ok(());
        };
        match sheet.stage {
            Stage::ToSend { .. } | Stage::Undeliverable { .. } => {}
            Stage::Out { .. }
            | Stage::Received { .. }
            | Stage::Accepted { .. }
            | Stage::Filed { .. }
            | Stage::Confirmed { .. }
            | Stage::Void { .. } => return Ok(()),
        }
        let hurried = (sheet.dates.due.on - self.today).num_days() < 9;
        let method = match sheet.assignment.service {
            _ if hurried && sheet.dates.due.on > self.today => Method::Express,
            Service::CareNetMessenger
                if sheet.first_sent_on.is_none() && sheet.assignment.purpose == Purpose::Start =>
            {
                Method::Mail
            }
            Service::HonobonoMini2 | Service::CareNetMessenger | Service::CareplanRenkei => {
                Method::Post
            }
        };
        let dispatch = poa::Command::Dispatch {
            method,
            sent_on: self.today,
            tracking: None,
        };
        self.ask_poa(Desk::Dispatch, id, dispatch).await
    }

    async fn bring_back(&mut self, id: PoaId) -> Result<(), WorkError> {
        let undeliverable = poa::Command::RecordUndeliverable {
            returned_on: self.today,
            note: None,
        };
        self.ask_poa(Desk::Post, id, undeliverable).await
    }

    /// The sheet is in the letter box. Now and then it lies there until the next morning, over a weekend or a
    /// row of holidays too.
    fn bring(&mut self, id: PoaId, channel: Channel) {
        let counted_on = self.counted_on(self.today);
        let mut chance = self.paper_chance(id, "open");
        let opened_today = self.today == counted_on && !chance.in_hundred(7);
        let unopened = self.today == counted_on && !opened_today;
        let day = self.mailbox.day(counted_on);
        *day.arrived.entry(channel).or_default() += 1;
        day.unopened += u32::from(unopened);
        let (entered_on, minute) = if opened_today {
            (self.today, chance.between(10 * 60, 16 * 60 + 30))
        } else if unopened {
            let next = self.business_days_after(self.today, 1);
            (next, chance.between(9 * 60 + 5, 10 * 60 + 30))
        } else {
            (counted_on, chance.between(9 * 60 + 5, 11 * 60))
        };
        let act = Act::Enter(id, channel, self.today);
        self.diary.enter(entered_on, minute, act);
    }

    async fn enter_sheet(
        &mut self,
        id: PoaId,
        channel: Channel,
        arrived_on: NaiveDate,
    ) -> Result<(), WorkError> {
        let counted_on = self.counted_on(arrived_on);
        if counted_on < self.today {
            let day = self.mailbox.day(counted_on);
            day.unopened = day.unopened.saturating_sub(1);
        }
        let receive = poa::Command::Receive {
            arrived_on,
            channel,
        };
        self.ask_poa(Desk::Post, id, receive).await
    }

    async fn check(&mut self, id: PoaId) -> Result<(), WorkError> {
        let Some(sheet) = self.sheet(id).await? else {
            return Ok(());
        };
        let Stage::Received { arrived_on, .. } = sheet.stage else {
            return Ok(());
        };
        let mut chance = self.paper_chance(id, "checked");
        let before = self.papers.get_mut(&id).map_or(0, |paper| {
            paper.checked += 1;
            paper.checked - 1
        });
        let defects = if before == 0 { 12 } else { 4 };
        if chance.in_hundred(defects) {
            let defect = chance.pick(&[
                Defect::SealMissing,
                Defect::SealDiffers,
                Defect::SealDiffers,
                Defect::Incomplete,
                Defect::Incomplete,
                Defect::Wrong,
                Defect::NotOriginal,
                Defect::OtherForm,
                Defect::Illegible,
            ]);
            let found = poa::Command::FindDefective { defect, note: None };
            return self.ask_poa(Desk::Papers, id, found).await;
        }
        let missed = sheet.missed.last();
        let can_be_approved = missed.is_some_and(|missed| {
            arrived_on > missed.due.on && self.today <= missed.federation_date.on
        });
        if can_be_approved && chance.in_hundred(45) {
            let approved = poa::Command::ApproveLate {};
            return self.ask_poa(Desk::Lead, id, approved).await;
        }
        self.ask_poa(Desk::Papers, id, poa::Command::Accept {})
            .await
    }

    async fn check_again(&mut self, id: PoaId) -> Result<(), WorkError> {
        let Some(sheet) = self.sheet(id).await? else {
            return Ok(());
        };
        if !matches!(sheet.stage, Stage::Accepted { .. }) {
            return Ok(());
        }
        let found = poa::Command::FindDefective {
            defect: Defect::SealDiffers,
            note: None,
        };
        self.ask_poa(Desk::Papers, id, found).await
    }

    async fn file(&mut self, stream: Stream, application: ApplicationId) -> Result<(), WorkError> {
        let known = self.applications(&stream).await?;
        if !known.can_be_filed(application) {
            return Ok(());
        }
        let ready: Vec<_> = known
            .of_application(application)
            .filter(|entry| entry.paper() == Some(Step::Ready))
            .map(transmission::Entry::poa)
            .collect();
        for id in ready {
            self.file_sheet(id).await?;
        }
        Ok(())
    }

    async fn answer(&mut self, id: PoaId) -> Result<(), WorkError> {
        let Some(sheet) = self.sheet(id).await? else {
            return Ok(());
        };
        if !matches!(sheet.stage, Stage::Filed { .. }) {
            return Ok(());
        }
        let mut chance = self.paper_chance(id, "answer");
        let on = self.today;
        let answer = if chance.in_hundred(4) {
            let reason = chance.pick(&[
                "届出印と印影が一致しない",
                "事業所名が届出と異なる",
                "委任期間の記載がない",
            ]);
            poa::Command::Reject {
                on,
                reason: reason.into(),
            }
        } else {
            poa::Command::Confirm { on }
        };
        self.ask_poa(Desk::Papers, id, answer).await
    }

    async fn decide(
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
        if !known.questions.iter().any(|asked| asked.about == about) {
            return Ok(());
        }
        let mut chance = self.chance("decides", &office.to_string());
        let (decision, reason) = if chance.in_hundred(60) {
            let month = Month::of(self.today).plus(2);
            (Decision::StartIn(month), "顧客と電話で開始月を合意したため")
        } else {
            (Decision::Keep, "顧客の事情を確認し、現状のまま進めるため")
        };
        let decide = transmission::Command::Decide {
            application,
            office,
            decision,
            reason: reason.into(),
        };
        let command = Command::transmission(&stream, decide);
        self.ask(By::Staff(Desk::Lead), 0, command).await?;
        Ok(())
    }

    async fn count_post(&mut self) -> Result<(), WorkError> {
        let today = self.today;
        let mut chance = self.chance("count", "post");
        let forgotten = chance.in_hundred(3).then(|| chance.between(1, 3));
        let miscounted = u32::from(chance.in_hundred(2));
        let forgotten_until = forgotten.map(|days| self.business_days_after(today, days));
        let day = self.mailbox.day(today);
        (day.counted, day.forgotten_until) = (true, forgotten_until);
        let post = day.arrived.entry(Channel::Post).or_default();
        *post += miscounted;
        let counts = day.arrived.clone();
        let stream = Stream::OfficeDay(today);
        for (channel, sheets) in counts {
            let count = office_day::Command::CountPost { channel, sheets };
            let command = Command::office_day(&stream, count);
            self.ask(By::Staff(Desk::Post), 0, command).await?;
        }
        Ok(())
    }

    /// Closes the open days in their order, as far as nobody waits for an envelope.
    async fn close_post(&mut self) -> Result<(), WorkError> {
        while let Some(oldest) = self.mailbox.oldest_open() {
            let (today, stream) = (self.today, Stream::OfficeDay(oldest));
            let day = self.mailbox.day(oldest);
            let is_forgotten = day.forgotten_until.is_some_and(|until| today < until);
            if !day.counted || is_forgotten || oldest >= self.left_open_from {
                return Ok(());
            }
            let differs = Channel::ALL.iter().any(|channel| {
                let of = |counts: &std::collections::BTreeMap<_, u32>| {
                    counts.get(channel).copied().unwrap_or(0)
                };
                of(&day.arrived) != of(&day.entered)
            });
            let (entered, unopened) = (day.entered.clone(), day.unopened);
            let mut chance = self.chance("close", &oldest.to_string());
            let difference = match (differs, unopened) {
                (false, _) => None,
                (true, 0) => Some("取り下げ済みの案件の書類、または数え直し".into()),
                (true, _) if chance.in_hundred(30) => {
                    Some("未開封の封筒あり。翌営業日に入力".into())
                }
                (true, _) => return Ok(()),
            };
            let close = office_day::Command::Close {
                entered,
                difference,
            };
            let command = Command::office_day(&stream, close);
            if !self.ask(By::Staff(Desk::Post), 0, command).await? {
                return Ok(());
            }
            self.mailbox.closed();
            self.settle().await?;
        }
        Ok(())
    }

    pub(super) async fn ask_poa(
        &mut self,
        desk: Desk,
        id: PoaId,
        command: poa::Command,
    ) -> Result<(), WorkError> {
        let work = id.0.as_u64_pair().0;
        let command = Command::poa(&Stream::Poa(id), command);
        self.ask(By::Staff(desk), work, command).await?;
        Ok(())
    }
}
