//! A run of moving in: looked at, asked for, approved, carried out.
//!
//! The same files with the same days are the same run, so that the second person approves exactly what the first one
//! asked for, and a run that was interrupted is simply carried out again: what it brought in before gives nothing new.

use std::collections::BTreeMap;

use daicho_domain::corporation::Source;
use daicho_domain::installation::{self, AskMoving, MovingFile};
use daicho_domain::moving::{Settings, Totals, promised_by, why_not};
use daicho_domain::nouns::{Command, Event, Refusal};
use daicho_domain::stream::{RunId, StaffId, Stream, derived_id};
use daicho_eventlog::{Caused, Engine, ExecuteError, LogError};
use uuid::Uuid;

use super::cells::Cells;
use super::foresee::Foresight;
use super::register::Register;
use super::report::{FileReport, MovingReport, Stage};
use super::row::{self, Lines, Row};
use super::sheet::Kind;
use super::table::Table;
use crate::import::{Counts, ImportLine, Outcome, Remark};

/// How many things are carried over at once, so that the log commits them together.
const ASKED_AT_ONCE: usize = 64;

/// Why a run did not go on.
#[derive(Debug, thiserror::Error)]
pub enum MovingError {
    /// The log cannot be read.
    #[error("台帳を読めません。{}原因を除いて、もう一度実行してください。", .0.sentence())]
    Log(#[from] LogError),
    /// The office says no, or the world failed. What was carried over until then stays.
    #[error("{}", .0.sentence())]
    Execute(#[from] ExecuteError),
}

/// What two people agree on: the files and the days.
#[derive(Clone, Debug)]
pub struct Agreed {
    tables: Vec<Table>,
    settings: Settings,
}

impl Agreed {
    /// These sheets and days. Sheets of the same name get names of their own: an event says which one it came from.
    pub fn new(mut tables: Vec<Table>, settings: Settings) -> Self {
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for table in &mut tables {
            let times = seen.entry(table.name.clone()).or_default();
            *times += 1;
            if *times > 1 {
                table.name = format!("{} ({times})", table.name);
            }
            if let Some(file) = &mut table.bank_file {
                file.near(settings.switched_on);
            }
        }
        Self { tables, settings }
    }

    /// The run of these files and days.
    pub fn run(&self) -> RunId {
        let Settings {
            switched_on,
            charged_from,
        } = self.settings;
        let mut files: Vec<_> = self.tables.iter().map(|one| one.sha256.as_str()).collect();
        files.sort_unstable();
        let (switched_on, charged_from) = (switched_on.to_string(), charged_from.to_string());
        let days = [switched_on.as_str(), charged_from.as_str()];
        let parts: Vec<_> = days.into_iter().chain(files).collect();
        RunId::of(&parts)
    }
}

/// Moving into one log.
#[derive(Clone, Copy, Debug)]
pub struct Moving<'a> {
    /// Where commands go.
    pub engine: &'a Engine,
}

/// Lines that tell of one thing.
struct Group {
    thing: Stream,
    rows: Vec<Row>,
}

/// A run that was looked at.
struct Looked {
    report: MovingReport,
    /// What takes over the files that are with the bank.
    files: Vec<Command>,
    groups: Vec<Group>,
}

impl Moving<'_> {
    /// Looks the files through. Nothing is recorded.
    ///
    /// # Errors
    /// [`MovingError`].
    pub async fn look(
        &self,
        agreed: &Agreed,
        entered: Option<Totals>,
    ) -> Result<MovingReport, MovingError> {
        Ok(self.looked(agreed, entered).await?.report)
    }

    /// Asks, with the totals of the books kept before, that the files be taken.
    ///
    /// # Errors
    /// [`MovingError`]; among them the refusal of totals that differ.
    pub async fn ask(
        &self,
        agreed: &Agreed,
        entered: Totals,
        by: StaffId,
    ) -> Result<MovingReport, MovingError> {
        let mut report = self.look(agreed, Some(entered.clone())).await?;
        let files = agreed.tables.iter().map(|table| MovingFile {
            name: table.name.clone(),
            sha256: table.sha256.clone(),
            lines: table.line_count(),
        });
        let ask = AskMoving {
            run: agreed.run(),
            settings: agreed.settings,
            files: files.collect(),
            entered,
            counted: report.counted.clone(),
            by,
        };
        report.recorded = self
            .decides(installation::Command::AskMoving(ask), by)
            .await?;
        report.stage = Stage::Asked;
        Ok(report)
    }

