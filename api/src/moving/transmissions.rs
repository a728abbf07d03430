//! The sheet 伝送: an office of an application a line, with its 委任状 and its ID. Lines of one 申込番号 are one application.

use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::credential::{self, Owner};
use daicho_domain::identifiers::{AgentId, KjId, KjIdCheck, OfficeNumber};
use daicho_domain::intake::Receipt;
use daicho_domain::moving::Measure;
use daicho_domain::nouns::Command;
use daicho_domain::poa::{self, CarryStage, Purpose};
use daicho_domain::stream::{
    ApplicationId, CorporationId, CredentialId, OfficeId, PoaId, RunId, Stream,
};
use daicho_domain::transmission::{self, CarryApplication, CarryOffice, CarryPlan, Paper};

use super::cells::{Cells, Unread};
use super::papers;
use super::register::Register;
use super::row::Row;
use super::sheet::{Column, may, must};
use crate::import::Remark;

/// Its columns.
pub(super) const COLUMNS: &[Column] = &[
    must("事業所番号", "0170210231"),
    must("申込番号", "T-0312"),
    must("サービス", "ほのぼのmini2"),
    must("受付日", "2026-08-20"),
    must("KJ ID", "KJ010170210231"),
    must("開始月", "2026-10"),
    may("受付方法", "Webフォーム"),
    may("受付番号", "W-2311"),
    may("先送り回数", "0"),
    may("委任状の返送期日", "2026-09-10"),
    may("国保連の期日", ""),
    may("ID発行予定日", ""),
    may("委任状の状態", "返送待ち"),
    may("委任状の発送方法", "郵送"),
    may("委任状の発送日", "2026-08-24"),
    may("委任状の到着日", ""),
    may("委任状の提出日", ""),
    may("委任状の確認日", ""),
    may("ID発行日", ""),
    may("代理人ID", "HD239900000001"),
];

/// The services an office transmits through, as people write them.
pub(super) const SERVICES: [(&str, Service); 6] = [
    ("ほのぼのmini2", Service::HonobonoMini2),
    ("mini2", Service::HonobonoMini2),
    ("honobono-mini2", Service::HonobonoMini2),
    ("ケアネットメッセンジャー", Service::CareNetMessenger),
    ("メッセンジャー", Service::CareNetMessenger),
    ("care-net-messenger", Service::CareNetMessenger),
];

/// What may stand in the column of the service.
pub(super) const SERVICE_FORM: &str =
    "ほのぼのmini2・ケアネットメッセンジャー のどちらかを入力してください";

/// What a line says.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) service: Service,
    called: String,
    receipt: Receipt,
    number: OfficeNumber,
    office: OfficeId,
    kj_id: Option<KjId>,
    plan: Option<CarryPlan>,
    paper: Paper,
    sent_on: Option<NaiveDate>,
    stage: Option<CarryStage>,
    issued_on: Option<NaiveDate>,
    agent: Option<AgentId>,
}

pub(super) fn read(
    cells: &Cells<'_>,
    register: &Register,
    remarks: &mut Vec<Remark>,
) -> Result<(CorporationId, Said), Unread> {
    let number = cells.office("事業所番号")?;
    let number = cells.must("事業所番号", number)?;
    let corporation = register.corporation(cells, Some(number))?;
    let service = cells.word("サービス", &SERVICES, SERVICE_FORM)?;
    let receipt = cells.receipt("受付日")?;
    let called = Some(cells.text("申込番号")).filter(|text| !text.is_empty());
    let kj_id = cells.kj_id()?;
    if let Some(kj_id) = kj_id.filter(|kj_id| kj_id.check(number) != KjIdCheck::Matches) {
        remarks.push(Remark::KjIdDiffers {
            kj_id,
            office: number,
        });
    }
    let plan = match cells.month("開始月")? {
        None => None,
        Some(start) => Some(CarryPlan {
            start,
            postponements: cells.count("先送り回数")?.unwrap_or(0),
            poa_due: cells.day("委任状の返送期日")?,
            federation_date: cells.day("国保連の期日")?,
            credentials_on: cells.day("ID発行予定日")?,
        }),
    };
    let issued_on = cells.day("ID発行日")?;
    let sent_on = cells.day(papers::SENT_ON)?;
    let (paper, stage) = match plan {
        None => (Paper::Awaited, None),
        Some(_) => paper(cells, issued_on)?,
    };
    let said = Said {
        service: cells.must("サービス", service)?,
        called: cells.must("申込番号", called)?,
        receipt: cells.must("受付日", receipt)?,
        number,
        office: register.office(number)?,
        kj_id,
        plan,
        paper,
        sent_on,
        stage,
        issued_on,
        agent: cells.agent("代理人ID")?,
    };
    Ok((corporation, said))
}

