//! Where the groups of a list begin: `extra.groupPoints` (facts B, "groupBy").

use super::shape::Shape;
use super::write::people;
use crate::cell::encode::World;
use crate::cell::files::FileLinks;
use crate::cell::values;
use edge::json::{self, Commas};
use engine::View;
use engine::files::FilePlace;
use model::filter::{Operand, System};
use model::query::{Aggregate, Measure, Query, Sort, Summary};
use model::{FieldId, RecordId, Result, Value};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// Most groups whose points are told.
const MAX_GROUPS: usize = 5_000;

/// Appends `{"groupPoints":[…]}` for the records that a query finds, whatever its page. `group` are its first sort keys.
pub fn write(view: &mut View<'_>, shape: &Shape, query: &Query, group: &[Sort], out: &mut Vec<u8>) -> Result<()> {
    let summary = Summary {
        source: query.source.clone(),
        filter: query.filter.clone(),
        search: query.search.clone(),
        group: group.to_vec(),
        measures: vec![Measure { function: Aggregate::Count, over: Operand::System(System::Id) }],
    };
    let groups = view.summarize(&summary)?;
    let people = people(view);
    // Nothing is grouped by attachments.
    let files = FileLinks::none();
    let place = FilePlace { table: shape.table.id, record: RecordId(0), field: FieldId(0) };
    let world = World { database: view.key(), people: &people, files: &files, place };
    out.extend_from_slice(b"{\"groupPoints\":[");
    let mut commas = Commas::default();
    let mut last: Option<Vec<Value>> = None;
    for (keys, counts) in groups.into_iter().take(MAX_GROUPS) {
        let same = last.as_ref().map_or(0, |last| keys.iter().zip(last).take_while(|(a, b)| a == b).count());
        for depth in same..keys.len() {
            commas.next(out);
            header(out, shape, group, &keys, depth, &world);
        }
        commas.next(out);
        let count = match counts.first() {
            Some(Value::Number(count)) => *count,
            _ => 0.0,
        };
        out.extend_from_slice(b"{\"type\":1,\"count\":");
        json::number(out, count);
        out.push(b'}');
        last = Some(keys);
    }
    out.extend_from_slice(b"]}");
    Ok(())
}

fn header(out: &mut Vec<u8>, shape: &Shape, group: &[Sort], keys: &[Value], depth: usize, world: &World<'_>) {
    let mut value = Vec::new();
    let column = shape.columns.iter().find(|c| c.shown.operand == group[depth].by);
    match column {
        Some(column) => values::value(&mut value, world, &column.shown.kind, &keys[depth]),
        None => value.extend_from_slice(b"null"),
    }
    // The same group has the same id in every answer.
    let mut id = DefaultHasher::new();
    format!("{:?}", &keys[..=depth]).hash(&mut id);
    out.extend_from_slice(b"{\"id\":");
    json::string(out, &format!("{:016x}", id.finish()));
    out.extend_from_slice(b",\"type\":0,\"depth\":");
    json::integer(out, depth as i64);
    out.extend_from_slice(b",\"value\":");
    out.extend_from_slice(&value);
    out.extend_from_slice(b",\"isCollapsed\":false}");
}