    /// Approves what another person asked for, and carries it out.
    ///
    /// # Errors
    /// [`MovingError`]. What was carried over until then stays, and approving again carries over the rest.
    pub async fn approve(&self, agreed: &Agreed, by: StaffId) -> Result<MovingReport, MovingError> {
        let run = agreed.run();
        let Looked {
            mut report,
            files,
            groups,
        } = self.looked(agreed, None).await?;
        let approve = installation::Command::ApproveMoving {
            run,
            counted: report.counted.clone(),
            by,
        };
        report.recorded = self.decides(approve, by).await?;
        // The ledgers' debits rest on the file they stand in.
        report.recorded += self.carry_out(files, run, by).await?;
        // Groups are in the order of their kinds, and a kind may rest on the one before.
        for of_kind in groups.chunk_by(Group::of_one_kind) {
            for some in of_kind.chunks(ASKED_AT_ONCE) {
                let mut carried = Vec::with_capacity(some.len());
                for group in some {
                    carried.push(self.carry(group, run, by));
                }
                let recorded = futures::future::try_join_all(carried).await?;
                report.recorded += recorded.iter().sum::<u64>();
            }
        }
        report.stage = Stage::CarriedOver;
        Ok(report)
    }

    async fn decides(
        &self,
        command: installation::Command,
        by: StaffId,
    ) -> Result<u64, MovingError> {
        let command = Command::installation(&Stream::Installation, command);
        let caused = Caused::by_request(by.to_string(), Uuid::now_v7());
        let executed = self.engine.execute(command, caused).await?;
        Ok(executed.events.len() as u64)
    }

    async fn carry(&self, group: &Group, run: RunId, by: StaffId) -> Result<u64, MovingError> {
        let rows: Vec<_> = group.rows.iter().collect();
        let commands = row::commands(&group.thing, &rows, run);
        self.carry_out(commands, run, by).await
    }

    async fn carry_out(
        &self,
        commands: Vec<Command>,
        run: RunId,
        by: StaffId,
    ) -> Result<u64, MovingError> {
        let mut recorded = 0;
        for (nth, command) in commands.into_iter().enumerate() {
            let (stream, nth) = (command.stream.to_string(), nth.to_string());
            let id = derived_id(&["moving", &run.to_string(), &stream, &nth]);
            let caused = Caused::by_request(by.to_string(), id);
            let executed = self.engine.execute(command, caused).await?;
            if !executed.repeated {
                recorded += executed.events.len() as u64;
            }
        }
        Ok(recorded)
    }

    /// A file that is with the bank is taken whole: while one is not, it is left out, with what rests on it.
    async fn looked(
        &self,
        agreed: &Agreed,
        entered: Option<Totals>,
    ) -> Result<Looked, MovingError> {
        let mut left_out = ByPlace::new();
        loop {
            let looked = self
                .looked_without(agreed, entered.clone(), &left_out)
                .await?;
            match looked {
                Ok(looked) => return Ok(looked),
                Err(torn) => left_out.extend(torn),
            }
        }
    }

