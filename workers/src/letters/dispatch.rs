//! What a promised letter says, out of its own state and that of the corporation it goes to. No date or amount is reckoned
//! here: each stands in the letter's event; its reason is asked of the rules again, as the event's basis says.

use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::billing::Quotation;
use daicho_domain::corporation::{Office, Registered, SendTo};
use daicho_domain::dates::Month;
use daicho_domain::dispatch::{
    Awaited, Completed, Letter as State, Listed, Overdue, PostponedBy, Says, Unreached,
};
use daicho_domain::licence::Payment;
use daicho_domain::rules::{Dated, Policy};
use daicho_domain::stream::LetterId;
use daicho_domain::termination::Scope;
use daicho_domain::transmission::CauseKind;
use serde_json::{Map, Value, json};

use super::values::{address, asked, dated, kinds, object, to_head_office, to_office};
use super::{Content, Letter, money};

/// The number by which a customer refers to a letter.
#[must_use]
pub fn reference(id: LetterId) -> String {
    format!("L-{}", id.to_string()[..8].to_uppercase())
}

/// The letter itself.
#[must_use]
pub fn content(
    id: LetterId,
    state: &State,
    whose: &Registered,
    date: NaiveDate,
    policy: &Policy,
) -> Content {
    let says = &state.says;
    let mut values = values(state, whose);
    let named = says.offices();
    values.insert("date".to_owned(), json!(date));
    values.insert("reference".to_owned(), reference(id).into());
    values.insert("to".to_owned(), window(&named, whose));
    values.insert("service".to_owned(), state.service.name().into());
    let reasons = reasons(says).into_iter();
    let reasons = reasons.filter_map(|day| asked(day, policy));
    values.insert("reasons".to_owned(), reasons.collect());
    Content {
        letter: letter(says),
        values,
    }
}

const fn letter(says: &Says) -> Letter {
    match says {
        Says::TrialReceived { .. } => Letter::TrialReceived,
        Says::TrialStarted { .. } => Letter::TrialStarted,
        Says::Registered { .. } => Letter::Registered,
        Says::ReturnEnvelope { .. } => Letter::ReturnEnvelope,
        Says::PoaReminder { .. } => Letter::PoaReminder,
        Says::PoaOverdue { .. } => Letter::PoaOverdue,
        Says::CredentialNotice { .. } => Letter::CredentialNotice,
        Says::Postponed { .. } => Letter::Postponed,
        Says::Correction { .. } => Letter::Correction,
        Says::SuspensionNotice { .. } => Letter::SuspensionNotice,
        Says::Suspended { .. } => Letter::Suspended,
        Says::Resumed { .. } => Letter::Resumed,
        Says::TerminationReceived { .. } => Letter::TerminationReceived,
        Says::LicenceRenewal { .. } => Letter::LicenceRenewal,
        Says::LicenceRenewed { .. } => Letter::LicenceRenewed,
        Says::LicenceInvoice { .. } => Letter::LicenceInvoice,
        Says::Receipt { .. } => Letter::Receipt,
        Says::PaymentCertificate { .. } => Letter::PaymentCertificate,
    }
}

/// The days whose reasons the customer is told.
fn reasons(says: &Says) -> Vec<&Dated> {
    match says {
        Says::TrialReceived {
            trial_last_day,
            registered_last_free_day,
            ..
        } => vec![trial_last_day, registered_last_free_day],
        Says::TrialStarted {
            trial_last_day,
            billing_start,
            ..
        } => vec![trial_last_day, billing_start],
        Says::Registered {
            billing_start,
            first_debit_on,
            ..
        } => vec![billing_start, first_debit_on],
        Says::ReturnEnvelope { papers, .. } => {
            let first = first_due(papers);
            first.map(|paper| &paper.due).into_iter().collect()
        }
        Says::PoaReminder { due, .. } | Says::PoaOverdue { due, .. } => vec![due],
        Says::CredentialNotice { opens, .. } => opens.iter().collect(),
        Says::Postponed {
            due,
            credentials_on,
            ..
        } => vec![due, credentials_on],
        Says::Correction {
            start,
            credentials_on,
            ..
        } => vec![start, credentials_on],
        Says::SuspensionNotice {
            debit_on,
            suspension_on,
            ..
        }
        | Says::Suspended {
            debit_on,
            suspension_on,
            ..
        } => vec![debit_on, suspension_on],
        Says::Resumed { next_debit_on, .. } => vec![next_debit_on],
        Says::TerminationReceived {
            dates,
            scope,
            poa_due,
            ..
        } => {
            // A number that was replaced ends neither use nor fees; without a paper no agent is released.
            let fees = scope.is_none_or(Scope::ends_fees);
            let use_ends = [&dates.last_day, &dates.last_debit_on];
            let released = poa_due.as_ref().map(|_| &dates.release_from);
            use_ends
                .into_iter()
                .filter(|_| fees)
                .chain(released)
                .collect()
        }
        Says::LicenceRenewal { term, .. } => vec![&term.last_day, &term.renewal_opens],
        Says::LicenceRenewed { term, payment, .. } => match payment {
            Payment::Deduction => vec![&term.last_day, &term.fee_month],
            Payment::Invoice => vec![&term.last_day],
        },
        Says::LicenceInvoice { term, .. } => vec![&term.last_day, &term.fee_by],
        Says::Receipt { .. } | Says::PaymentCertificate { .. } => vec![],
    }
}

