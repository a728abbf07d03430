//! Money: 口座振替依頼書 on their way, the monthly file between two people and the bank, what customers do when a debit fails.

use super::diary::Act;
use super::staff::Desk;
use super::words;
use super::world::{By, World};
use crate::day::WorkError;
use chrono::NaiveDate;
use daicho_domain::billing::{self, Command as Billing, Method, PersonChoice};
use daicho_domain::corporation::{self, BankAccount, MandateCommand, MandateDefect};
use daicho_domain::dates::Month;
use daicho_domain::debit_batch::{self, Command as Batch};
use daicho_domain::nouns::{Command, State};
use daicho_domain::personal::Personal;
use daicho_domain::stream::{CorporationId, Stream};
use daicho_domain::zengin::{AccountKind, Consignor, Digits, ResultCode};
use daicho_projections::{debit_file, debits};

/// A step of somebody in the way of money.
#[derive(Clone, Debug)]
pub(super) enum Money {
    /// The staff send the mandate form.
    SendMandate(CorporationId),
    /// The customer sends it back.
    ReturnMandate(CorporationId),
    /// The staff take it to the bank.
    HandToBank(CorporationId),
    /// The bank answers.
    BankAnswers(CorporationId),
    /// The lead freezes the month's file.
    Freeze(Month),
    /// A second person approves it.
    Approve(Month),
    /// The lead releases it.
    Release(Month),
    /// The file comes back from the bank.
    TakeResult(Month),
    /// The lead compares ledgers, request and result.
    Reconcile(Month),
    /// A customer pays what a debit failed for.
    Pay(CorporationId),
    /// The lead decides what a failed debit means.
    DecideFailed(CorporationId),
}

