//! A 委任状 out of states, as the pages print it: start and end, each with what its events decided.

use crate::readers;
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::corporation::{Destination, Entry, Office, Registered};
use daicho_domain::identifiers::{KjId, OfficeNumber};
use daicho_domain::poa::{Assignment, Code, DueOf, NamedAgent, Purpose, Sheet, Stage};
use daicho_domain::rules::{Ask, Dated, Policy, Question, days_in_hand, reckoned};
use daicho_domain::stream::{ApplicationId, CorporationId, OfficeId, PoaId};
use daicho_letters::{Templates, Typesetter, sample};
use daicho_workers::letters::poa::{Paper, cover, sheet};
use daicho_workers::letters::{Content, Letter, Press, Sender};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

const SERVICE: Service = Service::HonobonoMini2;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date is written YYYY-MM-DD")
}

fn number() -> OfficeNumber {
    "2370100014".parse().expect("a valid number")
}

fn office() -> OfficeId {
    OfficeId::of_number(number().as_str())
}

fn corporation() -> Registered {
    let entry = Entry {
        kind: "訪問介護".to_owned(),
        name: "青葉の里訪問介護".to_owned(),
        kana: None,
        address: Some("愛知県名古屋市中区架空町二丁目4番6号".to_owned()),
        phone: None,
        normalised: BTreeMap::new(),
    };
    let held = Office {
        number: number(),
        former_numbers: vec![],
        replaced_on: BTreeMap::new(),
        entries: vec![entry],
        warnings: vec![],
        removed: None,
        transferred: None,
    };
    Registered {
        number: None,
        name: "社会福祉法人青葉の里".to_owned(),
        external_refs: BTreeMap::new(),
        merged_into: None,
        contact: None,
        destination: Destination::default(),
        erasures: 0,
        account_erasures: 0,
        kept: None,
        mandate: None,
        received: BTreeMap::new(),
        warnings: vec![],
        offices: BTreeMap::from([(office(), held)]),
    }
}

fn asked(question: Question, on: &str, milestone: &str) -> Dated {
    let ask = Ask::new(SERVICE, question, day(on)).in_prefecture(number().prefecture());
    let answer = reckoned(&Policy::default(), &ask).expect("the rules answer");
    answer.dated(milestone).expect("it is a day")
}

fn paper(purpose: Purpose, start: Dated, month: &str) -> Sheet {
    Sheet {
        assignment: Assignment {
            corporation: CorporationId(Uuid::from_u128(1)),
            service: SERVICE,
            application: ApplicationId(Uuid::from_u128(2)),
            office: office(),
            number: number(),
            kj_id: KjId::compose(number()),
            purpose,
        },
        dates: DueOf {
            start,
            due: asked(Question::TransmissionMonth, month, "poa_due"),
            federation_date: asked(Question::TransmissionMonth, month, "federation_date"),
        },
        dispatch_by: asked(Question::Dispatch, "2026-06-25", "dispatch_by"),
        stage: Stage::ToSend { defect: None },
        printed: None,
        unprintable: None,
        agent: NamedAgent::Configured,
        first_sent_on: None,
        remind_on: None,
        reminded: None,
        due_passed: false,
        lapsed: false,
        missed: vec![],
        excused: None,
        carried: None,
    }
}

fn id() -> PoaId {
    PoaId::of(ApplicationId(Uuid::from_u128(2)), office())
}

/// The envelope of one paper, posted on a day: covering letter and sheet.
fn envelope(paper: &Sheet, on: &str) -> [Content; 2] {
    let policy = Policy::default();
    let ask = Ask::new(SERVICE, Question::Dispatch, day(on));
    let in_hand = days_in_hand(&policy, &ask, paper.dates.due.on).expect("the rules answer");
    let held = Paper {
        id: id(),
        sheet: paper,
    };
    [
        cover(&[held], &corporation(), "E-1", day(on), &in_hand, &policy),
        sheet(held, &corporation(), "E-1", day(on)),
    ]
}

