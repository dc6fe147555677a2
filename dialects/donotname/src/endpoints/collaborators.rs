//! Members of spaces and bases and their roles (facts A4).

use crate::door::{State, base_of, place_of};
use crate::names;
use crate::roles;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, Params, respond};
use engine::access::{Collaborator, DatabaseInfo, Place, Principal};
use model::error::Path;
use model::{Actor, Error, Json, Result, Rule, UserId};
use serde::Deserialize;
use serde_json::json;

/// Most people of one request.
const MAX_PEOPLE: usize = 100;
/// What is asked of lists.
const LIST_KEYS: &[&str] = &["includeSystem", "includeBase", "skip", "take", "search", "type", "orderBy"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Person {
    principal_id: String,
    principal_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    principal_id: String,
    principal_type: String,
    role: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Addition {
    collaborators: Vec<Person>,
    role: String,
}

/// A member as a list shows it, with the base when the list is not of that base.
struct Line {
    member: Collaborator,
    base: Option<DatabaseInfo>,
}

/// The members of a space; with `includeBase` those of its bases that the asker reaches too.
pub async fn of_space(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let place = place_of(&call)?;
    let line = |member| Line { member, base: None };
    let mut lines: Vec<Line> = state.engine.list_collaborators(&actor, place)?.into_iter().map(line).collect();
    let params = call.params()?;
    params.refuse_unknown(LIST_KEYS)?;
    if let (true, Place::Workspace(workspace)) = (flag(&params, "includeBase")?, place) {
        for base in state.engine.list_databases(&actor, workspace)? {
            let members = state.engine.list_collaborators(&actor, Place::Database(base.key))?;
            lines.extend(members.into_iter().map(|member| Line { member, base: Some(base.clone()) }));
        }
    }
    let mut users: Vec<UserId> = lines.iter().map(|line| line.member.user.id).collect();
    users.sort_unstable();
    users.dedup();
    let mut answer = page(&params, lines, object, "collaborators")?;
    answer["uniqTotal"] = json!(users.len());
    Ok(respond::wire(StatusCode::OK, &answer)?)
}

/// The members of a base, those of its space included.
pub async fn of_base(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let lines = all_of_base(&state, &actor, &call)?;
    let params = call.params()?;
    params.refuse_unknown(LIST_KEYS)?;
    Ok(respond::wire(StatusCode::OK, &page(&params, lines, object, "collaborators")?)?)
}

/// The same as users, each once.
pub async fn users_of_base(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let mut lines = all_of_base(&state, &actor, &call)?;
    let mut seen = std::collections::BTreeSet::new();
    lines.retain(|line| seen.insert(line.member.user.id));
    let params = call.params()?;
    params.refuse_unknown(&["includeSystem", "skip", "take", "search", "orderBy"])?;
    let user = |line: &Line| {
        let user = &line.member.user;
        json!({"id": names::user(user.id), "name": user.name, "email": user.email, "avatar": user.avatar})
    };
    Ok(respond::wire(StatusCode::OK, &page(&params, lines, user, "users")?)?)
}

/// Gives a member another role.
pub async fn update(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let place = place_of(&call)?;
    state.engine.may_manage_members(&actor, place)?;
    let body: Change = call.json().await?;
    let (user, role) = (person(&body.principal_id, &body.principal_type)?, roles::read(&body.role)?);
    state.engine.change_collaborator(&actor, place, user, role)?;
    Ok(respond::wire(StatusCode::OK, &json!({}))?)
}

/// Takes a member out; everybody may take out themselves.
pub async fn remove(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let place = place_of(&call)?;
    let params = call.params()?;
    params.refuse_unknown(&["principalId", "principalType"])?;
    let required = |key: &str| params.one(key)?.ok_or_else(|| Error::invalid(Path::of(key), Rule::Required));
    let user = person(required("principalId")?, required("principalType")?)?;
    state.engine.remove_collaborator(&actor, place, user)?;
    Ok(respond::wire(StatusCode::OK, &json!({}))?)
}

/// Gives people of the space or its bases a role here. Others are invited.
pub async fn add(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let place = place_of(&call)?;
    state.engine.may_manage_members(&actor, place)?;
    let body: Addition = call.json().await?;
    if body.collaborators.len() > MAX_PEOPLE {
        let rule = Rule::TooMany { limit: MAX_PEOPLE as u64 };
        return Err(Error::invalid(Path::of("collaborators"), rule).into());
    }
    let users: Result<Vec<UserId>> =
        body.collaborators.iter().map(|one| person(&one.principal_id, &one.principal_type)).collect();
    state.engine.add_collaborators(&actor, place, &users?, roles::read(&body.role)?)?;
    Ok(respond::wire(StatusCode::CREATED, &json!({}))?)
}

fn all_of_base(state: &State, actor: &Actor, call: &Call) -> Result<Vec<Line>> {
    let members = state.engine.list_all_collaborators(actor, base_of(call)?)?;
    Ok(members.into_iter().map(|member| Line { member, base: None }).collect())
}

/// The user of an id; there are no departments. What is no id is nobody's number, so that the place is judged first.
fn person(id: &str, kind: &str) -> Result<UserId> {
    if kind != "user" {
        let rule = Rule::Enum(vec!["user".to_owned()]);
        return Err(Error::invalid_given(Path::of("principalType"), rule, kind));
    }
    Ok(names::read_user(id).unwrap_or(UserId(0)))
}

/// What the parameters leave of a list, with the number of all that fit.
fn page(params: &Params<'_>, mut lines: Vec<Line>, object: impl Fn(&Line) -> Json, key: &str) -> Result<Json> {
    flag(params, "includeSystem")?;
    match params.one("type")? {
        None | Some("user") => {}
        Some("department") => lines.clear(),
        Some(other) => {
            let rule = Rule::Enum(vec!["user".to_owned(), "department".to_owned()]);
            return Err(Error::invalid_given(Path::of("type"), rule, other));
        }
    }
    if let Some(text) = params.one("search")? {
        let text = model::text::fold(text.trim()).into_owned();
        let holds = |of: &str| model::text::fold(of).contains(&text);
        lines.retain(|line| holds(&line.member.user.name) || holds(&line.member.user.email));
    }
    match params.one("orderBy")? {
        None | Some("asc") => lines.sort_by_key(|line| line.member.since),
        Some("desc") => lines.sort_by_key(|line| std::cmp::Reverse(line.member.since)),
        Some(other) => {
            let rule = Rule::Enum(vec!["asc".to_owned(), "desc".to_owned()]);
            return Err(Error::invalid_given(Path::of("orderBy"), rule, other));
        }
    }
    let (skip, take) = (number(params, "skip")?.unwrap_or(0), number(params, "take")?.unwrap_or(usize::MAX));
    let shown: Vec<Json> = lines.iter().skip(skip).take(take).map(object).collect();
    Ok(json!({key: shown, "total": lines.len()}))
}

fn flag(params: &Params<'_>, key: &str) -> Result<bool> {
    // Python writes True and False.
    match params.one(key)?.map(str::to_ascii_lowercase).as_deref() {
        None | Some("false" | "0" | "") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(other) => Err(Error::invalid_given(Path::of(key), Rule::Type("true or false"), other)),
    }
}

fn number(params: &Params<'_>, key: &str) -> Result<Option<usize>> {
    let Some(text) = params.one(key)? else { return Ok(None) };
    let wrong = || Error::invalid_given(Path::of(key), Rule::Malformed("must be a whole number".to_owned()), text);
    text.parse().map(Some).map_err(|_| wrong())
}

fn object(line: &Line) -> Json {
    let Collaborator { user, role, since, principal } = &line.member;
    let mut object = json!({
        "userId": names::user(user.id),
        "userName": user.name,
        "email": user.email,
        "avatar": user.avatar,
        "role": roles::word(*role),
        "createdTime": since.to_iso(),
        "type": "user",
        "resourceType": match principal {
            Principal::Workspace => "space",
            Principal::Database => "base",
        },
    });
    if let Some(base) = &line.base {
        object["base"] = json!({"id": names::base(base.key), "name": base.name});
    }
    object
}
