//! The door itself: what it keeps between requests, and how a request gets its actor.

use crate::error::hidden_behind;
use crate::members::Members;
use crate::names::{self, TableName};
use crate::record::shape::Shapes;
use axum::http::StatusCode;
use edge::{Answer, Call, Presented, respond};
use engine::access::Place;
use engine::{Engine, Receipt, View, Weight, WriteContext};
use model::error::Credentials;
use model::{Ability, Actor, Change, DatabaseKey, Error, Json, Result, Subject};
use std::sync::Arc;

/// The paths that are ours: as the reference shows them, and under the door's own prefix.
pub const PREFIXES: &[&str] = &["/api", "/donotname/api"];

/// Longest `X-Window-Id` that is kept; longer ones group nothing.
const MAX_WINDOW: usize = 128;

/// What handlers share.
#[derive(Clone)]
pub struct State {
    pub engine: Engine,
    pub shapes: Arc<Shapes>,
}

impl State {
    pub fn new(engine: Engine) -> State {
        State { engine, shapes: Arc::default() }
    }

    /// Who asks: a token, else a browser's session (facts A1).
    pub fn actor(&self, call: &Call) -> Result<Arc<Actor>> {
        call.actor(&self.engine)
    }

    /// Who can be named in a base.
    pub fn members(&self, actor: &Arc<Actor>, database: DatabaseKey) -> Members {
        Members::new(&self.engine, actor, database)
    }

    /// Has the shape of a table at hand before a write asks for it: the time of a database's writer is everybody's.
    pub async fn prepare(&self, actor: &Arc<Actor>, name: TableName) {
        if self.shapes.kept(name.database, name.table).is_some() {
            return;
        }
        let shapes = self.shapes.clone();
        let look = move |view: &mut View<'_>| shapes.of(view, name.table).map(drop);
        // What is wrong with the table is for the write to say.
        drop(self.engine.read(actor, name.database, Weight::Point, look).await);
    }

    /// A read whose answer is JSON.
    pub async fn tell(
        &self,
        actor: &Arc<Actor>,
        at: At,
        ask: impl FnMut(&mut View<'_>) -> Result<Json> + Send + 'static,
    ) -> Answer {
        let told = self.engine.read(actor, at.database, Weight::Scan, ask).await;
        Ok(respond::wire(StatusCode::OK, &told.map_err(hidden_behind(at.subject))?)?)
    }

    /// A write whose answer is JSON. `plan` and `render` may be run again, see [`Engine::write`].
    pub async fn change(
        &self,
        actor: &Arc<Actor>,
        at: At,
        context: WriteContext,
        status: StatusCode,
        plan: impl FnMut(&mut View<'_>) -> Result<Vec<Change>> + Send + 'static,
        render: impl FnMut(&mut View<'_>, &Receipt) -> Result<Json> + Send + 'static,
    ) -> Answer {
        let told = self.engine.write(actor, at.database, context, plan, render).await;
        Ok(respond::wire(status, &told.map_err(hidden_behind(at.subject))?)?)
    }

    /// Who asks, if they may manage tokens: a person in a session, or a token with full access. The scopes of this
    /// door never allow it (facts A2).
    pub fn person(&self, call: &Call) -> Result<Arc<Actor>> {
        let actor = self.actor(call)?;
        match actor.abilities.has(Ability::TokenManage) {
            true => Ok(actor),
            false => Err(Error::Forbidden(Ability::TokenManage)),
        }
    }

    /// The person of a session, with its cookie: for what no token does, not even one of full access.
    pub fn session<'a>(&self, call: &'a Call) -> Result<(Arc<Actor>, &'a str)> {
        match call.presented() {
            Presented::Session(cookie) => Ok((self.actor(call)?, cookie)),
            Presented::Token(_) => self.actor(call).and(Err(Error::Forbidden(Ability::TokenManage))),
            Presented::Nothing => self.actor(call).and(Err(Error::Unauthenticated(Credentials::Missing))),
        }
    }
}

/// The database that a request is about, and what its address names: that is what is not found when the actor cannot
/// reach the database.
#[derive(Clone, Copy, Debug)]
pub struct At {
    pub database: DatabaseKey,
    pub subject: Subject,
}

impl From<TableName> for At {
    fn from(name: TableName) -> At {
        At { database: name.database, subject: Subject::Table }
    }
}

impl From<DatabaseKey> for At {
    fn from(database: DatabaseKey) -> At {
        At { database, subject: Subject::Database }
    }
}

/// The table of a path, which must be in the base of the path where there is one.
pub fn table_of(call: &Call) -> Result<TableName> {
    let name = names::table_in_path(call.segment("tableId"))?;
    match call.segment("baseId") {
        "" => Ok(name),
        base if names::read_base(base) == Some(name.database) => Ok(name),
        _ => Err(names::missing(Subject::Table)),
    }
}

/// The space or base of a path.
pub fn place_of(call: &Call) -> Result<Place> {
    match call.segment("baseId") {
        "" => {
            let space = names::read_space(call.segment("spaceId"));
            space.map(Place::Workspace).ok_or_else(|| names::missing(Subject::Workspace))
        }
        _ => base_of(call).map(Place::Database),
    }
}

/// Refuses what a page of another site made a browser send: it would begin or end a session of the site's choice, or
/// have the browser knock for it. What strangers may ask is counted by their address.
pub fn refuse_other_sites(call: &Call) -> Result<()> {
    call.stranger()?;
    if call.is_from_another_site() { Err(Error::Unauthenticated(Credentials::Missing)) } else { Ok(()) }
}

/// The base of a path.
pub fn base_of(call: &Call) -> Result<DatabaseKey> {
    names::read_base(call.segment("baseId")).ok_or_else(|| names::missing(Subject::Database))
}

/// What a write carries: `X-Window-Id` groups the operations of one client for undo and redo (facts A1).
pub fn context(call: &Call) -> WriteContext {
    WriteContext { client: window(call), ..WriteContext::default() }
}

/// The client's window.
pub fn window(call: &Call) -> Option<String> {
    let window = call.header("x-window-id")?;
    (!window.is_empty() && window.len() <= MAX_WINDOW).then(|| window.to_owned())
}
