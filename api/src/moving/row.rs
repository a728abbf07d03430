//! A line that was understood: what it says, which thing it belongs to, which commands carry that thing over.

use daicho_domain::corporation::Source;
use daicho_domain::moving::{CarriedFrom, Measure};
use daicho_domain::nouns::Command;
use daicho_domain::stream::{CorporationId, RunId, Stream};
use daicho_domain::zengin::CustomerNumber;

use super::cells::{Cells, Unread};
use super::register::Register;
use super::sheet::Kind;
use super::{balances, bank_file, ends, enrolments, licences, mandates, transmissions};
use crate::import::Remark;

/// A line that was understood.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Where it stands.
    pub(super) source: Source,
    /// The corporation.
    pub(super) corporation: CorporationId,
    /// What it says.
    pub(super) said: Said,
}

/// What a line says, by the kind of its sheet.
#[derive(Clone, Debug)]
pub(super) enum Said {
    Mandate(mandates::Said),
    Balance(balances::Said),
    Debit(bank_file::Said),
    Enrolment(enrolments::Said),
    Transmission(transmissions::Said),
    End(ends::Said),
    Licence(licences::Said),
}

/// Whether a thing may be told by several lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    One,
    Several,
}

impl Row {
    /// Reads a line; what was noticed beside.
    pub(super) fn read(
        kind: Kind,
        source: Source,
        cells: &Cells<'_>,
        register: &Register,
    ) -> Result<(Self, Vec<Remark>), Unread> {
        let mut remarks = vec![];
        let (corporation, said) = match kind {
            Kind::Mandates => {
                let (corporation, said) = mandates::read(cells, register)?;
                (corporation, Said::Mandate(said))
            }
            Kind::Balances => {
                let (corporation, said) = balances::read(cells, register)?;
                (corporation, Said::Balance(said))
            }
            Kind::Debits => {
                let (file, place) = cells.record().expect("such a table has the file");
                let (corporation, said) = file.debit(place, register, &mut remarks)?;
                (corporation, Said::Debit(said))
            }
            Kind::Enrolments => {
                let (corporation, said) = enrolments::read(cells, register)?;
                (corporation, Said::Enrolment(said))
            }
            Kind::Transmissions => {
                let (corporation, said) = transmissions::read(cells, register, &mut remarks)?;
                (corporation, Said::Transmission(said))
            }
            Kind::Ends => {
                let (corporation, said) = ends::read(cells, register)?;
                (corporation, Said::End(said))
            }
            Kind::Licences => {
                let (corporation, said) = licences::read(cells, register)?;
                (corporation, Said::Licence(said))
            }
        };
        let row = Self {
            source,
            corporation,
            said,
        };
        Ok((row, remarks))
    }

    /// The kind of sheet that tells of its thing.
    pub(super) const fn kind(&self) -> Kind {
        match &self.said {
            Said::Mandate(_) => Kind::Mandates,
            // A debit that is with the bank is told together with what it settles.
            Said::Balance(_) | Said::Debit(_) => Kind::Balances,
            Said::Enrolment(_) => Kind::Enrolments,
            Said::Transmission(_) => Kind::Transmissions,
            Said::End(_) => Kind::Ends,
            Said::Licence(_) => Kind::Licences,
        }
    }

    /// The 顧客番号 that a 口座振替依頼書 is registered under.
    pub(super) const fn customer(&self) -> Option<CustomerNumber> {
        match &self.said {
            Said::Mandate(said) => said.customer(),
            Said::Balance(_)
            | Said::Debit(_)
            | Said::Enrolment(_)
            | Said::Transmission(_)
            | Said::End(_)
            | Said::Licence(_) => None,
        }
    }

    /// Whether its 口座振替依頼書 is registered under the number of another corporation.
    pub(super) fn is_under_anothers_number(&self, register: &Register) -> bool {
        let customer = self.customer();
        customer.is_some_and(|customer| register.is_anothers(customer, self.corporation))
    }

    /// The thing it belongs to: what is decided together.
    pub(super) fn thing(&self) -> Stream {
        match &self.said {
            Said::Mandate(_) => Stream::Corporation(self.corporation),
            Said::Balance(_) | Said::Debit(_) => Stream::Billing(self.corporation),
            Said::Enrolment(_) => enrolments::stream(self.corporation),
            Said::Transmission(said) => Stream::Transmission(self.corporation, said.service),
            Said::End(said) => Stream::Termination(self.corporation, said.service),
            Said::Licence(said) => Stream::Licence(said.number),
        }
    }

    /// Whether other lines may tell of the same thing.
    pub(super) const fn lines(&self) -> Lines {
        match &self.said {
            Said::Mandate(_) | Said::Enrolment(_) => Lines::One,
            Said::Balance(_)
            | Said::Debit(_)
            | Said::Transmission(_)
            | Said::End(_)
            | Said::Licence(_) => Lines::Several,
        }
    }

    /// What it counts for.
    fn measures(&self) -> Vec<(Measure, u64)> {
        match &self.said {
            Said::Mandate(said) => said.measures(),
            Said::Balance(said) => said.measures(),
            Said::Debit(said) => said.measures(),
            Said::Enrolment(said) => said.measures(),
            Said::Transmission(said) => said.measures(),
            Said::End(said) => said.measures(),
            Said::Licence(said) => said.measures(),
        }
    }

    /// Whether it says that its corporation is suspended.
    fn suspended(&self) -> bool {
        match &self.said {
            Said::Balance(said) => said.suspended(),
            Said::Mandate(_)
            | Said::Debit(_)
            | Said::Enrolment(_)
            | Said::Transmission(_)
            | Said::End(_)
            | Said::Licence(_) => false,
        }
    }

    /// Where it came from.
    pub(super) fn from(&self, run: RunId) -> CarriedFrom {
        CarriedFrom {
            run,
            source: self.source.clone(),
        }
    }
}

/// What the lines that tell of a thing count for: each by itself, a suspended corporation once.
pub(super) fn measures(rows: &[Row]) -> Vec<(Measure, u64)> {
    let suspended = rows.iter().any(Row::suspended);
    let each = rows.iter().flat_map(Row::measures);
    each.chain([(Measure::Suspended, u64::from(suspended))])
        .collect()
}

/// The commands that carry a thing over, by all lines that tell of it.
pub(super) fn commands(thing: &Stream, rows: &[&Row], run: RunId) -> Vec<Command> {
    let mut commands = vec![];
    let (mut balances, mut debits) = (vec![], vec![]);
    let mut transmissions = vec![];
    let (mut ends, mut licences) = (vec![], vec![]);
    for row in rows.iter().copied() {
        match &row.said {
            Said::Mandate(said) => commands.extend(said.commands(row, run)),
            Said::Enrolment(said) => commands.extend(said.commands(row, run)),
            Said::Balance(said) => balances.push((row, said)),
            Said::Debit(said) => debits.push((row, said)),
            Said::Transmission(said) => transmissions.push((row, said)),
            Said::End(said) => ends.push((row, said)),
            Said::Licence(said) => licences.push((row, said)),
        }
    }
    commands.extend(balances::commands(thing, &balances, &debits, run));
    commands.extend(transmissions::commands(thing, &transmissions, run));
    commands.extend(ends::commands(thing, &ends, run));
    commands.extend(licences::commands(thing, &licences));
    commands
}
