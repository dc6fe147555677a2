//! Scripts in the NX language over a database: queries that read, and ones that write.
//!
//! The language knows nothing of stores and rights; it is given a [`host`]. One that reads is a view on a snapshot, so a
//! query sees exactly what its actor may see and cannot write, whatever it says. One that writes applies changes one by
//! one through the same judgement as any write, and reads what it wrote.

mod answer;
mod automate;
mod condition;
mod explain;
mod explained;
mod host;
mod limits;
mod seen;
#[cfg(test)]
mod tests;

pub use answer::ScriptPlace;
pub(crate) use automate::carry_out;
pub use condition::Standing;
pub use explained::Explained;
pub(crate) use host::{Reading, Writing};
pub use limits::ScriptLimits;
pub(crate) use seen::schema_for;
