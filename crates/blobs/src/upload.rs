//! Taking bytes in: to a temporary file, hashed on the way, with as little memory for a gigabyte as for a kilobyte.

use crate::pictures::{self, Dimensions};
use crate::sniff::{self, HEAD};
use crate::{Blobs, Hash, Home, Key, failure};
use bytes::Bytes;
use model::{Error, Result};
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::NamedTempFile;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinHandle;

/// Pieces that may wait for the disk.
const WAITING: usize = 16;
/// Bytes after which the disk is told to begin, so that little is left to wait for at the end.
const WRITE_BACK: u64 = 16 << 20;

/// What was taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stored {
    pub hash: Hash,
    pub size: u64,
    /// Told from the bytes.
    pub media_type: &'static str,
    /// Of a picture whose header could be read.
    pub dimensions: Option<Dimensions>,
}

/// Bytes on their way in. When it is dropped, nothing of them stays.
pub struct Upload {
    blobs: Blobs,
    pieces: Option<mpsc::Sender<Bytes>>,
    writing: Option<JoinHandle<io::Result<Part>>>,
    size: u64,
    _permit: OwnedSemaphorePermit,
}

/// A whole upload in its temporary file, not yet on stable storage.
struct Part {
    file: NamedTempFile,
    hash: Hash,
    head: Vec<u8>,
}

impl Upload {
    pub(crate) fn begin(blobs: &Blobs) -> Result<Upload> {
        let permit = blobs.inner.uploads.clone().try_acquire_owned();
        let permit = permit.map_err(|_| Error::RateLimited { retry_after: 1 })?;
        let (pieces, waiting) = mpsc::channel(WAITING);
        let folder = blobs.inner.parts.clone();
        let writing = tokio::task::spawn_blocking(move || write(&folder, waiting));
        Ok(Upload { blobs: blobs.clone(), pieces: Some(pieces), writing: Some(writing), size: 0, _permit: permit })
    }

    /// How many bytes came so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next piece in; waits while the disk is slower than the sender.
    pub async fn write(&mut self, piece: Bytes) -> Result<()> {
        self.size += piece.len() as u64;
        if let Some(pieces) = &self.pieces
            && pieces.send(piece).await.is_ok()
        {
            return Ok(());
        }
        // The writer has given up, and says why.
        self.part().await.map(drop).and(Err(Error::Internal("an upload ended by itself".to_owned())))
    }

    /// Puts the bytes where they belong, on stable storage. `name` helps to tell kinds of plain text apart.
    pub async fn finish(mut self, name: &str) -> Result<Stored> {
        let part = self.part().await?;
        let media_type = sniff::media_type(&part.head, name);
        let (size, hash) = (self.size, part.hash);
        let home = self.blobs.clone();
        let kept = tokio::task::spawn_blocking(move || {
            let dimensions = pictures::dimensions(part.file.path(), media_type);
            let key = Key::Whole(hash);
            match home.home() {
                Home::Local(local) => {
                    let synced = part.file.as_file().sync_all();
                    synced.map_err(|e| failure("cannot sync", &part.file.path().display(), &e))?;
                    local.put(key, part.file)?;
                }
                Home::Remote(remote) => remote.put_blocking(key, part.file.path())?,
            }
            Ok(Stored { hash, size, media_type, dimensions })
        });
        kept.await.unwrap_or_else(|error| Err(Error::Internal(error.to_string())))
    }

    async fn part(&mut self) -> Result<Part> {
        self.pieces = None;
        let Some(writing) = self.writing.take() else {
            return Err(Error::Internal("an upload is finished twice".to_owned()));
        };
        let part = writing.await.map_err(|error| Error::Internal(error.to_string()))?;
        part.map_err(|error| failure("cannot keep", &"an upload", &error))
    }
}

fn write(folder: &Path, mut pieces: mpsc::Receiver<Bytes>) -> io::Result<Part> {
    let mut file = tempfile::Builder::new().prefix("up-").tempfile_in(folder)?;
    let mut sum = Sha256::new();
    let mut head = Vec::new();
    let (mut since, busy) = (0, Arc::new(AtomicBool::new(false)));
    while let Some(piece) = pieces.blocking_recv() {
        let room = HEAD.saturating_sub(head.len()).min(piece.len());
        head.extend_from_slice(&piece[..room]);
        sum.update(&piece);
        file.as_file_mut().write_all(&piece)?;
        since += piece.len() as u64;
        if since >= WRITE_BACK && !busy.swap(true, Ordering::AcqRel) {
            since = 0;
            let (again, busy) = (file.as_file().try_clone()?, busy.clone());
            std::thread::spawn(move || {
                // What fails here fails again at the end, where somebody is told.
                drop(again.sync_data());
                busy.store(false, Ordering::Release);
            });
        }
    }
    Ok(Part { file, hash: Hash(sum.finalize().into()), head })
}
