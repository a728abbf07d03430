//! A real browser: headless Chromium through chromedriver, used as a person uses it. It finds things by the words a
//! person reads, waits through the driver until they are there, and takes pictures for people to look at.

use fantoccini::key::Key;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How long a person would wait before calling for help.
const PATIENCE: Duration = Duration::from_secs(30);

/// What to say when the browser is not there.
const INSTALL: &str = "the browser tests need Chromium and chromedriver: install the packages `chromium` and \
     `chromium-driver` (./check does)";

/// A browser with a profile of its own.
pub struct Browser {
    client: Client,
    driver: Driver,
    site: String,
    _profile: TempDir,
}

/// The running chromedriver, ended with the test.
struct Driver {
    child: Child,
    url: String,
}

impl Driver {
    /// Starts it on a free port, which it says itself.
    fn start() -> Self {
        let started = Command::new("chromedriver")
            .arg("--port=0")
            .env("LANGUAGE", "ja")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = started.unwrap_or_else(|error| panic!("{INSTALL} ({error})"));
        let said = child.stdout.take().expect("its output was asked for");
        let port = BufReader::new(said)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                Some(port.trim_end_matches('.').to_owned())
            })
            .expect("chromedriver says its port");
        Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn capabilities(profile: &Path) -> Capabilities {
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--lang=ja",
        "--accept-lang=ja",
        "--window-size=1440,900",
    ];
    let mut arguments: Vec<String> = arguments.map(str::to_owned).to_vec();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    let asked = json!({
        "browserName": "chrome",
        "goog:chromeOptions": { "args": arguments },
        "goog:loggingPrefs": { "browser": "ALL" },
    });
    serde_json::from_value(asked).expect("an object")
}

