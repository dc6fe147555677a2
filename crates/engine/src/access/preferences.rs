//! What a user, or a token without a user, chose for themselves: where new things go when nobody says where.

use super::users::admit_self_or_administrator;
use super::{DatabaseInfo, blocking};
use crate::Engine;
use model::access::{Credential, Reach};
use model::{Ability, Actor, DatabaseKey, Error, RecordId, Result, Role, TableId, UserId};
use serde::{Deserialize, Serialize};
use store::home::grants::Holder;
use store::home::{Touch, preferences, users};
use store::tx::Tx;

/// All preferences of one holder.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The database that is meant when none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_database: Option<DatabaseKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbox: Option<Inbox>,
    pub inbox_end: End,
}

/// Where quick notes go: the top of a tree, or below one of its records.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Inbox {
    pub database: DatabaseKey,
    pub table: TableId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
}

/// The end of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    Top,
    #[default]
    Bottom,
}

impl Engine {
    /// What the actor chose; what was never chosen is as at the first start.
    pub fn preferences(&self, actor: &Actor) -> Result<Preferences> {
        let Some(holder) = holder(actor) else { return Ok(Preferences::default()) };
        let kept = self.inner().store.home().read(|tx| preferences::get(tx, holder))?;
        kept.map_or_else(|| Ok(Preferences::default()), |text| read(&text))
    }

    /// Changes what the actor chose. A credential that writes nothing does not do this either.
    pub fn change_preferences(&self, actor: &Actor, change: impl FnOnce(&mut Preferences)) -> Result<()> {
        if !actor.abilities.has(Ability::RecordUpdate) {
            return Err(Error::Forbidden(Ability::RecordUpdate));
        }
        let holder = holder(actor).ok_or(Error::Forbidden(Ability::RecordUpdate))?;
        blocking(|| self.inner().store.home().write(Touch::Nothing, |tx| change_in(tx, holder, change)))
    }

    /// Sets the database that a user means when they name none: their own choice in a session, or an administrator's. A
    /// database that the user does not reach has no effect, and one that the asker may not know of is not found.
    pub fn set_default_database(&self, actor: &Actor, user: UserId, database: DatabaseKey) -> Result<()> {
        admit_self_or_administrator(actor, user)?;
        self.resolve_database(actor, database)?;
        let holder = Holder::User(user);
        let change = move |present: &mut Preferences| present.default_database = Some(database);
        blocking(|| {
            self.inner().store.home().write(Touch::Nothing, |tx| {
                users::get(tx, user)?;
                change_in(tx, holder, change)
            })
        })
    }

    /// The database that is meant when none is named, first of the list, and the others that the actor reaches. It is the
    /// one that the credential is bound to, else the one chosen, else the first that is the actor's own, else the first.
    pub fn databases_by_preference(&self, actor: &Actor) -> Result<Vec<DatabaseInfo>> {
        let mut all = self.list_all_databases(actor)?;
        let bound = match &actor.reach {
            Reach::Only { workspaces, databases } if workspaces.is_empty() => databases.first().copied(),
            Reach::Only { .. } | Reach::All => None,
        };
        let chosen = bound.or(self.preferences(actor)?.default_database);
        let own = || all.iter().filter(|d| d.role == Role::Owner).min_by_key(|d| d.id).map(|d| d.key);
        let any = || all.iter().min_by_key(|d| d.id).map(|d| d.key);
        let first = chosen.filter(|key| all.iter().any(|d| d.key == *key)).or_else(own).or_else(any);
        if let Some(place) = all.iter().position(|d| Some(d.key) == first) {
            let first = all.remove(place);
            all.insert(0, first);
        }
        Ok(all)
    }
}

fn change_in(tx: &mut dyn Tx, holder: Holder, change: impl FnOnce(&mut Preferences)) -> Result<()> {
    let mut present = preferences::get(tx, holder)?.map_or_else(|| Ok(Preferences::default()), |text| read(&text))?;
    change(&mut present);
    let text = serde_json::to_string(&present).map_err(|error| Error::Internal(error.to_string()))?;
    preferences::put(tx, holder, &text)
}

fn holder(actor: &Actor) -> Option<Holder> {
    match (actor.user, actor.credential) {
        (Some(user), _) => Some(Holder::User(user)),
        (None, Credential::Token(token)) => Some(Holder::Token(token)),
        (None, Credential::Session | Credential::Local) => None,
    }
}

fn read(text: &str) -> Result<Preferences> {
    serde_json::from_str(text).map_err(|error| Error::Internal(format!("preferences that cannot be read: {error}")))
}
