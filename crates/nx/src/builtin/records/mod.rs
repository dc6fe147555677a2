//! Functions of records.

pub mod access;
pub mod attached;
pub mod duplicate;
pub mod ids;
pub mod lookup;

use super::{Builtin, Group, row};

/// What rows of this group share.
const RECORDS: Builtin = row(Group::Records);
