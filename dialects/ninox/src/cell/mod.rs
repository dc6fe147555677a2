//! Cells: between values of the core and what Ninox' JSON has for them (reference 002, "Table Definitions"; facts 4).

pub mod decode;
pub mod encode;
pub mod people;
pub mod values;
