//! Our functions in SQLite: the same case fold, containment and text order as the evaluator's.

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;

/// Registers them. They are pure, so they may stand in indexes and triggers although the schema is not trusted.
pub fn register(connection: &Connection) -> rusqlite::Result<()> {
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    // mt_fold(text): the text after full case folding.
    connection.create_scalar_function("mt_fold", 1, pure, |context: &Context<'_>| {
        Ok(text(context, 0).map(|given| model::text::fold(given).into_owned()))
    })?;
    // mt_contains(text, folded): whether the text contains the needle, folded already, after folding the text.
    connection.create_scalar_function("mt_contains", 2, pure, |context: &Context<'_>| {
        Ok(match (text(context, 0), text(context, 1)) {
            (Some(given), Some(needle)) => Some(model::text::contains_folded(given, needle)),
            _ => None,
        })
    })?;
    // mt_key(text): the sort key of the natural order.
    connection.create_scalar_function("mt_key", 1, pure, |context: &Context<'_>| {
        Ok(text(context, 0).map(model::text::natural_key))
    })?;
    Ok(())
}

/// The text argument at a place; none when it is null or not text.
fn text<'c>(context: &'c Context<'_>, index: usize) -> Option<&'c str> {
    match context.get_raw(index) {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok(),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => None,
    }
}
