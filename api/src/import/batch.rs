//! Lines gathered by corporation, so that one corporation hears of all its offices in one command.

use std::collections::BTreeMap;

use daicho_domain::corporation::{Command, Entry, NewEntry, NewOffice, Registered, Source};
use daicho_domain::identifiers::{OfficeNumber, Text};
use daicho_domain::stream::CorporationId;

use super::line::{self, ImportLine};
use super::remark::{Level, Remark};
use super::run::Home;

/// What some lines say, by corporation.
#[derive(Debug, Default)]
pub struct Batch {
    corporations: BTreeMap<CorporationId, Registration>,
    lines: usize,
}

/// What some lines say of one corporation.
#[derive(Debug)]
pub struct Registration {
    /// Its stream.
    pub id: CorporationId,
    register: Command,
    offices: Vec<NewOffice>,
    places: BTreeMap<OfficeNumber, usize>,
}

impl Batch {
    /// Adds a line that is taken. `file` is its file's name without folders.
    pub fn add(&mut self, home: Home, line: &ImportLine, file: &str) {
        let Some(row) = &line.row else { return };
        self.lines += 1;
        let source = Source {
            file: file.to_owned(),
            line: line.line_no,
        };
        let registration = self
            .corporations
            .entry(home.id)
            .or_insert_with(|| Registration {
                id: home.id,
                register: Command::Register {
                    number: home.number,
                    name: home.name,
                    external_refs: BTreeMap::new(),
                    source: Some(source.clone()),
                    warnings: warnings(line, Remark::is_about_the_corporation),
                },
                offices: Vec::new(),
                places: BTreeMap::new(),
            });
        let entry = NewEntry {
            entry: entry(&row.entry),
            source: Some(source),
        };
        registration.add(
            row.entry.office,
            entry,
            warnings(line, |remark| !remark.is_about_the_corporation()),
        );
    }

    /// How many lines it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// What it holds, in the order of the corporations' ids; it is empty afterwards.
    pub fn take(&mut self) -> Vec<Registration> {
        self.lines = 0;
        std::mem::take(&mut self.corporations)
            .into_values()
            .collect()
    }
}

impl Registration {
    fn add(&mut self, number: OfficeNumber, entry: NewEntry, warnings: Vec<String>) {
        let next = self.offices.len();
        let place = *self.places.entry(number).or_insert(next);
        if place == next {
            self.offices.push(NewOffice {
                number,
                entries: Vec::new(),
                warnings: Vec::new(),
            });
        }
        let office = &mut self.offices[place];
        office.entries.push(entry);
        office.warnings.extend(warnings);
    }

    /// How many lines it was gathered from.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.offices
            .iter()
            .map(|office| office.entries.len() as u64)
            .sum()
    }

    /// Leaves what is known as it is where these lines say nothing: a file without a column of
    /// addresses erases no address.
    pub fn keep_from(&mut self, known: &Registered) {
        for office in &mut self.offices {
            let Some((_, present)) = known.office_numbered(&office.number) else {
                continue;
            };
            for NewEntry { entry, .. } in &mut office.entries {
                if let Some(present) = present.entry(&entry.kind) {
                    keep(entry, present);
                }
            }
        }
    }

    /// The commands that make it so, in order.
    #[must_use]
    pub fn commands(self) -> [Command; 2] {
        [
            self.register,
            Command::AddOffices {
                offices: self.offices,
            },
        ]
    }
}

fn keep(entry: &mut Entry, present: &Entry) {
    let fields = [
        ("kana", &mut entry.kana, &present.kana),
        ("address", &mut entry.address, &present.address),
        ("phone", &mut entry.phone, &present.phone),
    ];
    for (field, said, known) in fields {
        if said.is_none() {
            said.clone_from(known);
            let normalised = present.normalised.get_key_value(field);
            entry
                .normalised
                .extend(normalised.map(|(field, text)| (field.clone(), text.clone())));
        }
    }
}

fn warnings(line: &ImportLine, about: impl Fn(&Remark) -> bool) -> Vec<String> {
    let warnings = line
        .remarks
        .iter()
        .filter(|remark| remark.level() == Level::Warning && about(remark));
    warnings.map(Remark::sentence).collect()
}

fn entry(entry: &line::Entry) -> Entry {
    let fields = [
        ("name", &entry.name),
        ("kana", &entry.kana),
        ("address", &entry.address),
        ("phone", &entry.phone),
    ];
    let differing = fields
        .into_iter()
        .filter(|(_, text)| text.sent != text.normalised);
    let sent = |text: &Text| Some(text.sent.clone()).filter(|sent| !sent.trim().is_empty());
    Entry {
        kind: entry.kind.clone(),
        name: entry.name.sent.clone(),
        kana: sent(&entry.kana),
        address: sent(&entry.address),
        phone: sent(&entry.phone),
        normalised: differing
            .map(|(field, text)| (field.to_owned(), text.normalised.clone()))
            .collect(),
    }
}
