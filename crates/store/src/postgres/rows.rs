//! The rows of a query, taken in while they come.

use super::tls::Tls;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;
use tokio_postgres::{Client, RowStream};

/// The rows of a query while they come.
pub struct Rows {
    rows: Pin<Box<RowStream>>,
    /// The driver takes a look behind the end for a broken connection.
    ended: bool,
    /// It was cancelled.
    pub stopped: bool,
}

impl Rows {
    pub fn new(rows: RowStream) -> Rows {
        Rows { rows: Box::pin(rows), ended: false, stopped: false }
    }

    /// Most rows that are handed out at once.
    const MOST: usize = 256;
    /// Between two looks whether to stop.
    pub const LOOK: Duration = Duration::from_millis(50);

    /// The next rows, none after the last; `stop` is asked now and then, and has the query cancelled when it is true.
    pub async fn next(
        &mut self,
        client: &Client,
        tls: &Tls,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<tokio_postgres::Row>, tokio_postgres::Error> {
        let mut found = Vec::new();
        if !self.ended && !self.stopped && stop() {
            self.stopped = true;
            let _ = client.cancel_token().cancel_query(tls.clone()).await;
        }
        loop {
            let first = tokio::time::timeout(Rows::LOOK, std::future::poll_fn(|context| self.poll(context))).await;
            match first {
                Ok(Some(row)) => found.push(row?),
                Ok(None) => return Ok(found),
                Err(_) => {
                    if !self.stopped && stop() {
                        // The query then fails by itself.
                        self.stopped = true;
                        let _ = client.cancel_token().cancel_query(tls.clone()).await;
                    }
                    continue;
                }
            }
            break;
        }
        // What is here already.
        std::future::poll_fn(|context| {
            while found.len() < Rows::MOST {
                match self.poll(context) {
                    Poll::Ready(Some(Ok(row))) => found.push(row),
                    Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                    Poll::Ready(None) | Poll::Pending => break,
                }
            }
            Poll::Ready(Ok(()))
        })
        .await?;
        Ok(found)
    }

    fn poll(
        &mut self,
        context: &mut std::task::Context<'_>,
    ) -> Poll<Option<Result<tokio_postgres::Row, tokio_postgres::Error>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let polled = futures_core::Stream::poll_next(self.rows.as_mut(), context);
        self.ended = matches!(polled, Poll::Ready(None | Some(Err(_))));
        polled
    }
}
