//! The schema as an actor may see it: what a script can name.

use crate::view::Scope;
use model::{Role, Schema, Table};
use std::sync::Arc;

/// The schema without the tables and fields that the actor may not see, nor the deleted ones.
///
/// Shared as it is when the actor sees all of it, which is the usual case.
pub(crate) fn schema_for(schema: &Arc<Schema>, scope: &Scope) -> Arc<Schema> {
    let grants = &scope.actor.grants;
    if grants.tables.is_empty() && grants.fields.is_empty() {
        return schema.clone();
    }
    let as_seen = |table: &Arc<Table>| {
        let role = scope.actor.table_role(scope.role, scope.key, table.id);
        let shown = |field: model::FieldId| scope.actor.field_role(role, scope.key, table.id, field) > Role::None;
        if role == Role::None || table.fields.iter().all(|field| shown(field.id)) {
            return (role > Role::None).then(|| table.clone());
        }
        let mut partly = Table::clone(table);
        partly.fields.retain(|field| shown(field.id));
        Some(Arc::new(partly))
    };
    let tables = schema.tables.iter().filter_map(|(id, table)| Some((*id, as_seen(table)?))).collect();
    Arc::new(Schema { tables, ..Schema::clone(schema) })
}
