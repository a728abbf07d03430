//! The press: letters from templates and data to PDF/A-2b, with typst inside.
//!
//! It stands at the edge of the house. Deciding, projecting and answering requests know only the port
//! [`daicho_workers::letters::Press`]; the binary puts [`Typesetter`] behind it, so that nobody else waits for the
//! typesetter to compile. It reads no file, opens no connection and knows no clock while it sets: templates and fonts
//! are in memory, values come as JSON, the date of a letter is one of its values. The same contents give the same bytes.

mod code;
mod fonts;
mod glyphs;
mod templates;
mod typesetter;
mod world;

pub use templates::{BadFolder, Templates, sample};
pub use typesetter::Typesetter;
