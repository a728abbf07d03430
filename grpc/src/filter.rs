//! A filter that the server applies for a client: by stream name or event type, by prefixes or one expression.

use std::collections::HashMap;
use std::sync::Arc;

use daicho_eventlog::foreign::Entry;
use fancy_regex::{Regex, RegexBuilder};
use tonic::Status;

use crate::persistent::FilterText;
use crate::wire::streams::read_req::options::FilterOptions;
use crate::wire::streams::read_req::options::filter_options::{Filter as Given, Window};

/// How many names' answers are remembered: event types are few.
const REMEMBERED_MAX: usize = 256;

/// After how many looked-at events a checkpoint is sent when the client does not say.
const WINDOW: u32 = 32;

/// How long an expression may be, and each prefix.
const EXPRESSION_BYTES_MAX: usize = 1 << 10;

/// How many prefixes a filter may have.
const PREFIXES_MAX: usize = 256;

/// How many steps back an expression may take on one name.
const STEPS_BACK_MAX: usize = 10_000;

/// How many names are held against a filter before others on the same thread have their turn.
const LOOKED_AT_ONCE: u32 = 32;

/// What a client wants to see of everything.
#[derive(Debug)]
pub(crate) struct Filter {
    by: By,
    rule: Rule,
    /// After how many looked-at events the client is told how far the search has come.
    pub(crate) checkpoint_every: u64,
    known: HashMap<Arc<str>, bool>,
    looked_at: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Stream,
    Kind,
}

#[derive(Debug)]
enum Rule {
    Prefixes(Vec<String>),
    Expression(Box<Regex>),
}

impl Filter {
    /// The filter a client gives.
    pub(crate) fn of(given: &FilterOptions) -> Result<Self, Status> {
        let (by, expression) = match &given.filter {
            Some(Given::StreamIdentifier(expression)) => (By::Stream, expression),
            Some(Given::EventType(expression)) => (By::Kind, expression),
            None => return Err(Status::invalid_argument("a filter says what it filters by")),
        };
        let window = match given.window {
            Some(Window::Max(0)) => {
                return Err(Status::invalid_argument("a filter's window is at least 1"));
            }
            Some(Window::Max(max)) => max,
            Some(Window::Count(_)) | None => WINDOW,
        };
        let multiplier = given.checkpoint_interval_multiplier.max(1);
        Ok(Self {
            by,
            rule: Rule::of(&expression.prefix, &expression.regex)?,
            checkpoint_every: u64::from(window) * u64::from(multiplier),
            known: HashMap::new(),
            looked_at: 0,
        })
    }

    /// The filter of a subscription that is kept.
    pub(crate) fn kept(text: &FilterText) -> Result<Self, Status> {
        Ok(Self {
            by: match text.by_stream {
                true => By::Stream,
                false => By::Kind,
            },
            rule: Rule::of(&text.prefixes, &text.regex)?,
            checkpoint_every: u64::MAX,
            known: HashMap::new(),
            looked_at: 0,
        })
    }

    /// Whether the client wants this event. Whoever asks often lets others in between.
    pub(crate) async fn wants(&mut self, entry: &Entry) -> Result<bool, Status> {
        self.looked_at += 1;
        if self.looked_at >= LOOKED_AT_ONCE {
            self.looked_at = 0;
            tokio::task::yield_now().await;
        }
        self.lets_through(entry)
    }

    fn lets_through(&mut self, entry: &Entry) -> Result<bool, Status> {
        let kind = match self.by {
            By::Stream => return self.rule.holds(entry.stream.as_str()),
            By::Kind => entry.kind(),
        };
        if let Some(known) = self.known.get(kind) {
            return Ok(*known);
        }
        let holds = self.rule.holds(kind)?;
        if self.known.len() < REMEMBERED_MAX {
            self.known.insert(kind.clone(), holds);
        }
        Ok(holds)
    }
}

impl Rule {
    fn of(prefixes: &[String], regex: &str) -> Result<Self, Status> {
        let mut texts = prefixes.iter().map(String::as_str).chain([regex]);
        if prefixes.len() > PREFIXES_MAX || texts.any(|text| text.len() > EXPRESSION_BYTES_MAX) {
            return Err(Status::invalid_argument(format!(
                "a filter has at most {PREFIXES_MAX} prefixes, each and its expression of at most {EXPRESSION_BYTES_MAX} bytes"
            )));
        }
        if !prefixes.is_empty() {
            return Ok(Self::Prefixes(prefixes.to_vec()));
        }
        let mut builder = RegexBuilder::new(regex);
        match builder.backtrack_limit(STEPS_BACK_MAX).build() {
            Ok(expression) => Ok(Self::Expression(Box::new(expression))),
            Err(error) => Err(Status::invalid_argument(format!(
                "the filter's expression is not understood: {error}"
            ))),
        }
    }

    fn holds(&self, name: &str) -> Result<bool, Status> {
        match self {
            Self::Prefixes(prefixes) => Ok(prefixes.iter().any(|prefix| name.starts_with(prefix))),
            Self::Expression(expression) => expression.is_match(name).map_err(|error| {
                Status::invalid_argument(format!("the filter's expression takes too long: {error}"))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_that_searches_long_is_refused_and_not_waited_for() {
        let searches_long = r"^(a|b|ab)*\1d";
        let name = "ab".repeat(13);
        let patient = Regex::new(searches_long).expect("it is understood");
        assert_eq!(patient.is_match(&name).ok(), Some(false));
        let rule = Rule::of(&[], searches_long).expect("it is understood");
        let refused = rule.holds(&name).expect_err("it takes too long");
        assert_eq!(refused.code(), tonic::Code::InvalidArgument);
    }

    #[test]
    fn a_filter_has_its_measure() {
        let long = "a".repeat(EXPRESSION_BYTES_MAX + 1);
        assert!(Rule::of(&[], &long).is_err());
        assert!(Rule::of(std::slice::from_ref(&long), "").is_err());
        let many = vec!["a".to_owned(); PREFIXES_MAX + 1];
        assert!(Rule::of(&many, "").is_err());
        assert!(Rule::of(&many[1..], "").is_ok());
        assert!(Rule::of(&[], &long[1..]).is_ok());
    }
}
