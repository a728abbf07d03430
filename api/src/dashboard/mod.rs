//! The pages of the staff: one file per page, named like its address and its template.

pub mod agents;
mod application_history;
pub mod arrears;
pub mod attachments;
mod billing_history;
pub mod calendar;
pub mod case;
pub mod case_actions;
mod case_dates;
mod case_facts;
pub mod case_line;
pub mod case_steps;
pub mod cases;
pub mod closing;
pub mod corporation;
pub mod corporation_actions;
pub mod corporations;
pub mod credentials;
pub mod csv;
pub mod debit;
pub mod debits;
pub mod dispatch;
pub mod dispatch_batch;
pub mod dispatch_print;
pub mod dispatch_send;
pub mod documents;
pub mod feed;
pub mod files;
pub mod filing;
pub mod filing_acts;
pub mod filter;
pub mod form;
pub mod frame;
pub mod health;
pub mod history;
pub mod home;
pub mod intake;
pub mod intake_new;
pub mod ledger;
pub mod letters;
pub mod licence_actions;
pub mod licence_history;
pub mod licence_list;
pub mod licences;
pub mod list_report;
pub mod mail_kept;
pub mod mails;
pub mod money_actions;
pub mod moving;
pub mod office_day;
pub mod office_day_acts;
mod option_actions;
pub mod options;
pub mod parts;
pub mod payment_list;
pub mod poa_batch;
pub mod poa_receive;
pub mod poa_tracker;
pub mod postponements;
pub mod problem;
pub mod query;
pub mod refused;
pub mod rulebooks;
pub mod termination_actions;
pub mod termination_facts;
pub mod termination_history;
pub mod terminations;
pub mod transfers;
pub mod undecided;
pub mod viewer;
pub mod why;
pub mod words;

use crate::problem::Problem;
use askama::Template;
use axum::response::Html;

/// A drawn page, or what to say when drawing it failed.
pub type Shown = Result<Html<String>, Problem>;

/// Draws a page.
pub fn show(page: &impl Template) -> Shown {
    page.render().map(Html).map_err(|error| {
        tracing::error!(%error, "a page cannot be drawn");
        Problem::failed()
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{Answer, House, STAFF, browser_post, get, json_post};
    use axum::http::StatusCode;

    const CORPORATION: &str = "/corporations/00000000000000000000000000000001";

    /// A corporation with one office that began a trial on 2026-11-20.
    async fn house() -> House {
        let house = House::open().await;
        let office = r#"{"offices":[{"number":"0170210231","entries":[{"kind":"通所介護","name":"ひかりデイサービス"}]}]}"#;
        for (path, body) in [
            (
                "register",
                r#"{"name":"社会福祉法人ひかり会","number":"7000012050002"}"#,
            ),
            ("add_offices", office),
            (
                "set_contact",
                r#"{"name":"山田花子","phone":"03-0000-1234"}"#,
            ),
            (
                "enrolments/honobono-mini2/start_trial",
                r#"{"received_on":"2026-11-20","channel":"form"}"#,
            ),
        ] {
            let request = json_post(&format!("/api/v1{CORPORATION}/{path}"));
            let request = request.header("daicho-staff", STAFF.simple().to_string());
            let answer = house.send(request, body).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        }
        house
    }

    async fn shown(house: &House, path: &str) -> Answer {
        let answer = house.ask(get(path)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        assert_eq!(answer.body.matches("<h1").count(), 1, "{path}");
        answer
    }

    #[tokio::test]
    async fn a_case_says_where_it_stands_and_what_can_be_done() {
        let house = house().await;
        let list = shown(&house, "/cases").await.body;
        let number = list
            .split("href=\"/cases/E")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let case = shown(
            &house,
            &format!("/cases/E{}", number.expect("a case in the list")),
        )
        .await
        .body;
        assert!(case.contains("事業所情報の登録待ち。"));
        assert!(case.contains("本登録を受け付ける"));
        assert!(case.contains("なぜ?"));
    }

    #[tokio::test]
    async fn a_corporation_shows_its_contact_masked() {
        let house = house().await;
        let page = shown(&house, CORPORATION).await.body;
        assert!(page.contains("山＊＊子"));
        assert!(!page.contains("山田花子"));
        assert!(!page.contains("03-0000-1234"));
    }

    #[tokio::test]
    async fn an_earlier_moment_shows_what_was_known_then_and_offers_nothing() {
        let house = house().await;
        let page = shown(&house, "/corporations?as_of=1").await.body;
        assert!(page.contains("過去の時点"));
        assert!(!page.contains("ひかり会"));
        assert_eq!(
            house.ask(get("/cases?as_of=9999")).await.status,
            StatusCode::NOT_FOUND
        );
    }

    #[tokio::test]
    async fn an_application_is_explained_before_it_is_saved() {
        let house = house().await;
        let post = || browser_post("/intake/new").header("origin", "http://127.0.0.1:8080");
        let office = daicho_domain::stream::OfficeId::of_number("0170210231");
        let form = format!(
            "corporation=00000000000000000000000000000001&kind=transmission&service=care-net-messenger\
             &received_on=2026-11-20&channel=form&office-{office}=yes&kj-{office}=KJ010170210231&preview=1"
        );
        let preview = house.send(post(), &form).await;
        assert!(
            preview.body.contains("この申込だと開始月は 2027年1月"),
            "{}",
            preview.body
        );
        assert!(preview.body.contains("手元"));
        let mini2 = form.replace("care-net-messenger", "honobono-mini2");
        let refused = house.send(post(), &mini2).await;
        assert!(
            refused.body.contains("本登録が必要です"),
            "{}",
            refused.body
        );
    }

    #[tokio::test]
    async fn every_date_has_its_derivation() {
        let house = House::open().await;
        let path = "/why?service=honobono-mini2&question=transmission&on=2026-06-25&milestone=transmission_start";
        let page = shown(&house, path).await.body;
        assert!(page.contains("2026年8月"));
        assert!(page.contains("根拠にした規程"));
    }
}
