//! Telephone numbers: digits in groups joined by `-`, whatever brackets, dashes and notes came with them.

use super::normalise::{Kind, half, is_dash, kind};
use super::text::{Change, Text};

/// The longest group of letters that may stand before a number (`TEL`, `電話`, `（代表）`) is not
/// limited; what follows a complete number is dropped.
///
/// `None` when what was sent holds no complete Japanese number: ten digits, or eleven from a mobile,
/// IP or toll-free range, beginning with 0. What was sent is then kept by the caller as it is.
#[must_use]
pub fn phone(sent: &str) -> Option<Text> {
    let mut groups: Vec<String> = vec![String::new()];
    let mut changes = Vec::new();
    for c in sent.chars() {
        let plain = half(c);
        let last = groups.last_mut().expect("there is always a group");
        if plain.is_ascii_digit() {
            if kind(c) == Kind::Wide {
                changes.push(Change::FullWidth);
            }
            last.push(plain);
            continue;
        }
        changes.extend(match (is_dash(c), kind(c)) {
            (true, _) if c == '-' => None,
            (true, _) => Some(Change::Dash),
            (false, Kind::Space) => Some(Change::Spaces),
            (false, Kind::Invisible) => Some(Change::Invisible),
            (false, Kind::Plain | Kind::Wide | Kind::Narrow | Kind::Compatibility | Kind::Mark) => {
                Some(Change::PhoneSigns)
            }
        });
        if !last.is_empty() {
            groups.push(String::new());
        }
    }
    let (used, rest) = complete(&groups)?;
    let normalised = used.join("-");
    if normalised == sent {
        changes.clear();
    } else if changes.is_empty() || rest.iter().any(|group| !group.is_empty()) {
        changes.push(Change::PhoneSigns);
    }
    changes.sort_unstable();
    changes.dedup();
    Some(Text {
        sent: sent.to_owned(),
        normalised,
        changes,
    })
}

/// The first groups that make a complete number, and what follows them.
fn complete(groups: &[String]) -> Option<(&[String], &[String])> {
    (1..=groups.len())
        .rev()
        .map(|n| groups.split_at(n))
        .find_map(|(used, rest)| {
            let used = match used.split_last() {
                Some((last, front)) if last.is_empty() => front,
                _ => used,
            };
            is_number(&used.concat()).then_some((used, rest))
        })
}

fn is_number(digits: &str) -> bool {
    let eleven = ["020", "050", "060", "070", "080", "090", "0800"];
    match digits.len() {
        10 => digits.starts_with('0') && !digits.starts_with("00"),
        11 => eleven.iter().any(|front| digits.starts_with(front)),
        _ => false,
    }
}
