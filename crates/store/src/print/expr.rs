//! Expressions as SQL.

use super::operand::{Printed, Printer, Scope};
use model::{Error, Expr, Result};

impl Printer<'_> {
    /// The value of an expression.
    pub fn worked_out(&mut self, scope: &Scope, expr: &Expr) -> Result<Printed> {
        expr.class(&self.catalog.schema, scope.table.id)?;
        Err(Error::Internal("an expression".to_owned()))
    }

    /// Whether an expression is true, null when it is not.
    pub fn holds(&mut self, scope: &Scope, expr: &Expr) -> Result<String> {
        expr.class(&self.catalog.schema, scope.table.id)?;
        Err(Error::Internal("an expression".to_owned()))
    }
}
