//! Uploads that go into a record later: `POST /attachments/signature`, the signed address it gives, and
//! `POST /attachments/notify/{token}` (facts A3).

use crate::cell::files::FileLinks;
use crate::door::State;
use axum::extract::State as Shared;
use axum::http::{Method, StatusCode};
use edge::{Answer, Call, Presented, json, respond};
use engine::files::{FilePlace, FileRow, Seals, UploadClaim};
use model::error::Path;
use model::{Ability, Actor, Error, FieldId, Json, RecordId, Result, Rule, Subject, TableId};
use serde::Deserialize;

/// The kinds of uploads that are for records and for imports; others are for things that are not spoken here.
const FOR_RECORDS: i64 = 1;
const FOR_IMPORT: i64 = 5;
/// Longest media type that is given back.
const LONGEST_TYPE: usize = 255;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Announced {
    content_type: String,
    content_length: u64,
    #[serde(rename = "type")]
    kind: i64,
    // What follows is taken and means nothing here: the address lasts an hour and is for any base of the asker's.
    #[serde(rename = "expiresIn")]
    _expires_in: Option<Json>,
    #[serde(rename = "hash")]
    _hash: Option<Json>,
    #[serde(rename = "baseId")]
    _base_id: Option<Json>,
}

/// An address to send a file to.
pub async fn signature(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    require_writer(&actor)?;
    let announced: Announced = call.json().await?;
    let limit = match announced.kind {
        FOR_RECORDS => call.settings().upload_limit,
        FOR_IMPORT => call.settings().import_limit,
        other => return Err(Error::invalid_given(Path::of("type"), Rule::Unknown, other.to_string()).into()),
    };
    let content_type = announced.content_type.as_str();
    if content_type.len() > LONGEST_TYPE || !content_type.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        return Err(Error::malformed("contentType", "is not a media type").into());
    }
    if announced.content_length > limit {
        return Err(Error::TooLarge { what: "file", limit }.into());
    }
    let token = state.engine.new_upload_token(&actor, announced.content_length)?;
    let (claim, signature) = state.engine.seal_upload(&actor, &token, announced.content_length)?;
    let origin = call.origin();
    let answer = serde_json::json!({
        "url": format!("{origin}/api/attachments/upload/{token}?for={claim}&signature={signature}"),
        "uploadMethod": "PUT",
        "token": token,
        "requestHeaders": {"Content-Type": content_type, "Content-Length": announced.content_length},
    });
    Ok(respond::wire(StatusCode::CREATED, &answer)?)
}

/// The bytes of a file, to its signed address. No header says who sends them; the address does. Published clients drop
/// the query of the address and send their own credential instead: then the token must be theirs.
pub async fn upload(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let token = call.segment("token").to_owned();
    let claim = claim(&state, &call, &token)?;
    require_writer(&claim.actor)?;
    let wrong = || Error::malformed("body", format!("must have {} bytes, as was announced", claim.length));
    if edge::incoming::announced(call.headers()).is_some_and(|length| length != claim.length) {
        return Err(wrong().into());
    }
    let mut body = call.incoming(claim.length)?;
    let mut upload = state.engine.begin_upload()?;
    while let Some(piece) = body.next().await? {
        upload.write(piece).await?;
    }
    if upload.size() != claim.length {
        return Err(wrong().into());
    }
    let stored = upload.finish("").await?;
    let file = state.engine.new_file(&claim.actor, token, "", &stored);
    state.engine.keep_upload(&file)?;
    let status = if *call.method() == Method::POST { StatusCode::CREATED } else { StatusCode::OK };
    Ok(respond::json(status, b"{}".to_vec()))
}

/// Who sends a file, and how many bytes.
fn claim(state: &State, call: &Call, token: &str) -> Result<UploadClaim> {
    let params = call.params()?;
    params.refuse_unknown(&["for", "signature"])?;
    let (claim, signature) = (params.one("for")?, params.one("signature")?);
    if claim.is_some() || signature.is_some() || call.presented() == Presented::Nothing {
        call.stranger()?;
        return state.engine.unseal_upload(token, claim.unwrap_or_default(), signature.unwrap_or_default());
    }
    let actor = state.actor(call)?;
    match edge::incoming::announced(call.headers()) {
        Some(length) if state.engine.is_upload_token(&actor, token, length) => Ok(UploadClaim { actor, length }),
        _ => Err(Error::not_found(Subject::File, "")),
    }
}

/// What became of an upload: an attachment that can be written to a cell.
pub async fn notify(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    require_writer(&actor)?;
    let params = call.params()?;
    params.refuse_unknown(&["filename"])?;
    let file = state.engine.get_upload(&actor, call.segment("token"), params.one("filename")?)?;
    let body = item(&file, state.engine.seals_of_uploads(&actor)?)?;
    Ok(respond::json(StatusCode::CREATED, body))
}

/// The attachment, with `url` beside what a cell shows of it.
fn item(file: &FileRow, seals: Option<Seals>) -> Result<Vec<u8>> {
    let mut shown = serde_json::json!({
        "name": file.name, "token": file.token, "size": file.size, "mimetype": file.media_type,
    });
    if let Some((width, height)) = file.dimensions {
        shown["width"] = width.into();
        shown["height"] = height.into();
    }
    let mut out = Vec::with_capacity(512);
    let nowhere = FilePlace { table: TableId(0), record: RecordId(0), field: FieldId(0) };
    FileLinks::sealed_with(seals).value(&mut out, &shown, nowhere);
    // Behind the last key of the attachment.
    out.pop();
    out.extend_from_slice(b",\"url\":");
    json::string(&mut out, &format!("/table/{}", file.token));
    out.push(b'}');
    Ok(out)
}

/// Who may write no record has nothing to send.
fn require_writer(actor: &Actor) -> Result<()> {
    if actor.abilities.has(Ability::RecordUpdate) || actor.abilities.has(Ability::RecordCreate) {
        return Ok(());
    }
    Err(Error::Forbidden(Ability::RecordUpdate))
}