/// Where the 委任状 is. Of an office that has its ID, nothing but that it was confirmed needs to be known.
fn paper(
    cells: &Cells<'_>,
    issued_on: Option<NaiveDate>,
) -> Result<(Paper, Option<CarryStage>), Unread> {
    let said = papers::read(cells)?;
    let untold = said.word.is_none() && said.where_it_is() == papers::Word::ToSend;
    let confirmed = said.where_it_is() == papers::Word::Confirmed && !said.is_told();
    if issued_on.is_some() && (untold || confirmed) {
        return Ok((Paper::Confirmed, None));
    }
    let stage = said.stage(cells)?;
    Ok((stage.paper(), Some(stage)))
}

impl Said {
    pub(super) fn measures(&self) -> Vec<(Measure, u64)> {
        let open = self.stage.is_some() && self.paper != Paper::Confirmed;
        vec![
            (Measure::Transmissions, 1),
            (Measure::OpenPoas, u64::from(open)),
            (Measure::Ids, u64::from(self.issued_on.is_some())),
        ]
    }

    fn application(&self, corporation: CorporationId) -> ApplicationId {
        ApplicationId::carried_over(corporation, self.service, &self.called)
    }
}

/// All applications of a corporation for a service at once, then each 委任状 and each ID.
pub(super) fn commands(thing: &Stream, rows: &[(&Row, &Said)], run: RunId) -> Vec<Command> {
    let mut applications: Vec<CarryApplication> = vec![];
    for (row, said) in rows {
        let application = said.application(row.corporation);
        let office = CarryOffice {
            from: row.from(run),
            number: said.number,
            kj_id: said.kj_id,
            plan: said.plan,
            paper: said.paper,
            issued_on: said.issued_on,
            agent: said.agent,
        };
        let known = applications
            .iter_mut()
            .find(|known| known.application == application);
        match known {
            Some(known) => known.offices.push(office),
            None => applications.push(CarryApplication {
                application,
                receipt: said.receipt.clone(),
                offices: vec![office],
            }),
        }
    }
    if applications.is_empty() {
        return vec![];
    }
    let carry = transmission::Command::CarryOver { applications };
    let papers = rows.iter().filter_map(|(row, said)| said.paper(row, run));
    let ids = rows.iter().filter_map(|(row, said)| said.id(row, run));
    [Command::transmission(thing, carry)]
        .into_iter()
        .chain(papers)
        .chain(ids)
        .collect()
}

impl Said {
    fn paper(&self, row: &Row, run: RunId) -> Option<Command> {
        let stage = self.stage?;
        let application = self.application(row.corporation);
        let carried = poa::CarryOver {
            from: row.from(run),
            corporation: row.corporation,
            service: self.service,
            application,
            office: self.office,
            purpose: Purpose::Start,
            sent_on: self.sent_on,
            stage,
            agent: self.agent,
        };
        let stream = Stream::Poa(PoaId::of(application, self.office));
        Some(Command::poa(&stream, poa::Command::CarryOver(carried)))
    }

    fn id(&self, row: &Row, run: RunId) -> Option<Command> {
        self.plan?;
        let application = self.application(row.corporation);
        let carried = credential::CarryOver {
            from: row.from(run),
            owner: Owner::Office {
                corporation: row.corporation,
                service: self.service,
                application,
                office: self.office,
            },
            issued_on: self.issued_on,
        };
        let id = CredentialId::of_office(application, self.office);
        let command = credential::Command::CarryOver(carried);
        Some(Command::credential(&Stream::Credential(id), command))
    }
}
