//! How many requests are worked on at once. More wait in a short line, and what comes when the line is full is sent away
//! at once with a hint: so those who are let in are answered as soon as ever, whatever the crowd.
//!
//! Nobody gets more than half of it all: what shows one credential, or none, leaves the other half to the rest, of the
//! places as of the line.
//! A request with a long body has its place only once the body is there: a slow sender holds up nobody.

use axum::http::{HeaderMap, HeaderValue, header};
use model::{Error, Result};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
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
    /// The places at work that one credential may have.
    own: Box<[Arc<Semaphore>]>,
}

/// A request's place; free again with the value.
pub(crate) struct Place {
    _permits: [OwnedSemaphorePermit; 2],
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
            own: (0..COUNTS).map(|_| Arc::new(Semaphore::new(places.div_ceil(2)))).collect(),
        }
    }

    /// A place for a request with these headers, at once or after a short wait.
    pub async fn admit(&self, headers: &HeaderMap) -> Result<Place> {
        let counted = self.counted(headers)?;
        let own = &self.own[counted.slot];
        if let Ok(first) = own.clone().try_acquire_owned()
            && let Ok(second) = self.places.clone().try_acquire_owned()
        {
            return Ok(Place { _permits: [first, second], _counted: counted });
        }
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.line {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(BUSY);
        }
        // Counted down when the wait ends, also by the sender going away.
        let waiting = Waiting(&self.waiting);
        let both = async {
            // The own place first: who waits for it takes none from others.
            let first = own.clone().acquire_owned().await?;
            Ok::<_, AcquireError>([first, self.places.clone().acquire_owned().await?])
        };
        let waited = timeout(PATIENCE, both).await;
        drop(waiting);
        match waited {
            Ok(Ok(permits)) => Ok(Place { _permits: permits, _counted: counted }),
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

    #[tokio::test]
    async fn one_credential_leaves_half_of_the_places_to_the_others() {
        let admission = Arc::new(Admission::new(4));
        let slow = [admission.admit(&token(0)).await, admission.admit(&token(0)).await];
        assert!(slow.iter().all(Result::is_ok));
        let third = {
            let admission = admission.clone();
            tokio::spawn(async move { admission.admit(&token(0)).await.map(drop) })
        };
        while admission.waiting.load(Ordering::Relaxed) < 1 {
            tokio::task::yield_now().await;
        }
        // Whether two credentials share a count is left to chance, so another is looked for.
        let slot = |n| admission.counted(&token(n)).map(|counted| counted.slot).expect("room");
        let other = (1..100).find(|n| slot(*n) != slot(0)).expect("another count");
        let others = [admission.admit(&token(other)).await, admission.admit(&token(other)).await];
        assert!(others.iter().all(Result::is_ok), "while the third still waits");
        drop(slow);
        assert_eq!(third.await.expect("no panic"), Ok(()));
    }
}
