//! Functions of who asks, of what surrounds a script, and of types.

pub mod people;
pub mod surroundings;
pub mod types;

use super::{Builtin, Group, row};

/// What rows of this group share.
const SYSTEM: Builtin = row(Group::System);
