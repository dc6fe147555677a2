//! Fields as this door has them: their types, and the objects that describe them.

pub mod object;
pub mod shown;
pub mod word;
