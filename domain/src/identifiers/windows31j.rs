//! Which characters the old code page of Japanese Windows cannot write: spreadsheets saved as
//! Shift_JIS, older printers and other offices' systems turn them into question marks.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Characters that every converter writes as their twin on Windows: － and ～.
const TWINS: [char; 2] = ['−', '〜'];

/// All that Windows-31J can write beside ASCII, found by reading each of its codes once: asking the
/// encoder about a kanji would search a table of thousands every time.
static WRITABLE: LazyLock<BTreeSet<char>> = LazyLock::new(|| {
    let singles = (0xa1..=0xdf).map(|byte| vec![byte]);
    let leads = (0x81..=0x9f).chain(0xe0..=0xfc);
    let pairs = leads.flat_map(|lead| (0x40..=0xfc).map(move |trail| vec![lead, trail]));
    let read = |code: Vec<u8>| {
        let text = encoding_rs::SHIFT_JIS
            .decode_without_bom_handling_and_without_replacement(&code)?
            .into_owned();
        // The range for users' own characters reads as nothing anybody else has.
        text.chars()
            .next()
            .filter(|c| !matches!(c, '\u{e000}'..='\u{f8ff}'))
    };
    singles.chain(pairs).filter_map(read).chain(TWINS).collect()
});

/// The characters of a text outside Windows-31J, each once, in order.
#[must_use]
pub fn outside_windows31j(text: &str) -> Vec<char> {
    let mut outside = Vec::new();
    for c in text.chars() {
        let common = c.is_ascii() || matches!(c, 'ぁ'..='ん' | 'ァ'..='ヶ' | 'ー');
        if !common && !WRITABLE.contains(&c) && !outside.contains(&c) {
            outside.push(c);
        }
    }
    outside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_names_can_be_written() {
        assert_eq!(
            outside_windows31j("株式会社 髙﨑 ⅢＡｱ～〜①㈱−"),
            Vec::<char>::new()
        );
    }

    #[test]
    fn what_cannot_be_written_is_named_once() {
        assert_eq!(
            outside_windows31j("𠮷田⼤学𠮷¥‾"),
            vec!['𠮷', '⼤', '¥', '‾']
        );
    }

    #[test]
    fn the_code_page_holds_what_it_is_known_to_hold() {
        // Python's cp932 counts 7,389 beside ASCII and the users' own.
        assert_eq!(WRITABLE.len(), 7_389 + TWINS.len());
    }
}
