//! A request's body in a file, or what comes from elsewhere, when it is too long for memory.

use crate::incoming::Incoming;
use crate::settings::Settings;
use axum::body::Body;
use axum::http::HeaderMap;
use model::{Error, Result};
use std::fs::File;
use std::io::Write;
use std::sync::Arc;

/// What is gathered before it is written.
const PIECE: usize = 1 << 20;

/// Bytes on their way into a file without a name, which is gone when nobody has it open any more.
pub struct Spool {
    file: Arc<File>,
    held: Vec<u8>,
    length: u64,
    /// What is told to be too large, and beyond how many bytes.
    bound: (&'static str, u64),
}

impl Spool {
    /// An empty file for at most `limit` bytes of `what`.
    pub async fn begin(settings: &Arc<Settings>, what: &'static str, limit: u64) -> Result<Spool> {
        let folder = settings.spill_folder.clone();
        let file = apart(move || tempfile::tempfile_in(folder)).await?;
        Ok(Spool { file: Arc::new(file), held: Vec::new(), length: 0, bound: (what, limit) })
    }

    /// Takes the next bytes in.
    pub async fn take(&mut self, piece: &[u8]) -> Result<()> {
        self.length += piece.len() as u64;
        let (what, limit) = self.bound;
        if self.length > limit {
            return Err(Error::TooLarge { what, limit });
        }
        self.held.extend_from_slice(piece);
        if self.held.len() >= PIECE { self.write().await } else { Ok(()) }
    }

    /// The file with all of it.
    pub async fn finish(mut self) -> Result<Arc<File>> {
        self.write().await?;
        Ok(self.file)
    }

    async fn write(&mut self) -> Result<()> {
        let (file, mut held) = (self.file.clone(), std::mem::take(&mut self.held));
        let write = move || {
            (&*file).write_all(&held)?;
            held.clear();
            Ok(held)
        };
        self.held = apart(write).await?;
        Ok(())
    }
}

/// The whole body in a file. `limit` is in bytes.
pub(crate) async fn spool(body: Body, headers: &HeaderMap, settings: &Arc<Settings>, limit: u64) -> Result<Arc<File>> {
    let mut body = Incoming::new(body, headers, settings, limit)?;
    let mut spool = Spool::begin(settings, "file", limit).await?;
    while let Some(piece) = body.next().await? {
        spool.take(&piece).await?;
    }
    spool.finish().await
}

/// What waits for the disk waits on a thread that may.
async fn apart<T: Send + 'static>(job: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T> {
    let unkept = |why: String| Error::Unavailable(format!("a body does not fit on disk: {why}"));
    let done = tokio::task::spawn_blocking(job).await.map_err(|error| unkept(error.to_string()))?;
    done.map_err(|error| unkept(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Seek};

    #[tokio::test]
    async fn a_body_is_in_the_file_as_it_came_and_bounded() {
        let text = "0123456789".repeat(300_000);
        let settings = Arc::new(Settings::default());
        let headers = HeaderMap::new();
        let spooled = |limit| spool(Body::from(text.clone()), &headers, &settings, limit);
        let spooled_file = spooled(3_000_000).await.expect("room");
        let (mut file, mut back) = (&*spooled_file, String::new());
        file.rewind().and_then(|()| file.read_to_string(&mut back)).expect("a file");
        assert!(back == text);
        assert_eq!(spooled(2_999_999).await.err(), Some(Error::TooLarge { what: "file", limit: 2_999_999 }));
    }
}
