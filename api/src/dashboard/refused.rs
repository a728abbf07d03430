//! A form of a page that was refused comes back on its page: open, with what was typed in it, and the sentence beside the field
//! that it is about. Whoever is refused corrects one field, and types nothing twice.
//!
//! A form names the page it stands on in the address it is sent to ([`Viewer::form`]); its refusal asks for that page again,
//! which draws its forms as always, and the one that was sent as it was filled in.

use super::form::{Action, Entry, Field};
use super::parts::Notice;
use super::query::Query;
use super::viewer::Viewer;
use crate::problem::{Problem, is_page_or_document};
use crate::staff::own_path;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Form, Router};
use std::sync::Arc;
use tower::ServiceExt;
use uuid::Uuid;

/// A reader of forms names the field that it could not read before this; more of what it says is not wanted.
const SAID_MAX: usize = 4096;

/// What was typed into a form, as it was sent.
#[derive(Debug, Clone)]
pub struct Typed(pub Bytes);

/// A form that was refused.
#[derive(Debug, Clone)]
pub struct Refused(Arc<Sent>);

#[derive(Debug)]
struct Sent {
    path: String,
    typed: Vec<(String, String)>,
    problem: Problem,
    /// The field that could not be read at all.
    unread: Option<String>,
}

/// Shows the page of a form again when the form was refused.
pub async fn show_again(State(pages): State<Router>, request: Request, next: Next) -> Response {
    let typed = request.extensions().get::<Typed>().cloned();
    let (Some(Typed(body)), &Method::POST) = (typed, request.method()) else {
        return next.run(request).await;
    };
    let uri = request.uri().clone();
    let cookie = request.headers().get(header::COOKIE).cloned();
    let response = next.run(request).await;
    let query = Query::read(&uri);
    let stood_on = query.get("from").or(query.get("return_to"));
    let Some(page) = stood_on.filter(|_| is_refusal(&response)) else {
        return response;
    };
    let (problem, unread) = reason(response).await;
    let typed = fields(body).await;
    let refused = Refused(Arc::new(Sent {
        path: uri.path().to_owned(),
        typed,
        problem: problem.clone(),
        unread,
    }));
    let mut again = Request::new(Body::empty());
    let address = own_path(page).parse().unwrap_or_default();
    *again.uri_mut() = Query::read(&address)
        .without("done")
        .to_string()
        .parse()
        .unwrap_or_default();
    again.extensions_mut().insert(refused);
    if let Some(cookie) = cookie {
        again.headers_mut().insert(header::COOKIE, cookie);
    }
    let Ok(mut shown) = pages.oneshot(again).await;
    if !shown.status().is_success() {
        return problem.into_response();
    }
    *shown.status_mut() = problem.status;
    shown.extensions_mut().insert(problem);
    shown
}

/// What was sent, field by field.
async fn fields(body: Bytes) -> Vec<(String, String)> {
    let mut form = Request::new(Body::from(body));
    *form.method_mut() = Method::POST;
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    form.headers_mut().insert(header::CONTENT_TYPE, kind);
    let read = Form::<Vec<(String, String)>>::from_request(form, &()).await;
    read.map_or_else(|_| vec![], |Form(typed)| typed)
}

/// Refused, and not answered with a page of its own.
fn is_refusal(response: &Response) -> bool {
    response.status().is_client_error() && !is_page_or_document(response)
}

/// Why, and the name of the field that could not be read, if that is why.
async fn reason(response: Response) -> (Problem, Option<String>) {
    let (parts, body) = response.into_parts();
    if let Some(problem) = parts.extensions.get::<Problem>() {
        return (problem.clone(), None);
    }
    let said = to_bytes(body, SAID_MAX).await.unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    // `Failed to deserialize form body: sent_on: premature end of input`
    let field = said.split(": ").nth(1).map(str::to_owned);
    (Problem::of_status(parts.status), field)
}

