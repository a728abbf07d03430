//! What is kept of a mail before an attempt is made: what it carries, as it was printed; and its text, sealed under a key of its
//! corporation's, so that the event that says it was sent names what was sent. An erasure of the corporation's texts destroys the
//! text too.

use super::postman::{PostmanError, Round, Said, written};
use super::text::{Draft, copy};
use super::{Attached, Message};
use crate::letters::{Content, Printed, Refusal};
use daicho_domain::attachment::sealed_under;
use daicho_domain::document::{Document, MissingGlyph};
use daicho_domain::mail::{About, Kept, Mailing};
use daicho_domain::nouns::Command as Any;
use daicho_domain::stream::Stream;
use daicho_domain::{dispatch, poa};
use daicho_eventlog::KeptFile;
use daicho_projections::mails::MailRow;

/// What stands for the end of a link: it is its customer's alone.
pub(super) const HIDDEN: &str = "（お客様だけが開けるリンク）";

/// Why nothing can be attached.
#[derive(Debug, thiserror::Error)]
enum Unmade {
    /// The press says no.
    #[error(transparent)]
    Refused(Refusal),
    /// The file cannot be kept, or the printing ended.
    #[error("{0}")]
    Failed(String),
}

impl Unmade {
    fn failed(why: impl std::fmt::Display) -> Self {
        Self::Failed(why.to_string())
    }
}

impl Round<'_> {
    /// What is attached, printed, kept as it goes out and noted with the thing it is; `None` when it cannot be printed.
    pub(super) async fn printed(
        &self,
        row: &MailRow,
        content: Content,
    ) -> Result<Option<Attached>, PostmanError> {
        let (press, files) = (self.outgoing.press.clone(), self.outgoing.files.clone());
        let (label, engine) = (content.letter.label(), self.engine.clone());
        let printing = tokio::task::spawn_blocking(move || {
            let confidential = content.is_confidential();
            let printed = press.print(&[content]).map_err(Unmade::Refused)?;
            let kept = match confidential {
                true => engine
                    .keep_letter(&files, &printed.pdf)
                    .map_err(Unmade::failed)?,
                false => files.keep(&printed.pdf).map_err(Unmade::failed)?,
            };
            Ok::<_, Unmade>((printed, kept))
        });
        let printing = printing.await.map_err(Unmade::failed);
        let (printed, file) = match printing.and_then(|made| made) {
            Ok(printed) => printed,
            Err(why) => {
                tracing::error!(mail = %row.mail, %why, "what a mail carries cannot be printed");
                if let Unmade::Refused(Refusal::MissingGlyph(glyph)) = why {
                    self.unprintable(row, glyph).await?;
                }
                return Ok(None);
            }
        };
        let Printed { pdf, templates, .. } = printed;
        let Some(used) = templates.first() else {
            return Ok(None);
        };
        let document = Document {
            file,
            letter: used.letter.code().to_owned(),
            version: used.version,
            template: used.digest,
        };
        let batch = file;
        let note = match row.mailing.0.about {
            About::Letter { letter } => Some(Any::dispatch(
                &Stream::Dispatch(letter),
                dispatch::Command::NotePrinted { document, batch },
            )),
            About::Paper { poa } => Some(Any::poa(
                &Stream::Poa(poa),
                poa::Command::NotePrinted { document, batch },
            )),
            About::Credential { .. } => None,
        };
        if let Some(note) = note {
            self.execute(note, row.mail, "note_printed").await?;
        }
        let name = format!("{label}.pdf");
        Ok(Some(Attached {
            name,
            pdf,
            digest: file,
        }))
    }

    /// What was to be attached cannot be printed: it waits for a person with the thing that it is.
    async fn unprintable(&self, row: &MailRow, glyph: MissingGlyph) -> Result<(), PostmanError> {
        let note = match row.mailing.0.about {
            About::Letter { letter } => Any::dispatch(
                &Stream::Dispatch(letter),
                dispatch::Command::NoteUnprintable { glyph },
            ),
            About::Paper { poa } => {
                Any::poa(&Stream::Poa(poa), poa::Command::NoteUnprintable { glyph })
            }
            About::Credential { .. } => return Ok(()),
        };
        self.execute(note, row.mail, "note_unprintable").await?;
        Ok(())
    }

    /// Seals and keeps what goes out; `None` when that cannot be done.
    pub(super) async fn kept(
        &self,
        mailing: &Mailing,
        message: &Message,
        said: &mut Said,
    ) -> Result<Option<Kept>, PostmanError> {
        let Some(draft) = self.without_link(mailing, message, said) else {
            return Ok(None);
        };
        let text = copy(message, &draft);
        let key = sealed_under(mailing.corporation, said.erasures);
        let (engine, files) = (self.engine.clone(), self.outgoing.files.clone());
        let subject = key.clone();
        let keeping = tokio::task::spawn_blocking(move || {
            let kept = engine.keep_sealed(&files, &subject, text.as_bytes());
            kept.map_err(|why| why.to_string())
        });
        match keeping.await.unwrap_or_else(|why| Err(why.to_string())) {
            Ok(KeptFile { digest, file }) => Ok(Some(Kept {
                digest,
                file,
                sealed_under: key,
                amount: said.amount,
            })),
            Err(why) => {
                tracing::error!(mail = message.id, why, "what a mail says cannot be kept");
                Ok(None)
            }
        }
    }

    /// What the mail says, without the end of a link.
    fn without_link(&self, mailing: &Mailing, message: &Message, said: &mut Said) -> Option<Draft> {
        match said.fields.get_mut("link") {
            None => Some(message.draft.clone()),
            Some(link) => {
                HIDDEN.clone_into(link);
                written(&message.id, mailing.kind, &said.fields)
            }
        }
    }
}
