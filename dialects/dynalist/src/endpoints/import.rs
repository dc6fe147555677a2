//! `POST /import?format=&title=&parent_id=&index=` with a file as the body: a new document of it. Ours.

use super::export::form_of;
use crate::door::{self, State};
use crate::error::no_document;
use crate::exchange;
use crate::names::{self, File};
use crate::profile;
use axum::extract::State as Shared;
use edge::{Answer, Call};
use engine::Steps;
use model::{Ability, Error, Json, Subject};
use serde_json::{Map, json};
use transfer::outline::Form;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = call.actor(&state.engine)?;
    let (profile, context) = (profile::of(&call, &actor), door::context(&call));
    let params = call.params()?;
    params.refuse_unknown(&["format", "title", "parent_id", "index"])?;
    let form = params.one("format")?.map(form_of).transpose()?;
    let title = params.one("title")?.map(str::to_owned);
    let folder: Option<File> = match params.one("parent_id")? {
        None => None,
        Some(id) => Some(names::read_file(id).ok_or_else(no_document)?),
    };
    let index = match params.one("index")? {
        None | Some("-1") => None,
        Some(text) => Some(text.parse::<usize>().map_err(|_| Error::malformed("index", "must be a whole number"))?),
    };
    let database = match folder {
        Some(file) => file.database(),
        None => {
            let databases = state.engine.databases_by_preference(&actor)?;
            databases.first().ok_or_else(|| Error::not_found(Subject::Database, ""))?.key
        }
    };
    let bytes = call.body().await?;
    let mut whole = form.unwrap_or_else(|| Form::guess(&bytes)).read(&bytes)?;
    whole.title = title.unwrap_or(whole.title);
    call.charge(whole.items.len())?;
    let steps = move |steps: &mut Steps<'_, '_>| {
        steps.view().require(None, Ability::RecordCreate)?;
        let at = exchange::place_in(&steps.view(), folder, index)?;
        let made = exchange::make(steps, &whole, at)?;
        Ok(json!({"file_id": names::document(made), "nodes": whole.items.len()}))
    };
    let made = state.engine.write_stepwise(&actor, database, context, steps).await;
    let made = made.map_err(|error| match error {
        Error::NotFound { subject: Subject::Database, .. } => no_document(),
        other => other,
    })?;
    let members: Map<String, Json> = made.as_object().cloned().unwrap_or_default();
    Ok(profile::answer(profile, members)?)
}
