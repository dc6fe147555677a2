//! Personal access tokens (facts A2). People manage them in a session, or with a token of full access; no scope of this
//! door lets a token manage tokens.
//!
//! The text of a token is in the answer that makes or refreshes it, and nowhere else.

use crate::door::State;
use crate::field::shown::DOOR;
use crate::field::spec::present;
use crate::names;
use crate::scopes;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::access::{NewToken, TokenInfo, TokenPatch};
use model::access::{Profile, RateLimit, Reach};
use model::change::Patch;
use model::error::Path;
use model::time::Instant;
use model::{AbilitySet, Actor, Bag, Error, Json, Result, Rule, Subject};
use serde::Deserialize;
use serde_json::json;

/// The end of a token that has none, as the command line makes them: the clients' schemas insist on a text.
const NEVER: &str = "9999-12-31T23:59:59.999Z";

/// Most scope words of a token; more than there are.
const MAX_SCOPES: usize = 200;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    name: String,
    #[serde(default, deserialize_with = "present")]
    description: Option<Option<String>>,
    scopes: Vec<String>,
    space_ids: Option<Vec<String>>,
    base_ids: Option<Vec<String>>,
    has_full_access: Option<bool>,
    expired_time: Option<String>,
    /// Ours: a limit of its own for the token, which only administrators set. Absent keeps what is there.
    #[serde(default, deserialize_with = "present")]
    rate_limit: Option<Option<OwnRate>>,
    /// Ours: what other dialects answer the token with where their documents and live services differ.
    #[serde(default, deserialize_with = "present")]
    profile: Option<Option<Profile>>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OwnRate {
    per_second: u32,
    /// Ten seconds' worth when it is left out.
    burst: Option<u32>,
}

