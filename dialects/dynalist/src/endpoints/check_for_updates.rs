//! `POST /doc/check_for_updates`: the versions of documents (reference, "Check if documents has been updated"). Documents
//! that are not there, or not to be known, are left out.

use crate::door::State;
use crate::names::{self, Document};
use crate::outline;
use crate::profile;
use crate::wire;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::json::{self, Commas};
use edge::{Answer, Call, respond};
use engine::{View, Weight};
use model::error::Path;
use model::{Ability, DatabaseKey, Error, Json, Rule, TableId};
use std::collections::BTreeMap;

/// More documents than a database has.
const MOST: usize = 100_000;
/// Up to here it is a few look-ups.
const FEW: usize = 32;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let ask = state.ask(&mut call).await?;
    let ids = wire::list(&ask.body, "file_ids")?;
    if ids.len() > MOST {
        return Err(Error::invalid(Path::of("file_ids"), Rule::TooMany { limit: MOST as u64 }).into());
    }
    let mut asked: BTreeMap<DatabaseKey, Vec<TableId>> = BTreeMap::new();
    for (i, id) in ids.iter().enumerate() {
        let text = || Error::invalid(Path::of("file_ids").index(i), Rule::Type("text"));
        if let Some(document) = names::read_document(id.as_str().ok_or_else(text)?) {
            asked.entry(document.database).or_default().push(document.table);
        }
    }
    let mut out = profile::head(ask.profile).as_bytes().to_vec();
    out.extend_from_slice(b",\"versions\":{");
    let mut commas = Commas::default();
    for (database, mut tables) in asked {
        tables.sort_unstable();
        tables.dedup();
        let weight = if tables.len() > FEW { Weight::Scan } else { Weight::Point };
        let look = move |view: &mut View<'_>| {
            let is_document = |table: &TableId| view.schema().table(*table).is_ok_and(|t| outline::is_document(t));
            let may = |table: &TableId| view.require(Some(*table), Ability::TableRead).is_ok();
            let tables: Vec<TableId> = tables.iter().copied().filter(|t| is_document(t) && may(t)).collect();
            view.versions(&tables)
        };
        match state.engine.read(&ask.actor, database, weight, look).await {
            Ok(versions) => {
                for (table, version) in versions {
                    commas.next(&mut out);
                    json::key(&mut out, &names::document(Document { database, table }));
                    json::value(&mut out, &Json::from(version));
                }
            }
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    out.extend_from_slice(b"}}");
    Ok(respond::json(StatusCode::OK, out))
}
