//! `POST /upload`: keeps a file and tells its address (reference, "Upload file"); `GET /u/{id}`: gives it.
//!
//! A file is a record of the table "Uploads" of the actor's database, with the file in a field: the other doors see it,
//! and deleting the record ends the address. Whoever knows the address reads the file, as with the live service: it has
//! 190 random bits.

use crate::door::State;
use crate::uploads::{self, Kept};
use crate::wire;
use axum::extract::State as Shared;
use axum::http::HeaderMap;
use edge::file::{self, Described, Wanted};
use edge::{Answer, Call};
use engine::files::{FileRow, Stored, known_type};
use engine::{Steps, View, Weight, WriteContext};
use model::error::Path;
use model::{Actor, Error, Json, Result, Rule, Subject};
use std::sync::Arc;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let ask = state.ask(&mut call).await?;
    let (none, settings) = (Path::default(), call.settings().clone());
    let name = wire::required(&ask.body, "filename", &none)?.to_owned();
    // What a file is, its bytes tell; the word must be there all the same.
    wire::required(&ask.body, "content_type", &none)?;
    let data = wire::required(&ask.body, "data", &none)?;
    if (data.len() / 4 * 3) as u64 > settings.upload_limit.saturating_add(3) {
        return Err(Error::TooLarge { what: "file", limit: settings.upload_limit }.into());
    }
    let bytes = uploads::decode(data).ok_or_else(|| {
        Error::invalid(Path::of("data"), Rule::Malformed("must be base64 of the standard alphabet".to_owned()))
    })?;
    let databases = state.engine.databases_by_preference(&ask.actor)?;
    let database = databases.first().ok_or_else(|| Error::not_found(Subject::Database, ""))?.key;
    uploads::admit(&state.engine, &ask.actor, database, bytes.len() as u64, settings.upload_quota).await?;
    let stored = store(&state, &name, bytes).await?;
    let file = state.engine.new_file(&ask.actor, state.engine.new_file_token(), &name, &stored);
    let context = WriteContext { files: vec![file.clone()], ..ask.context() };
    let quota = settings.upload_quota;
    let steps = move |steps: &mut Steps<'_, '_>| Ok(Json::from(uploads::keep(steps, &file, quota)?.id()));
    let id = state.engine.write_stepwise(&ask.actor, database, context, steps).await?;
    let url = format!("{}/dynalist/u/{}", call.origin(), id.as_str().unwrap_or_default());
    Ok(ask.answer([("url", url.into())])?)
}

async fn store(state: &State, name: &str, bytes: Vec<u8>) -> Result<Stored> {
    let mut upload = state.engine.begin_upload()?;
    upload.write(bytes.into()).await?;
    upload.finish(name).await
}

/// `GET /u/{id}`.
pub async fn get(Shared(state): Shared<State>, call: Call) -> Answer {
    call.stranger()?;
    let missing = || Error::not_found(Subject::File, "");
    let kept = Kept::read(call.segment("id")).ok_or_else(missing)?;
    let headers: HeaderMap = call.headers().clone();
    drop(call);
    // The address itself is what is shown; it is looked for in no table but the one for such files.
    let anybody = Arc::new(Actor::local(None));
    let database = kept.database;
    let look = move |view: &mut View<'_>| uploads::find(view, &kept);
    let found = state.engine.read(&anybody, database, Weight::Point, look).await.map_err(|error| match error {
        Error::NotFound { .. } => missing(),
        other => other,
    })?;
    whole(&state, &headers, &found).await
}

async fn whole(state: &State, headers: &HeaderMap, found: &FileRow) -> Answer {
    let head: String = found.hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{head}\"");
    let media_type = known_type(&found.media_type);
    let described = Described { media_type, name: &found.name, size: found.size, etag: &etag };
    let (range, part) = match file::wanted(headers, &etag, found.size) {
        Wanted::Nothing => return Ok(file::not_modified(described)),
        Wanted::Beyond => {
            let error = Error::malformed("Range", "is not of this file");
            let mut response = crate::error::render(&error);
            *response.status_mut() = axum::http::StatusCode::RANGE_NOT_SATISFIABLE;
            file::say_beyond(&mut response, found.size);
            return Ok(response);
        }
        Wanted::Whole => (0..found.size, None),
        Wanted::Part(range) => (range.clone(), Some(range)),
    };
    let reading = state.engine.read_file(found, range).await?;
    Ok(file::answer(described, part, reading))
}
