//! Work that holds its thread, wherever it is called.

use tokio::runtime::{Handle, RuntimeFlavor};

/// Runs work that holds the thread for a while, on the runtime's own terms.
pub fn blocking<T>(job: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(job),
        // A runtime of one thread has nobody to hand its other tasks to; outside a runtime nobody waits.
        Ok(_) | Err(_) => job(),
    }
}
