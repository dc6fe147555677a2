//! Fields: between the core's and the vendor's types, validators and JSON.

pub mod bag;
pub mod change;
pub mod kinds;
pub mod object;
pub mod shown;
pub mod validators_in;
pub mod validators_out;
pub mod word;

/// The name of this door in bags and lists of hidden fields.
pub const DOOR: &str = "dato";
