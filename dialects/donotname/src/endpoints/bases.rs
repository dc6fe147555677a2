//! Bases are the core's databases (facts A4).

use crate::door::{self, State};
use crate::field::spec::present;
use crate::names;
use crate::roles;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::access::{DatabaseInfo, DatabasePatch};
use model::change::Patch;
use model::{Ability, Json, Subject};
use serde::Deserialize;
use serde_json::{Map, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    space_id: String,
    name: Option<String>,
    icon: Option<String>,
}

#[derive(Deserialize)]
struct Edit {
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    icon: Option<Option<String>>,
}

pub async fn create(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let body: Wanted = call.json().await?;
    let space = names::read_space(&body.space_id).ok_or_else(|| names::missing(Subject::Workspace))?;
    let name = body.name.as_deref().unwrap_or("New Base");
    let info = state.engine.create_database(&actor, space, name, body.icon.as_deref())?;
    Ok(respond::wire(StatusCode::CREATED, &object(&info))?)
}

/// All bases that the actor reaches.
pub async fn list_all(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let list: Vec<Json> = state.engine.list_all_databases(&actor)?.iter().map(object).collect();
    Ok(respond::wire(StatusCode::OK, &list)?)
}

pub async fn get(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let info = state.engine.get_database(&actor, door::base_of(&call)?)?;
    Ok(respond::wire(StatusCode::OK, &object(&info))?)
}

pub async fn update(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let base = door::base_of(&call)?;
    let body: Edit = call.json().await?;
    let icon = match body.icon {
        None => Patch::Keep,
        Some(None) => Patch::Clear,
        Some(Some(icon)) => Patch::Set(icon),
    };
    let patch = DatabasePatch { name: body.name, icon, bag: None };
    let info = state.engine.update_database(&actor, base, patch)?;
    Ok(respond::wire(StatusCode::OK, &object(&info))?)
}

pub async fn delete(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    state.engine.delete_database(&actor, door::base_of(&call)?)?;
    Ok(respond::wire(StatusCode::OK, &json!({}))?)
}

/// The scope words of bases, tables and what is in them, and whether the actor has them here.
pub async fn permission(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let (_, role) = state.engine.resolve_database(&actor, door::base_of(&call)?)?;
    let words = [
        ("base|create", Ability::DatabaseCreate),
        ("base|delete", Ability::DatabaseDelete),
        ("base|read", Ability::DatabaseRead),
        ("base|update", Ability::DatabaseUpdate),
        ("base|invite_email", Ability::DatabaseInviteByMail),
        ("base|invite_link", Ability::DatabaseInviteByLink),
        ("base|table_import", Ability::TableImport),
        ("base|table_export", Ability::TableExport),
        ("table|create", Ability::TableCreate),
        ("table|delete", Ability::TableDelete),
        ("table|read", Ability::TableRead),
        ("table|update", Ability::TableUpdate),
        ("table|import", Ability::TableImport),
        ("table|export", Ability::TableExport),
        ("table_record_history|read", Ability::HistoryRead),
        ("view|create", Ability::ViewCreate),
        ("view|delete", Ability::ViewDelete),
        ("view|read", Ability::ViewRead),
        ("view|update", Ability::ViewUpdate),
        ("view|share", Ability::ViewShare),
        ("field|create", Ability::FieldCreate),
        ("field|delete", Ability::FieldDelete),
        ("field|read", Ability::FieldRead),
        ("field|update", Ability::FieldUpdate),
        ("record|create", Ability::RecordCreate),
        ("record|delete", Ability::RecordDelete),
        ("record|read", Ability::RecordRead),
        ("record|update", Ability::RecordUpdate),
        ("record|comment", Ability::RecordComment),
    ];
    let allowed: Map<String, Json> =
        words.iter().map(|(word, ability)| ((*word).to_owned(), json!(actor.may(role, *ability)))).collect();
    Ok(respond::wire(StatusCode::OK, &allowed)?)
}

/// A base as JSON.
pub fn object(info: &DatabaseInfo) -> Json {
    json!({
        "id": names::base(info.key),
        "name": info.name,
        "spaceId": names::space(info.workspace),
        "icon": info.icon,
        "role": roles::word(info.role),
        "createdTime": info.created_at.to_iso(),
    })
}
