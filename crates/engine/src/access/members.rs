//! Who belongs to a database: those with a role on it or its workspace. Only they can be named in its records.

use crate::Engine;
use model::{DatabaseId, Result, Role, UserId, WorkspaceId};
use std::collections::BTreeMap;
use store::home::grants::{self, Holder};

impl Engine {
    /// The users with a role on a database or its workspace, and the higher one of the two.
    pub(crate) fn member_roles(&self, workspace: WorkspaceId, database: DatabaseId) -> Result<BTreeMap<UserId, Role>> {
        let found = self.inner().store.home().read(|tx| {
            let mut found = grants::of_workspace(tx, workspace)?;
            found.extend(grants::of_database(tx, database)?);
            Ok(found)
        })?;
        let mut roles = BTreeMap::new();
        for grant in found {
            if let (Holder::User(user), true) = (grant.holder, grant.role > Role::None) {
                let role = roles.entry(user).or_insert(grant.role);
                *role = grant.role.max(*role);
            }
        }
        Ok(roles)
    }
}
