//! What a mail says: a template of plain text with named fields, from which subject, text and HTML are made. What a customer
//! wrote is text in all of them, never markup and never a header.

use super::Message;
use daicho_domain::mail::Kind;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The values of a template's fields.
pub type Fields = BTreeMap<&'static str, String>;

/// What a mail says.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// The subject, one line.
    pub subject: String,
    /// The body as text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
}

/// A template asks for a field that there is no value for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the mail {kind} asks for {{{field}}}, which it is not given")]
pub struct UnknownField {
    /// The mail.
    pub kind: &'static str,
    /// The field.
    pub field: String,
}

/// The template of a mail, as the binary has it.
const fn template(kind: Kind) -> &'static str {
    match kind {
        Kind::TrialReceived => include_str!("../../templates/mail/trial_received.txt"),
        Kind::TrialStarted => include_str!("../../templates/mail/trial_started.txt"),
        Kind::Registered => include_str!("../../templates/mail/registered.txt"),
        Kind::PoaForms => include_str!("../../templates/mail/poa_forms.txt"),
        Kind::PoaReminder => include_str!("../../templates/mail/poa_reminder.txt"),
        Kind::PoaOverdue => include_str!("../../templates/mail/poa_overdue.txt"),
        Kind::Receipt => include_str!("../../templates/mail/receipt.txt"),
        Kind::PaymentCertificate => {
            include_str!("../../templates/mail/payment_certificate.txt")
        }
        Kind::CredentialNotice => include_str!("../../templates/mail/credential_notice.txt"),
    }
}

/// Puts the values into the template.
///
/// # Errors
/// [`UnknownField`], before anything is sent.
pub fn write(kind: Kind, fields: &Fields) -> Result<Draft, UnknownField> {
    let template = template(kind);
    let (subject, body) = template.split_once("\n\n").unwrap_or(("", template));
    let subject = subject.strip_prefix("件名: ").unwrap_or(subject);
    // A name with a line break in it must not begin another header.
    let subject = filled(kind, subject, fields)?
        .split(char::is_control)
        .collect::<Vec<_>>()
        .join(" ");
    let text = filled(kind, body, fields)?;
    let html = html(&subject, &text);
    Ok(Draft {
        subject,
        text,
        html,
    })
}

/// A mail as it is kept: to whom it went, under which identity, what it said, and what lay beside it.
pub fn copy(message: &Message, draft: &Draft) -> String {
    let attached = message
        .attached
        .as_ref()
        .map_or_else(String::new, |attached| {
            format!("添付: {}（SHA-256 {}）\n", attached.name, attached.digest)
        });
    format!(
        "宛先: {}\n件名: {}\n番号: {}\n{attached}\n{}",
        message.to, draft.subject, message.id, draft.text
    )
}

fn filled(kind: Kind, template: &str, fields: &Fields) -> Result<String, UnknownField> {
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (field, after) = after.split_once('}').unwrap_or((after, ""));
        let value = fields.get(field).ok_or_else(|| UnknownField {
            kind: kind.code(),
            field: field.to_owned(),
        })?;
        text.push_str(before);
        text.push_str(value);
        rest = after;
    }
    text.push_str(rest);
    // A field without a value leaves no empty line behind.
    let lines = text.lines().map(str::trim_end);
    Ok(lines.collect::<Vec<_>>().join("\n").trim().to_owned() + "\n")
}

/// The same text with headings, paragraphs and links, and nothing else.
fn html(subject: &str, text: &str) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n",
        escaped(subject)
    );
    for paragraph in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
        let lines: Vec<String> = paragraph.lines().map(line).collect();
        let _ = writeln!(html, "<p>{}</p>", lines.join("<br>\n"));
    }
    html.push_str("</body></html>\n");
    html
}

fn line(line: &str) -> String {
    let shown = escaped(line);
    if let Some(heading) = shown.strip_prefix("■ ") {
        format!("<strong>{heading}</strong>")
    } else if line.starts_with("https://") && !line.contains(char::is_whitespace) {
        format!("<a href=\"{shown}\">{shown}</a>")
    } else {
        shown
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that any mail can be given.
    fn sample() -> Fields {
        [
            ("service", "ケアネットメッセンジャー"),
            ("corporation", "社会福祉法人青葉の里"),
            ("person", "髙橋 吉乃 様"),
            ("last_free_day", "2026年6月10日（水）"),
            ("registered_last_free_day", "2026年7月10日（金）"),
            ("kind", "事業所ID"),
            ("link", "https://id.example.jp/c/abcd-efgh"),
            ("opens", "2026年7月31日（金）"),
            ("until", "2026年9月29日（火）"),
            ("looks", "1"),
            (
                "last_step",
                "\n・最後に、パスワードを事業所情報に登録してください。",
            ),
            ("what", "本登録"),
            ("billing_start", "2026年8月1日（土）"),
            ("first_debit_on", "2026年9月28日（月）"),
            ("offices", "・0170210231 青葉訪問介護"),
            ("office", "0170210231 青葉訪問介護"),
            ("about", "2026年8月からの伝送の利用"),
            ("attached", "詳しくは、添付の書面（PDF）をご覧ください。"),
            ("paid_on", "2026年10月1日（木）"),
            ("from", "2026年1月1日（木）"),
            ("to", "2026年12月31日（木）"),
            ("start", "2026年8月"),
            ("federation_date", "2026年7月17日（金）"),
            ("due", "2026年7月10日（金）"),
            ("post_by", "2026年7月8日（水）までにご投函ください。"),
            ("purpose", "開始"),
            ("sender", "株式会社台帳練習"),
        ]
        .into_iter()
        .map(|(field, value)| (field, value.to_owned()))
        .collect()
    }

    #[test]
    fn every_mail_is_written_from_its_fields_and_leaves_none_open() {
        for kind in Kind::ALL {
            let draft = write(*kind, &sample()).expect("the sample has every field");
            for part in [&draft.subject, &draft.text, &draft.html] {
                assert!(!part.is_empty() && !part.contains(['{', '}']), "{part}");
                assert!(part.contains("ケアネットメッセンジャー"), "{part}");
            }
            assert!(!draft.subject.contains('\n') && !draft.subject.contains("件名"));
        }
    }

    #[test]
    fn a_field_without_a_value_is_named_before_anything_is_sent() {
        let mut fields = sample();
        fields.remove("link");
        let refused = write(Kind::CredentialNotice, &fields).err();
        let field = refused.map(|refused| refused.field);
        assert_eq!(field.as_deref(), Some("link"));
    }

    #[test]
    fn what_a_customer_wrote_is_neither_markup_nor_header_nor_field() {
        let mut fields = sample();
        let hostile = "<b>山田</b>\nBcc: all@example.jp {link}";
        fields.insert("corporation", hostile.to_owned());
        fields.insert("service", hostile.to_owned());
        let draft = write(Kind::CredentialNotice, &fields).expect("it is written");
        assert!(!draft.subject.contains('\n'), "{}", draft.subject);
        assert!(!draft.html.contains("<b>"), "{}", draft.html);
        assert!(draft.text.contains("{link}"), "a value is not filled again");
    }

    #[test]
    fn a_link_can_be_pressed() {
        let draft = write(Kind::CredentialNotice, &sample()).expect("it is written");
        let link = "<a href=\"https://id.example.jp/c/abcd-efgh\">";
        assert!(draft.html.contains(link), "{}", draft.html);
    }
}
