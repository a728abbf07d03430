//! The wire: how an event is written, read back, and described to others.
//!
//! An event's type is `noun.event.vN`; its body is the event's fields. [`wire`] writes and reads,
//! [`upcast`] lifts old versions, [`catalogue`] lists the types there are,
//! [`asyncapi`] describes the feed of them. `events/` holds a JSON
//! Schema and a golden example per type; a published one never changes.

pub mod asyncapi;
pub mod catalogue;
pub mod upcast;
pub mod wire;

pub use wire::{Undecodable, Wire, decode, decode_text, encode, is_former, lift};
