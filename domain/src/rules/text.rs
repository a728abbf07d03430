//! An answer as text: what `daicho explain` prints and the なぜ? of the dashboard shows.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{Answer, Certainty, Change, Direction, Milestone, Value};
use crate::dates;

/// The language of the frame. Facts, steps and rules are the office's own sentences and stay Japanese.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Lang {
    /// Japanese.
    #[default]
    Ja,
    /// English.
    En,
}

/// The words of the frame in one language.
struct Words {
    asked: &'static str,
    book: &'static str,
    facts: &'static str,
    steps: &'static str,
    rules: &'static str,
    open: &'static str,
    changes: &'static str,
    notices: &'static str,
}

const JA: Words = Words {
    asked: "起点",
    book: "規程",
    facts: "事実",
    steps: "導出",
    rules: "根拠",
    open: "未決定",
    changes: "変わる条件",
    notices: "お知らせ",
};

const EN: Words = Words {
    asked: "asked for",
    book: "book",
    facts: "facts",
    steps: "steps",
    rules: "rules",
    open: "undecided",
    changes: "would change",
    notices: "notices",
};

impl Lang {
    const fn words(self) -> &'static Words {
        match self {
            Lang::Ja => &JA,
            Lang::En => &EN,
        }
    }
}

impl Value {
    /// The value as people read it.
    #[must_use]
    pub fn text(self, lang: Lang) -> String {
        match (self, lang) {
            (Value::Date(day), Lang::Ja) => dates::in_japanese(day),
            (Value::Date(day), Lang::En) => day.to_string(),
            (Value::Month(month), Lang::Ja) => month.in_japanese(),
            (Value::Month(month), Lang::En) => month.to_string(),
            (Value::Amount(yen), Lang::Ja) => format!("{}円", thousands(yen)),
            (Value::Amount(yen), Lang::En) => format!("{} yen", thousands(yen)),
            (Value::Days(days), Lang::Ja) => format!("{days}日"),
            (Value::Days(days), Lang::En) => format!("{days} days"),
        }
    }
}

impl Answer {
    /// The whole answer as text, ending with a line break.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let words = lang.words();
        let mut out = String::new();
        let on = Value::Date(self.on).text(lang);
        let line = match lang {
            Lang::Ja => format!(
                "{} {}　{}: {} {on}",
                self.service.name(),
                self.question.label(),
                words.asked,
                self.question.asked_day(),
            ),
            Lang::En => format!("{} {}, {} {on}", self.service, self.question, words.asked),
        };
        push(&mut out, &line);
        if let Some(prefecture) = self.prefecture {
            push(&mut out, &prefecture.federation());
        }
        push(&mut out, &format!("{}: {}", words.book, self.book));
        let mut said = BTreeSet::new();
        for milestone in &self.milestones {
            push(&mut out, "");
            milestone.write(&mut out, lang, &mut said);
        }
        for notice in &self.notices {
            push(&mut out, "");
            push(&mut out, &format!("{}: {}", words.notices, notice.text));
        }
        out
    }
}

impl Milestone {
    /// This one value with its derivation as text.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let mut out = String::new();
        self.write(&mut out, lang, &mut BTreeSet::new());
        out
    }

    /// A rule is told in full where it is first used.
    fn write<'a>(&'a self, out: &mut String, lang: Lang, said: &mut BTreeSet<&'a str>) {
        let words = lang.words();
        let value = self.value.text(lang);
        let line = match (lang, self.certainty) {
            (Lang::Ja, certainty) => {
                format!(
                    "{}（{}）: {value}　{}",
                    self.label,
                    self.name,
                    certainty.label()
                )
            }
            (Lang::En, Certainty::Fixed) => format!("{}: {value}, fixed", self.name),
            (Lang::En, Certainty::Expected) => format!("{}: {value}, expected", self.name),
        };
        push(out, &line);
        section(out, words.facts, self.facts.iter().cloned());
        section(out, words.steps, self.steps.iter().cloned());
        section(
            out,
            words.rules,
            self.rules.iter().map(|rule| {
                let short = format!("{} = {}［{}］", rule.label, rule.value, rule.id);
                let source = &rule.source;
                match said.insert(&rule.id) {
                    true => format!(
                        "{short}{}（{}、{}）",
                        source.rule, source.document, source.section
                    ),
                    false => short,
                }
            }),
        );
        section(
            out,
            words.open,
            self.open
                .iter()
                .map(|open| match open.alternatives.as_slice() {
                    [] => format!("{}: 既定 {}［{}］", open.label, open.default, open.id),
                    others => format!(
                        "{}: 既定 {}、ほかの案 {}［{}］",
                        open.label,
                        open.default,
                        others.join("・"),
                        open.id
                    ),
                }),
        );
        section(
            out,
            words.changes,
            self.would_change.iter().map(|change| change.text(lang)),
        );
    }
}

impl Change {
    /// The change as text. What is decided or where is said in Japanese.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let value = self.value.text(lang);
        let days = match self.days {
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        match (lang, self.direction, self.day) {
            (Lang::En, Direction::Earlier, Some(day)) => {
                format!("{days} earlier (until {day}): {value}")
            }
            (Lang::En, Direction::Later, Some(day)) => {
                format!("{days} later (from {day}): {value}")
            }
            (Lang::Ja | Lang::En, _, _) => format!("{} {value}", self.when),
        }
    }
}

fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    for (n, line) in lines.enumerate() {
        if n == 0 {
            push(out, &format!("  {title}"));
        }
        push(out, &format!("    {line}"));
    }
}

fn push(out: &mut String, line: &str) {
    writeln!(out, "{line}").expect("writing to a string does not fail");
}

fn thousands(yen: i64) -> String {
    let digits = yen.unsigned_abs().to_string();
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if yen < 0 { format!("-{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yen_are_written_in_thousands() {
        for (yen, text) in [
            (0, "0円"),
            (999, "999円"),
            (21_000, "21,000円"),
            (-1_909, "-1,909円"),
            (1_234_567, "1,234,567円"),
        ] {
            assert_eq!(Value::Amount(yen).text(Lang::Ja), text);
        }
    }
}
