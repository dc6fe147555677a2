//! Formulas: Teable's expressions (facts A4) said in NX, in which the core works them out.
//!
//! [`lexer`] and [`parser`] read an expression into a tree. [`writer`] says the tree in NX, knowing of each part what
//! class of values it has ([`code`]), since the two languages differ in what they do to empty cells, texts and dates;
//! [`calls`] has the functions, [`fields`] what a field is in a formula. What cannot be said is refused by its name.
//! Fields stand in the script by number, so renaming changes nothing.

mod calls;
mod code;
mod convert;
mod dates;
mod fields;
mod lexer;
mod operators;
mod parser;
mod references;
#[cfg(test)]
mod tests;
mod writer;

use crate::names::TableName;
use engine::View;
use model::error::Path;
use model::kind::formula::{Formula, FormulaResult};
use model::time::Zone;
use model::{Error, Result, Rule, Table};
pub use references::moved;

/// Longest expression, in bytes.
const MAX_EXPRESSION: usize = 20_000;

/// Where a formula stands.
pub struct World<'a, 'v> {
    pub view: &'a View<'v>,
    /// The table, as it is or will be.
    pub table: &'a Table,
    pub name: TableName,
    /// The zone in which the formula asks for days and hours.
    pub zone: Zone,
}

/// The formula that an expression means.
pub fn formula(world: &World<'_, '_>, expression: &str, at: &Path) -> Result<Formula> {
    let refused = |why: String| Error::invalid(at.clone(), Rule::Malformed(why));
    if expression.trim().is_empty() {
        return Err(Error::invalid(at.clone(), Rule::Required));
    }
    if expression.len() > MAX_EXPRESSION {
        let rule = Rule::Length { min: None, max: Some(MAX_EXPRESSION as u64), eq: None };
        return Err(Error::invalid(at.clone(), rule));
    }
    let parsed = parser::parse(expression).map_err(refused)?;
    let code = writer::write(world, &parsed).map_err(refused)?;
    let expression = references::by_id(world, expression, &parsed.references);
    let (script, result) = code.finished();
    Ok(Formula { expression, script, result })
}

/// The class of the values of a formula, as far as this door can tell before it is saved.
fn result_of(class: code::Class) -> FormulaResult {
    match class {
        code::Class::Number => FormulaResult::Number,
        code::Class::Bool => FormulaResult::Boolean,
        code::Class::Date => FormulaResult::Instant,
        code::Class::Text | code::Class::Blank | code::Class::Other => FormulaResult::Text,
    }
}
