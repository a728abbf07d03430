//! How an attached file is written, told from its first bytes and never from its name.

use super::Refusal;
use crate::waiting::worded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest file that is taken, in bytes: some two hundred scanned pages. It bounds what one request may hold in memory.
pub const BYTES_MAX: u64 = 20 * 1024 * 1024;

worded! {
    /// How an attached file is written.
    Kind {
        /// A document of pages.
        Pdf = "pdf", "PDF";
        /// A photograph.
        Jpeg = "jpeg", "JPEG画像";
        /// A picture.
        Png = "png", "PNG画像";
        /// What fax servers write.
        Tiff = "tiff", "TIFF画像";
        /// A mail with everything in it (RFC 5322).
        Mail = "mail", "メール（.eml）";
    }
}

impl Kind {
    /// How these bytes are written.
    ///
    /// # Errors
    /// What is empty, longer than [`BYTES_MAX`], or none of the kinds that are taken.
    pub fn of(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::Empty);
        }
        if bytes.len() as u64 > BYTES_MAX {
            return Err(Refusal::too_large());
        }
        let begins = |with: &[u8]| bytes.starts_with(with);
        if begins(b"%PDF-") {
            Ok(Self::Pdf)
        } else if begins(&[0xff, 0xd8, 0xff]) {
            Ok(Self::Jpeg)
        } else if begins(b"\x89PNG\r\n\x1a\n") {
            Ok(Self::Png)
        } else if begins(b"II*\0") || begins(b"MM\0*") {
            Ok(Self::Tiff)
        } else if is_mail(bytes) {
            Ok(Self::Mail)
        } else {
            Err(Refusal::KindNotTaken)
        }
    }

    /// The end of the names of such files.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Tiff => "tif",
            Self::Mail => "eml",
        }
    }
}

/// Headers from the first line on, among them who sent it and either when or its number.
fn is_mail(bytes: &[u8]) -> bool {
    let mut names = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.first() {
            None => break,
            Some(b' ' | b'\t') if !names.is_empty() => continue,
            Some(_) => {}
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            return false;
        };
        let name = &line[..colon];
        let is_name = !name.is_empty()
            && name
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        if !is_name {
            return false;
        }
        names.push(name.to_ascii_lowercase());
    }
    let has = |name: &[u8]| names.iter().any(|held| held == name);
    has(b"from") && (has(b"date") || has(b"message-id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with_whatever_it_is_called() {
        let mail = b"Received: from a by b\r\n\twith ESMTP\r\nFrom: a@example.jp\r\nDate: Mon, 6 Jul 2026 09:00:00 +0900\r\n\r\n<script>";
        let taken: [(&[u8], Kind); 6] = [
            (b"%PDF-1.7\n", Kind::Pdf),
            (&[0xff, 0xd8, 0xff, 0xe0], Kind::Jpeg),
            (b"\x89PNG\r\n\x1a\n....", Kind::Png),
            (b"II*\0....", Kind::Tiff),
            (b"MM\0*....", Kind::Tiff),
            (mail, Kind::Mail),
        ];
        for (bytes, kind) in taken {
            assert_eq!(Kind::of(bytes), Ok(kind));
        }
    }

    #[test]
    fn what_is_none_of_them_is_refused_by_name() {
        let refused: [&[u8]; 6] = [
            b"<html><script>alert(1)</script>",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"MZ\x90\0",
            b"PK\x03\x04",
            b"Subject: no sender\r\n\r\nhello",
            b"hello: world",
        ];
        for bytes in refused {
            assert_eq!(Kind::of(bytes), Err(Refusal::KindNotTaken));
        }
        assert_eq!(Kind::of(b""), Err(Refusal::Empty));
        let long = vec![0xff; usize::try_from(BYTES_MAX).expect("it is a length") + 1];
        assert_eq!(Kind::of(&long), Err(Refusal::too_large()));
    }
}