fn values(state: &State, whose: &Registered) -> Map<String, Value> {
    let State {
        corporation,
        service,
        says,
        ..
    } = state;
    let (corporation, service) = (*corporation, *service);
    object(match says {
        Says::TrialReceived {
            applied_on,
            trial_last_day,
            registered_last_free_day,
        } => json!({
            "applied_on": applied_on,
            "trial_last_day": dated(trial_last_day),
            "registered_last_free_day": dated(registered_last_free_day),
        }),
        Says::TrialStarted {
            trial_last_day,
            registered_last_free_day,
            billing_start,
            quotation,
            offices,
        } => json!({
            "trial_last_day": dated(trial_last_day),
            "registered_last_free_day": dated(registered_last_free_day),
            "billing_start": dated(billing_start),
            "offices": listed(offices, whose),
            "quotation": quoted(quotation, service),
        }),
        Says::Registered {
            what,
            completed_on,
            terms_version,
            last_free_day,
            billing_start,
            first_debit_on,
            quotation,
            offices,
        } => json!({
            "change": *what == Completed::Change,
            "completed_on": completed_on,
            "terms": format!("{terms_version} に同意"),
            "last_free_day": dated(last_free_day),
            "billing_start": dated(billing_start),
            "first_debit_on": dated(first_debit_on),
            "offices": listed(offices, whose),
            "quotation": quoted(quotation, service),
        }),
        Says::ReturnEnvelope { sent_on, papers } => {
            let first = first_due(papers);
            json!({
                "sent_on": sent_on,
                "due": first.map(|paper| dated(&paper.due)),
                "post_back_by": first.and_then(|paper| paper.post_back_by.as_ref()).map(dated),
                "offices": listed(&says.offices(), whose),
            })
        }
        Says::PoaReminder {
            start,
            due,
            post_back_by,
            papers,
        } => json!({
            "start": dated(start),
            "due": dated(due),
            "post_back_by": post_back_by.as_ref().map(dated),
            "sent_on": papers.iter().map(|paper| paper.sent_on).min(),
            "federation": federation(papers),
            "offices": listed(&says.offices(), whose),
        }),
        Says::PoaOverdue {
            start,
            due,
            federation_date,
            papers,
        } => json!({
            "start": dated(start),
            "due": dated(due),
            "federation_date": dated(federation_date),
            "sent_on": papers.iter().map(|paper| paper.sent_on).min(),
            "federation": federation(papers),
            "offices": listed(&says.offices(), whose),
        }),
        Says::CredentialNotice {
            office,
            start,
            set_on,
            opens,
            until,
            looks,
            why,
        } => json!({
            "kind": match office {
                Some(_) => "事業所ID",
                None => "法人ID",
            },
            "office": office.map(|office| json!({
                "number": office.number.as_str(),
                "name": name(&office, whose),
            })),
            "start": start.as_ref().map(dated),
            "set_on": set_on,
            "opens": opens.as_ref().map(dated),
            "until": until,
            "looks": looks,
            "why": match why {
                Unreached::NoAddress => "お客様の電子メールアドレスのご登録がないため",
                Unreached::Undelivered => "ご登録のアドレスに電子メールをお届けできなかったため",
            },
            // What is left to do for whoever transmits with ほのぼのmini2, which keeps the password with the office's data.
            "last_step": (office.is_some() && service == Service::HonobonoMini2).then_some(
                "ほのぼのmini2の事業所情報に、新しいパスワードを伝送のパスワードとして登録してください。",
            ),
        }),
        Says::Postponed {
            from,
            start,
            due,
            credentials_on,
            causes,
            offices,
            to,
        } => json!({
            "first_start": from.first_day(),
            "start": dated(start),
            "due": dated(due),
            "credentials_on": dated(credentials_on),
            "causes": caused_by(causes, offices, *to, whose),
            "papers": causes.iter().any(|cause| cause.why == CauseKind::EnteredLate).then_some(
                "この書面とは別にお送りします。新しい返送期日までにご返送ください。",
            ),
            "offices": listed(offices, whose),
        }),
        Says::Correction {
            sent_on,
            start_was,
            start,
            credentials_on_was,
            credentials_on,
            because_of,
            office,
        } => {
            let month = |day: &Dated| Month::of(day.on).in_japanese();
            let change =
                |label, was: String, is: String| json!({ "label": label, "was": was, "is": is });
            json!({
                "sent_on": sent_on,
                "corrects": Letter::Postponed.label(),
                "changes": [
                    change("伝送の開始月", month(start_was), month(start)),
                    change(
                        "ID・パスワードの設定日",
                        in_japanese(credentials_on_was.on),
                        in_japanese(credentials_on.on),
                    ),
                ],
                "why": format!(
                    "{}の委任状について、先の書面をお送りした後に、当初の開始月に間に合うことを確認いたしました。",
                    match office.is_none_or(|office| office == *because_of) {
                        true => format!("{}（{}）様", name(because_of, whose), because_of.number),
                        false => ANOTHER.to_owned(),
                    }
                ),
                "action": format!(
                    "お手続きは不要です。当初のお申し込みのとおり、{}から伝送をご利用いただけます。",
                    month(start)
                ),
            })
        }
        Says::SuspensionNotice {
            debit_on,
            amount,
            months,
            code,
            suspension_on,
            next_debit_on,
            ..
        } => json!({
            "debit_on": dated(debit_on),
            "amount": amount,
            "months": months_of(months),
            "result": code.label(),
            "suspend_on": dated(suspension_on),
            "next_debit_on": dated(next_debit_on),
        }),
        Says::Suspended {
            debit_on,
            noticed_on,
            suspended_on,
            amount,
            months,
            next_debit_on,
            ..
        } => json!({
            "debit_on": dated(debit_on),
            "noticed_on": noticed_on,
            "suspended_on": suspended_on,
            "amount": amount,
            "months": months_of(months),
            "next_debit_on": dated(next_debit_on),
        }),
        Says::Resumed {
            suspended_on,
            resumed_on,
            next_debit_on,
        } => json!({
            "suspended_on": suspended_on,
            "resumed_on": resumed_on,
            "next_debit_on": dated(next_debit_on),
        }),
        Says::TerminationReceived {
            received_on,
            dates,
            scope,
            poa_due,
            offices,
        } => json!({
            "scope": ends(*scope),
            "received_on": received_on,
            "end_month": Month::of(dates.last_day.on).first_day(),
            "withdraw_by": dated(&dates.cutoff),
            "login_last_day": dated(&dates.last_day),
            "last_debit_on": dated(&dates.last_debit_on),
            "release_from": poa_due.as_ref().map(|_| dated(&dates.release_from)),
            "poa_due": poa_due.as_ref().map(dated),
            "offices": listed(offices, whose),
        }),
        Says::LicenceRenewal {
            office,
            term,
            next_first_day,
            next_last_day,
            payment,
            gross_yen,
        } => json!({
            "office": one(office, whose),
            "fee": gross_yen,
            "first_day": term.first_day.on,
            "last_day": dated(&term.last_day),
            "renewal_opens": dated(&term.renewal_opens),
            "next_first_day": dated(next_first_day),
            "next_last_day": dated(next_last_day),
            "payment": payment.label(),
        }),
        Says::LicenceRenewed {
            office,
            term,
            filed_on,
            payment,
            price,
        } => json!({
            "office": one(office, whose),
            "fee": price.gross_yen,
            "first_day": dated(&term.first_day),
            "last_day": dated(&term.last_day),
            "filed_on": filed_on,
            "payment": payment.label(),
            "deducted_month": deducted(*payment, &term.fee_month),
            "deducted_month_latest": deducted(*payment, &term.fee_month_latest),
            "renewal_opens": dated(&term.renewal_opens),
        }),
        Says::LicenceInvoice {
            office,
            term,
            price,
            tax_percent,
        } => {
            let net = price.gross_yen - price.tax_yen;
            json!({
                "number": money::invoice_number(office.number, term.first_day.on),
                "office": one(office, whose),
                "first_day": term.first_day.on,
                "last_day": term.last_day.on,
                "due": dated(&term.fee_by),
                "money": {
                    "lines": [{
                        "label": format!("{} ライセンス料（1年）", service.name()),
                        "quantity": 1,
                        "unit": net,
                        "amount": net,
                    }],
                    "net": net,
                    "rate": tax_percent,
                    "tax": price.tax_yen,
                    "gross": price.gross_yen,
                },
            })
        }
        Says::Receipt { received, copy } => money::receipt(corporation, received, *copy),
        Says::PaymentCertificate {
            from,
            to,
            received,
            copy,
        } => money::certificate(corporation, (*from, *to), received, *copy),
    })
}

