//! What stands in the form of an application, and the command it asks for.

use crate::problem::Problem;
use crate::requests::Act;
use crate::requests::enrolment::{EnterOffices, Register, StartTrial};
use crate::requests::transmission::{Apply, ApplyingOffice};
use chrono::{NaiveDate, NaiveTime};
use daicho_domain::Service;
use daicho_domain::intake::Channel;
use daicho_domain::nouns::Command;
use daicho_domain::stream::CorporationId;
use daicho_projections::offices::OfficeRow;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What can be applied for.
pub(super) const KINDS: [(&str, &str); 4] = [
    ("trial", "仮登録"),
    ("offices", "事業所情報"),
    ("register", "本登録"),
    ("transmission", "伝送"),
];

/// What stands in the form.
#[derive(Clone, Default)]
pub(super) struct Entered(pub BTreeMap<String, String>);

impl Entered {
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    pub fn service(&self) -> Service {
        self.get("service")
            .parse()
            .unwrap_or(Service::HonobonoMini2)
    }

    pub fn kind(&self) -> &str {
        let asked = self.get("kind");
        KINDS
            .iter()
            .find(|(code, _)| *code == asked)
            .map_or("transmission", |(code, _)| code)
    }

    /// The fields of a receipt as the JSON body of the same request would have them.
    fn receipt(&self) -> Map<String, Value> {
        [
            "received_on",
            "received_at",
            "channel",
            "receipt_number",
            "proof",
        ]
        .iter()
        .map(|name| ((*name).to_owned(), json!(self.get(name))))
        .collect()
    }

    pub fn chosen(&self) -> impl Iterator<Item = &str> {
        self.0
            .keys()
            .filter_map(|name| name.strip_prefix("office-"))
    }

    /// The command the form asks for.
    pub fn command(
        &self,
        corporation: CorporationId,
        offices: &[OfficeRow],
    ) -> Result<Command, Problem> {
        let target = (corporation, self.service());
        match self.kind() {
            "trial" => {
                let mut fields = self.receipt();
                fields.insert("again_because".into(), json!(self.get("again_because")));
                body::<StartTrial>(fields)?.command((corporation, Service::HonobonoMini2))
            }
            "register" => {
                let mut fields = self.receipt();
                fields.insert("terms_version".into(), json!(self.get("terms_version")));
                body::<Register>(fields)?.command((corporation, Service::HonobonoMini2))
            }
            "offices" => {
                let chosen: Vec<&str> = self.chosen().collect();
                let mut fields = Map::new();
                fields.insert("offices".into(), json!(chosen));
                fields.insert("received_on".into(), json!(self.get("received_on")));
                body::<EnterOffices>(fields)?.command((corporation, Service::HonobonoMini2))
            }
            _transmission => {
                let applying = self.chosen().filter_map(|id| {
                    let row = offices.iter().find(|row| row.id.to_string() == id)?;
                    let missing = self.get(&format!("missing-{id}"));
                    let kj_id = self.get(&format!("kj-{id}"));
                    Some(ApplyingOffice {
                        number: row.number.to_string(),
                        kj_id: Some(kj_id.to_owned()).filter(|kj_id| !kj_id.is_empty()),
                        kj_id_confirmed: !self.get(&format!("confirmed-{id}")).is_empty(),
                        missing: missing
                            .split(['、', ','])
                            .map(str::trim)
                            .filter(|entry| !entry.is_empty())
                            .map(str::to_owned)
                            .collect(),
                    })
                });
                let apply = Apply {
                    application: self.get("application").parse::<Uuid>().ok(),
                    receipt: body(self.receipt())?,
                    offices: applying.collect(),
                };
                apply.command(target)
            }
        }
    }
}

fn body<T: serde::de::DeserializeOwned>(fields: Map<String, Value>) -> Result<T, Problem> {
    let wrong = wrong(&fields);
    serde_json::from_value(Value::Object(fields)).map_err(|_| Problem::unreadable(&wrong))
}

/// Which field of how it arrived is empty or cannot be read, as a sentence.
fn wrong(fields: &Map<String, Value>) -> String {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let fits = |name: &str| match name {
        "received_on" => text(name).parse::<NaiveDate>().is_ok(),
        "received_at" => {
            let read = |form| NaiveTime::parse_from_str(text(name), form).is_ok();
            text(name).is_empty() || read("%H:%M") || read("%H:%M:%S")
        }
        _channel => Channel::ALL.iter().any(|held| held.code() == text(name)),
    };
    let titles = [
        ("received_on", "受領日"),
        ("received_at", "受領時刻"),
        ("channel", "届き方"),
    ];
    let mut asked = titles.iter().filter(|(name, _)| fields.contains_key(*name));
    match asked.find(|(name, _)| !fits(name)) {
        Some((name, title)) if text(name).is_empty() => format!("{title}が入力されていません。"),
        Some((name, title)) => format!("{title}「{}」を読み取れません。", text(name)),
        None => "選んだ内容を読み取れません。".to_owned(),
    }
}
