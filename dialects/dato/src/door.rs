//! The door itself: what it keeps between requests, and how a request gets its actor and its site.

use crate::error::not_found;
use crate::item::shape::Shapes;
use crate::names;
use crate::session::{self, Asker};
use edge::Call;
use engine::access::DatabaseInfo;
use engine::{Engine, WriteContext};
use model::access::Reach;
use model::{Actor, DatabaseKey, Result, Subject};
use std::sync::Arc;

/// What every path begins with: nothing, as the reference shows it; the door's own prefix; and a site by its key.
pub const PREFIXES: &[&str] = &["", "/dato", "/dato/{database}"];
/// The prefixes by which a request is known to be for this door. Whatever nobody else owns is.
pub const OWNED: &[&str] = &["", "/dato"];

/// Longest `X-Window-Id` that is kept; longer ones group nothing.
const MAX_WINDOW: usize = 128;

/// What handlers share.
#[derive(Clone)]
pub struct State {
    pub engine: Engine,
    pub shapes: Arc<Shapes>,
}

/// Who asks, and of which site.
#[derive(Clone)]
pub struct At {
    pub actor: Arc<Actor>,
    pub site: DatabaseInfo,
}

impl At {
    /// The key of the site's database.
    pub fn key(&self) -> DatabaseKey {
        self.site.key
    }
}

impl State {
    pub fn new(engine: Engine) -> State {
        State { engine, shapes: Arc::default() }
    }

    /// Who asks, and of which site: the one that the request names (the address, else `X-Site-Domain`, else the host),
    /// else the one that the session is of or the token is bound to, else the user's default database. A token that is bound to one reaches no
    /// other, whatever is named.
    pub fn at(&self, call: &Call) -> Result<At> {
        let Asker { actor, site } = session::asker(call, &self.engine)?;
        let site = match named(call)?.or(site) {
            Some(key) => self.site(&actor, key)?,
            None => self.default_site(&actor)?,
        };
        Ok(At { actor, site })
    }

    fn site(&self, actor: &Actor, key: DatabaseKey) -> Result<DatabaseInfo> {
        self.engine.resolve_database(actor, key).map(|(site, _)| site).map_err(|_| not_found(Subject::Database))
    }

    /// The site that is meant when none is named.
    pub fn default_site(&self, actor: &Actor) -> Result<DatabaseInfo> {
        if let Some(only) = bound(actor) {
            return self.site(actor, only);
        }
        let first = self.engine.databases_by_preference(actor)?.into_iter().next();
        first.ok_or_else(|| not_found(Subject::Database))
    }
}

/// The site that a token is bound to, if it is one.
pub fn bound(actor: &Actor) -> Option<DatabaseKey> {
    match &actor.reach {
        Reach::Only { workspaces, databases } if workspaces.is_empty() && databases.len() == 1 => Some(databases[0]),
        Reach::Only { .. } | Reach::All => None,
    }
}

/// The site that a request names; two names must agree.
pub fn named(call: &Call) -> Result<Option<DatabaseKey>> {
    let missing = || not_found(Subject::Database);
    let in_path = match call.segment("database") {
        "" => None,
        text => Some(DatabaseKey::parse(text).ok_or_else(missing)?),
    };
    let in_header = match call.header("x-site-domain") {
        None | Some("") => None,
        Some(domain) => Some(names::read_domain(domain).ok_or_else(missing)?),
    };
    match (in_path, in_header) {
        (Some(path), Some(header)) if path != header => Err(missing()),
        (Some(key), _) | (None, Some(key)) => Ok(Some(key)),
        (None, None) => Ok(call.header("host").and_then(|host| {
            let (key, rest) = host.split_once('.')?;
            DatabaseKey::parse(key).filter(|_| rest.starts_with("admin."))
        })),
    }
}

/// What a write carries: `X-Window-Id` groups the operations of one client for undo and redo, as at the other doors.
pub fn context(call: &Call) -> WriteContext {
    let window = call.header("x-window-id").filter(|window| !window.is_empty() && window.len() <= MAX_WINDOW);
    WriteContext { client: window.map(str::to_owned), ..WriteContext::default() }
}
