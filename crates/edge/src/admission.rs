//! How many requests are worked on at once. More wait in a short line, and what comes when the line is full is sent away
//! at once with a hint: so those who are let in are answered as soon as ever, whatever the crowd.
//!
//! Nobody gets more than half of it all: what shows one credential, or none, leaves the other half to the rest.
//! A request with a long body has its place only once the body is there: a slow sender holds up nobody.

use axum::http::{HeaderMap, HeaderValue, header};
use model::{Error, Result};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Places of the line for each place at work.
const LINE: usize = 4;
/// Longest wait in the line.
const PATIENCE: Duration = Duration::from_secs(5);
/// When to come again.
const BUSY: Error = Error::Busy { retry_after: 1 };

/// How many counts of credentials there are. Two that share one by chance get half of it all together.
const COUNTS: usize = 1024;

/// The places of a server.
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    line: usize,
    waiting: AtomicUsize,
    /// Most requests of one credential, at work and in the line.
    share: usize,
    hasher: RandomState,
    counts: Arc<[AtomicUsize]>,
}

/// A request's place; free again with the value.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    _counted: Counted,
}

/// A request as one of its credential's.
struct Counted {
    counts: Arc<[AtomicUsize]>,
    slot: usize,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.counts[self.slot].fetch_sub(1, Ordering::Relaxed);
    }
}

impl Admission {
    /// So many places at work.
    pub fn new(places: usize) -> Admission {
        let places = places.clamp(1, Semaphore::MAX_PERMITS);
        let line = places.saturating_mul(LINE);
        Admission {
            places: Arc::new(Semaphore::new(places)),
            line,
            waiting: AtomicUsize::new(0),
            share: places.saturating_add(line) / 2,
            hasher: RandomState::new(),
            counts: (0..COUNTS).map(|_| AtomicUsize::new(0)).collect(),
        }
    }

    /// A place for a request with these headers, at once or after a short wait.
    pub async fn admit(&self, headers: &HeaderMap) -> Result<Place> {
        let counted = self.counted(headers)?;
        if let Ok(permit) = self.places.clone().try_acquire_owned() {
            return Ok(Place { _permit: permit, _counted: counted });
        }
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.line {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(BUSY);
        }
        // Counted down when the wait ends, also by the sender going away.
        let waiting = Waiting(&self.waiting);
        let waited = timeout(PATIENCE, self.places.clone().acquire_owned()).await;
        drop(waiting);
        match waited {
            Ok(Ok(permit)) => Ok(Place { _permit: permit, _counted: counted }),
            Ok(Err(_)) | Err(_) => Err(BUSY),
        }
    }

    /// Counts the request as one of the credential that it shows, true or not.
    fn counted(&self, headers: &HeaderMap) -> Result<Counted> {
        let shown = headers.get(header::AUTHORIZATION).or_else(|| headers.get(header::COOKIE));
        let slot = self.hasher.hash_one(shown.map(HeaderValue::as_bytes)) as usize % COUNTS;
        let before = self.counts[slot].fetch_add(1, Ordering::Relaxed);
        let counted = Counted { counts: self.counts.clone(), slot };
        if before < self.share { Ok(counted) } else { Err(BUSY) }
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(n: usize) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from(n))])
    }

    #[tokio::test]
    async fn who_finds_the_line_full_is_sent_away_and_the_others_come_in_order() {
        let admission = Arc::new(Admission::new(1));
        let first = admission.admit(&token(0)).await.expect("a place");
        let waiting: Vec<_> = (1..=LINE)
            .map(|n| {
                let admission = admission.clone();
                tokio::spawn(async move { admission.admit(&token(n)).await.map(drop) })
            })
            .collect();
        while admission.waiting.load(Ordering::Relaxed) < LINE {
            tokio::task::yield_now().await;
        }
        assert!(matches!(admission.admit(&token(99)).await, Err(Error::Busy { retry_after: 1 })));
        drop(first);
        for waits in waiting {
            assert_eq!(waits.await.expect("no panic"), Ok(()));
        }
        assert!(admission.admit(&token(0)).await.is_ok());
    }
}
