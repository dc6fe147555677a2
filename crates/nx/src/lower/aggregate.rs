//! Summaries of linked records within an expression: `cnt(Rev)`, `cnt(Rev[p])`, `sum(Rev.F)`, `sum(Rev.(a * b))`, also
//! at the end of a path of references.

use super::Lower;
use super::field::{only_target, path};
use super::shape::{Low, Shape, is_null, number};
use crate::ir::{Access, Kind, Node};
use model::expr::{Expr, Gather, Operation};
use model::kind::Kind as FieldKind;
use model::{FieldId, TableId};

/// Linked records, and what of them.
struct Linked {
    /// References that lead to the record with the link.
    steps: Vec<(FieldId, TableId)>,
    link: FieldId,
    table: TableId,
    only: Vec<Expr>,
    of: Option<Low>,
}

impl<'p> Lower<'_, 'p> {
    pub(super) fn gathered(&mut self, name: &str, arguments: &'p [Node]) -> Option<Low> {
        let ("cnt" | "count" | "length" | "sum" | "avg" | "min" | "max", [of]) = (name, arguments) else { return None };
        let linked = self.linked(of)?;
        let shape = linked.of.as_ref().map(|of| of.shape.clone());
        let (function, shape) = match (name, shape) {
            ("cnt" | "count" | "length", None) | ("length", Some(_)) => (Gather::Count, Shape::Number),
            // An empty text is no null to the language.
            ("cnt" | "count", Some(Shape::Text | Shape::Null)) => return None,
            ("cnt" | "count", Some(_)) => {
                return self.count_filled(linked);
            }
            ("sum", Some(Shape::Number)) => (Gather::Sum, Shape::Number),
            ("avg", Some(Shape::Number)) => (Gather::Average, Shape::Number),
            ("min", Some(shape @ (Shape::Number | Shape::Date | Shape::DateTime))) => (Gather::Min, shape),
            ("max", Some(shape @ (Shape::Number | Shape::Date | Shape::DateTime))) => (Gather::Max, shape),
            _ => return None,
        };
        over(linked, function, shape)
    }

    fn count_filled(&mut self, mut linked: Linked) -> Option<Low> {
        let of = linked.of.take()?;
        if !of.filled {
            linked.only.push(Expr::Not(Box::new(is_null(of.expr))));
        }
        over(linked, Gather::Count, Shape::Number)
    }

    fn linked(&mut self, node: &'p Node) -> Option<Linked> {
        match &node.kind {
            Kind::Block(nodes) if nodes.len() == 1 => self.linked(&nodes[0]),
            Kind::Field { of, table, access } => {
                if let Some(linked) = self.link(of, *table, *access) {
                    return Some(linked);
                }
                let linked = self.linked(of)?;
                if linked.of.is_some() {
                    return None;
                }
                let of = path(self.schema, linked.table, &[(*table, *access)])?;
                // The record itself is no value that could be summed up, and it is always there.
                if matches!(of.shape, Shape::This(_)) { Some(linked) } else { Some(Linked { of: Some(of), ..linked }) }
            }
            Kind::Filter { of, context, condition } => {
                let mut linked = self.linked(of)?;
                if linked.of.is_some() {
                    return None;
                }
                let only = self.within(linked.table, context.0, |lower| lower.expr(condition))?.truthy();
                linked.only.push(only);
                Some(linked)
            }
            Kind::Map { of, context, body } => {
                let linked = self.linked(of)?;
                if linked.of.is_some() {
                    return None;
                }
                let of = self.within(linked.table, context.0, |lower| lower.expr(body))?;
                if matches!(of.shape, Shape::This(_)) {
                    return None;
                }
                Some(Linked { of: Some(of), ..linked })
            }
            _ => None,
        }
    }

    /// A field that links to several records, of the record or of one that references lead to.
    fn link(&mut self, of: &'p Node, table: TableId, access: Access) -> Option<Linked> {
        let Access::Field(id) = access else { return None };
        let field = self.schema.table(table).ok()?.field(id).ok()?;
        let target = match &field.kind {
            FieldKind::Reverse(kind) => kind.table,
            FieldKind::Links(kind) => match kind.targets.as_slice() {
                [target] => *target,
                _ => return None,
            },
            _ => return None,
        };
        self.schema.table(target).ok()?;
        let mut steps = Vec::new();
        let mut at = of;
        while !self.is_this(at) {
            let Kind::Field { of, table, access: Access::Field(id) } = &at.kind else { return None };
            let field = self.schema.table(*table).ok()?.field(*id).ok()?;
            steps.push((*id, only_target(self.schema, field)?));
            at = of;
        }
        steps.reverse();
        let begins = steps.last().map_or(self.table, |(_, target)| *target);
        (begins == table).then_some(Linked { steps, link: id, table: target, only: Vec::new(), of: None })
    }
}

fn over(linked: Linked, function: Gather, shape: Shape) -> Option<Low> {
    let only = match linked.only.len() {
        0 => Expr::always(),
        _ => Expr::And(linked.only),
    };
    let of = linked.of.map_or_else(|| number(1.0), |of| of.expr);
    let over = Expr::Over { link: linked.link, table: linked.table, only: Box::new(only), function, of: Box::new(of) };
    let reached = !linked.steps.is_empty();
    let at = linked.steps.into_iter().rev().fold(over, |of, (link, table)| Expr::At { link, table, of: Box::new(of) });
    let counts = matches!(function, Gather::Count | Gather::CountFilled);
    Some(if counts && reached {
        // Where a reference is empty there is nothing to count.
        let (left, right) = (Box::new(at), Box::new(number(0.0)));
        Low { filled: true, ..Low::number(Expr::Calculate { operation: Operation::Add, left, right }) }
    } else {
        Low { filled: counts, ..Low::of(at, shape) }
    })
}
