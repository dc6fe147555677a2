//! Handing bytes out in big pieces.

use crate::{Blobs, Hash, Home, Key, failure};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use model::{Error, Result};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

/// What is read at once.
const PIECE: u64 = 512 << 10;
/// A file up to this size is compared with its hash before it is handed out.
const SMALL: u64 = 1 << 20;

/// Bytes on their way out.
pub struct Reading {
    /// How many are still to come.
    left: u64,
    source: Source,
}

enum Source {
    Memory(Bytes),
    File(File),
    Stream(BoxStream<'static, object_store::Result<Bytes>>),
    Nothing,
}

impl Reading {
    /// How many bytes are still to come.
    pub fn left(&self) -> u64 {
        self.left
    }

    pub(crate) fn of_bytes(bytes: Bytes) -> Reading {
        Reading { left: bytes.len() as u64, source: Source::Memory(bytes) }
    }

    pub(crate) fn of_file(file: File, left: u64) -> Reading {
        Reading { left, source: Source::File(file) }
    }

    pub(crate) fn of_stream(stream: BoxStream<'static, object_store::Result<Bytes>>, left: u64) -> Reading {
        Reading { left, source: Source::Stream(stream) }
    }

    /// The next piece; none at the end. Bytes that are missing are an error.
    pub async fn next(&mut self) -> io::Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        let piece = match std::mem::replace(&mut self.source, Source::Nothing) {
            Source::Memory(bytes) => bytes,
            Source::File(file) => {
                let wanted = self.left.min(PIECE);
                let read = tokio::task::spawn_blocking(move || read_piece(file, wanted));
                let (file, piece) = read.await.map_err(io::Error::other)??;
                self.source = Source::File(file);
                piece
            }
            Source::Stream(mut stream) => {
                let piece = stream.next().await.transpose().map_err(io::Error::other)?.unwrap_or_default();
                self.source = Source::Stream(stream);
                piece
            }
            Source::Nothing => Bytes::new(),
        };
        if piece.is_empty() || piece.len() as u64 > self.left {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= piece.len() as u64;
        Ok(Some(piece))
    }

    /// All that is still to come. For small things only.
    pub async fn whole(mut self) -> io::Result<Bytes> {
        let mut all = Vec::with_capacity(self.left.min(SMALL) as usize);
        while let Some(piece) = self.next().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all.into())
    }
}

fn read_piece(file: File, wanted: u64) -> io::Result<(File, Bytes)> {
    let mut piece = Vec::with_capacity(wanted as usize);
    let mut part = file.take(wanted);
    part.read_to_end(&mut piece)?;
    Ok((part.into_inner(), piece.into()))
}

pub(crate) async fn open(blobs: &Blobs, hash: Hash, size: u64, range: Range<u64>) -> Result<Reading> {
    let is_whole = range == (0..size);
    let Some((reading, length)) = open_key(blobs, Key::Whole(hash), range).await? else {
        return Err(Error::Unavailable(format!("the bytes of the file {hash} are missing")));
    };
    if length != size {
        return Err(Error::Unavailable(format!("the file {hash} has {length} bytes instead of {size}")));
    }
    if !is_whole || size > SMALL {
        return Ok(reading);
    }
    let bytes = reading.whole().await.map_err(|e| failure("cannot read", &hash, &e))?;
    if Hash::of(&bytes) != hash {
        return Err(Error::Unavailable(format!("the bytes of the file {hash} are damaged")));
    }
    Ok(Reading::of_bytes(bytes))
}

/// A part of what is kept under a key, and how long all of it is; none when it is not there.
pub(crate) async fn open_key(blobs: &Blobs, key: Key, range: Range<u64>) -> Result<Option<(Reading, u64)>> {
    if let Home::Remote(remote) = blobs.home() {
        return remote.read(key, range).await;
    }
    let blobs = blobs.clone();
    let opened = tokio::task::spawn_blocking(move || {
        let Home::Local(local) = blobs.home() else { return Ok(None) };
        let Some(mut file) = local.open_file(key)? else { return Ok(None) };
        let told = |e: io::Error| failure("cannot read", &key.path(), &e);
        let length = file.metadata().map_err(told)?.len();
        let end = range.end.min(length);
        let start = range.start.min(end);
        file.seek(SeekFrom::Start(start)).map_err(told)?;
        Ok(Some((Reading::of_file(file, end - start), length)))
    });
    opened.await.unwrap_or_else(|error| Err(Error::Internal(error.to_string())))
}
