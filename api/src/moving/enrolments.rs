//! The sheet 登録: a corporation a line, in its trial or with 本登録.

use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::credential::{self, Owner};
use daicho_domain::enrolment::{self, CarryRegistration};
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::intake::Receipt;
use daicho_domain::moving::Measure;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{CorporationId, CredentialId, RunId, Stream};

use super::cells::{Cells, Unread};
use super::register::Register;
use super::row::Row;
use super::sheet::{Column, may, must};

/// Its columns.
pub(super) const COLUMNS: &[Column] = &[
    must("法人番号", "7000012050002"),
    must("仮登録日", "2026-04-10"),
    must("本登録日", "2026-05-20"),
    may("事業所番号", "0170210231"),
    may("事業所登録日", "2026-04-10"),
    may("受付方法", "Webフォーム"),
    may("受付番号", "W-1024"),
    may("お試し最終日", ""),
    may("規約の版", "2026-04"),
    may("無料最終日", ""),
    may("課金開始日", ""),
    may("法人ID発行日", "2026-04-10"),
];

/// The service that is tried out and registered for.
const SERVICE: Service = Service::HonobonoMini2;

/// What a line says.
#[derive(Clone, Debug)]
pub(super) struct Said {
    receipt: Receipt,
    offices: Vec<OfficeNumber>,
    entered_on: Option<NaiveDate>,
    last_free_day: Option<NaiveDate>,
    registration: Option<CarryRegistration>,
    account_on: Option<NaiveDate>,
}

pub(super) const fn stream(corporation: CorporationId) -> Stream {
    Stream::Enrolment(corporation, SERVICE)
}

pub(super) fn read(
    cells: &Cells<'_>,
    register: &Register,
) -> Result<(CorporationId, Said), Unread> {
    let offices = cells.offices("事業所番号")?;
    let corporation = register.corporation(cells, offices.first().copied())?;
    let receipt = cells.receipt("仮登録日")?;
    let receipt = cells.must("仮登録日", receipt)?;
    let registration = match cells.day("本登録日")? {
        None => None,
        Some(on) => Some(CarryRegistration {
            receipt: Receipt {
                on,
                at: None,
                channel: receipt.channel,
                number: None,
                proof: None,
            },
            terms_version: cells.text("規約の版"),
            last_free_day: cells.day("無料最終日")?,
            billing_start: cells.day("課金開始日")?,
        }),
    };
    let said = Said {
        offices,
        entered_on: cells.day("事業所登録日")?,
        last_free_day: cells.day("お試し最終日")?,
        registration,
        account_on: cells.day("法人ID発行日")?,
        receipt,
    };
    Ok((corporation, said))
}

impl Said {
    pub(super) fn measures(&self) -> Vec<(Measure, u64)> {
        match self.registration {
            None => vec![(Measure::Trials, 1)],
            Some(_) => vec![(Measure::Registrations, 1)],
        }
    }

    /// The use, and the corporation's account, which was issued with the 仮登録.
    pub(super) fn commands(&self, row: &Row, run: RunId) -> Vec<Command> {
        let corporation = row.corporation;
        let carried = enrolment::CarryOver {
            from: row.from(run),
            receipt: self.receipt.clone(),
            offices: self.offices.iter().copied().collect(),
            entered_on: self.entered_on,
            last_free_day: self.last_free_day,
            registration: self.registration.clone(),
        };
        let account = credential::CarryOver {
            from: row.from(run),
            owner: Owner::Corporation {
                corporation,
                service: SERVICE,
            },
            issued_on: Some(self.account_on.unwrap_or(self.receipt.on)),
        };
        let id = CredentialId::of_corporation(corporation, SERVICE);
        vec![
            Command::enrolment(&stream(corporation), enrolment::Command::CarryOver(carried)),
            Command::credential(
                &Stream::Credential(id),
                credential::Command::CarryOver(account),
            ),
        ]
    }
}
