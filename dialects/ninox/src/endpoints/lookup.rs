//! `…/tables/{tableId}/record`: the first record with these values (reference 001, "Look up/search a single record";
//! reference 002, "Lookup a single Record"; facts 7).

use crate::door::{At, State};
use crate::names;
use crate::record::filters::Wanted;
use crate::record::list::Ask;
use crate::record::write::RecordWriter;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{STOP, View, Weight};
use model::error::Path;
use model::{Ability, Error, Json, Result, Rule, Subject};

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let wanted = in_body(&call.body().await?)?;
    let ask = Ask::of(&call.params()?, wanted)?;
    if !ask.is_lookup() {
        return Err(Error::invalid(Path::of("filters"), Rule::Required).into());
    }
    one(&state, &at, call.segment("tableId").to_owned(), ask).await
}

/// The first record of a list; none is not found.
pub async fn one(state: &State, at: &At, named: String, ask: Ask) -> Answer {
    let (shapes, ask) = (state.shapes.clone(), ask.first());
    let find = move |view: &mut View<'_>| {
        let table = names::find_table(view, &named)?;
        view.require(Some(table.id), Ability::RecordRead)?;
        let shape = shapes.of(view, table.id)?;
        let query = ask.query(view, &shape)?;
        let writer = RecordWriter::new(view, &shape, ask.style);
        let mut out = Vec::with_capacity(512);
        view.select(&query, &mut |row| {
            writer.write(&mut out, row);
            Ok(STOP)
        })?;
        if out.is_empty() { Err(names::missing(Subject::Record)) } else { Ok(out) }
    };
    let found = state.engine.read(&at.actor, at.database, Weight::Scan, find).await?;
    Ok(respond::json(StatusCode::OK, found))
}

/// The filters of a body: under `filters`, or the body itself.
fn in_body(body: &[u8]) -> Result<Wanted> {
    if body.is_empty() {
        return Ok(Wanted::default());
    }
    match edge::body::from_json::<Json>(body)? {
        Json::Object(mut object) => match object.get_mut("filters").map(Json::take) {
            Some(filters @ Json::Object(_)) => Wanted::of(filters),
            Some(other) => {
                object.insert("filters".to_owned(), other);
                Wanted::of(Json::Object(object))
            }
            None => Wanted::of(Json::Object(object)),
        },
        Json::Null => Ok(Wanted::default()),
        _ => Err(Error::invalid(Path::of("body"), Rule::Type("an object"))),
    }
}
