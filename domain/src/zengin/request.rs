//! The whole file, written from a header and its debits.

use super::{Consignor, Debit, Digits, Header, RECORD_BYTES, ResultCode, Text, Unsaid, Unwritable};
use chrono::{Datelike, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The most yen one record can ask for.
pub const AMOUNT_MAX: u64 = 9_999_999_999;

/// A number of records and their yen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// How many records.
    pub count: u64,
    /// Yen.
    pub amount: u64,
}

impl Totals {
    /// With one more record.
    #[must_use]
    pub const fn with(self, amount: u64) -> Self {
        Self {
            count: self.count + 1,
            amount: self.amount + amount,
        }
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            amount: self.amount + other.amount,
        }
    }
}

/// A file to be sent.
#[derive(Clone, Debug)]
pub struct Request {
    header: [u8; RECORD_BYTES],
    debits: Vec<Debit>,
}

/// The texts of a header.
struct Names {
    consignor: Text<40>,
    bank: Text<15>,
    branch: Text<15>,
}

impl Request {
    /// The file that asks for these debits on this day.
    ///
    /// # Errors
    /// When the consignor's own names cannot be written.
    pub fn new(
        consignor: &Consignor,
        on: NaiveDate,
        debits: Vec<Debit>,
    ) -> Result<Self, Unwritable> {
        let names = Names {
            consignor: Text::of(&consignor.name)?,
            bank: Text::optional(&consignor.bank_name)?,
            branch: Text::optional(&consignor.branch_name)?,
        };
        Ok(Self::headed(consignor, &names, on, debits))
    }

    /// The file as another system wrote it and a bank took it: the consignor's names as they stand in its header.
    ///
    /// # Errors
    /// When they never stood in a file.
    pub fn as_sent(
        consignor: &Consignor,
        on: NaiveDate,
        debits: Vec<Debit>,
    ) -> Result<Self, Unwritable> {
        let names = Names {
            consignor: Text::as_sent(&consignor.name)?,
            bank: Text::as_sent(&consignor.bank_name)?,
            branch: Text::as_sent(&consignor.branch_name)?,
        };
        let mut sent = Self::headed(consignor, &names, on, debits);
        for unsaid in &consignor.unsaid {
            let (position, blank): (_, &[u8]) = match unsaid {
                Unsaid::Bank => (59, b"    "),
                Unsaid::Branch => (78, b"   "),
                Unsaid::AccountKind => (96, b" "),
                Unsaid::AccountKindZero => (96, b"0"),
                Unsaid::AccountNumber => (97, b"       "),
            };
            put(&mut sent.header, position, blank);
        }
        Ok(sent)
    }

    fn headed(consignor: &Consignor, names: &Names, on: NaiveDate, debits: Vec<Debit>) -> Self {
        let mut header = blank();
        put(&mut header, 1, b"1910");
        put(&mut header, 5, consignor.code.bytes());
        put(&mut header, 15, &names.consignor.bytes());
        put(
            &mut header,
            55,
            format!("{:02}{:02}", on.month(), on.day()).as_bytes(),
        );
        put(&mut header, 59, consignor.bank.bytes());
        put(&mut header, 63, &names.bank.bytes());
        put(&mut header, 78, consignor.branch.bytes());
        put(&mut header, 81, &names.branch.bytes());
        put(&mut header, 96, &[consignor.account_kind.byte()]);
        put(&mut header, 97, consignor.account_number.bytes());
        Self { header, debits }
    }

    /// The debits, in the order of the file.
    pub fn debits(&self) -> &[Debit] {
        &self.debits
    }

    /// The first field of a header that came back which says something else than the one that was sent; what a bank left
    /// blank says nothing. Its 委託者コード and its day are for the caller to compare.
    pub fn contradicted_by(&self, header: &Header) -> Option<&'static str> {
        header.contradicts(&self.header)
    }

    /// How many, and how much.
    pub fn totals(&self) -> Totals {
        let none = Totals::default();
        self.debits
            .iter()
            .fold(none, |totals, debit| totals.with(debit.amount))
    }

    /// The file, byte for byte.
    pub fn bytes(&self) -> Vec<u8> {
        let mut file = Vec::with_capacity((self.debits.len() + 3) * (RECORD_BYTES + 2));
        let mut line = |record: &[u8; RECORD_BYTES]| {
            file.extend_from_slice(record);
            file.extend_from_slice(b"\r\n");
        };
        line(&self.header);
        for debit in &self.debits {
            line(&record(debit));
        }
        let Totals { count, amount } = self.totals();
        let mut trailer = blank();
        put(&mut trailer, 1, b"8");
        put(&mut trailer, 2, Digits::<6>::of(u128::from(count)).bytes());
        put(
            &mut trailer,
            8,
            Digits::<12>::of(u128::from(amount)).bytes(),
        );
        put(&mut trailer, 20, &[b'0'; 36]);
        line(&trailer);
        let mut end = blank();
        put(&mut end, 1, b"9");
        line(&end);
        file
    }

    /// The file as a bank returns it with these results, in the order of the debits; a debit without one counts as
    /// collected. For directories that are 練習用 and for tests: a real result comes from a bank.
    pub fn answered(&self, results: &[ResultCode]) -> Vec<u8> {
        let mut file = self.bytes();
        let [mut collected, mut failed] = [Totals::default(); 2];
        for (at, debit) in self.debits.iter().enumerate() {
            let code = results.get(at).copied().unwrap_or(ResultCode::Collected);
            file[(at + 1) * (RECORD_BYTES + 2) + 111] = code.byte();
            let side = match code == ResultCode::Collected {
                true => &mut collected,
                false => &mut failed,
            };
            *side = side.with(debit.amount);
        }
        let trailer = (self.debits.len() + 1) * (RECORD_BYTES + 2) + 19;
        let [ok, not] =
            [collected, failed].map(|sum| format!("{:06}{:012}", sum.count, sum.amount));
        file[trailer..trailer + 36].copy_from_slice(format!("{ok}{not}").as_bytes());
        file
    }

    /// The SHA-256 of the file, in hexadecimal.
    pub fn sha256(&self) -> String {
        sha256(&self.bytes())
    }
}

/// The SHA-256 of a file, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn record(debit: &Debit) -> [u8; RECORD_BYTES] {
    let mut line = blank();
    put(&mut line, 1, b"2");
    put(&mut line, 2, debit.bank.bytes());
    put(&mut line, 6, &debit.bank_name.bytes());
    put(&mut line, 21, debit.branch.bytes());
    put(&mut line, 24, &debit.branch_name.bytes());
    put(&mut line, 43, &[debit.account_kind.byte()]);
    put(&mut line, 44, debit.account_number.bytes());
    put(&mut line, 51, &debit.holder.bytes());
    put(
        &mut line,
        81,
        Digits::<10>::of(u128::from(debit.amount)).bytes(),
    );
    put(&mut line, 91, &[debit.new_code.byte()]);
    put(&mut line, 92, debit.customer.bytes());
    put(&mut line, 112, b"0");
    line
}

const fn blank() -> [u8; RECORD_BYTES] {
    [b' '; RECORD_BYTES]
}

/// Puts a field at its position, counted from 1.
fn put(record: &mut [u8; RECORD_BYTES], position: usize, field: &[u8]) {
    record[position - 1..position - 1 + field.len()].copy_from_slice(field);
}
