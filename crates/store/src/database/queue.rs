//! Jobs on their way to the writer, which may wait for several of them and for something else at once.

use super::writer::Job;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::{Arc, mpsc};
use tokio::sync::Notify;

/// How many wait, and whom to tell.
struct Bell {
    /// For an instant it may be less than there are, also below 0.
    waiting: AtomicIsize,
    /// At how many the writer is told.
    wanted: AtomicIsize,
    rung: Notify,
}

/// Where jobs are put in.
pub struct Entry {
    jobs: mpsc::Sender<Job>,
    bell: Arc<Bell>,
}

/// Where they wait.
pub struct Queue {
    jobs: mpsc::Receiver<Job>,
    bell: Arc<Bell>,
}

/// A new queue.
pub fn queue() -> (Entry, Queue) {
    let bell = Arc::new(Bell { waiting: 0.into(), wanted: isize::MAX.into(), rung: Notify::new() });
    let (sender, receiver) = mpsc::channel();
    (Entry { jobs: sender, bell: bell.clone() }, Queue { jobs: receiver, bell })
}

impl Entry {
    /// Puts a job in. False when nobody takes it.
    pub fn put(&self, job: Job) -> bool {
        let taken = self.jobs.send(job).is_ok();
        // Counted behind it: who is told of one finds it.
        let waiting = self.bell.waiting.fetch_add(1, Ordering::SeqCst) + 1;
        if waiting >= self.bell.wanted.load(Ordering::SeqCst) {
            self.bell.rung.notify_one();
        }
        taken
    }
}

impl Queue {
    /// The next, when one comes; none when no more will.
    pub fn next(&self) -> Option<Job> {
        self.counted(self.jobs.recv().ok())
    }

    /// The next, if one waits.
    pub fn try_next(&self) -> Option<Job> {
        self.counted(self.jobs.try_recv().ok())
    }

    fn counted(&self, job: Option<Job>) -> Option<Job> {
        if job.is_some() {
            self.bell.waiting.fetch_sub(1, Ordering::SeqCst);
        }
        job
    }

    /// Waits until so many wait. The writer is not woken for each of them.
    pub fn hold(&self, wanted: usize) -> impl Future<Output = ()> + Send + use<> {
        let bell = self.bell.clone();
        async move {
            let wanted = isize::try_from(wanted).unwrap_or(isize::MAX);
            let _no_more = Unwanted(&bell);
            bell.wanted.store(wanted, Ordering::SeqCst);
            while bell.waiting.load(Ordering::SeqCst) < wanted {
                bell.rung.notified().await;
            }
        }
    }
}

/// Has nobody told when it is dropped.
struct Unwanted<'b>(&'b Bell);

impl Drop for Unwanted<'_> {
    fn drop(&mut self) {
        self.0.wanted.store(isize::MAX, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn job() -> Job {
        Job::new(|_| Ok(()), drop)
    }

    #[tokio::test]
    async fn who_holds_is_told_when_there_are_enough() {
        let (entry, queue) = queue();
        assert!(entry.put(job()) && queue.try_next().is_some() && queue.try_next().is_none());
        let held = tokio::spawn(queue.hold(3));
        for _ in 0..2 {
            entry.put(job());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!held.is_finished());
        entry.put(job());
        held.await.expect("told");
        queue.hold(3).await;
        assert!(queue.next().is_some());
        // One that was given up leaves nothing behind that another would take for its own.
        let other = tokio::time::timeout(Duration::from_millis(5), queue.hold(3)).await;
        assert!(other.is_err());
        entry.put(job());
        assert!(tokio::time::timeout(Duration::from_millis(5), queue.hold(4)).await.is_err());
        drop(entry);
        assert!((0..3).all(|_| queue.next().is_some()) && queue.next().is_none());
    }

    #[test]
    fn nobody_takes_what_is_put_in_after_the_end() {
        let (entry, queue) = queue();
        drop(queue);
        assert!(!entry.put(job()));
    }
}
