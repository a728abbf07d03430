//! Every address this server answers. Nothing is reachable that does not stand here; the test walks the list.

use crate::dashboard::{
    agents, arrears, attachments, calendar, case, cases, closing, corporation as corporation_page,
    corporation_actions, corporations, credentials, debit, debits, dispatch, dispatch_print,
    dispatch_send, documents, files, filing, filing_acts, health, home, intake, intake_new, ledger,
    letters, licence_list, licences, mail_kept, mails, moving, office_day, office_day_acts,
    options, payment_list, poa_batch, poa_receive, poa_tracker, postponements, rulebooks,
    terminations, transfers, undecided, why,
};
use crate::requests::{
    agent, billing, closing as requests_closing, corporation, credential, debit_batch,
    dispatch as requests_dispatch, enrolment, form, installation, licence, mail, mandate,
    moving as requests_moving, option, poa, signed_form, termination, transfer, transmission,
};
use crate::{App, assets, attaching, changes, customer, observe, staff};
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get, post};

/// For whom an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A page for the staff.
    Page,
    /// A form of a page.
    Action,
    /// Parts and files of pages, pages of one thing.
    Part,
    /// What customers reach, published by a reverse proxy.
    Customer,
    /// An answer that does not end.
    Stream,
    /// Health and metrics.
    Operations,
}

/// One address.
pub struct Route {
    /// Its path, in axum's notation.
    pub path: &'static str,
    /// For whom it is.
    pub kind: Kind,
    handler: fn() -> MethodRouter<App>,
}

const fn route(path: &'static str, kind: Kind, handler: fn() -> MethodRouter<App>) -> Route {
    Route {
        path,
        kind,
        handler,
    }
}

