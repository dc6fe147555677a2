//! Taking bytes in: to a temporary file, with as little memory for a gigabyte as for a kilobyte.
//!
//! Each piece goes two ways at once, to the disk and into the hash, and the disk is told early to begin: so a large upload
//! takes little longer than writing the file does.

use crate::pictures::{self, Dimensions};
use crate::sniff::{self, HEAD};
use crate::{Blobs, Hash, Home, Key, failure};
use bytes::Bytes;
use model::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use tempfile::NamedTempFile;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinHandle;

/// Pieces that may wait for the disk, and for the hash.
const WAITING: usize = 16;
/// Bytes after which the disk is told to begin, so that little is left to wait for at the end.
const WRITE_BACK: u64 = 8 << 20;

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
    /// None once it is finished or given up.
    ways: Option<Ways>,
    size: u64,
    _permit: OwnedSemaphorePermit,
}

/// Where each piece goes.
struct Ways {
    to_disk: mpsc::Sender<Bytes>,
    to_hash: mpsc::Sender<Bytes>,
    written: JoinHandle<io::Result<Part>>,
    hashed: JoinHandle<Hash>,
}

/// A whole upload in its temporary file, not yet on stable storage.
struct Part {
    file: NamedTempFile,
    head: Vec<u8>,
}

impl Upload {
    pub(crate) fn begin(blobs: &Blobs) -> Result<Upload> {
        let permit = blobs.inner.uploads.clone().try_acquire_owned();
        let permit = permit.map_err(|_| Error::RateLimited { retry_after: 1 })?;
        let ((to_disk, for_disk), (to_hash, for_hash)) = (mpsc::channel(WAITING), mpsc::channel(WAITING));
        let folder = blobs.inner.parts.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, for_disk));
        let hashed = tokio::task::spawn_blocking(move || hash(for_hash));
        let ways = Some(Ways { to_disk, to_hash, written, hashed });
        Ok(Upload { blobs: blobs.clone(), ways, size: 0, _permit: permit })
    }

    /// How many bytes came so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next piece in; waits while the disk is slower than the sender.
    pub async fn write(&mut self, piece: Bytes) -> Result<()> {
        self.size += piece.len() as u64;
        if let Some(ways) = &self.ways
            && ways.to_hash.send(piece.clone()).await.is_ok()
            && ways.to_disk.send(piece).await.is_ok()
        {
            return Ok(());
        }
        // The writer has given up, and says why.
        self.part().await.map(drop).and(Err(Error::Internal("an upload ended by itself".to_owned())))
    }

    /// Puts the bytes where they belong, on stable storage. `name` helps to tell kinds of plain text apart.
    pub async fn finish(mut self, name: &str) -> Result<Stored> {
        let (part, hash) = self.part().await?;
        let media_type = sniff::media_type(&part.head, name);
        let size = self.size;
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

    async fn part(&mut self) -> Result<(Part, Hash)> {
        let Some(Ways { to_disk, to_hash, written, hashed }) = self.ways.take() else {
            return Err(Error::Internal("an upload is finished twice".to_owned()));
        };
        // Both end when nothing more can come.
        drop((to_disk, to_hash));
        let ended = |error: tokio::task::JoinError| Error::Internal(error.to_string());
        let part = written.await.map_err(ended)?.map_err(|error| failure("cannot keep", &"an upload", &error))?;
        Ok((part, hashed.await.map_err(ended)?))
    }
}

fn write(folder: &Path, mut pieces: mpsc::Receiver<Bytes>) -> io::Result<Part> {
    let mut file = tempfile::Builder::new().prefix("up-").tempfile_in(folder)?;
    let mut head = Vec::new();
    let (mut begun, mut size) = (0, 0);
    while let Some(piece) = pieces.blocking_recv() {
        let room = HEAD.saturating_sub(head.len()).min(piece.len());
        head.extend_from_slice(&piece[..room]);
        file.as_file_mut().write_all(&piece)?;
        size += piece.len() as u64;
        if size - begun >= WRITE_BACK {
            begin_write_back(file.as_file(), begun..size);
            begun = size;
        }
    }
    Ok(Part { file, head })
}

fn hash(mut pieces: mpsc::Receiver<Bytes>) -> Hash {
    let mut sum = Sha256::new();
    while let Some(piece) = pieces.blocking_recv() {
        sum.update(&piece);
    }
    Hash(sum.finalize().into())
}

/// Has the system begin to write these bytes out, and waits for nothing. A sync that runs beside the writing does the
/// same, but the writing waits for it time and again.
#[cfg(target_os = "linux")]
fn begin_write_back(file: &File, bytes: std::ops::Range<u64>) {
    use rustix::fs::{Advice, fadvise};
    // "Not needed soon": what is not on the disk yet is sent there first. Only advice, so nothing is lost if it fails.
    let length = std::num::NonZeroU64::new(bytes.end - bytes.start);
    let _ = fadvise(file, bytes.start, length, Advice::DontNeed);
}

#[cfg(not(target_os = "linux"))]
fn begin_write_back(_: &File, _: std::ops::Range<u64>) {}
