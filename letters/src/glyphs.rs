//! Finds a character that no font has before anything is set: a PDF would show an empty box where a name should be.

use daicho_domain::document::MissingGlyph;
use daicho_workers::letters::Refusal;
use serde_json::{Map, Value};

use crate::fonts::FONTS;

/// Refuses the first character of these values that cannot be printed, with the value it stands in.
pub(crate) fn printable(values: &Map<String, Value>) -> Result<(), Refusal> {
    values
        .iter()
        .try_for_each(|(name, value)| every(value, name))
}

fn every(value: &Value, place: &str) -> Result<(), Refusal> {
    match value {
        Value::String(text) => match text.chars().find(|held| !printed(*held)) {
            None => Ok(()),
            Some(character) => Err(Refusal::MissingGlyph(MissingGlyph {
                character,
                place: place.to_owned(),
            })),
        },
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(number, item)| every(item, &format!("{place}[{number}]"))),
        Value::Object(fields) => fields
            .iter()
            .try_for_each(|(name, field)| every(field, &format!("{place}.{name}"))),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

/// Line breaks have no glyph and need none.
fn printed(character: char) -> bool {
    character == '\n' || FONTS.have(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_character_without_a_glyph_is_named_with_its_place() {
        let values = json!({ "to": { "address": ["愛知県"], "person": "김 𠮷乃" } });
        let values = values.as_object().expect("an object");
        assert_eq!(
            printable(values),
            Err(Refusal::MissingGlyph(MissingGlyph {
                character: '김',
                place: "to.person".to_owned()
            }))
        );
    }
}
