//! The door itself: what it keeps between requests, and how a request gets its actor and its body.

use crate::error::no_document;
use crate::names::Document;
use crate::profile;
use axum::response::Response;
use edge::{Call, body};
use engine::{Engine, Steps, View, Weight, WriteContext};
use model::access::Profile;
use model::error::Credentials;
use model::{Actor, Error, Json, Result, Subject};
use serde_json::Map;
use std::sync::Arc;

/// The paths that are ours: as the reference shows them, under the door's own prefix, and what is ours alone.
pub const PREFIXES: &[&str] = &["/api/v1", "/dynalist/api/v1", "/dynalist"];

/// Longest `X-Window-Id` that is kept; longer ones group nothing.
const MAX_WINDOW: usize = 128;

/// What handlers share.
#[derive(Clone)]
pub struct State {
    pub engine: Engine,
}

/// A request whose sender is known, with what it says.
pub struct Ask {
    pub actor: Arc<Actor>,
    pub body: Map<String, Json>,
    pub profile: Profile,
    context: WriteContext,
}

impl State {
    pub fn new(engine: Engine) -> State {
        State { engine }
    }

    /// Reads a request: its JSON first, then its token, then how often it comes; what it asks for is looked at last
    /// (facts 4). The body is JSON whatever its type says (facts 1.4), which any page can make a browser send: without a
    /// token a session counts only where the browser says that our own page asks (S41).
    pub async fn ask(&self, call: &mut Call) -> Result<Ask> {
        let bytes = call.body().await?;
        let body = match body::from_json::<Json>(&bytes) {
            Ok(Json::Object(body)) => body,
            Ok(_) => return call.stranger().and(Err(Error::malformed("body", "must be an object"))),
            Err(error) => return call.stranger().and(Err(error)),
        };
        let actor = match body.get("token") {
            None | Some(Json::Null) => call.actor(&self.engine)?,
            Some(Json::String(token)) => self.engine.authenticate(token)?,
            Some(_) => return call.stranger().and(Err(Error::Unauthenticated(Credentials::Unknown))),
        };
        call.measure(&actor)?;
        let profile = profile::of(call, &actor);
        Ok(Ask { actor, body, profile, context: context(call) })
    }

    /// Reads a document's database. One that cannot be reached is a document that is not there.
    pub async fn read<T: Send + 'static>(
        &self,
        actor: &Arc<Actor>,
        document: Document,
        weight: Weight,
        ask: impl FnMut(&mut View<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.engine.read(actor, document.database, weight, ask).await.map_err(hidden)
    }

    /// Writes to a document's database step by step.
    pub async fn write<T: Send + 'static>(
        &self,
        actor: &Arc<Actor>,
        document: Document,
        context: WriteContext,
        steps: impl FnMut(&mut Steps<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.engine.write_stepwise(actor, document.database, context, steps).await.map_err(hidden)
    }
}

impl Ask {
    /// What a write of this request carries.
    pub fn context(&self) -> WriteContext {
        self.context.clone()
    }

    /// A good answer.
    pub fn answer<const N: usize>(&self, members: [(&str, Json); N]) -> Result<Response> {
        profile::answer(self.profile, members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }
}

/// What a write carries: `X-Window-Id` groups the operations of one client for undo and redo, as at the other doors.
pub fn context(call: &Call) -> WriteContext {
    let window = call.header("x-window-id").filter(|window| !window.is_empty() && window.len() <= MAX_WINDOW);
    WriteContext { client: window.map(str::to_owned), ..WriteContext::default() }
}

fn hidden(error: Error) -> Error {
    match error {
        Error::NotFound { subject: Subject::Database | Subject::Workspace | Subject::Table, .. } => no_document(),
        other => other,
    }
}
