//! 添付ファイル on 案件詳細: what is there, a place to drop more, each opened again or taken back.

use super::case_line;
use super::form::{Action, Field};
use super::viewer::{Reading, Viewer};
use super::words;
use crate::acting::Asking;
use crate::attaching::{self, Incoming, Said, refused};
use crate::problem::Problem;
use crate::requests::attachment::WithdrawAttachment;
use crate::requests::{Back, actor, done};
use axum::Form;
use axum::extract::multipart::{Field as Sent, MultipartError};
use axum::extract::{Multipart, Path, Query};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use daicho_domain::attachment::{self, BYTES_MAX, Matter};
use daicho_domain::document::FileDigest;
use daicho_projections::attachments;
use daicho_projections::cases::{CaseRow, Kind};
use uuid::Uuid;

/// The files of a case, drawn.
pub struct Attached {
    /// What is there, what arrived last first.
    pub files: Vec<File>,
    /// Where more goes; nothing when a former moment is shown.
    pub place: Option<Place>,
}

/// One file.
pub struct File {
    /// What it is called.
    pub name: String,
    /// Where it opens.
    pub href: String,
    /// What it is of, and the yen it is about.
    pub matter: String,
    /// Its kind and length.
    pub kind: String,
    /// The day it arrived.
    pub arrived: String,
    /// The day it was attached.
    pub attached: String,
    /// By whom.
    pub who: String,
    /// Its digest, as much as a person compares.
    pub digest: String,
    /// How it is taken back.
    pub withdraw: Option<Action>,
}

/// Where files are dropped.
pub struct Place {
    /// Where the form goes.
    pub href: String,
    /// What they can be of (code, word, usual).
    pub matters: Vec<(&'static str, &'static str, bool)>,
    /// The open day.
    pub today: chrono::NaiveDate,
    /// The longest that is taken, in MiB.
    pub mebibytes_max: u64,
}

/// The files of a case.
pub fn of(row: &CaseRow, reading: &Reading<'_>) -> Result<Attached, Problem> {
    let page = case_line::href(&row.no);
    let past = reading.viewer.moment.past;
    let mut files = Vec::new();
    for file in attachments::of_case(reading.snapshot, &row.key)? {
        let name = match &file.name {
            Some(name) => reading.snapshot.text(name)?,
            None => None,
        };
        let href = format!("{page}/attachments/{}", file.digest);
        let digest = file.digest.to_string();
        let withdraw = Action::new(
            &format!("withdraw-{}", &digest[..12]),
            "取り下げ",
            &format!("{href}/withdraw"),
        )
        .explains("この案件のものでないときに取り下げます。一覧から消え、履歴には残ります。")
        .field(Field::reason())
        .danger();
        files.push(File {
            name: name.unwrap_or_else(|| "（消去済み）".to_owned()),
            href,
            matter: match file.amount {
                Some(yen) => format!("{}　{}円", file.matter.label(), words::yen(yen)),
                None => file.matter.label().to_owned(),
            },
            kind: format!("{}　{}", file.kind.label(), size(file.bytes)),
            arrived: words::date(file.arrived_on),
            attached: words::date(file.attached_on),
            who: reading.actor(&file.actor),
            digest: digest[..12].to_owned(),
            withdraw: (!past).then(|| reading.viewer.form(withdraw, &page)),
        });
    }
    let usual = match row.kind {
        Kind::Poa | Kind::Mandate => "scan",
        Kind::Enrolment
        | Kind::Transmission
        | Kind::Licence
        | Kind::Ledger
        | Kind::Transfer
        | Kind::Mail
        | Kind::Letter
        | Kind::Termination => "",
    };
    let place = (!past).then(|| Place {
        href: format!("{page}/attachments?form={}", Uuid::now_v7().simple()),
        matters: Matter::ALL
            .iter()
            .map(|matter| (matter.code(), matter.label(), matter.code() == usual))
            .collect(),
        today: reading.viewer.moment.day,
        mebibytes_max: BYTES_MAX / (1024 * 1024),
    });
    Ok(Attached { files, place })
}

