//! `POST /{teamId}/{databaseId}/settings/update`: name, icon and color of a database, as the vendor's command line sets
//! them; and the picture behind it, of which there is none (facts 11).

use crate::door::State;
use crate::field::shown::DOOR;
use crate::names;
use crate::schema::read;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::access::DatabasePatch;
use model::change::Patch;
use model::error::Path;
use model::{Ability, Error, Json, Rule, Subject};
use serde_json::Map;

/// What a client keeps for itself; others are refused by name.
const KEPT: &[&str] = &[
    "color",
    "bgType",
    "backgroundClass",
    "backgroundTimestamp",
    "rolesOpen",
    "rolesExport",
    "rolesImport",
    "rolesHistory",
    "rolesPrint",
    "rolesMassDataUpdate",
];
/// Most bytes of it.
const MOST: usize = 16 << 10;

/// The body is JSON, whatever its type is said to be.
pub async fn update(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let given: Map<String, Json> = call.json().await?;
    let info = state.engine.get_database(&at.actor, at.database)?;
    let mut patch = DatabasePatch::default();
    let mut kept = info.bag.get(DOOR).and_then(Json::as_object).cloned().unwrap_or_default();
    for (key, value) in given {
        match (key.as_str(), value) {
            ("name", Json::String(name)) => patch.name = Some(name),
            ("icon", Json::String(icon)) => patch.icon = Patch::Set(icon),
            ("icon", Json::Null) => patch.icon = Patch::Clear,
            ("name" | "icon", _) => return Err(Error::invalid(Path::of(key), Rule::Type("text")).into()),
            (known, value) if KEPT.contains(&known) => drop(kept.insert(key, value)),
            _ => return Err(Error::invalid(Path::of(key), Rule::Unknown).into()),
        }
    }
    let kept = Json::Object(kept);
    if kept.to_string().len() > MOST {
        return Err(Error::TooLarge { what: "body", limit: MOST as u64 }.into());
    }
    let mut bag = info.bag;
    bag.insert(DOOR.to_owned(), kept);
    let info = state.engine.update_database(&at.actor, at.database, DatabasePatch { bag: Some(bag), ..patch })?;
    Ok(respond::wire(StatusCode::OK, &read::settings(&info))?)
}

/// No database has a picture behind it; clients expect that (facts 11).
pub async fn background(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let (_, role) = state.engine.resolve_database(&at.actor, at.database)?;
    match at.actor.may(role, Ability::DatabaseRead) {
        true => Err(names::missing(Subject::File).into()),
        false => Err(Error::Forbidden(Ability::DatabaseRead).into()),
    }
}
