//! Which characters the old code page of Japanese Windows cannot write: spreadsheets saved as
//! Shift_JIS, older printers and other offices' systems turn them into question marks.

/// The characters of a text outside Windows-31J, each once, in order.
#[must_use]
pub fn outside_windows31j(text: &str) -> Vec<char> {
    let mut outside = Vec::new();
    for c in text.chars().filter(|c| !c.is_ascii()) {
        let written = encoding_rs::SHIFT_JIS.encode(c.encode_utf8(&mut [0; 4])).2;
        // The encoder writes these two as the ASCII characters they resemble.
        if (written || matches!(c, '¥' | '‾')) && !outside.contains(&c) {
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
            outside_windows31j("株式会社 髙﨑 ⅢＡｱ～①㈱−"),
            Vec::<char>::new()
        );
    }

    #[test]
    fn what_cannot_be_written_is_named_once() {
        assert_eq!(outside_windows31j("𠮷田⼤学𠮷¥"), vec!['𠮷', '⼤', '¥']);
    }
}
