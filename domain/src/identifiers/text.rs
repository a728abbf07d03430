//! Names, kana and addresses as they arrive: what was sent is kept, a normalised form stands beside it,
//! and every change is said.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::normalise::{Kind, full, half, is_dash, kind, ordinary, voiced};
use crate::Prefecture;

/// One text: as sent, and as the office uses it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
pub struct Text {
    /// What was sent, byte for byte.
    pub sent: String,
    /// The form that is shown, searched and printed.
    pub normalised: String,
    /// What was changed from one to the other, each kind once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// A kind of change between what was sent and the normalised form.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Spaces around it, or several in a row.
    Spaces,
    /// Full-width letters, digits and signs made half width.
    FullWidth,
    /// Half-width katakana made full width.
    HalfWidthKana,
    /// Radicals and squared abbreviations written out.
    Compatibility,
    /// Invisible characters dropped.
    Invisible,
    /// A separate (han)dakuten joined with its kana.
    VoicedMark,
    /// Dashes of all kinds between digits made `-`.
    Dash,
    /// Hiragana in a kana column made katakana.
    Hiragana,
    /// The prefecture put before an address that lacked it.
    PrefectureAdded,
    /// Brackets, notes and signs dropped from a telephone number.
    PhoneSigns,
}

impl Change {
    /// What staff read in the report.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Change::Spaces => "余分な空白を除いた",
            Change::FullWidth => "全角英数記号を半角にした",
            Change::HalfWidthKana => "半角カナを全角にした",
            Change::Compatibility => "部首・合成文字を通常の文字にした",
            Change::Invisible => "見えない文字を除いた",
            Change::VoicedMark => "離れた濁点をつないだ",
            Change::Dash => "ダッシュを「-」に揃えた",
            Change::Hiragana => "ひらがなをカタカナにした",
            Change::PrefectureAdded => "都道府県名を補った",
            Change::PhoneSigns => "番号以外の文字を除いた",
        }
    }
}

/// A name of a corporation or an office.
#[must_use]
pub fn name(sent: &str) -> Text {
    Folding::of(sent).text(sent)
}

/// A name in kana: hiragana become katakana; kanji and letters that stand there stay.
#[must_use]
pub fn kana(sent: &str) -> Text {
    // Before anything is joined: ワ takes a dakuten (ヷ) that わ does not.
    let katakana: String = sent.chars().map(katakana).collect();
    let mut folding = Folding::of(&katakana);
    if katakana != sent {
        folding.changes.push(Change::Hiragana);
    }
    folding.text(sent)
}

fn katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => {
            char::from_u32(u32::from(c) + 0x60).expect("katakana lie 0x60 above hiragana")
        }
        _ => c,
    }
}

/// An address: dashes between digits become `-`, a missing prefecture is put before it.
#[must_use]
pub fn address(sent: &str, prefecture: Prefecture) -> Text {
    let mut folding = Folding::of(sent);
    for place in 1..folding.out.len().saturating_sub(1) {
        let around = [folding.out[place - 1], folding.out[place + 1]];
        let dash = folding.out[place];
        if dash != '-' && is_dash(dash) && around.iter().all(char::is_ascii_digit) {
            folding.out[place] = '-';
            folding.changes.push(Change::Dash);
        }
    }
    let written: String = folding.out.iter().collect();
    if !written.is_empty() && !Prefecture::all().any(|any| written.starts_with(any.name())) {
        folding.out.splice(0..0, prefecture.name().chars());
        folding.changes.push(Change::PrefectureAdded);
    }
    folding.text(sent)
}

/// Whether a name only holds a place: empty, signs alone, or a word that says "test" or "none".
#[must_use]
pub fn is_placeholder(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "テスト",
        "サンプル",
        "ダミー",
        "未定",
        "未設定",
        "未入力",
        "不明",
        "なし",
        "無し",
        "無",
        "該当なし",
        "test",
        "sample",
        "dummy",
        "none",
        "n/a",
        "null",
    ];
    let bare: String = name
        .chars()
        .filter(|c| c.is_alphanumeric() && !matches!(c, '〇' | '○' | 'ー'))
        .collect();
    let bare = bare.to_lowercase();
    let signs = bare.chars().all(|c| matches!(c, 'x' | '0'));
    signs || WORDS.iter().any(|word| bare == word.replace('/', ""))
}

struct Folding {
    out: Vec<char>,
    changes: Vec<Change>,
}

impl Folding {
    /// The folding all texts share.
    fn of(sent: &str) -> Folding {
        let mut folding = Folding {
            out: Vec::with_capacity(sent.len() / 2),
            changes: Vec::new(),
        };
        for c in sent.chars() {
            folding.take(c);
        }
        if folding.out.last() == Some(&' ') {
            folding.out.pop();
            folding.changes.push(Change::Spaces);
        }
        folding
    }

    fn take(&mut self, c: char) {
        match kind(c) {
            Kind::Plain => self.out.push(c),
            Kind::Invisible => self.changes.push(Change::Invisible),
            Kind::Space => {
                let needed = self.out.last().is_some_and(|&last| last != ' ');
                if needed {
                    self.out.push(' ');
                }
                if !needed || c != ' ' {
                    self.changes.push(Change::Spaces);
                }
            }
            Kind::Wide => {
                self.out.push(half(c));
                self.changes.push(Change::FullWidth);
            }
            Kind::Narrow => {
                if !self.join(c) {
                    self.out.push(full(c));
                }
                self.changes.push(Change::HalfWidthKana);
            }
            Kind::Compatibility => {
                let ordinary = ordinary(c);
                if !ordinary.chars().eq([c]) {
                    self.changes.push(Change::Compatibility);
                }
                self.out.extend(ordinary.chars());
            }
            Kind::Mark => {
                if self.join(c) {
                    self.changes.push(Change::VoicedMark);
                } else {
                    self.out.push(c);
                }
            }
        }
    }

    /// Joins a (han)dakuten with the kana before it.
    fn join(&mut self, mark: char) -> bool {
        let joined = self.out.last().and_then(|&base| voiced(base, mark));
        if let (Some(joined), Some(last)) = (joined, self.out.last_mut()) {
            *last = joined;
        }
        joined.is_some()
    }

    fn text(mut self, sent: &str) -> Text {
        self.changes.sort_unstable();
        self.changes.dedup();
        Text {
            sent: sent.to_owned(),
            normalised: self.out.into_iter().collect(),
            changes: self.changes,
        }
    }
}