/// `1.2 MiB`, `340 KiB`
fn size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    match bytes {
        0..KIB => format!("{bytes} バイト"),
        KIB..MIB => format!("{} KiB", bytes.div_ceil(KIB)),
        MIB.. => format!("{}.{} MiB", bytes / MIB, bytes % MIB * 10 / MIB),
    }
}

/// `POST /cases/{number}/attachments`: files dropped on the page or chosen in its field. All of them are looked at before
/// one is kept.
pub async fn attach(
    Path(number): Path<String>,
    viewer: Viewer,
    Query(back): Query<Back>,
    mut form: Multipart,
) -> Result<Redirect, Problem> {
    let asking = Asking::by_form(&actor(&viewer)?, back.form.as_deref());
    let row = attaching::numbered(&viewer, number).await?;
    let mut said = Said::default();
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(unread)? {
        match field.name().unwrap_or_default() {
            "files" => files.extend(file(field).await?),
            "matter" => {
                let code = field.text().await.map_err(unread)?;
                said.matter = Matter::ALL.iter().copied().find(|one| one.code() == code);
            }
            "arrived_on" => {
                let day = field.text().await.map_err(unread)?;
                said.arrived_on = match day.trim() {
                    "" => None,
                    day => {
                        let unreadable = |_| Problem::unreadable("届いた日を読み取れません。");
                        Some(day.parse().map_err(unreadable)?)
                    }
                };
            }
            "amount" => {
                let yen = field.text().await.map_err(unread)?;
                said.amount = match yen.trim() {
                    "" => None,
                    yen => {
                        let unreadable = |_| Problem::unreadable("金額を読み取れません。");
                        Some(yen.parse().map_err(unreadable)?)
                    }
                };
            }
            _other => {}
        }
    }
    if files.is_empty() {
        return Err(Problem::unreadable("ファイルが選ばれていません。"));
    }
    let mut first = None;
    for (place, incoming) in files.into_iter().enumerate() {
        let by = asking.cause(&place.to_string());
        let executed = attaching::attach(&viewer.app, &row, incoming, said, by).await?;
        first.get_or_insert(executed);
    }
    let page = case_line::href(&row.no);
    let executed = first.expect("there is a file");
    Ok(Redirect::to(&done(&page, &executed)))
}

/// A field that no file was chosen in is sent empty and without a name.
async fn file(field: Sent<'_>) -> Result<Option<Incoming>, Problem> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let content = field.bytes().await.map_err(unread)?;
    match name.is_empty() && content.is_empty() {
        true => Ok(None),
        false => Incoming::look(&name, content).map(Some),
    }
}

fn unread(error: MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => refused(attachment::Refusal::too_large()),
        _other => {
            Problem::unreadable("ファイルを受け取れませんでした。もう一度選んで送信してください。")
        }
    }
}

/// `GET /cases/{number}/attachments/{digest}`
pub async fn open(
    Path((number, digest)): Path<(String, String)>,
    viewer: Viewer,
) -> Result<Response, Problem> {
    let digest: FileDigest = digest
        .parse()
        .map_err(|_| Problem::not_found("添付ファイル"))?;
    let row = attaching::numbered(&viewer, number).await?;
    attaching::opened(&viewer.app, &row, digest).await
}

/// `POST /cases/{number}/attachments/{digest}/withdraw`
pub async fn withdraw(
    Path((number, digest)): Path<(String, FileDigest)>,
    viewer: Viewer,
    Query(back): Query<Back>,
    Form(body): Form<WithdrawAttachment>,
) -> Result<Redirect, Problem> {
    let asking = Asking::by_form(&actor(&viewer)?, back.form.as_deref());
    let row = attaching::numbered(&viewer, number).await?;
    let command = attaching::withdrawing(&row, digest, body.reason)?;
    let executed = crate::acting::execute(&viewer.app, command, asking.cause("0")).await?;
    Ok(Redirect::to(&done(&back.return_to, &executed)))
}
