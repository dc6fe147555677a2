//! `GET /attachments/read/{token}`: the bytes of an attachment, by a signed address that needs no header.
//!
//! The address says in whose name it was given; what that person or token may read now decides (S16).

use crate::door::State;
use crate::error;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use edge::file::{self, Described, Wanted};
use edge::{Answer, Call};
use engine::files::{Claim, FileRow, Thumbnail, known_type};
use engine::{View, Weight};
use model::{Actor, Error, Result, Subject};
use std::sync::Arc;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let (size, claim, actor) = unsealed(&state, &call)?;
    let (token, headers) = (call.segment("token").to_owned(), call.headers().clone());
    drop(call);
    let found = find(&state, &actor, claim, token).await?;
    match size {
        Some(size) => small(&state, &headers, &found, size).await,
        None => whole(&state, &headers, &found).await,
    }
}

fn unsealed(state: &State, call: &Call) -> Result<(Option<Thumbnail>, Claim, Arc<Actor>)> {
    call.stranger()?;
    let params = call.params()?;
    params.refuse_unknown(&["for", "size", "signature"])?;
    // A wrong size costs nothing but this look at it (S11).
    let size = match params.one("size")? {
        None => None,
        Some(word) => Some(Thumbnail::parse(word).ok_or_else(|| Error::malformed("size", "must be sm or lg"))?),
    };
    let (claim, signature) = (params.one("for")?.unwrap_or_default(), params.one("signature")?.unwrap_or_default());
    let (claim, actor) = state.engine.unseal(call.segment("token"), size, claim, signature)?;
    Ok((size, claim, actor))
}

/// The file that a claim is about, if this actor may read it.
pub async fn find(state: &State, actor: &Arc<Actor>, claim: Claim, token: String) -> Result<FileRow> {
    let Some(database) = claim.database else { return state.engine.get_upload(actor, &token, None) };
    let look = move |view: &mut View<'_>| view.file_at(&token, claim.place);
    state.engine.read(actor, database, Weight::Point, look).await.map_err(|error| match error {
        Error::NotFound { .. } => Error::not_found(Subject::File, ""),
        other => other,
    })
}

async fn whole(state: &State, headers: &HeaderMap, found: &FileRow) -> Answer {
    let etag = etag(found, "");
    let media_type = known_type(&found.media_type);
    let described = Described { media_type, name: &found.name, size: found.size, etag: &etag };
    let (range, part) = match file::wanted(headers, &etag, found.size) {
        Wanted::Nothing => return Ok(file::not_modified(described)),
        Wanted::Beyond => {
            let mut response =
                error::plain(StatusCode::RANGE_NOT_SATISFIABLE, "validation_error", "The file has no such range");
            file::say_beyond(&mut response, found.size);
            return Ok(response);
        }
        Wanted::Whole => (0..found.size, None),
        Wanted::Part(range) => (range.clone(), Some(range)),
    };
    let reading = state.engine.read_file(found, range).await?;
    Ok(file::answer(described, part, reading))
}

async fn small(state: &State, headers: &HeaderMap, found: &FileRow, size: Thumbnail) -> Answer {
    let etag = etag(found, size.word());
    let made = state.engine.read_thumbnail(found, size).await?;
    let (bytes, media_type) = made.ok_or_else(|| Error::not_found(Subject::File, ""))?;
    let described = Described { media_type, name: &found.name, size: bytes.len() as u64, etag: &etag };
    // A small copy is short: it comes whole, whatever range is asked for.
    match file::wanted(headers, &etag, described.size) {
        Wanted::Nothing => Ok(file::not_modified(described)),
        Wanted::Whole | Wanted::Part(_) | Wanted::Beyond => Ok(file::answer_bytes(described, bytes)),
    }
}

/// The same bytes have the same tag.
fn etag(found: &FileRow, form: &str) -> String {
    let head: String = found.hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{head}{form}\"")
}
