//! How many requests are worked on at once. More wait in a short line, and what comes when the line is full is sent away
//! at once with a hint: so those who are let in are answered as soon as ever, whatever the crowd.
//!
//! A request with a long body has its place only once the body is there: a slow sender holds up nobody.

use model::{Error, Result};
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

/// The places of a server.
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    line: usize,
    waiting: AtomicUsize,
}

/// A request's place; free again with the value.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Admission {
    /// So many places at work.
    pub fn new(places: usize) -> Admission {
        let places = places.clamp(1, Semaphore::MAX_PERMITS);
        Admission {
            places: Arc::new(Semaphore::new(places)),
            line: places.saturating_mul(LINE),
            waiting: AtomicUsize::new(0),
        }
    }

    /// A place, at once or after a short wait.
    pub async fn admit(&self) -> Result<Place> {
        if let Ok(permit) = self.places.clone().try_acquire_owned() {
            return Ok(Place { _permit: permit });
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
            Ok(Ok(permit)) => Ok(Place { _permit: permit }),
            Ok(Err(_)) | Err(_) => Err(BUSY),
        }
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

    #[tokio::test]
    async fn who_finds_the_line_full_is_sent_away_and_the_others_come_in_order() {
        let admission = Arc::new(Admission::new(1));
        let first = admission.admit().await.expect("a place");
        let waiting: Vec<_> = (0..LINE)
            .map(|_| {
                let admission = admission.clone();
                tokio::spawn(async move { admission.admit().await.map(drop) })
            })
            .collect();
        while admission.waiting.load(Ordering::Relaxed) < LINE {
            tokio::task::yield_now().await;
        }
        assert!(matches!(admission.admit().await, Err(Error::Busy { retry_after: 1 })));
        drop(first);
        for waits in waiting {
            assert_eq!(waits.await.expect("no panic"), Ok(()));
        }
        assert!(admission.admit().await.is_ok());
    }
}
