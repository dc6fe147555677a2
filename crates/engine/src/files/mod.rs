//! Files: taking them in, who may use and read which, and taking away what nothing refers to.
//!
//! The bytes are kept by `blobs` under their hash, and are on stable storage before anything refers to them. A file that
//! was sent is an upload, known to who sent it, until a record has it; then it has a row in that record's database. What
//! a cell holds is the file's token and name; the rest comes from the row (`apply/files.rs`). Addresses that need no
//! header are [`Seals`].

mod fetch;
mod keep;
mod look;
mod name;
mod of_record;
mod origin;
mod published;
mod seals;
mod sweep;

pub use blobs::{
    Dimensions, Fit, Format, LONGEST_SIDE, Place, Reading, Shape, Stored, Thumbnail, Upload, known_type, may_be_shrunk,
};
pub use fetch::Fetching;
pub use keep::GRACE_MS;
pub use name::clean as clean_name;
pub use of_record::FileOfRecord;
pub use origin::reached_at;
pub use seals::{Claim, DirectClaim, Seals, UploadClaim};
pub use store::database::files::{FilePlace, FileRow};

pub(crate) use keep::is_of;
pub(crate) use look::{MOST_PLACES, item_of};
pub(crate) use origin::origin;

use crate::ports::Ports;
use blobs::Blobs;
use model::{Error, Result, Subject};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::atomic::AtomicI64;
use store::store::Store;

/// How files are kept.
#[derive(Clone, Default)]
pub struct FileOptions {
    /// Where the bytes are; none for `blobs` in the data folder.
    pub place: Option<Place>,
    /// The server's key as text of its own, when it is not to be the one in the data folder: servers that share a
    /// store share it.
    pub secret_key: Option<String>,
}

/// What the engine holds of files.
pub(crate) struct State {
    pub blobs: Blobs,
    /// Signs addresses.
    key: [u8; 32],
    /// When bytes were swept last, UTC milliseconds.
    swept_at: AtomicI64,
}

/// Shortest text of a key.
const LEAST_KEY: usize = 32;
/// Characters of a file's token: 190 random bits.
const TOKEN: usize = 32;

impl State {
    pub(crate) fn open(store: &Store, ports: &Ports, options: FileOptions) -> Result<State> {
        let folder = store.folder();
        let key = match options.secret_key {
            Some(text) if text.len() < LEAST_KEY => {
                return Err(Error::Unavailable(format!("the secret key must have at least {LEAST_KEY} characters")));
            }
            Some(text) => Sha256::digest(text.as_bytes()).into(),
            None => folder.secret_key(|| {
                let mut key = [0; 32];
                ports.dice.fill(&mut key);
                key
            })?,
        };
        let place = options.place.unwrap_or_else(|| Place::Folder(blobs_folder(folder.path())));
        let blobs = Blobs::open(&place, &folder.path().join("parts"))?;
        Ok(State { blobs, key, swept_at: AtomicI64::new(0) })
    }
}

/// Where the bytes are in a data folder.
pub fn blobs_folder(data: &Path) -> std::path::PathBuf {
    data.join("blobs")
}

/// Copies the files of a backup into the folder of files of a new data folder; how many they are.
pub fn restore_folder(from: &Path, data: &Path) -> Result<usize> {
    blobs::copy_folder(from, &blobs_folder(data))
}

/// What is not there, not to be known, or asked for with a seal that does not hold.
pub(crate) fn missing() -> Error {
    Error::not_found(Subject::File, "")
}
