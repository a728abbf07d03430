//! The tables a clerk can correct (`domain/vectors/identifiers/*.csv`) and what must hold for any input.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::Prefecture;

const OFFICE_NUMBERS: &str = include_str!("../../vectors/identifiers/office_numbers.csv");
const CORPORATE_NUMBERS: &str = include_str!("../../vectors/identifiers/corporate_numbers.csv");
const KJ_IDS: &str = include_str!("../../vectors/identifiers/kj_ids.csv");
const TRACKING_NUMBERS: &str = include_str!("../../vectors/identifiers/tracking_numbers.csv");
const TEXTS: &str = include_str!("../../vectors/identifiers/texts.csv");

fn rows<const N: usize>(table: &str) -> Vec<[String; N]> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let row = |record: csv::StringRecord| -> [String; N] {
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        cells.try_into().expect("every row has the table's columns")
    };
    reader
        .records()
        .map(|record| row(record.expect("the table is CSV")))
        .collect()
}

fn snake(value: impl serde::Serialize) -> String {
    let word = serde_json::to_value(value).expect("a plain enum");
    word.as_str().expect("a plain enum is a word").to_owned()
}

#[test]
fn office_numbers_of_the_table_are_read_as_it_says() {
    for [sent, outcome, number, why] in rows(OFFICE_NUMBERS) {
        let (found, written) = match OfficeNumber::parse(&sent) {
            Ok(number) => (snake(number.check_rule()), number.to_string()),
            Err(refused) => (refused.code().to_owned(), refused.offered.join(" ")),
        };
        assert_eq!(
            (found.to_lowercase(), written),
            (outcome.to_lowercase(), number),
            "{sent}: {why}"
        );
    }
}

#[test]
fn tracking_numbers_of_the_table_are_read_as_it_says() {
    for [sent, outcome, number, why] in rows(TRACKING_NUMBERS) {
        let (found, written) = match TrackingNumber::parse(&sent) {
            Ok(number) => ("valid", number.to_string()),
            Err(refused) => (refused.code(), String::new()),
        };
        assert_eq!((found, &*written), (&*outcome, &*number), "{sent}: {why}");
    }
}

#[test]
fn corporate_numbers_of_the_table_are_read_as_it_says() {
    for [sent, outcome, number, why] in rows(CORPORATE_NUMBERS) {
        match CorporateNumber::parse(&sent) {
            Ok(read) => assert_eq!(
                ("valid", read.as_str()),
                (&*outcome, &*number),
                "{sent}: {why}"
            ),
            Err(refused) => {
                assert_eq!(refused.code(), outcome, "{sent}: {why}");
                let offered = refused.offered.contains(&number)
                    || refused.offered.is_empty() && number.is_empty();
                assert!(offered, "{sent}: {why}: {:?}", refused.offered);
            }
        }
    }
}

#[test]
fn kj_ids_of_the_table_are_held_against_the_office() {
    for [sent, office, outcome, offered, why] in rows(KJ_IDS) {
        let office: OfficeNumber = office.parse().expect("the table's offices are well formed");
        let (found, written) = match KjId::parse(&sent) {
            Ok(id) => {
                let check = id.check(office);
                assert_eq!(
                    check.warning(id, office).is_some(),
                    check != KjIdCheck::Matches
                );
                (snake(check), String::new())
            }
            Err(refused) => (refused.code().to_owned(), refused.offered.join(" ")),
        };
        assert_eq!((found, written), (outcome, offered), "{sent}: {why}");
    }
}

#[test]
fn texts_of_the_table_are_normalised_as_it_says() {
    let tokyo = Prefecture::from_code(13).expect("13 is Tokyo");
    for [kind, sent, normalised, changes] in rows(TEXTS) {
        let text = match &*kind {
            "name" => Some(name(&sent)),
            "kana" => Some(kana(&sent)),
            "address" => Some(address(&sent, tokyo)),
            "phone" => phone(&sent),
            other => panic!("no such kind: {other}"),
        };
        let Some(text) = text else {
            assert_eq!(changes, "refused", "{sent}");
            continue;
        };
        let said: Vec<String> = text.changes.iter().map(snake).collect();
        assert_eq!(
            (text.normalised, said.join(" ")),
            (normalised, changes),
            "{sent}"
        );
        assert_eq!(text.sent, sent);
    }
}

#[test]
fn names_that_only_hold_a_place_are_known() {
    for placeholder in [
        "",
        "-",
        "ー",
        "＊＊＊",
        "○○",
        "XXX",
        "000",
        "テスト",
        "未定",
        "（未定）",
        "なし",
        "N/A",
    ] {
        assert!(
            is_placeholder(&name(placeholder).normalised),
            "{placeholder}"
        );
    }
    for real in [
        "慎",
        "創",
        "新",
        "テストパターン",
        "an",
        "日本バプテスト病院",
        "0歳からの家",
    ] {
        assert!(!is_placeholder(&name(real).normalised), "{real}");
    }
}

