//! What the components in `templates/parts.html` are made from: a badge, a chip, a page of a list. Built by the pages
//! from their rows, drawn by the macros, so that a status looks the same wherever it stands.

use super::query::Query;
use super::words;
use chrono::NaiveDate;
use daicho_domain::dates::{BusinessCalendar, DueBadge};

/// The three moods of a status word, and failure: red is kept for what went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// ○○前・未○○
    Before,
    /// ○○中・○○待ち
    During,
    /// Somebody here has to act before it goes on.
    Attention,
    /// ○○済み・完了: plain text, so that the eye goes on.
    Done,
    /// 失敗・期限切れ
    Failed,
}

/// A word for where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// From the word list of the office.
    pub word: String,
    /// How it is drawn.
    pub mood: Mood,
}

impl Status {
    /// A status word in its mood.
    pub fn new(word: &str, mood: Mood) -> Self {
        Self {
            word: word.to_owned(),
            mood,
        }
    }

    /// The class of the drawing.
    pub fn class(&self) -> &'static str {
        match self.mood {
            Mood::Before => "status status-before",
            Mood::During => "status status-during",
            Mood::Attention => "status status-attention",
            Mood::Done => "status status-done",
            Mood::Failed => "status status-failed",
        }
    }
}

/// How near a date is: the text says it, the shape repeats it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The date itself.
    pub on: NaiveDate,
    /// `期限超過 3日`, `本日`, `あと2営業日`
    pub text: String,
    /// The calendar in whose days it is counted, shown on hover.
    pub calendar: String,
    class: &'static str,
}

impl Due {
    /// The badge of a date, seen from `today`, in the days of the calendar that matters.
    pub fn new(on: NaiveDate, today: NaiveDate, calendar: &BusinessCalendar) -> Self {
        let badge = calendar.due_badge(today, on);
        Self {
            on,
            text: badge.text(),
            calendar: calendar.label().to_owned(),
            class: match badge {
                DueBadge::Overdue(_) => "due due-over",
                DueBadge::Today => "due due-today",
                DueBadge::Left(0..=3) => "due due-soon",
                DueBadge::Left(_) => "due",
            },
        }
    }

    /// `2026/10/09（金）`
    pub fn date(&self) -> String {
        words::date(self.on)
    }

    /// The class of the drawing.
    pub fn class(&self) -> &'static str {
        self.class
    }
}

/// One choice of a filter: a link that switches it, so that the address reproduces the view.
#[derive(Debug, Clone)]
pub struct Chip {
    /// The word on it.
    pub word: String,
    /// How many rows it would show, where that is known.
    pub count: Option<u64>,
    /// Whether it holds now.
    pub chosen: bool,
    /// The address with it switched.
    pub href: String,
}

/// A row of chips over one field: OR within it, AND between the rows.
#[derive(Debug, Clone)]
pub struct Chips {
    /// The field's name.
    pub title: String,
    /// Its choices.
    pub chips: Vec<Chip>,
}

/// Rows on a page of a list.
pub const ROWS: u64 = 50;

/// Which part of a list is shown: 「1-50 / 5,000」.
#[derive(Debug, Clone)]
pub struct Paging {
    /// First row shown, counted from 1; 0 when there is none.
    pub first: u64,
    /// Last row shown.
    pub last: u64,
    /// All rows.
    pub total: u64,
    /// The address of the page before.
    pub previous: Option<String>,
    /// The address of the next page.
    pub next: Option<String>,
}

impl Paging {
    /// The page numbered `page` (from 1) of a list of `total` rows.
    pub fn of(query: &Query, page: u64, rows: u64, total: u64) -> Self {
        let before = (page - 1) * rows;
        let at = |page: u64| query.with("page", &page.to_string()).to_string();
        Self {
            first: if total > before { before + 1 } else { 0 },
            last: total.min(before + rows),
            total,
            previous: (page > 1).then(|| at(page - 1)),
            next: (total > before + rows).then(|| at(page + 1)),
        }
    }

    /// `1-50 / 5,000`
    pub fn text(&self) -> String {
        format!(
            "{}-{} / {}",
            words::count(self.first),
            words::count(self.last),
            words::count(self.total)
        )
    }
}

/// One step of a list of steps.
#[derive(Debug, Clone)]
pub struct Step {
    /// What the step is.
    pub word: String,
    /// When it was done, or by when it will be.
    pub note: String,
    /// Where it stands.
    pub state: StepState,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind us.
    Done,
    /// What we are at.
    Now,
    /// Went wrong and has to be taken again.
    Failed,
    /// Ahead.
    Ahead,
}

impl Step {
    /// The class of the drawing.
    pub fn class(&self) -> &'static str {
        match self.state {
            StepState::Done => "step step-done",
            StepState::Now => "step step-now",
            StepState::Failed => "step step-failed",
            StepState::Ahead => "step step-ahead",
        }
    }

    /// The state in words, for those who do not see the drawing.
    pub fn spoken(&self) -> &'static str {
        match self.state {
            StepState::Done => "完了",
            StepState::Now => "現在",
            StepState::Failed => "要対応",
            StepState::Ahead => "これから",
        }
    }
}

/// A link to the derivation of a date: なぜ?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// `/why?…`
    pub href: String,
    /// What it explains, for those who hear the page: 「委任状の返送期日」
    pub of: String,
}

/// An answer to a form: what happened, in the mood of the box it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub text: String,
    /// Whether it is good news.
    pub good: bool,
    /// The case it is about, where it is about one.
    pub case: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use daicho_domain::dates::Calendars;

    #[test]
    fn a_due_badge_says_past_today_near_and_far() {
        let calendars = Calendars::seeded();
        let day = |day| NaiveDate::from_ymd_opt(2026, 10, day).expect("a day of October");
        let badge = |on| {
            let due = Due::new(day(on), day(9), calendars.vendor());
            (due.text.clone(), due.class())
        };
        assert_eq!(badge(6), ("期限超過 3日".into(), "due due-over"));
        assert_eq!(badge(9), ("本日".into(), "due due-today"));
        // The 12th is スポーツの日.
        assert_eq!(badge(13), ("あと1営業日".into(), "due due-soon"));
        assert_eq!(badge(30), ("あと14営業日".into(), "due"));
    }

    #[test]
    fn paging_counts_from_one() {
        let paging = Paging {
            first: 1,
            last: 50,
            total: 5_000,
            previous: None,
            next: None,
        };
        assert_eq!(paging.text(), "1-50 / 5,000");
    }
}