/// The list.
pub const ROUTES: &[Route] = &[
    route("/", Kind::Page, || get(home::page)),
    route("/cases", Kind::Page, || get(cases::page)),
    route("/cases.csv", Kind::Part, || get(cases::download)),
    route("/cases/{number}", Kind::Part, || get(case::page)),
    route("/cases/of/{key}", Kind::Part, || get(case::of)),
    route("/cases/{number}/attachments", Kind::Action, || {
        post(attachments::attach).layer(DefaultBodyLimit::max(attaching::FORM_BODY_MAX))
    }),
    route("/cases/{number}/attachments/{digest}", Kind::Part, || {
        get(attachments::open)
    }),
    route(
        "/cases/{number}/attachments/{digest}/withdraw",
        Kind::Action,
        || post(attachments::withdraw),
    ),
    route("/intake", Kind::Page, || get(intake::page)),
    route("/intake/new", Kind::Page, || {
        get(intake_new::page).post(intake_new::take)
    }),
    route("/poa_tracker", Kind::Page, || get(poa_tracker::page)),
    route("/poa_tracker/receive", Kind::Page, || {
        get(poa_receive::page).post(poa_receive::receive)
    }),
    route("/dispatch", Kind::Page, || get(dispatch::page)),
    route("/dispatch/print", Kind::Action, || {
        post(dispatch_print::print)
    }),
    route("/dispatch/send", Kind::Action, || post(dispatch_send::send)),
    route("/filing", Kind::Page, || get(filing::page)),
    route("/filing/print", Kind::Action, || post(filing_acts::print)),
    route("/filing/file", Kind::Action, || post(filing_acts::file)),
    route("/agents", Kind::Page, || get(agents::page)),
    route("/agents/add", Kind::Action, || post(agents::add)),
    route("/agents/{agent}", Kind::Part, || get(agents::one)),
    route("/agents/{agent}/retire", Kind::Action, || {
        post(form::<agent::RetireAgent>)
    }),
    route("/poas/{id}/choose_agent", Kind::Action, || {
        post(form::<agent::ChooseAgent>)
    }),
    route("/letters", Kind::Page, || get(letters::page)),
    route("/letters/{id}/send", Kind::Action, || {
        post(form::<requests_dispatch::Send>)
    }),
    route("/letters/{id}/record_undeliverable", Kind::Action, || {
        post(form::<requests_dispatch::RecordUndeliverable>)
    }),
    route("/documents", Kind::Page, || get(documents::page)),
    route("/documents.csv", Kind::Part, || get(documents::download)),
    route("/files/{digest}", Kind::Part, || get(files::pdf)),
    route("/poa_tracker/{action}", Kind::Action, || {
        post(poa_batch::page)
    }),
    route("/office_day/{day}/count", Kind::Action, || {
        post(office_day_acts::count)
    }),
    route("/office_day/{day}/close", Kind::Action, || {
        post(office_day_acts::close)
    }),
    route("/changes", Kind::Stream, || get(changes::stream)),
    route("/readyz", Kind::Operations, || get(observe::readyz)),
    route("/office_day", Kind::Page, || get(office_day::page)),
    route("/postponements", Kind::Page, || get(postponements::page)),
    route("/credentials", Kind::Page, || get(credentials::page)),
    route("/ledger", Kind::Page, || get(ledger::page)),
    route("/ledger/payments", Kind::Action, || {
        post(payment_list::page)
    }),
    route("/ledger.csv", Kind::Part, || get(ledger::download)),
    route("/closing", Kind::Page, || get(closing::page)),
    route("/closing/{month}/journal.csv", Kind::Part, || {
        get(requests_closing::journal_csv)
    }),
    route("/closing/{month}/ask", Kind::Action, || {
        post(signed_form::<requests_closing::AskClosing>)
    }),
    route("/closing/{month}/decline", Kind::Action, || {
        post(signed_form::<requests_closing::DeclineClosing>)
    }),
    route("/closing/{month}/close", Kind::Action, || {
        post(signed_form::<requests_closing::CloseMonth>)
    }),
    route("/debits", Kind::Page, || get(debits::page)),
    route("/debits/{month}", Kind::Part, || get(debit::page)),
    route("/debits/{month}/request.txt", Kind::Part, || {
        get(debit::request)
    }),
    route("/debits/{month}/reconciliation.csv", Kind::Part, || {
        get(debit::reconciliation)
    }),
    route("/debits/{month}/freeze", Kind::Action, || {
        post(debit::freeze)
    }),
    route("/debits/{month}/reopen", Kind::Action, || {
        post(signed_form::<debit_batch::ReopenBatch>)
    }),
    route("/debits/{month}/approve", Kind::Action, || {
        post(debit::approve)
    }),
    route("/debits/{month}/release", Kind::Action, || {
        post(debit::release)
    }),
    route("/debits/{month}/result", Kind::Action, || {
        post(debit::receive).layer(DefaultBodyLimit::max(debit_batch::RESULT_BYTES_MAX))
    }),
    route("/debits/{month}/reconcile", Kind::Action, || {
        post(debit::reconcile)
    }),
    route("/options", Kind::Page, || get(options::page)),
    route(
        "/corporations/{corporation}/options/order",
        Kind::Action,
        || post(form::<option::OrderOption>),
    ),
    route(
        "/corporations/{corporation}/options/finish",
        Kind::Action,
        || post(form::<option::FinishOption>),
    ),
    route(
        "/corporations/{corporation}/options/end",
        Kind::Action,
        || post(form::<option::EndOption>),
    ),
    route(
        "/corporations/{corporation}/options/withdraw",
        Kind::Action,
        || post(form::<option::WithdrawOption>),
    ),
    route("/arrears", Kind::Page, || get(arrears::page)),
    route("/corporations", Kind::Page, || get(corporations::page)),
    route("/corporations/{id}", Kind::Part, || {
        get(corporation_page::page)
    }),
    route("/calendar", Kind::Page, || get(calendar::page)),
    route("/rulebooks", Kind::Page, || get(rulebooks::page)),
    route("/undecided", Kind::Page, || get(undecided::page)),
    route("/health", Kind::Page, || get(health::page)),
    route("/why", Kind::Part, || get(why::page)),
    route("/poas/{id}/dispatch", Kind::Action, || {
        post(form::<poa::Dispatch>)
    }),
    route("/poas/{id}/record_undeliverable", Kind::Action, || {
        post(form::<poa::RecordUndeliverable>)
    }),
    route("/poas/{id}/reprint", Kind::Action, || {
        post(form::<poa::Reprint>)
    }),
    route("/poas/{id}/receive", Kind::Action, || {
        post(form::<poa::Receive>)
    }),
    route("/poas/{id}/accept", Kind::Action, || {
        post(form::<poa::Accept>)
    }),
    route("/poas/{id}/find_defective", Kind::Action, || {
        post(form::<poa::FindDefective>)
    }),
    route("/poas/{id}/approve_late", Kind::Action, || {
        post(form::<poa::ApproveLate>)
    }),
    route("/poas/{id}/file", Kind::Action, || post(form::<poa::File>)),
    route("/poas/{id}/confirm", Kind::Action, || {
        post(form::<poa::Confirm>)
    }),
    route("/poas/{id}/reject", Kind::Action, || {
        post(form::<poa::Reject>)
    }),
    route(
        "/corporations/{corporation}/enrolments/{service}/start_trial",
        Kind::Action,
        || post(form::<enrolment::StartTrial>),
    ),
    route(
        "/corporations/{corporation}/enrolments/{service}/register",
        Kind::Action,
        || post(form::<enrolment::Register>),
    ),
    route(
        "/corporations/{corporation}/transmissions/{service}/complete",
        Kind::Action,
        || post(form::<transmission::Complete>),
    ),
    route(
        "/corporations/{corporation}/transmissions/{service}/withdraw",
        Kind::Action,
        || post(form::<transmission::Withdraw>),
    ),
    route(
        "/corporations/{corporation}/transmissions/{service}/decide",
        Kind::Action,
        || post(form::<transmission::Decide>),
    ),
    route(
        "/corporations/{corporation}/assign_number",
        Kind::Action,
        || post(form::<corporation::AssignNumber>),
    ),
    route(
        "/corporations/{corporation}/merge_into",
        Kind::Action,
        || post(corporation_actions::merge),
    ),
    route("/corporations/{corporation}/unmerge", Kind::Action, || {
        post(form::<corporation::Unmerge>)
    }),
    route(
        "/corporations/{corporation}/change_name",
        Kind::Action,
        || post(form::<corporation::ChangeName>),
    ),
    route(
        "/corporations/{corporation}/set_contact",
        Kind::Action,
        || post(form::<corporation::SetContact>),
    ),
    route(
        "/corporations/{corporation}/set_destination",
        Kind::Action,
        || post(form::<corporation::SetDestination>),
    ),
    route(
        "/corporations/{corporation}/erase_texts",
        Kind::Action,
        || post(form::<corporation::EraseTexts>),
    ),
    route("/installation/confirm_days", Kind::Action, || {
        post(installation::confirm_days_form)
    }),
    route("/installation/release_sending", Kind::Action, || {
        post(installation::release_sending_form)
    }),
    route(
        "/corporations/{corporation}/renumber_office",
        Kind::Action,
        || post(form::<corporation::RenumberOffice>),
    ),
    route(
        "/corporations/{corporation}/remove_office",
        Kind::Action,
        || post(form::<corporation::RemoveOffice>),
    ),
    route(
        "/corporations/{corporation}/transfer_office",
        Kind::Action,
        || post(transfers::transfer),
    ),
    route(
        "/corporations/{corporation}/decline_use",
        Kind::Action,
        || post(form::<transfer::DeclineUse>),
    ),
    route("/licences", Kind::Page, || get(licences::page)),
    route("/licences/list", Kind::Action, || post(licence_list::page)),
    route("/licences/{number}/check", Kind::Action, || {
        post(form::<licence::Check>)
    }),
    route("/licences/{number}/request_download", Kind::Action, || {
        post(form::<licence::RequestDownload>)
    }),
    route("/licences/{number}/apply", Kind::Action, || {
        post(form::<licence::Apply>)
    }),
    route("/licences/{number}/grant", Kind::Action, || {
        post(form::<licence::Grant>)
    }),
    route("/licences/{number}/file_renewal", Kind::Action, || {
        post(form::<licence::FileRenewal>)
    }),
    route("/licences/{number}/renew", Kind::Action, || {
        post(form::<licence::Renew>)
    }),
    route("/licences/{number}/confirm_fee", Kind::Action, || {
        post(form::<licence::ConfirmFee>)
    }),
    route("/licences/{number}/reverse_fee", Kind::Action, || {
        post(form::<licence::ReverseFee>)
    }),
    route("/licences/{number}/drop_check", Kind::Action, || {
        post(form::<licence::DropCheck>)
    }),
    route("/licences/{number}/move_office", Kind::Action, || {
        post(form::<licence::MoveOffice>)
    }),
    route("/licences/{number}/cancel", Kind::Action, || {
        post(form::<licence::Cancel>)
    }),
    route(
        "/corporations/{corporation}/mandate/send",
        Kind::Action,
        || post(form::<mandate::SendMandate>),
    ),
    route(
        "/corporations/{corporation}/mandate/return",
        Kind::Action,
        || post(form::<mandate::ReturnMandate>),
    ),
    route(
        "/corporations/{corporation}/mandate/hand_to_bank",
        Kind::Action,
        || post(form::<mandate::HandMandateToBank>),
    ),
    route(
        "/corporations/{corporation}/mandate/register",
        Kind::Action,
        || post(form::<mandate::RegisterMandate>),
    ),
    route(
        "/corporations/{corporation}/mandate/find_defective",
        Kind::Action,
        || post(form::<mandate::FindMandateDefective>),
    ),
    route(
        "/corporations/{corporation}/ledger/record_payment",
        Kind::Action,
        || post(form::<billing::RecordPayment>),
    ),
    route(
        "/corporations/{corporation}/ledger/refund_credit",
        Kind::Action,
        || post(form::<billing::RefundCredit>),
    ),
    route(
        "/corporations/{corporation}/ledger/ask_receipt",
        Kind::Action,
        || post(form::<billing::AskReceipt>),
    ),
    route(
        "/corporations/{corporation}/ledger/ask_certificate",
        Kind::Action,
        || post(form::<billing::AskCertificate>),
    ),
    route(
        "/corporations/{corporation}/ledger/decide_failed",
        Kind::Action,
        || post(form::<billing::DecideFailed>),
    ),
    route(
        "/corporations/{corporation}/ledger/ask_reversal",
        Kind::Action,
        || post(signed_form::<billing::AskReversal>),
    ),
    route(
        "/corporations/{corporation}/ledger/approve_reversal",
        Kind::Action,
        || post(signed_form::<billing::ApproveReversal>),
    ),
    route(
        "/corporations/{corporation}/ledger/decline_reversal",
        Kind::Action,
        || post(signed_form::<billing::DeclineReversal>),
    ),
    route("/terminations", Kind::Page, || get(terminations::page)),
    route(
        "/corporations/{corporation}/terminations/{service}/request",
        Kind::Action,
        || post(form::<termination::Request>),
    ),
    route(
        "/corporations/{corporation}/terminations/{service}/withdraw",
        Kind::Action,
        || post(form::<termination::Withdraw>),
    ),
    route(
        "/corporations/{corporation}/terminations/{service}/count_returns",
        Kind::Action,
        || post(form::<termination::CountReturns>),
    ),
    route("/moving", Kind::Page, || get(moving::page)),
    route("/moving/template/{kind}", Kind::Part, || {
        get(moving::template)
    }),
    route("/moving/report", Kind::Action, || {
        post(moving::report).layer(DefaultBodyLimit::max(crate::moving::SHEET_BYTES_MAX))
    }),
    route("/moving/{run}/decline", Kind::Action, || {
        post(signed_form::<requests_moving::DeclineRun>)
    }),
    route("/c/style.css", Kind::Customer, || get(customer::style)),
    route("/c/{link}", Kind::Customer, || {
        get(customer::page).post(customer::reveal)
    }),
    route("/credentials/{id}/reissue", Kind::Action, || {
        post(form::<credential::Reissue>)
    }),
    route("/mails", Kind::Page, || get(mails::page)),
    route("/mails/{id}", Kind::Part, || get(mails::one)),
    route("/mails/{id}/kept", Kind::Part, || get(mail_kept::open)),
    route("/mails/{id}/release", Kind::Action, || {
        post(signed_form::<mail::ReleaseMail>)
    }),
    route("/mails/{id}/drop", Kind::Action, || {
        post(signed_form::<mail::DropMail>)
    }),
    route("/staff/choose", Kind::Action, || post(staff::choose)),
    route("/staff/join", Kind::Action, || post(staff::join)),
    route("/static/{hash}/{name}", Kind::Part, || get(assets::file)),
    route("/healthz", Kind::Operations, || get(observe::healthz)),
    route("/metrics", Kind::Operations, || get(observe::metrics)),
];

