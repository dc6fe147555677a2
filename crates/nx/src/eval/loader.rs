//! Cells of records that are read one by one in the script, and together from the host.
//!
//! Whoever goes over records says so ([`Loader::accompany`]). When a field of one of them is asked for, it is read of all
//! of them in one query and kept; records that it refers to go together from then on too. Writes throw everything away.

use super::plan::{Reader, operand};
use super::{Machine, Outcome, placed};
use crate::ir::{Access, Node};
use crate::value::Value;
use model::{RecordAddress, RecordId, TableId};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;

/// Most records that are read together.
pub(super) const GROUP: usize = 500;
/// Most cells that are kept.
const MOST: usize = 100_000;

/// Cells that were read, and which records go together.
#[derive(Default)]
pub(super) struct Loader {
    cells: HashMap<(TableId, Access), HashMap<RecordId, Value>>,
    kept: usize,
    /// Of each table the records that are gone over now.
    groups: HashMap<TableId, Rc<[RecordId]>>,
}

impl Loader {
    /// These records are gone over.
    pub fn accompany(&mut self, table: TableId, records: &[RecordId]) {
        let mut records = records.to_vec();
        if !records.is_sorted() {
            records.sort_unstable();
        }
        self.groups.insert(table, records.into());
    }

    /// The records among these values are gone over.
    pub fn accompany_values(&mut self, values: &[Value]) {
        let mut of_tables: HashMap<TableId, Vec<RecordId>> = HashMap::new();
        for value in values {
            if let Value::Record(address) = value {
                of_tables.entry(address.table).or_default().push(address.record);
            }
        }
        for (table, mut records) in of_tables {
            records.sort_unstable();
            records.dedup();
            // One alone says nothing new, and a part of those that go together already would part them.
            let known = self.groups.get(&table);
            let is_part = known.is_some_and(|group| records.iter().all(|record| group.binary_search(record).is_ok()));
            if records.len() > 1 && !is_part {
                self.accompany(table, &records);
            }
        }
    }

    /// Whether others are gone over with a record.
    pub fn is_accompanied(&self, record: RecordAddress) -> bool {
        let group = self.groups.get(&record.table);
        group.is_some_and(|group| group.len() > 1 && group.binary_search(&record.record).is_ok())
    }

    /// Something was written.
    pub fn clear(&mut self) {
        self.cells.clear();
        self.kept = 0;
    }

    fn cell(&self, record: RecordAddress, access: Access) -> Option<&Value> {
        self.cells.get(&(record.table, access))?.get(&record.record)
    }

    /// The records to read with this one: those of its group, as far as they are near it.
    fn together(&self, record: RecordAddress) -> Vec<RecordId> {
        let group = self.groups.get(&record.table);
        match group.and_then(|group| group.binary_search(&record.record).ok().map(|at| (group, at))) {
            // Who goes over them goes on from here.
            Some((group, at)) => group[at..group.len().min(at + GROUP)].to_vec(),
            None => vec![record.record],
        }
    }
}

impl<'p> Machine<'p, '_> {
    /// A field or column of a record, as a value of the language.
    pub(super) fn load(&mut self, node: &'p Node, record: RecordAddress, access: Access) -> Outcome<Value> {
        if let Some(value) = self.loader.cell(record, access) {
            return Ok(value.clone());
        }
        let Some(operand) = operand(access) else { return Ok(Value::Record(record)) };
        let records = self.loader.together(record);
        let schema = Arc::clone(&self.schema);
        let reader = Reader::of(&schema, (record.table, access));
        let mut found: Vec<(RecordId, Value)> = Vec::with_capacity(records.len());
        let asked = match records.as_slice() {
            [_] => self.host.cells(record, &[operand]).map(|cells| {
                let cell = cells.and_then(|cells| cells.into_iter().next());
                found.extend(cell.map(|cell| (record.record, reader.value(&cell))));
            }),
            records => {
                let query = self.by_numbers(record.table, records, vec![operand]);
                self.host.select(&query, &mut |record, cell| {
                    found.push((record, reader.value(&cell(0))));
                    Ok(ControlFlow::Continue(()))
                })
            }
        };
        self.budget.spent.queries += 1;
        self.budget.spent.read += found.len() as u64;
        placed(node, asked)?;
        placed(node, self.budget.look())?;
        self.keep_cells(record.table, access, &records, found);
        Ok(self.loader.cell(record, access).cloned().unwrap_or_default())
    }

    fn keep_cells(&mut self, table: TableId, access: Access, records: &[RecordId], found: Vec<(RecordId, Value)>) {
        if self.loader.kept + records.len() > MOST {
            self.loader.clear();
        }
        let values: Vec<Value> = found.iter().map(|(_, value)| value.clone()).collect();
        self.loader.accompany_flat(&values, table);
        let cells = self.loader.cells.entry((table, access)).or_default();
        // Of records that are not there everything is null.
        cells.extend(records.iter().map(|record| (*record, Value::Null)));
        cells.extend(found);
        self.loader.kept += records.len();
    }
}

impl Loader {
    /// The records that cells refer to go together, in tables other than that of the cells: there they are gone over.
    fn accompany_flat(&mut self, values: &[Value], table: TableId) {
        let mut records = Vec::new();
        for value in values {
            match value {
                Value::Record(address) if address.table != table => records.push(Value::Record(*address)),
                Value::Array(items) if records.len() < GROUP * 4 => {
                    records.extend(
                        items.iter().filter(|item| matches!(item, Value::Record(a) if a.table != table)).cloned(),
                    );
                }
                _ => {}
            }
        }
        self.accompany_values(&records);
    }
}
