//! How names and numbers are made comparable: width, spaces and case do not count in a search.

use crate::store::Cell;
use daicho_domain::identifiers;

/// What a search compares: normalised, without spaces, in lower case.
pub fn comparable(text: &str) -> String {
    let normalised = identifiers::name(text).normalised;
    let plain = normalised.chars().filter(|c| !c.is_whitespace());
    plain.flat_map(char::to_lowercase).collect()
}

/// The searchable text of a row: each part comparable, kept apart so that a match stays within one.
pub fn searchable<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let parts: Vec<_> = parts.into_iter().map(comparable).collect();
    parts.join("\n")
}

/// The pattern of a `LIKE … ESCAPE '\'` for what somebody typed.
pub fn pattern(typed: &str) -> Cell {
    let mut pattern = String::from("%");
    for c in comparable(typed).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    Cell::Text(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_spaces_and_case_do_not_count() {
        assert_eq!(comparable("ﾃｽﾄ　ＡＢＣ 会"), comparable("テストabc会"));
    }

    #[test]
    fn signs_of_the_pattern_are_taken_as_typed() {
        assert_eq!(pattern("5%"), Cell::Text("%5\\%%".into()));
    }
}
