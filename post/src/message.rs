//! A mail as it is sent: headers, text and HTML, a letter as PDF.

use daicho_workers::mail::{Attached, Message};
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart};

/// Why a mail cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    /// The address is none. It is not said which.
    #[error("the address is none")]
    Address,
    /// The rest of it.
    #[error(transparent)]
    Mime(#[from] lettre::error::Error),
}

/// Puts a mail together. Its identity is the same with every attempt.
pub fn put_together(message: &Message, from: &Mailbox) -> Result<lettre::Message, NotMade> {
    let address = message.to.parse().map_err(|_| NotMade::Address)?;
    let id = format!("<{}@{}>", message.id, from.email.domain());
    let draft = &message.draft;
    let said = MultiPart::alternative_plain_html(draft.text.clone(), draft.html.clone());
    let parts = match &message.attached {
        None => said,
        Some(Attached { name, pdf, .. }) => {
            let kind = ContentType::parse("application/pdf").expect("a type of content");
            let file = Attachment::new(name.clone()).body(pdf.clone(), kind);
            MultiPart::mixed().multipart(said).singlepart(file)
        }
    };
    Ok(lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, address))
        .subject(draft.subject.clone())
        .message_id(Some(id))
        .multipart(parts)?)
}
