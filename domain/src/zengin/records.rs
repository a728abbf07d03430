//! The whole file, read record by record: a result, a request that is looked at again, a file that another system wrote.

use super::request::Totals;
use super::{
    AccountKind, Consignor, Debit, Digits, NewCode, RECORD_BYTES, ResultCode, Text, Unsaid,
};

/// The header of a file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// 委託者コード.
    pub consignor: Digits<10>,
    /// The month of the debit day; the file does not say the year.
    pub month: u32,
    /// The day of the month.
    pub day: u32,
    record: [u8; RECORD_BYTES],
}

/// What a header says of the collector beside its code, which tells the bank all of it: a bank need not fill it in.
const SAID_AGAIN: [(&str, usize, usize); 7] = [
    ("委託者名", 15, 40),
    ("取引銀行番号", 59, 4),
    ("取引銀行名", 63, 15),
    ("取引支店番号", 78, 3),
    ("取引支店名", 81, 15),
    ("預金種目（委託者）", 96, 1),
    ("口座番号（委託者）", 97, 7),
];

impl Header {
    /// The first field that says something else than the header that was sent. Left blank – with spaces, a number also with
    /// zeros – it says nothing.
    pub(super) fn contradicts(&self, sent: &[u8; RECORD_BYTES]) -> Option<&'static str> {
        SAID_AGAIN
            .into_iter()
            .find_map(|(field, position, length)| {
                let place = position - 1..position - 1 + length;
                let (found, sent) = (&self.record[place.clone()], &sent[place]);
                let filled_with = |blank| found.iter().all(|byte| *byte == blank);
                let blank = filled_with(b' ') || filled_with(b'0');
                (!blank && found != sent).then_some(field)
            })
    }
}

/// A data record that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its place in the file, from 1, the header counted.
    pub number: usize,
    /// The debit.
    pub debit: Debit,
    /// What became of it; in a request always `0`.
    pub result: ResultCode,
}

/// The trailer of a file that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trailer {
    /// All records.
    pub asked: Totals,
    /// The collected ones.
    pub collected: Totals,
    /// The failed ones.
    pub failed: Totals,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records {
    /// Its header.
    pub header: Header,
    /// Its data records.
    pub lines: Vec<Line>,
    /// Its trailer.
    pub trailer: Trailer,
}

/// Why bytes are not a file of this format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatFault {
    /// Nothing is in it.
    #[error("ファイルが空です")]
    Empty,
    /// It ends within a record, or before the trailer and the end record.
    #[error("{line}行目で途切れています")]
    Truncated {
        /// The line.
        line: usize,
    },
    /// Something stands behind the end record.
    #[error("終わりのレコードの後（{line}行目）に続きがあります")]
    Continued {
        /// The line.
        line: usize,
    },
    /// A record is not the one that comes here.
    #[error("{line}行目は{expected}のはずですが、「{found}」で始まっています")]
    Kind {
        /// The line.
        line: usize,
        /// What comes here.
        expected: &'static str,
        /// How it begins.
        found: char,
    },
    /// A record is not 120 bytes long.
    #[error("{line}行目が120バイトではありません")]
    Length {
        /// The line.
        line: usize,
    },
    /// A field is not what it must be.
    #[error("{line}行目の{field}（{position}桁目から）を読み取れません")]
    Field {
        /// The line.
        line: usize,
        /// The field.
        field: &'static str,
        /// Its position, from 1.
        position: usize,
    },
}

impl Records {
    /// Reads a file, with or without line ends.
    ///
    /// # Errors
    /// The first thing in it that is not the format.
    pub fn read(bytes: &[u8]) -> Result<Self, FormatFault> {
        let records = split(bytes)?;
        let mut fields = records.iter().enumerate().map(|(at, record)| Fields {
            line: at + 1,
            record,
        });
        let header = fields.next().ok_or(FormatFault::Empty)?.header()?;
        let mut lines = Vec::with_capacity(records.len());
        for field in fields.by_ref() {
            match field.record[0] {
                b'2' => lines.push(field.data()?),
                b'8' => {
                    let trailer = field.trailer()?;
                    let end = fields.next();
                    let end = end.ok_or(FormatFault::Truncated {
                        line: field.line + 1,
                    })?;
                    end.is(b'9', "終わりのレコード")?;
                    return match fields.next() {
                        Some(more) => Err(FormatFault::Continued { line: more.line }),
                        None => Ok(Self {
                            header,
                            lines,
                            trailer,
                        }),
                    };
                }
                _other => field.is(b'2', "データレコード")?,
            }
        }
        Err(FormatFault::Truncated {
            line: records.len() + 1,
        })
    }
}

impl Consignor {
    /// Who collects, as the header of a file says it, in the characters of the file.
    ///
    /// # Errors
    /// The first thing in it that is not the format.
    pub fn read(file: &[u8]) -> Result<Self, FormatFault> {
        let records = split(file)?;
        let record = *records.first().ok_or(FormatFault::Empty)?;
        let fields = Fields { line: 1, record };
        let mut unsaid = vec![];
        let mut blank = |position: usize, length: usize, what| {
            let field = &record[position - 1..position - 1 + length];
            let blank = field.iter().all(|byte| *byte == b' ');
            if blank {
                unsaid.push(what);
            }
            blank
        };
        let bank = match blank(59, 4, Unsaid::Bank) {
            true => Digits::of(0),
            false => fields.digits("取引銀行番号", 59)?,
        };
        let branch = match blank(78, 3, Unsaid::Branch) {
            true => Digits::of(0),
            false => fields.digits("取引支店番号", 78)?,
        };
        let no_kind = blank(96, 1, Unsaid::AccountKind);
        let account_number = match blank(97, 7, Unsaid::AccountNumber) {
            true => Digits::of(0),
            false => fields.digits("口座番号（委託者）", 97)?,
        };
        let account_kind = match record[95] {
            b'0' => {
                unsaid.push(Unsaid::AccountKindZero);
                AccountKind::Ordinary
            }
            _ if no_kind => AccountKind::Ordinary,
            _said => fields.code("預金種目（委託者）", 96, AccountKind::read)?,
        };
        Ok(Self {
            code: fields.digits("委託者コード", 5)?,
            name: fields.text::<40>("委託者名", 15)?.to_string(),
            bank,
            bank_name: fields.text::<15>("取引銀行名", 63)?.to_string(),
            branch,
            branch_name: fields.text::<15>("取引支店名", 81)?.to_string(),
            account_kind,
            account_number,
            unsaid,
        })
    }
}

