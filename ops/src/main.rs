//! The binary `daicho`.
fn main() {}
