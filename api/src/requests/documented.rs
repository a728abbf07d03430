//! The routes under `/api/v1`, each with its documentation: one list, from which the OpenAPI document is made.

use super::{
    agent, attachment, billing, closing, corporation, credential, debit_batch, dispatch, enrolment,
    events, installation, licence, licence_list, mail, mandate, moving, office_day, option,
    payment_list, poa, reads, staff, termination, transfer, transmission,
};
use crate::App;
use crate::attaching;
use crate::problem::ProblemDocument;
use axum::extract::DefaultBodyLimit;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "daicho",
        description = "台帳のAPI。操作は画面と同じコマンドになり、拒否は application/problem+json で返ります。`Idempotency-Key` を付けた同じ要求は一度だけ実行されます。操作には `Daicho-Staff`（担当者のID、未認証）が必要です。",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/")),
    components(schemas(ProblemDocument))
)]
struct Document;

/// Every endpoint of `/api/v1`.
fn endpoints() -> OpenApiRouter<App> {
    let reads = OpenApiRouter::new()
        .routes(routes!(reads::list_cases))
        .routes(routes!(reads::read_case))
        .routes(routes!(attachment::list_attachments))
        .routes(routes!(attachment::open_attachment))
        .routes(routes!(attachment::withdraw_attachment))
        .routes(routes!(reads::list_corporations))
        .routes(routes!(reads::read_corporation))
        .routes(routes!(reads::list_poas))
        .routes(routes!(reads::read_poa))
        .routes(routes!(reads::list_letters))
        .routes(routes!(reads::list_documents))
        .routes(routes!(reads::list_postponements))
        .routes(routes!(reads::list_intake))
        .routes(routes!(reads::read_office_day))
        .routes(routes!(reads::list_licences))
        .routes(routes!(reads::list_terminations))
        .routes(routes!(reads::read_licence))
        .routes(routes!(reads::explain))
        .routes(routes!(events::list))
        .routes(routes!(events::stream));
    let corporations = OpenApiRouter::new()
        .routes(routes!(corporation::register))
        .routes(routes!(corporation::add_offices))
        .routes(routes!(corporation::assign_number))
        .routes(routes!(corporation::merge_into))
        .routes(routes!(corporation::unmerge))
        .routes(routes!(corporation::change_name))
        .routes(routes!(corporation::set_contact))
        .routes(routes!(corporation::set_destination))
        .routes(routes!(corporation::erase_texts))
        .routes(routes!(corporation::renumber_office))
        .routes(routes!(corporation::remove_office))
        .routes(routes!(transfer::transfer_office))
        .routes(routes!(transfer::decline_use));
    let applications = OpenApiRouter::new()
        .routes(routes!(enrolment::start_trial))
        .routes(routes!(enrolment::enter_offices))
        .routes(routes!(enrolment::register))
        .routes(routes!(transmission::apply))
        .routes(routes!(transmission::complete))
        .routes(routes!(transmission::withdraw))
        .routes(routes!(transmission::decide));
    let papers = OpenApiRouter::new()
        .routes(routes!(poa::dispatch))
        .routes(routes!(poa::record_undeliverable))
        .routes(routes!(poa::reprint))
        .routes(routes!(poa::receive))
        .routes(routes!(poa::accept))
        .routes(routes!(poa::find_defective))
        .routes(routes!(poa::approve_late))
        .routes(routes!(poa::file))
        .routes(routes!(poa::file_together))
        .routes(routes!(agent::list_agents, agent::add_agent))
        .routes(routes!(agent::find_agent))
        .routes(routes!(agent::retire_agent))
        .routes(routes!(agent::choose_agent))
        .routes(routes!(poa::confirm))
        .routes(routes!(poa::reject))
        .routes(routes!(mail::list_mails))
        .routes(routes!(mail::read_mail))
        .routes(routes!(mail::release_mail))
        .routes(routes!(mail::drop_mail))
        .routes(routes!(credential::reissue))
        .routes(routes!(credential::note_reset))
        .routes(routes!(dispatch::send_letter))
        .routes(routes!(dispatch::record_undeliverable_letter))
        .routes(routes!(office_day::count_post))
        .routes(routes!(office_day::close))
        .routes(routes!(staff::name))
        .routes(routes!(staff::leave))
        .routes(routes!(installation::confirm_days))
        .routes(routes!(installation::release_sending));
    let books = OpenApiRouter::new()
        .routes(routes!(closing::list_closings))
        .routes(routes!(closing::ask_closing))
        .routes(routes!(closing::decline_closing))
        .routes(routes!(closing::close_month))
        .routes(routes!(closing::read_journal));
    let licences = OpenApiRouter::new()
        .routes(routes!(licence::check))
        .routes(routes!(licence::request_download))
        .routes(routes!(licence::apply))
        .routes(routes!(licence::grant))
        .routes(routes!(licence::file_renewal))
        .routes(routes!(licence::renew))
        .routes(routes!(licence::confirm_fee))
        .routes(routes!(licence::reverse_fee))
        .routes(routes!(licence::drop_check))
        .routes(routes!(licence::move_office))
        .routes(routes!(licence::cancel))
        .routes(routes!(licence_list::take_over))
        .routes(routes!(licence_list::confirm_fees))
        .routes(routes!(payment_list::record_payments));
    let files = OpenApiRouter::new()
        .routes(routes!(attachment::attach))
        .layer(DefaultBodyLimit::max(attaching::FILE_BODY_MAX));
    let results = OpenApiRouter::new()
        .routes(routes!(debit_batch::receive_result))
        .layer(DefaultBodyLimit::max(debit_batch::RESULT_BYTES_MAX));
    let money = OpenApiRouter::new()
        .routes(routes!(reads::list_ledger))
        .routes(routes!(reads::list_debits))
        .routes(routes!(reads::read_debit))
        .routes(routes!(mandate::send_mandate))
        .routes(routes!(mandate::take_back_mandate))
        .routes(routes!(mandate::hand_mandate_to_bank))
        .routes(routes!(mandate::register_mandate))
        .routes(routes!(mandate::find_defective_mandate))
        .routes(routes!(billing::record_payment))
        .routes(routes!(billing::refund_credit))
        .routes(routes!(billing::decide_failed))
        .routes(routes!(billing::ask_receipt))
        .routes(routes!(billing::ask_certificate))
        .routes(routes!(billing::ask_reversal))
        .routes(routes!(billing::approve_reversal))
        .routes(routes!(billing::decline_reversal))
        .routes(routes!(debit_batch::freeze_batch))
        .routes(routes!(debit_batch::reopen_batch))
        .routes(routes!(debit_batch::approve_batch))
        .routes(routes!(debit_batch::release_batch))
        .routes(routes!(debit_batch::reconcile_batch));
    let options = OpenApiRouter::new()
        .routes(routes!(reads::list_options))
        .routes(routes!(option::order_option))
        .routes(routes!(option::finish_option))
        .routes(routes!(option::end_option))
        .routes(routes!(option::withdraw_option));
    let moving = OpenApiRouter::new()
        .routes(routes!(moving::check_moving))
        .routes(routes!(moving::ask_moving))
        .routes(routes!(moving::approve_moving))
        .routes(routes!(moving::decline_moving))
        .layer(DefaultBodyLimit::max(crate::moving::SHEET_BYTES_MAX));
    let endings = OpenApiRouter::new()
        .routes(routes!(termination::request))
        .routes(routes!(termination::withdraw))
        .routes(routes!(termination::count_returns));
    reads
        .merge(files)
        .merge(corporations)
        .merge(applications)
        .merge(papers)
        .merge(licences)
        .merge(books)
        .merge(money)
        .merge(endings)
        .merge(options)
        .merge(moving)
        .merge(results)
}

