//! What a 委任状 says, and the letter that goes with it, out of the paper's own state and that of its corporation. No date is
//! reckoned here: each stands in an event; its reason is asked of the rules again, as the event's basis says.

use chrono::NaiveDate;
use daicho_domain::corporation::{Office, Registered};
use daicho_domain::dates::Month;
use daicho_domain::poa::{Code, Defect, Purpose, Sheet, Stage};
use daicho_domain::rules::{Answer, Policy};
use daicho_domain::stream::PoaId;
use serde_json::{Value, json};

use super::values::{address, asked, dated, day_of, kinds, object, reason, to_office};
use super::{Content, Letter};

/// One 委任状 of an envelope.
#[derive(Clone, Copy, Debug)]
pub struct Paper<'a> {
    /// Its id.
    pub id: PoaId,
    /// The paper.
    pub sheet: &'a Sheet,
}

impl Paper<'_> {
    /// What was wrong with the sheet before, if that is why it goes out again.
    #[must_use]
    pub fn defect(&self) -> Option<Defect> {
        match &self.sheet.stage {
            Stage::ToSend { defect } => *defect,
            Stage::Out { .. }
            | Stage::Undeliverable { .. }
            | Stage::Received { .. }
            | Stage::Accepted { .. }
            | Stage::Filed { .. }
            | Stage::Confirmed { .. }
            | Stage::Void { .. } => None,
        }
    }
}

/// The 委任状 itself, with the number of its case.
#[must_use]
pub fn sheet(paper: Paper<'_>, whose: &Registered, reference: &str, date: NaiveDate) -> Content {
    let Paper { id, sheet } = paper;
    let assignment = &sheet.assignment;
    let office = whose.office(assignment.office);
    let mut values = object(json!({
        "date": date,
        "reference": reference,
        "code": Code::of(id).to_string(),
        "to": to_office(whose, office),
        "due": dated(&sheet.dates.due),
        "federation": assignment.number.prefecture().federation(),
        "office": {
            "number": assignment.number.as_str(),
            "name": office.map_or("", Office::name),
            "address": office.and_then(address),
            "kj_id": assignment.kj_id.as_str(),
        },
    }));
    if let Some(agent) = sheet.agent.named() {
        values.insert("agent".to_owned(), json!(agent));
    }
    let letter = match assignment.purpose {
        Purpose::Start => {
            values.insert("start".to_owned(), dated(&sheet.dates.start));
            Letter::PoaStart
        }
        Purpose::End => {
            values.insert("end_month".to_owned(), json!(end_month(sheet).first_day()));
            values.insert("release_from".to_owned(), dated(&sheet.dates.start));
            Letter::PoaEnd
        }
    };
    Content { letter, values }
}

/// The letter that lies on top of the 委任状 of one application: what to do with them, and by when they must be posted back.
/// `in_hand` is the answer about the days that the customer has them, posted on `date`.
///
/// # Panics
/// When the envelope is empty.
#[must_use]
pub fn cover(
    papers: &[Paper<'_>],
    whose: &Registered,
    reference: &str,
    date: NaiveDate,
    in_hand: &Answer,
    policy: &Policy,
) -> Content {
    let first = papers.first().expect("an envelope holds a paper").sheet;
    let assignment = &first.assignment;
    let office = whose.office(assignment.office);
    let held: Vec<Value> = papers
        .iter()
        .map(|paper| {
            let assignment = &paper.sheet.assignment;
            let office = whose.office(assignment.office);
            json!({
                "number": assignment.number.as_str(),
                "name": office.map_or("", Office::name),
                "kind": office.map_or_else(String::new, kinds),
            })
        })
        .collect();
    let post_back_by = in_hand.milestone("post_back_by").ok();
    let mut told = vec![asked(&first.dates.due, policy)];
    told.push(post_back_by.map(reason));
    let mut values = object(json!({
        "date": date,
        "reference": reference,
        "to": to_office(whose, office),
        "service": assignment.service.name(),
        "due": dated(&first.dates.due),
        "post_back_by": post_back_by.and_then(day_of),
        "sheets": papers.len(),
        "federation": assignment.number.prefecture().federation(),
        "offices": held,
    }));
    match assignment.purpose {
        Purpose::Start => {
            values.insert("purpose".to_owned(), Purpose::Start.code().into());
            values.insert("start".to_owned(), dated(&first.dates.start));
            told.insert(0, asked(&first.dates.start, policy));
        }
        Purpose::End => {
            values.insert("purpose".to_owned(), Purpose::End.code().into());
            values.insert("end_month".to_owned(), json!(end_month(first).first_day()));
        }
    }
    values.insert("reasons".to_owned(), told.into_iter().flatten().collect());
    Content {
        letter: Letter::PoaCover,
        values,
    }
}

/// The letter that lies on top of a sheet that is sent again because the last one was defective: what was wrong, and by when
/// the new one must be posted back. What a person noted about it is sealed and stays in the house.
#[must_use]
pub fn defective(
    paper: Paper<'_>,
    defect: Defect,
    whose: &Registered,
    reference: &str,
    date: NaiveDate,
    told: &Told<'_>,
) -> Content {
    let sheet = paper.sheet;
    let assignment = &sheet.assignment;
    let office = whose.office(assignment.office);
    let post_back_by = told.in_hand.milestone("post_back_by").ok();
    let reasons = [
        asked(&sheet.dates.due, told.policy),
        post_back_by.map(reason),
    ];
    let mut values = object(json!({
        "date": date,
        "reference": reference,
        "to": to_office(whose, office),
        "arrived_on": told.arrived_on,
        "office": {
            "number": assignment.number.as_str(),
            "name": office.map_or("", Office::name),
        },
        "defect": defect.label(),
        "remedy": remedy(defect),
        "due": dated(&sheet.dates.due),
        "post_back_by": post_back_by.and_then(day_of),
        "reasons": reasons.into_iter().flatten().collect::<Vec<_>>(),
    }));
    if assignment.purpose == Purpose::Start {
        values.insert("start".to_owned(), dated(&sheet.dates.start));
    }
    Content {
        letter: Letter::PoaDefect,
        values,
    }
}

/// What is known about a paper beside its state, for the letter that goes with it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The day the defective sheet arrived.
    pub arrived_on: Option<NaiveDate>,
    /// The answer about the days that the customer has the new one, posted on the letter's date.
    pub in_hand: &'a Answer,
    /// The rules.
    pub policy: &'a Policy,
}

/// What the customer does about a defect.
const fn remedy(defect: Defect) -> &'static str {
    match defect {
        Defect::SealMissing => "国保連合会へ届け出た印を、枠の中に押してください。",
        Defect::SealDiffers => "国保連合会へ届け出た印を、枠の中に鮮明に押してください。",
        Defect::Incomplete => "法人所在地、代表者の職・氏名、日付のすべてをご記入ください。",
        Defect::Wrong => "印字された内容とご登録の内容をお確かめのうえ、正しくご記入ください。",
        Defect::NotOriginal => "写しではなく、押印した原本をお送りください。",
        Defect::OtherForm => "同封の様式にご記入ください。ほかの様式では提出できません。",
        Defect::Illegible => "汚れや折れのない用紙に、読み取れるようにご記入ください。",
        Defect::Rejected => {
            "国保連合会から差し戻されました。同封の様式に、あらためてご記入ください。"
        }
    }
}

/// The month after which the agent is released: the release was asked for a day of it.
fn end_month(sheet: &Sheet) -> Month {
    Month::of(sheet.dates.start.basis.asked_on)
}
