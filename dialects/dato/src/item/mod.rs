//! Items: records as this door reads and writes them.

pub mod ask;
pub mod body;
pub mod change;
pub mod list;
pub mod one;
pub mod places;
pub mod shape;
pub mod told;
pub mod write;
