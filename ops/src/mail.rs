//! Who carries the mails of an installation: the server that is configured, or a folder; what stands under them.

use std::sync::Arc;

use daicho_api::guard::PublicUrl;
use daicho_eventlog::{DataDir, Training};
use daicho_post::{Folder, Mailbox, Server, Smtp};
use daicho_workers::letters::{Press, Sender};
use daicho_workers::mail::{Letterhead, Outgoing, Post};
use serde::{Deserialize, Serialize};

use crate::commands::Failure;
use crate::configuration::Configuration;

/// What is said about mail.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Who sends: `台帳 <id@example.jp>`.
    pub from: String,
    /// Where mails are handed over; without one they go to a folder.
    pub server: Option<Server>,
}

/// What carries the mails, and what they need.
pub fn outgoing(
    data: &DataDir,
    configuration: &Configuration,
    training: Option<Training>,
    press: Arc<dyn Press>,
) -> Result<Outgoing, Failure> {
    let invented = Mail {
        from: "daicho <daicho@localhost>".to_owned(),
        server: None,
    };
    let mail = configuration.mail.clone().unwrap_or(invented);
    let from: Mailbox = mail.from.parse().map_err(|error| {
        Failure::Usage(format!("[mail] from「{}」を読めません: {error}", mail.from))
    })?;
    // What is 練習用 never reaches anybody, whatever is configured.
    let server = mail.server.filter(|_| training.is_none());
    let post: Arc<dyn Post> = match server {
        Some(server) => {
            let smtp = Smtp::new(server, from);
            Arc::new(smtp.map_err(|error| Failure::Usage(error.sentence()))?)
        }
        None => Arc::new(Folder::at(data.mail(), from)),
    };
    let links = configuration.public_url.as_ref().map(|url| url.of_link(""));
    let links = links.or_else(|| {
        let own = PublicUrl::parse(&format!("http://{}", configuration.listen));
        training.and(own).map(|own| own.of_link(""))
    });
    let sender = configuration.letters.sender.clone();
    let letterhead = Letterhead {
        sender: sender.unwrap_or_else(Sender::invented),
        links,
    };
    Ok(Outgoing {
        post,
        letterhead,
        press,
        files: data.clone(),
    })
}