impl Viewer {
    /// A form of a page: with the page to come back to and a number of its own, so that a second click carries nothing out
    /// twice. One that was refused just now is drawn as it was sent.
    pub fn form(&self, mut action: Action, return_to: &str) -> Action {
        let page = self.query.without("done").to_string();
        let mut href = Query::at(&action.href).with("return_to", return_to);
        if page != return_to {
            href = href.with("from", &page);
        }
        let number = Uuid::now_v7().simple().to_string();
        let path = std::mem::replace(&mut action.href, href.with("form", &number).to_string());
        match &self.refused {
            Some(Refused(sent)) if sent.is_of(&path, &action) => sent.drawn(action),
            Some(_) | None => action,
        }
    }
}

impl Refused {
    /// What the page says above everything else: a form may stand far down, or no longer be there.
    pub fn notice(&self) -> Notice {
        let problem = &self.0.problem;
        Notice {
            text: format!(
                "{}{}（{}）",
                problem.result,
                sentence(problem),
                problem.code
            ),
            good: false,
            case: None,
        }
    }
}

impl Sent {
    fn typed(&self, name: &str) -> Option<&str> {
        let mut typed = self.typed.iter();
        typed
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// Several forms of a page may be sent to one address: what goes with them unseen tells them apart.
    fn is_of(&self, path: &str, action: &Action) -> bool {
        let mut hidden = action.hidden.iter();
        path == self.path && hidden.all(|(name, value)| self.typed(name) == Some(value))
    }

    fn drawn(&self, mut action: Action) -> Action {
        action.open = true;
        for field in &mut action.fields {
            self.typed(field.name)
                .unwrap_or_default()
                .clone_into(&mut field.value);
        }
        let beside = match &self.unread {
            Some(name) => action.fields.iter_mut().find(|field| field.name == name),
            None => beside(&self.problem.code, &mut action.fields),
        };
        match (beside, &self.unread) {
            (Some(field), Some(_)) => {
                let title = &field.title;
                field.error = Some(match field.value.trim() {
                    "" => format!("「{title}」が入力されていません。入力してください。"),
                    typed => {
                        format!("「{title}」の「{typed}」を読み取れません。入力を直してください。")
                    }
                });
            }
            (Some(field), None) => field.error = Some(sentence(&self.problem)),
            (None, _) => action.error = Some(sentence(&self.problem)),
        }
        action
    }
}

/// The cause, and what to do where the cause does not say it.
fn sentence(problem: &Problem) -> String {
    match problem.cause.contains("ください") {
        true => problem.cause.clone(),
        false => problem.said(),
    }
}

/// The field that a refusal is about, where it is about one.
fn beside<'a>(code: &str, fields: &'a mut [Field]) -> Option<&'a mut Field> {
    let (_, why) = code.split_once('.').unwrap_or(("", code));
    let (_, names) = BESIDE.iter().find(|(said, _)| why.starts_with(said))?;
    let place = match names {
        [] => fields.iter().position(|field| field.entry == Entry::Day),
        names => names
            .iter()
            .find_map(|name| fields.iter().position(|field| field.name == *name)),
    };
    fields.get_mut(place?)
}

