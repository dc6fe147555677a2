//! `POST /pref/get` and `/pref/set`: the preferences of whoever asks (reference, "Get Preference", "Set Preference").

use crate::door::State;
use crate::inbox::{self, LOCATION, POSITION};
use crate::names::Document;
use crate::outline::Outline;
use crate::wire;
use axum::extract::State as Shared;
use edge::{Answer, Call};
use engine::access::Inbox;
use engine::{View, Weight};
use model::error::Path;
use model::{Actor, Error, Json, RecordAddress, Result, Rule};
use serde_json::Map;
use std::sync::Arc;

/// "The maximum size is 5MB" (reference).
const LONGEST: usize = 5_000_000;

/// A preference that has a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Location,
    Position,
}

pub async fn get(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let ask = state.ask(&mut call).await?;
    let (key, word) = key(&ask.body)?;
    let all = state.engine.preferences(&ask.actor)?;
    let value = match key {
        Key::Location => all.inbox.map(inbox::location).unwrap_or_default(),
        Key::Position => inbox::position(all.inbox_end).to_owned(),
    };
    Ok(ask.answer([("key", word.into()), ("value", value.into())])?)
}

pub async fn set(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let ask = state.ask(&mut call).await?;
    let (key, _) = key(&ask.body)?;
    let at = Path::of("value");
    let value = wire::required(&ask.body, "value", &Path::default())?;
    if value.len() > LONGEST {
        return Err(Error::TooLarge { what: "value", limit: LONGEST as u64 }.into());
    }
    match key {
        Key::Location => {
            let location = match value {
                "" => None,
                value => Some(there(&state, &ask.actor, value).await?.ok_or_else(|| {
                    let why = "must be a document, or document/node, that you can see".to_owned();
                    Error::invalid(at, Rule::Malformed(why))
                })?),
            };
            state.engine.change_preferences(&ask.actor, |all| all.inbox = location)?;
        }
        Key::Position => {
            let words = || Rule::Enum(vec!["top".to_owned(), "bottom".to_owned()]);
            let end = inbox::read_position(value).ok_or_else(|| Error::invalid(at, words()))?;
            state.engine.change_preferences(&ask.actor, |all| all.inbox_end = end)?;
        }
    }
    Ok(ask.answer([])?)
}

fn key(body: &Map<String, Json>) -> Result<(Key, String)> {
    let word = wire::required(body, "key", &Path::default())?;
    let key = match word {
        LOCATION => Key::Location,
        POSITION => Key::Position,
        _ => {
            let words = vec![LOCATION.to_owned(), POSITION.to_owned()];
            return Err(Error::invalid(Path::of("key"), Rule::Enum(words)));
        }
    };
    Ok((key, word.to_owned()))
}

/// The inbox of a location, if it is there for this actor to see.
async fn there(state: &State, actor: &Arc<Actor>, value: &str) -> Result<Option<Inbox>> {
    let Some(inbox) = inbox::read_location(value) else { return Ok(None) };
    let document = Document { database: inbox.database, table: inbox.table };
    let look = move |view: &mut View<'_>| {
        Outline::of(view, inbox.table)?;
        match inbox.record {
            None => Ok(true),
            Some(record) => view.exists(RecordAddress { table: inbox.table, record }),
        }
    };
    match state.read(actor, document, Weight::Point, look).await {
        Ok(is_there) => Ok(is_there.then_some(inbox)),
        Err(Error::NotFound { .. } | Error::Forbidden(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
