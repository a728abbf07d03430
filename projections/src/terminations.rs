//! 終了・解約: every end that was filed, with its window, last debit, release and papers.

use crate::columns::{Json, code_columns};
use crate::names;
use crate::projection::{Change, Projection};
use crate::query::{Conditions, Listed, Part, counted_by, listed};
use crate::search::searchable;
use crate::store::{Result, Row as _, Snapshot, Writer, row};
use chrono::{NaiveDate, NaiveTime};
use daicho_domain::Service;
use daicho_domain::dates::Month;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::nouns::State;
use daicho_domain::rules::Basis;
use daicho_domain::stream::{CorporationId, OfficeId, PoaId, Stream};
use daicho_domain::termination::{End, PaperStage, Status};
use serde::{Deserialize, Serialize};

code_columns! {
    Status: "status of an end",
}

/// An end 委任状 in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperRow {
    /// The 委任状.
    pub poa: PoaId,
    /// The office's 事業所番号.
    pub number: OfficeNumber,
    /// Where it stands.
    pub stage: PaperStage,
}

row! {
    /// One end.
    pub struct TerminationRow in "terminations" indexed [
        "(status, last_day)",
        "(corporation)",
    ] {
        /// The stream and the end's number in it: the key of its case.
        key: String,
        /// The corporation.
        corporation: CorporationId,
        /// Its name.
        corporation_name: String,
        /// The service.
        service: Service,
        /// The end's number in its stream.
        no: u64,
        /// The office; none when the whole use ends.
        office: Option<OfficeId>,
        /// Its 事業所番号, where it is known from its 委任状 or the corporation.
        office_number: Option<OfficeNumber>,
        /// ステータス.
        status: Status,
        /// The end month.
        end_month: Month,
        /// The day on which the form came in.
        received_on: NaiveDate,
        /// Its time.
        received_at: Option<NaiveTime>,
        /// The cut-off, until which it can be withdrawn.
        cutoff: NaiveDate,
        /// The last day of use.
        last_day: NaiveDate,
        /// The day of the last debit.
        last_debit_on: NaiveDate,
        /// The day from which the agent can be released.
        release_from: NaiveDate,
        /// Why these days: cut-off, last debit, release.
        bases: Json<Vec<Basis>>,
        /// How many returned claims are open.
        open_returns: u64,
        /// The end 委任状.
        papers: Json<Vec<PaperRow>>,
        /// What a search compares.
        search: String,
    }
}

/// The read model.
pub const PROJECTION: Projection = Projection {
    name: "terminations",
    revision: 1,
    tables: &[TerminationRow::TABLE],
    apply,
};

/// The key of the case of an end.
pub fn key(stream: &Stream, no: u32) -> String {
    format!("{stream}.{no}")
}

fn apply(change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    if let Some(corporation) = names::renamed(change) {
        return rename(corporation, change, writer);
    }
    let (Stream::Termination(corporation, service), State::Termination(state)) =
        (change.stream, change.after)
    else {
        return Ok(());
    };
    let State::Termination(before) = change.before else {
        return Ok(());
    };
    for end in &state.ends {
        if before.end(end.no) == Some(end) {
            continue;
        }
        let named = names::of(*corporation, writer)?;
        let number = match end.scope.office() {
            None => None,
            Some(office) => number_of(end, office, writer)?,
        };
        writer.put(&TerminationRow {
            key: key(change.stream, end.no),
            corporation: *corporation,
            corporation_name: named.name,
            service: *service,
            no: u64::from(end.no),
            office: end.scope.office(),
            office_number: number,
            status: end.status(),
            end_month: end.month(),
            received_on: end.receipt.on,
            received_at: end.receipt.at,
            cutoff: end.dates.cutoff.on,
            last_day: end.dates.last_day.on,
            last_debit_on: end.dates.last_debit_on.on,
            release_from: end.dates.release_from.on,
            bases: Json(
                [
                    &end.dates.cutoff,
                    &end.dates.last_debit_on,
                    &end.dates.release_from,
                ]
                .map(|dated| Basis::clone(&dated.basis))
                .to_vec(),
            ),
            open_returns: u64::from(end.open_returns),
            papers: Json(end.papers.iter().map(paper).collect()),
            search: search_of(number, &named.search),
        })?;
    }
    Ok(())
}

fn search_of(number: Option<OfficeNumber>, corporation: &str) -> String {
    let own = number.map_or_else(String::new, |number| searchable([number.as_str()]));
    format!("{own}\n{corporation}")
}

fn rename(corporation: CorporationId, change: &Change<'_>, writer: &mut Writer<'_>) -> Result<()> {
    let named = names::of(corporation, writer)?;
    for (stream, state) in names::streams_of(corporation, change, writer)? {
        let State::Termination(state) = &*state else {
            continue;
        };
        let keys = state.ends.iter().map(|end| key(&stream, end.no));
        names::follow(keys, writer, |row: &mut TerminationRow| {
            row.corporation_name.clone_from(&named.name);
            row.search = search_of(row.office_number, &named.search);
        })?;
    }
    Ok(())
}

fn paper(paper: &daicho_domain::termination::Paper) -> PaperRow {
    PaperRow {
        poa: paper.about.poa,
        number: paper.about.number,
        stage: paper.stage,
    }
}

/// The number of an office that ends: by its paper, or as the corporation has it.
pub(crate) fn number_of(
    end: &End,
    office: OfficeId,
    writer: &mut Writer<'_>,
) -> Result<Option<OfficeNumber>> {
    if let Some(number) = end.number_of(office) {
        return Ok(Some(number));
    }
    let row: Option<crate::offices::OfficeRow> = writer.get(&office.to_string())?;
    Ok(row.map(|row| row.number))
}

/// Which ends to list: AND between the fields, OR within one; an empty field asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// ステータス.
    pub statuses: Vec<Status>,
    /// サービス.
    pub services: Vec<Service>,
    /// 法人.
    pub corporations: Vec<CorporationId>,
    /// Part of the corporation's name or number, or of the office's number.
    pub search: Option<String>,
}

/// The ends that fit, those that end first first, counted.
pub fn list(
    snapshot: &Snapshot,
    filter: &Filter,
    offset: u64,
    limit: u64,
) -> Result<Listed<TerminationRow>> {
    let mut asked = Conditions::default();
    asked.one_of("status", &filter.statuses);
    asked.one_of("service", &filter.services);
    asked.one_of("corporation", &filter.corporations);
    asked.search(filter.search.as_deref());
    let part = Part {
        order: "last_day, key",
        offset,
        limit,
    };
    listed(snapshot, asked, part)
}

/// How many ends have each ステータス.
pub fn count_by_status(snapshot: &Snapshot) -> Result<Vec<(Status, u64)>> {
    counted_by::<TerminationRow, Status>(snapshot, "status", Conditions::default())
}
