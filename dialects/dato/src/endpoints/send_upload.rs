//! `PUT /upload-requests/{site}/{file}`: the bytes of a file, to its signed address. No header says who sends them; the
//! address does. The answer is 200 without a body, also to a file without bytes (facts 3.2).

use crate::cell::files;
use crate::door::State;
use crate::media::{self, Arrived};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::files::DirectClaim;
use engine::{Engine, Steps, View, Weight, WriteContext};
use model::{Ability, Error, Result, Subject};

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let path = format!("/{}/{}", call.segment("site"), call.segment("file"));
    let (claim, token, name) = claimed(&state.engine, &call, &path)?;
    let settings = call.settings().clone();
    let quota = media::quota(&settings);
    let announced = edge::incoming::announced(call.headers()).unwrap_or(0);
    let engine = &state.engine;
    let is_listed = admit(engine, &claim, announced, quota).await?;
    let mut body = call.incoming(settings.upload_limit)?;
    let mut upload = engine.begin_upload()?;
    while let Some(piece) = body.next().await? {
        upload.write(piece).await?;
    }
    let stored = upload.finish(&name).await?;
    let file = engine.new_file(&claim.actor, token, &name, &stored);
    if is_listed {
        let context = WriteContext { files: vec![file.clone()], ..WriteContext::default() };
        let arrived = Arrived { path, file, quota };
        let steps = move |steps: &mut Steps<'_, '_>| media::keep(steps, &arrived);
        engine.write_stepwise(&claim.actor, claim.database, context, steps).await?;
    } else {
        engine.keep_upload(&file)?;
    }
    Ok(respond::empty(StatusCode::OK))
}

/// Who sends which file.
fn claimed(engine: &Engine, call: &Call, path: &str) -> Result<(DirectClaim, String, String)> {
    let params = call.params()?;
    params.refuse_unknown(&["for", "signature"])?;
    let missing = || Error::not_found(Subject::File, "");
    let (token, name) = files::read_path(path).ok_or_else(missing)?;
    let (claim, signature) = (params.one("for")?.unwrap_or_default(), params.one("signature")?.unwrap_or_default());
    let claim = match engine.unseal_direct_upload(token, path, claim, signature) {
        Ok(claim) => claim,
        Err(error) => return call.stranger().and(Err(error)),
    };
    call.measure(&claim.actor)?;
    Ok((claim, token.to_owned(), name.to_owned()))
}

/// Whether the file is kept among the media. Who may write items and not make the table of media sends a file that is
/// theirs until an item has it.
async fn admit(engine: &Engine, claim: &DirectClaim, size: u64, quota: Option<u64>) -> Result<bool> {
    let look = move |view: &mut View<'_>| {
        view.require(None, Ability::RecordUpdate)?;
        match media::admit(view, size, quota) {
            Ok(()) => Ok(true),
            Err(Error::Forbidden(_)) => Ok(false),
            Err(error) => Err(error),
        }
    };
    engine.read(&claim.actor, claim.database, Weight::Scan, look).await
}
