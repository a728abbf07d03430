//! Who may speak to us at all. Loopback is no protection: any page in the staff's browser can send requests to
//! 127.0.0.1, and a name that resolves there (DNS rebinding) can read the answers. So every request, from the first
//! page on, must name a host that is ours, and must not come from another site.
//!
//! Forms need no token: a browser says where a request comes from (`Origin`, `Sec-Fetch-Site`), scripts cannot forge
//! either, and a form post that says neither is refused.

use crate::problem::Problem;
use crate::{App, customer};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;

/// The names under which this server answers: to the staff, and to customers.
#[derive(Debug, Clone)]
pub struct Hosts {
    own: Vec<String>,
    published: Option<PublicUrl>,
}

/// The address under which a reverse proxy publishes the customers' pages: `https://id.example.jp`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The address without what may stand after its host; `None` when it is none, or could be listened to on its way.
    pub fn parse(text: &str) -> Option<Self> {
        let origin = text.trim_end_matches('/');
        let uri: Uri = origin.parse().ok()?;
        let host = uri.host()?;
        let is_loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        let is_private = match uri.scheme_str()? {
            "https" => true,
            "http" => is_loopback,
            _other => false,
        };
        let is_origin = matches!(uri.path(), "" | "/")
            && uri.query().is_none()
            && !uri.authority()?.as_str().contains('@');
        (is_private && is_origin).then(|| Self(origin.to_owned()))
    }

    /// Where a link leads: its end is the customer's alone.
    pub fn of_link(&self, end: &str) -> String {
        format!("{}{}{end}", self.0, customer::PREFIX)
    }

    fn host(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, host)| host)
    }
}

impl std::fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Hosts {
    /// The loopback names with the port the server listens on.
    pub fn loopback(listen: SocketAddr) -> Self {
        let port = listen.port();
        Self {
            own: vec![
                format!("127.0.0.1:{port}"),
                format!("localhost:{port}"),
                format!("[::1]:{port}"),
            ],
            published: None,
        }
    }

    /// The same, and the name under which customers reach their pages and nothing else.
    #[must_use]
    pub fn published_at(self, published: Option<PublicUrl>) -> Self {
        Self { published, ..self }
    }

    /// The address that customers know.
    pub const fn published(&self) -> Option<&PublicUrl> {
        self.published.as_ref()
    }

    fn has(&self, host: &str) -> bool {
        self.own.iter().any(|own| own == host)
    }

    /// Whether a customer's request names us. A page that sends no referrer sends no origin either: `null`.
    fn are_named_by_customer(&self, host: &str) -> bool {
        let published = self.published.as_ref();
        self.has(host) || published.is_some_and(|published| published.host() == host)
    }

    fn has_customers_origin(&self, origin: &str) -> bool {
        let published = self.published.as_ref();
        origin == "null"
            || self.has_origin(origin)
            || published.is_some_and(|published| published.0 == origin)
    }

    fn has_origin(&self, origin: &str) -> bool {
        origin
            .strip_prefix("http://")
            .is_some_and(|host| self.has(host))
    }
}

/// Refuses what does not come from our own pages or from a program on this machine.
pub async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    match examine(&app.hosts, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn examine(hosts: &Hosts, request: &Request) -> Result<(), Problem> {
    let headers = request.headers();
    let for_customer = is_customers(request.uri().path());
    let host = text(headers, &header::HOST);
    let named = host.is_some_and(|host| match for_customer {
        true => hosts.are_named_by_customer(host),
        false => hosts.has(host),
    });
    if !named {
        return Err(Problem::forbidden(
            "http.foreign_host",
            "このサーバーの名前ではない宛先（Host）に送られた要求です。",
        ));
    }
    let origin = text(headers, &header::ORIGIN);
    let own_origin = origin.is_none_or(|origin| match for_customer {
        true => hosts.has_customers_origin(origin),
        false => hosts.has_origin(origin),
    });
    if !own_origin {
        return Err(Problem::forbidden(
            "http.foreign_origin",
            "別のサイト（Origin）から送られた要求です。",
        ));
    }
    let site = text(headers, &HeaderName::from_static("sec-fetch-site"));
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match site {
        Some("same-origin" | "none") => Ok(()),
        // A link on another site may open a page of ours; nothing else may.
        Some(_foreign) if reads && is_navigation(headers) => Ok(()),
        Some(_foreign) => Err(Problem::forbidden(
            "http.foreign_site",
            "別のサイトから送られた要求です。",
        )),
        None if reads || origin.is_some() || is_api(request) => Ok(()),
        None => Err(Problem::forbidden(
            "http.no_origin",
            "どの画面から送られたか分からない要求です。",
        )),
    }
}

/// Whether an address is one that customers reach.
pub fn is_customers(path: &str) -> bool {
    path.starts_with(customer::PREFIX)
}

/// A program that is no browser says neither origin nor site. It may use the JSON API, whose bodies no form can send.
fn is_api(request: &Request) -> bool {
    let no_form_sends = text(request.headers(), &header::CONTENT_TYPE).is_none_or(|kind| {
        kind.starts_with("application/json") || kind == "application/octet-stream"
    });
    request.uri().path().starts_with("/api/v1/") && no_form_sends
}

fn is_navigation(headers: &HeaderMap) -> bool {
    text(headers, &HeaderName::from_static("sec-fetch-mode")) == Some("navigate")
        && text(headers, &HeaderName::from_static("sec-fetch-dest")) == Some("document")
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or(""))
}

