//! Captions of tables and fields, indexed when first asked for: most scripts ask for few, a long one thousands of times.

use super::names::Wanted;
use super::scope::Names;
use crate::ir::Access;
use model::text::fold;
use model::{Schema, Table, TableId};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Captions of a schema.
#[derive(Default)]
pub(super) struct Index {
    fields: RefCell<HashMap<TableId, Rc<Names<Access>>>>,
    /// Tables by their folded captions; several may have one.
    tables: OnceCell<HashMap<String, Vec<TableId>>>,
}

impl Index {
    /// The fields of a table; of those with one caption, the first.
    pub fn fields(&self, table: &Table) -> Rc<Names<Access>> {
        let mut known = self.fields.borrow_mut();
        let fields = known.entry(table.id).or_insert_with(|| {
            let mut fields = Names::default();
            table.live_fields().for_each(|field| fields.add_below(&field.name, Access::Field(field.id)));
            Rc::new(fields)
        });
        fields.clone()
    }

    /// The tables of a caption.
    pub fn tables(&self, schema: &Schema, wanted: &Wanted<'_>) -> Vec<TableId> {
        match wanted {
            Wanted::Exact(name) => schema.live_tables().filter(|t| t.name == *name).map(|t| t.id).collect(),
            Wanted::Folded(name) => {
                let folded = self.tables.get_or_init(|| {
                    let mut folded: HashMap<String, Vec<TableId>> = HashMap::new();
                    schema.live_tables().for_each(|t| folded.entry(fold(&t.name).into_owned()).or_default().push(t.id));
                    folded
                });
                folded.get(name.as_ref()).cloned().unwrap_or_default()
            }
        }
    }
}
