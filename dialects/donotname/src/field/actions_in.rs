//! The `actions` of a button's options, which are ours, in the options or in their `workflow`: `[{type: setFields, fields}, {type: createRecord, tableId,
//! fields}, {type: callWebhook, url, fieldIds?}]`.
//!
//! Values are written as cells are; the text `now` of a date and `me` of a user mean the moment of the click and who
//! clicks, as in `defaultValue`, and the text `clicked` of a link means the clicked record.

use super::default_in;
use super::options_in::Place;
use super::shown::{self, link_targets};
use crate::json;
use crate::names::{self, TableName};
use engine::View;
use model::error::Path;
use model::field::DefaultValue;
use model::kind::button::{Action, Input, MAX_ACTIONS};
use model::kind::{Class, Kind};
use model::{Error, Field, FieldId, Json, RecordAddress, Result, Rule, Table, Value};
use serde_json::Map;

type Object = Map<String, Json>;

/// The word for the clicked record.
pub const CLICKED: &str = "clicked";

/// The actions of the options, else of the workflow, where they are shown; none when neither says anything of them.
pub fn actions(view: &View<'_>, place: &Place<'_>, options: &Object, at: &Path) -> Result<Option<Vec<Action>>> {
    let workflow = options.get("workflow").and_then(Json::as_object);
    let (holder, at) = match (options.get("actions"), workflow) {
        (None | Some(Json::Null), Some(workflow)) => (workflow, at.clone().key("workflow")),
        _ => (options, at.clone()),
    };
    let at = at.key("actions");
    let given = match holder.get("actions") {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::Array(list)) if list.len() <= MAX_ACTIONS => list,
        Some(Json::Array(_)) => return Err(Error::invalid(at, Rule::TooMany { limit: MAX_ACTIONS as u64 })),
        Some(_) => return Err(Error::invalid(at, Rule::Type("a list"))),
    };
    if given.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let Ok(table) = view.table(place.table.table) else {
        let why = "can be given once the table is there: its fields have no ids yet";
        return Err(Error::invalid(at, Rule::Malformed(why.to_owned())));
    };
    let read = |(i, one): (usize, &Json)| action(view, place, &table, one, &at.clone().index(i));
    given.iter().enumerate().map(read).collect::<Result<_>>().map(Some)
}

fn action(view: &View<'_>, place: &Place<'_>, table: &Table, given: &Json, at: &Path) -> Result<Action> {
    let given = given.as_object().ok_or_else(|| Error::invalid(at.clone(), Rule::Type("an object")))?;
    let required = |key: &str| Error::invalid(at.clone().key(key), Rule::Required);
    let known = |keys: &[&str]| match given.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => Err(Error::invalid(at.clone().key(key), Rule::Unknown)),
        None => Ok(()),
    };
    match json::text(given, "type", at)?.ok_or_else(|| required("type"))? {
        "setFields" => {
            known(&["type", "fields"])?;
            let fields = json::object(given, "fields", at)?.ok_or_else(|| required("fields"))?;
            Ok(Action::SetFields { values: values(view, place, table, fields, at)? })
        }
        "createRecord" => {
            known(&["type", "tableId", "fields"])?;
            let id = json::text(given, "tableId", at)?.ok_or_else(|| required("tableId"))?;
            let there = names::read_table(id).filter(|name| name.database == view.key());
            let there = there.and_then(|name| view.table(name.table).ok());
            let there = there.ok_or_else(|| Error::invalid_given(at.clone().key("tableId"), Rule::Unknown, id))?;
            let empty = Object::new();
            let fields = json::object(given, "fields", at)?.unwrap_or(&empty);
            Ok(Action::CreateRecord { table: there.id, values: values(view, place, &there, fields, at)? })
        }
        "callWebhook" => {
            known(&["type", "url", "fieldIds", "condition"])?;
            let url = json::text(given, "url", at)?.ok_or_else(|| required("url"))?.trim().to_owned();
            let fields = match given.get("fieldIds") {
                None | Some(Json::Null) => all_fields(view, table),
                Some(list) => sent(table, name_of(view, table), list, &at.clone().key("fieldIds"))?,
            };
            let condition = json::text(given, "condition", at)?.map(str::to_owned);
            Ok(Action::CallWebhook { url, fields, condition })
        }
        "runScript" => {
            known(&["type", "script"])?;
            let script = json::text(given, "script", at)?.ok_or_else(|| required("script"))?.to_owned();
            Ok(Action::RunScript { script })
        }
        other => {
            let words = ["setFields", "createRecord", "callWebhook", "runScript"].map(str::to_owned).to_vec();
            Err(Error::invalid_given(at.clone().key("type"), Rule::Enum(words), other))
        }
    }
}