impl World<'_> {
    pub(super) fn hear_mandate(&mut self, id: CorporationId, event: &corporation::Event) {
        let mut chance = self.chance("mandate", &id.to_string());
        let (wait, act) = match event {
            corporation::Event::MandateNeeded { .. }
            | corporation::Event::MandateDefective { .. }
            | corporation::Event::MandateBroken { .. } => {
                (chance.between(1, 3), Money::SendMandate(id))
            }
            corporation::Event::MandateSent { .. } => match chance.below(100) {
                0..80 => (chance.between(4, 14), Money::ReturnMandate(id)),
                80..95 => (chance.between(20, 45), Money::ReturnMandate(id)),
                // Never sends it back.
                _ => return,
            },
            corporation::Event::MandateReturned { .. } => {
                (chance.between(1, 2), Money::HandToBank(id))
            }
            corporation::Event::MandateHandedToBank { .. } => {
                (chance.between(8, 18), Money::BankAnswers(id))
            }
            corporation::Event::Registered { .. }
            | corporation::Event::NumberAssigned { .. }
            | corporation::Event::MergedInto { .. }
            | corporation::Event::Unmerged {}
            | corporation::Event::NameChanged { .. }
            | corporation::Event::ContactSet { .. }
            | corporation::Event::DestinationSet { .. }
            | corporation::Event::OfficeAdded { .. }
            | corporation::Event::EntryAdded { .. }
            | corporation::Event::EntryChanged { .. }
            | corporation::Event::OfficeRenumbered { .. }
            | corporation::Event::OfficeRemoved { .. }
            | corporation::Event::OfficeTransferred { .. }
            | corporation::Event::OfficeReceived { .. }
            | corporation::Event::OfficeContinued { .. }
            | corporation::Event::OfficeUseDeclined { .. }
            | corporation::Event::TextsErased { .. }
            | corporation::Event::AccountKept { .. }
            | corporation::Event::MandateCarriedOver { .. }
            | corporation::Event::MandateCalledOff {}
            | corporation::Event::MandateRegistered { .. } => return,
        };
        let minute = chance.between(10 * 60, 16 * 60);
        self.on_business_day(wait, minute, act);
    }

    pub(super) fn hear_batch(&mut self, month: Month, event: &debit_batch::Event) {
        let minute = 14 * 60;
        match event {
            debit_batch::Event::Opened { request_by, .. } => {
                let day = self.business_day_before(request_by.on, 2).max(self.today);
                self.diary
                    .enter(day, minute, Act::Money(Money::Freeze(month)));
            }
            debit_batch::Event::Frozen { .. } => {
                self.on_business_day(0, minute + 40, Money::Approve(month))
            }
            debit_batch::Event::Approved { .. } => {
                self.on_business_day(1, minute, Money::Release(month))
            }
            debit_batch::Event::ResultReceived { .. } => {
                self.on_business_day(0, minute + 60, Money::Reconcile(month));
            }
            debit_batch::Event::Reopened { .. }
            | debit_batch::Event::OutcomesRecorded { .. }
            | debit_batch::Event::Sent { .. }
            | debit_batch::Event::CarriedOver { .. }
            | debit_batch::Event::Reconciled { .. } => {}
        }
    }

    pub(super) fn hear_ledger(&mut self, id: CorporationId, event: &billing::Event) {
        let mut chance = self.chance("arrears", &id.to_string());
        let minute = chance.between(10 * 60, 15 * 60);
        match event {
            billing::Event::Noticed { .. } if chance.in_hundred(60) => {
                let wait = chance.between(2, 12);
                self.on_business_day(wait, minute, Money::Pay(id));
            }
            billing::Event::SuspensionDue { .. } if chance.in_hundred(75) => {
                let wait = chance.between(1, 15);
                self.on_business_day(wait, minute, Money::Pay(id));
            }
            billing::Event::Failed { code, .. } if needs_decision(*code) => {
                self.on_business_day(chance.between(1, 3), minute, Money::DecideFailed(id));
            }
            billing::Event::Noticed { .. }
            | billing::Event::SuspensionDue { .. }
            | billing::Event::Failed { .. }
            | billing::Event::ChargingBegan { .. }
            | billing::Event::ChargingEnded { .. }
            | billing::Event::OptionOrdered { .. }
            | billing::Event::OptionDone { .. }
            | billing::Event::OptionEnded { .. }
            | billing::Event::OptionWithdrawn { .. }
            | billing::Event::OptionsCharged { .. }
            | billing::Event::CarriedOver { .. }
            | billing::Event::Charged { .. }
            | billing::Event::NotCharged { .. }
            | billing::Event::DebitAnswered { .. }
            | billing::Event::DebitRequested { .. }
            | billing::Event::DebitMissed { .. }
            | billing::Event::Collected { .. }
            | billing::Event::PersonDecided { .. }
            | billing::Event::Paid { .. }
            | billing::Event::CreditApplied { .. }
            | billing::Event::Refunded { .. }
            | billing::Event::ReversalAsked { .. }
            | billing::Event::ReceiptAsked { .. }
            | billing::Event::CertificateAsked { .. }
            | billing::Event::ReversalDeclined { .. }
            | billing::Event::Reversed { .. } => {}
        }
    }

    /// The last debit of somebody who left failed: the lead asks, most of them pay.
    pub(super) fn hear_last_debit_failed(&mut self, id: CorporationId) {
        let mut chance = self.chance("last debit", &id.to_string());
        let minute = chance.between(10 * 60, 15 * 60);
        self.on_business_day(1, minute, Money::DecideFailed(id));
        if chance.in_hundred(70) {
            let wait = chance.between(3, 15);
            self.on_business_day(wait, minute, Money::Pay(id));
        }
    }

    fn on_business_day(&mut self, wait: u32, minute: u32, act: Money) {
        let day = self.business_days_after(self.today, wait);
        self.diary.enter(day, minute, Act::Money(act));
    }

    pub(super) async fn handle_money(&mut self, act: Money) -> Result<(), WorkError> {
        match act {
            Money::SendMandate(id) => {
                let sent_on = self.today;
                self.step(Desk::Dispatch, id, MandateCommand::Send { sent_on })
                    .await
            }
            Money::ReturnMandate(id) => {
                let account = self.account(id);
                let returned_on = self.today;
                let step = MandateCommand::Return {
                    returned_on,
                    account,
                };
                self.step(Desk::Post, id, step).await
            }
            Money::HandToBank(id) => {
                let on = self.today;
                self.step(Desk::Papers, id, MandateCommand::HandToBank { on })
                    .await
            }
            Money::BankAnswers(id) => {
                let on = self.today;
                let mut chance = self.chance("bank", &id.to_string());
                let step = if chance.in_hundred(93) {
                    MandateCommand::Register { on, customer: None }
                } else {
                    let defect = chance.pick(&[
                        MandateDefect::SealDiffers,
                        MandateDefect::SealDiffers,
                        MandateDefect::Holder,
                        MandateDefect::Account,
                    ]);
                    let note = None;
                    MandateCommand::FindDefective { on, defect, note }
                };
                self.step(Desk::Papers, id, step).await
            }
            Money::Freeze(month) => self.freeze(month).await,
            Money::Approve(month) => {
                let by = self.member(Desk::Intake);
                let Some(sha256) = self.standing(month).await? else {
                    return Ok(());
                };
                self.batch(Desk::Intake, month, Batch::Approve { sha256, by })
                    .await
            }
            Money::Release(month) => {
                let by = self.member(Desk::Lead);
                let Some(sha256) = self.standing(month).await? else {
                    return Ok(());
                };
                self.batch(Desk::Lead, month, Batch::Release { sha256, by })
                    .await?;
                self.await_result(month).await
            }
            Money::TakeResult(month) => self.take_result(month).await,
            Money::Reconcile(month) => self.reconcile(month).await,
            Money::Pay(id) => self.pay(id).await,
            Money::DecideFailed(id) => {
                let decide = Billing::DecideFailed {
                    choice: PersonChoice::Dun,
                    reason: "銀行に照会し、残高不足と確認".into(),
                };
                let command = Command::billing(&Stream::Billing(id), decide);
                self.ask(By::Staff(Desk::Lead), 0, command).await?;
                Ok(())
            }
        }
    }

    async fn step(
        &mut self,
        desk: Desk,
        id: CorporationId,
        step: MandateCommand,
    ) -> Result<(), WorkError> {
        let work = id.0.as_u64_pair().0;
        let command = Command::corporation(&Stream::Corporation(id), step.into());
        self.ask(By::Staff(desk), work, command).await?;
        Ok(())
    }

    async fn batch(&mut self, desk: Desk, month: Month, command: Batch) -> Result<(), WorkError> {
        let command = Command::debit_batch(&Stream::DebitBatch(month), command);
        self.ask(By::Staff(desk), 0, command).await?;
        Ok(())
    }

    /// An invented account at a bank that does not exist.
    fn account(&self, id: CorporationId) -> BankAccount {
        let mut chance = self.chance("account", &id.to_string());
        let subject = BankAccount::subject(id, 0);
        let branch = u128::from(chance.between(1, 120));
        let holder = chance.pick(words::ACCOUNT_HOLDERS);
        BankAccount {
            bank: Digits::of(9999),
            bank_name: "レンシユウ".to_owned(),
            branch: Digits::of(branch),
            branch_name: "シテン".to_owned(),
            kind: chance.pick(&[
                AccountKind::Ordinary,
                AccountKind::Ordinary,
                AccountKind::Current,
            ]),
            number: Personal::new(subject.as_str(), format!("{:07}", chance.below(10_000_000))),
            holder: Personal::new(subject.as_str(), holder),
        }
    }

    async fn freeze(&mut self, month: Month) -> Result<(), WorkError> {
        let views = self.views();
        views.catch_up().await?;
        let consignor = Consignor::invented();
        let snapshot = views.snapshot()?;
        let Some(row) = debits::of_month(&snapshot, month)? else {
            return Ok(());
        };
        let through = snapshot.number()?.unwrap_or_default();
        let Ok(made) = debit_file::gathered(&snapshot, month, &consignor, row.debit_on)? else {
            return Ok(());
        };
        drop(snapshot);
        if made.request.debits().is_empty() {
            return Ok(());
        }
        let freeze = Batch::Freeze {
            through,
            totals: made.request.totals(),
            sha256: made.request.sha256(),
            consignor,
            by: self.member(Desk::Lead),
        };
        self.batch(Desk::Lead, month, freeze).await
    }

    /// The SHA-256 of what the ledgers say of a frozen batch now.
    async fn standing(&mut self, month: Month) -> Result<Option<String>, WorkError> {
        let views = self.views();
        views.catch_up().await?;
        let made = debit_file::standing(&views.snapshot()?, month)?;
        Ok(made.ok().map(|made| made.request.sha256()))
    }

    /// The bank answers on the last day it has, or a little before.
    async fn await_result(&mut self, month: Month) -> Result<(), WorkError> {
        let state = self.state(&Stream::DebitBatch(month)).await?;
        let State::DebitBatch(state) = &state else {
            return Ok(());
        };
        let Some(days) = state.days().filter(|_| state.is_sent()) else {
            return Ok(());
        };
        let mut chance = self.chance("result", &month.to_string());
        let early = chance.between(0, 1);
        let day = self
            .business_day_before(days.result_by.on, early)
            .max(days.debit_on.on);
        let day = self.counted_on(day);
        self.diary
            .enter(day, 11 * 60, Act::Money(Money::TakeResult(month)));
        Ok(())
    }

    async fn take_result(&mut self, month: Month) -> Result<(), WorkError> {
        let views = self.views();
        views.catch_up().await?;
        let Ok(sent) = debit_file::released(&views, month)? else {
            return Ok(());
        };
        let customers = sent
            .made
            .request
            .debits()
            .iter()
            .map(|debit| debit.customer);
        let codes: Vec<_> = customers
            .map(|customer| self.outcome(month, &customer.to_string()))
            .collect();
        let Ok(checked) = sent.check(&sent.made.request.answered(&codes)) else {
            return Ok(());
        };
        let by = self.member(Desk::Lead);
        self.batch(Desk::Lead, month, Batch::ReceiveResult { checked, by })
            .await
    }

    /// What becomes of a debit: some three in a hundred fail, most of them for want of money.
    fn outcome(&self, month: Month, customer: &str) -> ResultCode {
        let mut chance = self.chance("outcome", &format!("{month} {customer}"));
        match chance.below(1000) {
            0..965 => ResultCode::Collected,
            965..990 => ResultCode::InsufficientFunds,
            990..993 => ResultCode::NoAccount,
            993..996 => ResultCode::StoppedByDepositor,
            996..998 => ResultCode::NoMandate,
            998 => ResultCode::StoppedByCollector,
            _ => ResultCode::Other,
        }
    }

    async fn reconcile(&mut self, month: Month) -> Result<(), WorkError> {
        let views = self.views();
        views.catch_up().await?;
        let sums = debits::sums(&views.snapshot()?, month)?;
        let reconcile = Batch::Reconcile {
            collected: sums.collected,
            failed: sums.failed,
            by: self.member(Desk::Lead),
        };
        self.batch(Desk::Lead, month, reconcile).await
    }

    async fn pay(&mut self, id: CorporationId) -> Result<(), WorkError> {
        let stream = Stream::Billing(id);
        let state = self.state(&stream).await?;
        let State::Billing(ledger) = &state else {
            return Ok(());
        };
        let amount = ledger.in_arrears();
        if amount == 0 {
            return Ok(());
        }
        let pay = Billing::RecordPayment {
            amount,
            received_on: self.today,
            method: Method::Transfer,
            note: None,
            reference: None,
        };
        self.ask(By::Staff(Desk::Papers), 0, Command::billing(&stream, pay))
            .await?;
        Ok(())
    }
}

/// Whether only a person can say what the result means.
const fn needs_decision(code: ResultCode) -> bool {
    match code {
        ResultCode::StoppedByCollector | ResultCode::Other => true,
        ResultCode::Collected
        | ResultCode::InsufficientFunds
        | ResultCode::NoAccount
        | ResultCode::StoppedByDepositor
        | ResultCode::NoMandate => false,
    }
}

impl World<'_> {
    /// So many bank days before a day of the bank; the vendor works on the day that gives.
    fn business_day_before(&self, day: NaiveDate, days: u32) -> NaiveDate {
        let before = self.calendars.vendor().subtract(day, days).value;
        self.calendars.vendor().on_or_before(before).value
    }
}
