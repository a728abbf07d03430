//! The application over HTTP: in this process, on a free port of the loopback, with an office whose clock the
//! test moves. After every request that was carried out the workers do what follows, so that nothing is waited for.

use crate::office::Office;
use daicho_domain::Service;
use daicho_domain::zengin::Consignor;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The member of the staff under whose id programs act in the tests.
pub const CLERK: &str = "00000000000000000000000000000009";

/// An office behind HTTP.
pub struct Server {
    /// The office.
    pub office: Office,
    address: SocketAddr,
    client: Client,
    serving: JoinHandle<()>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl Answer {
    /// A header, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Its body as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The code of the problem it is.
    ///
    /// # Panics
    /// When it is no problem document.
    pub fn refusal(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.body
        );
        let document = self.json();
        assert_eq!(document["status"], self.status);
        for sentence in ["title", "detail"] {
            let sentence = document[sentence].as_str().unwrap_or_default();
            assert!(sentence.ends_with('。'), "{document}");
        }
        let code = document["code"].as_str();
        code.expect("a problem has a code").to_owned()
    }
}

impl Server {
    /// An installation without anything in it, on the morning of a day, and a clerk who gave her name.
    pub async fn opens_on(date: &str) -> Self {
        let server = Self::of(Office::opens_empty_on(date).await).await;
        server.clerk_gives_her_name().await;
        server
    }

    /// An office whose corporation has its 本登録 for a service from a day on, on the morning of that day, and a clerk who
    /// gave her name.
    pub async fn registered_since(date: &str, service: Service) -> Self {
        let office = Office::opens_on(date).await;
        office.is_registered_since_today(service).await;
        let server = Self::of(office).await;
        server.clerk_gives_her_name().await;
        server
    }

    /// Serves an office.
    pub async fn of(office: Office) -> Self {
        Self::collecting_for(office, Some(Consignor::invented())).await
    }

    /// Serves an office whose debits are collected for this consignor, or for nobody.
    ///
    /// # Panics
    /// When the loopback cannot be served.
    pub async fn collecting_for(office: Office, consignor: Option<Consignor>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("a bound port has an address");
        let app = office.app(address, consignor);
        let serving = tokio::spawn(async move {
            let forever = std::future::pending();
            daicho_api::serve(listener, app, forever)
                .await
                .expect("the loopback can be served");
        });
        Self {
            office,
            address,
            client: Client::new(),
            serving,
        }
    }

    /// The clerk gives her name, under which the tests act.
    pub async fn clerk_gives_her_name(&self) {
        let path = format!("/api/v1/staff/{CLERK}/name");
        self.must(&path, serde_json::json!({ "name": "佐藤" }))
            .await;
    }

    /// An address of this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Its name and port, as a `Host` header says it.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// A request to be added to.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// A body sent as JSON by the clerk, to be added to.
    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path)
            .header("content-type", "application/json")
            .header("daicho-staff", CLERK)
            .body(body.to_string())
    }

    /// The answer to a request, as soon as it is there: what follows from it has not happened yet.
    ///
    /// # Panics
    /// When there is none.
    pub async fn answer(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("the server answers");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.expect("the answer is text"),
        }
    }

    /// Reads an address.
    pub async fn reads(&self, path: &str) -> Answer {
        self.answer(self.request(Method::GET, path)).await
    }

    /// Reads JSON that must be there.
    ///
    /// # Panics
    /// When it is not.
    pub async fn finds(&self, path: &str) -> Value {
        let answer = self.reads(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    /// The clerk's program asks for something; what follows from it happens.
    pub async fn asks(&self, path: &str, body: Value) -> Answer {
        let answer = self.answer(self.post(path, &body)).await;
        self.office.wakes().await;
        answer
    }

    /// The same, which must be carried out.
    ///
    /// # Panics
    /// When it is not.
    pub async fn must(&self, path: &str, body: Value) -> Value {
        let answer = self.asks(path, body).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    /// The clerk sends a form of a page; what follows from it happens.
    pub async fn fills_in(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", value.replace(' ', "+")))
            .collect();
        let request = self
            .request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", self.url(""))
            .header("cookie", format!("daicho_staff={CLERK}"))
            .body(body.join("&"));
        let answer = self.answer(request).await;
        self.office.wakes().await;
        answer
    }

    /// The same, which must be refused: its status and code.
    pub async fn is_refused(&self, path: &str, body: Value) -> (u16, String) {
        let answer = self.asks(path, body).await;
        (answer.status, answer.refusal())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
