//! The `actions` of a button as options, in the form in which `actions_in.rs` takes them.
//!
//! They hold addresses that are often secret, and names of other tables: they are shown to whoever may change fields
//! and sees everything that they name. Everybody sees that there is a workflow. They stand in there because published
//! clients refuse a key of the options that they do not know, but not one of the workflow.

use super::actions_in::CLICKED;
use super::options_out::default_value;
use super::shown;
use crate::names::{self, TableName};
use engine::View;
use model::field::DefaultValue;
use model::kind::button::{Action, Button, Input};
use model::{Ability, Field, FieldId, Json, RecordAddress, Table, TableId, Value};
use serde_json::{Map, json};

/// Adds what is to be told of the actions of a button.
pub fn write(view: &View<'_>, out: &mut Map<String, Json>, button: &Button, (table, field): (TableName, FieldId)) {
    if button.actions.is_empty() {
        return;
    }
    // What clients look at to tell whether a button can be clicked (facts A4: workflow {id, name, isActive}).
    let id = names::field(table, field).replacen("fld", "wfl", 1);
    let usual = json!({"id": id, "name": button.label});
    let Json::Object(workflow) = out.entry("workflow").or_insert(usual) else { return };
    workflow.insert("isActive".to_owned(), json!(button.active));
    if view.require(Some(table.table), Ability::FieldUpdate).is_ok()
        && let Some(actions) =
            button.actions.iter().map(|one| action(view, table.table, one)).collect::<Option<Vec<_>>>()
    {
        workflow.insert("actions".to_owned(), actions.into());
    }
}

/// An action; none when it names what the actor may not know of.
fn action(view: &View<'_>, table: TableId, action: &Action) -> Option<Json> {
    Some(match action {
        Action::SetFields { values } => json!({"type": "setFields", "fields": fields(view, table, values)?}),
        Action::CreateRecord { table, values } => {
            let id = names::table(shown::name_of(view, *table));
            json!({"type": "createRecord", "tableId": id, "fields": fields(view, *table, values)?})
        }
        Action::RunScript { script } => json!({"type": "runScript", "script": view.script_shown(script)?}),
        Action::CallWebhook { url, fields, condition } => {
            let name = shown::name_of(view, table);
            let seen = view.table(table).ok()?;
            let shown = fields.iter().filter(|id| !is_gone(view, table, **id));
            let ids: Option<Vec<String>> =
                shown.map(|id| seen.field(*id).ok().map(|field| names::field(name, field.id))).collect();
            let mut out = json!({"type": "callWebhook", "url": url, "fieldIds": ids?});
            if let Some(condition) = condition {
                out["condition"] = view.script_shown(condition)?.into();
            }
            out
        }
    })
}

/// Values by field; of a field that is gone only its id is left.
fn fields(view: &View<'_>, table: TableId, values: &[(FieldId, Input)]) -> Option<Json> {
    let name = shown::name_of(view, table);
    let seen: Option<std::sync::Arc<Table>> = view.table(table).ok();
    let mut out = Map::new();
    for (id, input) in values {
        let value = match seen.as_ref().and_then(|table| table.field(*id).ok()) {
            Some(field) => value(view, field, input)?,
            None if is_gone(view, table, *id) => Json::Null,
            None => return None,
        };
        out.insert(names::field(name, *id), value);
    }
    Some(Json::Object(out))
}

/// Whether a field is there for nobody any more, in difference to one that is hidden.
fn is_gone(view: &View<'_>, table: TableId, field: FieldId) -> bool {
    view.schema().table(table).map_or(true, |table| table.field(field).is_err())
}

fn value(view: &View<'_>, field: &Field, input: &Input) -> Option<Json> {
    let record = |address: &RecordAddress| json!({"id": names::record(view.key(), *address)});
    match input {
        Input::Fixed(Value::Null) => Some(Json::Null),
        Input::Fixed(Value::Reference(one)) => Some(record(one)),
        Input::Fixed(Value::References(list)) => Some(list.iter().map(record).collect()),
        Input::Fixed(value) => default_value(&DefaultValue::Fixed(value.clone()), &field.kind),
        Input::Now => default_value(&DefaultValue::Now, &field.kind),
        Input::Me => default_value(&DefaultValue::Me, &field.kind),
        Input::Clicked => Some(json!(CLICKED)),
    }
}
