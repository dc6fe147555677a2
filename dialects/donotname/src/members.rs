//! Who can be named in a base: its members and those of its space. Nobody learns by naming them who else is on the
//! server (facts A3: "user by id, name or e-mail of a collaborator").

use engine::Engine;
use engine::access::{Directory, Place};
use model::{Actor, DatabaseKey, Result, UserId};
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The members of a base, read when the first user is named.
pub struct Members {
    engine: Engine,
    actor: Arc<Actor>,
    database: DatabaseKey,
    known: OnceCell<BTreeSet<UserId>>,
}

impl Members {
    pub fn new(engine: &Engine, actor: &Arc<Actor>, database: DatabaseKey) -> Members {
        Members { engine: engine.clone(), actor: actor.clone(), database, known: OnceCell::new() }
    }

    /// Whether the user can be named.
    pub fn has(&self, user: UserId) -> bool {
        self.all().contains(&user)
    }

    /// The member of a name or e-mail address; of several the one who came first.
    pub fn find(&self, directory: &Directory, text: &str) -> Option<UserId> {
        let (text, folded) = (text.trim(), model::text::fold(text.trim()));
        let members = || self.all().iter().filter_map(|user| directory.get(*user));
        let by_email = members().find(|user| !user.email.is_empty() && model::text::fold(&user.email) == folded);
        by_email.or_else(|| members().find(|user| user.name == text)).map(|user| user.id)
    }

    fn all(&self) -> &BTreeSet<UserId> {
        self.known.get_or_init(|| {
            let mut known = self.read().unwrap_or_default();
            known.extend(self.actor.user);
            known
        })
    }

    /// Reading who the members are needs a right of its own, which somebody who writes a cell need not have; nothing of
    /// the list leaves this room but whether a user is on it.
    fn read(&self) -> Result<BTreeSet<UserId>> {
        let (info, _) = self.engine.resolve_database(&self.actor, self.database)?;
        let us = Actor::local(None);
        let mut known = BTreeSet::new();
        for place in [Place::Database(self.database), Place::Workspace(info.workspace)] {
            known.extend(self.engine.list_collaborators(&us, place)?.into_iter().map(|member| member.user.id));
        }
        Ok(known)
    }
}