/// The endpoints and their document.
pub fn router() -> (axum::Router<App>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1", endpoints())
        .split_for_parts()
}

/// The document as it is committed and served.
pub fn document() -> String {
    let (_, document) = router();
    let text = document
        .to_pretty_json()
        .expect("the document is plain data");
    format!("{text}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{House, STAFF, get, json_post};
    use axum::http::StatusCode;
    use serde_json::Value;

    #[test]
    fn the_committed_document_is_the_present_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/openapi.json");
        if std::env::var_os("DAICHO_BLESS").is_some() {
            std::fs::write(path, document()).expect("the document can be written");
        }
        let committed = std::fs::read_to_string(path).expect("schemas/openapi.json is committed");
        assert!(
            committed == document(),
            "schemas/openapi.json is not what the code says: run with DAICHO_BLESS=1 and commit it"
        );
    }

    #[tokio::test]
    async fn every_documented_write_needs_a_member_of_the_staff() {
        let house = House::open().await;
        let (_, document) = router();
        let writes = document
            .paths
            .paths
            .iter()
            .filter(|(_, item)| item.post.is_some());
        for (path, _) in writes {
            let id = "00000000000000000000000000000001";
            let path = path
                .replace("{service}", "honobono-mini2")
                .replace("{day}", "2026-11-20")
                .replace("{number}", "0170210231")
                .replace("{month}", "2026-11")
                .replace("{id}", id)
                .replace("{corporation}", id);
            let answer = house.send(json_post(&path), "{}").await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{path}: {}",
                answer.body
            );
            assert!(answer.body.contains("http.no_staff"), "{path}");
        }
    }

    #[tokio::test]
    async fn the_same_key_twice_is_carried_out_once_and_shown_at_once() {
        let house = House::open().await;
        let register = |key: &str| {
            json_post("/api/v1/corporations/00000000000000000000000000000001/register")
                .header("daicho-staff", STAFF.simple().to_string())
                .header("idempotency-key", key)
        };
        let body = r#"{"name":"社会福祉法人ひかり会","number":"7000012050002"}"#;
        let first = house.send(register("a-1"), body).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.body);
        let second: Value =
            serde_json::from_str(&house.send(register("a-1"), body).await.body).expect("JSON");
        assert_eq!(second["repeated"], true);
        let first: Value = serde_json::from_str(&first.body).expect("JSON");
        assert_eq!(first["events"], second["events"]);
        let listed = house.ask(get("/api/v1/corporations?q=7000012050002")).await;
        assert!(listed.body.contains("ひかり会"), "{}", listed.body);
    }

    #[tokio::test]
    async fn a_refusal_is_a_problem_document_with_its_code() {
        let house = House::open().await;
        let receive = json_post("/api/v1/poas/00000000000000000000000000000001/receive")
            .header("daicho-staff", STAFF.simple().to_string());
        let answer = house
            .send(receive, r#"{"arrived_on":"2026-11-20","channel":"post"}"#)
            .await;
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(problem["code"], "poa.unknown");
        assert_eq!(problem["status"], 404);
    }

    #[tokio::test]
    async fn the_feed_goes_on_after_a_number() {
        let house = House::open().await;
        let all: Value =
            serde_json::from_str(&house.ask(get("/api/v1/events")).await.body).expect("JSON");
        assert_eq!(all["events"][0]["type"], "office_day.opened.v1");
        let rest = house.ask(get("/api/v1/events?after=0&limit=1")).await;
        let rest: Value = serde_json::from_str(&rest.body).expect("JSON");
        assert_eq!(rest["events"], Value::Array(vec![all["events"][1].clone()]));
        let beyond = house.ask(get("/api/v1/events?after=99")).await;
        assert_eq!(beyond.status, StatusCode::NOT_FOUND);
    }
}
