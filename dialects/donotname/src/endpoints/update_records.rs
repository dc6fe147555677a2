//! `PATCH /table/{tableId}/record/{recordId}` and `PATCH /table/{tableId}/record` (reference, "Update").
//!
//! Fields that are not named keep their values (T2490). Several records are answered as a bare list (facts A0).

use crate::cell::decode::Typecast;
use crate::door::{self, State};
use crate::error::hidden_behind;
use crate::names::{self, TableName};
use crate::record::body::{Body, Draft};
use crate::record::changes::{self, Manner};
use crate::record::{order, render};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::etag::{self, Expected};
use edge::{Answer, Call, respond};
use engine::View;
use model::change::RecordUpdate;
use model::error::Path;
use model::{Ability, Change, Error, RecordAddress, RecordId, Result, Rule, Subject};

/// One record.
pub async fn one(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let record = names::read_record(call.segment("recordId"), name);
    let context = door::context(&call);
    let mut body: Body = call.json().await?;
    let draft = body.record.take().ok_or_else(|| Error::invalid(Path::of("record"), Rule::Required))?;
    let mut request = Request::of(name, body, vec![(record, draft)], Shape::One)?;
    request.expected = etag::expected(call.headers())?;
    let (body, version) = update(&state, &actor, context, request).await?;
    // So that who changes a record again need not read it in between.
    let tag = version.map(|version| etag::Tag::of(&body, version));
    let response = respond::json(StatusCode::OK, body);
    Ok(match tag {
        Some(tag) => tag.mark(response)?,
        None => response,
    })
}

/// Several records.
pub async fn many(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    etag::refuse_expected(call.headers())?;
    let context = door::context(&call);
    let mut body: Body = call.json().await?;
    let drafts = body.records.take().ok_or_else(|| Error::invalid(Path::of("records"), Rule::Required))?;
    call.charge(drafts.len())?;
    let mut updates = Vec::with_capacity(drafts.len());
    for (i, mut draft) in drafts.into_iter().enumerate() {
        let at = || Path::of("records").index(i).key("id");
        let id = draft.id.take().ok_or_else(|| Error::invalid(at(), Rule::Required))?;
        updates.push((names::read_record(&id, name), draft));
    }
    let request = Request::of(name, body, updates, Shape::List)?;
    let (body, _) = update(&state, &actor, context, request).await?;
    Ok(respond::json(StatusCode::OK, body))
}

/// Whether the answer is a record or a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    One,
    List,
}

struct Request {
    name: TableName,
    keys: Vec<String>,
    manner: Manner,
    /// None when one of the ids belongs elsewhere.
    ids: Option<Vec<RecordId>>,
    /// One for each id.
    drafts: Vec<Draft>,
    order: Option<order::Asked>,
    shape: Shape,
    /// What the one record must be (`If-Match`).
    expected: Option<Expected>,
}

impl Request {
    fn of(name: TableName, body: Body, updates: Vec<(Option<RecordId>, Draft)>, shape: Shape) -> Result<Request> {
        let typecast = if body.typecast { Typecast::On } else { Typecast::Off };
        let manner = Manner { key_type: body.key_type.unwrap_or_default(), typecast };
        let (ids, drafts): (Vec<Option<RecordId>>, Vec<Draft>) = updates.into_iter().unzip();
        let ids = ids.into_iter().collect();
        Ok(Request {
            name,
            keys: body.keys,
            manner,
            ids,
            drafts,
            order: order::asked(body.order)?,
            shape,
            expected: None,
        })
    }
}

/// The answer's body, and the version of the last record.
async fn update(
    state: &State,
    actor: &std::sync::Arc<model::Actor>,
    context: engine::WriteContext,
    request: Request,
) -> Result<(Vec<u8>, Option<u64>)> {
    let Request { name, keys, manner, ids, drafts, order: asked, shape: answer, expected } = request;
    let members = state.members(actor, name.database);
    let (shapes, shapes_after) = (state.shapes.clone(), state.shapes.clone());
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::RecordUpdate)?;
        let shape = shapes.within_write(view, name.table)?;
        let at = |i: usize| match answer {
            Shape::One => Path::of("record"),
            Shape::List => Path::of("records").index(i),
        };
        let ids = ids.as_ref().ok_or_else(|| names::missing(Subject::Record))?;
        if let (Some(expected), [record]) = (&expected, ids.as_slice()) {
            let version = view.version(RecordAddress { table: name.table, record: *record })?;
            // What is not there is said to be missing, as without the header.
            expected.admit(Some(version.ok_or_else(|| names::missing(Subject::Record))?))?;
        }
        let decoded = changes::decode(view, &shape, &members, &keys, &drafts, manner, at)?;
        let mut changes = decoded.options;
        if let Some(asked) = &asked {
            let place = asked.find(view, &shape)?;
            changes.push(order::change(&shape, place, ids)?);
        }
        let updates = ids.iter().zip(decoded.records).map(|(record, values)| RecordUpdate { record: *record, values });
        changes.push(Change::UpdateRecords { table: name.table, updates: updates.collect() });
        Ok(changes)
    };
    let render = move |view: &mut View<'_>, receipt: &engine::Receipt| {
        let shape = shapes_after.within_write(view, name.table)?;
        let ids = render::made(receipt, name.table);
        let mut out = Vec::with_capacity(32 + ids.len() * 256);
        if answer == Shape::List {
            out.push(b'[');
        }
        let version = render::versioned(view, &shape, manner.key_type, &ids, &mut out)?;
        if answer == Shape::List {
            out.push(b']');
        }
        Ok((out, version))
    };
    state.prepare(actor, name).await;
    let written = state.engine.write(actor, name.database, context, plan, render).await;
    written.map_err(hidden_behind(Subject::Table))
}
