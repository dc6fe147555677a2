//! Dates and numbers by patterns: `DD.MM.YYYY`, `#,##0.00`.

mod date;
mod language;
mod number;
#[cfg(test)]
mod tests;

pub use date::{Moment, moment};
pub use language::Language;
pub use number::number;
