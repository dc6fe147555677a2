//! A request that its client may send again: `Idempotency-Key`.
//!
//! Each write of such a request has a key that follows from the request's and from its place among the request's
//! writes. The key is kept in the transaction of the write (`database/done.rs`, `home/done.rs`), so that a later attempt
//! finds what an earlier one did, whatever became of the earlier answer and whichever node it went to.

use model::{Error, Path, Rule};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// How long what was done is known, in milliseconds.
pub const KEPT_MS: i64 = 24 * 3_600_000;

tokio::task_local! {
    static ATTEMPT: Option<Arc<Attempt>>;
}

/// One attempt of a request to be done once.
#[derive(Debug)]
pub struct Attempt {
    /// Of whose key it is, and which: the same for all attempts.
    scope: [u8; 32],
    /// What is asked: a key is good for one request.
    pub fingerprint: [u8; 32],
    /// UTC milliseconds.
    pub at: i64,
    home_writes: AtomicU32,
    database_writes: AtomicU32,
    replayed: AtomicBool,
}

impl Attempt {
    /// An attempt that has written nothing yet. `scope` stands for the asker and the key.
    pub fn new(scope: [u8; 32], fingerprint: [u8; 32], at: i64) -> Arc<Attempt> {
        let (home_writes, database_writes) = (AtomicU32::new(0), AtomicU32::new(0));
        let replayed = AtomicBool::new(false);
        Arc::new(Attempt { scope, fingerprint, at, home_writes, database_writes, replayed })
    }

    /// What is the same for all attempts.
    pub fn scope(&self) -> [u8; 32] {
        self.scope
    }

    /// The key of the attempt's next write to a database.
    pub fn next_write(&self) -> [u8; 16] {
        self.key(b"database", self.database_writes.fetch_add(1, Ordering::Relaxed))
    }

    /// The key of work that is many writes to a database; an attempt does one such work.
    pub fn work(&self) -> [u8; 16] {
        self.key(b"work", 0)
    }

    /// The key of the attempt's next write to the home store.
    pub(crate) fn next_home_write(&self) -> [u8; 16] {
        self.key(b"home", self.home_writes.fetch_add(1, Ordering::Relaxed))
    }

    /// The key of its first write to the home store, under which the answer is kept.
    pub(crate) fn first_home_write(&self) -> [u8; 16] {
        self.key(b"home", 0)
    }

    /// Whether it wrote to the home store.
    pub fn wrote_home(&self) -> bool {
        self.home_writes.load(Ordering::Relaxed) > 0
    }

    /// Notes that a write was found done.
    pub fn note_replayed(&self) {
        self.replayed.store(true, Ordering::Relaxed);
    }

    /// Whether a write was found done.
    pub fn was_replayed(&self) -> bool {
        self.replayed.load(Ordering::Relaxed)
    }

    /// Refuses to take what another request did under the same key for what this one asks.
    pub fn admit(&self, fingerprint: Option<&[u8]>) -> model::Result<()> {
        if fingerprint == Some(&self.fingerprint) {
            return Ok(());
        }
        let rule = Rule::Malformed("was used for another request".to_owned());
        Err(Error::invalid(Path::of("Idempotency-Key"), rule))
    }

    fn key(&self, store: &[u8], ordinal: u32) -> [u8; 16] {
        let mut hash = Sha256::new();
        hash.update(self.scope);
        hash.update(ordinal.to_be_bytes());
        hash.update(store);
        let mut key = [0; 16];
        key.copy_from_slice(&hash.finalize()[..16]);
        key
    }
}

/// Runs a request whose writes are those of an attempt.
pub async fn attempting<T>(attempt: Arc<Attempt>, request: impl Future<Output = T>) -> T {
    ATTEMPT.scope(Some(attempt), request).await
}

/// Runs a part of a request that is kept as nobody's attempt. What a request says is kept as a plain hash, which is not
/// how a password may be kept: whoever has the hash could try passwords fast.
pub async fn unkept<T>(part: impl Future<Output = T>) -> T {
    ATTEMPT.scope(None, part).await
}

/// The attempt that runs on this task.
pub fn current() -> Option<Arc<Attempt>> {
    ATTEMPT.try_with(Clone::clone).ok().flatten()
}

/// What is answered when it was done, and what it gave is not known.
pub fn done_already() -> Error {
    Error::Conflict("This request was carried out already, and its answer was not kept".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_writes_of_every_attempt_have_the_same_keys_and_no_two_of_them_one() {
        let keys = || async {
            let attempt = Attempt::new([1; 32], [2; 32], 0);
            let inside = attempting(attempt.clone(), async { current().expect("an attempt").next_write() }).await;
            [inside, attempt.next_write(), attempt.next_home_write(), attempt.next_home_write(), attempt.work()]
        };
        let (first, second) = (keys().await, keys().await);
        assert_eq!(first, second);
        assert!((0..4).all(|i| (0..i).all(|j| first[i] != first[j])), "{first:?}");
        assert!(current().is_none());
    }
}
