//! Rows ordered by hand in a view (facts A3, `order`; A4, `record-order`).
//!
//! A view keeps a key for each record that was moved; every other record's key is its own number. So a move writes one
//! entry, whatever the size of the table, and new records come last.

use super::shape::Shape;
use crate::names;
use crate::views;
use engine::{GO_ON, View};
use model::error::Path;
use model::filter::{Operand, Predicate, System, Test};
use model::query::{Page, Projection, Query};
use model::{Change, Error, Filter, Json, RecordAddress, RecordId, Result, Rule, Subject, TableId, Value, ViewId};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Most moved records of a view.
pub const MAX_MOVED: usize = 5_000;

/// The keys of moved records.
type Keys = BTreeMap<u32, f64>;

/// Beside which record.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Position {
    Before,
    After,
}

/// An order as a request has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    view_id: String,
    anchor_id: String,
    position: Position,
}

/// An order whose view and record are there.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub view: ViewId,
    pub anchor: RecordId,
    pub position: Position,
}

/// Reads the order of a body; none for null.
pub fn asked(json: Option<Json>) -> Result<Option<Asked>> {
    match json {
        None | Some(Json::Null) => Ok(None),
        Some(json) => serde_json::from_value(json)
            .map(Some)
            .map_err(|error| Error::malformed("order", format!("is not as asked: {error}"))),
    }
}

impl Asked {
    /// The view and record that are named.
    pub fn find(&self, view: &mut View<'_>, shape: &Shape) -> Result<Place> {
        let found = names::read_view(&self.view_id, shape.name.database).filter(|id| shape.table.view(*id).is_ok());
        let found = found.ok_or_else(|| names::missing(Subject::View))?;
        let anchor = anchor(view, shape, &self.anchor_id)?;
        Ok(Place { view: found, anchor, position: self.position })
    }
}

/// The record beside which others go.
pub fn anchor(view: &mut View<'_>, shape: &Shape, id: &str) -> Result<RecordId> {
    let record = names::read_record(id, shape.name).ok_or_else(|| names::missing(Subject::Record))?;
    let is_there = view.exists(RecordAddress { table: shape.table.id, record })?;
    if is_there { Ok(record) } else { Err(names::missing(Subject::Record)) }
}

/// The change that puts records beside another in a view, in the order given.
pub fn change(shape: &Shape, place: Place, records: &[RecordId]) -> Result<Change> {
    let mut view = shape.table.view(place.view)?.clone();
    let mut keys = keys(&view);
    put(&mut keys, place.anchor, place.position, records)?;
    let kept = keys.iter().map(|(record, key)| (record.to_string(), json!(key))).collect();
    views::keep(&mut view, "order", Json::Object(kept));
    let table: TableId = shape.table.id;
    Ok(Change::ReplaceView { table, view: Box::new(view), at: None })
}

/// Puts all records of a table in this order. Their numbers are the keys, dealt out anew, so that records to come stay
/// last.
pub fn keep_all(view: &mut model::View, records: &[RecordId]) {
    let mut numbers: Vec<u32> = records.iter().map(|record| record.0).collect();
    numbers.sort_unstable();
    let kept = records.iter().zip(numbers).filter(|(record, number)| record.0 != *number);
    let kept = kept.map(|(record, number)| (record.0.to_string(), json!(number)));
    views::keep(view, "order", Json::Object(kept.collect()));
}

/// The keys that a view keeps.
pub fn keys(view: &model::View) -> Keys {
    let kept = views::kept(view);
    let entries = kept.get("order").and_then(Json::as_object).into_iter().flatten();
    entries.filter_map(|(record, key)| Some((record.parse().ok()?, key.as_f64()?))).collect()
}