impl OwnRate {
    fn limit(self) -> RateLimit {
        RateLimit { per_second: self.per_second, burst: self.burst.unwrap_or(self.per_second.saturating_mul(10)) }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refresh {
    expired_time: Option<String>,
}

pub async fn create(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.person(&call)?;
    let body: Wanted = call.json().await?;
    let expires_at = end(body.expired_time.as_deref(), state.engine.now())?;
    let new = NewToken {
        name: body.name.clone(),
        description: body.description.clone().flatten(),
        abilities: abilities(&body)?,
        words: words(&body),
        reach: reach(&body)?,
        full_access: body.has_full_access.unwrap_or(false),
        expires_at: Some(expires_at),
        rate: body.rate_limit.flatten().map(OwnRate::limit),
        profile: body.profile.flatten(),
    };
    let (info, secret) = state.engine.create_token(&actor, new)?;
    let mut object = object(&info);
    object["token"] = json!(secret.as_str());
    Ok(respond::secret(respond::wire(StatusCode::CREATED, &object)?))
}

pub async fn list(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.person(&call)?;
    let list: Vec<Json> = state.engine.list_tokens(&actor)?.iter().map(object).collect();
    Ok(respond::wire(StatusCode::OK, &list)?)
}

pub async fn get(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.person(&call)?;
    let info = find(&state, &actor, call.segment("tokenId"))?;
    Ok(respond::wire(StatusCode::OK, &object(&info))?)
}

pub async fn update(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.person(&call)?;
    let info = find(&state, &actor, call.segment("tokenId"))?;
    let body: Wanted = call.json().await?;
    let patch = TokenPatch {
        name: Some(body.name.clone()),
        description: match &body.description {
            None => Patch::Keep,
            Some(None) => Patch::Clear,
            Some(Some(text)) => Patch::Set(text.clone()),
        },
        abilities: Some(abilities(&body)?),
        words: Some(words(&body)),
        reach: Some(reach(&body)?),
        full_access: Some(body.has_full_access.unwrap_or(false)),
        rate: match body.rate_limit {
            None => Patch::Keep,
            Some(None) => Patch::Clear,
            Some(Some(rate)) => Patch::Set(rate.limit()),
        },
        profile: match body.profile {
            None => Patch::Keep,
            Some(None) => Patch::Clear,
            Some(Some(profile)) => Patch::Set(profile),
        },
    };
    let info = state.engine.update_token(&actor, info.id, patch)?;
    Ok(respond::wire(StatusCode::OK, &object(&info))?)
}

pub async fn delete(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.person(&call)?;
    let info = find(&state, &actor, call.segment("tokenId"))?;
    state.engine.delete_token(&actor, info.id)?;
    Ok(respond::wire(StatusCode::OK, &json!({}))?)
}

/// A new text; the old one is dead.
pub async fn refresh(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.person(&call)?;
    let info = find(&state, &actor, call.segment("tokenId"))?;
    let bytes = call.body().await?;
    let body: Refresh = if bytes.is_empty() { Refresh { expired_time: None } } else { edge::body::from_json(&bytes)? };
    let expires_at = match &body.expired_time {
        Some(text) => Some(end(Some(text), state.engine.now())?),
        None => info.expires_at,
    };
    let (info, secret) = state.engine.refresh_token(&actor, info.id, expires_at)?;
    let expired = info.expires_at.map_or_else(|| NEVER.to_owned(), Instant::to_iso);
    let answer = json!({"id": info.public_id, "expiredTime": expired, "token": secret.as_str()});
    Ok(respond::secret(respond::wire(StatusCode::OK, &answer)?))
}

fn find(state: &State, actor: &Actor, id: &str) -> Result<TokenInfo> {
    let found = state.engine.find_token_named(actor, id);
    found.map_err(|error| match error {
        Error::NotFound { .. } => names::missing(Subject::Token),
        other => other,
    })
}

fn abilities(body: &Wanted) -> Result<AbilitySet> {
    let at = || Path::of("scopes");
    if body.scopes.is_empty() && body.has_full_access != Some(true) {
        return Err(Error::invalid(at(), Rule::Size { min: Some(1), max: None, eq: None }));
    }
    if body.scopes.len() > MAX_SCOPES {
        return Err(Error::invalid(at(), Rule::TooMany { limit: MAX_SCOPES as u64 }));
    }
    scopes::abilities(&body.scopes)
}

/// The words as they came, for this door to give back.
fn words(body: &Wanted) -> Bag {
    Bag::from([(DOOR.to_owned(), json!(body.scopes))])
}

/// Null for both is everything that the user reaches; an empty list is nothing (S21).
fn reach(body: &Wanted) -> Result<Reach> {
    if body.space_ids.is_none() && body.base_ids.is_none() {
        return Ok(Reach::All);
    }
    let (mut workspaces, mut databases) = (Vec::new(), Vec::new());
    for (i, id) in body.space_ids.iter().flatten().enumerate() {
        let at = || Path::of("spaceIds").index(i);
        workspaces.push(names::read_space(id).ok_or_else(|| Error::invalid_given(at(), Rule::Unknown, id.as_str()))?);
    }
    for (i, id) in body.base_ids.iter().flatten().enumerate() {
        let at = || Path::of("baseIds").index(i);
        databases.push(names::read_base(id).ok_or_else(|| Error::invalid_given(at(), Rule::Unknown, id.as_str()))?);
    }
    Ok(Reach::Only { workspaces, databases })
}

/// A date; `25/02/2023` is refused by the field's name.
fn end(given: Option<&str>, now: Instant) -> Result<Instant> {
    let at = || Path::of("expiredTime");
    let given = given.ok_or_else(|| Error::invalid(at(), Rule::Required))?;
    let end = Instant::parse(given);
    let end = end.ok_or_else(|| Error::invalid_given(at(), Rule::Type("a date (ISO 8601)"), given))?;
    if end > now {
        return Ok(end);
    }
    Err(Error::invalid_given(at(), Rule::Malformed("must be in the future".to_owned()), given))
}

fn object(info: &TokenInfo) -> Json {
    let scopes = match info.words.get(DOOR) {
        Some(words) => words.clone(),
        None => json!(scopes::words(info.abilities)),
    };
    let (spaces, bases) = match &info.reach {
        Reach::All => (None, None),
        Reach::Only { workspaces, databases } => (
            Some(workspaces.iter().map(|id| names::space(*id)).collect::<Vec<_>>()),
            Some(databases.iter().map(|key| names::base(*key)).collect::<Vec<_>>()),
        ),
    };
    let mut object = json!({
        "id": info.public_id,
        "name": info.name,
        "scopes": scopes,
        "hasFullAccess": info.full_access,
        "expiredTime": info.expires_at.map_or_else(|| NEVER.to_owned(), Instant::to_iso),
        "createdTime": info.created_at.to_iso(),
    });
    // What is not set is absent: the clients' schemas refuse null.
    if let Some(spaces) = spaces {
        object["spaceIds"] = json!(spaces);
    }
    if let Some(bases) = bases {
        object["baseIds"] = json!(bases);
    }
    if let Some(description) = &info.description {
        object["description"] = json!(description);
    }
    if let Some(rate) = info.rate {
        object["rateLimit"] = json!({"perSecond": rate.per_second, "burst": rate.burst});
    }
    if let Some(profile) = info.profile {
        object["profile"] = json!(profile.word());
    }
    if let Some(used) = info.last_used_at {
        object["lastUsedTime"] = json!(used.to_iso());
    }
    object
}
