//! A request's body in a file, for what is too long for memory.

use crate::body::next_piece;
use crate::settings::Settings;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use model::{Error, Result};
use std::fs::File;
use std::io::Write;
use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;

/// What is gathered before it is written.
const PIECE: usize = 1 << 20;

/// The whole body in a file without a name, which is gone when it is closed. `limit` is in bytes.
pub async fn spool(body: Body, headers: &HeaderMap, settings: &Arc<Settings>, limit: u64) -> Result<File> {
    let too_large = || Error::TooLarge { what: "body", limit };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let folder = settings.spill_folder.clone();
    let mut file = apart(move || tempfile::tempfile_in(folder)).await?;
    let started = Instant::now();
    let mut body = pin!(body);
    let (mut length, mut held) = (0, Vec::new());
    while let Some(piece) = next_piece(body.as_mut(), settings.body_idle, settings.upload_total, started).await? {
        length += piece.len() as u64;
        if length > limit {
            return Err(too_large());
        }
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
        assert_eq!(spooled(2_999_999).await.err(), Some(Error::TooLarge { what: "body", limit: 2_999_999 }));
    }
}
