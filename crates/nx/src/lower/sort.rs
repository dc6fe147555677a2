//! Orders: the keys by which the store sorts as `order by` does.

use super::Lower;
use super::shape::{Low, Shape, call, is_null};
use crate::ir::{Kind, Node};
use model::expr::{Expr, Function};
use model::filter::Operand;
use model::query::{Direction, Sort, TextOrder};

impl<'p> Lower<'_, 'p> {
    /// A key of `order by`; none when the store could sort otherwise.
    pub fn sort(&mut self, key: &'p Node) -> Option<Vec<Sort>> {
        match &key.kind {
            Kind::Block(nodes) if nodes.len() == 1 => return self.sort(&nodes[0]),
            // Null comes first in both directions.
            Kind::Negate(inner) => {
                let low = self.expr(inner)?;
                return match low.shape {
                    Shape::Number => Some(vec![ascending(call(Function::Negate, vec![low.expr]))]),
                    Shape::Date | Shape::DateTime => {
                        let is_filled = Expr::Not(Box::new(is_null(low.expr.clone())));
                        let descending = Sort { direction: Direction::Descending, ..ascending(low.expr) };
                        Some(vec![ascending(is_filled), descending])
                    }
                    _ => None,
                };
            }
            _ => {}
        }
        let low = self.expr(key)?;
        match low {
            Low { value: Some(_), .. } => Some(Vec::new()),
            Low {
                shape:
                    Shape::Number
                    | Shape::Text
                    | Shape::Bool
                    | Shape::Date
                    | Shape::DateTime
                    | Shape::Time
                    | Shape::Interval
                    | Shape::Choice(_, _)
                    | Shape::Record(_)
                    | Shape::User
                    | Shape::This(_),
                expr,
                ..
            } => Some(vec![ascending(expr)]),
            Low { shape: Shape::Null, .. } => Some(Vec::new()),
        }
    }
}

/// Ascending, text by code points.
pub(crate) fn ascending(expr: Expr) -> Sort {
    let by = match expr {
        Expr::Cell(operand @ Operand::System(_)) => operand,
        expr => Operand::expr(expr),
    };
    Sort { by, direction: Direction::Ascending, order: TextOrder::Codepoint, ranks: None, bucket: None }
}

/// The opposite order.
pub(crate) fn turned(sort: Sort) -> Sort {
    let direction = match sort.direction {
        Direction::Ascending => Direction::Descending,
        Direction::Descending => Direction::Ascending,
    };
    Sort { direction, ..sort }
}
