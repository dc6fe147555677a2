//! Cells at this door: from a row to JSON, from JSON to a value, and as people read them.

pub mod decode;
pub mod encode;
pub mod files;
#[cfg(test)]
mod tests;
pub mod text;
pub mod values;
