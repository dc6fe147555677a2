//! `docs/dialects/ninox.md`.
