//! The connections of this process, shared by all its databases.

use super::address::Address;
use super::connection::Connection;
use super::failure::Failure;
use parking_lot::{Condvar, Mutex};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Longest wait for a free connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections, made when they are needed.
pub struct Pool {
    address: Address,
    most: usize,
    state: Mutex<State>,
    freed: Condvar,
    /// Rises when the server went away: connections made before are not used again.
    generation: AtomicU64,
}

#[derive(Default)]
struct State {
    idle: Vec<(u64, Connection)>,
    made: usize,
}

/// A connection for a while; it goes back when this is dropped, unless it is broken.
pub struct Pooled {
    pool: Arc<Pool>,
    connection: Option<Connection>,
    generation: u64,
    /// Set by its user when a transaction may still be open on it.
    pub broken: bool,
}

impl Pool {
    pub fn new(address: Address, most: usize) -> Arc<Pool> {
        let generation = AtomicU64::new(0);
        Arc::new(Pool { address, most: most.max(2), state: Mutex::default(), freed: Condvar::new(), generation })
    }

    /// A connection whose names mean those of a schema, preferably one that was there last.
    pub fn get(self: &Arc<Pool>, schema: &str) -> Result<Pooled, Failure> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = {
                let mut state = self.state.lock();
                loop {
                    let here = state.idle.iter().rposition(|(_, connection)| connection.schema() == schema);
                    let place = here.or_else(|| state.idle.len().checked_sub(1));
                    if let Some(place) = place.filter(|_| here.is_some() || state.made >= self.most) {
                        break Some(state.idle.remove(place));
                    }
                    if state.made < self.most {
                        state.made += 1;
                        break None;
                    }
                    if self.freed.wait_until(&mut state, deadline).timed_out() {
                        return Err(Failure::lost("all connections to PostgreSQL are busy".to_owned()));
                    }
                }
            };
            let (generation, connection) = match found {
                Some(found) => found,
                None => {
                    let generation = self.generation.load(Ordering::Acquire);
                    match Connection::open(&self.address.config, &self.address.tls) {
                        Ok(connection) => (generation, connection),
                        Err(failure) => {
                            self.forget();
                            return Err(failure);
                        }
                    }
                }
            };
            let mut pooled = Pooled { pool: self.clone(), connection: Some(connection), generation, broken: false };
            if generation < self.generation.load(Ordering::Acquire) || !pooled.is_alive() {
                pooled.broken = true;
                continue;
            }
            if let Err(failure) = pooled.enter(schema) {
                pooled.broken = true;
                if failure.is_gone() && Instant::now() < deadline {
                    // It was lost since its last use. Where the server is gone, making another one will say so.
                    self.lost();
                    continue;
                }
                return Err(failure);
            }
            return Ok(pooled);
        }
    }

    /// Takes note that the server went away.
    pub fn lost(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    fn forget(&self) {
        self.state.lock().made -= 1;
        self.freed.notify_one();
    }
}

impl Deref for Pooled {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("it is there until the drop")
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("it is there until the drop")
    }
}

impl Pooled {
    /// Ends a transaction that was begun and that nobody needs.
    pub fn close(&mut self) {
        if std::mem::take(&mut self.begun) {
            let ended = self.simple("ROLLBACK");
            self.ends_with(ended.as_ref().err());
        }
    }

    /// Takes note of how its use ended: after a failure a transaction may still be open on it, and when the server was
    /// gone, nobody is to find that out again with another connection.
    pub fn ends_with(&mut self, failure: Option<&Failure>) {
        self.broken = failure.is_some();
        if failure.is_some_and(Failure::is_gone) {
            self.pool.lost();
        }
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if self.broken
            || connection.begun
            || !connection.is_fit()
            || self.generation < self.pool.generation.load(Ordering::Acquire)
        {
            drop(connection);
            self.pool.forget();
        } else {
            self.pool.state.lock().idle.push((self.generation, connection));
            self.pool.freed.notify_one();
        }
    }
}
