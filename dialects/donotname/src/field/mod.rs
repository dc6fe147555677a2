//! Fields at this door: their types, options and JSON, both ways.
//!
//! Start with [`shown::Shown`], which says what a field of the core is here.

mod actions_in;
mod actions_out;
pub mod default_in;
pub mod formula_in;
pub mod making;
pub mod object;
pub mod options_in;
pub mod options_out;
pub mod result;
pub mod shown;
pub mod spec;
#[cfg(test)]
mod tests;
pub mod word;
