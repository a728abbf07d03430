//! The bank file against a reader of its own, written from the published layout alone: fields cut by position, nothing
//! shared with the code that writes.

use chrono::NaiveDate;
use daicho_domain::zengin::{
    AccountKind, Consignor, Debit, Digits, FormatFault, NewCode, Records, Request, ResultCode,
    Text, Totals,
};
use proptest::prelude::*;

/// A field by its position, from 1, and its length.
fn cut(record: &[u8], position: usize, length: usize) -> &[u8] {
    &record[position - 1..position - 1 + length]
}

fn number(record: &[u8], position: usize, length: usize) -> u64 {
    let digits = std::str::from_utf8(cut(record, position, length)).expect("digits");
    digits.parse().expect("a number")
}

/// The lines of a file, each held to 120 bytes and CR LF.
fn lines(file: &[u8]) -> Vec<&[u8]> {
    assert_eq!(file.len() % 122, 0, "each record is 120 bytes and CR LF");
    file.chunks(122)
        .map(|line| {
            assert_eq!(&line[120..], b"\r\n");
            &line[..120]
        })
        .collect()
}

fn consignor() -> Consignor {
    Consignor {
        code: "9999999999".parse().expect("a code"),
        name: "テストソフト株式会社".into(),
        bank: "9999".parse().expect("a code"),
        bank_name: "テスト".into(),
        branch: "001".parse().expect("a code"),
        branch_name: "ホンテン".into(),
        account_kind: AccountKind::Ordinary,
        account_number: "9999999".parse().expect("a number"),
        unsaid: vec![],
    }
}

fn debit(customer: u128, amount: u64, holder: &str) -> Debit {
    Debit {
        bank: "9999".parse().expect("a code"),
        bank_name: Text::cut("テスト").expect("writable"),
        branch: "020".parse().expect("a code"),
        branch_name: Text::cut("シテン").expect("writable"),
        account_kind: AccountKind::Current,
        account_number: "0000001".parse().expect("a number"),
        holder: Text::of(holder).expect("writable"),
        amount,
        new_code: NewCode::First,
        customer: Digits::of(customer),
    }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 28).expect("a day")
}

fn request(debits: Vec<Debit>) -> Request {
    Request::new(&consignor(), day(), debits).expect("writable")
}

#[test]
fn a_request_has_every_field_at_its_place() {
    let file = request(vec![debit(10_010, 3_300, "社会福祉法人テストカイ")]).bytes();
    let lines = lines(&file);
    assert_eq!(lines.len(), 4);
    let header = lines[0];
    assert_eq!(cut(header, 1, 4), b"1910");
    assert_eq!(cut(header, 5, 10), b"9999999999");
    // ﾃｽﾄｿﾌﾄ(ｶ
    let name = [0xC3, 0xBD, 0xC4, 0xBF, 0xCC, 0xC4, b'(', 0xB6, b' '];
    assert_eq!(cut(header, 15, 9), name);
    assert_eq!(cut(header, 55, 4), b"0928");
    assert_eq!(cut(header, 59, 4), b"9999");
    assert_eq!(cut(header, 78, 3), b"001");
    assert_eq!(cut(header, 96, 8), b"19999999");
    assert_eq!(cut(header, 104, 17), [b' '; 17]);
    let data = lines[1];
    assert_eq!(cut(data, 1, 5), b"29999");
    assert_eq!(cut(data, 21, 3), b"020");
    assert_eq!(cut(data, 39, 4), b"    ");
    assert_eq!(cut(data, 43, 8), b"20000001");
    // ﾌｸ)ﾃｽﾄｶｲ
    let holder = [0xCC, 0xB8, b')', 0xC3, 0xBD, 0xC4, 0xB6, 0xB2, b' '];
    assert_eq!(cut(data, 51, 9), holder);
    assert_eq!(cut(data, 81, 10), b"0000003300");
    assert_eq!(cut(data, 91, 1), b"1");
    assert_eq!(cut(data, 92, 20), b"00000000000000010010");
    assert_eq!(cut(data, 112, 9), b"0        ");
    let trailer = lines[2];
    assert_eq!(cut(trailer, 1, 19), b"8000001000000003300");
    assert_eq!(cut(trailer, 20, 36), [b'0'; 36]);
    assert_eq!(cut(trailer, 56, 65), [b' '; 65]);
    assert_eq!(lines[3][0], b'9');
    assert_eq!(cut(lines[3], 2, 119), [b' '; 119]);
}

