//! Import and export: data of other programs in, data for other programs out. No HTTP and no dialect: a door says which
//! column goes into which field, and in what shape the outcome is told.
//!
//! Reading starts with [`Source`] (the bytes, as often as they are needed), [`sniff`](fn@sniff) (encoding, delimiter,
//! header) and [`analyze`](fn@analyze) (what the columns hold). [`import`](fn@import) judges a whole file before it
//! writes any of it. [`export`] says how values are written. Outlines are [`outline`]'s.

mod analyze;
mod cells;
mod check;
pub mod export;
mod guess;
mod import;
mod number;
pub mod outline;
mod report;
mod rows;
mod sniff;
mod source;
mod utf8;
mod write;

pub use analyze::{Analysis, AnalyzedColumn, analyze, analyze_apart, examine};
pub use guess::Guess;
pub use import::{Broken, Order, Target, import, take_back};
pub use report::{Report, RowError};
pub use sniff::{Format, Header, Hints, sniff};
pub use source::Source;
pub use utf8::Encoding;
