//! Deleting records (reference 001, "Delete a single record", "Delete multiple records"; facts 8).

use crate::door::{self, At, State};
use crate::names;
use crate::record::body;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::etag::{self, Expected};
use edge::{Answer, Call, respond};
use engine::{View, WriteContext};
use model::change::{Children, RecordSet};
use model::{Ability, Change, RecordAddress, RecordId, Result, Subject};

/// One record; one that is not there is not found.
pub async fn one(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let record = names::read_record(call.segment("recordId"));
    let expected = etag::expected(call.headers())?;
    let which = Which::One(record, expected);
    delete(&state, &at, door::context(&call), call.segment("tableId").to_owned(), which).await
}

/// Several, by their numbers in the body; those that are not there are passed over.
pub async fn several(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    etag::refuse_expected(call.headers())?;
    let ids = body::ids(call.json().await?)?;
    call.charge(ids.len())?;
    delete(&state, &at, door::context(&call), call.segment("tableId").to_owned(), Which::Several(ids)).await
}

/// Which records go.
enum Which {
    One(Option<RecordId>, Option<Expected>),
    Several(Vec<RecordId>),
}

async fn delete(state: &State, at: &At, context: WriteContext, named: String, which: Which) -> Answer {
    let plan = move |view: &mut View<'_>| {
        let table = names::find_table(view, &named)?.id;
        view.require(Some(table), Ability::RecordDelete)?;
        let ids = match &which {
            Which::One(record, expected) => {
                let missing = || names::missing(Subject::Record);
                let record = record.ok_or_else(missing)?;
                let address = RecordAddress { table, record };
                // Whoever may delete but not read is not told whether it was there.
                if view.require(Some(table), Ability::RecordRead).is_ok() && !view.exists(address)? {
                    return Err(missing());
                }
                if let Some(expected) = expected {
                    expected.admit(view.version(address)?)?;
                }
                vec![record]
            }
            Which::Several(ids) => ids.clone(),
        };
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let records = RecordSet::of(ids);
        Ok(vec![Change::DeleteRecords { table, records, children: Children::Delete }])
    };
    let done: Result<()> = state.engine.write(&at.actor, at.database, context, plan, |_, _| Ok(())).await;
    done?;
    Ok(respond::json(StatusCode::OK, b"{}".to_vec()))
}