/// A file handed round beside the checkout, if it is there: written anew from what was read, it is the same bytes.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the file is not part of the project"
)]
fn the_example_file_is_written_byte_for_byte() {
    let beside = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/data/zengin_91_request_crlf.txt"
    );
    let beside = std::env::var("DAICHO_BANK_FILE").unwrap_or_else(|_| beside.to_owned());
    let Ok(example) = std::fs::read(&beside) else {
        eprintln!("{beside} is not there: nothing compared");
        return;
    };
    let read = Records::read(&example).expect("the example is a file");
    let header = lines(&example)[0];
    let text = |position, length| {
        let kana: String = cut(header, position, length)
            .iter()
            .map(|byte| match byte {
                0xA1..=0xDF => char::from_u32(0xFF61 + u32::from(byte - 0xA1)).expect("kana"),
                ascii => char::from(*ascii),
            })
            .collect();
        kana.trim_end().to_owned()
    };
    let consignor = Consignor {
        code: read.header.consignor,
        name: text(15, 40),
        bank: Digits::read(cut(header, 59, 4)).expect("digits"),
        bank_name: text(63, 15),
        branch: Digits::read(cut(header, 78, 3)).expect("digits"),
        branch_name: text(81, 15),
        account_kind: AccountKind::read(header[95]).expect("a kind"),
        account_number: Digits::read(cut(header, 97, 7)).expect("digits"),
        unsaid: vec![],
    };
    let on = NaiveDate::from_ymd_opt(2026, read.header.month, read.header.day).expect("a day");
    let debits: Vec<_> = read.lines.into_iter().map(|line| line.debit).collect();
    let asked = read.trailer.asked;
    let written = Request::new(&consignor, on, debits).expect("writable");
    assert_eq!(written.totals(), asked);
    assert_eq!(written.bytes(), example);
}

#[test]
fn a_header_that_leaves_numbers_blank_is_read_and_written_as_it_stands() {
    let sent = request(vec![debit(1, 9_900, "テスト")]).bytes();
    // The position and length of bank, branch, kind and account; a kind is also left blank with a zero.
    let blanks: [&[(usize, usize, u8)]; 6] = [
        &[(59, 4, b' ')],
        &[(78, 3, b' ')],
        &[(96, 1, b' ')],
        &[(96, 1, b'0')],
        &[(97, 7, b' ')],
        &[(59, 45, b' ')],
    ];
    for blank in blanks {
        let mut file = sent.clone();
        for (position, length, with) in blank {
            file[position - 1..position - 1 + length].fill(*with);
        }
        let consignor = Consignor::read(&file).expect("it is legal");
        let debits = Records::read(&file).expect("a file").lines;
        let debits = debits.into_iter().map(|line| line.debit).collect();
        let written = Request::as_sent(&consignor, day(), debits).expect("writable");
        assert_eq!(written.bytes(), file, "{blank:?}");
    }
    // Half of a number is none.
    let mut file = sent;
    file[58] = b' ';
    assert!(Consignor::read(&file).is_err());
}

#[test]
fn it_reads_with_and_without_line_ends() {
    let file = request(vec![debit(1, 10, "カ）ヒカリ"), debit(2, 20, "ヒカリ")]).bytes();
    let bare: Vec<u8> = file
        .iter()
        .copied()
        .filter(|byte| !b"\r\n".contains(byte))
        .collect();
    let unix: Vec<u8> = file.iter().copied().filter(|byte| *byte != b'\r').collect();
    let mut closed = file.clone();
    closed.push(0x1A);
    let read = Records::read(&file).expect("it reads");
    for other in [bare, unix, closed] {
        assert_eq!(Records::read(&other).as_ref(), Ok(&read));
    }
    assert_eq!(
        read.trailer.asked,
        Totals {
            count: 2,
            amount: 30
        }
    );
    assert_eq!(read.trailer.collected, Totals::default());
    assert_eq!(read.lines[1].number, 3);
    assert_eq!(read.lines[0].result, ResultCode::Collected);
}

