//! The open databases: few of those that nobody uses, and never two handles on one file.
//!
//! A database counts its writes in memory, so a second one on the same file would break both. Hence it is closed only
//! when nobody holds its handle, and opening and closing exclude each other.

use crate::database::Database;
use crate::database::readers::ScanPool;
use crate::index::AdvisorOptions;
use crate::postgres::Node;
use crate::sqlite::Durability;
use model::{DatabaseKey, Error, Result, Subject};
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long the deletion of a database waits for the requests that use it.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks at them.
const PAUSE: Duration = Duration::from_millis(2);

/// Where a database is.
pub enum Place<'p> {
    File(&'p Path),
    Schema {
        node: &'p Arc<Node>,
        /// Whether it is to be made.
        is_new: bool,
    },
}

/// The open databases.
pub struct Opened {
    slots: RwLock<HashMap<DatabaseKey, Slot>>,
    /// Held while a database is opened or closed.
    changing: Mutex<()>,
    /// Counts uses, so that the one not used for longest is known.
    uses: AtomicU64,
    durability: Durability,
    advice: AdvisorOptions,
    capacity: usize,
    scans: Arc<ScanPool>,
}

struct Slot {
    /// None once it is closed for deletion.
    database: Option<Arc<Database>>,
    last_use: AtomicU64,
    /// Whether it is being deleted: no new handles.
    closing: bool,
}

impl Opened {
    pub fn new(durability: Durability, advice: AdvisorOptions, capacity: usize, scans: Arc<ScanPool>) -> Opened {
        Opened {
            slots: RwLock::default(),
            changing: Mutex::new(()),
            uses: AtomicU64::new(0),
            durability,
            advice,
            capacity: capacity.max(1),
            scans,
        }
    }

    /// The database, if it is open.
    pub fn get(&self, key: DatabaseKey) -> Option<Arc<Database>> {
        let slots = self.slots.read();
        let slot = slots.get(&key).filter(|slot| !slot.closing)?;
        slot.last_use.store(self.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        slot.database.clone()
    }

    /// All that are open and not on their way out.
    pub fn all(&self) -> Vec<Arc<Database>> {
        self.slots.read().values().filter(|slot| !slot.closing).filter_map(|slot| slot.database.clone()).collect()
    }

    /// Opens the database at a place, and closes others when there are too many.
    pub fn open(&self, key: DatabaseKey, place: Place<'_>) -> Result<Arc<Database>> {
        let _changing = self.changing.lock();
        if let Some(database) = self.get(key) {
            return Ok(database);
        }
        if self.slots.read().contains_key(&key) {
            // It is on its way to the trash.
            return Err(Error::not_found(Subject::Database, key.to_string()));
        }
        let now = model::time::Instant::now();
        let (scans, advice) = (self.scans.clone(), self.advice);
        let database = Arc::new(match place {
            Place::File(path) => Database::open_file(path, key, self.durability, scans, advice, now.0)?,
            Place::Schema { node, is_new } => Database::open_schema(node, key, is_new, scans, advice, now.0)?,
        });
        database.resume_builds(now);
        let last_use = AtomicU64::new(self.uses.fetch_add(1, Ordering::Relaxed));
        let slot = Slot { database: Some(database.clone()), last_use, closing: false };
        self.slots.write().insert(key, slot);
        self.make_room();
        Ok(database)
    }

    /// Whether no handle is left and none can be had.
    pub fn is_closed(&self, key: DatabaseKey) -> bool {
        !self.slots.read().contains_key(&key)
    }

    /// Closes a database if nobody holds its handle.
    pub fn close(&self, key: DatabaseKey) {
        let _changing = self.changing.lock();
        let mut slots = self.slots.write();
        if slots.get(&key).is_some_and(Slot::is_idle) {
            let slot = slots.remove(&key);
            drop(slots);
            // What waits to be written is written first, and others may go on meanwhile.
            drop(slot);
        }
    }

    /// Refuses new handles of a database and closes it as soon as nobody holds one. It stays refused until
    /// [`Opened::forget`]. An error when it is still in use after a while.
    pub fn close_or_wait(&self, key: DatabaseKey) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            {
                let _changing = self.changing.lock();
                let mut slots = self.slots.write();
                let refusing = || Slot { database: None, last_use: AtomicU64::new(0), closing: true };
                let slot = slots.entry(key).or_insert_with(refusing);
                slot.closing = true;
                if slot.is_idle() {
                    let database = slot.database.take();
                    drop(slots);
                    drop(database);
                    return Ok(());
                }
            }
            if Instant::now() > deadline {
                return Err(Error::Unavailable(format!("the database {key} is still in use")));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Ends the refusal: the file is in the trash.
    pub fn forget(&self, key: DatabaseKey) {
        self.slots.write().remove(&key);
    }

    /// Ends the refusal of a database that is not to go after all.
    pub fn readmit(&self, key: DatabaseKey) {
        let mut slots = self.slots.write();
        match slots.get_mut(&key) {
            Some(slot) if slot.closing && slot.database.is_some() => slot.closing = false,
            Some(slot) if slot.closing => drop(slots.remove(&key)),
            Some(_) | None => {}
        }
    }

    /// Closes idle databases, the one not used for longest first, until there are few enough or all are in use.
    fn make_room(&self) {
        loop {
            let mut slots = self.slots.write();
            if slots.len() <= self.capacity {
                return;
            }
            let idle = slots.iter().filter(|(_, slot)| !slot.closing && slot.is_idle());
            let Some(oldest) = idle.min_by_key(|(_, slot)| slot.last_use.load(Ordering::Relaxed)).map(|(key, _)| *key)
            else {
                return;
            };
            let slot = slots.remove(&oldest);
            drop(slots);
            drop(slot);
        }
    }
}

impl Slot {
    /// Whether the slot's is the only handle. Asked with the slots locked for writing, so that it stays so.
    fn is_idle(&self) -> bool {
        self.database.as_ref().is_none_or(|database| Arc::strong_count(database) == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: usize) -> DatabaseKey {
        DatabaseKey::parse(&format!("database{n:04}")).expect("a key")
    }

    #[test]
    fn the_database_not_used_for_longest_is_closed_and_one_in_use_never() {
        let folder = tempfile::tempdir().expect("a folder");
        let opened =
            Opened::new(Durability::Normal, AdvisorOptions::default(), 2, ScanPool::start(1).expect("threads"));
        let open = |n: usize| opened.open(key(n), Place::File(&folder.path().join(format!("{n}.db")))).expect("opens");
        let held = open(1);
        drop(open(2));
        drop(open(3));
        assert!(opened.get(key(1)).is_some(), "somebody holds it");
        assert!(opened.get(key(2)).is_none(), "the idle one went");
        drop(held);
        assert!(opened.get(key(3)).is_some());
        drop(open(4));
        assert!(opened.get(key(1)).is_none() && opened.get(key(3)).is_some());
    }

    #[test]
    fn a_closed_database_can_be_opened_again_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let opened =
            Opened::new(Durability::Normal, AdvisorOptions::default(), 1, ScanPool::start(1).expect("threads"));
        for round in 0..20 {
            let n = round % 2;
            let database = opened.open(key(n), Place::File(&folder.path().join(format!("{n}.db")))).expect("opens");
            // A write whose caller does not wait for it.
            drop(database.write(|_| Ok(())));
        }
    }
}
