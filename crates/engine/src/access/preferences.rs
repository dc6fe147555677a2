//! What a user, or a token without a user, chose for themselves: where new things go when nobody says where.

use super::{DatabaseInfo, blocking};
use crate::Engine;
use model::access::{Credential, Reach};
use model::{Ability, Actor, DatabaseKey, Error, RecordId, Result, Role, TableId};
use serde::{Deserialize, Serialize};
use store::home::grants::Holder;
use store::home::{Touch, preferences};

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
        blocking(|| {
            self.inner().store.home().write(Touch::Nothing, |tx| {
                let mut present =
                    preferences::get(tx, holder)?.map_or_else(|| Ok(Preferences::default()), |t| read(&t))?;
                change(&mut present);
                let text = serde_json::to_string(&present).map_err(|error| Error::Internal(error.to_string()))?;
                preferences::put(tx, holder, &text)
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
