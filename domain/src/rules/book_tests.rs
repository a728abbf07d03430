//! The seeded books, every way a book can be wrong, and which book holds when.

use super::{Book, Policy, RuleBooks, RuleError, SEEDED, SLOTS};
use crate::Service;
use crate::dates::Calendars;
use crate::dates::testing::day;

const MINI2: &str = SEEDED[0].1;

fn read(text: &str) -> Result<Book, super::BookErrors> {
    thread_local!(static CALENDARS: Calendars = Calendars::seeded());
    CALENDARS.with(|calendars| Book::read("規程.toml", text, calendars))
}

/// The book with one passage replaced, which must occur in it.
fn with(from: &str, to: &str) -> String {
    assert!(MINI2.contains(from), "{from} is not in the book");
    MINI2.replacen(from, to, 1)
}

#[test]
fn every_seeded_book_is_read_and_its_cases_hold() {
    let calendars = Calendars::seeded();
    for (file, text) in SEEDED {
        if let Err(errors) = Book::read(file, text, &calendars) {
            panic!("{errors}");
        }
    }
    assert_eq!(RuleBooks::seeded(&calendars).all().count(), SEEDED.len());
}

#[test]
fn a_book_stands_in_the_folder_of_its_service_under_its_first_day() {
    for (file, text) in SEEDED {
        let book = read(text).expect("a seeded book");
        assert_eq!(
            file,
            format!("{}/{}.toml", book.service, book.in_force_from)
        );
    }
}

#[test]
fn every_slot_belongs_to_some_book_and_stands_once_in_the_list() {
    for (n, spec) in SLOTS.iter().enumerate() {
        assert!(!spec.services.is_empty(), "{}", spec.id);
        assert!(
            SLOTS.iter().skip(n + 1).all(|other| other.id != spec.id),
            "{} twice",
            spec.id
        );
    }
}

#[test]
fn what_nobody_decided_says_what_else_it_could_be() {
    for (_, text) in SEEDED {
        let book = read(text).expect("a seeded book");
        assert!(book.open_slots().count() > 0);
        for slot in book.open_slots() {
            assert!(!slot.alternatives.contains(&slot.value), "{}", slot.id);
        }
    }
}

/// (replaced, by, the line that is named holds this, the sentence holds this)
const WRONG: &[(&str, &str, &str, &str)] = &[
    (
        "service = \"honobono-mini2\"",
        "service = \"honobono-mini3\"",
        "mini3",
        "honobono-mini3",
    ),
    (
        "in_force_from = \"2015-01-01\"",
        "in_force_from = \"2015-02-30\"",
        "2015-02-30",
        "日付では",
    ),
    ("revision = 1", "revision = 0", "revision = 0", "1から"),
    ("title = ", "titel = ", "titel", "titel"),
    (
        "id = \"trial.free_months\"",
        "id = \"trial.free_weeks\"",
        "free_weeks",
        "trial.free_weeks はありません",
    ),
    (
        "id = \"trial.registered_extra_months\"",
        "id = \"trial.free_months\"",
        "[[slot]]",
        "2つあります",
    ),
    (
        "value = 2\nunit = \"months\"",
        "value = \"2\"\nunit = \"months\"",
        "value = \"2\"",
        "数ではありません",
    ),
    (
        "value = 2\nunit = \"months\"",
        "value = 2\nunit = \"days\"",
        "unit = \"days\"",
        "単位は months",
    ),
    (
        "value = 25\nunit",
        "value = 32\nunit",
        "value = 32",
        "1から31",
    ),
    (
        "value = \"stays\"",
        "value = \"sideways\"",
        "sideways",
        "stays、previous、next",
    ),
    (
        "value = false\n",
        "value = \"no\"\n",
        "\"no\"",
        "true でも false",
    ),
    ("value = 3000", "value = 3000.5", "3000.5", "金額"),
    ("value = 3000", "value = -3000", "-3000", "金額"),
    (
        "value = \"form\"\n",
        "",
        "id = \"trial.counted_from\"",
        "既定値",
    ),
    (
        "value = 2\nunit = \"months\"",
        "unit = \"months\"",
        "id = \"trial.free_months\"",
        "値がありません",
    ),
    (
        "alternatives = [\"offices_entered\"]\n",
        "",
        "id = \"trial.counted_from\"",
        "ほかの案",
    ),
    (
        "document = \"flow\", section = \"お試し",
        "document = \"memo\", section = \"お試し",
        "memo",
        "[documents]",
    ),
    (
        "rule = \"仮登録から2か月は無料で使える。\"",
        "rule = \"\"",
        "rule = \"\"",
        "出典",
    ),
    (
        "trial_last_day = \"2026-06-10\"",
        "trial_last_day = \"2026-06-11\"",
        "2026-06-11",
        "2026-06-11 のはずが 2026-06-10",
    ),
    (
        "on = \"2026-04-10\", want = { trial_last_day",
        "on = \"2014-04-10\", want = { trial_last_day",
        "2014-04-10",
        "施行日",
    ),
    (
        "want = { trial_last_day",
        "want = { trial_lost_day",
        "trial_lost_day",
        "trial_lost_day はありません",
    ),
    ("ask = \"trial\"", "ask = \"trail\"", "trail", "trail"),
    (
        "ask = \"trial\"",
        "ask = \"licence\"",
        "ask = \"licence\"",
        "規程がありません",
    ),
    (
        "cases = [{ want = \"form\" }]",
        "cases = []",
        "[[slot]]",
        "見分ける事例がありません",
    ),
    (
        "cases = [{ want = \"form\" }]",
        "cases = [{ given = 2, on = \"2026-01-01\", want = true }]",
        "given = 2",
        "どれかの形",
    ),
    (
        "prefecture = \"27\", value",
        "prefecture = \"48\", value",
        "\"48\"",
        "48",
    ),
    (
        "prefecture = \"27\", value = 10",
        "prefecture = \"27\", value = 0",
        "value = 0",
        "1から31",
    ),
    (
        "{ from = \"2019-10-01\", percent = 10 }",
        "{ from = \"2013-10-01\", percent = 10 }",
        "2013-10-01",
        "日付の順",
    ),
    ("[[slot]]", "[[slot", "[[slot", ""),
];

