//! What stands under every mail, and where its links lead: from the configuration.

use crate::letters::Sender;

/// Who sends mails, and where customers reach their pages.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// Who sends.
    pub sender: Sender,
    /// The address of a customer's page before the link's end, `https://id.example.jp/c/`; without it no link is sent.
    pub links: Option<String>,
}

impl Letterhead {
    /// The lines under a mail.
    pub(super) fn signature(&self) -> String {
        let Sender {
            name,
            department,
            postal_code,
            address,
            phone,
            hours,
            ..
        } = &self.sender;
        let mut lines = vec!["――――――――――――――――".to_owned(), name.clone()];
        lines.extend(department.clone());
        lines.push(format!("〒{postal_code} {}", address.join(" ")));
        let hours = hours.as_ref();
        let hours = hours.map_or_else(String::new, |hours| format!("（{hours}）"));
        lines.push(format!("電話 {phone}{hours}"));
        lines.join("\n")
    }
}
