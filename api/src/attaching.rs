//! Attaching files to a case, by pages and by programs alike: looked at, sealed, kept, then recorded; and opened again.

use crate::acting;
use crate::problem::Problem;
use crate::{App, dashboard};
use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use daicho_domain::attachment::{
    self, BYTES_MAX, Command as Asked, Held, Kind, Matter, Paper, Part, sealed_under,
};
use daicho_domain::document::FileDigest;
use daicho_domain::nouns::{Command, Refusal, State};
use daicho_domain::personal::{Personal, Typed};
use daicho_domain::stream::Stream;
use daicho_domain::transmission::OfficeRef;
use daicho_eventlog::sealing::SealError;
use daicho_eventlog::{Caused, DataDir, ExecuteError, Executed, Failed, KeepError, KeptFile};
use daicho_projections::cases::{CaseRow, Kind as CaseKind};

/// The longest body that carries one file.
pub const FILE_BODY_MAX: usize = BYTES_MAX as usize + 64 * 1024;

/// The longest form with several files.
pub const FORM_BODY_MAX: usize = 4 * FILE_BODY_MAX;

/// The longest name that is kept, in characters.
const NAME_CHARACTERS_MAX: usize = 150;

/// A file as it came in.
pub struct Incoming {
    name: String,
    kind: Kind,
    content: Bytes,
}

impl Incoming {
    /// Looks at a file; what cannot be attached is refused before anything is kept.
    pub fn look(name: &str, content: Bytes) -> Result<Self, Problem> {
        let kind = Kind::of(&content).map_err(refused)?;
        Ok(Self {
            name: tidied(name, kind),
            kind,
            content,
        })
    }
}

/// What is said of a file beside its content.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said {
    /// What it is of; by its kind and the kind of case where nothing is said.
    pub matter: Option<Matter>,
    /// The day it arrived; today where nothing is said.
    pub arrived_on: Option<NaiveDate>,
    /// The yen it is about, with tax.
    pub amount: Option<u64>,
}

/// What it is of, where nobody says: papers on a 委任状 are its copies.
pub const fn usual_matter(case: CaseKind, kind: Kind) -> Matter {
    match (case, kind) {
        (_, Kind::Mail) => Matter::Mail,
        (CaseKind::Poa | CaseKind::Mandate, _) => Matter::Scan,
        (_, _) => Matter::Other,
    }
}

/// Which case of its stream a row is.
pub fn part(row: &CaseRow) -> Option<Part> {
    match row.kind {
        CaseKind::Transmission => Some(Part::Office(OfficeRef {
            application: row.application?,
            office: row.office?,
        })),
        CaseKind::Termination => {
            let (_, no) = row.key.rsplit_once('.')?;
            no.parse().ok().map(Part::End)
        }
        CaseKind::Mandate => Some(Part::Mandate),
        CaseKind::Transfer => row.office.map(Part::Received),
        CaseKind::Enrolment
        | CaseKind::Poa
        | CaseKind::Licence
        | CaseKind::Ledger
        | CaseKind::Mail
        | CaseKind::Letter => Some(Part::Whole),
    }
}

/// Seals and keeps a file, then records that it is attached.
pub async fn attach(
    app: &App,
    row: &CaseRow,
    incoming: Incoming,
    said: Said,
    by: Caused,
) -> Result<Executed, Problem> {
    let part = part(row).ok_or_else(|| refused(attachment::Refusal::UnknownCase))?;
    let data = data(app)?;
    let owner = app
        .engine
        .state(&Stream::Corporation(row.corporation))
        .await
        .map_err(|error| failed(&error))?;
    let State::Corporation(owner) = &*owner else {
        panic!("a corporation's stream holds a corporation");
    };
    let erasures = owner.registered().map_or(0, |known| known.erasures);
    let subject = sealed_under(row.corporation, erasures);
    let today = app.engine.today().await;
    let today = today.unwrap_or_else(|| app.engine.clock().date_in_japan());
    let Incoming {
        name,
        kind,
        content,
    } = incoming;
    let bytes = content.len() as u64;
    let (engine, key) = (app.engine.clone(), subject.clone());
    let keeping = tokio::task::spawn_blocking(move || engine.keep_sealed(&data, &key, &content));
    let kept = keeping.await.map_err(|_| Problem::failed())?;
    let kept = kept.map_err(not_kept)?;
    let paper = Paper {
        matter: said.matter.unwrap_or_else(|| usual_matter(row.kind, kind)),
        kind,
        bytes,
        digest: kept.digest,
        file: kept.file,
        name: Personal::new(subject, name),
        arrived_on: said.arrived_on.unwrap_or(today),
        amount: said.amount,
    };
    let stream = Stream::attached_to(&row.stream);
    let command = Command::attachment(&stream, Asked::Attach { part, paper });
    acting::execute(app, command, by).await
}

/// Takes one back that does not belong to the case.
pub fn withdrawing(row: &CaseRow, digest: FileDigest, reason: Typed) -> Result<Command, Problem> {
    let part = part(row).ok_or_else(|| refused(attachment::Refusal::UnknownCase))?;
    let withdraw = Asked::Withdraw {
        part,
        digest,
        reason,
    };
    Ok(Command::attachment(
        &Stream::attached_to(&row.stream),
        withdraw,
    ))
}

