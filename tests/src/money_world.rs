//! Two corporations whose fees are debited, in an office in which things happen: see `money_deeds`.

use crate::money_deeds::{BOTH, Deed, FileStep, Hands, Step, Whose};
use crate::office::{Office, day};
use chrono::{Days, NaiveDate, NaiveTime};
use daicho_domain::Service;
use daicho_domain::billing::{self, Method};
use daicho_domain::corporation::{BankAccount, MandateCommand, MandateDefect};
use daicho_domain::dates::Month;
use daicho_domain::debit_batch::{self, Stage};
use daicho_domain::enrolment;
use daicho_domain::installation;
use daicho_domain::intake::{Channel, Receipt};
use daicho_domain::nouns::{Command, State};
use daicho_domain::personal::Personal;
use daicho_domain::stream::{StaffId, Stream};
use daicho_domain::termination::{self, Request, Scope, Way};
use daicho_domain::zengin::{AccountKind, Consignor, Digits, ResultCode};
use daicho_projections::{debit_file, debits};
use proptest::prelude::*;
use uuid::Uuid;

const MINI2: Service = Service::HonobonoMini2;
const FIRST_DAY: &str = "2026-04-10";
/// The day on which chance begins: the first month that costs something is over and was charged.
const CHARGED: &str = "2026-09-03";

/// How the workers of an office are woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wakes {
    /// Every day.
    Daily,
    /// Once, when the days are over.
    Late,
}

/// An office whose days pass in one of the two ways.
pub struct World {
    /// The office.
    pub office: Office,
    wakes: Wakes,
}

fn staff(nth: u128) -> StaffId {
    StaffId(Uuid::from_u128(nth))
}

fn receipt(on: NaiveDate) -> Receipt {
    Receipt {
        on,
        at: None,
        channel: Channel::Form,
        number: None,
        proof: None,
    }
}

impl World {
    /// Both corporations have been using mini2 since April.
    ///
    /// # Panics
    /// When they are not registered.
    pub async fn begins(wakes: Wakes) -> Self {
        let office = Office::opens_on(FIRST_DAY).await;
        office.meets_another_corporation().await;
        let on = day(FIRST_DAY);
        for whose in BOTH {
            let stream = Stream::Enrolment(whose.id(), MINI2);
            for command in [
                enrolment::Command::StartTrial {
                    receipt: receipt(on),
                },
                enrolment::Command::EnterOffices {
                    offices: whose.offices(),
                    received_on: on,
                },
                enrolment::Command::Register {
                    receipt: receipt(on),
                    terms_version: "2026-04".to_owned(),
                },
            ] {
                let sent = office.sends(Command::enrolment(&stream, command)).await;
                sent.expect("it is registered");
            }
        }
        let world = Self { office, wakes };
        while world.office.today().await < day(CHARGED) {
            let left = (day(CHARGED) - world.office.today().await).num_days();
            world.days_pass(left.min(31).unsigned_abs()).await;
        }
        world
    }

    async fn days_pass(&self, days: u64) {
        let later = (self.office.today().await + Days::new(days)).to_string();
        match self.wakes {
            Wakes::Daily => self.office.goes_on_to(&later).await,
            Wakes::Late => {
                self.office.clock_leaps_to(&later);
                self.office.wakes().await;
            }
        }
    }

    /// What is refused is refused: what was recorded is what counts.
    async fn sends(&self, command: Command) {
        let _refused = self.office.sends(command).await;
    }

    /// A corporation's ledger.
    ///
    /// # Panics
    /// When the log cannot be read.
    pub async fn ledger(&self, whose: Whose) -> billing::State {
        let State::Billing(state) = self.office.state(&whose.ledger()).await else {
            panic!("a ledger's stream");
        };
        state
    }

    async fn bills(&self, whose: Whose, command: billing::Command) {
        self.sends(Command::billing(&whose.ledger(), command)).await;
    }

    async fn batch(&self, month: Month, command: debit_batch::Command) {
        self.sends(Command::debit_batch(&Stream::DebitBatch(month), command))
            .await;
    }

