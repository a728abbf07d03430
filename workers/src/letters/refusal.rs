//! Why a letter is not made.

use super::glyph;
use daicho_domain::document::MissingGlyph;
use daicho_domain::poa;

/// Why no letter is made. Nothing was printed, kept or sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A character is in none of the fonts.
    #[error("no font has {} (U+{:04X}), which stands in {}", .0.character, u32::from(.0.character), .0.place)]
    MissingGlyph(MissingGlyph),
    /// A template does not compile, or does not fit the values it was given.
    #[error("the template {file} fails at line {line}, column {column}: {message}")]
    Template {
        /// The template's file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong, in the typesetter's words.
        message: String,
    },
    /// The paper itself says no.
    #[error(transparent)]
    Paper(#[from] poa::Refusal),
    /// The ID that the letter is to name is not made yet.
    #[error("the ID that the letter is to name is issued and does not lie in the vault yet")]
    AccountNotMade,
    /// Nobody said who sends letters.
    #[error("the configuration does not say who sends letters ([letters.sender])")]
    NoSender,
}

impl Refusal {
    /// Every code, for the test that looks for each one's runbook page.
    pub const CODES: &'static [&'static str] = &[
        "letter.missing_glyph",
        "letter.template_faulty",
        "letter.no_sender",
        "letter.account_not_made",
    ];

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingGlyph(_) => "letter.missing_glyph",
            Self::Template { .. } => "letter.template_faulty",
            Self::NoSender => "letter.no_sender",
            Self::AccountNotMade => "letter.account_not_made",
            Self::Paper(refusal) => refusal.code(),
        }
    }

    /// The sentence for the clerk: result, cause, remedy.
    pub fn sentence(&self) -> String {
        match self {
            Self::MissingGlyph(glyph) => format!(
                "書面を作りませんでした。{}を印字できる文字が用意されていません。登録の表記を確かめるか、手書きの書面にしてください。",
                glyph::in_words(glyph)
            ),
            Self::Template {
                file,
                line,
                column,
                message,
            } => format!(
                "書面を作りませんでした。ひな形 {file} の {line} 行目 {column} 文字目に誤りがあります（{message}）。ひな形を直してください。"
            ),
            Self::Paper(refusal) => refusal.sentence(),
            Self::AccountNotMade => "書面を作りませんでした。記載する法人IDがまだ作成されていません。稼働状況で保管庫の処理が動いていることを確かめ、しばらくしてからもう一度印刷してください。".to_owned(),
            Self::NoSender => "書面を作りませんでした。差出人が設定されていません。設定ファイルの [letters.sender] に差出人を書いてください。".to_owned(),
        }
    }
}
