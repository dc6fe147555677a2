//! NX: the language of queries, formulas and automations.
//!
//! A script goes through stages: `syntax` (text to tree, with drawn diagnostics), `check` (names, functions, arity,
//! read-only and types against a schema, nothing run), `eval` (the tree worked out over a [`Host`], within budgets) and
//! `lower` (what of it the store can do in one query). [`Value`] is what a script computes with, `builtin` has a row for
//! each function, `encode` gives results as JSON. No IO lives here: a host reads and writes.

pub mod budget;
pub mod builtin;
mod check;
pub mod complete;
pub mod dependencies;
pub mod diagnostic;
pub mod encode;
pub mod eval;
pub mod explain;
pub mod fault;
pub mod format;
pub mod host;
pub mod ir;
mod lower;
pub mod ops;
pub mod program;
pub mod reference;
pub mod setting;
pub mod spelling;
pub mod stored;
pub mod syntax;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod types;
pub mod value;

pub use budget::{Budget, Limits};
pub use complete::{Completion, complete};
pub use diagnostic::Diagnostic;
pub use encode::encode;
pub use eval::{Failure, condition, run};
pub use explain::{Explanation, explain};
pub use fault::Fault;
pub use host::Host;
pub use ir::Program;
pub use program::compile;
pub use setting::Setting;
pub use types::Type;
pub use value::Value;
