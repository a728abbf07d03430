//! Why a whole file is not taken: result, cause, remedy, in one sentence each.

use std::io;
use std::path::PathBuf;

/// A file nothing was taken from. Its `Display` is the sentence for the clerk.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// It cannot be opened.
    #[error("「{path}」を開けません（{cause}）。ファイル名と読み取りの権限を確かめてください。")]
    Unopened {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// A directory, a pipe, a device.
    #[error("「{path}」は通常のファイルではありません。CSVファイルを指定してください。")]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
    /// Reading broke off.
    #[error(
        "「{path}」の読み取りが途中で失敗しました（{cause}）。何も取り込んでいません。もう一度実行してください。"
    )]
    Unread {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// No bytes at all.
    #[error("「{path}」は空です。見出し行のあるCSVファイルを指定してください。")]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// UTF-16, as a spreadsheet's "Unicode text".
    #[error(
        "「{path}」は文字コードがUTF-16です。「CSV UTF-8（コンマ区切り）」で保存し直してください。"
    )]
    Utf16 {
        /// The file.
        path: PathBuf,
    },
    /// A published file saved again as Shift_JIS.
    #[error(
        "「{path}」は文字コードがShift_JISです。公表ファイルは配布されたまま（UTF-8）で指定してください。表計算ソフトで保存し直すと、番号の先頭の0や一部の文字が失われます。"
    )]
    ShiftJis {
        /// The file.
        path: PathBuf,
    },
    /// An Excel workbook or another archive.
    #[error(
        "「{path}」はExcelブックなどの圧縮ファイルです。「CSV UTF-8（コンマ区切り）」で保存し直すか、展開してください。"
    )]
    Archive {
        /// The file.
        path: PathBuf,
    },
    /// A workbook with several filled sheets.
    #[error(
        "「{path}」には内容のあるシートが複数あります（「{sheets}」）。1つのシートだけのブックに分けてください。"
    )]
    ManySheets {
        /// The file.
        path: PathBuf,
        /// Their names.
        sheets: String,
    },
    /// A file of the bank's format that is not one that was sent.
    #[error(
        "「{path}」は口座振替の依頼ファイル（全銀、種別91）として読めません（{why}）。銀行に送ったファイルをそのまま指定してください。"
    )]
    BankFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A workbook that unpacks to more than any spreadsheet of an office.
    #[error("「{path}」は展開すると大きすぎます。行を分けて、複数のファイルにしてください。")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// No text in any encoding we know.
    #[error(
        "「{path}」の{line}行目に文字として読めないバイトがあります。ファイルが壊れています。入手し直してください。何も取り込んでいません。"
    )]
    NotText {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
    },
    /// The first line is no header we know.
    #[error(
        "「{path}」の見出し行に「{missing}」の列がありません。公表ファイルか、ひな形（daicho import --template）の列名にしてください。"
    )]
    UnknownColumns {
        /// The file.
        path: PathBuf,
        /// The columns that are needed and not there.
        missing: String,
    },
    /// A line does not end: mostly a quotation mark that is never closed.
    #[error(
        "「{path}」の{line}行目が終わりません。引用符「\"」の閉じ忘れか、改行のないファイルです。その行を直してください。何も取り込んでいません。"
    )]
    OpenQuote {
        /// The file.
        path: PathBuf,
        /// Where the record begins.
        line: u64,
    },
    /// The last line stops in the middle.
    #[error(
        "「{path}」は{line}行目の途中で切れています（{found}列、必要なのは{needed}列）。入手し直してください。何も取り込んでいません。"
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// The last line.
        line: u64,
        /// Columns it has.
        found: usize,
        /// Columns the header has.
        needed: usize,
    },
}

impl FileFault {
    /// Every code there is.
    pub const CODES: &'static [&'static str] = &[
        "file_unopened",
        "file_not_a_file",
        "file_unread",
        "file_empty",
        "file_utf16",
        "file_shift_jis",
        "file_archive",
        "file_many_sheets",
        "file_too_large",
        "file_not_text",
        "file_not_sent",
        "file_unknown_columns",
        "file_open_quote",
        "file_truncated",
    ];

    /// The stable code, one of [`Self::CODES`].
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            FileFault::Unopened { .. } => "file_unopened",
            FileFault::NotAFile { .. } => "file_not_a_file",
            FileFault::Unread { .. } => "file_unread",
            FileFault::Empty { .. } => "file_empty",
            FileFault::Utf16 { .. } => "file_utf16",
            FileFault::ShiftJis { .. } => "file_shift_jis",
            FileFault::Archive { .. } => "file_archive",
            FileFault::ManySheets { .. } => "file_many_sheets",
            FileFault::TooLarge { .. } => "file_too_large",
            FileFault::BankFile { .. } => "file_not_sent",
            FileFault::NotText { .. } => "file_not_text",
            FileFault::UnknownColumns { .. } => "file_unknown_columns",
            FileFault::OpenQuote { .. } => "file_open_quote",
            FileFault::Truncated { .. } => "file_truncated",
        }
    }
}
