//! Tables as this door shows them: their JSON and their order.

use crate::field::object;
use crate::field::shown::{name_of, shown_fields};
use crate::names;
use engine::View;
use model::{Json, NavId, NavItem, Schema, Table, TableId};
use serde_json::{Map, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The table object (facts A4).
pub fn object(view: &View<'_>, table: &Table) -> Json {
    let name = name_of(view, table.id);
    let mut out = Map::new();
    let mut put = |key: &str, value: Json| drop(out.insert(key.to_owned(), value));
    put("id", json!(names::table(name)));
    put("name", json!(table.name));
    put("dbTableName", json!(table.key));
    if let Some(description) = &table.description {
        put("description", json!(description));
    }
    if let Some(icon) = &table.icon {
        put("icon", json!(icon));
    }
    if let Some(first) = table.views.first() {
        put("defaultViewId", json!(names::view(name.database, first.id)));
    }
    Json::Object(out)
}

/// The table's fields as JSON.
pub fn fields(view: &View<'_>, table: &Table) -> Vec<Json> {
    shown_fields(table).map(|field| object::field(view, table, field)).collect()
}

/// The tables in the order of the navigation, those that are not in it after them by number.
pub fn ordered(view: &View<'_>) -> Vec<Arc<Table>> {
    let seen: BTreeMap<TableId, Arc<Table>> = view.tables().into_iter().map(|table| (table.id, table)).collect();
    let mut left: BTreeSet<TableId> = seen.keys().copied().collect();
    let mut order = Vec::with_capacity(seen.len());
    for item in walk(view.schema()) {
        if let Some(table) = item.table.filter(|table| left.remove(table)) {
            order.push(seen[&table].clone());
        }
    }
    order.extend(left.into_iter().map(|table| seen[&table].clone()));
    order
}

/// The items of the navigation, parents before their children.
fn walk(schema: &Schema) -> Vec<&NavItem> {
    let mut below: BTreeMap<Option<NavId>, Vec<&NavItem>> = BTreeMap::new();
    for item in schema.nav.values() {
        // What hangs below nothing is shown at the top.
        let parent = item.parent.filter(|parent| schema.nav.contains_key(parent));
        below.entry(parent).or_default().push(item);
    }
    for siblings in below.values_mut() {
        siblings.sort_by(|a, b| (&b.rank, b.id).cmp(&(&a.rank, a.id)));
    }
    // Each list of siblings is taken once, so that a broken tree with a cycle cannot be walked for ever.
    let mut stack = below.remove(&None).unwrap_or_default();
    let mut order = Vec::with_capacity(schema.nav.len());
    while let Some(item) = stack.pop() {
        order.push(item);
        stack.extend(below.remove(&Some(item.id)).unwrap_or_default());
    }
    order
}
