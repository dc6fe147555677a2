//! A script about a record as a filter of its table.

use super::{Failure, Lowering, Machine, Stop};
use crate::budget::Budget;
use crate::fault::Fault;
use crate::host::Host;
use crate::ir::{Depth, Program, Span};
use model::{Filter, TableId};

/// Which records of a table a script that was checked for one of them is true of, as the store tests it. What does not
/// depend on the record is worked out now. The part of the script that the store cannot test, when there is one.
pub fn condition(
    program: &Program,
    host: &mut dyn Host,
    table: TableId,
    budget: &mut Budget,
) -> Result<Result<Filter, Span>, Failure> {
    let mut machine = Machine::new(program, host, None, budget, Lowering::On);
    let parts = machine.lowering_at(table, Depth(0), |lower| lower.condition(&program.root));
    let failure = |fault| Failure { fault, span: program.root.span };
    machine.budget.look().map_err(failure)?;
    match parts {
        Err(Stop::Failed(failure)) => Err(*failure),
        // The checker lets no `break` stand outside a loop.
        Err(Stop::Break) => Err(failure(Fault::script("break outside a loop"))),
        Ok(parts) => Ok(match parts.rest.first() {
            Some(rest) => Err(rest.span),
            None => Ok(parts.pushed.into_iter().fold(Filter::all(), Filter::and)),
        }),
    }
}
