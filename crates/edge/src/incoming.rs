//! A body that is taken in piece by piece: bounded in bytes, in how long it stands still, and in all.

use crate::body::{next_piece, refuse_packed};
use crate::settings::Settings;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use model::{Error, Result};
use std::pin::Pin;
use std::time::{Duration, Instant};

/// Bytes a second that a body must come with at least: who sends slower holds a place that others want.
const LEAST_PACE: u64 = 4 << 10;
/// When the pace begins to count.
const HEAD_START: Duration = Duration::from_secs(60);

/// The pieces of a body.
pub struct Incoming {
    body: Body,
    taken: u64,
    most: u64,
    idle: Duration,
    total: Duration,
    started: Instant,
}

impl Incoming {
    /// The body of a request, of which at most `most` bytes are taken. One that is announced longer is refused at once.
    pub fn new(body: Body, headers: &HeaderMap, settings: &Settings, most: u64) -> Result<Incoming> {
        refuse_packed(headers)?;
        if announced(headers).is_some_and(|length| length > most) {
            return Err(too_large(most));
        }
        let (idle, total) = (settings.body_idle, settings.upload_total);
        Ok(Incoming { body, taken: 0, most, idle, total, started: Instant::now() })
    }

    /// The next piece, never empty; none at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        let took = self.started.elapsed();
        if took > HEAD_START && self.taken < took.as_secs() * LEAST_PACE {
            return Err(Error::TimedOut);
        }
        let piece = next_piece(Pin::new(&mut self.body), self.idle, self.total, self.started).await?;
        if let Some(piece) = &piece {
            self.taken += piece.len() as u64;
            if self.taken > self.most {
                return Err(too_large(self.most));
            }
        }
        Ok(piece)
    }
}

/// The length of a body as the client announced it.
pub fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(most: u64) -> Error {
    Error::TooLarge { what: "file", limit: most }
}
