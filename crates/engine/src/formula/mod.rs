//! Formulas: worked out at the end of each write, for the records that it touched and those that depend on them, and
//! kept in columns of their own.
//!
//! [`set`] has the formulas of a schema, checked and in the order in which they build on each other; [`dirty`] notes what
//! a write changes; [`affected`] finds the records whose formulas that concerns; [`compute`] works them out. What changes
//! in the schema is followed by [`changes`]. Formulas are no writes of anybody: they leave nothing in the log, and undo
//! works them out again.

mod admit;
mod affected;
mod changes;
mod compute;
mod dirty;
mod refresh;
mod set;
mod value;
mod works;

pub(crate) use dirty::Dirty;
pub(crate) use refresh::State;