/// The content of a file on a case, under headers that let no script of it run in our name.
pub async fn opened(app: &App, row: &CaseRow, digest: FileDigest) -> Result<Response, Problem> {
    let missing = || Problem::not_found("添付ファイル");
    let stream = Stream::attached_to(&row.stream);
    let state = app.engine.state(&stream).await;
    let state = state.map_err(|error| failed(&error))?;
    let State::Attachment(state) = &*state else {
        panic!("a stream of attachments holds attachments");
    };
    let part = part(row).ok_or_else(missing)?;
    let Held { paper, .. } = state.find(part, digest).ok_or_else(missing)?.clone();
    let kept = KeptFile {
        digest: paper.digest,
        file: paper.file,
    };
    let content = unsealed(app, paper.name.subject().to_owned(), kept).await?;
    Ok(answer(&paper, content))
}

/// What is kept under a seal, as long as its key is.
pub async fn unsealed(app: &App, subject: String, kept: KeptFile) -> Result<Vec<u8>, Problem> {
    let (engine, data) = (app.engine.clone(), data(app)?);
    let opening = tokio::task::spawn_blocking(move || engine.open_sealed(&data, &subject, kept));
    let content = opening.await.map_err(|_| Problem::failed())?;
    content.map_err(not_kept)?.ok_or_else(erased)
}

/// Pictures and documents are shown, everything else is saved. A picture gets no script, and its page is nobody's; a
/// document's own reader keeps it apart, and would not open in such a page.
fn answer(paper: &Paper, content: Vec<u8>) -> Response {
    let (kind, shown, apart) = match paper.kind {
        Kind::Pdf => ("application/pdf", "inline", false),
        Kind::Jpeg => ("image/jpeg", "inline", true),
        Kind::Png => ("image/png", "inline", true),
        Kind::Tiff => ("image/tiff", "attachment", true),
        // As what it is, a browser would show it, and run what is in it.
        Kind::Mail => ("application/octet-stream", "attachment", true),
    };
    let name = paper.name.disclose().unwrap_or_default();
    let disposition = format!(
        "{shown}; filename=\"{}.{}\"; filename*=UTF-8''{}",
        paper.digest,
        paper.kind.extension(),
        encoded(name)
    );
    let mut answer = content.into_response();
    let headers = answer.headers_mut();
    let set = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).expect("what is encoded is ASCII"),
        ),
    ];
    for (name, value) in set {
        headers.insert(name, value);
    }
    if apart {
        headers.insert(
            HeaderName::from_static("content-security-policy"),
            HeaderValue::from_static(
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
            ),
        );
    }
    answer
}

/// As a header writes a name that may be Japanese (RFC 8187).
fn encoded(name: &str) -> String {
    name.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                encoded.push(char::from(byte));
            }
            other => {
                encoded.push('%');
                encoded.push_str(&format!("{other:02X}"));
            }
        }
        encoded
    })
}

/// The last part of a path, without what could steer a terminal or a header.
fn tidied(name: &str, kind: Kind) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|character| !character.is_control() && !is_turning(*character))
        .take(NAME_CHARACTERS_MAX)
        .collect();
    match plain.trim() {
        "" => format!("添付ファイル.{}", kind.extension()),
        named => named.to_owned(),
    }
}

/// Marks that turn the direction of a text, so that `exe.pdf` reads otherwise than it is.
const fn is_turning(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A case by its number.
pub async fn numbered(
    viewer: &dashboard::viewer::Viewer,
    number: String,
) -> Result<CaseRow, Problem> {
    let row = viewer
        .clone()
        .read(move |reading| {
            Ok(daicho_projections::cases::numbered(
                reading.snapshot,
                &number,
            )?)
        })
        .await?;
    row.ok_or_else(|| refused(attachment::Refusal::UnknownCase))
}

/// The office's refusal of a file.
pub fn refused(refusal: attachment::Refusal) -> Problem {
    Problem::refused(&Refusal::from(refusal))
}

fn data(app: &App) -> Result<DataDir, Problem> {
    app.data.clone().ok_or_else(Problem::failed)
}

fn failed(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "a file cannot be attached or opened");
    Problem::failed()
}

fn erased() -> Problem {
    Problem::new(
        StatusCode::GONE,
        "http.erased_file",
        "このファイルは開けません。",
        "法人の個人情報の消去とともに、ファイルの中身も消去されています。",
        "何がいつ届いたかは履歴に残っています。必要なときは、お客様に改めて送ってもらってください。",
    )
}

fn not_kept(error: KeepError) -> Problem {
    match error {
        KeepError::Seal(SealError::Erased { .. }) => refused(attachment::Refusal::ErasedMeanwhile),
        KeepError::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => Problem::from(
            ExecuteError::Failed(Failed::Log(daicho_eventlog::LogError::DiskFull {
                path: "files".into(),
            })),
        ),
        KeepError::Seal(_) | KeepError::Io(_) | KeepError::Changed { .. } => failed(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_without_its_path_and_what_could_steer_a_screen() {
        let tidy = |name| tidied(name, Kind::Pdf);
        assert_eq!(tidy("C:\\scan\\委任状.pdf"), "委任状.pdf");
        assert_eq!(tidy("../../etc/passwd"), "passwd");
        assert_eq!(tidy("a\u{202e}fdp.exe\r\n"), "afdp.exe");
        assert_eq!(tidy(" "), "添付ファイル.pdf");
        assert_eq!(encoded("委 1.pdf"), "%E5%A7%94%201.pdf");
    }
}
