//! What a person types: small letters and digits of which none is taken for another, in groups.

use aes_gcm::aead::Generate;

use super::IdKind;

/// No `i`, `l`, `o`, `0`, `1`: 31 characters.
pub(super) const ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// The characters of an ID after its first letter: nine of 31.
const ID_CHARACTERS: usize = 9;

/// The characters of an initial password: twelve of 31 are 59 bits, of which an attacker at a login can try few.
const PASSWORD_CHARACTERS: usize = 12;

/// The characters of a group.
const GROUP: usize = 4;

/// A new ID, `h7kq2mn4pw`.
pub(super) fn id(kind: IdKind) -> String {
    let first = match kind {
        IdKind::Corporation => 'h',
        IdKind::Office => 'j',
    };
    format!("{first}{}", characters(ID_CHARACTERS))
}

/// A new initial password, `7kq2-mn4p-wxyz`.
pub(super) fn password() -> String {
    let drawn = characters(PASSWORD_CHARACTERS);
    grouped(&drawn)
}

/// A text in groups, with hyphens between.
pub(super) fn grouped(text: &str) -> String {
    let mut grouped = String::with_capacity(text.len() + text.len() / GROUP);
    for (index, character) in text.chars().enumerate() {
        if index > 0 && index % GROUP == 0 {
            grouped.push('-');
        }
        grouped.push(character);
    }
    grouped
}

/// As many characters of the alphabet from the system's random source, each as likely as any other.
pub(super) fn characters(length: usize) -> String {
    let count = ALPHABET.len();
    // Bytes from here on would make the first characters more likely.
    let fair = 256 / count * count;
    let mut drawn = String::with_capacity(length);
    loop {
        for byte in <[u8; 32]>::generate() {
            if drawn.len() == length {
                return drawn;
            }
            let index = usize::from(byte);
            if index < fair {
                drawn.push(char::from(ALPHABET[index % count]));
            }
        }
    }
}