#[test]
fn a_wrong_book_is_refused_with_file_and_line() {
    for (from, to, line, sentence) in WRONG {
        let text = with(from, to);
        let Err(errors) = read(&text) else {
            panic!("{to} was taken")
        };
        let lines: Vec<&str> = text.lines().collect();
        let named = errors.0.iter().any(|error| {
            error.file == "規程.toml"
                && lines
                    .get(error.line - 1)
                    .is_some_and(|text| text.contains(line))
                && error.why.contains(sentence)
        });
        assert!(named, "{to}:\n{errors}");
    }
}

#[test]
fn a_missing_slot_is_named() {
    let begins = MINI2
        .find("[[slot]]\nid = \"postponement.max\"")
        .expect("the slot");
    let length = MINI2[begins + 1..]
        .find("[[slot]]")
        .expect("the slot after")
        + 1;
    let text = format!("{}{}", &MINI2[..begins], &MINI2[begins + length..]);
    let errors = read(&text).expect_err("a book without the slot");
    assert_eq!(
        errors.to_string(),
        "規程.toml:1: 規程項目 postponement.max がありません。"
    );
}

#[test]
fn a_book_an_earlier_binary_published_is_read_and_says_what_it_does_not_hold() {
    let text = with("id = \"trial.free_months\"", "id = \"trial.free_weeks\"");
    let book = Book::published("規程.toml", &text).expect("a book of another time");
    assert_eq!(book.days("suspension.notice_business_days"), Ok(5));
    assert_eq!(
        book.months("trial.free_months"),
        Err(RuleError::NoSlot {
            book: book.name(),
            slot: "trial.free_months".into()
        })
    );
}

#[test]
fn a_value_no_case_tells_from_its_neighbour_is_refused() {
    let both = "  { ask = \"transmission\", on = \"2026-06-25\", want = { transmission_start = \"2026-08\" } },\n";
    let after = "  { ask = \"transmission\", on = \"2026-06-26\", want = { transmission_start = \"2026-09\" } },\n";
    let text = with(&format!("{both}{after}"), both).replace(
        "  { ask = \"transmission\", on = \"2026-11-26\", want = { transmission_start = \"2027-02\" } },\n",
        "",
    );
    let errors = read(&text).expect_err("only the near side of the cut-off is tried");
    assert!(
        errors
            .to_string()
            .contains("transmission.cutoff_day に、25日 と 26日 を見分ける事例がありません"),
        "{errors}"
    );
}

