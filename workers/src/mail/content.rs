//! What a mail says when it leaves, out of the states of then. No day or amount is reckoned here: each stands in the event of
//! the thing it is about.

use super::letterhead::Letterhead;
use super::postman::Reader;
use super::text::Fields;
use crate::letters::{Content, dispatch as letters, poa as papers};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::corporation::Registered;
use daicho_domain::credential::{Account, Owner};
use daicho_domain::dates::{Month, in_japanese};
use daicho_domain::dispatch::{Completed, Letter, Listed, Says};
use daicho_domain::mail::{Attachment, Mailing};
use daicho_domain::poa::{Purpose, Sheet};
use daicho_domain::rules::Policy;
use daicho_domain::stream::{LetterId, PoaId};

/// The fields that every mail has.
pub(super) fn common(
    mailing: &Mailing,
    whose: &Registered,
    letterhead: &Letterhead,
    reader: Reader,
) -> Fields {
    let contact = whose.contact.as_ref();
    let person = match reader {
        Reader::Customer => contact.and_then(|contact| contact.name.disclose()),
        Reader::Staff => None,
    };
    let person = person.map_or_else(|| "ご担当者 様".to_owned(), |name| format!("{name} 様"));
    let attached = match mailing.rules.attachment {
        Attachment::Pdf => "詳しくは、添付の書面（PDF）をご覧ください。",
        Attachment::None => "",
    };
    Fields::from([
        ("attached", attached.to_owned()),
        ("service", mailing.service.name().to_owned()),
        ("corporation", whose.name.clone()),
        ("person", person),
        ("sender", letterhead.signature()),
    ])
}

/// A letter told by mail: its fields, and the letter itself to be attached.
pub(super) fn of_letter(
    id: LetterId,
    letter: &Letter,
    whose: &Registered,
    date: NaiveDate,
    policy: &Policy,
    fields: &mut Fields,
) -> Content {
    match &letter.says {
        Says::TrialReceived {
            trial_last_day,
            registered_last_free_day,
            ..
        } => {
            fields.insert("last_free_day", in_japanese(trial_last_day.on));
            let registered = in_japanese(registered_last_free_day.on);
            fields.insert("registered_last_free_day", registered);
        }
        Says::TrialStarted {
            trial_last_day,
            registered_last_free_day,
            billing_start,
            offices,
            ..
        } => {
            fields.insert("last_free_day", in_japanese(trial_last_day.on));
            let registered = in_japanese(registered_last_free_day.on);
            fields.insert("registered_last_free_day", registered);
            fields.insert("billing_start", in_japanese(billing_start.on));
            fields.insert("offices", lines(offices, whose));
        }
        Says::Registered {
            what,
            last_free_day,
            billing_start,
            first_debit_on,
            offices,
            ..
        } => {
            let what = match what {
                Completed::Registration => "本登録",
                Completed::Change => "登録内容の変更",
            };
            fields.insert("what", what.to_owned());
            fields.insert("last_free_day", in_japanese(last_free_day.on));
            fields.insert("billing_start", in_japanese(billing_start.on));
            fields.insert("first_debit_on", in_japanese(first_debit_on.on));
            fields.insert("offices", lines(offices, whose));
        }
        Says::PoaReminder {
            start,
            due,
            post_back_by,
            ..
        } => {
            let post_by = post_back_by.as_ref().map_or_else(String::new, |day| {
                format!("{}までにご投函ください。", in_japanese(day.on))
            });
            fields.insert("post_by", post_by);
            fields.insert("due", in_japanese(due.on));
            fields.insert("start", Month::of(start.on).in_japanese());
            fields.insert("offices", lines(&letter.says.offices(), whose));
        }
        Says::PoaOverdue {
            start,
            due,
            federation_date,
            ..
        } => {
            fields.insert("due", in_japanese(due.on));
            fields.insert("federation_date", in_japanese(federation_date.on));
            fields.insert("start", Month::of(start.on).in_japanese());
            fields.insert("offices", lines(&letter.says.offices(), whose));
        }
        Says::Receipt { received, .. } => {
            fields.insert("paid_on", in_japanese(received.on));
        }
        Says::PaymentCertificate { from, to, .. } => {
            fields.insert("from", in_japanese(*from));
            fields.insert("to", in_japanese(*to));
        }
        // No mail tells these: their templates would ask for fields that are not there.
        Says::ReturnEnvelope { .. }
        | Says::CredentialNotice { .. }
        | Says::Postponed { .. }
        | Says::Correction { .. }
        | Says::SuspensionNotice { .. }
        | Says::Suspended { .. }
        | Says::Resumed { .. }
        | Says::TerminationReceived { .. }
        | Says::LicenceRenewal { .. }
        | Says::LicenceRenewed { .. }
        | Says::LicenceInvoice { .. } => {}
    }
    letters::content(id, letter, whose, date, policy)
}

fn lines(offices: &[Listed], whose: &Registered) -> String {
    let line = |office: &Listed| {
        let known = whose.offices.get(&office.office);
        let name = known.map_or("", |known| known.name());
        format!("・{} {name}", office.number)
    };
    let lines: Vec<String> = offices.iter().map(line).collect();
    lines.join("\n")
}

/// A 委任状: its fields, and the sheet itself to be attached.
pub(super) fn of_paper(
    id: PoaId,
    sheet: &Sheet,
    whose: &Registered,
    reference: &str,
    date: NaiveDate,
    fields: &mut Fields,
) -> Content {
    let assignment = &sheet.assignment;
    let office = whose.office(assignment.office);
    let name = office.map_or("", |office| office.name());
    fields.insert("office", format!("{} {name}", assignment.number));
    let about = match assignment.purpose {
        Purpose::Start => {
            let month = Month::of(sheet.dates.start.on).in_japanese();
            format!("{month}からの伝送の利用")
        }
        Purpose::End => {
            let day = in_japanese(sheet.dates.start.on);
            format!("請求代理人の解除（{day}から）")
        }
    };
    fields.insert("about", about);
    fields.insert("due", in_japanese(sheet.dates.due.on));
    fields.insert("purpose", assignment.purpose.label().to_owned());
    papers::sheet(papers::Paper { id, sheet }, whose, reference, date)
}

/// Where ID and initial password can be looked at, from when until when, how often.
pub(super) fn of_account(account: &Account, link: String, fields: &mut Fields) -> Option<()> {
    let terms = account.link()?;
    let kind = match account.owner {
        Owner::Corporation { .. } => "法人ID",
        Owner::Office { .. } => "事業所ID",
    };
    // What is left to do for whoever transmits with ほのぼのmini2, which keeps the password with the office's data.
    let last_step = match account.owner {
        Owner::Office {
            service: Service::HonobonoMini2,
            ..
        } => {
            "\n・最後に、新しいパスワードを、ほのぼのmini2の事業所情報に伝送のパスワードとして登録してください。"
        }
        Owner::Office { .. } | Owner::Corporation { .. } => "",
    };
    fields.insert("last_step", last_step.to_owned());
    let opens = terms.opens.as_ref().map(|opens| opens.on);
    fields.insert("kind", kind.to_owned());
    fields.insert("link", link);
    let opens = opens.map_or_else(|| "本日".to_owned(), in_japanese);
    fields.insert("opens", opens);
    fields.insert("until", in_japanese(terms.until));
    fields.insert("looks", terms.rules.lookups_max.to_string());
    Some(())
}
