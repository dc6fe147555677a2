//! NX: the language of queries, formulas and automations.
//!
//! A script goes through stages: `syntax` (text to tree, with drawn diagnostics), `check` (names, functions, arity,
//! read-only and types against a schema, nothing run), `eval` (the tree worked out over a [`Host`], within budgets) and
//! `lower` (what of it the store can do in one query). [`Value`] is what a script computes with, `builtin` has a row for
//! each function, `encode` gives results as JSON. No IO lives here: a host reads and writes.

pub mod builtin;
pub mod encode;
pub mod fault;
pub mod format;
pub mod host;
pub mod ir;
pub mod ops;
pub mod reference;
pub mod setting;
pub mod spelling;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod types;
pub mod value;

pub use encode::encode;
pub use fault::Fault;
pub use host::Host;
pub use ir::Program;
pub use setting::Setting;
pub use types::Type;
pub use value::Value;
