//! The time limit of heads: one alarm for each connection. A timer for each request would take its place in the runtime's
//! wheel and give it back, only to be set again a moment later.

use hyper::rt::{Sleep, Timer};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// What a connection has no deadline by: it is answering.
const NONE: u64 = u64::MAX;

/// The deadlines of a connection, of which there is one at a time, as its HTTP sets them.
#[derive(Clone)]
pub struct Patience {
    /// What deadlines are counted from.
    began: Instant,
    /// Milliseconds.
    deadline: Arc<AtomicU64>,
}

/// A deadline; it is none any more once this is dropped.
struct Deadline(Patience);

/// What wakes the task of a connection when its deadline has come. It is set seldom: a deadline only moves on, and one
/// that has moved is looked at again.
pub struct Alarm {
    patience: Patience,
    /// Between two looks where there is no deadline.
    pause: Duration,
    sleep: Pin<Box<tokio::time::Sleep>>,
}

impl Patience {
    /// No deadline yet.
    pub fn new() -> Patience {
        Patience { began: Instant::now(), deadline: Arc::new(AtomicU64::new(NONE)) }
    }

    /// The alarm of a connection that sets deadlines of this length.
    pub fn alarm(&self, pause: Duration) -> Alarm {
        Alarm { patience: self.clone(), pause, sleep: Box::pin(tokio::time::sleep(pause)) }
    }

    fn set(&self, deadline: Instant) {
        let milliseconds = deadline.saturating_duration_since(self.began).as_millis();
        self.deadline.store(u64::try_from(milliseconds).unwrap_or(NONE), Ordering::Relaxed);
    }

    fn is_over(&self, now: Instant) -> bool {
        self.deadline().is_some_and(|deadline| deadline <= now)
    }

    fn deadline(&self) -> Option<Instant> {
        match self.deadline.load(Ordering::Relaxed) {
            NONE => None,
            milliseconds => Some(self.began + Duration::from_millis(milliseconds)),
        }
    }
}

impl Alarm {
    /// Has the task woken when the deadline has come. To be asked whenever the task is, before its connection.
    pub fn poll(&mut self, context: &mut Context<'_>) {
        while self.sleep.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            let deadline = self.patience.deadline().filter(|deadline| *deadline > now);
            // What is over now is told to the connection by its own deadline, right after this.
            self.sleep.as_mut().reset(deadline.unwrap_or(now + self.pause).into());
        }
    }
}

impl Timer for Patience {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(Instant::now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        self.set(deadline);
        Box::pin(Deadline(self.clone()))
    }

    /// There is one deadline at a time, so this is it.
    fn reset(&self, _: &mut Pin<Box<dyn Sleep>>, deadline: Instant) {
        self.set(deadline);
    }
}

impl Future for Deadline {
    type Output = ();

    /// Without a word to the context: the alarm wakes the task.
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.0.is_over(Instant::now()) { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Sleep for Deadline {}

impl Drop for Deadline {
    fn drop(&mut self) {
        self.0.deadline.store(NONE, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    #[tokio::test]
    async fn a_task_is_woken_when_its_last_deadline_has_come() {
        let patience = Patience::new();
        let mut alarm = patience.alarm(Duration::from_millis(5));
        drop(patience.sleep(Duration::from_millis(1)));
        let mut deadline = patience.sleep(Duration::from_millis(30));
        let set = Instant::now();
        poll_fn(|context| {
            alarm.poll(context);
            deadline.as_mut().poll(context)
        })
        .await;
        assert!(set.elapsed() >= Duration::from_millis(29));
        drop(deadline);
        assert_eq!(patience.deadline(), None);
    }
}
