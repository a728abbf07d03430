//! Finding the marked objects in a body, each with its JSON pointer.

use serde_json::{Map, Value};

use super::SealError;

/// The mark of a personal text outside the log.
pub(super) const PERSONAL: &str = "$personal";

/// The mark of a personal text inside the log.
pub(super) const SEALED: &str = "$sealed";

/// Replaces every object `{mark: {…}}` by what `by` makes of its inside.
pub(super) fn replace(
    value: &mut Value,
    mark: &str,
    by: &mut impl FnMut(&Map<String, Value>, &str) -> Result<Value, SealError>,
) -> Result<(), SealError> {
    step(value, mark, &mut String::new(), by)
}

fn step(
    value: &mut Value,
    mark: &str,
    pointer: &mut String,
    by: &mut impl FnMut(&Map<String, Value>, &str) -> Result<Value, SealError>,
) -> Result<(), SealError> {
    let above = pointer.len();
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                pointer.push('/');
                pointer.push_str(&index.to_string());
                step(item, mark, pointer, by)?;
                pointer.truncate(above);
            }
        }
        Value::Object(members) => {
            if let Some(inside) = members.get(mark) {
                let malformed = |why: &str| SealError::Malformed {
                    pointer: pointer.clone(),
                    why: why.to_owned(),
                };
                let inside = inside
                    .as_object()
                    .ok_or_else(|| malformed("the mark holds no object"))?;
                if members.len() > 1 {
                    return Err(malformed("the mark does not stand alone"));
                }
                *value = by(inside, pointer)?;
                return Ok(());
            }
            for (name, member) in members.iter_mut() {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                step(member, mark, pointer, by)?;
                pointer.truncate(above);
            }
        }
    }
    Ok(())
}

/// A member that must be text.
pub(super) fn text<'a>(
    members: &'a Map<String, Value>,
    name: &str,
    pointer: &str,
) -> Result<&'a str, SealError> {
    text_or_null(members, name, pointer)?.ok_or_else(|| malformed(name, pointer))
}

/// A member that must be text, or null, or absent.
pub(super) fn text_or_null<'a>(
    members: &'a Map<String, Value>,
    name: &str,
    pointer: &str,
) -> Result<Option<&'a str>, SealError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(malformed(name, pointer))
        }
    }
}

fn malformed(name: &str, pointer: &str) -> SealError {
    SealError::Malformed {
        pointer: pointer.to_owned(),
        why: format!("{name} is not text"),
    }
}

/// `{mark: {name: text or null, …}}`
pub(super) fn object(mark: &str, members: &[(&str, Option<&str>)]) -> Value {
    let inside = members
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.map_or(Value::Null, Value::from)))
        .collect::<Map<_, _>>();
    Value::Object(Map::from_iter([(mark.to_owned(), Value::Object(inside))]))
}