/// Gives records keys between the anchor and its neighbour. No record that was not moved lies between two neighbouring
/// whole numbers, so they bound the gap without a look at the table.
fn put(keys: &mut Keys, anchor: RecordId, position: Position, records: &[RecordId]) -> Result<()> {
    if records.contains(&anchor) {
        return Err(Error::malformed("anchorId", "must not be one of the records that move"));
    }
    for record in records {
        keys.remove(&record.0);
    }
    let at = keys.get(&anchor.0).copied().unwrap_or(f64::from(anchor.0));
    let (low, high) = match position {
        Position::Before => {
            let below = keys.values().copied().filter(|key| *key < at);
            (below.fold(at.ceil() - 1.0, f64::max), at)
        }
        Position::After => {
            let above = keys.values().copied().filter(|key| *key > at);
            (at, above.fold(at.floor() + 1.0, f64::min))
        }
    };
    let step = (high - low) / (records.len() as f64 + 1.0);
    let mut last = low;
    for (i, record) in records.iter().enumerate() {
        let key = low + step * (i as f64 + 1.0);
        if key <= last || key >= high {
            return Err(Error::Conflict("Too many records were put at this very place by hand".to_owned()));
        }
        last = key;
        keys.insert(record.0, key);
    }
    if keys.len() > MAX_MOVED {
        return Err(Error::invalid(Path::of("recordIds"), Rule::TooMany { limit: MAX_MOVED as u64 }));
    }
    Ok(())
}

/// The records of a query's page in the order of these keys. The query has no sort keys of its own.
pub fn page(view: &mut View<'_>, query: &Query, keys: &Keys) -> Result<Vec<RecordId>> {
    let Page::Window { skip, take } = query.page else { return Ok(Vec::new()) };
    let moved = keys.keys().map(|record| Value::Number(f64::from(*record))).collect();
    let operand = Operand::System(System::Id);
    let is_moved = Filter::Test(Test { operand, predicate: Predicate::OneOf(moved) });
    // All that were moved, and of the others, whose order is that of their numbers, as many as can be on the page.
    let by_hand = ids(view, query, is_moved.clone(), Page::All)?;
    let others = ids(view, query, is_moved.negated(), Page::Window { skip: 0, take: skip.saturating_add(take) })?;
    let key = |record: &RecordId| keys.get(&record.0).copied().unwrap_or(f64::from(record.0));
    let mut all: Vec<RecordId> = by_hand.into_iter().chain(others).collect();
    all.sort_by(|a, b| key(a).total_cmp(&key(b)).then(a.cmp(b)));
    let skipped = usize::try_from(skip).unwrap_or(usize::MAX);
    Ok(all.into_iter().skip(skipped).take(take as usize).collect())
}

fn ids(view: &mut View<'_>, query: &Query, only: Filter, page: Page) -> Result<Vec<RecordId>> {
    let filter = query.filter.clone().and(only);
    let query = Query { filter, page, projection: Projection::Nothing, ..query.clone() };
    let mut ids = Vec::new();
    view.select(&query, &mut |row| {
        ids.push(row.id());
        Ok(GO_ON)
    })?;
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order of five records after moves.
    fn moved(moves: &[(u32, Position, &[u32])]) -> Vec<u32> {
        let mut keys = Keys::new();
        for (anchor, position, records) in moves {
            let records: Vec<RecordId> = records.iter().map(|r| RecordId(*r)).collect();
            put(&mut keys, RecordId(*anchor), *position, &records).expect("room");
        }
        let mut all: Vec<u32> = (1..=5).collect();
        let key = |record: &u32| keys.get(record).copied().unwrap_or(f64::from(*record));
        all.sort_by(|a, b| key(a).total_cmp(&key(b)));
        all
    }

    #[test]
    fn records_go_beside_their_anchor_in_the_order_given() {
        assert_eq!(moved(&[(1, Position::Before, &[3])]), [3, 1, 2, 4, 5]);
        assert_eq!(moved(&[(1, Position::Before, &[3]), (2, Position::After, &[3, 1])]), [2, 3, 1, 4, 5]);
        assert_eq!(moved(&[(5, Position::After, &[1, 2])]), [3, 4, 5, 1, 2]);
        assert_eq!(moved(&[(2, Position::After, &[4]), (4, Position::After, &[1])]), [2, 4, 1, 3, 5]);
        assert_eq!(moved(&[(2, Position::Before, &[4]), (4, Position::Before, &[5])]), [1, 5, 4, 2, 3]);
    }
}
