//! AES-256-GCM with the key of one person.
//!
//! The nonce is derived from the key, the place and the text: one sealing cannot repeat another's nonce for a
//! different text, a retried command seals to the same bytes, and nothing here needs chance.

use aes_gcm::aead::{Aead, Generate, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::envelope::StreamName;

/// A secret key of 32 bytes. It is never printed.
#[derive(Clone)]
pub(crate) struct Key(pub(crate) [u8; 32]);

/// The stream, event and field a text is sealed in, as associated data.
pub(crate) struct Place(pub(crate) Vec<u8>);

/// A sealed text, both parts in base64.
pub(crate) struct Sealed {
    pub(crate) nonce: String,
    pub(crate) text: String,
}

impl Place {
    pub(crate) fn new(stream: &StreamName, event_id: Uuid, pointer: &str) -> Self {
        let mut place = Vec::with_capacity(stream.as_str().len() + pointer.len() + 24);
        place.extend(event_id.as_bytes());
        place.extend((stream.as_str().len() as u64).to_le_bytes());
        place.extend(stream.as_str().as_bytes());
        place.extend(pointer.as_bytes());
        Self(place)
    }

    /// The place of a person's key in the key file, and of the key file's own check.
    pub(crate) fn of_key(subject: &str) -> Self {
        Self([b"key of ", subject.as_bytes()].concat())
    }
}

impl Key {
    /// A key derived from this one for one purpose.
    pub(crate) fn derive(&self, purpose: &str, parts: &[&[u8]]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length is a key");
        for part in [purpose.as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        Self(mac.finalize().into_bytes().into())
    }

    /// A key from the system's random source.
    pub(crate) fn random() -> Self {
        Self(<[u8; 32]>::generate())
    }

    /// Seals bytes: the nonce, then the ciphertext with its tag.
    pub(crate) fn seal_bytes(&self, place: &Place, bytes: &[u8]) -> ([u8; 12], Vec<u8>) {
        let nonce = self.derive("nonce", &[&place.0, bytes]).0;
        let nonce: [u8; 12] = std::array::from_fn(|index| nonce[index]);
        let payload = Payload {
            msg: bytes,
            aad: &place.0,
        };
        let text = Aes256Gcm::new(&self.0.into())
            .encrypt(&Nonce::from(nonce), payload)
            .expect("an event's text is shorter than the cipher's limit");
        (nonce, text)
    }

    /// Opens what [`Self::seal_bytes`] gave; `None` when it was changed or belongs elsewhere.
    pub(crate) fn open_bytes(&self, place: &Place, nonce: &[u8], text: &[u8]) -> Option<Vec<u8>> {
        let nonce: [u8; 12] = nonce.try_into().ok()?;
        let payload = Payload {
            msg: text,
            aad: &place.0,
        };
        Aes256Gcm::new(&self.0.into())
            .decrypt(&Nonce::from(nonce), payload)
            .ok()
    }

    pub(crate) fn seal(&self, place: &Place, text: &str) -> Sealed {
        let (nonce, text) = self.seal_bytes(place, text.as_bytes());
        Sealed {
            nonce: BASE64.encode(nonce),
            text: BASE64.encode(text),
        }
    }

    pub(crate) fn open(&self, place: &Place, nonce: &str, text: &str) -> Option<String> {
        let nonce = BASE64.decode(nonce).ok()?;
        let text = BASE64.decode(text).ok()?;
        String::from_utf8(self.open_bytes(place, &nonce, &text)?).ok()
    }
}