#[test]
fn every_wrong_thing_is_said_at_once() {
    let text =
        with("value = 25\nunit", "value = 32\nunit").replacen("value = 3000", "value = -1", 1);
    assert_eq!(read(&text).expect_err("two wrong values").0.len(), 2);
}

/// A later book in which the cut-off is the 20th.
fn cutoff_on_the_20th(in_force_from: &str, revision: u32) -> Book {
    let begins = MINI2
        .find("id = \"transmission.cutoff_day\"")
        .expect("the slot");
    let (before, rest) = MINI2.split_at(begins);
    let cases = rest.find("cases = [").expect("its cases");
    let end = cases + rest[cases..].find("\n]\n").expect("their end") + 3;
    let slot = rest[..cases].replace("value = 25", "value = 20");
    let cases = "cases = [
  { ask = \"transmission\", on = \"2027-04-20\", want = { transmission_start = \"2027-06\" } },
  { ask = \"transmission\", on = \"2027-04-21\", want = { transmission_start = \"2027-07\" } },
]
";
    let text = format!("{before}{slot}{cases}{}", &rest[end..])
        .replacen(
            "in_force_from = \"2015-01-01\"",
            &format!("in_force_from = \"{in_force_from}\""),
            1,
        )
        .replacen("revision = 1", &format!("revision = {revision}"), 1)
        .replace("2026-", "2046-")
        .replace("on = \"2019-", "on = \"2049-");
    Book::published("later.toml", &text).expect("a book")
}

#[test]
fn no_book_is_an_error_and_never_the_nearest_one() {
    let policy = Policy::seeded();
    assert_eq!(
        policy
            .book(Service::HonobonoMini2, day("2014-12-31"))
            .map(Book::name),
        Err(RuleError::NoBook {
            service: Service::HonobonoMini2,
            on: day("2014-12-31"),
            first: Some(day("2015-01-01")),
        })
    );
    let empty = Policy::without_books();
    assert_eq!(
        empty
            .book(Service::CareplanRenkei, day("2026-01-01"))
            .map(Book::name),
        Err(RuleError::NoBook {
            service: Service::CareplanRenkei,
            on: day("2026-01-01"),
            first: None,
        })
    );
}

#[test]
fn a_later_book_holds_from_its_first_day_and_a_revision_from_the_number_it_is_known_at() {
    let mut books = RuleBooks::seeded(&Calendars::seeded());
    books.publish(cutoff_on_the_20th("2027-04-01", 1), 700);
    books.publish(cutoff_on_the_20th("2015-01-01", 2), 900);
    let on = |text: &str, known_at| {
        let book = books
            .on(Service::HonobonoMini2, day(text), known_at)
            .expect("a book");
        book.name()
    };
    assert_eq!(on("2027-03-31", Some(899)), "honobono-mini2@2015-01-01 r1");
    assert_eq!(on("2027-04-01", Some(899)), "honobono-mini2@2027-04-01 r1");
    assert_eq!(on("2027-04-01", Some(699)), "honobono-mini2@2015-01-01 r1");
    assert_eq!(on("2027-03-31", Some(900)), "honobono-mini2@2015-01-01 r2");
    assert_eq!(on("2027-04-01", None), "honobono-mini2@2027-04-01 r1");
    let messenger = books
        .on(Service::CareNetMessenger, day("2027-04-01"), None)
        .expect("a book");
    assert_eq!(messenger.revision, 1);
}

#[test]
fn slots_are_read_as_what_they_are() {
    let policy = Policy::seeded();
    let book = policy
        .book(Service::HonobonoMini2, day("2026-06-25"))
        .expect("a book");
    assert_eq!(book.days("suspension.notice_business_days"), Ok(5));
    assert_eq!(book.count("postponement.max"), Ok(3));
    assert_eq!(book.flag("postponement.across_applications"), Ok(true));
    assert_eq!(book.choice("postponement.scope"), Ok("corporation"));
    assert_eq!(book.yen("fee.monthly"), Ok(3_000));
    assert_eq!(book.tax_percent(day("2019-09-30")), Ok(8));
    assert_eq!(
        book.words("termination.channels").map(<[String]>::len),
        Ok(1)
    );
    assert!(matches!(
        book.flag("fee.monthly"),
        Err(RuleError::WrongKind { .. })
    ));
    assert!(matches!(
        book.flag("fee.yearly"),
        Err(RuleError::NoSlot { .. })
    ));
    assert_eq!(book.sha256.len(), 64);
}
