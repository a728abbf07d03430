//! Numbers and names as the outside world writes them: 事業所番号, 法人番号, KJ ID, dirty text.
//!
//! Everything that enters the house is parsed here once, at the edge, into types that cannot be wrong.
//! A number in the wrong form is refused with the likely right one offered; a number that is only
//! unusual is taken and says so (`CheckRule`, `KjIdCheck`), for a person to look at. Text keeps what
//! was sent beside the normalised form (`Text`).

mod agent_id;
mod corporate_number;
mod fault;
mod kj_id;
mod normalise;
mod office_number;
mod phone;
mod text;
mod tracking_number;
mod windows31j;

pub use agent_id::{AgentId, NotAnAgentId};
pub use corporate_number::CorporateNumber;
pub use fault::{Fault, Field, InvalidIdentifier};
pub use kj_id::{KjId, KjIdCheck};
pub use office_number::{CheckRule, OfficeNumber};
pub use phone::phone;
pub use text::{Change, Text, address, is_placeholder, kana, name};
pub use tracking_number::TrackingNumber;
pub use windows31j::outside_windows31j;

#[cfg(test)]
mod vectors;
