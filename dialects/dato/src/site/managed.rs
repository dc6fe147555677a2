//! What only who may change a site sees of it: how its deploys stand; and what only who manages it sees: its tokens, and how
//! it is deployed. It comes from outside the database, so it is asked for before the site is read.

use crate::deploy;
use crate::door::At;
use crate::error::renamed;
use crate::wire::{self, Attributes};
use engine::Engine;
use engine::access::DatabaseSecrets;
use engine::deploys::{DeployState, DeployWay};
use model::change::Patch;
use model::{Ability, Error, Json, Result};
use serde_json::{Map, json};

/// Nothing, for who may not change the site.
#[derive(Clone, Debug, Default)]
pub struct Managed(Option<All>);

#[derive(Clone, Debug)]
struct All {
    /// None, for who does not manage the site.
    secrets: Option<DatabaseSecrets>,
    way: Option<DeployWay>,
    state: DeployState,
    origin: String,
}

impl Managed {
    /// What this asker sees. `origin` is by which address the request came.
    pub async fn of(engine: &Engine, at: &At, origin: String) -> Result<Managed> {
        if !at.actor.may(at.site.role, Ability::DatabaseUpdate) {
            return Ok(Managed(None));
        }
        let secrets = engine.database_secrets(&at.actor, at.key())?;
        let way = engine.deploy_way(&at.actor, at.key())?;
        let state = engine.deploy_state(&at.actor, at.key()).await?;
        Ok(Managed(Some(All { secrets, way, state, origin })))
    }

    /// Adds the attributes.
    pub fn add(&self, attributes: &mut Map<String, Json>) {
        let Some(All { secrets, way, state, origin }) = &self.0 else { return };
        let (adapter, settings) = deploy::words(way.as_ref());
        let secret = |of: fn(&DatabaseSecrets) -> &str| json!(secrets.as_ref().map(of));
        let hook = secrets.as_ref().map(|all| format!("{origin}/dato/deploy-results?token={}", all.hook.0));
        let pairs = [
            ("webhook_url", json!(hook)),
            ("deploy_adapter", adapter),
            ("deploy_settings", settings),
            ("last_deploy_at", json!(state.succeeded_at.map(|at| at.to_iso()))),
            ("deployable", json!(state.deployable)),
            ("deploy_status", json!(deploy::status(state.status))),
            ("readonly_token", secret(|all| all.read_only.as_str())),
            ("readwrite_token", secret(|all| all.read_write.as_str())),
        ];
        attributes.extend(pairs.map(|(key, value)| (key.to_owned(), value)));
    }
}

/// What a body says of how the site is deployed. An attribute that is absent stays.
pub fn said(engine: &Engine, at: &At, attributes: &Attributes) -> Result<Patch<DeployWay>> {
    let (adapter, settings) = (wire::nullable_text(attributes, "deploy_adapter")?, attributes.get("deploy_settings"));
    if adapter == Patch::Keep && settings.is_none() {
        return Ok(Patch::Keep);
    }
    let present = deploy::words(engine.deploy_way(&at.actor, at.key())?.as_ref());
    let adapter = match adapter {
        Patch::Keep => present.0.clone(),
        Patch::Clear => Json::Null,
        Patch::Set(text) => text.into(),
    };
    let settings = settings.unwrap_or(&present.1);
    // What was read can be written back, also by who does not see how it is deployed.
    if (&adapter, settings) == (&present.0, &present.1) {
        return Ok(Patch::Keep);
    }
    Ok(deploy::way(adapter.as_str(), settings)?.map_or(Patch::Clear, Patch::Set))
}

/// Says it.
pub fn set(engine: &Engine, at: &At, said: &Patch<DeployWay>) -> Result<()> {
    let way = match said {
        Patch::Keep => return Ok(()),
        Patch::Clear => None,
        Patch::Set(way) => Some(way),
    };
    let ours = |error: Error| renamed(error, &[("url", "deploy_settings"), ("headers", "deploy_settings")]);
    engine.set_deploy_way(&at.actor, at.key(), way).map_err(ours)
}
