//! Read models: one file per question the office asks.
