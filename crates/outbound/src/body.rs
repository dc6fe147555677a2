//! The body of an answer, bounded in bytes and time.

use bytes::{Buf, Bytes};
use http_body::Body as _;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep};

/// A body that is read until its end, its bound or its deadline.
pub struct Bounded {
    body: Pin<Box<reqwest::Body>>,
    chunk: Bytes,
    /// What may still come.
    left: u64,
    most: u64,
    deadline: Pin<Box<Sleep>>,
    /// The place among the requests under way, given back with the body.
    _place: OwnedSemaphorePermit,
}

impl Bounded {
    pub fn new(body: reqwest::Body, most: u64, deadline: Instant, place: OwnedSemaphorePermit) -> Bounded {
        let deadline = Box::pin(tokio::time::sleep_until(deadline));
        Bounded { body: Box::pin(body), chunk: Bytes::new(), left: most, most, deadline, _place: place }
    }
}

impl AsyncRead for Bounded {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // Also when bytes are there: a source that trickles must not outlive its time.
        if this.deadline.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the answer took too long")));
        }
        while this.chunk.is_empty() {
            let frame = match ready!(this.body.as_mut().poll_frame(context)) {
                None => return Poll::Ready(Ok(())),
                Some(Err(error)) if error.is_timeout() => {
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the answer took too long")));
                }
                Some(Err(_)) => {
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the answer broke off")));
                }
                Some(Ok(frame)) => frame,
            };
            let Ok(chunk) = frame.into_data() else { continue };
            match this.left.checked_sub(chunk.len() as u64) {
                Some(left) => this.left = left,
                None => return Poll::Ready(Err(io::Error::new(io::ErrorKind::FileTooLarge, too_large(this.most)))),
            }
            this.chunk = chunk;
        }
        let n = this.chunk.len().min(out.remaining());
        out.put_slice(&this.chunk[..n]);
        this.chunk.advance(n);
        Poll::Ready(Ok(()))
    }
}

/// What is said of an answer that is larger than was asked for.
pub fn too_large(most: u64) -> String {
    format!("the answer is larger than {most} bytes")
}