    /// A run without these lines of files that are with the bank; or the lines of such a file that is not taken.
    async fn looked_without(
        &self,
        agreed: &Agreed,
        entered: Option<Totals>,
        left_out: &ByPlace,
    ) -> Result<Result<Looked, ByPlace>, MovingError> {
        let run = agreed.run();
        let mut register = Register::of(self.engine).await?;
        let mut foresight = Foresight::of(self.engine, run, agreed.settings).await?;
        let is_left_out = |table: &&Table| left_out.keys().any(|(file, _)| *file == table.name);
        let mut tables: Vec<_> = agreed.tables.iter().collect();
        tables.retain(|table| !is_left_out(table));
        tables.sort_by_key(|table| table.kind);
        let (mut lines, groups) = understood(&tables, &mut register);
        let mut files = vec![];
        for table in &tables {
            let Some(file) = &table.bank_file else {
                continue;
            };
            let command = file.command(&table.name, run);
            let given = foresight.give(vec![command.clone()]).await?;
            if let Err(refusal) = given {
                return Ok(Err(torn(table, lines, &refused(&refusal))));
            }
            files.push(command);
        }
        let mut kept = vec![];
        for group in groups {
            let held = hold(&mut foresight, group, run, &mut lines).await?;
            kept.extend(held);
        }
        for table in &tables {
            let rows = kept.iter().flat_map(|group: &Group| &group.rows);
            let taken = rows.filter(|row| row.source.file == table.name).count();
            if let Some(file) = &table.bank_file
                && taken < file.len()
            {
                return Ok(Err(torn(table, lines, &not_whole())));
            }
        }
        lines.extend(left_out.clone());
        let counted = kept
            .iter()
            .flat_map(|group| row::measures(&group.rows))
            .collect();
        Ok(Ok(Looked {
            report: report(agreed, lines, counted, entered),
            files,
            groups: kept,
        }))
    }
}

impl Group {
    fn kind(&self) -> Option<Kind> {
        self.rows.first().map(Row::kind)
    }

    fn of_one_kind(&self, other: &Self) -> bool {
        self.kind() == other.kind()
    }
}

/// Every line, by its file and its place in it.
type ByPlace = BTreeMap<(String, u64), ImportLine>;

/// Reads every line; those that tell of one thing together, in the order in which things are carried over.
fn understood(tables: &[&Table], register: &mut Register) -> (ByPlace, Vec<Group>) {
    let mut lines = ByPlace::new();
    let mut groups: BTreeMap<(Kind, Stream), Vec<Row>> = BTreeMap::new();
    for table in tables {
        for line in table.lines() {
            let cells = Cells::of(table, line);
            let mut read = ImportLine {
                line_no: line.no,
                outcome: Outcome::Taken,
                office_number: called(&cells),
                remarks: vec![],
                row: None,
            };
            let source = Source {
                file: table.name.clone(),
                line: line.no,
            };
            match Row::read(table.kind, source, &cells, register) {
                Err(remark) => read.remark(*remark),
                Ok((row, _)) if row.is_under_anothers_number(register) => {
                    read.remark(number_twice(&row));
                }
                Ok((row, remarks)) => {
                    if let Some(customer) = row.customer() {
                        register.note_customer(customer, row.corporation);
                    }
                    for remark in remarks {
                        read.remark(remark);
                    }
                    let told = groups.entry((row.kind(), row.thing())).or_default();
                    match told.first().filter(|_| row.lines() == Lines::One) {
                        Some(first) => read.remark(twice(&first.source)),
                        None => told.push(row),
                    }
                }
            }
            lines.insert((table.name.clone(), line.no), read);
        }
    }
    let groups = groups
        .into_iter()
        .map(|((_, thing), rows)| Group { thing, rows });
    (lines, groups.collect())
}

/// What a line is called in the report: its office, or its corporation.
fn called(cells: &Cells<'_>) -> String {
    let names = ["事業所番号", "法人番号", "顧客番号"];
    let mut names = names.into_iter().map(|column| cells.text(column));
    names.find(|name| !name.is_empty()).unwrap_or_default()
}

/// The lines of a file that is with the bank and is not taken: those that had nothing wrong say why.
fn torn(table: &Table, lines: ByPlace, why: &Remark) -> ByPlace {
    let own = lines
        .into_iter()
        .filter(|((file, _), _)| *file == table.name);
    let refused = own.map(|(place, mut line)| {
        if line.outcome != Outcome::Refused {
            line.remark(why.clone());
        }
        (place, line)
    });
    refused.collect()
}

fn not_whole() -> Remark {
    Remark::NotCarried {
        code: "file_not_whole",
        field: "行",
        value: String::new(),
        why: "同じ振替依頼のファイルに取り込めない行があります。結果はファイル全体に返るので、1件も取り込みません。不可の行を先に直してください。"
            .to_owned(),
    }
}