    /// Something happens, or is refused.
    ///
    /// # Panics
    /// When the world fails, or a file that was changed is taken for the bank's answer.
    pub async fn happens(&self, deed: &Deed) {
        let today = self.office.today().await;
        match deed {
            Deed::Days(days) => self.days_pass(*days).await,
            Deed::Mandate(whose, step, account) => {
                let step = mandate(*whose, *step, *account, today);
                let stream = Stream::Corporation(whose.id());
                self.sends(Command::corporation(&stream, step.into())).await;
            }
            Deed::File(step) => self.file(step).await,
            Deed::Pay(whose, percent) => {
                let amount = self.ledger(*whose).await.open() * percent / 100;
                let pay = billing::Command::RecordPayment {
                    amount,
                    received_on: today,
                    method: Method::Transfer,
                    note: None,
                    reference: None,
                };
                self.bills(*whose, pay).await;
            }
            Deed::Reverse(whose, entry, hands) => self.reverse(*whose, *entry, *hands).await,
            Deed::Refund(whose) => {
                let amount = self.ledger(*whose).await.credit;
                let refund = billing::Command::RefundCredit {
                    amount,
                    refunded_on: today,
                    note: None,
                };
                self.bills(*whose, refund).await;
            }
            Deed::Decide(whose, choice) => {
                let decide = billing::Command::DecideFailed {
                    choice: *choice,
                    reason: "相談の結果".into(),
                };
                self.bills(*whose, decide).await;
            }
            Deed::Leave(whose, ahead) => {
                let leave = termination::Command::Request {
                    scope: Scope::Whole,
                    request: form(today),
                    end_month: Month::of(today).plus(*ahead),
                    open_returns: 0,
                };
                self.ends(*whose, leave).await;
            }
            Deed::Stay(whose) => {
                let stay = termination::Command::Withdraw {
                    no: 1,
                    request: form(today),
                };
                self.ends(*whose, stay).await;
            }
            Deed::Close => {
                let month = Month::of(today).previous();
                for command in [
                    installation::Command::AskClosing {
                        month,
                        by: staff(1),
                    },
                    installation::Command::CloseMonth {
                        month,
                        by: staff(2),
                    },
                ] {
                    self.sends(Command::installation(&Stream::Installation, command))
                        .await;
                }
            }
        }
    }

    async fn ends(&self, whose: Whose, command: termination::Command) {
        let stream = Stream::Termination(whose.id(), MINI2);
        self.sends(Command::termination(&stream, command)).await;
    }

    async fn reverse(&self, whose: Whose, entry: prop::sample::Index, hands: Hands) {
        let ledger = self.ledger(whose).await;
        if ledger.entries.is_empty() {
            return;
        }
        let entry = entry.get(&ledger.entries).clone();
        let ask = billing::Command::AskReversal {
            entry: entry.clone(),
            reason: "誤り".into(),
            by: staff(1),
        };
        self.bills(whose, ask).await;
        let by = staff(match hands {
            Hands::One => 1,
            Hands::Two => 2,
        });
        self.bills(whose, billing::Command::ApproveReversal { entry, by })
            .await;
    }

    /// The batch that is furthest behind.
    async fn open_batch(&self) -> Option<debits::BatchRow> {
        let today = self.office.today().await;
        let snapshot = self.office.views().await.snapshot();
        let batches = debits::list(&snapshot.expect("a snapshot"), 100);
        let batches = batches.expect("the read models are read");
        let open = batches.into_iter().filter(|row| match row.stage {
            // A batch whose day came without its file is never sent any more.
            Stage::Gathering | Stage::ToApprove | Stage::ToRelease => row.debit_on > today,
            Stage::Sent | Stage::Booking => true,
            Stage::Reconciled => false,
        });
        open.min_by_key(|row| row.month)
    }

    async fn file(&self, step: &FileStep) {
        let Some(row) = self.open_batch().await else {
            return;
        };
        match step {
            FileStep::Freeze => self.freeze(&row).await,
            FileStep::Reopen => {
                let reason = "口座の訂正".into();
                let by = staff(1);
                self.batch(row.month, debit_batch::Command::Reopen { reason, by })
                    .await;
            }
            FileStep::Approve => self.approve(row.month).await,
            FileStep::Release => self.release(row.month).await,
            FileStep::Send => {
                self.freeze(&row).await;
                self.approve(row.month).await;
                self.release(row.month).await;
            }
            FileStep::Answer(codes) => self.answer(row.month, codes).await,
            FileStep::Tamper(at) => self.tamper(row.month, *at).await,
            FileStep::Reconcile => {
                let snapshot = self.office.views().await.snapshot();
                let sums = debits::sums(&snapshot.expect("a snapshot"), row.month);
                let sums = sums.expect("they are read");
                let reconcile = debit_batch::Command::Reconcile {
                    collected: sums.collected,
                    failed: sums.failed,
                    by: staff(1),
                };
                self.batch(row.month, reconcile).await;
            }
        }
    }

