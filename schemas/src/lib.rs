//! The wire: a JSON Schema and a golden example per event version, upcasters.
