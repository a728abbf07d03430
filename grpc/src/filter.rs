//! A filter that the server applies for a client: by stream name or event type, by prefixes or one expression.

use std::collections::HashMap;
use std::sync::Arc;

use daicho_eventlog::foreign::Entry;
use fancy_regex::Regex;
use tonic::Status;

use crate::persistent::FilterText;
use crate::wire::streams::read_req::options::FilterOptions;
use crate::wire::streams::read_req::options::filter_options::{Filter as Given, Window};

/// How many names' answers are remembered: event types are few.
const REMEMBERED_MAX: usize = 256;

/// After how many looked-at events a checkpoint is sent when the client does not say.
const WINDOW: u32 = 32;

/// What a client wants to see of everything.
#[derive(Debug)]
pub(crate) struct Filter {
    by: By,
    rule: Rule,
    /// After how many looked-at events the client is told how far the search has come.
    pub(crate) checkpoint_every: u64,
    known: HashMap<Arc<str>, bool>,
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
        })
    }

    /// Whether the client wants this event.
    pub(crate) fn wants(&mut self, entry: &Entry) -> Result<bool, Status> {
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
        if !prefixes.is_empty() {
            return Ok(Self::Prefixes(prefixes.to_vec()));
        }
        match Regex::new(regex) {
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
