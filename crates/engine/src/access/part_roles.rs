//! Roles of users on tables and fields. A table's role replaces its database's, a field's only lowers its table's.

use super::blocking;
use crate::Engine;
use model::{Ability, Actor, DatabaseId, DatabaseKey, Error, FieldId, Result, Role, Subject, TableId, UserId};
use store::home::Touch;
use store::home::grants::{self, Holder};
use store::home::users::{self, UserState};

/// A part of a database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Table(TableId),
    Field(TableId, FieldId),
}

/// The role of a user on a part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartRole {
    pub user: UserId,
    pub part: Part,
    /// [`Role::None`]: the part is not there for the user.
    pub role: Role,
}

impl Engine {
    /// The roles given on tables and fields of a database, for its owners.
    pub fn list_part_roles(&self, actor: &Actor, database: DatabaseKey) -> Result<Vec<PartRole>> {
        let found = self.admit_to_database(actor, database, Ability::DatabaseInvite)?;
        let rows = self.inner().store.home().read(|tx| grants::of_database(tx, found.id))?;
        let mut list = Vec::new();
        for row in rows {
            let Holder::User(user) = row.holder else { continue };
            let part = match row.place {
                grants::Place::Table(_, table) => Part::Table(table),
                grants::Place::Field(_, table, field) => Part::Field(table, field),
                grants::Place::Workspace(_) | grants::Place::Database(_) => continue,
            };
            list.push(PartRole { user, part, role: row.role });
        }
        Ok(list)
    }

    /// Gives a user a role on a part; [`Role::None`] hides it.
    pub fn set_part_role(
        &self,
        actor: &Actor,
        database: DatabaseKey,
        part: Part,
        user: UserId,
        role: Role,
    ) -> Result<()> {
        let found = self.admit_to_database(actor, database, Ability::DatabaseInvite)?;
        let catalog = self.inner().store.database(database)?.catalog();
        match part {
            Part::Table(table) => drop(catalog.schema.table(table)?),
            Part::Field(table, field) => drop(catalog.schema.table(table)?.field(field)?),
        }
        let now = self.now().0;
        blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                if users::find(tx, user)?.is_none_or(|row| row.state != UserState::Active) {
                    return Err(not_found(user));
                }
                grants::put(tx, Holder::User(user), place(found.id, part), role, now)
            })
        })
    }

    /// Takes a role on a part away: the database's is good there again.
    pub fn remove_part_role(&self, actor: &Actor, database: DatabaseKey, part: Part, user: UserId) -> Result<()> {
        let found = self.admit_to_database(actor, database, Ability::DatabaseInvite)?;
        let removed = blocking(|| {
            let home = self.inner().store.home();
            home.write(Touch::Access, |tx| grants::remove(tx, Holder::User(user), place(found.id, part)))
        })?;
        if removed { Ok(()) } else { Err(not_found(user)) }
    }
}

fn place(database: DatabaseId, part: Part) -> grants::Place {
    match part {
        Part::Table(table) => grants::Place::Table(database, table),
        Part::Field(table, field) => grants::Place::Field(database, table, field),
    }
}

fn not_found(user: UserId) -> Error {
    Error::not_found(Subject::User, user.0.to_string())
}
