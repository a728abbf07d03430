//! A synthetic book of business: invented offices, and people who answer in time, late or not at all.

pub mod offices;
mod words;
