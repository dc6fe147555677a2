//! Captions: what the options of choice fields are called.

use crate::value::Choice;
use model::kind::choice::{ChoiceOption, Options};
use model::{ChoiceId, Field, FieldId, Kind, Schema, TableId};

/// Longest chain of lookups that is followed.
const MAX_CHAIN: usize = 8;

/// The field whose values a field holds: of a lookup, and of a rollup that picks values, the field looked up; else
/// itself. None when there is no such field.
pub fn origin(schema: &Schema, table: TableId, field: FieldId) -> Option<(TableId, &Field)> {
    let (mut at, mut id) = (table, field);
    for _ in 0..=MAX_CHAIN {
        let found = schema.tables.get(&at)?.field_ever(id)?;
        (at, id) = match &found.kind {
            Kind::Lookup(lookup) => (lookup.target_table, lookup.target),
            Kind::Rollup(rollup) if rollup.function.picks() => (rollup.target_table, rollup.target),
            _ => return Some((at, found)),
        };
    }
    None
}

/// The options of a field, of its own or looked up.
pub fn options(schema: &Schema, table: TableId, field: FieldId) -> Option<&Options> {
    match &origin(schema, table, field)?.1.kind {
        Kind::Choice(choice) => Some(&choice.options),
        Kind::MultiChoice(multi) => Some(&multi.options),
        _ => None,
    }
}

/// The option itself; none when it is deleted.
pub(crate) fn option(choice: Choice, schema: &Schema) -> Option<&ChoiceOption> {
    options(schema, choice.table, choice.field)?.get(choice.id)
}

/// What an option is called; none when it is deleted.
pub fn caption(choice: Choice, schema: &Schema) -> Option<&str> {
    option(choice, schema).map(|option| option.name.as_str())
}

/// Whether one of the chosen options of a field is called so.
pub fn chosen_caption(schema: &Schema, table: TableId, field: FieldId, ids: &[ChoiceId], name: &str) -> bool {
    options(schema, table, field)
        .is_some_and(|options| ids.iter().any(|id| options.get(*id).is_some_and(|option| option.name == name)))
}
