//! Things by name while a script runs: keys of objects, fields of records, tables. Each name is looked for in two
//! passes, first as it is spelled, then whatever the case; in each a caption goes before an id.

use crate::ir::Access;
use crate::spelling::letters;
use crate::value::{Object, Value};
use model::filter::System;
use model::text::fold;
use model::{Schema, Table};
use std::sync::Arc;

/// The value of a key of an object; none when it has none of this name.
pub fn key<'o>(object: &'o Object, name: &str) -> Option<&'o Value> {
    let exact = object.entries.iter().find(|(key, _)| key.as_ref() == name);
    let entry = exact.or_else(|| object.entries.iter().find(|(key, _)| is_alike(key, name)))?;
    Some(&entry.1)
}

/// What a name means in the records of a table.
pub fn field_of(table: &Table, name: &str) -> Option<Access> {
    in_two_passes(name, |is_it| {
        let by_name = table.live_fields().find(|field| is_it(&field.name));
        let by_id = || table.live_fields().find(|field| is_it(&letters(field.id.0)));
        let system = || SYSTEM.iter().find(|(word, _)| is_it(word)).map(|(_, access)| *access);
        by_name.or_else(by_id).map(|field| Access::Field(field.id)).or_else(system)
    })
}

/// The table of a name or an id.
pub fn table_named<'s>(schema: &'s Schema, name: &str) -> Option<&'s Arc<Table>> {
    in_two_passes(name, |is_it| {
        let by_name = schema.live_tables().find(|table| is_it(&table.name));
        by_name.or_else(|| schema.live_tables().find(|table| is_it(&letters(table.id.0))))
    })
}

/// The item at a place of a list, from 0; none outside. A single value is a list of one.
pub fn item(list: &Value, place: f64) -> Option<Value> {
    let place = Some(place.trunc()).filter(|place| (0.0..1e15).contains(place))? as usize;
    match list {
        Value::Array(items) => items.get(place).cloned(),
        Value::Multi(multi) => super::text::choices(multi).nth(place).map(Value::Choice),
        Value::Null => None,
        single => (place == 0).then(|| single.clone()),
    }
}

const SYSTEM: [(&str, Access); 6] = [
    ("Id", Access::Itself),
    ("_id", Access::Itself),
    ("_cd", Access::System(System::CreatedAt)),
    ("_md", Access::System(System::ModifiedAt)),
    ("_cu", Access::System(System::CreatedBy)),
    ("_mu", Access::System(System::ModifiedBy)),
];

fn in_two_passes<T>(name: &str, find: impl Fn(&dyn Fn(&str) -> bool) -> Option<T>) -> Option<T> {
    find(&|other| other == name).or_else(|| find(&|other| is_alike(other, name)))
}

fn is_alike(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() { a.eq_ignore_ascii_case(b) } else { fold(a) == fold(b) }
}
