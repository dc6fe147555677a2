//! The bytes of an import: read from the start as often as needed, a piece at a time.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Where the bytes are. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Source {
    Bytes(Arc<[u8]>),
    /// A file that nobody changes any more.
    File(Arc<File>),
}

impl Source {
    /// Reads from the start, beside whoever reads it already.
    pub fn open(&self) -> impl Read + Send + 'static {
        Opened { source: self.clone(), at: 0 }
    }
}

struct Opened {
    source: Source,
    at: u64,
}

impl Read for Opened {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = match &self.source {
            Source::Bytes(bytes) => {
                let rest = usize::try_from(self.at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
                let length = rest.len().min(into.len());
                into[..length].copy_from_slice(&rest[..length]);
                length
            }
            Source::File(file) => file.read_at(into, self.at)?,
        };
        self.at += read as u64;
        Ok(read)
    }
}
