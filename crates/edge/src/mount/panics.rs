//! A panic while answering is an error of ours for that one request, not the end of its connection.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// The outcome of a future that cannot fail, or the message of the panic that ended it.
pub(super) async fn caught<T>(future: impl Future<Output = Result<T, std::convert::Infallible>>) -> Result<T, String> {
    let mut future = pin!(future);
    // After a panic the future is dropped and never polled again, so nothing sees its broken state.
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(Ok(value))) => Poll::Ready(Ok(value)),
        Err(panic) => Poll::Ready(Err(message(&*panic))),
    })
    .await
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", text.unwrap_or_default())
}
