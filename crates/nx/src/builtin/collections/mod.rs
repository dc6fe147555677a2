//! Functions of lists. A single value is a list of one, null an empty one.

pub mod aggregates;
pub mod extremes;
pub mod lists;
pub mod make;
pub mod options;
mod sum;
mod unique;

use super::{Builtin, Group, row};

/// What rows of this group share.
const COLLECTIONS: Builtin = row(Group::Collections);
