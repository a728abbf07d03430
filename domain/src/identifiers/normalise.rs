//! Character tables behind the normalised forms: full and half width, dashes, invisible characters.
//!
//! Only what is safe for Japanese names is folded. Circled digits, Roman numerals, 神 and 﨑 stay as
//! they were sent: they are written on purpose and Windows-31J has them.

use icu_normalizer::ComposingNormalizerBorrowed;

/// Half-width katakana U+FF61 to U+FF9F in order, in full width.
const KATAKANA: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";

/// Radicals that look like the ideograph beside them and that compatibility folding leaves alone.
const RADICALS: &[(char, char)] = &[
    ('⺠', '民'),
    ('⻄', '西'),
    ('⻑', '長'),
    ('⻘', '青'),
    ('⻩', '黄'),
    ('⻲', '亀'),
    ('⻁', '虎'),
    ('⻝', '食'),
];

/// What kind of folding a character needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Stays as it is.
    Plain,
    /// A space of any kind.
    Space,
    /// Invisible: control, zero width, variation selector.
    Invisible,
    /// Full-width ASCII.
    Wide,
    /// Half-width katakana.
    Narrow,
    /// A radical or a squared abbreviation (㈱, ㌔) that stands for ordinary characters.
    Compatibility,
    /// A combining (han)dakuten.
    Mark,
}

/// Which folding this character needs.
pub(super) fn kind(c: char) -> Kind {
    match c {
        ' ' | '\u{3000}' | '\t' | '\n' | '\r' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => {
            Kind::Space
        }
        '\u{0}'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{e0100}'..='\u{e01ef}' => Kind::Invisible,
        '\u{ff01}'..='\u{ff5d}' => Kind::Wide,
        '\u{ff61}'..='\u{ff9f}' => Kind::Narrow,
        '\u{2e80}'..='\u{2fdf}'
        | '\u{3200}'..='\u{321e}'
        | '\u{3231}'..='\u{3247}'
        | '\u{3300}'..='\u{33ff}' => Kind::Compatibility,
        '\u{3099}' | '\u{309a}' => Kind::Mark,
        _ => Kind::Plain,
    }
}

/// Half width of a full-width ASCII character; any other character as it is.
pub(super) fn half(c: char) -> char {
    match kind(c) {
        Kind::Wide => {
            char::from_u32(u32::from(c) - 0xfee0).expect("full-width ASCII lies 0xfee0 above ASCII")
        }
        Kind::Space => ' ',
        Kind::Plain | Kind::Invisible | Kind::Narrow | Kind::Compatibility | Kind::Mark => c,
    }
}

/// Full width of a half-width katakana; any other character as it is.
pub(super) fn full(c: char) -> char {
    let place = u32::from(c).wrapping_sub(0xff61);
    usize::try_from(place)
        .ok()
        .and_then(|place| KATAKANA.chars().nth(place))
        .unwrap_or(c)
}

/// The ordinary characters a radical or squared abbreviation stands for.
pub(super) fn ordinary(c: char) -> String {
    match RADICALS.iter().find(|(radical, _)| *radical == c) {
        Some((_, ideograph)) => ideograph.to_string(),
        None => ComposingNormalizerBorrowed::new_nfkc()
            .normalize(c.encode_utf8(&mut [0; 4]))
            .into_owned(),
    }
}

/// The kana before a (han)dakuten joined with it, where there is such a kana.
pub(super) fn voiced(base: char, mark: char) -> Option<char> {
    let combining = match mark {
        '゛' | '\u{3099}' | 'ﾞ' => '\u{3099}',
        '゜' | '\u{309a}' | 'ﾟ' => '\u{309a}',
        _ => return None,
    };
    let joined: String = [base, combining].into_iter().collect();
    let composed = ComposingNormalizerBorrowed::new_nfc()
        .normalize(&joined)
        .into_owned();
    let mut characters = composed.chars();
    characters.next().filter(|_| characters.next().is_none())
}

/// Anything people write for a dash between digits.
pub(super) fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '‐'
            | '‑'
            | '‒'
            | '–'
            | '—'
            | '―'
            | '−'
            | '－'
            | 'ー'
            | 'ｰ'
            | '⁻'
            | '₋'
            | '⁃'
            | '─'
            | '━'
            | '˗'
    )
}

/// An identifier as typed, in half width, without spaces around it or invisible characters in it.
pub(super) fn halved(sent: &str) -> String {
    let visible: String = sent
        .chars()
        .filter(|&c| kind(c) != Kind::Invisible)
        .map(half)
        .collect();
    visible.trim().to_owned()
}