/// Nothing inline, nothing from outside, no frame around us, no referrer to anybody.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The vendored OpenAPI browser styles itself from its script; nothing of the office's data is on that page.
const POLICY_DOCS: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// A customer's page has no script and no picture, and nobody hears where it was.
const POLICY_CUSTOMER: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// Adds the security headers to every answer, refusals included.
pub async fn secure(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let (policy, referrer) = if path.starts_with("/api/docs") {
        (POLICY_DOCS, "same-origin")
    } else if is_customers(path) {
        (POLICY_CUSTOMER, "no-referrer")
    } else {
        (POLICY, "same-origin")
    };
    let may_be_kept = path.starts_with("/static/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", referrer),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ),
    ] {
        // A customer's file brings a policy of its own, which lets it do less.
        if name == "content-security-policy" && headers.contains_key(name) {
            continue;
        }
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if !may_be_kept && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::PublicUrl;
    use crate::testing::{House, browser_post, get};
    use axum::http::StatusCode;

    const OWN: &str = "http://127.0.0.1:8080";

    #[tokio::test]
    async fn a_name_that_only_resolves_to_us_is_refused() {
        let house = House::open().await;
        let answer = house
            .ask(get("/healthz").header("host", "rebound.example:8080"))
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains("http.foreign_host"));
    }

    #[tokio::test]
    async fn the_right_name_with_another_port_is_refused() {
        let house = House::open().await;
        let answer = house
            .ask(get("/healthz").header("host", "localhost:9999"))
            .await;
        assert!(answer.body.contains("http.foreign_host"));
    }

    #[tokio::test]
    async fn reading_from_another_origin_is_refused() {
        let house = House::open().await;
        let answer = house
            .ask(get("/healthz").header("origin", "http://localhost:3000"))
            .await;
        assert!(answer.body.contains("http.foreign_origin"));
    }

    #[tokio::test]
    async fn a_link_on_another_site_may_open_a_page() {
        let house = House::open().await;
        let link = get("/healthz")
            .header("sec-fetch-site", "cross-site")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document");
        assert_eq!(house.ask(link).await.status, StatusCode::OK);
        let frame = get("/healthz")
            .header("sec-fetch-site", "cross-site")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "iframe");
        assert_eq!(house.ask(frame).await.status, StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn a_form_from_our_own_page_passes_and_one_from_nowhere_does_not() {
        let house = House::open().await;
        let form = "staff=00000000000000000000000000000009&return_to=%2Fcases";
        let own = house
            .send(browser_post("/staff/choose").header("origin", OWN), form)
            .await;
        assert_eq!(own.status, StatusCode::SEE_OTHER);
        assert_eq!(own.header("location"), "/cases");
        assert!(
            own.header("set-cookie")
                .starts_with("daicho_staff=00000000000000000000000000000009;")
        );
        let nowhere = house.send(browser_post("/staff/choose"), form).await;
        assert!(nowhere.body.contains("http.no_origin"));
    }

    #[tokio::test]
    async fn a_failure_under_api_is_a_document_and_elsewhere_a_page() {
        let house = House::open().await;
        let document = house.ask(get("/api/v1/nothing")).await;
        assert_eq!(document.header("content-type"), "application/problem+json");
        assert!(document.body.contains("\"code\":\"http.not_found\""));
        let page = house.ask(get("/nothing")).await;
        assert!(page.body.contains("<html lang=\"ja\">"));
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn under_the_public_name_only_the_customers_pages_are_answered() {
        let house = House::open_published("https://id.example.jp").await;
        let public = |path: &str| get(path).header("host", "id.example.jp");
        assert_eq!(house.ask(public("/c/aaaa")).await.status, StatusCode::OK);
        for path in [
            "/",
            "/cases",
            "/credentials",
            "/api/v1/cases",
            "/metrics",
            "/c",
        ] {
            let answer = house.ask(public(path)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            assert!(
                !answer.body.contains("佐藤"),
                "{path}: no name of the staff"
            );
        }
        let press = |origin: &str| {
            browser_post("/c/aaaa")
                .header("host", "id.example.jp")
                .header("sec-fetch-site", "same-origin")
                .header("origin", origin)
        };
        for origin in ["null", "https://id.example.jp"] {
            let answer = house.ask(press(origin)).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{origin}");
        }
        let foreign = house.ask(press("https://evil.example")).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        let staffs = browser_post("/staff/choose")
            .header("sec-fetch-site", "same-origin")
            .header("origin", "https://id.example.jp");
        assert_eq!(house.ask(staffs).await.status, StatusCode::FORBIDDEN);
    }

    #[test]
    fn customers_reach_us_by_a_way_that_nobody_listens_to() {
        for taken in [
            "https://id.example.jp",
            "https://id.example.jp:8443/",
            "http://127.0.0.1:8080",
        ] {
            assert!(PublicUrl::parse(taken).is_some(), "{taken}");
        }
        let refused = [
            "http://id.example.jp",
            "https://id.example.jp/daicho",
            "https://somebody@id.example.jp",
            "id.example.jp",
            "https://id.example.jp?x=1",
            "",
        ];
        for refused in refused {
            assert_eq!(PublicUrl::parse(refused), None, "{refused}");
        }
        let url = PublicUrl::parse("https://id.example.jp/").expect("it is one");
        assert_eq!(url.of_link("ab-cd"), "https://id.example.jp/c/ab-cd");
    }
}