/// With what a code of a refusal begins after its noun, and the fields it may be about, the first that the form has; none named:
/// its day.
const BESIDE: &[(&str, &[&str])] = &[
    ("day_not_come", &[]),
    ("wrong_day", &[]),
    ("before_arrival", &[]),
    ("before_dispatch", &[]),
    ("before_sending", &[]),
    ("mandate_before_sent", &[]),
    ("done_before_ordered", &[]),
    ("release_too_early", &[]),
    ("filing_closed", &[]),
    ("received_later", &["received_on"]),
    ("received_before_trial", &["received_on"]),
    ("proof_missing", &["proof"]),
    ("reason_missing", &["reason"]),
    ("scan_missing", &["without_scan"]),
    ("original_needed", &["channel"]),
    ("terms_missing", &["terms_version"]),
    ("month_not_ahead", &["start_in"]),
    ("kj_id_differs", &["kj_id_confirmed", "kj_id"]),
    ("kj_id", &["kj_id"]),
    ("tracking_number", &["tracking"]),
    ("office_number", &["number", "to_number"]),
    ("corporate_number", &["number", "to_number"]),
    ("number_assigned", &["number"]),
    ("transferee", &["to_number"]),
    ("transfer_to_itself", &["to_number"]),
    ("target_unknown", &["number"]),
    ("into_itself", &["number"]),
    ("account_unwritable", &["holder"]),
    ("not_kana", &["holder"]),
    ("form_only", &["way"]),
    ("time_missing", &["received_at"]),
    ("cutoff_passed", &["end_month"]),
    ("before_last_claim", &["end_month"]),
    ("too_early", &["end_month", "received_on"]),
    ("paid_too_much", &["amount"]),
    ("refunded_too_much", &["amount"]),
    ("transfer_taken", &["reference"]),
    ("not_collected", &["entry"]),
    ("nothing_collected", &["from"]),
    ("more_than_ordered", &["quantity"]),
    ("phone_hyphens", &["phone"]),
    ("phone_unreadable", &["phone"]),
    ("mail_differs", &["mail_again"]),
    ("last_day_differs", &["last_day"]),
    ("fee_month_not_come", &["month"]),
    ("fee_too_early", &["month"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn sent(code: &str, typed: &[(&str, &str)]) -> Sent {
        let typed = typed
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Sent {
            path: "/poas/1/dispatch".into(),
            typed: typed.collect(),
            problem: Problem {
                code: code.to_owned(),
                ..Problem::unreadable("その日はまだ来ていません。")
            },
            unread: None,
        }
    }

    fn dispatch() -> Action {
        Action::new("dispatch", "発送済みにする", "/poas/1/dispatch")
            .hidden("no", 2)
            .field(Field::must("sent_on", "発送日", Entry::Day).value("2026-06-24"))
            .field(Field::may("tracking", "追跡番号", Entry::Text))
            .field(Field::may("checked", "確かめた", Entry::Check).value("yes"))
    }

    #[test]
    fn a_refused_form_comes_back_open_with_what_was_typed_and_the_sentence_beside_the_field() {
        let typed = [("no", "2"), ("sent_on", "2026-12-01"), ("tracking", "131")];
        let drawn = sent("poa.day_not_come", &typed).drawn(dispatch());
        assert!(drawn.open);
        let values: Vec<_> = drawn
            .fields
            .iter()
            .map(|field| field.value.as_str())
            .collect();
        assert_eq!(
            values,
            ["2026-12-01", "131", ""],
            "a box that was not ticked is not"
        );
        let wrong: Vec<_> = drawn
            .fields
            .iter()
            .map(|field| field.error.is_some())
            .collect();
        assert_eq!(wrong, [true, false, false]);
        assert_eq!(drawn.error, None);

        let drawn = sent("tracking_number_length", &typed).drawn(dispatch());
        assert!(drawn.fields[1].error.is_some());
        let drawn = sent("poa.voided", &typed).drawn(dispatch());
        assert!(drawn.error.is_some(), "about no field: the form says it");
    }

    #[test]
    fn what_could_not_be_read_is_named() {
        let unread = Sent {
            unread: Some("sent_on".into()),
            ..sent("http.unreadable", &[("no", "2"), ("sent_on", "")])
        };
        let drawn = unread.drawn(dispatch());
        let said = drawn.fields[0].error.as_deref();
        assert_eq!(
            said,
            Some("「発送日」が入力されていません。入力してください。")
        );
    }

    #[test]
    fn another_form_of_the_same_address_stays_as_it_was() {
        let other = sent("poa.day_not_come", &[("no", "3")]);
        assert!(!other.is_of("/poas/1/dispatch", &dispatch()));
        let this = sent("poa.day_not_come", &[("no", "2")]);
        assert!(this.is_of("/poas/1/dispatch", &dispatch()));
        assert!(!this.is_of("/poas/1/receive", &dispatch()));
    }

    #[test]
    fn every_beginning_is_one_of_a_refusal_that_there_is() {
        let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/../ops/runbooks/refusals");
        let codes: BTreeSet<String> = std::fs::read_dir(pages)
            .expect("the runbooks")
            .map(|page| {
                page.expect("a page")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        for (said, _) in BESIDE {
            let known = codes.iter().any(|code| {
                let code = code.trim_end_matches(".md");
                let (_, why) = code.split_once('.').unwrap_or(("", code));
                why.starts_with(said)
            });
            assert!(known, "{said}");
        }
    }
}