/// The paper that must be back first: one envelope brings all of them.
fn first_due(papers: &[Awaited]) -> Option<&Awaited> {
    papers.iter().min_by_key(|paper| paper.due.on)
}

/// The federation that takes these papers: those of one letter go to one.
fn federation(papers: &[Overdue]) -> Option<String> {
    let first = papers.first()?;
    Some(first.number.prefecture().federation())
}

/// What the letter about an end is to say: of what ends, different things follow. One that was asked for before that stood in
/// the event speaks of the whole use.
const fn ends(scope: Option<Scope>) -> &'static str {
    match scope {
        Some(Scope::Whole) | None => "whole",
        Some(Scope::Office(_)) => "office",
        Some(Scope::Number { .. }) => "number",
    }
}

/// A fee that is invoiced is not deducted in any month.
fn deducted(payment: Payment, month: &Dated) -> Option<Value> {
    match payment {
        Payment::Deduction => Some(dated(month)),
        Payment::Invoice => None,
    }
}

/// What is about one office goes there, if the corporation wishes so; what is about several goes to the head office.
fn window(named: &[Listed], whose: &Registered) -> Value {
    match named {
        [one] => {
            let office = whose.office(one.office);
            let office = office.filter(|office| address(office).is_some());
            to_office(whose, office.or_else(|| addressed(named, whose)))
        }
        _ => to_head_office(whose, addressed(named, whose)),
    }
}

