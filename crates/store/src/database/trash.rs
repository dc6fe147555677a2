//! Up to which write the trash was emptied: of tables, and of what is in each.

use crate::tx::{self, Tx};
use model::{Cell, Result, Seq, TableId};

const GET: &str = "SELECT value FROM meta WHERE key = ?1";
const PUT: &str = "INSERT INTO meta (key, value) VALUES (?1, ?2) \
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";

/// The write up to which nothing lies in a trash; 0 when it was never emptied. Without a table it is that of tables.
pub fn floor(tx: &mut dyn Tx, of: Option<TableId>) -> Result<Seq> {
    let found = tx::first(tx, GET, &[Cell::Text(&key(of))], |row| {
        Ok(row.cell(0).text().and_then(|text| text.parse().ok()).unwrap_or(0))
    })?;
    Ok(Seq(found.unwrap_or(0)))
}

/// Empties a trash up to a write.
pub fn set_floor(tx: &mut dyn Tx, of: Option<TableId>, seq: Seq) -> Result<()> {
    tx.execute(PUT, &[Cell::Text(&key(of)), Cell::Text(&seq.0.to_string())]).map(drop)
}

fn key(of: Option<TableId>) -> String {
    of.map_or_else(|| "trash".to_owned(), |table| format!("trash {}", table.0))
}
