//! `GET /table/{tableId}/record/{recordId}/history` and `GET /table/{tableId}/record/history`: what changed, cell by
//! cell, newest first, twenty a page (reference, "Record History"; facts A3).

use crate::cell::encode::World;
use crate::cell::files::FileLinks;
use crate::cell::values;
use crate::door::State;
use crate::error::hidden_behind;
use crate::field::object::cell_value_type;
use crate::field::options_out;
use crate::field::shown;
use crate::names::{self, HistoryName, TableName};
use crate::record::write::people;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::json::{self, Commas};
use edge::{Answer, Call, Params, respond};
use engine::files::FilePlace;
use engine::{FieldMeta, HistoryAsk, HistoryEntry, HistoryPage, HistoryPoint, View, Weight};
use model::error::Path;
use model::time::Instant;
use model::{Ability, Error, FieldId, Json, RecordAddress, RecordId, Result, Rule, Seq, Subject, Table, UserId, Value};

const PAGE: usize = 20;

/// Of one record.
pub async fn of_record(Shared(state): Shared<State>, call: Call) -> Answer {
    let name = names::table_in_path(call.segment("tableId"));
    let record = name.as_ref().ok().map(|name| names::read_record(call.segment("recordId"), *name));
    answer(&state, &call, name, record).await
}

/// Of all records of a table.
pub async fn of_table(Shared(state): Shared<State>, call: Call) -> Answer {
    let name = names::table_in_path(call.segment("tableId"));
    answer(&state, &call, name, None).await
}

/// `record` is none for the whole table, and some none for an id of no record of the table.
fn answer(
    state: &State,
    call: &Call,
    name: Result<TableName>,
    record: Option<Option<RecordId>>,
) -> impl Future<Output = Answer> + Send + use<> {
    // The request is read before anything is awaited, since its body cannot be shared.
    let prepared = prepare(state, call, name);
    let state = state.clone();
    async move {
        let (actor, name, ask) = prepared?;
        let read = move |view: &mut View<'_>| {
            let ability = if record.is_some() { Ability::RecordUpdate } else { Ability::HistoryRead };
            view.require(Some(name.table), ability)?;
            let record = match record {
                None => None,
                Some(Some(record)) => Some(record),
                Some(None) => return Err(names::missing(Subject::Record)),
            };
            let page = view.history(name.table, record, &ask)?;
            // Whoever may change but not read records is not told whether this one is there.
            let may_know = view.require(Some(name.table), Ability::RecordRead).is_ok();
            if let (true, None, Some(record)) = (page.entries.is_empty() && may_know, ask.from_point, record)
                && !view.exists(RecordAddress { table: name.table, record })?
            {
                return Err(names::missing(Subject::Record));
            }
            write(view, name, &page)
        };
        let body = state.engine.read(&actor, name.database, Weight::Scan, read).await;
        Ok(respond::json(StatusCode::OK, body.map_err(hidden_behind(Subject::Table))?))
    }
}

type Prepared = (std::sync::Arc<model::Actor>, TableName, HistoryAsk);

fn prepare(state: &State, call: &Call, name: Result<TableName>) -> Result<Prepared> {
    let actor = state.actor(call)?;
    let name = name?;
    let ask = ask(&call.params()?, name)?;
    Ok((actor, name, ask))
}

fn ask(params: &Params<'_>, name: TableName) -> Result<HistoryAsk> {
    let from_point = match params.one("cursor")?.filter(|cursor| !cursor.is_empty()) {
        None => None,
        Some(cursor) => {
            let point = names::read_history(cursor, name.database);
            let point = point.ok_or_else(|| Error::invalid_given(Path::of("cursor"), Rule::Unknown, cursor))?;
            Some(HistoryPoint { seq: Seq(point.seq), index: point.index })
        }
    };
    let instant = |key: &str| match params.one(key)?.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => {
            let read = Instant::parse(text);
            read.map(Some).ok_or_else(|| Error::invalid_given(Path::of(key), Rule::Type("a date"), text))
        }
    };
    Ok(HistoryAsk { from_point, from: instant("startDate")?, to: instant("endDate")?, limit: PAGE })
}

