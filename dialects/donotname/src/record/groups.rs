//! Where the groups of a list begin: `extra.groupPoints` (facts B, "groupBy"), and which of them are folded away.

use super::shape::Shape;
use super::write::people;
use crate::cell::encode::World;
use crate::cell::files::FileLinks;
use crate::cell::values;
use edge::json::{self, Commas};
use engine::View;
use engine::files::FilePlace;
use model::filter::{Comparison, Operand, Predicate, System, Test};
use model::query::{Aggregate, Measure, Query, Sort, Summary};
use model::{Error, FieldId, Filter, Path, RecordId, Result, Rule, Value};
use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// Most groups whose points are told.
const MAX_GROUPS: usize = 5_000;
/// Most conditions that folded groups may come to.
const MAX_CONDITIONS: usize = 400;

/// The groups of the records that a query finds, whatever its page.
pub struct Groups {
    /// What the records of a group have in common, and how many they are.
    found: Vec<(Vec<Value>, f64)>,
    group: Vec<Sort>,
}

impl Groups {
    /// Reads them. `group` are the first sort keys of the query.
    pub fn of(view: &mut View<'_>, query: &Query, group: &[Sort]) -> Result<Groups> {
        let count = Measure { function: Aggregate::Count, over: Operand::System(System::Id) };
        let found = view.summarize(&summary(query, group, vec![count]))?;
        let counted = |counts: &[Value]| match counts.first() {
            Some(Value::Number(count)) => *count,
            _ => 0.0,
        };
        let found = found.into_iter().map(|(keys, counts)| (keys, counted(&counts)));
        Ok(Groups { found: found.collect(), group: group.to_vec() })
    }

    /// The records that lie in one of the groups of these ids, of any depth.
    pub fn folded(&self, ids: &BTreeSet<String>) -> Result<Filter> {
        let mut parts: Vec<Filter> = Vec::new();
        let mut ones: Vec<Value> = Vec::new();
        let mut last: Option<&Vec<Value>> = None;
        for (keys, _) in &self.found {
            let same = last.map_or(0, |last| keys.iter().zip(last).take_while(|(a, b)| a == b).count());
            last = Some(keys);
            let Some(depth) = (0..keys.len()).find(|depth| ids.contains(&id(&keys[..=*depth]))) else { continue };
            if same > depth {
                // Another part of a group that is folded already.
                continue;
            }
            match (&keys[..=depth], &self.group[0].bucket) {
                ([value], None) if *value != Value::Null => ones.push(value.clone()),
                (keys, _) => parts.push(Filter::And(keys.iter().zip(&self.group).map(|(v, s)| holds(s, v)).collect())),
            }
        }
        if parts.len() * self.group.len() * 2 > MAX_CONDITIONS || ones.len() > MAX_GROUPS {
            return Err(Error::invalid(Path::of("collapsedGroupIds"), Rule::TooMany { limit: MAX_CONDITIONS as u64 }));
        }
        if !ones.is_empty() {
            let operand = self.group[0].by.clone();
            parts.push(Filter::Test(Test { operand, predicate: Predicate::OneOf(ones) }));
        }
        Ok(Filter::Or(parts))
    }

    /// Appends `[…]`: a head for each group of each depth, and how many records it has unless it is folded.
    pub fn points(&self, view: &View<'_>, shape: &Shape, folded: &BTreeSet<String>, out: &mut Vec<u8>) {
        let people = people(view);
        // Nothing is grouped by attachments.
        let files = FileLinks::none();
        let place = FilePlace { table: shape.table.id, record: RecordId(0), field: FieldId(0) };
        let world = World { database: view.key(), people: &people, files: &files, place };
        let mut commas = Commas::default();
        let mut last: Option<&Vec<Value>> = None;
        out.push(b'[');
        for (keys, count) in self.found.iter().take(MAX_GROUPS) {
            let same = last.map_or(0, |last| keys.iter().zip(last).take_while(|(a, b)| a == b).count());
            last = Some(keys);
            let closed = (0..keys.len()).find(|depth| folded.contains(&id(&keys[..=*depth])));
            // What lies in a folded group has neither heads nor a count.
            let shown = closed.map_or(keys.len(), |depth| depth + 1);
            for depth in same..shown {
                commas.next(out);
                self.head(out, shape, &keys[..=depth], closed == Some(depth), &world);
            }
            if closed.is_none() {
                commas.next(out);
                out.extend_from_slice(b"{\"type\":1,\"count\":");
                json::number(out, *count);
                out.push(b'}');
            }
        }
        out.push(b']');
    }

    /// Appends `[…]`: id and depth of every group.
    pub fn refs(&self, out: &mut Vec<u8>) {
        let mut commas = Commas::default();
        let mut last: Option<&Vec<Value>> = None;
        out.push(b'[');
        for (keys, _) in self.found.iter().take(MAX_GROUPS) {
            let same = last.map_or(0, |last| keys.iter().zip(last).take_while(|(a, b)| a == b).count());
            last = Some(keys);
            for depth in same..keys.len() {
                commas.next(out);
                out.extend_from_slice(b"{\"id\":");
                json::string(out, &id(&keys[..=depth]));
                out.extend_from_slice(b",\"depth\":");
                json::integer(out, depth as i64);
                out.push(b'}');
            }
        }
        out.push(b']');
    }

    fn head(&self, out: &mut Vec<u8>, shape: &Shape, keys: &[Value], is_folded: bool, world: &World<'_>) {
        let depth = keys.len() - 1;
        let column = shape.columns.iter().find(|c| c.shown.operand == self.group[depth].by);
        out.extend_from_slice(b"{\"id\":");
        json::string(out, &id(keys));
        out.extend_from_slice(b",\"type\":0,\"depth\":");
        json::integer(out, depth as i64);
        out.extend_from_slice(b",\"value\":");
        match column {
            Some(column) => values::value(out, world, &column.shown.kind, &keys[depth]),
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(if is_folded { b",\"isCollapsed\":true}" } else { b",\"isCollapsed\":false}" });
    }
}

/// A summary of the records that a query finds.
pub fn summary(query: &Query, group: &[Sort], measures: Vec<Measure>) -> Summary {
    Summary {
        source: query.source.clone(),
        filter: query.filter.clone(),
        search: query.search.clone(),
        group: group.to_vec(),
        measures,
    }
}

/// The id of a group: the same group has the same one in every answer.
pub fn id(keys: &[Value]) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{keys:?}").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// That a record has what a group has in common.
fn holds(sort: &Sort, value: &Value) -> Filter {
    let test = |predicate| Filter::Test(Test { operand: sort.by.clone(), predicate });
    match (&sort.bucket, value) {
        (_, Value::Null) => test(Predicate::IsEmpty),
        (Some(bucket), value @ (Value::Instant(_) | Value::Date(_))) => Filter::And(vec![
            test(Predicate::Compare(Comparison::GreaterOrEqual, value.clone())),
            test(Predicate::Compare(Comparison::Less, bucket.end(value))),
        ]),
        (_, value) => test(Predicate::Equals(value.clone())),
    }
}
