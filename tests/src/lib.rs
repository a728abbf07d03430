//! Everything that crosses a crate: through HTTP and the binary, in the office's words.

pub mod binary;
pub mod histories;
pub mod office;
pub mod practice;
pub mod server;
