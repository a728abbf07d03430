//! The letters about money: 領収書 and 支払証明書 that a person asked for, and the invoice of a licence that is not deducted.

use super::Happening;
use super::dispatch::{about, ask, call_off};
use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::billing::{Certificate, Delivery, EntryKey, Event as Billing, State as Ledger};
use daicho_domain::dispatch::{CallOffReason, Listed, Promise};
use daicho_domain::licence::{Contract, Event as Licence, Payment};
use daicho_domain::mail::Kind;
use daicho_domain::nouns::{Command, Event, State};
use daicho_domain::stream::{CorporationId, LetterId, Stream};

/// The names of the letters that are asked for.
const RECEIPT: &str = "receipt";
const CERTIFICATE: &str = "payment-certificate";

/// Under which service a letter stands that may be about several.
const SEVERAL: Service = Service::HonobonoMini2;

/// What the money was for; of several services, the first.
fn paid_for(ledger: &Ledger, entry: &EntryKey) -> Service {
    let debited = ledger.collected.get(entry).map(|debit| &debit.parts);
    let paid = ledger.payments.get(entry).map(|paid| &paid.parts);
    let first = debited.or(paid).and_then(|parts| parts.first());
    let charge = first.and_then(|part| ledger.charges.get(&part.charge));
    charge.map_or(SEVERAL, |charge| charge.service)
}

pub(super) fn ledger<'a>(
    happening: &Happening<'a>,
) -> Option<(CorporationId, &'a Billing, &'a Ledger)> {
    let (Stream::Billing(corporation), Event::Billing(event), State::Billing(after)) =
        (happening.stream, happening.event, happening.after)
    else {
        return None;
    };
    Some((*corporation, event, after))
}

/// Each copy is a letter of its own: the second one is marked and may be asked for when the first is long gone.
fn receipt(corporation: CorporationId, entry: &EntryKey, copy: u32) -> [String; 3] {
    [corporation.to_string(), entry.to_string(), copy.to_string()]
}

fn certificate(
    corporation: CorporationId,
    (from, to): (NaiveDate, NaiveDate),
    copy: u32,
) -> [String; 4] {
    [
        corporation.to_string(),
        from.to_string(),
        to.to_string(),
        copy.to_string(),
    ]
}

/// A document that this event asks for: how it is wished, by which mail it goes then, as which letter, under which service.
pub(super) fn asked(
    corporation: CorporationId,
    event: &Billing,
    after: &Ledger,
) -> Option<(Delivery, Kind, LetterId, Service)> {
    if let Billing::ReceiptAsked { entry, copy, by } = event {
        let letter = LetterId::of(RECEIPT, &receipt(corporation, entry, *copy));
        return Some((*by, Kind::Receipt, letter, paid_for(after, entry)));
    }
    let Billing::CertificateAsked { from, to, copy, by } = event else {
        return None;
    };
    let about = certificate(corporation, (*from, *to), *copy);
    let letter = LetterId::of(CERTIFICATE, &about);
    Some((*by, Kind::PaymentCertificate, letter, SEVERAL))
}

pub(super) fn of_receipt(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, event, after)) = ledger(&happening) else {
        return vec![];
    };
    if let Billing::ReceiptAsked { entry, copy, .. } = event {
        let promise = Promise::Receipt {
            entry: entry.clone(),
            copy: *copy,
        };
        let about = receipt(corporation, entry, *copy);
        let whose = (corporation, paid_for(after, entry));
        return vec![ask(RECEIPT, &about, whose, promise)];
    }
    // Money that was not received after all: what has not gone out does not go.
    let Billing::Reversed { entry, .. } = event else {
        return vec![];
    };
    let copies = after.receipts.get(entry).copied().unwrap_or_default();
    (1..=copies)
        .map(|copy| {
            let about = receipt(corporation, entry, copy);
            call_off(RECEIPT, &about, CallOffReason::Reversed, None)
        })
        .collect()
}

pub(super) fn of_certificate(happening: Happening<'_>) -> Vec<Command> {
    let Some((corporation, event, after)) = ledger(&happening) else {
        return vec![];
    };
    if let Billing::CertificateAsked { from, to, copy, .. } = event {
        let (from, to, copy) = (*from, *to, *copy);
        let about = certificate(corporation, (from, to), copy);
        let promise = Promise::PaymentCertificate { from, to, copy };
        let whose = (corporation, SEVERAL);
        return vec![ask(CERTIFICATE, &about, whose, promise)];
    }
    let Billing::Reversed { entry, .. } = event else {
        return vec![];
    };
    let Some(paid) = after.payments.get(entry) else {
        return vec![];
    };
    let named = |held: &&Certificate| (held.from..=held.to).contains(&paid.received_on);
    let certificates = after.certificates.iter().filter(named);
    certificates
        .flat_map(|held| {
            let period = (held.from, held.to);
            (1..=held.copies).map(move |copy| certificate(corporation, period, copy))
        })
        .map(|about| call_off(CERTIFICATE, &about, CallOffReason::Reversed, None))
        .collect()
}

/// A year that is paid by invoice is invoiced once the office was told that it has it; not when it is paid already. One that
/// a list brought was invoiced by whoever kept the books before.
pub(super) fn of_invoice(happening: Happening<'_>) -> Vec<Command> {
    let (Event::Licence(event), State::Licence(after)) = (happening.event, happening.after) else {
        return vec![];
    };
    let Some(known) = after.known() else {
        return vec![];
    };
    let number = known.number.to_string();
    let invoiced = |year: &&Contract| year.payment == Payment::Invoice && year.filed_on.is_some();
    let asked = |year: &Contract| {
        let promise = Promise::LicenceInvoice {
            office: Listed {
                office: known.office,
                number: known.number,
            },
            term: year.term.clone(),
            price: year.price.clone(),
        };
        let whose = (known.corporation, Service::CareplanRenkei);
        ask("licence-invoice", &about(&number, year), whose, promise)
    };
    let command = match event {
        Licence::Granted { on } | Licence::Renewed { on } => known
            .contracts()
            .rev()
            .find(|year| year.noticed_on == Some(*on))
            .filter(invoiced)
            .filter(|year| year.awaits_fee())
            .map(asked),
        Licence::FeeReversed { first_day, .. } => {
            let year = known.beginning_on(*first_day).filter(invoiced);
            year.filter(|year| !year.awaits_notice()).map(asked)
        }
        Licence::FeePaid { first_day, .. } => {
            known.beginning_on(*first_day).filter(invoiced).map(|year| {
                let about = about(&number, year);
                call_off("licence-invoice", &about, CallOffReason::Paid, None)
            })
        }
        Licence::Checked { .. }
        | Licence::CheckDropped { .. }
        | Licence::DownloadRequested { .. }
        | Licence::Applied { .. }
        | Licence::TakenOver { .. }
        | Licence::FeeOverdue { .. }
        | Licence::RenewalOpened { .. }
        | Licence::RenewalFiled { .. }
        | Licence::YearBegun { .. }
        | Licence::Expired { .. }
        | Licence::OfficeMoved { .. }
        | Licence::OfficeClosed { .. } => None,
    };
    command.into_iter().collect()
}
