//! Invitations to spaces and bases, by link and by mail, and accepting one (facts A4).
//!
//! The code of a link is in the answer that makes it and nowhere else, so lists have it empty.

use crate::door::{State, place_of};
use crate::names;
use crate::roles;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::access::{Invitation, Place};
use model::error::Path;
use model::time::Instant;
use model::{Error, InvitationId, Json, Result, Rule, Subject};
use serde::Deserialize;
use serde_json::{Map, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Link {
    role: String,
    /// Ours: the end of a link, which has none without it.
    expired_time: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Letters {
    emails: Vec<String>,
    role: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Accepted {
    invitation_code: String,
    /// Letters have the code alone.
    invitation_id: Option<String>,
}

/// Makes a link.
pub async fn create_link(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let place = place_of(&call)?;
    state.engine.may_invite_by_link(&actor, place)?;
    let body: Link = call.json().await?;
    let expires_at = body.expired_time.as_deref().map(end).transpose()?;
    let role = roles::read(&body.role)?;
    let (invitation, code) = state.engine.create_invitation_link(&actor, place, role, expires_at)?;
    let mut object = object(&invitation);
    object["invitationCode"] = json!(code.as_str());
    object["inviteUrl"] = json!(format!("{}/app/invitation#{}", call.origin(), code.as_str()));
    Ok(respond::secret(respond::wire(StatusCode::CREATED, &object)?))
}

pub async fn list_links(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let list: Vec<Json> = state.engine.list_invitation_links(&actor, place_of(&call)?)?.iter().map(object).collect();
    Ok(respond::wire(StatusCode::OK, &list)?)
}

/// Gives a link another role.
pub async fn update_link(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let place = place_of(&call)?;
    state.engine.may_invite_by_link(&actor, place)?;
    let id = invitation_of(&call)?;
    let body: Link = call.json().await?;
    if body.expired_time.is_some() {
        return Err(Error::invalid(Path::of("expiredTime"), Rule::ReadOnly).into());
    }
    let invitation = state.engine.update_invitation(&actor, place, id, roles::read(&body.role)?)?;
    let object = json!({"invitationId": names::invitation(invitation.id), "role": roles::word(invitation.role)});
    Ok(respond::wire(StatusCode::OK, &object)?)
}

/// Ends a link, or what was mailed.
pub async fn delete_link(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let place = place_of(&call)?;
    state.engine.may_invite_by_link(&actor, place)?;
    state.engine.delete_invitation(&actor, place, invitation_of(&call)?)?;
    Ok(respond::wire(StatusCode::OK, &json!({}))?)
}

/// Mails invitations; the answer is the same whoever has the addresses.
pub async fn mail(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let place = place_of(&call)?;
    state.engine.may_invite_by_mail(&actor, place)?;
    let body: Letters = call.json().await?;
    let ids = state.engine.invite_by_mail(&actor, place, &body.emails, roles::read(&body.role)?)?;
    let mut told = Map::new();
    for (email, id) in body.emails.into_iter().zip(ids) {
        told.insert(email, json!({"invitationId": names::invitation(id)}));
    }
    Ok(respond::wire(StatusCode::CREATED, &told)?)
}

/// Lets the person of the session in.
pub async fn accept(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.person(&call)?;
    let body: Accepted = call.json().await?;
    let id = body.invitation_id.as_deref().map(read).transpose()?;
    let (space, base) = match state.engine.accept_invitation(&actor, id, &body.invitation_code)? {
        Place::Workspace(workspace) => (Some(names::space(workspace)), None),
        Place::Database(key) => (None, Some(names::base(key))),
    };
    Ok(respond::wire(StatusCode::CREATED, &json!({"spaceId": space, "baseId": base}))?)
}

fn invitation_of(call: &Call) -> Result<InvitationId> {
    read(call.segment("invitationId"))
}

fn read(text: &str) -> Result<InvitationId> {
    names::read_invitation(text).ok_or_else(|| names::missing(Subject::Invitation))
}

fn end(given: &str) -> Result<Instant> {
    let wrong = || Error::invalid_given(Path::of("expiredTime"), Rule::Type("a date (ISO 8601)"), given);
    Instant::parse(given).ok_or_else(wrong)
}

fn object(invitation: &Invitation) -> Json {
    let mut object = json!({
        "invitationId": names::invitation(invitation.id),
        "role": roles::word(invitation.role),
        "inviteUrl": "",
        "invitationCode": "",
        "createdBy": invitation.created_by.map(names::user).unwrap_or_default(),
        "createdTime": invitation.created_at.to_iso(),
    });
    if let Some(end) = invitation.expires_at {
        object["expiredTime"] = json!(end.to_iso());
    }
    object
}