/// The office whose address stands in the window: one that the letter names, else the corporation's first with an address.
fn addressed<'a>(named: &[Listed], whose: &'a Registered) -> Option<&'a Office> {
    let named = named
        .iter()
        .filter_map(|listed| whose.office(listed.office));
    let all = whose.offices.values();
    let kept = all.filter(|office| office.removed.is_none());
    named.chain(kept).find(|office| address(office).is_some())
}

fn listed(offices: &[Listed], whose: &Registered) -> Vec<Value> {
    offices.iter().map(|office| one(office, whose)).collect()
}

fn one(listed: &Listed, whose: &Registered) -> Value {
    json!({
        "number": listed.number.as_str(),
        "name": name(listed, whose),
        "kind": whose.office(listed.office).map_or_else(String::new, kinds),
    })
}

/// The office's name, also of one that has left since.
fn name<'a>(listed: &Listed, whose: &'a Registered) -> &'a str {
    whose.offices.get(&listed.office).map_or("", Office::name)
}

/// What one office is told of another one of its corporation.
const ANOTHER: &str = "同じ法人の別の事業所";

/// Whose papers moved the month. An office that is told by itself reads of the others what happened, and not which they are.
fn caused_by(
    causes: &[PostponedBy],
    offices: &[Listed],
    to: SendTo,
    whose: &Registered,
) -> Vec<Value> {
    let names = |cause: &PostponedBy| {
        to == SendTo::HeadOffice || offices.iter().any(|one| one.office == cause.office)
    };
    let (own, others): (Vec<&PostponedBy>, Vec<&PostponedBy>) =
        causes.iter().partition(|cause| names(cause));
    let own = own.into_iter().map(|cause| {
        let listed = Listed {
            office: cause.office,
            number: cause.number,
        };
        json!({
            "number": cause.number.as_str(),
            "name": name(&listed, whose),
            "why": reason_of(cause.why),
        })
    });
    let mut said: Vec<_> = others.iter().map(|cause| cause.why).collect();
    said.dedup();
    let others = said
        .into_iter()
        .map(|why| json!({ "number": ANOTHER, "name": "", "why": reason_of(why) }));
    own.chain(others).collect()
}

const fn reason_of(why: CauseKind) -> &'static str {
    match why {
        CauseKind::NotReturned => "委任状が返送期日までに届きませんでした。",
        CauseKind::Defective => "期日までに届いた委任状に不備がありました。",
        CauseKind::Rejected => "国保連合会から委任状が差し戻されました。",
        CauseKind::NotIssued => "開始月までに、国保連合会への届出が整いませんでした。",
        CauseKind::EnteredLate => {
            "当社でお申し込みを受け付けた時点で、当初の月の委任状の返送期日に間に合わなくなっていました。"
        }
        CauseKind::NotSent => "当社からの委任状の発送が、返送期日に間に合いませんでした。",
    }
}

fn quoted(quotation: &Quotation, service: Service) -> Value {
    let quantity = u64::from(quotation.quantity);
    json!({
        "lines": [{
            "label": format!("{} 月額利用料", service.name()),
            "quantity": quantity,
            "unit": quotation.amount.checked_div(quantity).unwrap_or(0),
            "amount": quotation.amount,
        }],
        "net": quotation.net,
        "rate": quotation.tax_percent,
        "tax": quotation.tax,
        "gross": quotation.gross(),
    })
}

fn months_of(months: &[Month]) -> String {
    let months: Vec<_> = months.iter().map(|month| month.in_japanese()).collect();
    format!("{}分", months.join("、"))
}

fn in_japanese(day: NaiveDate) -> String {
    use chrono::Datelike as _;
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}
