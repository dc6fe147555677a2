//! `PUT /uploads/{upload_id}`: changes what is said of one of the media, `alt` and `title` (facts 4.10).

use crate::door::{State, context};
use crate::error::not_found;
use crate::wire::{self, Attributes, Resource};
use crate::{media, names};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::Steps;
use model::change::{Patch, RecordUpdate};
use model::field::Slot;
use model::{Change, RecordAddress, Result, Subject, Value};
use serde_json::json;

/// What is to be said, by the keys of the fields.
pub type Said = Vec<(&'static str, Value)>;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let (context, segment) = (context(&call), call.segment("upload_id").to_owned());
    let address = names::read_item(&segment).ok_or_else(|| not_found(Subject::File))?;
    let values = values(&Resource::of_id(&mut call, "upload", &segment).await?.attributes)?;
    let steps = move |steps: &mut Steps<'_, '_>| {
        media::of(&steps.view(), address)?;
        change(steps, address, &values)?;
        Ok(json!({"data": media::show(&mut steps.view(), address)?}))
    };
    let document = state.engine.write_stepwise(&at.actor, at.key(), context, steps).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}

/// What a body says of a file; other attributes are the file's own and are passed over.
pub fn values(attributes: &Attributes) -> Result<Said> {
    let mut said = Said::new();
    for key in [media::ALT, media::TITLE] {
        match wire::nullable_text(attributes, key)? {
            Patch::Keep => {}
            Patch::Clear => said.push((key, Value::Null)),
            Patch::Set(text) => said.push((key, Value::text(text.as_str()))),
        }
    }
    Ok(said)
}

/// Says it.
pub fn change(steps: &mut Steps<'_, '_>, address: RecordAddress, said: &Said) -> Result<()> {
    if said.is_empty() {
        return Ok(());
    }
    let table = media::of(&steps.view(), address)?;
    let slot = |key: &str| media::field(&table, key).map(|field| Slot::plain(field.id));
    let values = said.iter().map(|(key, value)| Ok((slot(key)?, value.clone()))).collect::<Result<_>>()?;
    let updates = vec![RecordUpdate { record: address.record, values }];
    steps.apply(Change::UpdateRecords { table: address.table, updates }).map(drop)
}
