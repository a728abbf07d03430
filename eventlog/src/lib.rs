//! The append-only log: the port, its adapters, execute, sealing, the one clock.
