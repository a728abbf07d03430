//! Every letter is set from its sample and read back by programs of others.

#[path = "papers/mod.rs"]
mod papers;
#[path = "readers/mod.rs"]
mod readers;

use daicho_domain::document::MissingGlyph;
use daicho_domain::poa::Code;
use daicho_letters::{Templates, Typesetter, sample};
use daicho_workers::letters::{Content, Letter, Press, Printed, Refusal, Sender};
use readers::{Paper, without_space};
use serde_json::Value;
use std::fs;
use std::sync::LazyLock;

fn press() -> Typesetter {
    Typesetter::new(Templates::embedded(), Some(Sender::invented()))
}

fn from_sample(letter: Letter) -> Content {
    Content {
        letter,
        values: sample(letter),
    }
}

fn printed(content: Content) -> Printed {
    press().print(&[content]).expect("it is printed")
}

/// Every letter, set from its sample once for all tests.
static SAMPLES: LazyLock<Vec<(Letter, Printed)>> = LazyLock::new(|| {
    let press = press();
    let set = |letter: &Letter| {
        let printed = press.print(&[from_sample(*letter)]);
        (
            *letter,
            printed.unwrap_or_else(|refusal| panic!("{letter}: {refusal}")),
        )
    };
    Letter::ALL.iter().map(set).collect()
});

/// What a reader must find of a value: dates as they are written in letters, amounts with separators, texts as they are.
fn shown(name: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        // What chooses between sentences is not itself one.
        Value::String(_) if matches!(name, "purpose" | "certainty" | "scope") => {}
        Value::String(text) => match text
            .split('-')
            .map(str::parse)
            .collect::<Result<Vec<u32>, _>>()
        {
            // Of a month, its first day: only year and month are written.
            Ok(date) if date.len() == 3 && text.len() == 10 => match date[2] {
                1 => found.push(format!("{}年{}月", date[0], date[1])),
                day => found.push(format!("{}年{}月{day}日", date[0], date[1])),
            },
            Ok(_) | Err(_) => found.push(without_space(text)),
        },
        Value::Number(number) => {
            let digits = number.to_string();
            let mut separated = String::new();
            for (place, digit) in digits.chars().enumerate() {
                if place > 0 && (digits.len() - place) % 3 == 0 {
                    separated.push(',');
                }
                separated.push(digit);
            }
            found.push(separated);
        }
        Value::Array(items) => items.iter().for_each(|item| shown(name, item, found)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, field)| shown(name, field, found)),
        Value::Null | Value::Bool(_) => {}
    }
}

#[test]
fn every_letter_says_what_it_was_given_and_who_sends_it() {
    for (letter, printed) in &*SAMPLES {
        let text = Paper::new(&printed.pdf).text();
        let mut wanted = vec![
            without_space(&Sender::invented().name),
            Sender::invented().phone,
        ];
        shown("", &Value::Object(sample(*letter)), &mut wanted);
        let missing: Vec<_> = wanted.iter().filter(|held| !text.contains(*held)).collect();
        assert!(missing.is_empty(), "{letter}: {missing:#?}\n{text}");
    }
}

#[test]
fn every_letter_is_an_archivable_pdf_with_its_fonts_and_its_date() {
    for (letter, printed) in &*SAMPLES {
        let paper = Paper::new(&printed.pdf);
        let info = paper.info();
        let metadata = paper.metadata();
        for standard in ["<pdfaid:part>2<", "<pdfaid:conformance>B<"] {
            assert!(metadata.contains(standard), "{letter}: {metadata}");
        }
        assert!(info.contains(letter.label()), "{letter}: {info}");
        assert!(info.contains("A4"), "{letter}: {info}");
        for font in paper.fonts() {
            assert!(font.contains("yes yes yes"), "{letter}: {font}");
        }
    }
}

#[test]
fn a_letter_fits_one_page() {
    for (letter, printed) in &*SAMPLES {
        assert_eq!(printed.pages, 1, "{letter}");
    }
}

