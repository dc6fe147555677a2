//! An answer in the making that may outgrow memory.
//!
//! An encoder writes into a plain `Vec<u8>` and calls [`Spill::checkpoint`] after each record; beyond 8 MiB the bytes
//! go to a temporary file. So a reader of the store never waits for a slow client, and memory stays bounded.

use crate::respond;
use crate::settings::Settings;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use model::{Error, Result};
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, ReadBuf};

/// What is kept in memory.
const MEMORY: usize = 8 << 20;
/// What is read back at once.
const PIECE: usize = 256 << 10;

/// Bytes in memory, and beyond that in a file.
pub struct Spill {
    /// What was written since the last checkpoint that spilled.
    memory: Vec<u8>,
    file: Option<File>,
    settings: Arc<Settings>,
    most: usize,
}

impl Spill {
    /// An empty buffer with room for `capacity` bytes.
    pub fn new(settings: &Arc<Settings>, capacity: usize) -> Spill {
        Spill { memory: Vec::with_capacity(capacity), file: None, settings: settings.clone(), most: MEMORY }
    }

    /// Where encoders write to. Only append.
    pub fn out(&mut self) -> &mut Vec<u8> {
        &mut self.memory
    }

    /// Between two records: moves what is too much for memory to the file.
    #[inline]
    pub fn checkpoint(&mut self) -> Result<()> {
        if self.memory.len() > self.most { self.spill() } else { Ok(()) }
    }

    #[cold]
    fn spill(&mut self) -> Result<()> {
        let moved = || -> io::Result<()> {
            if self.file.is_none() {
                self.file = Some(open(&self.settings.spill_folder)?);
            }
            if let Some(file) = &mut self.file {
                file.write_all(&self.memory)?;
            }
            self.memory.clear();
            Ok(())
        }();
        moved.map_err(|error| Error::Unavailable(format!("an answer does not fit on disk: {error}")))
    }

    /// The answer with these bytes.
    pub fn into_response(self, status: StatusCode, content_type: HeaderValue) -> Result<Response> {
        let Some(mut file) = self.file else {
            return Ok(respond::with_body(status, content_type, self.memory));
        };
        let length = file.seek(SeekFrom::End(0)).and_then(|length| file.rewind().map(|()| length));
        let length = length.map_err(|error| Error::Unavailable(format!("an answer is lost on disk: {error}")))?;
        let file = Some(tokio::fs::File::from_std(file));
        let body = Stored { file, left: length, piece: Vec::new(), tail: self.memory.into() };
        Ok(respond::with_body(status, content_type, Body::new(body)))
    }

    /// An answer of JSON.
    pub fn into_json(self, status: StatusCode) -> Result<Response> {
        self.into_response(status, respond::JSON)
    }
}

/// A file without a name: it is gone when it is closed, however the process ends.
fn open(folder: &Path) -> io::Result<File> {
    tempfile::tempfile_in(folder)
}

/// A body: first the file, then what was still in memory.
struct Stored {
    file: Option<tokio::fs::File>,
    /// Bytes of the file still to come.
    left: u64,
    piece: Vec<u8>,
    tail: Bytes,
}

impl HttpBody for Stored {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<http_body::Frame<Bytes>>>> {
        let this = &mut *self;
        if let Some(file) = this.file.as_mut().filter(|_| this.left > 0) {
            this.piece.resize(PIECE, 0);
            let mut buffer = ReadBuf::new(&mut this.piece);
            ready!(Pin::new(file).poll_read(context, &mut buffer))?;
            let read = buffer.filled().len();
            if read == 0 {
                return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
            }
            this.left = this.left.saturating_sub(read as u64);
            this.piece.truncate(read);
            return Poll::Ready(Some(Ok(http_body::Frame::data(std::mem::take(&mut this.piece).into()))));
        }
        this.file = None;
        if this.tail.is_empty() {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(Ok(http_body::Frame::data(std::mem::take(&mut this.tail)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0 && self.tail.is_empty()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.left + self.tail.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn collected(response: Response) -> Vec<u8> {
        axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body").to_vec()
    }

    #[tokio::test]
    async fn what_outgrows_memory_comes_back_whole_and_in_order() {
        for records in [0_u32, 1, 10, 100_000] {
            let mut spill = Spill::new(&Arc::default(), 16);
            spill.most = 1000;
            let mut expected = Vec::new();
            for record in 0..records {
                let text = format!("record {record},");
                spill.out().extend_from_slice(text.as_bytes());
                spill.checkpoint().expect("room");
                expected.extend_from_slice(text.as_bytes());
            }
            assert_eq!(spill.file.is_some(), records > 100);
            let response = spill.into_json(StatusCode::OK).expect("an answer");
            assert_eq!(response.body().size_hint().exact(), Some(expected.len() as u64));
            assert!(collected(response).await == expected, "{records} records");
        }
    }
}
