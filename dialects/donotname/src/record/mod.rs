//! Records at this door: reading requests, the shape of a table, writing answers.

pub mod body;
pub mod changes;
pub mod groups;
pub mod keys;
pub mod list;
pub mod order;
pub mod render;
pub mod shape;
pub mod write;