#[test]
fn a_refusal_names_field_value_and_remedy() {
    let refused = OfficeNumber::parse("170210231").expect_err("nine digits");
    let sentence = refused.to_string();
    assert_eq!(
        sentence,
        "事業所番号「170210231」は9文字です。先頭の0が落ちています。0を補って入力してください（表計算ソフトでは列を文字列にします）。「0170210231」ではありませんか。"
    );
}

#[test]
fn a_known_number_is_offered_first() {
    let known: CorporateNumber = "7000012050002".parse().expect("valid");
    let refused = CorporateNumber::parse_knowing("7000012050009", |number| number == known)
        .expect_err("mistyped");
    assert_eq!(
        refused.offered.first().map(String::as_str),
        Some("7000012050002")
    );
}

#[test]
fn every_code_of_a_refusal_is_found_in_the_tables() {
    let listed: BTreeSet<&str> = InvalidIdentifier::CODES.iter().copied().collect();
    let shown: BTreeSet<String> = rows(OFFICE_NUMBERS)
        .into_iter()
        .chain(rows(CORPORATE_NUMBERS))
        .chain(rows(TRACKING_NUMBERS))
        .map(|[_, outcome, _, _]: [String; 4]| outcome)
        .chain(
            rows(KJ_IDS)
                .into_iter()
                .map(|[_, _, outcome, _, _]: [String; 5]| outcome),
        )
        .collect();
    let missing: Vec<&&str> = listed
        .iter()
        .filter(|code| !shown.contains(**code))
        .collect();
    assert_eq!(missing, Vec::<&&str>::new());
}

fn any_office() -> impl Strategy<Value = OfficeNumber> {
    (1_u8..=47, "[0-9A-HJ-NPR-Z]", 0_u8..100, 0_u16..10_000).prop_map(
        |(prefecture, kind, area, serial)| {
            let prefecture = Prefecture::from_code(prefecture).expect("1 to 47");
            let kind = kind.chars().next().expect("one character");
            OfficeNumber::compose(prefecture, kind, area, serial).expect("all parts are in range")
        },
    )
}

proptest! {
    #[test]
    fn a_composed_office_number_reads_back_and_fits_rule_a(office in any_office()) {
        prop_assert_eq!(office.as_str().parse::<OfficeNumber>(), Ok(office));
        prop_assert_eq!(office.check_rule(), CheckRule::A);
    }

    #[test]
    fn an_offices_own_kj_id_matches_it_and_no_other(office in any_office(), other in any_office()) {
        let id = KjId::compose(office);
        prop_assert_eq!(id.as_str().parse::<KjId>(), Ok(id));
        prop_assert_eq!(id.check(office), KjIdCheck::Matches);
        prop_assert_eq!(id.check(other) == KjIdCheck::Matches, other == office);
    }

    #[test]
    fn one_wrong_digit_in_a_corporate_number_is_found(twelve in 0_u64..1_000_000_000_000, place in 0_usize..13, by in 1_u8..9) {
        let number = CorporateNumber::compose(twelve).expect("twelve digits");
        let mut digits: Vec<u8> = number.as_str().bytes().map(|b| b - b'0').collect();
        let wrong = (digits[place] + by) % 10;
        // 0 and 9 count the same to modulus 9, at any place but the first.
        prop_assume!(place == 0 || wrong % 9 != digits[place] % 9);
        digits[place] = wrong;
        let text: String = digits.iter().map(|d| char::from(b'0' + d)).collect();
        let refused = CorporateNumber::parse(&text).expect_err("one digit is wrong");
        prop_assert_eq!(&refused.fault, &Fault::CheckDigit);
        let known = CorporateNumber::parse_knowing(&text, |n| n == number).expect_err("still wrong");
        prop_assert_eq!(known.offered.first().map(String::as_str), Some(number.as_str()));
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in "\\PC{0,20}") {
        let tokyo = Prefecture::from_code(13).expect("13 is Tokyo");
        let sentences = [
            OfficeNumber::parse(&text).err().map(|e| (e.code(), e.to_string())),
            CorporateNumber::parse(&text).err().map(|e| (e.code(), e.to_string())),
            KjId::parse(&text).err().map(|e| (e.code(), e.to_string())),
        ];
        prop_assert!(sentences.iter().flatten().all(|(code, sentence)| !code.is_empty() && sentence.ends_with('。')));
        for read in [name(&text), kana(&text), address(&text, tokyo)] {
            prop_assert_eq!(&read.sent, &text);
        }
    }

    #[test]
    fn what_is_normalised_stays_as_it_is(text in "[ 　ァ-ンｱ-ﾟぁ-ん亜-煙⼀-⿕㈱-㉃０-９a-zＡ-Ｚ－ー‐\u{3099}\u{200b}]{0,20}") {
        let tokyo = Prefecture::from_code(13).expect("13 is Tokyo");
        for once in [name(&text), kana(&text), address(&text, tokyo)] {
            let again = [name(&once.normalised), kana(&once.normalised), address(&once.normalised, tokyo)];
            prop_assert!(again.iter().any(|twice| twice.normalised == once.normalised && twice.changes.is_empty()));
            prop_assert_eq!(once.changes.is_empty(), once.sent == once.normalised);
        }
    }
}
