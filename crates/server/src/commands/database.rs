//! `manytongue database create` and `list`.

use super::owner::owner;
use super::{Database, Outcome};
use crate::spelling::{Named, Spelling, read_database, read_workspace};
use engine::Engine;
use engine::access::DatabaseInfo;
use model::{Error, Result, Subject};

pub fn create(engine: &Engine, name: &str, workspace: Option<&str>) -> Result<Outcome> {
    let actor = owner(engine)?;
    let workspace = match workspace {
        Some(text) => read_workspace(text).ok_or_else(|| Error::not_found(Subject::Workspace, text))?,
        None => {
            let first = engine.list_workspaces(&actor)?.into_iter().next();
            first.ok_or_else(|| Error::not_found(Subject::Workspace, "to put it into"))?.id
        }
    };
    let made = engine.create_database(&actor, workspace, name, None)?;
    let secrets = engine.database_secrets(&actor, made.key)?;
    let mut made = shown(made);
    if let Some(secrets) = secrets {
        made.spelling.dato.tell(&secrets);
    }
    Ok(Outcome::Database(made))
}

pub fn list(engine: &Engine) -> Result<Outcome> {
    let all = engine.list_all_databases(&owner(engine)?)?;
    Ok(Outcome::Databases(all.into_iter().map(shown).collect()))
}

/// The database that somebody names: by an id in any spelling, or by a name that no other has.
pub fn find(engine: &Engine, text: &str) -> Result<DatabaseInfo> {
    let actor = owner(engine)?;
    let all = || engine.list_all_databases(&actor).map(Vec::into_iter);
    let mut found: Vec<DatabaseInfo> = match read_database(text) {
        Named::Key(key) => return engine.get_database(&actor, key),
        Named::Number(id) => all()?.filter(|info| info.id == id).collect(),
        Named::Name(name) => all()?.filter(|info| info.name == name).collect(),
    };
    if found.len() > 1 {
        return Err(Error::Conflict(format!("several databases are called {text}: use an id")));
    }
    found.pop().ok_or_else(|| Error::not_found(Subject::Database, text))
}

/// A database by all its ids.
pub fn spelling(info: &DatabaseInfo) -> Spelling {
    Spelling::of(info.workspace, info.id, info.key)
}

fn shown(info: DatabaseInfo) -> Database {
    Database { spelling: spelling(&info), name: info.name }
}
