//! The QR code of a 委任状 as modules, which the template draws as one filled figure.

use qrcode::{EcLevel, QrCode};
use serde_json::{Value, json};

/// A text's code: the text, and a string of `0` and `1` for each row of modules. Error correction M, so that a stamp or a
/// fold over a corner does no harm.
///
/// # Panics
/// When the text is longer than a QR code holds, some 2,300 characters; ours have 27.
pub(crate) fn modules(text: &str) -> Value {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).expect("the text is short");
    let rows: Vec<String> = code
        .to_colors()
        .chunks(code.width())
        .map(|row| {
            row.iter()
                .map(|module| module.select('1', '0'))
                .collect::<String>()
        })
        .collect();
    // Below the code it stands in two halves, for those who must type it.
    let half = text.chars().count().div_ceil(2);
    let first: String = text.chars().take(half).collect();
    let second: String = text.chars().skip(half).collect();
    json!({ "text": text, "grouped": [first, second], "modules": rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_paper_is_a_small_square() {
        let code = modules("01J8ZMWPKBFJ6SXBXGR79E7X05S");
        let rows = code["modules"].as_array().expect("rows");
        assert_eq!(rows.len(), 25);
        assert!(
            rows.iter()
                .all(|row| row.as_str().is_some_and(|row| row.len() == 25))
        );
        assert!(
            rows[0]
                .as_str()
                .is_some_and(|row| row.starts_with("1111111"))
        );
    }
}
