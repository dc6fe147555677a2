//! The fields that an expression names.

use super::World;
use super::parser::{self, Reference};
use crate::field::shown::shown_fields;
use crate::names::{self, TableName};
use model::{Field, FieldId};
use std::collections::BTreeMap;

/// The field that a reference means: an id, else a name exactly as it is spelled, else the name without blanks around
/// it.
pub fn find<'t>(world: &World<'t, '_>, name: &str) -> Option<&'t Field> {
    let by_id = names::read_field(name.trim(), world.name).and_then(|id| world.table.field(id).ok());
    let fields = || shown_fields(world.table);
    by_id.or_else(|| fields().find(|f| f.name == name)).or_else(|| fields().find(|f| f.name == name.trim()))
}

/// The expression with ids in the place of names, which may change.
pub fn by_id(world: &World<'_, '_>, expression: &str, references: &[Reference]) -> String {
    replaced(expression, references, |reference| {
        let field = find(world, &reference.name)?;
        Some(names::field(world.name, field.id))
    })
}

/// The expression of a field that is copied into another table, whose fields have these numbers there; none when it
/// cannot be read, or names what the copy does not have.
pub fn moved(
    expression: &str,
    (from, to): (TableName, TableName),
    numbers: &BTreeMap<FieldId, FieldId>,
) -> Option<String> {
    let parsed = parser::parse(expression).ok()?;
    let there = |reference: &Reference| {
        let field = names::read_field(reference.name.trim(), from)?;
        Some(names::field(to, *numbers.get(&field)?))
    };
    parsed.references.iter().all(|reference| there(reference).is_some()).then_some(())?;
    Some(replaced(expression, &parsed.references, there))
}

fn replaced(expression: &str, references: &[Reference], id: impl Fn(&Reference) -> Option<String>) -> String {
    let mut out = String::with_capacity(expression.len());
    let mut at = 0;
    for reference in references {
        let Some(id) = id(reference) else { continue };
        out.push_str(&expression[at..reference.start]);
        out.push('{');
        out.push_str(&id);
        out.push('}');
        at = reference.end;
    }
    out.push_str(&expression[at..]);
    out
}
