//! Reverse links of selections and of single records: selections of the other table.

use super::selection::Selection;
use super::{Lowering, Machine};
use crate::ir::{Access, Node};
use crate::lower::{ascending, only_target};
use crate::value::Value;
use model::expr::{Expr, Function, Relation};
use model::filter::Operand;
use model::kind::Kind as FieldKind;
use model::{FieldId, Filter, Slot, TableId};

impl<'p> Machine<'p, '_> {
    /// The records that point at those of a selection by a reference: in the order of these, then by number. None when
    /// the field is no such reverse, or the selection is not said in conditions of the host alone.
    pub(super) fn linked_to(&self, rows: &Selection<'p>, node: &'p Node, access: Access) -> Option<Selection<'p>> {
        let (table, link) = self.partner(rows.table, access)?;
        let as_they_lie = rows.rest.is_empty() && rows.orders.is_empty() && rows.window.is_none();
        let conditions = rows.exprs.as_ref().filter(|_| as_they_lie)?;
        let points = not_null(cell(link));
        let mut exprs = vec![points];
        if !conditions.is_empty() {
            let of = Box::new(Expr::And(conditions.clone()));
            exprs.push(Expr::At { link, table: rows.table, of });
        }
        // First the order of those that are pointed at, then their numbers.
        let mut base = Vec::with_capacity(rows.base.len() + 1);
        for sort in &rows.base {
            let Operand::Expr(key) = &sort.by else { return None };
            base.push(ascending(Expr::At { link, table: rows.table, of: Box::new(key.as_ref().clone()) }));
        }
        base.push(ascending(Expr::Call { function: Function::Number, arguments: vec![cell(link)] }));
        self.selected(table, node, exprs, base)
    }

    /// The records that point at one record, by number. Where others go together with it theirs are read together, too.
    pub(super) fn linked_to_one(
        &self,
        of: &Value,
        node: &'p Node,
        table: TableId,
        access: Access,
    ) -> Option<Selection<'p>> {
        let Value::Record(record) = of else { return None };
        if self.lowering == Lowering::Off || record.table != table || self.loader.is_accompanied(*record) {
            return None;
        }
        let (owner, link) = self.partner(table, access)?;
        let target = Box::new(Expr::constant(model::Value::Reference(*record)));
        let points = Expr::Compare { relation: Relation::Equal, left: Box::new(cell(link)), right: target };
        self.selected(owner, node, vec![points], Vec::new())
    }

    /// The table and reference whose reverse a field is, when that reference points into this table alone.
    fn partner(&self, table: TableId, access: Access) -> Option<(TableId, FieldId)> {
        let Access::Field(id) = access else { return None };
        let FieldKind::Reverse(reverse) = &self.schema.table(table).ok()?.field(id).ok()?.kind else { return None };
        let link = self.schema.table(reverse.table).ok()?.field(reverse.field).ok()?;
        (only_target(&self.schema, link) == Some(table)).then_some((reverse.table, reverse.field))
    }

    fn selected(
        &self,
        table: TableId,
        node: &'p Node,
        exprs: Vec<Expr>,
        base: Vec<model::query::Sort>,
    ) -> Option<Selection<'p>> {
        for expr in &exprs {
            expr.class(&self.schema, table).ok()?;
        }
        for sort in &base {
            let Operand::Expr(key) = &sort.by else { return None };
            key.class(&self.schema, table).ok()?;
        }
        let pushed = exprs.iter().cloned().map(Filter::Holds).collect();
        Some(Selection { pushed, exprs: Some(exprs), base, ..Selection::of(table, node) })
    }
}

fn cell(link: FieldId) -> Expr {
    Expr::Cell(Operand::Slot(Slot::plain(link)))
}

fn not_null(expr: Expr) -> Expr {
    let null = Box::new(Expr::constant(model::Value::Null));
    Expr::Compare { relation: Relation::NotEqual, left: Box::new(expr), right: null }
}
