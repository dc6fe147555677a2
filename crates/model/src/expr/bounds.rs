//! The bounds of expressions, and what they name.

use super::{Expr, MAX_DEPTH, MAX_NODES};
use crate::error::{Error, Path, Result, Rule};
use crate::filter::Operand;

impl Expr {
    /// Refuses an expression that is nested too deep or has too many parts.
    pub fn check_bounds(&self) -> Result<()> {
        self.count_nodes(&mut 0)
    }

    /// [`Expr::check_bounds`] where others have been counted before.
    pub(crate) fn count_nodes(&self, nodes: &mut usize) -> Result<()> {
        self.measure(1, nodes)
    }

    fn measure(&self, depth: usize, nodes: &mut usize) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(Error::invalid(Path::of("expression"), Rule::TooDeep { limit: MAX_DEPTH as u64 }));
        }
        *nodes += 1;
        if *nodes > MAX_NODES {
            return Err(Error::invalid(Path::of("expression"), Rule::TooMany { limit: MAX_NODES as u64 }));
        }
        self.parts().into_iter().try_for_each(|part| part.measure(depth + 1, nodes))
    }

    /// The expressions it is made of, those at other records too.
    pub fn parts(&self) -> Vec<&Expr> {
        match self {
            Expr::Constant(_) => Vec::new(),
            Expr::Cell(Operand::Expr(part)) => vec![part.as_ref()],
            Expr::Cell(Operand::Slot(_) | Operand::System(_) | Operand::Through { .. } | Operand::Title(_)) => {
                Vec::new()
            }
            Expr::At { of, .. } => vec![of.as_ref()],
            Expr::Over { only, of, .. } => vec![only.as_ref(), of.as_ref()],
            Expr::Not(part) => vec![part.as_ref()],
            Expr::And(parts) | Expr::Or(parts) => parts.iter().collect(),
            Expr::If { condition, then, otherwise } => vec![condition.as_ref(), then.as_ref(), otherwise.as_ref()],
            Expr::Compare { left, right, .. } | Expr::Calculate { left, right, .. } => {
                vec![left.as_ref(), right.as_ref()]
            }
            Expr::Call { arguments, .. } => arguments.iter().collect(),
        }
    }

    /// Whether it reads fields, and not only what every record has.
    pub fn names_fields(&self) -> bool {
        match self {
            Expr::Cell(operand) => operand.names_fields(),
            Expr::At { .. } | Expr::Over { .. } => true,
            Expr::Constant(_)
            | Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::If { .. }
            | Expr::Compare { .. }
            | Expr::Calculate { .. }
            | Expr::Call { .. } => self.parts().into_iter().any(Expr::names_fields),
        }
    }
}
