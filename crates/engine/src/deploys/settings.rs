//! How a database is deployed: whom to tell, and in the words of which dialect that was said.

use crate::Engine;
use crate::access::{DatabaseInfo, purpose};
use model::{Ability, Actor, DatabaseKey, Error, Json, Path, Result, Rule};
use serde::{Deserialize, Serialize};
use store::blocking::blocking;
use store::home::Touch;
use store::home::secrets::{self, Kind, SecretRow};

/// Longest form in which it is kept, in bytes.
const MAX_WAY: usize = 20_000;
/// Most headers of its own.
const MAX_HEADERS: usize = 20;
/// What belongs to the request itself, or to who sends it.
const KEPT_HEADERS: [&str; 9] = [
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "expect",
    "proxy-authorization",
];

/// How a database is deployed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DeployWay {
    /// None: it is kept in its words only.
    pub target: Option<DeployTarget>,
    /// As it was said, to be said again.
    pub words: Json,
}

/// Whom to tell, by a POST. The headers hold secrets of theirs.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DeployTarget {
    pub url: String,
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Json,
}

impl Engine {
    /// How a database is deployed, for who manages it; none for others, and where nothing was said.
    pub fn deploy_way(&self, actor: &Actor, key: DatabaseKey) -> Result<Option<DeployWay>> {
        let (found, role) = self.resolve_database(actor, key)?;
        // What it holds is of other systems and lets nobody in here.
        if actor.may(role, Ability::DatabaseInvite) { self.deploy_way_of(&found) } else { Ok(None) }
    }

    /// Says how a database is deployed; none for not at all. For who manages it.
    pub fn set_deploy_way(&self, actor: &Actor, key: DatabaseKey, way: Option<&DeployWay>) -> Result<()> {
        let found = self.admit_to_database(actor, key, Ability::DatabaseUpdate)?;
        if !actor.may(found.role, Ability::DatabaseInvite) {
            return Err(Error::Forbidden(Ability::DatabaseUpdate));
        }
        if let Some(target) = way.and_then(|way| way.target.as_ref()) {
            check(target)?;
        }
        let text = serde_json::to_string(&way).map_err(|error| Error::Internal(error.to_string()))?;
        if text.len() > MAX_WAY {
            return Err(Error::TooLarge { what: "deploy_settings", limit: MAX_WAY as u64 });
        }
        let sealed = self.seal(&purpose(key, Kind::Deploy), &text)?;
        let row = SecretRow { token: None, sealed };
        let home = self.inner().store.home();
        blocking(|| home.write(Touch::Nothing, |tx| secrets::put(tx, found.id, Kind::Deploy, &row, None)))
    }

    /// How a database is deployed. What another key of the server sealed is as if nothing was said.
    pub(super) fn deploy_way_of(&self, database: &DatabaseInfo) -> Result<Option<DeployWay>> {
        let kept = self.inner().store.home().read(|tx| secrets::get(tx, database.id, Kind::Deploy))?;
        let text = kept.and_then(|row| self.open_seal(&purpose(database.key, Kind::Deploy), &row.sealed));
        let Some(text) = text else { return Ok(None) };
        serde_json::from_str(&text)
            .map_err(|error| Error::Unavailable(format!("how to deploy cannot be read: {error}")))
    }

    /// Whom to tell of a database.
    pub(super) fn deploy_target(&self, database: &DatabaseInfo) -> Result<DeployTarget> {
        let way = self.deploy_way_of(database)?;
        way.and_then(|way| way.target).ok_or_else(|| Error::Conflict("nobody said how to deploy it".to_owned()))
    }
}

/// Refuses what cannot be sent. Where it goes is judged when it is sent, as every address that somebody gave.
fn check(target: &DeployTarget) -> Result<()> {
    if !(target.url.starts_with("http://") || target.url.starts_with("https://")) {
        return Err(Error::malformed("url", "must be an http or https address"));
    }
    if target.headers.len() > MAX_HEADERS {
        return Err(Error::invalid(Path::of("headers"), Rule::TooMany { limit: MAX_HEADERS as u64 }));
    }
    for (name, value) in &target.headers {
        let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if !named || KEPT_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(Error::invalid_given(Path::of("headers"), Rule::Unknown, name.as_str()));
        }
        if value.chars().any(|c| c.is_control() || !c.is_ascii()) {
            return Err(Error::malformed("headers", format!("{name} must be plain ASCII")));
        }
    }
    Ok(())
}