/// The records of a file. With a line end behind the first record every record has one; the last may lack it. A
/// closing 0x1A of old systems is passed over.
fn split(bytes: &[u8]) -> Result<Vec<&[u8; RECORD_BYTES]>, FormatFault> {
    let mut rest = bytes.strip_suffix(b"\x1a").unwrap_or(bytes);
    let ends: &[u8] = match rest.get(RECORD_BYTES..) {
        Some([b'\r', b'\n', ..]) => b"\r\n",
        Some([b'\n', ..]) => b"\n",
        Some(_) | None => b"",
    };
    let mut records = Vec::with_capacity(rest.len() / RECORD_BYTES);
    while !rest.is_empty() {
        let line = records.len() + 1;
        let (record, after) = rest
            .split_first_chunk::<RECORD_BYTES>()
            .ok_or(FormatFault::Truncated { line })?;
        if record.contains(&b'\n') {
            return Err(FormatFault::Length { line });
        }
        rest = match after.strip_prefix(ends) {
            Some(after) => after,
            None if after.is_empty() => after,
            None => return Err(FormatFault::Length { line }),
        };
        records.push(record);
    }
    match records.is_empty() {
        true => Err(FormatFault::Empty),
        false => Ok(records),
    }
}

/// The fields of one record.
#[derive(Clone, Copy)]
struct Fields<'a> {
    line: usize,
    record: &'a [u8; RECORD_BYTES],
}

impl Fields<'_> {
    fn is(&self, kind: u8, expected: &'static str) -> Result<(), FormatFault> {
        match self.record[0] == kind {
            true => Ok(()),
            false => Err(FormatFault::Kind {
                line: self.line,
                expected,
                found: char::from(self.record[0]),
            }),
        }
    }

    fn fault(&self, field: &'static str, position: usize) -> FormatFault {
        FormatFault::Field {
            line: self.line,
            field,
            position,
        }
    }

    fn digits<const N: usize>(
        &self,
        field: &'static str,
        position: usize,
    ) -> Result<Digits<N>, FormatFault> {
        let bytes = &self.record[position - 1..position - 1 + N];
        Digits::read(bytes).ok_or_else(|| self.fault(field, position))
    }

    fn number<const N: usize>(
        &self,
        field: &'static str,
        position: usize,
    ) -> Result<u64, FormatFault> {
        let digits = self.digits::<N>(field, position)?;
        let number = digits.to_string().parse();
        number.map_err(|_| self.fault(field, position))
    }

    fn text<const N: usize>(
        &self,
        field: &'static str,
        position: usize,
    ) -> Result<Text<N>, FormatFault> {
        let bytes = &self.record[position - 1..position - 1 + N];
        let text = bytes.try_into().ok().and_then(Text::read);
        text.ok_or_else(|| self.fault(field, position))
    }

    fn code<T>(
        &self,
        field: &'static str,
        position: usize,
        read: fn(u8) -> Option<T>,
    ) -> Result<T, FormatFault> {
        read(self.record[position - 1]).ok_or_else(|| self.fault(field, position))
    }

    fn header(&self) -> Result<Header, FormatFault> {
        self.is(b'1', "ヘッダーレコード")?;
        if self.record[1..4] != *b"910" {
            return Err(self.fault("種別コード（910）", 2));
        }
        let month = self.number::<2>("引落日", 55)?;
        let day = self.number::<2>("引落日", 57)?;
        let small = |number: u64| u32::try_from(number).map_err(|_| self.fault("引落日", 55));
        Ok(Header {
            consignor: self.digits("委託者コード", 5)?,
            month: small(month)?,
            day: small(day)?,
            record: *self.record,
        })
    }

    fn data(&self) -> Result<Line, FormatFault> {
        let debit = Debit {
            bank: self.digits("銀行コード", 2)?,
            bank_name: self.text("銀行名", 6)?,
            branch: self.digits("支店コード", 21)?,
            branch_name: self.text("支店名", 24)?,
            account_kind: self.code("預金種目", 43, AccountKind::read)?,
            account_number: self.digits("口座番号", 44)?,
            holder: self.text("預金者名", 51)?,
            amount: self.number::<10>("引落金額", 81)?,
            new_code: self.code("新規コード", 91, NewCode::read)?,
            customer: self.digits("顧客番号", 92)?,
        };
        Ok(Line {
            number: self.line,
            debit,
            result: self.code("振替結果コード", 112, ResultCode::read)?,
        })
    }

    fn trailer(&self) -> Result<Trailer, FormatFault> {
        let totals = |count, amount| -> Result<Totals, FormatFault> {
            Ok(Totals {
                count: self.number::<6>("件数", count)?,
                amount: self.number::<12>("金額", amount)?,
            })
        };
        Ok(Trailer {
            asked: totals(2, 8)?,
            collected: totals(20, 26)?,
            failed: totals(38, 44)?,
        })
    }
}
