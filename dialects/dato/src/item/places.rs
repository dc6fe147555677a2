//! Positions of items: their places among their siblings, from 1.

use engine::{GO_ON, View};
use model::table::Shape as TableShape;
use model::{RecordAddress, RecordId, Result, Table};
use std::collections::HashMap;

/// The positions of some items of one table.
#[derive(Debug, Default)]
pub struct Places(HashMap<RecordId, i64>);

impl Places {
    /// Those of all items of a table; none where they have no places.
    pub fn all(view: &mut View<'_>, table: &Table) -> Result<Places> {
        let mut places = HashMap::new();
        if table.shape != TableShape::Plain {
            let (mut last, mut count) = (None, 0);
            view.each_by_place(table.id, &mut |parent, record| {
                if last != Some(parent) {
                    (last, count) = (Some(parent), 0);
                }
                count += 1;
                places.insert(record, count);
                Ok(GO_ON)
            })?;
        }
        Ok(Places(places))
    }

    /// That of one item.
    pub fn one(view: &mut View<'_>, table: &Table, record: RecordId) -> Result<Places> {
        let mut places = HashMap::new();
        if table.shape != TableShape::Plain
            && let Some(index) = view.index_among_siblings(RecordAddress { table: table.id, record })?
        {
            places.insert(record, index as i64 + 1);
        }
        Ok(Places(places))
    }

    /// The position of an item.
    pub fn position(&self, record: RecordId) -> i64 {
        self.0.get(&record).copied().unwrap_or(0)
    }
}
