//! Fetching a file that a client named by its address, through the port for requests to other servers.

use super::{Stored, name};
use crate::Engine;
use crate::ports::outbound::{Ask, OutboundError, Purpose, Verb};
use bytes::BytesMut;
use model::{Error, Result};
use std::time::Duration;
use tokio::io::AsyncReadExt;

/// How long fetching a file may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// What is read at once.
const PIECE: usize = 256 << 10;

impl Engine {
    /// Fetches a file of at most `most` bytes and stores its bytes; its name, as far as the answer or the address tell
    /// one. What is wrong is said of `place`, the part of the request that named the address.
    pub async fn fetch_file(&self, place: &str, url: &str, most: u64) -> Result<(Stored, String)> {
        let ask = Ask {
            purpose: Purpose::File,
            verb: Verb::Get,
            url: url.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            // One more, so that a file that is too large is told from one that just fits.
            most: most.saturating_add(1),
            within: PATIENCE,
        };
        let told = |error: OutboundError| match error {
            OutboundError::Refused(why) => Error::malformed(place, format!("cannot be fetched: {why}")),
            OutboundError::Failed(why) => Error::malformed(place, format!("was not fetched: {why}")),
        };
        let mut reply = self.inner().ports.outbound.ask(ask).await.map_err(told)?;
        if !(200..300).contains(&reply.status) {
            return Err(Error::malformed(place, format!("was answered with status {}", reply.status)));
        }
        let file_name = reply.file_name.as_deref().map(name::clean).or_else(|| name_in(url));
        let file_name = file_name.unwrap_or_else(|| name::clean(""));
        let mut upload = self.begin_upload()?;
        let mut piece = BytesMut::with_capacity(PIECE);
        loop {
            piece.reserve(PIECE);
            let read = reply.body.read_buf(&mut piece).await;
            if read.map_err(|error| Error::malformed(place, format!("was not fetched: {error}")))? == 0 {
                break;
            }
            let read = piece.split().freeze();
            if upload.size() + read.len() as u64 > most {
                return Err(Error::TooLarge { what: "file", limit: most });
            }
            upload.write(read).await?;
        }
        Ok((upload.finish(&file_name).await?, file_name))
    }
}

/// The last segment of an address.
fn name_in(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?.split_once("://")?.1;
    let (_, segment) = path.rsplit_once('/')?;
    (!segment.is_empty()).then(|| name::clean(segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_the_end_of_its_address() {
        let cases = [
            ("https://example.com/a/image.png?x=/y", Some("image.png")),
            ("https://example.com/a/", None),
            ("https://example.com", None),
            ("nonsense", None),
        ];
        for (url, name) in cases {
            assert_eq!(name_in(url).as_deref(), name, "{url}");
        }
    }
}