impl Browser {
    /// Opens a browser for the pages under `site`, `http://127.0.0.1:8080`.
    ///
    /// # Panics
    /// When Chromium or chromedriver is not installed; it says what to install.
    pub async fn on(site: &str) -> Self {
        let driver = Driver::start();
        let profile = tempfile::tempdir().expect("a directory");
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(profile.path()))
            .connect(&driver.url)
            .await;
        let client = client.unwrap_or_else(|error| panic!("{INSTALL} ({error})"));
        Self {
            client,
            driver,
            site: site.trim_end_matches('/').to_owned(),
            _profile: profile,
        }
    }

    /// Closes it, after it has shown that nothing went wrong unseen: no error in its console, nothing asked of
    /// anybody but the server.
    ///
    /// # Panics
    /// When something did.
    pub async fn closes_without_complaint(self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "the console says {complaints:?}");
        self.client.close().await.expect("the browser closes");
    }

    /// The same after so many requests that were meant to be refused, which a console calls errors.
    ///
    /// # Panics
    /// When anything else went wrong.
    pub async fn closes_after_refusals(self, refusals: usize) {
        let complaints = self.complaints().await;
        let refused = complaints
            .iter()
            .filter(|said| said.contains("409 (Conflict)"));
        assert_eq!(refused.count(), refusals, "the console says {complaints:?}");
        assert_eq!(
            complaints.len(),
            refusals,
            "the console says {complaints:?}"
        );
        self.client.close().await.expect("the browser closes");
    }

    /// What its console complained about.
    pub async fn complaints(&self) -> Vec<String> {
        let session = self.client.session_id().await.expect("a session");
        let session = session.expect("a session is open");
        let address = format!("{}/session/{session}/se/log", self.driver.url);
        let asked = reqwest::Client::new()
            .post(address)
            .body(json!({ "type": "browser" }).to_string())
            .send()
            .await;
        let answer = asked.expect("the driver answers").text().await;
        let answer = answer.expect("the driver answers in text");
        let answer: Value = serde_json::from_str(&answer).expect("the driver answers in JSON");
        let lines = answer["value"].as_array().cloned().unwrap_or_default();
        lines
            .iter()
            .filter(|line| line["level"] != "INFO" && line["level"] != "DEBUG")
            .map(|line| line["message"].to_string())
            .collect()
    }

    /// Opens a page, which must be asked for from nobody else.
    pub async fn opens(&self, path: &str) {
        let address = format!("{}{path}", self.site);
        self.client.goto(&address).await.expect("the page opens");
        self.asked_nobody_else().await;
    }

    async fn asked_nobody_else(&self) {
        let asked = self
            .runs("return performance.getEntriesByType('resource').map((asked) => asked.name)")
            .await;
        for name in asked.as_array().into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            let own = name.starts_with(&self.site) || name.starts_with("data:");
            assert!(own, "the page asks {name}");
        }
    }

    /// Runs a script in the page.
    ///
    /// # Panics
    /// When it fails.
    pub async fn runs(&self, script: &str) -> Value {
        let ran = self.client.execute(script, vec![]).await;
        ran.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The path and query of the page that is open.
    pub async fn address(&self) -> String {
        let address = self.client.current_url().await.expect("a page is open");
        let query = address.query().map(|query| format!("?{query}"));
        format!("{}{}", address.path(), query.unwrap_or_default())
    }

    /// Waits until an element is there, by CSS.
    pub async fn waits_for(&self, css: &str) -> fantoccini::elements::Element {
        self.waits(Locator::Css(css)).await
    }

    async fn waits(&self, what: Locator<'_>) -> fantoccini::elements::Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(what).await;
        match found {
            Ok(element) => element,
            Err(error) => {
                let page = self.text().await;
                let path = self.picture("failed").await;
                panic!("{what:?} is not there ({error}); see {path:?}:\n{page}")
            }
        }
    }

    /// Waits until the page shows a text in the part that a CSS selector names.
    pub async fn sees(&self, css: &str, text: &str) {
        let script = format!(
            "return [...document.querySelectorAll({})].some((part) => part.innerText.replace(/\\s+/g, ' ').includes({}))",
            json!(css),
            json!(text)
        );
        let began = std::time::Instant::now();
        while began.elapsed() < PATIENCE {
            // The driver answers only when the page has drawn: this waits for the page, not for a time.
            if self.runs(&script).await == true {
                return;
            }
            let drawn = "const done = arguments[arguments.length - 1]; requestAnimationFrame(() => done(true))";
            let drawn = self.client.execute_async(drawn, vec![]).await;
            drawn.expect("the page draws");
        }
        let page = self.text().await;
        let path = self.picture("failed").await;
        panic!("{css} does not show 「{text}」; see {path:?}:\n{page}");
    }

    /// Whether the page shows a text now.
    pub async fn shows(&self, text: &str) -> bool {
        self.text().await.contains(text)
    }

    /// All the text of the page as a person sees it.
    pub async fn text(&self) -> String {
        let text = self.runs("return document.body.innerText").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks what a CSS selector names.
    pub async fn clicks(&self, css: &str) {
        let element = self.waits_for(css).await;
        element.click().await.expect("it can be clicked");
    }

    /// Clicks the link, button or summary with these words.
    pub async fn clicks_on(&self, words: &str) {
        let element = self.waits(Locator::XPath(&named(words))).await;
        let clicked = element.click().await;
        clicked.unwrap_or_else(|error| panic!("「{words}」 cannot be clicked: {error}"));
    }

    /// Clicks a button that sends a form, and waits for the page that answers.
    pub async fn sends(&self, words: &str) {
        self.leaves_the_page_by(async { self.clicks_on(words).await })
            .await;
    }

    /// Does something that leaves the page, and waits for the next one.
    pub async fn leaves_the_page_by(&self, act: impl Future<Output = ()>) {
        self.runs("document.documentElement.dataset.left = 'soon'")
            .await;
        act.await;
        self.waits_for("html:not([data-left]) main").await;
        self.asked_nobody_else().await;
    }

    /// Clicks a label, and with it what it names.
    pub async fn clicks_label(&self, words: &str) {
        let label = format!("//label[normalize-space(.)={}]", quoted(words));
        let label = self.waits(Locator::XPath(&label)).await;
        label.click().await.expect("the label can be clicked");
    }

    /// Types into the field with this label.
    pub async fn types(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        field.clear().await.expect("the field can be emptied");
        field.send_keys(text).await.expect("the field takes text");
    }

    /// Chooses files in the field with this label.
    pub async fn attaches(&self, label: &str, files: &[&Path]) {
        let paths: Vec<_> = files.iter().map(|file| file.to_string_lossy()).collect();
        let field = self.field(label).await;
        let chosen = field.send_keys(&paths.join("\n")).await;
        chosen.unwrap_or_else(|error| panic!("「{label}」: {error}"));
    }

    /// Sets the day in the field with this label.
    pub async fn picks_day(&self, label: &str, day: &str) {
        let field = self.field(label).await;
        let field = serde_json::to_value(&field).expect("an element is a reference");
        let set = "arguments[0].value = arguments[1]; \
             for (const kind of ['input', 'change']) arguments[0].dispatchEvent(new Event(kind, { bubbles: true }))";
        let set = self.client.execute(set, vec![field, json!(day)]).await;
        set.expect("the day can be set");
    }

    /// Chooses in the list with this label.
    pub async fn chooses(&self, label: &str, option: &str) {
        let field = self.field(label).await;
        let chosen = field.select_by_label(option).await;
        chosen.unwrap_or_else(|error| panic!("「{option}」 of 「{label}」: {error}"));
    }

    async fn field(&self, label: &str) -> fantoccini::elements::Element {
        let label = quoted(label);
        let visible = format!(
            "(//*[(self::input or self::select or self::textarea) and @id=//label[starts-with(normalize-space(.),{label})]/@for] \
             | //label[starts-with(normalize-space(.),{label})]//input)[not(ancestor::details[not(@open)])]"
        );
        self.waits(Locator::XPath(&visible)).await
    }

    /// Presses keys, wherever the focus is.
    pub async fn presses(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("a focus");
        focused.send_keys(keys).await.expect("the page takes keys");
    }

    /// Presses a key while Control is held.
    pub async fn presses_control(&self, key: &str) {
        // What follows in one call is pressed together, and let go at its end.
        self.presses(&format!("{}{key}", char::from(Key::Control)))
            .await;
    }

    /// Presses Enter where the focus is, which sends the form it is in.
    pub async fn presses_enter_and_waits(&self) {
        self.leaves_the_page_by(async { self.presses(&Key::Enter.to_string()).await })
            .await;
    }

    /// Takes a picture of the window for people to look at.
    pub async fn picture(&self, name: &str) -> PathBuf {
        let image = self.client.screenshot().await.expect("a picture");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
        std::fs::create_dir_all(&folder).expect("the folder of pictures");
        let path = folder.join(format!("{name}.png"));
        std::fs::write(&path, image).expect("the picture can be written");
        path
    }

    /// Sets the size of the window.
    pub async fn is_sized(&self, width: u32, height: u32) {
        let sized = self.client.set_window_size(width, height).await;
        sized.expect("the window can be sized");
    }

    /// What a person who cannot see the page, or has no mouse, would stumble over on it.
    pub async fn barriers(&self) -> Vec<String> {
        let found = self.runs(BARRIERS).await;
        let found = found.as_array().cloned().unwrap_or_default();
        found.iter().map(ToString::to_string).collect()
    }
}

/// What can be clicked and is named by these words, nothing that is folded away.
fn named(words: &str) -> String {
    let words = quoted(words);
    format!(
        "//*[self::a or self::button or self::summary][normalize-space(.)={words} or @aria-label={words}]\
         [not(ancestor::details[not(@open)]) or self::summary]"
    )
}

/// A text as XPath writes it.
fn quoted(text: &str) -> String {
    assert!(
        !text.contains('"'),
        "a word on a page has no quotation mark"
    );
    format!("\"{text}\"")
}

/// The checks that find what most audits find: landmarks, one heading of each page and no level left out, a name for
/// everything that can be used, headings of tables, texts instead of pictures, ids that are one, the language.
const BARRIERS: &str = r#"
const found = [];
const all = (selector) => [...document.querySelectorAll(selector)];
const text = (element) => (element.textContent || '').trim();
const described = (ids) => (ids || '').split(/\s+/).map((id) => document.getElementById(id)).filter(Boolean).map(text).join(' ');
const name = (element) => element.getAttribute('aria-label') || described(element.getAttribute('aria-labelledby'))
  || (element.labels ? [...element.labels].map(text).join(' ') : '') || text(element) || element.title
  || [...element.querySelectorAll('img[alt]')].map((image) => image.alt).join(' ');
const say = (what, element) => found.push(what + ': ' + element.outerHTML.slice(0, 160));
if (document.documentElement.lang !== 'ja') found.push('no language');
if (!document.title) found.push('no title');
for (const landmark of ['main', 'nav', 'header']) if (!document.querySelector(landmark)) found.push('no ' + landmark);
if (all('main').length !== 1) found.push('not one main');
if (all('h1').filter((heading) => heading.offsetParent).length !== 1) found.push('not one h1');
let level = 0;
for (const heading of all('main :is(h1,h2,h3,h4)')) {
  const now = Number(heading.tagName[1]);
  if (level && now > level + 1) say('a level left out', heading);
  level = now;
}
for (const field of all('input:not([type=hidden]), select, textarea')) if (!name(field)) say('a field without a label', field);
for (const link of all('a[href], button, summary')) if (!name(link)) say('nothing says what it does', link);
for (const image of all('img:not([alt]), svg:not([aria-hidden=true]):not([aria-label])')) say('a picture without words', image);
for (const table of all('table')) if (!table.querySelector('th')) say('a table without headings', table);
for (const head of all('thead th:not([scope])')) say('a heading for nothing', head);
for (const nav of all('nav')) if (!name(nav)) say('a navigation without a name', nav);
const ids = all('[id]').map((element) => element.id);
for (const id of ids.filter((id, place) => ids.indexOf(id) !== place)) found.push('two elements are ' + id);
for (const element of all('[aria-labelledby], [aria-describedby]')) for (const attribute of ['aria-labelledby', 'aria-describedby'])
  for (const id of (element.getAttribute(attribute) || '').split(/\s+/).filter(Boolean)) if (!document.getElementById(id)) say('names nobody', element);
for (const element of all('[tabindex]')) if (Number(element.getAttribute('tabindex')) > 0) say('out of order', element);
return found;
"#;
