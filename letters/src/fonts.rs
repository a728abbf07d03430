//! The fonts, embedded: a Mincho for what is read, a Gothic for what is seen first, and a Mincho of rare kanji for names.
//! Where they come from and their licences: `fonts/README.md`.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// The files, in the order of the book. The first is where running text is set in.
const FILES: [&[u8]; 4] = [
    include_bytes!("../fonts/BIZUDMincho-Regular.ttf"),
    include_bytes!("../fonts/BIZUDGothic-Bold.ttf"),
    include_bytes!("../fonts/RareKanjiA.ttf"),
    include_bytes!("../fonts/RareKanjiB.ttf"),
];

/// The fonts as they were read once.
pub(crate) struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) held: Vec<Font>,
}

/// The fonts of this binary.
pub(crate) static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let held: Vec<Font> = FILES
        .into_iter()
        .map(|file| Font::new(Bytes::new(file), 0).expect("the embedded fonts are fonts"))
        .collect();
    Fonts {
        book: LazyHash::new(FontBook::from_fonts(&held)),
        held,
    }
});

impl Fonts {
    /// Whether one of the fonts has this character.
    pub(crate) fn have(&self, character: char) -> bool {
        self.held
            .iter()
            .any(|font| font.info().coverage.contains(u32::from(character)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_rare_kanji_can_be_written() {
        for character in "髙﨑𠮷𡈽𣘺𥔎𠮟葛辻祇榊德濵邉邊齋齊丨丂".chars() {
            assert!(FONTS.have(character), "{character}");
        }
    }

    #[test]
    fn what_no_font_has_is_known() {
        for character in ['한', '🖋', '\u{e000}'] {
            assert!(!FONTS.have(character), "{character}");
        }
    }
}
