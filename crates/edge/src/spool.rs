//! A request's body in a file, for what is too long for memory.

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

/// The whole body in a file without a name, which is gone when it is closed. `limit` is in bytes.
pub async fn spool(body: Body, headers: &HeaderMap, settings: &Arc<Settings>, limit: u64) -> Result<File> {
    let mut body = Incoming::new(body, headers, settings, limit)?;
    let folder = settings.spill_folder.clone();
    let mut file = apart(move || tempfile::tempfile_in(folder)).await?;
    let mut held = Vec::new();
    while let Some(piece) = body.next().await? {
        held.extend_from_slice(&piece);
        if held.len() >= PIECE {
            (file, held) = write(file, held).await?;
        }
    }
    Ok(write(file, held).await?.0)
}

async fn write(mut file: File, mut held: Vec<u8>) -> Result<(File, Vec<u8>)> {
    apart(move || {
        file.write_all(&held)?;
        held.clear();
        Ok((file, held))
    })
    .await
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
        let mut file = spooled(3_000_000).await.expect("room");
        let mut back = String::new();
        file.rewind().and_then(|()| file.read_to_string(&mut back)).expect("a file");
        assert!(back == text);
        assert_eq!(spooled(2_999_999).await.err(), Some(Error::TooLarge { what: "file", limit: 2_999_999 }));
    }
}
