//! What the history of a ledger says: a line for each of its events.

use super::history::{Detail, carried};
use super::words;
use daicho_domain::billing as b;
use daicho_domain::dates::Month;
use daicho_domain::rules::Dated;

fn yen(amount: &u64) -> String {
    format!("{}円", words::count(*amount))
}

/// A document of charges: its month, its lines, its net and tax, its debit.
fn charged(month: Month, lines: usize, (net, tax): (u64, u64), debit_on: &Dated) -> Detail<'_> {
    (
        format!(
            "{}分 {lines}件、{}（うち消費税 {}）、引落日 {}",
            month.in_japanese(),
            yen(&(net + tax)),
            yen(&tax),
            words::date(debit_on.on)
        ),
        Some(("引落日", debit_on)),
    )
}

pub(super) fn of_billing(event: &b::Event) -> Detail<'_> {
    match event {
        b::Event::ChargingBegan { service, from } => (
            format!("{} {}分から", service.name(), from.in_japanese()),
            None,
        ),
        b::Event::CarriedOver {
            from,
            charges,
            credit,
            ..
        } => {
            let open = charges.iter().map(|charge| charge.open).sum();
            let beside = match credit {
                0 => String::new(),
                credit => format!("、過入金 {}", yen(credit)),
            };
            let said = format!(
                "{}。未入金 {}件 {}{beside}",
                carried(from),
                charges.len(),
                yen(&open)
            );
            (said, None)
        }
        b::Event::ChargingEnded {
            service,
            last_month,
            ..
        } => (
            format!("{} {}分まで", service.name(), last_month.in_japanese()),
            None,
        ),
        b::Event::Charged {
            month,
            net,
            tax,
            lines,
            debit_on,
            ..
        } => charged(*month, lines.len(), (*net, *tax), debit_on),
        b::Event::OptionOrdered {
            number,
            ordered,
            received_on,
            ..
        } => {
            let what = match ordered {
                b::Ordered::ReturnManager { from } => {
                    format!("{}分から", Month::of(from.on).in_japanese())
                }
                b::Ordered::RestoreNotice { files } => format!("{files}ファイル"),
                b::Ordered::PasswordReissue { whose, ids } => {
                    format!("{} {ids}件", whose.label())
                }
            };
            let said = format!(
                "{number}　{} {what}（{} 受付）",
                ordered.kind().label(),
                words::date(*received_on)
            );
            match ordered {
                b::Ordered::ReturnManager { from } => (said, Some(("課金開始月", from))),
                b::Ordered::RestoreNotice { .. } | b::Ordered::PasswordReissue { .. } => {
                    (said, None)
                }
            }
        }
        b::Event::OptionDone {
            quantity,
            on,
            order,
        } => (
            format!("申込 {order}　{quantity}件、{}", words::date(*on)),
            None,
        ),
        b::Event::OptionEnded {
            order, last_month, ..
        } => (
            format!(
                "申込 {order}　{}分まで",
                Month::of(last_month.on).in_japanese()
            ),
            Some(("課金の最終月", last_month)),
        ),
        b::Event::OptionWithdrawn { order, reason } => {
            let reason = words::typed(reason);
            (format!("申込 {order}　理由：{reason}"), None)
        }
        b::Event::OptionsCharged {
            month,
            net,
            tax,
            lines,
            debit_on,
            ..
        } => charged(*month, lines.len(), (*net, *tax), debit_on),
        b::Event::NotCharged { month, why, .. } => {
            (format!("{}分　{}", month.in_japanese(), why.label()), None)
        }
        b::Event::DebitAnswered { batch, answer } => {
            let said = match answer {
                b::Answer::Asked { amount, .. } => yen(amount),
                b::Answer::CarriedOver { amount, .. } => {
                    format!("{} を次回に繰り越し", yen(amount))
                }
                b::Answer::NothingDue {} => "対象なし".to_owned(),
            };
            (format!("{}の口座振替　{said}", batch.in_japanese()), None)
        }
        b::Event::DebitRequested { batch, amount }
        | b::Event::DebitMissed { batch, amount, .. } => {
            (format!("{}　{}", batch.in_japanese(), yen(amount)), None)
        }
        b::Event::Collected {
            amount,
            collected_on,
            ..
        } => (
            format!("{}　{}", words::date(*collected_on), yen(amount)),
            None,
        ),
        b::Event::Failed { amount, code, .. } => {
            (format!("{}　{}", yen(amount), code.label()), None)
        }
        b::Event::Noticed {
            amount,
            suspension_on,
            ..
        } => (
            format!(
                "{}、利用停止日 {}",
                yen(amount),
                words::date(suspension_on.on)
            ),
            Some(("利用停止日", suspension_on)),
        ),
        b::Event::SuspensionDue { on, .. } => (words::date(*on), None),
        b::Event::PersonDecided { choice, reason, .. } => {
            let reason = words::typed(reason);
            (format!("{}。理由：{reason}", choice.label()), None)
        }
        b::Event::Paid {
            amount,
            received_on,
            method,
            ..
        } => (
            format!(
                "{} {} {}",
                words::date(*received_on),
                method.label(),
                yen(amount)
            ),
            None,
        ),
        b::Event::CreditApplied { amount, .. } => (yen(amount), None),
        b::Event::Refunded {
            amount,
            refunded_on,
            ..
        } => (
            format!("{} {}", words::date(*refunded_on), yen(amount)),
            None,
        ),
        b::Event::ReceiptAsked { entry, copy, by } => {
            (format!("{entry}　{copy}通目　{}", by.label()), None)
        }
        b::Event::CertificateAsked { from, to, copy, by } => (
            format!(
                "{}〜{}　{copy}通目　{}",
                words::date(*from),
                words::date(*to),
                by.label()
            ),
            None,
        ),
        b::Event::ReversalAsked { entry, reason, .. } => {
            let reason = words::typed(reason);
            (format!("{entry}　理由：{reason}"), None)
        }
        b::Event::ReversalDeclined { entry, .. } => (entry.to_string(), None),
        b::Event::Reversed { entry, amount, .. } => (format!("{entry}　{}", yen(amount)), None),
    }
}
