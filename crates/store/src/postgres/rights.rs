//! The epoch of rights in the schema of each database: who reads there learns it by the same statement.
//!
//! The home store has the epoch. A write that raises it sets the copies, too, in its own transaction and behind the lock
//! of the row that has it. So a copy is the epoch of the home store at every instant, but in a database that was just
//! made or brought to this format, where it is a number that is no epoch. Who finds another number than it knows asks the
//! home store.

use super::quoted;
use super::tx::PostgresTx;
use crate::tx;
use model::{Cell, DatabaseKey, Result};

/// The schemas that have a copy.
const SCHEMAS: &str = "SELECT n.nspname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n \
                       ON n.oid = c.relnamespace WHERE c.relname = 'rights' AND c.relkind = 'r' \
                       AND starts_with(n.nspname::text, ?1) ORDER BY 1";

/// The expression of the copy in a schema.
pub fn copy_in(schema: &str) -> String {
    format!("(SELECT access FROM {}.rights)", quoted(schema))
}

/// What sets the copy in a schema.
pub fn set(schema: &str, epoch: u64) -> String {
    format!("UPDATE {}.rights SET access = {epoch}", quoted(schema))
}

/// What takes the copy of a schema away: from then on nobody sets it.
pub fn drop_in(schema: &str) -> String {
    format!("DROP TABLE IF EXISTS {}.rights", quoted(schema))
}

/// Sets the copies in the databases of a store, by the name of its home schema, inside the transaction that raised the
/// epoch.
pub fn spread(tx: &mut PostgresTx<'_>, home: &str, epoch: u64) -> Result<()> {
    let prefix = format!("{home}_");
    let found = tx::all(tx, SCHEMAS, &[Cell::Text(&prefix)], |row| Ok(row.cell(0).text().unwrap_or("").to_owned()))?;
    // Another store's name may begin with the name of this one.
    let is_ours = |schema: &&String| schema.strip_prefix(&prefix).is_some_and(|key| DatabaseKey::parse(key).is_some());
    found.iter().filter(is_ours).for_each(|schema| tx.put_text(set(schema, epoch)));
    Ok(())
}