#[test]
fn what_is_no_file_is_refused_at_its_line() {
    let file = request(vec![debit(1, 10, "ヒカリ"), debit(2, 20, "ヒカリ")]).bytes();
    let refused = |bytes: &[u8]| Records::read(bytes).expect_err("not a file");
    assert_eq!(refused(b""), FormatFault::Empty);
    assert_eq!(
        refused(&file[..122 * 3]),
        FormatFault::Truncated { line: 4 }
    );
    assert_eq!(
        refused(&file[..122 * 4]),
        FormatFault::Truncated { line: 5 }
    );
    assert_eq!(refused(&file[..130]), FormatFault::Truncated { line: 2 });
    assert_eq!(
        refused(&[&file[..], &file[..]].concat()),
        FormatFault::Continued { line: 6 }
    );
    let mut changed = file.clone();
    changed[122] = b'3';
    assert!(matches!(
        refused(&changed),
        FormatFault::Kind {
            line: 2,
            found: '3',
            ..
        }
    ));
    let mut changed = file.clone();
    changed[122 + 80] = b'x';
    assert!(matches!(
        refused(&changed),
        FormatFault::Field {
            line: 2,
            position: 81,
            ..
        }
    ));
    let mut changed = file.clone();
    changed[122 + 111] = b'7';
    assert!(matches!(
        refused(&changed),
        FormatFault::Field {
            line: 2,
            position: 112,
            ..
        }
    ));
    let mut longer = file;
    longer.insert(122 + 40, b' ');
    assert_eq!(refused(&longer), FormatFault::Length { line: 2 });
}

fn debits() -> impl Strategy<Value = Vec<Debit>> {
    let one = (
        0..10_u128.pow(20),
        1..=9_999_999_999_u64,
        "[ア-ヴa-zＡ-Ｚ0-9 ー（）ぁ-ん]{1,15}",
    );
    let one = one.prop_filter_map("writable", |(customer, amount, holder)| {
        Text::<30>::of(&holder).ok()?;
        Some(debit(customer, amount, &holder))
    });
    proptest::collection::vec(one, 0..20)
}

proptest! {
    #[test]
    fn what_is_written_reads_back_and_adds_up(debits in debits()) {
        let file = request(debits.clone()).bytes();
        let lines = lines(&file);
        let total: u64 = debits.iter().map(|debit| debit.amount).sum();
        let trailer = lines[lines.len() - 2];
        prop_assert_eq!(number(trailer, 2, 6), debits.len() as u64);
        prop_assert_eq!(number(trailer, 8, 12), total % 1_000_000_000_000);
        for (debit, line) in debits.iter().zip(&lines[1..]) {
            prop_assert_eq!(number(line, 81, 10), debit.amount);
            let allowed = |byte: &u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' ' | b'(' | b')' | b'-' | b'.' | 0xB1..=0xDF);
            prop_assert!(cut(line, 51, 30).iter().all(allowed));
        }
        let read = Records::read(&file).expect("it reads back");
        let back: Vec<_> = read.lines.into_iter().map(|line| line.debit).collect();
        prop_assert_eq!(back, debits);
    }

    #[test]
    fn no_text_panics_and_what_is_written_is_never_longer_than_its_field(typed in ".*") {
        if let Ok(text) = Text::<30>::of(&typed) {
            let written = text.to_string();
            prop_assert!(!written.is_empty() && written.chars().count() <= 30);
            prop_assert_eq!(Text::<30>::of(&written).map(|again| again.to_string()), Ok(written));
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = Records::read(&bytes);
    }
}