/// Two corporations under one number could not be told apart in any file of the bank.
fn number_twice(row: &Row) -> Remark {
    Remark::NotCarried {
        code: "customer_twice",
        field: "顧客番号",
        value: row
            .customer()
            .map(|one| one.to_string())
            .unwrap_or_default(),
        why: "この顧客番号は別の法人の口座に付いています。どちらかの番号を直してください。"
            .to_owned(),
    }
}

fn twice(first: &Source) -> Remark {
    Remark::NotCarried {
        code: "line_twice",
        field: "行",
        value: String::new(),
        why: format!(
            "同じものが「{}」の{}行目にあります。1行にまとめてください。",
            first.file, first.line
        ),
    }
}

/// Holds a group against the log; the lines that the office would refuse are left out one by one, so that one bad line
/// hinders no other.
async fn hold(
    foresight: &mut Foresight<'_>,
    group: Group,
    run: RunId,
    lines: &mut ByPlace,
) -> Result<Option<Group>, MovingError> {
    let all: Vec<_> = group.rows.iter().collect();
    let together = row::commands(&group.thing, &all, run);
    if let Ok(events) = foresight.give(together).await? {
        note_promises(&events, lines);
        return Ok(Some(group));
    }
    let mut kept: Vec<Row> = vec![];
    for row in group.rows {
        let mut tried: Vec<_> = kept.iter().collect();
        tried.push(&row);
        let commands = row::commands(&group.thing, &tried, run);
        match foresight.try_out(commands).await? {
            Ok(_) => kept.push(row),
            Err(refusal) => refuse(&row.source, &refusal, lines),
        }
    }
    if kept.is_empty() {
        return Ok(None);
    }
    let rows: Vec<_> = kept.iter().collect();
    let given = foresight
        .give(row::commands(&group.thing, &rows, run))
        .await?;
    note_promises(&given.unwrap_or_default(), lines);
    Ok(Some(Group {
        thing: group.thing,
        rows: kept,
    }))
}

fn line_of<'a>(lines: &'a mut ByPlace, source: &Source) -> Option<&'a mut ImportLine> {
    lines.get_mut(&(source.file.clone(), source.line))
}

/// A refusal as a line says it.
fn refused(refusal: &Refusal) -> Remark {
    let why = why_not(refusal);
    Remark::NotCarried {
        code: why.map_or_else(|| refusal.code(), |why| why.code()),
        field: why.and_then(|why| why.field()).unwrap_or("行"),
        value: why.and_then(|why| why.value()).unwrap_or_default(),
        why: why.map_or_else(|| refusal.sentence(), ToString::to_string),
    }
}

fn refuse(source: &Source, refusal: &Refusal, lines: &mut ByPlace) {
    if let Some(line) = line_of(lines, source) {
        line.remark(refused(refusal));
    }
}

fn note_promises(events: &[Event], lines: &mut ByPlace) {
    for promise in events.iter().flat_map(promised_by) {
        let remark = Remark::Promised {
            field: promise.label,
            on: promise.dated.on,
            counted: promise.promised.counted,
        };
        if let Some(line) = line_of(lines, &promise.promised.source) {
            line.remark(remark);
        }
    }
}

fn report(
    agreed: &Agreed,
    lines: ByPlace,
    counted: Totals,
    entered: Option<Totals>,
) -> MovingReport {
    let mut total = Counts::default();
    let mut files: Vec<_> = agreed
        .tables
        .iter()
        .map(|table| FileReport {
            file: table.name.clone(),
            kind: table.kind,
            sha256: table.sha256.clone(),
            lines: vec![],
            counts: Counts::default(),
        })
        .collect();
    for ((name, _), line) in lines {
        total.count(&line);
        if let Some(file) = files.iter_mut().find(|file| file.file == name) {
            file.counts.count(&line);
            file.lines.push(line);
        }
    }
    MovingReport {
        run: agreed.run(),
        stage: Stage::Checked,
        switched_on: agreed.settings.switched_on,
        charged_from: agreed.settings.charged_from,
        files,
        counts: total,
        counted,
        entered,
        recorded: 0,
    }
}