/// All routes as one router.
pub fn router() -> axum::Router<App> {
    ROUTES.iter().fold(axum::Router::new(), |router, route| {
        router.route(route.path, (route.handler)())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{House, browser_post, get as read};
    use axum::http::StatusCode;

    /// The route with something in the place of every variable.
    fn example(path: &str) -> String {
        path.split('/')
            .map(|part| if part.starts_with('{') { "x" } else { part })
            .collect::<Vec<_>>()
            .join("/")
    }

    #[tokio::test]
    async fn no_route_answers_a_foreign_host_or_a_foreign_site() {
        let house = House::open().await;
        for route in ROUTES {
            let path = example(route.path);
            let foreign_host = read(&path).header("host", "evil.example");
            let foreign_site = browser_post(&path)
                .header("sec-fetch-site", "cross-site")
                .header("origin", "http://evil.example");
            for request in [foreign_host, foreign_site] {
                let answer = house.ask(request).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            }
        }
    }

    #[tokio::test]
    async fn every_answer_carries_the_security_headers() {
        let house = House::open().await;
        for route in ROUTES.iter().filter(|route| route.kind != Kind::Stream) {
            let answer = house.ask(read(&example(route.path))).await;
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'"), "{}", route.path);
            assert!(
                !policy.contains("script-src 'self' 'unsafe"),
                "{}",
                route.path
            );
            assert!(!answer.header("x-request-id").is_empty(), "{}", route.path);
        }
    }

    #[tokio::test]
    async fn every_page_is_whole_japanese_and_without_inline_code() {
        let house = House::open().await;
        for route in ROUTES.iter().filter(|route| route.kind == Kind::Page) {
            let answer = house.ask(read(&example(route.path))).await;
            let html = &answer.body;
            assert!(html.contains("<html lang=\"ja\">"), "{}", route.path);
            assert_eq!(html.matches("<h1").count(), 1, "{}", route.path);
            for inline in [
                " style=",
                "<style",
                "onclick=",
                "javascript:",
                "http://",
                "https://",
            ] {
                assert!(!html.contains(inline), "{} has {inline}", route.path);
            }
        }
    }
}