fn read(contents: &[Content]) -> String {
    let press = Typesetter::new(Templates::embedded(), Some(Sender::invented()));
    let printed = press.print(contents).expect("it is printed");
    assert_eq!(printed.pages, contents.len());
    readers::Paper::new(&printed.pdf).text()
}

#[test]
fn a_start_names_the_month_the_due_date_and_why() {
    let start = asked(Question::Transmission, "2026-06-25", "transmission_start");
    let contents = envelope(&paper(Purpose::Start, start, "2026-08-01"), "2026-06-26");
    let text = read(&contents);
    for said in [
        "代理人の選任",
        "愛知県国民健康保険団体連合会",
        "2026年8月から行う",
        "2026年7月10日（金）必着",
        "2026年7月8日（水）までにご投函",
        "締日の月の2か月後から伝送できる",
        "2370100014",
        Code::of(id()).to_string().as_str(),
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn an_end_names_the_last_month_and_the_day_of_the_release() {
    let release = asked(Question::Termination, "2026-12-01", "agent_release_from");
    let contents = envelope(&paper(Purpose::End, release, "2027-02-01"), "2026-10-06");
    let text = read(&contents);
    for said in [
        "代理人の解任",
        "2026年12月の利用分をもって",
        "2027年1月11日（月）以降に届け出ます",
        "代理請求を終了する届出",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn what_states_give_has_the_shape_of_the_samples() {
    let start = asked(Question::Transmission, "2026-06-25", "transmission_start");
    let release = asked(Question::Termination, "2026-12-01", "agent_release_from");
    for paper in [
        paper(Purpose::Start, start, "2026-08-01"),
        paper(Purpose::End, release, "2027-02-01"),
    ] {
        for content in envelope(&paper, "2026-06-26") {
            let sample = sample(content.letter);
            let ending = ["end_month"];
            let unknown: Vec<_> = content
                .values
                .keys()
                .filter(|name| !sample.contains_key(*name) && !ending.contains(&name.as_str()))
                .collect();
            assert!(unknown.is_empty(), "{}: {unknown:?}", content.letter);
        }
    }
}

/// A covering letter like its sample, for so many offices with names as long as they come.
fn covering(offices: usize) -> Content {
    let mut values = sample(Letter::PoaCover);
    let kinds = ["訪問介護、介護予防訪問介護", "居宅介護支援"];
    let held = (0..offices).map(|nth| {
        json!({
            "number": format!("23701{nth:05}"),
            "name": format!("社会福祉法人青葉の里 第{}デイサービスセンターあおば", nth + 1),
            "kind": kinds[nth % 2],
        })
    });
    values.insert("offices".to_owned(), held.collect());
    values.insert("sheets".to_owned(), json!(offices));
    // All three reasons that a real one gives.
    let back = "返送期日に届くには2営業日前の 2026/07/08（水） までに投函する。";
    let posted = json!({ "label": "投函の期限", "why": back });
    values["reasons"]
        .as_array_mut()
        .expect("reasons")
        .push(posted);
    Content {
        letter: Letter::PoaCover,
        values,
    }
}

#[test]
fn a_covering_letter_is_one_page_and_a_list_of_many_offices_is_pages_of_its_own() {
    let press = Typesetter::new(Templates::embedded(), Some(Sender::invented()));
    for (offices, pages) in [(1, 1), (2, 1), (3, 1), (4, 2), (10, 2), (40, 2)] {
        let printed = press.print(&[covering(offices)]).expect("it is printed");
        assert_eq!(printed.pages, pages, "{offices} offices");
        let paper = readers::Paper::new(&printed.pdf);
        let first = paper.text_of_page(1);
        // Whatever follows, the first page says everything up to whom to ask.
        for said in [
            "2026年7月10日（金）必着",
            "投函の期限",
            "管理番号26-000417をお知らせください",
        ] {
            assert!(first.contains(said), "{offices} offices: {said}: {first}");
        }
        if pages > 1 {
            assert!(first.contains(&format!("{offices}事業所")), "{first}");
            let list = paper.text_of_page(pages);
            assert!(list.contains("事業所番号事業所名"), "{list}");
            assert!(list.contains(&format!("第{offices}デイサービス")), "{list}");
        }
    }
}
