//! A data directory with work in it, made by the binary itself.

use crate::binary::{Said, daicho};
use chrono::{Days, NaiveDate};
use daicho_eventlog::{Clock as _, SystemClock};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A 練習用 data directory. It goes with the value.
pub struct Practice {
    place: TempDir,
}

impl Practice {
    /// So many offices, worked on from one day to another, counted back from today.
    ///
    /// # Panics
    /// When it cannot be simulated.
    #[must_use]
    pub fn of(offices: usize, from_days_ago: u64, to_days_ago: u64) -> Self {
        let day = |ago| today() - Days::new(ago);
        Self::between(offices, day(from_days_ago), day(to_days_ago))
    }

    /// So many offices, worked on from one day to another.
    ///
    /// # Panics
    /// When it cannot be simulated.
    #[must_use]
    pub fn between(offices: usize, from: NaiveDate, to: NaiveDate) -> Self {
        let practice = Self {
            place: tempfile::tempdir().expect("a directory"),
        };
        practice.says(&[
            "simulate",
            "--offices",
            &offices.to_string(),
            "--from",
            &from.to_string(),
            "--to",
            &to.to_string(),
        ]);
        practice
    }

    /// The same directory again, to work on apart.
    ///
    /// # Panics
    /// When it cannot be copied.
    #[must_use]
    pub fn copied(&self) -> Self {
        let place = tempfile::tempdir().expect("a directory");
        copy(&self.data(), &place.path().join("data"));
        Self { place }
    }

    /// The directory.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    /// Runs a command of the binary on it, which must be carried out.
    ///
    /// # Panics
    /// When it is not.
    pub fn says(&self, arguments: &[&str]) -> String {
        let said = Said::by(daicho(&self.data()).args(arguments));
        assert_eq!(
            said.code,
            Some(0),
            "{arguments:?}: {}{}",
            said.out,
            said.err
        );
        said.out
    }

    /// The same, whose answer is one JSON document.
    ///
    /// # Panics
    /// When it is not carried out or says something else.
    pub fn says_json(&self, arguments: &[&str]) -> Value {
        let said = self.says(&[arguments, &["--json"]].concat());
        serde_json::from_str(&said).expect("--json prints one JSON document")
    }

    /// Nothing is wrong with the log, and the read models are what it gives.
    ///
    /// # Panics
    /// When it is otherwise.
    pub fn is_sound(&self) {
        assert_eq!(self.says_json(&["log", "verify"])["sound"], true);
        let views = self.says_json(&["views", "check"]);
        assert_eq!(views["differing"], serde_json::json!([]));
    }

    /// Every recorded event as it is exported.
    pub fn events(&self) -> Vec<Value> {
        let lines = self.says(&["log", "export"]);
        lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("an event is a line of JSON"))
            .collect()
    }

    /// The id of a member of the staff.
    ///
    /// # Panics
    /// When there is nobody.
    #[must_use]
    pub fn clerk(&self) -> String {
        let events = self.events();
        let streams = events.iter().filter_map(|event| event["stream"].as_str());
        let mut staff = streams.filter_map(|stream| stream.strip_prefix("staff-"));
        staff.next().expect("somebody works there").to_owned()
    }
}

/// Today in Japan.
#[must_use]
pub fn today() -> NaiveDate {
    SystemClock.date_in_japan()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory") {
        let from = entry.expect("an entry").path();
        let to = to.join(from.file_name().expect("an entry has a name"));
        match from.is_dir() {
            true => copy(&from, &to),
            false => {
                std::fs::copy(&from, &to).expect("a copy");
            }
        }
    }
}
