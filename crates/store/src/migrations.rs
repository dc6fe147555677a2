//! Migrations: numbered scripts with checksums, applied in order in one transaction each file.
//!
//! A format that is newer than this program is refused, and so is one whose applied scripts differ from ours.

use crate::flavor::Flavor;
use crate::tx::{GO_ON, Tx};
use model::{Cell, Error, Result};
use sha2::{Digest, Sha256};

/// One step of a format.
pub struct Migration {
    /// From 1, without gaps.
    pub version: u32,
    pub name: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl Migration {
    fn sql(&self, flavor: Flavor) -> &'static str {
        match flavor {
            Flavor::Sqlite => self.sqlite,
            Flavor::Postgres => self.postgres,
        }
    }
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, \
                     checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";
/// Several nodes may start at once.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtext(current_schema()))";
const APPLIED: &str = "SELECT version, checksum FROM migrations ORDER BY version";
const RECORD: &str = "INSERT INTO migrations (version, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)";

/// Brings the store behind `tx` to the newest of `steps`. The caller commits. `what` names it in messages.
pub fn migrate(tx: &mut dyn Tx, steps: &[Migration], what: &str, now: i64) -> Result<()> {
    let flavor = tx.flavor();
    if flavor == Flavor::Postgres {
        tx.script(LOCK)?;
    }
    tx.script(TABLE)?;
    let mut applied: Vec<(i64, String)> = Vec::new();
    tx.query(APPLIED, &[], &mut |row| {
        applied.push((row.cell(0).integer().unwrap_or(0), row.cell(1).text().unwrap_or("").to_owned()));
        Ok(GO_ON)
    })?;
    for (version, checksum) in &applied {
        match steps.iter().find(|s| i64::from(s.version) == *version) {
            None => {
                return Err(Error::Unavailable(format!(
                    "{what} has format {version}, newer than this program knows ({}): use a newer manytongue",
                    steps.len()
                )));
            }
            Some(step) if checksum_of(step, flavor) != *checksum => {
                return Err(Error::Unavailable(format!(
                    "{what} was migrated by another step {version} ({}) than this program's",
                    step.name
                )));
            }
            Some(_) => {}
        }
    }
    for step in steps.iter().filter(|s| applied.iter().all(|(v, _)| *v != i64::from(s.version))) {
        tx.script(step.sql(flavor))?;
        let checksum = checksum_of(step, flavor);
        let params =
            [Cell::Integer(step.version.into()), Cell::Text(step.name), Cell::Text(&checksum), Cell::Integer(now)];
        tx.execute(RECORD, &params)?;
    }
    Ok(())
}

fn checksum_of(step: &Migration, flavor: Flavor) -> String {
    Sha256::digest(step.sql(flavor).as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}
