//! What people type, in the characters a bank file can carry: half-width kana with separate marks, A–Z, 0–9, space,
//! `( ) - .`; never ヲ, small kana or the long-vowel mark. What has no such form is named, never dropped. What another system
//! wrote and a bank took is kept as it stands.

use std::fmt;
use std::sync::OnceLock;

/// Corporate forms and their abbreviations.
const FORMS: &str = include_str!("../../zengin/corporate_forms.csv");

/// A text of at most `N` characters that the file can carry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const N: usize>(String);

/// Why a text cannot stand in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// A character has no form in the file.
    #[error("{place}文字目の「{character}」は銀行のファイルで使えない文字です")]
    Character {
        /// The character, as it was typed.
        character: char,
        /// Its place in the text, from 1.
        place: usize,
    },
    /// It has more characters than the field.
    #[error("銀行のファイルの文字で{length}文字になり、{most}文字に収まりません")]
    TooLong {
        /// How many characters it has in the file.
        length: usize,
        /// How many fit.
        most: usize,
    },
    /// Nothing stands in it.
    #[error("空です")]
    Empty,
}

impl<const N: usize> Text<N> {
    /// The text in the characters of the file. Corporate forms are abbreviated first.
    ///
    /// # Errors
    /// The first character that cannot be written, or that it is empty or too long.
    pub fn of(typed: &str) -> Result<Self, Unwritable> {
        let written = write(typed)?;
        let length = written.chars().count();
        if length == 0 {
            return Err(Unwritable::Empty);
        }
        if length > N {
            return Err(Unwritable::TooLong { length, most: N });
        }
        Ok(Self(written))
    }

    /// The first characters of a text that is only for people to read, such as a bank's name.
    ///
    /// # Errors
    /// As [`Self::of`], but for the length.
    pub fn cut(typed: &str) -> Result<Self, Unwritable> {
        let written: String = write(typed)?.chars().take(N).collect();
        match written.is_empty() {
            true => Err(Unwritable::Empty),
            false => Ok(Self(written)),
        }
    }

    /// As [`Self::cut`], of a field that may be left empty: the names of bank and branch, whose numbers say the same.
    ///
    /// # Errors
    /// The first character that cannot be written.
    pub fn optional(typed: &str) -> Result<Self, Unwritable> {
        match typed.trim().is_empty() {
            true => Ok(Self(String::new())),
            false => Self::cut(typed),
        }
    }

    /// A field that another system wrote and a bank took, in the characters that stand there: it is a fact, also where daicho
    /// would write it otherwise.
    ///
    /// # Errors
    /// The first character that no byte of a file stands for, or that it is too long.
    pub fn as_sent(sent: &str) -> Result<Self, Unwritable> {
        let strange = sent
            .chars()
            .zip(1..)
            .find(|(character, _)| jis_x_0201(*character).is_none());
        if let Some((character, place)) = strange {
            return Err(Unwritable::Character { character, place });
        }
        match sent.chars().count() {
            length if length > N => Err(Unwritable::TooLong { length, most: N }),
            _fits => Ok(Self(sent.trim_end_matches(' ').to_owned())),
        }
    }

