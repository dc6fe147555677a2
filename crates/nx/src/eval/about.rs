//! The record that a script is about: what the script reads of it is read at once, when it begins.

use super::frame::{Batch, Item};
use super::plan::{Reader, Wants};
use super::{Machine, Outcome, placed};
use crate::ir::{Access, Depth};
use crate::value::Value;
use model::TableId;
use model::kind::Storage;
use std::rc::Rc;
use std::sync::Arc;

impl<'p> Machine<'p, '_> {
    /// Reads the cells of the record. Where the script writes, what was read would not stay true; and what others'
    /// cells make (reverse links, lookups) is read only when it is asked for.
    pub(super) fn read_about(&mut self) -> Outcome<()> {
        let Some(Item { this: Value::Record(address), row: None }) = self.frame().contexts.first() else {
            return Ok(());
        };
        if self.program.writes {
            return Ok(());
        }
        let (address, program, schema) = (*address, self.program, Arc::clone(&self.schema));
        let mut all = Wants::default();
        all.read(&schema, address.table, Depth(0), &program.root);
        let mut wants = Wants::default();
        for (node, place) in all.columns {
            if self.is_stored(all.sources[place]) {
                let place = wants.add(all.operands[place].clone(), all.sources[place]);
                wants.columns.push((node, place));
            }
        }
        if wants.operands.is_empty() {
            return Ok(());
        }
        let cells = self.host.cells(address, &wants.operands);
        self.budget.spent.queries += 1;
        let Some(cells) = placed(&program.root, cells)? else { return Ok(()) };
        self.budget.spent.read += 1;
        let readers = wants.sources.iter().map(|source| Reader::of(&schema, *source));
        let batch = Batch {
            columns: wants.columns,
            width: wants.operands.len(),
            records: vec![address.record],
            cells: readers.zip(&cells).map(|(reader, cell)| reader.value(cell)).collect(),
            is_full: false,
        };
        if let Some(item) = self.frame_mut().contexts.first_mut() {
            item.row = Some((Rc::new(batch), 0));
        }
        Ok(())
    }

    fn is_stored(&self, (table, access): (TableId, Access)) -> bool {
        let Access::Field(id) = access else { return true };
        let field = self.schema.table(table).and_then(|table| table.field(id));
        field.is_ok_and(|field| field.kind.storage() != Storage::Derived)
    }
}