#[test]
fn the_same_contents_give_the_same_bytes() {
    for (letter, once) in &*SAMPLES {
        let twice = printed(from_sample(*letter));
        assert!(once.pdf == twice.pdf, "{letter}");
        assert_eq!(once.templates, twice.templates);
    }
}

#[test]
fn the_code_on_a_sheet_is_read_by_a_scanner_and_names_its_paper() {
    for letter in [Letter::PoaStart, Letter::PoaEnd] {
        let content = from_sample(letter);
        let code = content.values["code"].as_str().expect("a code").to_owned();
        let printed = SAMPLES.iter().find(|(held, _)| *held == letter);
        let read = Paper::new(&printed.expect("every letter is there").1.pdf).codes();
        assert_eq!(read, [code.as_str()], "{letter}");
        let parsed: Code = read[0].parse().expect("the sample's code is one");
        assert_eq!(parsed.to_string(), code);
    }
}

#[test]
fn what_a_customer_wrote_is_text_and_never_markup() {
    let hostile = "*強* _調_ #panic(\"x\") $x$ `y` @z \\ #import \"/common.typ\"";
    let mut content = from_sample(Letter::PoaCover);
    content.values["to"]["corporation"] = hostile.into();
    let text = Paper::new(&printed(content).pdf).text();
    assert!(text.contains(&without_space(hostile)), "{text}");
}

#[test]
fn a_character_that_no_font_has_is_refused_by_name_before_anything_is_printed() {
    let mut content = from_sample(Letter::PoaCover);
    content.values["to"]["person"] = "김 恵子".into();
    let refusal = press()
        .print(&[from_sample(Letter::PoaStart), content])
        .err()
        .expect("it is refused");
    assert_eq!(
        refusal,
        Refusal::MissingGlyph(MissingGlyph {
            character: '김',
            place: "to.person".to_owned()
        })
    );
    assert_eq!(refusal.code(), "letter.missing_glyph");
    assert!(
        refusal
            .sentence()
            .contains("「김」（U+AE40、宛名の担当者名）")
    );
    assert!(refusal.to_string().contains("U+AE40"));
}

#[test]
fn without_a_sender_nothing_is_printed() {
    let press = Typesetter::new(Templates::embedded(), None);
    let refusal = press.print(&[from_sample(Letter::PoaStart)]).err();
    assert_eq!(refusal, Some(Refusal::NoSender));
}

#[test]
fn a_template_that_was_edited_badly_is_refused_with_file_line_and_what_is_wrong() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let letter = folder.path().join("resumed");
    fs::create_dir(&letter).expect("a folder");
    let set = |text: &str| {
        fs::write(letter.join("2.typ"), text).expect("it is written");
        let templates = Templates::of_folder(folder.path()).expect("it is read");
        let press = Typesetter::new(templates, Some(Sender::invented()));
        press.print(&[from_sample(Letter::Resumed)])
    };
    let unclosed = "#import \"/common.typ\": *\n#let letter(data) = letter-page(data, [再開], {\n";
    let Err(Refusal::Template {
        file,
        line,
        message,
        ..
    }) = set(unclosed)
    else {
        panic!("an unclosed bracket is refused");
    };
    assert_eq!((file.as_str(), line), ("resumed/2.typ", 2));
    assert!(message.contains("unclosed"), "{message}");

    let unknown = "#import \"/common.typ\": *\n\n#let letter(data) = letter-page(data, [再開], [#data.resumed])\n";
    let Err(Refusal::Template {
        file,
        line,
        message,
        ..
    }) = set(unknown)
    else {
        panic!("a value that is not there is refused");
    };
    assert_eq!((file.as_str(), line), ("resumed/2.typ", 3));
    assert!(message.contains("resumed"), "{message}");

    let fetching = "#let letter(data) = read(\"/etc/passwd\")\n";
    let Err(Refusal::Template { file, line, .. }) = set(fetching) else {
        panic!("a file is not read");
    };
    assert_eq!((file.as_str(), line), ("resumed/2.typ", 1));

    let mended = "#import \"/common.typ\": *\n#let letter(data) = letter-page(data, [再開], [#data.resumed_on])\n";
    set(mended).expect("the mended one holds");
}