    /// Whether nothing stands in the field.
    pub fn is_blank(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes of the field, filled with spaces.
    pub fn bytes(&self) -> [u8; N] {
        let mut bytes = [b' '; N];
        for (byte, character) in bytes.iter_mut().zip(self.0.chars()) {
            *byte = jis_x_0201(character).expect("only what a file can carry is in it");
        }
        bytes
    }

    /// The field of a record, without the spaces that fill it.
    pub fn read(bytes: &[u8; N]) -> Option<Self> {
        let text: Option<String> = bytes.iter().map(|byte| from_jis_x_0201(*byte)).collect();
        Some(Self(text?.trim_end_matches(' ').to_owned()))
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether daicho writes the character.
const fn is_written(character: char) -> bool {
    matches!(
        character,
        'A'..='Z' | '0'..='9' | ' ' | '(' | ')' | '-' | '.' | 'ｱ'..='ﾟ'
    )
}

/// The byte of a character that may stand in a file, whoever wrote it.
fn jis_x_0201(character: char) -> Option<u8> {
    match character {
        ' '..='~' => u8::try_from(character).ok(),
        '｡'..='ﾟ' => u8::try_from(character as u32 - '｡' as u32 + 0xA1).ok(),
        _other => None,
    }
}

/// The character of a byte, small kana, marks and whatever else a bank may have put there included.
fn from_jis_x_0201(byte: u8) -> Option<char> {
    match byte {
        0x20..=0x7E => Some(char::from(byte)),
        0xA1..=0xDF => char::from_u32(0xFF61 + u32::from(byte - 0xA1)),
        _other => None,
    }
}

fn write(typed: &str) -> Result<String, Unwritable> {
    let typed = abbreviated(typed.trim());
    let mut written = String::with_capacity(typed.len());
    for (place, character) in typed.chars().enumerate() {
        match half_width(character) {
            Some(half) => written.push_str(&half),
            None => {
                return Err(Unwritable::Character {
                    character,
                    place: place + 1,
                });
            }
        }
    }
    Ok(written)
}

/// `株式会社` in front is `カ)`, behind it is `(カ`, in the middle `(カ)`; the longest form that fits is taken.
fn abbreviated(typed: &str) -> String {
    for (form, abbreviation) in forms() {
        let Some(at) = typed.find(form.as_str()) else {
            continue;
        };
        let before = typed[..at].trim_end();
        let after = typed[at + form.len()..].trim_start();
        return match (before.is_empty(), after.is_empty()) {
            (true, true) => typed.to_owned(),
            (true, false) => format!("{abbreviation}){after}"),
            (false, true) => format!("{before}({abbreviation}"),
            (false, false) => format!("{before}({abbreviation}){after}"),
        };
    }
    typed.to_owned()
}

/// The forms in both spellings, the longest first.
fn forms() -> &'static [(String, String)] {
    static READ: OnceLock<Vec<(String, String)>> = OnceLock::new();
    READ.get_or_init(|| {
        let lines = FORMS
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        let mut forms: Vec<_> = lines
            .skip(1)
            .filter_map(|line| {
                let mut columns = line.split(',');
                let (term, kana, abbreviation) =
                    (columns.next()?, columns.next()?, columns.next()?);
                Some([term, kana].map(|form| (form.to_owned(), abbreviation.to_owned())))
            })
            .flatten()
            .collect();
        forms.sort_by_key(|(form, _)| std::cmp::Reverse(form.chars().count()));
        forms
    })
}

/// One character in the characters of the file, marks apart.
fn half_width(character: char) -> Option<String> {
    let plain = match character {
        '\u{3000}' => ' ',
        '（' => '(',
        '）' => ')',
        '．' | '・' | '･' => '.',
        '－' | '‐' | '‑' | '–' | '—' | '―' | '−' | 'ー' | 'ｰ' => '-',
        '！'..='～' => char::from_u32(character as u32 - 0xFEE0)?,
        'ぁ'..='ゖ' => char::from_u32(character as u32 + 0x60)?,
        other => other,
    };
    let plain = plain.to_ascii_uppercase();
    if is_written(plain) {
        return Some(plain.to_string());
    }
    let large = LARGE.iter().find(|(small, _)| *small == plain);
    let plain = large.map_or(plain, |(_, large)| *large);
    if is_written(plain) {
        return Some(plain.to_string());
    }
    let full = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    let half = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ";
    let of = |kana: char| {
        full.chars()
            .zip(half.chars())
            .find_map(|(f, h)| (f == kana).then_some(h))
    };
    if let Some(half) = of(plain) {
        return Some(half.to_string());
    }
    let voiced = "ガギグゲゴザジズゼゾダヂヅデドバビブベボ";
    let half_voiced = "パピプペポ";
    let before = |back: u32| char::from_u32(plain as u32 - back).and_then(of);
    if plain == 'ヴ' {
        return Some("ｳﾞ".to_owned());
    }
    if voiced.contains(plain) {
        return before(1).map(|base| format!("{base}ﾞ"));
    }
    if half_voiced.contains(plain) {
        return before(2).map(|base| format!("{base}ﾟ"));
    }
    None
}

/// Small kana and ヲ, with what stands for them.
const LARGE: &[(char, char)] = &[
    ('ァ', 'ア'),
    ('ィ', 'イ'),
    ('ゥ', 'ウ'),
    ('ェ', 'エ'),
    ('ォ', 'オ'),
    ('ッ', 'ツ'),
    ('ャ', 'ヤ'),
    ('ュ', 'ユ'),
    ('ョ', 'ヨ'),
    ('ヮ', 'ワ'),
    ('ヵ', 'カ'),
    ('ヶ', 'ケ'),
    ('ヲ', 'オ'),
    ('ヰ', 'イ'),
    ('ヱ', 'エ'),
    ('ｧ', 'ｱ'),
    ('ｨ', 'ｲ'),
    ('ｩ', 'ｳ'),
    ('ｪ', 'ｴ'),
    ('ｫ', 'ｵ'),
    ('ｯ', 'ﾂ'),
    ('ｬ', 'ﾔ'),
    ('ｭ', 'ﾕ'),
    ('ｮ', 'ﾖ'),
    ('ｦ', 'ｵ'),
    ('\u{3099}', 'ﾞ'),
    ('゛', 'ﾞ'),
    ('\u{309A}', 'ﾟ'),
    ('゜', 'ﾟ'),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn written(typed: &str) -> Result<String, Unwritable> {
        Text::<30>::of(typed).map(|text| text.to_string())
    }

    #[test]
    fn kana_come_out_half_width_with_separate_marks_and_large() {
        for (typed, expected) in [
            ("ヤマダタロウ", "ﾔﾏﾀﾞﾀﾛｳ"),
            ("やまだ　はなこ", "ﾔﾏﾀﾞ ﾊﾅｺ"),
            ("ショッピング", "ｼﾖﾂﾋﾟﾝｸﾞ"),
            ("ケアサービス", "ｹｱｻ-ﾋﾞｽ"),
            ("ヲカヤマ", "ｵｶﾔﾏ"),
            ("ｼｮｯﾌﾟ", "ｼﾖﾂﾌﾟ"),
            ("ヴィラ", "ｳﾞｲﾗ"),
            ("ａｂｃ－１２３", "ABC-123"),
            ("カ）ヒカリ", "ｶ)ﾋｶﾘ"),
        ] {
            assert_eq!(written(typed), Ok(expected.to_owned()), "{typed}");
        }
    }

    #[test]
    fn corporate_forms_are_abbreviated_by_their_place() {
        for (typed, expected) in [
            ("株式会社ヒカリ", "ｶ)ﾋｶﾘ"),
            ("ヒカリ株式会社", "ﾋｶﾘ(ｶ"),
            ("カブシキガイシャ ヒカリ", "ｶ)ﾋｶﾘ"),
            ("社会福祉法人アオゾラカイ", "ﾌｸ)ｱｵｿﾞﾗｶｲ"),
            ("医療法人社団アオゾラ", "ｲ)ｱｵｿﾞﾗ"),
            ("ヒカリ有限会社シテン", "ﾋｶﾘ(ﾕ)ｼﾃﾝ"),
            ("NPO法人ヒカリ", "ﾄｸﾋ)ﾋｶﾘ"),
            ("合同会社ヒカリ", "ﾄﾞ)ﾋｶﾘ"),
        ] {
            assert_eq!(written(typed), Ok(expected.to_owned()), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_named_with_its_place() {
        let refused = written("ヤマダ花子");
        assert_eq!(
            refused,
            Err(Unwritable::Character {
                character: '花',
                place: 4
            })
        );
        assert_eq!(written(" 　"), Err(Unwritable::Empty));
        let long = "ア".repeat(31);
        assert_eq!(
            written(&long),
            Err(Unwritable::TooLong {
                length: 31,
                most: 30
            })
        );
        assert!(written("ヤマダ「」").is_err());
        assert!(written("ヤマダ/ハナコ").is_err());
    }

    #[test]
    fn what_another_system_wrote_is_kept_to_the_byte() {
        let sent = |text: &str| Text::<30>::as_sent(text).map(|text| text.bytes());
        let mut field = [b' '; 30];
        field[..9].copy_from_slice(&[0xBC, 0xAE, 0xAF, 0xCC, 0xDF, b'/', b'a', 0xB0, 0xA6]);
        assert_eq!(sent("ｼｮｯﾌﾟ/aｰｦ"), Ok(field));
        assert_eq!(Text::read(&field).map(|text| text.bytes()), Some(field));
        // daicho would write it otherwise.
        assert!(Text::<30>::of("ｼｮｯﾌﾟ/aｰｦ").is_err());
        assert_eq!(sent("").map(|field| field == [b' '; 30]), Ok(true));
        let kanji = Unwritable::Character {
            character: '花',
            place: 2,
        };
        assert_eq!(sent("ﾊ花"), Err(kanji));
        let long = Unwritable::TooLong {
            length: 31,
            most: 30,
        };
        assert_eq!(sent(&"ｱ".repeat(31)), Err(long));
    }

    #[test]
    fn a_voiced_kana_counts_two() {
        assert!(Text::<3>::of("ガギ").is_err());
        assert_eq!(
            Text::<3>::cut("ガギ").map(|text| text.to_string()),
            Ok("ｶﾞｷ".into())
        );
    }
}
