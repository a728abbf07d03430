//! The bare loop: the same file, formatted and parsed without a check of anything.

use std::collections::HashMap;

use super::Typed;
use chrono::{Datelike as _, NaiveDate};

/// What each typed character is in the file.
pub struct Characters(HashMap<char, Vec<u8>>);

impl Characters {
    /// The table.
    pub fn new() -> Self {
        let mut table: HashMap<char, Vec<u8>> = HashMap::new();
        let full = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
        for (kana, byte) in full.chars().zip(0xB1_u8..) {
            table.insert(kana, vec![byte]);
        }
        let voiced = "カキクケコサシスセソタチツテトハヒフヘホ";
        for (kana, with) in voiced
            .chars()
            .zip("ガギグゲゴザジズゼゾダヂヅデドバビブベボ".chars())
        {
            let byte = table[&kana][0];
            table.insert(with, vec![byte, 0xDE]);
        }
        for (kana, with) in "ハヒフヘホ".chars().zip("パピプペポ".chars()) {
            let byte = table[&kana][0];
            table.insert(with, vec![byte, 0xDF]);
        }
        for (small, large) in "ァィゥェォッャュョ"
            .chars()
            .zip("アイウエオツヤユヨ".chars())
        {
            let byte = table[&large].clone();
            table.insert(small, byte);
        }
        let rest: [(char, &[u8]); 4] = [
            ('ヴ', &[0xB3, 0xDE]),
            ('ー', b"-"),
            ('）', b")"),
            ('（', b"("),
        ];
        for (typed, bytes) in rest {
            table.insert(typed, bytes.to_vec());
        }
        Self(table)
    }

    /// A name in the characters of the file, into a field filled with spaces.
    fn put(&self, file: &mut Vec<u8>, name: &str, width: usize) {
        const FORMS: [(&str, &str); 3] = [
            ("社会福祉法人", "フク）"),
            ("株式会社", "カ）"),
            ("医療法人", "イ）"),
        ];
        let end = file.len() + width;
        let form = FORMS
            .iter()
            .find_map(|(form, short)| Some((name.strip_prefix(form)?, short)));
        let (name, short) = form.map_or((name, ""), |(rest, short)| (rest, short));
        for character in short.chars().chain(name.chars()) {
            file.extend_from_slice(&self.0[&character]);
        }
        file.resize(end, b' ');
    }
}

/// The file, written field by field.
pub fn written(debits: &[Typed], characters: &Characters, on: NaiveDate) -> Vec<u8> {
    use std::io::Write as _;
    let mut file = Vec::with_capacity((debits.len() + 3) * 122);
    let digits = "a vector takes everything";
    write!(file, "19109999999999").expect(digits);
    characters.put(&mut file, "カ）ダイチヨウレンシユウ", 40);
    write!(file, "{:02}{:02}9999", on.month(), on.day()).expect(digits);
    characters.put(&mut file, "レンシユウ", 15);
    write!(file, "001").expect(digits);
    characters.put(&mut file, "ホンテン", 15);
    write!(file, "19999999{:17}\r\n", "").expect(digits);
    let mut sum = 0;
    for debit in debits {
        write!(file, "29999").expect(digits);
        characters.put(&mut file, &debit.bank_name, 15);
        write!(file, "{:03}", debit.branch).expect(digits);
        characters.put(&mut file, &debit.branch_name, 15);
        write!(file, "    1{:0>7}", debit.number).expect(digits);
        characters.put(&mut file, &debit.holder, 30);
        write!(
            file,
            "{:010}0{:020}0{:8}\r\n",
            debit.amount, debit.customer, ""
        )
        .expect(digits);
        sum += debit.amount;
    }
    write!(
        file,
        "8{:06}{sum:012}{:036}{:65}\r\n9{:119}\r\n",
        debits.len(),
        0,
        "",
        ""
    )
    .expect(digits);
    file
}

/// The file, read field by field.
pub fn read(file: &[u8]) -> Vec<Typed> {
    let records = file.chunks(122).filter(|record| record[0] == b'2');
    let text = |bytes: &[u8]| -> String {
        let kana = bytes.iter().map(|byte| match byte {
            0xA1..=0xDF => char::from_u32(0xFF61 + u32::from(byte - 0xA1)).expect("kana"),
            ascii => char::from(*ascii),
        });
        let text: String = kana.collect();
        text.trim_end().to_owned()
    };
    let number = |bytes: &[u8]| -> u64 {
        let digits = std::str::from_utf8(bytes).expect("digits");
        digits.parse().expect("a number")
    };
    records
        .map(|record| Typed {
            bank_name: text(&record[5..20]),
            branch: u32::try_from(number(&record[20..23])).expect("three digits"),
            branch_name: text(&record[23..38]),
            number: text(&record[43..50]),
            holder: text(&record[50..80]),
            amount: number(&record[80..90]),
            customer: number(&record[91..111]),
        })
        .collect()
}
