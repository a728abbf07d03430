//! Everything people, customers and the bank may do about money, in any order: the histories that properties of money are held
//! against.

use crate::office::{corporation, office_id, other_corporation};
use daicho_domain::billing::PersonChoice;
use daicho_domain::stream::{CorporationId, OfficeId, Stream};
use daicho_domain::zengin::ResultCode;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Something that happens.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Days pass.
    Days(u64),
    /// A step of a corporation's 口座振替依頼書, of one of two accounts.
    Mandate(Whose, Step, u64),
    /// Something is done with the batch that is furthest behind.
    File(FileStep),
    /// A corporation pays so many per cent of what it owes.
    Pay(Whose, u64),
    /// An entry of its ledger is reversed by two people, or by one who may not.
    Reverse(Whose, prop::sample::Index, Hands),
    /// Credit is paid back.
    Refund(Whose),
    /// A person decides what a failed debit means.
    Decide(Whose, PersonChoice),
    /// It files its end for so many months ahead.
    Leave(Whose, u32),
    /// It takes the end back.
    Stay(Whose),
    /// The books of last month are closed by two people.
    Close,
}

/// One of the two corporations.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// The one whose mandate is in force.
    First,
    /// The one that has none yet.
    Other,
}

/// A step of a 口座振替依頼書.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// It goes out.
    Send,
    /// It comes back.
    Return,
    /// It goes to the bank.
    HandToBank,
    /// The bank registered it.
    Register,
    /// The bank sent it back.
    FindDefective,
}

/// Something that is done with a month's file.
#[derive(Clone, Debug)]
pub enum FileStep {
    /// It is fixed.
    Freeze,
    /// It gathers again.
    Reopen,
    /// A second person approves it.
    Approve,
    /// A third one releases it.
    Release,
    /// Frozen, approved and released by three people.
    Send,
    /// The bank answers with these codes.
    Answer(Vec<ResultCode>),
    /// A file is given in that is not the answer.
    Tamper(prop::sample::Index),
    /// Ledgers, request and result are said to agree.
    Reconcile,
}

/// How many people reverse an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hands {
    /// One, who may not.
    One,
    /// Two.
    Two,
}

fn deed() -> impl Strategy<Value = Deed> {
    let whose = || prop_oneof![3 => Just(Whose::First), 1 => Just(Whose::Other)];
    let step = prop::sample::select(vec![
        Step::Send,
        Step::Return,
        Step::HandToBank,
        Step::Register,
        Step::FindDefective,
    ]);
    let code = prop_oneof![
        4 => Just(ResultCode::Collected),
        5 => Just(ResultCode::InsufficientFunds),
        2 => prop::sample::select(ResultCode::ALL.to_vec()),
    ];
    let codes = prop::collection::vec(code, 2);
    let file = prop_oneof![
        1 => Just(FileStep::Freeze),
        1 => Just(FileStep::Reopen),
        1 => Just(FileStep::Approve),
        1 => Just(FileStep::Release),
        8 => Just(FileStep::Send),
        8 => codes.prop_map(FileStep::Answer),
        2 => any::<prop::sample::Index>().prop_map(FileStep::Tamper),
        3 => Just(FileStep::Reconcile),
    ];
    let hands = prop_oneof![1 => Just(Hands::One), 3 => Just(Hands::Two)];
    let choice = prop::sample::select(vec![PersonChoice::Dun, PersonChoice::Redebit]);
    prop_oneof![
        14 => (1..16_u64).prop_map(Deed::Days),
        5 => (whose(), step, 0..2_u64).prop_map(|(whose, step, account)| Deed::Mandate(whose, step, account)),
        14 => file.prop_map(Deed::File),
        3 => (whose(), prop_oneof![1..120_u64, Just(100)]).prop_map(|(whose, percent)| Deed::Pay(whose, percent)),
        2 => (whose(), any::<prop::sample::Index>(), hands).prop_map(|(whose, entry, hands)| Deed::Reverse(whose, entry, hands)),
        1 => whose().prop_map(Deed::Refund),
        2 => (whose(), choice).prop_map(|(whose, choice)| Deed::Decide(whose, choice)),
        1 => (whose(), 0..3_u32).prop_map(|(whose, ahead)| Deed::Leave(whose, ahead)),
        1 => whose().prop_map(Deed::Stay),
        1 => Just(Deed::Close),
    ]
}

/// A sequence that gets somewhere: the first corporation's mandate is in force and its first debit failed, for want of money or
/// because the mandate is none; some pay only when they are suspended, some while the bank is asked again, some leave. Chance after
/// that.
pub fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let begun = [Step::Send, Step::Return, Step::HandToBank, Step::Register]
        .map(|step| Deed::Mandate(Whose::First, step, 0));
    let code = prop_oneof![
        3 => Just(ResultCode::InsufficientFunds),
        1 => prop::sample::select(vec![
            ResultCode::NoAccount,
            ResultCode::StoppedByDepositor,
            ResultCode::NoMandate,
        ]),
    ];
    let sent = [Deed::Days(7), Deed::File(FileStep::Send), Deed::Days(22)];
    let paid_late = vec![Deed::Days(30), Deed::Days(30), Deed::Pay(Whose::First, 100)];
    let paid_twice = vec![
        Deed::Days(20),
        Deed::File(FileStep::Send),
        Deed::Pay(Whose::First, 100),
        Deed::Days(25),
        Deed::File(FileStep::Answer(vec![ResultCode::Collected; 2])),
    ];
    let leaves = vec![Deed::Leave(Whose::First, 2)];
    let then = prop_oneof![
        2 => Just(paid_late),
        1 => Just(paid_twice),
        1 => Just(leaves),
        1 => Just(vec![]),
    ];
    (code, then, prop::collection::vec(deed(), 20..50)).prop_map(move |(code, then, deeds)| {
        let failed = Deed::File(FileStep::Answer(vec![code; 2]));
        [&begun[..], &sent[..], &[failed], &then, &deeds].concat()
    })
}

impl Whose {
    /// Its id.
    pub fn id(self) -> CorporationId {
        match self {
            Self::First => corporation(),
            Self::Other => other_corporation(),
        }
    }

    /// Its three offices.
    pub fn offices(self) -> BTreeSet<OfficeId> {
        match self {
            Self::First => (0..3).map(office_id).collect(),
            Self::Other => (3..6).map(office_id).collect(),
        }
    }

    /// The stream of its ledger.
    pub fn ledger(self) -> Stream {
        Stream::Billing(self.id())
    }
}

/// Both corporations.
pub const BOTH: [Whose; 2] = [Whose::First, Whose::Other];
