//! The one clock. Nothing else in the workspace reads the time; the business day is not read here but is an
//! event (`office_day.opened`).

use std::fmt;
use std::sync::Mutex;

use chrono::{DateTime, FixedOffset, NaiveDate, SubsecRound, Utc};

/// Says what time it is.
pub trait Clock: Send + Sync + fmt::Debug + 'static {
    /// The present instant, to the microsecond.
    fn now(&self) -> DateTime<Utc>;

    /// The civil date of the present instant in Japan.
    fn date_in_japan(&self) -> NaiveDate {
        date_in_japan(self.now())
    }
}

/// The civil date of an instant in Japan, which has had one offset and no summer time since 1951.
pub fn date_in_japan(instant: DateTime<Utc>) -> NaiveDate {
    const JAPAN: FixedOffset = FixedOffset::east_opt(9 * 3600).expect("nine hours are an offset");
    instant.with_timezone(&JAPAN).date_naive()
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}

/// A clock that stands until it is moved: simulation, tests.
#[derive(Debug)]
pub struct SimulatedClock(Mutex<DateTime<Utc>>);

impl SimulatedClock {
    /// A clock that stands at this instant.
    pub fn at(instant: DateTime<Utc>) -> Self {
        Self(Mutex::new(instant.trunc_subsecs(6)))
    }

    /// Moves it to an instant; back, too: what the log records never decreases all the same.
    pub fn set(&self, instant: DateTime<Utc>) {
        *self.0.lock().expect("setting the clock does not panic") = instant.trunc_subsecs(6);
    }

    /// Moves it on by a span.
    pub fn advance(&self, by: chrono::TimeDelta) {
        let mut now = self.0.lock().expect("setting the clock does not panic");
        *now += by;
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("setting the clock does not panic")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_changes_at_midnight_in_japan() {
        let before = "2026-11-25T14:59:59Z".parse().expect("an instant");
        let after = "2026-11-25T15:00:00Z".parse().expect("an instant");
        assert_eq!(date_in_japan(before).to_string(), "2026-11-25");
        assert_eq!(date_in_japan(after).to_string(), "2026-11-26");
    }
}
