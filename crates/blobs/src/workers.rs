//! The threads that decode pictures: few, with a bounded queue, and none of them dies of a bad picture.

use model::{Error, Result};
use parking_lot::Mutex;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use tokio::sync::oneshot;

/// Pictures decoded at the same time.
const THREADS: usize = 2;
/// Pictures that may wait for a thread.
const WAITING: usize = 64;

type Job = Box<dyn FnOnce() + Send>;

/// The threads, started with the first picture; they end with the value.
#[derive(Default)]
pub(crate) struct Workers(OnceLock<SyncSender<Job>>);

impl Workers {
    /// What the job gives; none when it panics. Refused when the queue is full.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Option<T> + Send + 'static,
    ) -> Result<Option<T>> {
        let (give, take) = oneshot::channel();
        // Whoever asked may be gone when its turn comes; then there is nothing to do.
        let job: Job = Box::new(move || {
            if !give.is_closed() {
                let made = catch_unwind(AssertUnwindSafe(job)).ok().flatten();
                drop(give.send(made));
            }
        });
        match self.0.get_or_init(start).try_send(job) {
            Ok(()) => Ok(take.await.ok().flatten()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Error::RateLimited { retry_after: 1 }),
        }
    }
}

fn start() -> SyncSender<Job> {
    let (sender, receiver) = sync_channel(WAITING);
    let receiver: Arc<Mutex<Receiver<Job>>> = Arc::new(Mutex::new(receiver));
    for _ in 0..THREADS {
        let receiver = receiver.clone();
        let work = move || {
            loop {
                let next = receiver.lock().recv();
                match next {
                    Ok(job) => job(),
                    Err(_) => return,
                }
            }
        };
        if let Err(error) = std::thread::Builder::new().name("picture".to_owned()).spawn(work) {
            tracing::warn!(%error, "no thread for pictures");
        }
    }
    sender
}
