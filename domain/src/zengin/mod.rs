//! 全銀協規定フォーマット 預金口座振替 (type 91): the file in which a collector is asked to debit accounts, and the same
//! file coming back with a result in each record.
//!
//! Pure: [`Request`] writes bytes, [`Records`] reads them, and nothing here knows a ledger. A record is 120 bytes of
//! JIS X 0201 (ASCII and half-width kana), followed by CR LF when written, by CR LF or nothing when read. [`text`] turns
//! what people type into what the file can carry, or names the character that it cannot.

mod digits;
mod record;
mod records;
mod request;
pub mod text;

pub use digits::{Digits, NotDigits};
pub use record::{AccountKind, Consignor, Debit, NewCode, ResultCode, Unsaid};
pub use records::{FormatFault, Header, Line, Records, Trailer};
pub use request::{AMOUNT_MAX, Request, Totals, sha256};
pub use text::{Text, Unwritable};

/// The bytes of a record, without the line end.
pub const RECORD_BYTES: usize = 120;

/// 金融機関コード.
pub type BankCode = Digits<4>;
/// 支店コード.
pub type BranchCode = Digits<3>;
/// 顧客番号: the number under which the collector knows a debtor.
pub type CustomerNumber = Digits<20>;
