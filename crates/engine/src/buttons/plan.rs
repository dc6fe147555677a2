//! From a button's actions to changes.

use super::{ButtonAt, refused};
use crate::view::Scope;
use model::change::{Change, NewRecord, RecordUpdate};
use model::kind::button::{Action, Button, Input};
use model::kind::{Class, Kind};
use model::{Error, Field, FieldId, Result, Role, Schema, Slot, Table, TableId, Value};

/// One thing that a click does inside its write.
pub enum Step {
    Change(Change),
    /// The place of the action, and its script.
    Script(usize, String),
}

/// What all actions do, in their order. What an action names and is gone makes all of them fail.
pub fn steps(schema: &Schema, scope: &Scope, at: ButtonAt, field: &Field, button: &Button) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    for (index, action) in button.actions.iter().enumerate() {
        let missing = |what: String| {
            let why = format!("cannot run its action {} ({}): {what} is gone", index + 1, action.deed().word());
            refused(field, &why)
        };
        let table = match action {
            Action::SetFields { .. } => at.record.table,
            Action::CreateRecord { table, .. } => *table,
            Action::RunScript { script } => {
                steps.push(Step::Script(index, script.clone()));
                continue;
            }
            Action::CallWebhook { .. } => continue,
        };
        let table = schema.table(table).map_err(|_| missing(table_in_words(schema, scope, table)))?;
        match action {
            Action::SetFields { values } => {
                let values = resolved(scope, at, table, values).map_err(missing)?;
                let updates = vec![RecordUpdate { record: at.record.record, values }];
                steps.push(Step::Change(Change::UpdateRecords { table: table.id, updates }));
            }
            Action::CreateRecord { values, .. } => {
                let values = resolved(scope, at, table, values).map_err(missing)?;
                let records = vec![NewRecord { values, ..NewRecord::default() }];
                steps.push(Step::Change(Change::CreateRecords { table: table.id, records }));
            }
            Action::CallWebhook { .. } | Action::RunScript { .. } => {}
        }
    }
    Ok(steps)
}

/// The values that inputs mean in this click; else what is gone, in words.
fn resolved(
    scope: &Scope,
    at: ButtonAt,
    table: &Table,
    values: &[(FieldId, Input)],
) -> std::result::Result<Vec<(Slot, Value)>, String> {
    let one = |(id, input): &(FieldId, Input)| {
        let field = table.field(*id).map_err(|_| field_in_words(scope, table, *id))?;
        Ok((Slot::plain(*id), value(scope, at, field, input)))
    };
    values.iter().map(one).collect()
}

/// The value of an input. One that does not fit its field any more is refused when it is applied.
fn value(scope: &Scope, at: ButtonAt, field: &Field, input: &Input) -> Value {
    match (input, field.kind.class()) {
        (Input::Fixed(value), _) => value.clone(),
        (Input::Now, Class::Date) => Value::Date(model::time::Zone::utc().day_of(scope.now).0),
        (Input::Now, _) => Value::Instant(scope.now.0),
        (Input::Me, Class::Users) => scope.actor.user.map_or(Value::Null, |user| Value::Users(vec![user])),
        (Input::Me, _) => scope.actor.user.map_or(Value::Null, Value::User),
        (Input::Clicked, Class::References) => Value::References(vec![at.record]),
        (Input::Clicked, _) if matches!(field.kind, Kind::Reverse(_)) => Value::References(vec![at.record]),
        (Input::Clicked, _) => Value::Reference(at.record),
    }
}

/// The table as far as the clicker may know of it.
fn table_in_words(schema: &Schema, scope: &Scope, table: TableId) -> String {
    let may_know = scope.actor.table_role(scope.role, scope.key, table) > Role::None;
    let name = schema.tables.get(&table).filter(|_| may_know).map(|table| format!("the table {}", table.name));
    name.unwrap_or_else(|| "a table".to_owned())
}

/// The field as far as the clicker may know of it.
fn field_in_words(scope: &Scope, table: &Table, field: FieldId) -> String {
    let role = scope.actor.table_role(scope.role, scope.key, table.id);
    let may_know = scope.actor.field_role(role, scope.key, table.id, field) > Role::None;
    let name = table.field_ever(field).filter(|_| may_know).map(|field| format!("the field {}", field.name));
    name.unwrap_or_else(|| "a field".to_owned())
}

/// An error of the actions, as the clicker may hear it. Whoever sees only a part of the database is not told which
/// rule of which field stood against it.
pub fn hidden(error: Error, scope: &Scope) -> Error {
    let sees_all = scope.actor.grants.fields.is_empty() && scope.actor.grants.tables.is_empty();
    match error {
        Error::Invalid(_) | Error::Conflict(_) | Error::Script { .. } if sees_all => error,
        Error::Invalid(_)
        | Error::Conflict(_)
        | Error::Script { .. }
        | Error::NotFound { .. }
        | Error::Forbidden(_) => {
            Error::Conflict("An action of the button is against the rules of the table".to_owned())
        }
        other => other,
    }
}