fn values(
    view: &View<'_>,
    place: &Place<'_>,
    table: &Table,
    given: &Object,
    at: &Path,
) -> Result<Vec<(FieldId, Input)>> {
    let at = at.clone().key("fields");
    let one = |(key, given): (&String, &Json)| {
        let found = find(table, name_of(view, table), key);
        let field = found.ok_or_else(|| Error::invalid(at.clone().key(key), Rule::Unknown))?;
        Ok((field.id, input(view, place, field, given, &at.clone().key(key))?))
    };
    given.iter().map(one).collect()
}

fn input(view: &View<'_>, place: &Place<'_>, field: &Field, given: &Json, at: &Path) -> Result<Input> {
    let is_nothing = match given {
        Json::Null | Json::Bool(false) => true,
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Bool(true) | Json::Number(_) | Json::Object(_) => false,
    };
    match given {
        _ if is_nothing => Ok(Input::Fixed(Value::Null)),
        Json::String(word) if word == CLICKED && !link_targets(&field.kind).is_empty() => Ok(Input::Clicked),
        _ if !link_targets(&field.kind).is_empty() => {
            let wrong = || Error::invalid_given(at.clone(), Rule::Type("a record or 'clicked'"), given.to_string());
            linked(view, &field.kind, given).map(Input::Fixed).ok_or_else(wrong)
        }
        _ => Ok(match default_in::value_at(&field.kind, given, place.members, at)? {
            DefaultValue::Fixed(value) => Input::Fixed(value),
            DefaultValue::Now => Input::Now,
            DefaultValue::Me => Input::Me,
            // No default of a cell is written as a script.
            DefaultValue::Script(_) => Input::Fixed(Value::Null),
        }),
    }
}

/// `{id}`, an id, or a list of them.
fn linked(view: &View<'_>, kind: &Kind, given: &Json) -> Option<Value> {
    let items = match given {
        Json::Array(list) => list.iter().collect(),
        one => vec![one],
    };
    let read = |item: &&Json| {
        let id = item.as_str().or_else(|| item.get("id")?.as_str())?;
        names::read_any_record(id, view.key())
    };
    let records: Vec<RecordAddress> = items.iter().map(read).collect::<Option<_>>()?;
    match (kind.class(), records.as_slice()) {
        (Class::Reference, [one]) => Some(Value::Reference(*one)),
        (Class::Reference, _) => None,
        _ => Some(Value::References(records)),
    }
}

fn sent(table: &Table, name: TableName, given: &Json, at: &Path) -> Result<Vec<FieldId>> {
    let ids = json::texts(given).ok_or_else(|| Error::invalid(at.clone(), Rule::Type("a list of field ids")))?;
    let mut found = Vec::with_capacity(ids.len().min(table.fields.len()));
    for (i, id) in ids.into_iter().enumerate() {
        let field = find(table, name, id);
        let field = field.ok_or_else(|| Error::invalid_given(at.clone().index(i), Rule::Unknown, id))?;
        if !found.contains(&field.id) {
            found.push(field.id);
        }
    }
    Ok(found)
}

/// The fields that are sent when nobody says which: those that are shown, as far as all that they show is.
fn all_fields(view: &View<'_>, table: &Table) -> Vec<FieldId> {
    let is_seen = |field: &&Field| {
        let shown = shown::shown(view, table, field);
        !shown.is_broken && shown::sees_titles(view, &shown.kind) && shown::sees_titles(view, &field.kind)
    };
    shown::shown_fields(table).filter(is_seen).map(|field| field.id).collect()
}

/// A field by id, name or name for programs.
fn find<'t>(table: &'t Table, name: TableName, key: &str) -> Option<&'t Field> {
    let by_id = names::read_field(key, name).and_then(|id| table.field(id).ok());
    let fields = || shown::shown_fields(table);
    by_id.or_else(|| fields().find(|f| f.name == key)).or_else(|| fields().find(|f| f.key == key))
}

fn name_of(view: &View<'_>, table: &Table) -> TableName {
    shown::name_of(view, table.id)
}
