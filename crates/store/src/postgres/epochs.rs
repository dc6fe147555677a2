//! The epochs of the home store: what a node knows of changes of rights and people at any node.

use super::quoted;
use std::sync::atomic::{AtomicU64, Ordering};

/// What rises with every change of rights: nothing read before is good after.
#[derive(Default)]
pub struct Epochs {
    pub access: AtomicU64,
    pub people: AtomicU64,
}

impl Epochs {
    /// Takes rows of the home store's epochs in.
    pub(super) fn saw(&self, rows: &[tokio_postgres::Row]) {
        for row in rows {
            self.note(row.get(0), row.get(1));
        }
    }

    /// Takes an epoch in.
    pub(super) fn note(&self, key: &str, value: i64) {
        match key {
            crate::home::ACCESS => drop(self.access.fetch_max(value as u64, Ordering::AcqRel)),
            crate::home::PEOPLE => drop(self.people.fetch_max(value as u64, Ordering::AcqRel)),
            _ => {}
        }
    }

    /// What reads them, by the name of the home schema, with the little else that the table has. That of rights comes
    /// last: who finds it known takes all to be known.
    pub(super) fn sql(home: &str) -> String {
        format!("SELECT key, value FROM {}.meta ORDER BY key DESC", quoted(home))
    }
}
