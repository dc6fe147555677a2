//! Bytes of files, addressed by what they hold: on the local disk, or in a bucket of S3.
//!
//! Bytes come in as an [`Upload`]: to a temporary file while they are hashed, then under their SHA-256, on stable storage
//! before [`Upload::finish`] returns. Nothing here knows who may read them or which record they belong to; what nothing
//! refers to any more is taken away by [`Blobs::sweep`]. Only this crate names object storage and pictures.

mod check;
mod hash;
mod local;
mod pictures;
mod reading;
mod remote;
mod shaped;
mod sniff;
mod sweep;
#[cfg(test)]
mod tests;
mod thumbnails;
mod upload;
mod workers;

pub use check::copy_folder;
pub use hash::Hash;
pub use pictures::{Dimensions, may_be_shrunk};
pub use reading::Reading;
pub use shaped::{Fit, Format, LONGEST_SIDE, Shape};
pub use sniff::{OTHER, known_type, named_type};
pub use thumbnails::Thumbnail;
pub use upload::{Stored, Upload};

use local::Local;
use model::{Error, Result};
use remote::Remote;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Semaphore;
use workers::Workers;

/// Uploads at the same time: each has a temporary file.
const UPLOADS: usize = 64;

/// Where bytes are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// In a folder of the local disk.
    Folder(PathBuf),
    /// `s3://bucket/prefix`; credentials and region come from the usual variables (`AWS_ACCESS_KEY_ID`, …).
    Bucket(String),
}

impl Place {
    /// The place of a setting: an `s3://` address, a `file://` address, or a path.
    pub fn parse(text: &str) -> Result<Place> {
        if text.starts_with("s3://") {
            return Ok(Place::Bucket(text.to_owned()));
        }
        let path = text.strip_prefix("file://").unwrap_or(text);
        if path.is_empty() || path.contains("://") {
            return Err(Error::malformed("files_url", "must be s3://bucket/prefix or a folder"));
        }
        Ok(Place::Folder(PathBuf::from(path)))
    }
}

/// The bytes of all files. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    inner: Arc<Inner>,
}

struct Inner {
    home: Home,
    /// Where uploads lie until they are whole; on the disk of the local files, so that they are moved and not copied.
    parts: PathBuf,
    uploads: Arc<Semaphore>,
    workers: Workers,
    shaped: shaped::Shaped,
}

/// The two kinds of places.
pub(crate) enum Home {
    Local(Local),
    Remote(Remote),
}

/// What is kept: the bytes themselves, or something made of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Key {
    Whole(Hash),
    Small(Hash, Thumbnail),
}

impl Key {
    /// The name below the place.
    pub(crate) fn path(self) -> String {
        match self {
            Key::Whole(hash) => hash.path(),
            Key::Small(hash, size) => format!("thumbs/{}-{}", hash.path(), size.word()),
        }
    }
}

impl Blobs {
    /// Opens the place, made as needed. `parts` is a folder for what is on its way, unless the place has its own.
    pub fn open(place: &Place, parts: &Path) -> Result<Blobs> {
        match place {
            Place::Folder(path) => {
                let local = Local::open(path)?;
                let parts = local.parts();
                Ok(Blobs::of(Home::Local(local), parts))
            }
            Place::Bucket(url) => Blobs::with_parts(Home::Remote(Remote::open(url)?), parts),
        }
    }

    pub(crate) fn with_parts(home: Home, parts: &Path) -> Result<Blobs> {
        local::private_folder(parts)?;
        Ok(Blobs::of(home, parts.to_owned()))
    }

    fn of(home: Home, parts: PathBuf) -> Blobs {
        let uploads = Arc::new(Semaphore::new(UPLOADS));
        Blobs {
            inner: Arc::new(Inner {
                home,
                parts,
                uploads,
                workers: Workers::default(),
                shaped: shaped::Shaped::default(),
            }),
        }
    }

    pub(crate) fn home(&self) -> &Home {
        &self.inner.home
    }

    pub(crate) fn workers(&self) -> &Workers {
        &self.inner.workers
    }

    pub(crate) fn shapes(&self) -> &shaped::Shaped {
        &self.inner.shaped
    }

    /// Begins to take bytes in. Refused while very many others do.
    pub fn begin(&self) -> Result<Upload> {
        Upload::begin(self)
    }

    /// Reads a part of a file of `size` bytes. Bytes that are not there, or are of another length, are an error; so
    /// are those of a small file, read whole, that do not have their hash.
    pub async fn read(&self, hash: Hash, size: u64, range: std::ops::Range<u64>) -> Result<Reading> {
        reading::open(self, hash, size, range).await
    }
}

/// A fault of the disk or the bucket, for the log.
pub(crate) fn failure(what: &str, name: &dyn std::fmt::Display, error: &dyn std::fmt::Display) -> Error {
    Error::Unavailable(format!("{what} {name}: {error}"))
}
