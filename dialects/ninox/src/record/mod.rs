//! Records: what is asked, what is written, and their JSON.

pub mod body;
pub mod changes;
pub mod filters;
pub mod list;
pub mod render;
pub mod shape;
pub mod style;
pub mod write;