fn write(view: &View<'_>, name: TableName, page: &HistoryPage) -> Result<Vec<u8>> {
    let table = view.table(name.table)?;
    let people = people(view);
    let files = FileLinks::of(view);
    let place = FilePlace { table: name.table, record: RecordId(0), field: FieldId(0) };
    let world = World { database: name.database, people: &people, files: &files, place };
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(b"{\"historyList\":[");
    let mut commas = Commas::default();
    let mut users: Vec<UserId> = Vec::new();
    for entry in &page.entries {
        commas.next(&mut out);
        item(&mut out, view, &table, name, entry, &world);
        if let Some(user) = entry.actor.filter(|user| !users.contains(user)) {
            users.push(user);
        }
    }
    out.extend_from_slice(b"],\"userMap\":{");
    let mut commas = Commas::default();
    for user in users {
        commas.next(&mut out);
        json::key(&mut out, &names::user(user));
        json::value(&mut out, &user_json(&world, user));
    }
    out.extend_from_slice(b"},\"nextCursor\":");
    match page.next {
        Some(next) => json::string(&mut out, &history_id(name, next)),
        None => out.extend_from_slice(b"null"),
    }
    out.push(b'}');
    Ok(out)
}

fn item(out: &mut Vec<u8>, view: &View<'_>, table: &Table, name: TableName, entry: &HistoryEntry, world: &World<'_>) {
    let record = RecordAddress { table: name.table, record: entry.record };
    let ids = [
        ("id", history_id(name, entry.point)),
        ("tableId", names::table(name)),
        ("recordId", names::record(name.database, record)),
        ("fieldId", names::field(name, entry.field)),
    ];
    out.push(b'{');
    for (key, value) in &ids {
        json::key(out, key);
        json::string(out, value);
        out.push(b',');
    }
    for (key, (meta, value)) in [("before", &entry.before), ("after", &entry.after)] {
        json::key(out, key);
        side(out, view, table, entry, meta, value, world);
        out.push(b',');
    }
    out.extend_from_slice(b"\"createdTime\":");
    json::instant_iso(out, entry.at);
    out.extend_from_slice(b",\"createdBy\":");
    match entry.actor {
        Some(user) => json::string(out, &names::user(user)),
        None => out.extend_from_slice(b"null"),
    }
    out.push(b'}');
}

/// `{meta: {name, type, cellValueType, options}, data}`, the field as it was then.
fn side(
    out: &mut Vec<u8>,
    view: &View<'_>,
    table: &Table,
    entry: &HistoryEntry,
    meta: &FieldMeta,
    value: &Value,
    world: &World<'_>,
) {
    // Attachments come back with addresses of now.
    let place = FilePlace { table: table.id, record: entry.record, field: entry.field };
    let world = &World { place, ..*world };
    out.extend_from_slice(b"{\"meta\":");
    json::value(out, &meta_json(view, table, entry, meta));
    out.extend_from_slice(b",\"data\":");
    values::value(out, world, &meta.kind, value);
    out.push(b'}');
}

fn meta_json(view: &View<'_>, table: &Table, entry: &HistoryEntry, meta: &FieldMeta) -> Json {
    let Some(present) = table.field_ever(entry.field) else { return Json::Null };
    let mut field = present.clone();
    field.name.clone_from(&meta.name);
    field.kind = meta.kind.clone();
    let shown = shown::shown(view, table, &field);
    let of = (shown::name_of(view, table.id), field.id);
    serde_json::json!({
        "name": meta.name,
        "type": shown.word.text(),
        "cellValueType": cell_value_type(&shown),
        "options": options_out::options(view, &field, &meta.kind, of),
    })
}

fn user_json(world: &World<'_>, id: UserId) -> Json {
    let known = world.people.directory.get(id);
    let email = known.map(|u| u.email.as_str()).filter(|_| world.people.emails == values::Emails::Shown);
    let (name, avatar) = (known.map_or("", |u| u.name.as_str()), known.and_then(|u| u.avatar.as_deref()));
    let mut user = serde_json::json!({"id": names::user(id), "name": name, "avatar": avatar});
    if let Some(email) = email {
        user["email"] = email.into();
    }
    user
}

fn history_id(name: TableName, point: HistoryPoint) -> String {
    names::history(name.database, HistoryName { seq: point.seq.0, index: point.index })
}
