//! Where a script runs: what it may do, and which record it is about.

use model::TableId;

/// Where a script runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Setting {
    /// The table of the record that `this` and bare field names mean, context 0; none at the top level of a REST call.
    pub about: Option<TableId>,
    pub access: Access,
}

/// Whether a script may write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Whatever writes is refused before anything runs.
    Read,
    Write,
}

impl Setting {
    /// A query or another script about no record, which only reads.
    pub const QUERY: Setting = Setting { about: None, access: Access::Read };
    /// A script about no record, which may write.
    pub const EXEC: Setting = Setting { about: None, access: Access::Write };

    /// A formula, condition or default value of a record of this table.
    pub fn formula(table: TableId) -> Setting {
        Setting { about: Some(table), access: Access::Read }
    }

    /// A trigger or button of a record of this table.
    pub fn action(table: TableId) -> Setting {
        Setting { about: Some(table), access: Access::Write }
    }
}
