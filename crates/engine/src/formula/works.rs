//! Whether a formula can be worked out, for doors.

use crate::view::View;
use model::{FieldId, TableId};

impl View<'_> {
    /// Whether a formula field gives values: it reads nothing that is gone, and does not build on itself.
    pub fn formula_works(&self, table: TableId, field: FieldId) -> bool {
        let set = self.scope.members.engine().formulas(self.scope.key, &self.catalog.schema);
        let is_it = |formula: &&super::set::Compiled| (formula.table, formula.field) == (table, field);
        set.ordered.iter().find(is_it).is_some_and(|formula| formula.program.is_some())
    }
}