#[test]
fn a_start_with_a_bad_template_is_refused_before_anything_is_printed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("poa-start")).expect("a folder");
    fs::write(
        folder.path().join("poa-start/2.typ"),
        "#let letter(data) = [#dta.due]\n",
    )
    .expect("it is written");
    let templates = Templates::of_folder(folder.path()).expect("it is read");
    let refusal = Typesetter::new(templates, None).check().err();
    let Some(Refusal::Template {
        file,
        line,
        column,
        message,
    }) = refusal
    else {
        panic!("an unknown name is refused");
    };
    assert_eq!((file.as_str(), line, column), ("poa-start/2.typ", 1, 23));
    assert!(message.contains("dta"), "{message}");
}

#[test]
fn a_template_that_belongs_to_no_letter_is_refused_by_its_name() {
    for stray in ["resumd/2.typ", "resumed/new.typ"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join(stray);
        fs::create_dir(path.parent().expect("a folder")).expect("it is made");
        fs::write(&path, "#let letter(data) = []\n").expect("it is written");
        let refused = Templates::of_folder(folder.path()).err();
        let sentence = refused.expect("it is refused").to_string();
        assert!(sentence.contains(stray), "{sentence}");
    }
}

#[test]
fn a_folder_replaces_what_it_has_and_the_highest_version_is_used() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let letter = folder.path().join("resumed");
    fs::create_dir(&letter).expect("a folder");
    fs::write(
        letter.join("2.typ"),
        "#import \"/common.typ\": *\n#let letter(data) = letter-page(data, [新しい再開の書面], [#data.service])\n",
    )
    .expect("it is written");
    let templates = Templates::of_folder(folder.path()).expect("it is read");
    let embedded = Templates::embedded();
    let (new, old) = (
        templates.present(Letter::Resumed),
        embedded.present(Letter::Resumed),
    );
    assert_eq!((new.version, old.version), (2, 1));
    assert_ne!(new.digest, old.digest);
    assert_eq!(
        templates.present(Letter::Suspended),
        embedded.present(Letter::Suspended)
    );
    let press = Typesetter::new(templates, Some(Sender::invented()));
    let printed = press
        .print(&[from_sample(Letter::Resumed)])
        .expect("it is printed");
    assert!(Paper::new(&printed.pdf).text().contains("新しい再開の書面"));
}

#[test]
fn several_letters_make_one_file_in_their_order() {
    let letters = [Letter::PoaCover, Letter::PoaStart, Letter::PoaEnd];
    let printed = press()
        .print(&letters.map(from_sample))
        .expect("they are printed");
    assert_eq!(printed.pages, 3);
    assert_eq!(
        printed
            .templates
            .iter()
            .map(|used| used.letter)
            .collect::<Vec<_>>(),
        letters
    );
    let paper = Paper::new(&printed.pdf);
    let text = paper.text();
    let places: Vec<_> = ["委任状ご提出のお願い", "代理人の選任", "代理人の解任"]
        .map(|title| text.find(title).expect("each is there"))
        .into();
    assert!(places.is_sorted(), "{places:?}");
    assert!(paper.info().contains("発送書類 3通"));
}

#[test]
fn among_several_letters_each_counts_its_own_pages() {
    let mut long = from_sample(Letter::PoaCover);
    let office = long.values["offices"][0].clone();
    long.values["offices"] = Value::Array(vec![office; 12]);
    let short = || from_sample(Letter::PoaStart);
    let printed = press()
        .print(&[short(), long, short()])
        .expect("they are printed");
    let paper = Paper::new(&printed.pdf);
    let counted = (1..=printed.pages).map(|page| {
        let text = paper.text_of_page(page);
        let (before, _) = text.rsplit_once("ページ").unwrap_or_default();
        before.chars().rev().take(3).collect::<String>()
    });
    // Read from the right: the count stands at the end of the foot.
    assert_eq!(counted.collect::<Vec<_>>(), ["", "2/1", "2/2", ""]);
}
