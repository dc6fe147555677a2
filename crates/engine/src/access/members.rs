//! Who belongs to a database: those with a role on it or its workspace. Only they can be named in its records.

use super::DatabaseInfo;
use crate::Engine;
use model::{Result, Role, UserId};
use std::collections::HashSet;
use store::home::grants::{self, GrantRow, Holder};

impl Engine {
    /// The users with a role on a database or its workspace.
    pub(crate) fn members(&self, info: &DatabaseInfo) -> Result<HashSet<UserId>> {
        let found = self.inner().store.home().read(|tx| {
            let mut found = grants::of_workspace(tx, info.workspace)?;
            found.extend(grants::of_database(tx, info.id)?);
            Ok(found)
        })?;
        let user = |grant: &GrantRow| match grant.holder {
            Holder::User(user) if grant.role > Role::None => Some(user),
            Holder::User(_) | Holder::Token(_) => None,
        };
        Ok(found.iter().filter_map(user).collect())
    }
}