    async fn freeze(&self, row: &debits::BatchRow) {
        let views = self.office.views().await;
        let snapshot = views.snapshot().expect("a snapshot");
        let consignor = Consignor::invented();
        let made = debit_file::gathered(&snapshot, row.month, &consignor, row.debit_on);
        let made = made
            .expect("the read models are read")
            .expect("it can be written");
        let freeze = debit_batch::Command::Freeze {
            through: snapshot.number().expect("it is read").unwrap_or_default(),
            totals: made.request.totals(),
            sha256: made.request.sha256(),
            consignor,
            by: staff(1),
        };
        drop(snapshot);
        self.batch(row.month, freeze).await;
    }

    /// The SHA-256 of what the ledgers say now, of a batch that was frozen.
    async fn standing(&self, month: Month) -> Option<String> {
        let snapshot = self.office.views().await.snapshot().expect("a snapshot");
        let made = debit_file::standing(&snapshot, month).expect("the read models are read");
        made.ok().map(|made| made.request.sha256())
    }

    async fn approve(&self, month: Month) {
        if let Some(sha256) = self.standing(month).await {
            let by = staff(2);
            self.batch(month, debit_batch::Command::Approve { sha256, by })
                .await;
        }
    }

    async fn release(&self, month: Month) {
        if let Some(sha256) = self.standing(month).await {
            let by = staff(3);
            self.batch(month, debit_batch::Command::Release { sha256, by })
                .await;
        }
    }

    /// The file as it was sent, once it was.
    async fn sent(&self, month: Month) -> Option<debit_file::Sent> {
        let views = self.office.views().await;
        let sent = debit_file::released(views, month).expect("the read models are read");
        sent.ok()
    }

    async fn answer(&self, month: Month, codes: &[ResultCode]) {
        let Some(sent) = self.sent(month).await else {
            return;
        };
        let checked = sent.check(&sent.made.request.answered(codes));
        let checked = checked.expect("it is the answer");
        let by = staff(1);
        self.batch(month, debit_batch::Command::ReceiveResult { checked, by })
            .await;
    }

    /// Any byte of the answer that says something is another one: it is not the answer any more.
    async fn tamper(&self, month: Month, at: prop::sample::Index) {
        let Some(sent) = self.sent(month).await else {
            return;
        };
        let good = sent.made.request.answered(&[ResultCode::InsufficientFunds]);
        let says: Vec<_> = (0..good.len())
            .filter(|at| !good[*at].is_ascii_whitespace())
            .filter(|at| !is_unread(*at % 122, good[*at - *at % 122]))
            .collect();
        let at = *at.get(&says);
        let mut other = good.clone();
        other[at] = match good[at] {
            b'9' => b'8',
            digit @ b'0'..=b'8' => digit + 1,
            _other => b'1',
        };
        if let Ok(checked) = sent.check(&other) {
            panic!("byte {at} was changed and nobody saw it: {checked:?}");
        }
    }
}

/// Whether the file may be another answer by the byte at this place of its record: the names and the account of the header are
/// the bank's to print, and of two ways to fail nothing in the file says which it was but the code itself.
fn is_unread(at: usize, kind: u8) -> bool {
    match kind {
        b'1' => (14..54).contains(&at) || at >= 58,
        b'2' => at == 111,
        _trailer => false,
    }
}

fn mandate(whose: Whose, step: Step, account: u64, today: NaiveDate) -> MandateCommand {
    match step {
        Step::Send => MandateCommand::Send { sent_on: today },
        Step::Return => {
            let subject = BankAccount::subject(whose.id(), 0);
            let number = format!("{:07}", account + 1);
            MandateCommand::Return {
                returned_on: today,
                account: BankAccount {
                    bank: Digits::of(9999),
                    bank_name: "テスト".to_owned(),
                    branch: Digits::of(1),
                    branch_name: "ホンテン".to_owned(),
                    kind: AccountKind::Ordinary,
                    number: Personal::new(&subject, number),
                    holder: Personal::new(&subject, "フク）アオゾラカイ"),
                },
            }
        }
        Step::HandToBank => MandateCommand::HandToBank { on: today },
        Step::Register => MandateCommand::Register {
            on: today,
            customer: None,
        },
        Step::FindDefective => MandateCommand::FindDefective {
            on: today,
            defect: MandateDefect::SealDiffers,
            note: None,
        },
    }
}

fn form(on: NaiveDate) -> Request {
    Request {
        way: Way::Form,
        on,
        at: Some(NaiveTime::MIN),
        number: None,
    }
}
