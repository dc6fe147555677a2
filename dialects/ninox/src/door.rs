//! The door itself: what it keeps between requests, how a request gets its actor and its database, and which profile
//! answers it.

use crate::names;
use crate::record::shape::Shapes;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{Engine, Receipt, Triggers, View, Weight, WriteContext};
use model::access::Profile;
use model::{Actor, Change, DatabaseKey, Error, Json, Result, Role, Subject, WorkspaceId};
use std::sync::Arc;

/// The paths that are ours: as the reference shows them, and under the door's own prefix.
pub const PREFIXES: &[&str] = &["/v1", OWN];
/// Always answered as the live service does.
const OWN: &str = "/ninox/v1";
/// Longest `X-Window-Id` that is kept; longer ones group nothing.
const MAX_WINDOW: usize = 128;

/// What handlers share.
#[derive(Clone)]
pub struct State {
    pub engine: Engine,
    pub shapes: Arc<Shapes>,
}

/// The database of a request and who asks.
#[derive(Clone)]
pub struct At {
    pub actor: Arc<Actor>,
    pub database: DatabaseKey,
}

impl State {
    pub fn new(engine: Engine) -> State {
        State { engine, shapes: Arc::default() }
    }

    /// Who asks.
    pub fn actor(&self, call: &Call) -> Result<Arc<Actor>> {
        call.actor(&self.engine)
    }

    /// Which of two shapes is answered where the documents and the live service contradict each other (facts 12.1).
    pub fn profile(&self, call: &Call, actor: &Actor) -> Profile {
        call.profile(actor, call.uri().path().starts_with(OWN))
    }

    /// Who asks, and of which database of which team.
    pub fn at(&self, call: &Call) -> Result<At> {
        let actor = self.actor(call)?;
        let team = names::read_team(call.segment("teamId"));
        if let (Some(team), Some(key)) = (team, names::read_database(call.segment("databaseId"))) {
            match self.engine.resolve_database(&actor, key) {
                Ok((info, _)) if info.workspace == team => return Ok(At { actor, database: key }),
                Ok(_) | Err(Error::NotFound { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        self.team(&actor, team)?;
        Err(names::missing(Subject::Database))
    }

    /// The team of a path, if the actor has anything in it.
    pub fn team(&self, actor: &Actor, team: Option<WorkspaceId>) -> Result<WorkspaceId> {
        let team = team.ok_or_else(|| names::missing(Subject::Workspace))?;
        if actor.workspace_role(team) > Role::None {
            return Ok(team);
        }
        match self.engine.list_databases(actor, team) {
            Ok(_) | Err(Error::Forbidden(_)) => Ok(team),
            Err(other) => Err(other),
        }
    }

    /// Has the shape of a table at hand before a write asks for it: the time of a database's writer is everybody's.
    pub async fn prepare(&self, at: &At, table: &str) {
        let (shapes, table) = (self.shapes.clone(), table.to_owned());
        let look = move |view: &mut View<'_>| {
            let found = names::find_table(view, &table)?;
            shapes.of(view, found.id).map(drop)
        };
        // What is wrong with the table is for the write to say.
        drop(self.engine.read(&at.actor, at.database, Weight::Point, look).await);
    }

    /// A read whose answer is JSON.
    pub async fn tell(&self, at: &At, ask: impl FnMut(&mut View<'_>) -> Result<Json> + Send + 'static) -> Answer {
        let told = self.engine.read(&at.actor, at.database, Weight::Scan, ask).await?;
        Ok(respond::wire(StatusCode::OK, &told)?)
    }

    /// A write whose answer is JSON. `plan` and `render` may be run again, see [`Engine::write`].
    pub async fn change(
        &self,
        at: &At,
        context: WriteContext,
        plan: impl FnMut(&mut View<'_>) -> Result<Vec<Change>> + Send + 'static,
        render: impl FnMut(&mut View<'_>, &Receipt) -> Result<Json> + Send + 'static,
    ) -> Answer {
        let told = self.engine.write(&at.actor, at.database, context, plan, render).await?;
        Ok(respond::wire(StatusCode::OK, &told)?)
    }
}

/// What a write carries: `X-Window-Id` groups the operations of one client for undo and redo, as at other doors. Scripts
/// of tables do not run for what comes over this API (facts 6).
pub fn context(call: &Call) -> WriteContext {
    let window = call.header("x-window-id").filter(|window| !window.is_empty() && window.len() <= MAX_WINDOW);
    WriteContext { client: window.map(str::to_owned), triggers: Triggers::Skip, ..WriteContext::default() }
}

/// The path below our prefix of one that begins with a team (facts 1, 11): `/{team}/api/v1/databases/…` of private
/// clouds, and `/{team}/{database}/…` of the vendor's command line. A first segment is a team only by its exact shape.
pub fn alias(path: &str) -> Option<String> {
    let (team, rest) = path.strip_prefix('/')?.split_once('/')?;
    if team.len() != names::TEAM_LENGTH || !team.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    if let Some(below) = rest.strip_prefix("api/v1").filter(|below| below.is_empty() || below.starts_with('/')) {
        return Some(format!("{OWN}/teams/{team}{below}"));
    }
    let (database, below) = rest.split_once('/')?;
    names::read_database(database)?;
    Some(format!("{OWN}/teams/{team}/databases/{database}/{below}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_segment_is_a_team_only_by_its_exact_shape() {
        let cases = [
            ("/mAnyTonGue0000001/api/v1/databases/x", Some("/ninox/v1/teams/mAnyTonGue0000001/databases/x")),
            ("/mAnyTonGue0000001/api/v1", Some("/ninox/v1/teams/mAnyTonGue0000001")),
            (
                "/mAnyTonGue0000001/abcdefghij12/settings/update",
                Some("/ninox/v1/teams/mAnyTonGue0000001/databases/abcdefghij12/settings/update"),
            ),
            ("/mAnyTonGue0000001/api/v10", None),
            ("/mAnyTonGue0000001/abcdefghij1/settings/update", None),
            ("/mAnyTonGue000001/api/v1/databases", None),
            ("/mAnyTonGue-000001/api/v1/databases", None),
            ("/upload-requests", None),
            ("/", None),
        ];
        for (path, expected) in cases {
            assert_eq!(alias(path).as_deref(), expected, "{path}");
        }
    }
}
