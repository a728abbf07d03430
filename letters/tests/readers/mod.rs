//! Programs of others that read what the press made: poppler's `pdftotext`, `pdfinfo`, `pdffonts` and `pdftoppm`, zbar's
//! `zbarimg`. `./check` installs them from Debian's packages.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A PDF on disk, for programs to read.
pub struct Paper {
    folder: TempDir,
}

impl Paper {
    /// Puts the file where programs find it.
    pub fn new(pdf: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("letter.pdf"), pdf).expect("the file is written");
        Self { folder }
    }

    fn said(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program)
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap_or_else(|error| panic!("{program} of poppler-utils or zbar-tools: {error}"));
        assert!(output.status.success(), "{program}: {output:?}");
        String::from_utf8(output.stdout).expect("they write UTF-8")
    }

    /// Its text without any white space: where a line breaks is the typesetter's choice.
    pub fn text(&self) -> String {
        let text = self.said("pdftotext", &["-raw", "-enc", "UTF-8", "letter.pdf", "-"]);
        without_space(&text)
    }

    /// The text of one of its pages, counted from 1, without any white space.
    pub fn text_of_page(&self, page: usize) -> String {
        let page = page.to_string();
        let arguments = [
            "-raw",
            "-enc",
            "UTF-8",
            "-f",
            &page,
            "-l",
            &page,
            "letter.pdf",
            "-",
        ];
        without_space(&self.said("pdftotext", &arguments))
    }

    /// What it says of itself.
    pub fn info(&self) -> String {
        self.said("pdfinfo", &["letter.pdf"])
    }

    /// Its metadata (XMP), where it says which standard it keeps.
    pub fn metadata(&self) -> String {
        self.said("pdfinfo", &["-meta", "letter.pdf"])
    }

    /// Its fonts, a line each: name, and whether it is embedded as a subset.
    pub fn fonts(&self) -> Vec<String> {
        let listed = self.said("pdffonts", &["letter.pdf"]);
        listed.lines().skip(2).map(str::to_owned).collect()
    }

    /// The codes on its first page, as a scanner reads them off a print of 200 dots an inch.
    pub fn codes(&self) -> Vec<String> {
        self.said(
            "pdftoppm",
            &[
                "-r",
                "200",
                "-gray",
                "-png",
                "-f",
                "1",
                "-l",
                "1",
                "letter.pdf",
                "page",
            ],
        );
        let page = fs::read_dir(self.folder.path())
            .expect("the folder is there")
            .map(|entry| entry.expect("an entry").path())
            .find(|path| path.extension().is_some_and(|ending| ending == "png"))
            .expect("a page was drawn");
        let page = Path::new(page.file_name().expect("a file")).to_string_lossy();
        let read = self.said("zbarimg", &["--nodbus", "--quiet", "--raw", &page]);
        read.lines().map(str::to_owned).collect()
    }
}

/// A text without its white space.
pub fn without_space(text: &str) -> String {
    text.chars().filter(|held| !held.is_whitespace()).collect()
}
