//! Fetching a file that a client named by its address, through the port for requests to other servers.

use super::{Stored, name};
use crate::Engine;
use crate::ports::outbound::{Ask, OutboundError, Purpose, Verb};
use bytes::{Bytes, BytesMut};
use model::{Error, Result};
use std::pin::Pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};

/// How long fetching a file may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// What is read at once.
const PIECE: usize = 256 << 10;

/// A file on its way from another server, bounded in bytes and time.
pub struct Fetching {
    /// What it is called, as far as the answer or the address tell.
    pub name: String,
    body: Pin<Box<dyn AsyncRead + Send>>,
    piece: BytesMut,
    /// The part of the request that named the address.
    place: String,
    taken: u64,
    most: u64,
}

impl Fetching {
    /// The next bytes; none at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        self.piece.reserve(PIECE);
        let read = self.body.read_buf(&mut self.piece).await;
        let read = read.map_err(|error| Error::malformed(self.place.as_str(), format!("was not fetched: {error}")))?;
        if read == 0 {
            return Ok(None);
        }
        self.taken += read as u64;
        if self.taken > self.most {
            return Err(Error::TooLarge { what: "file", limit: self.most });
        }
        Ok(Some(self.piece.split().freeze()))
    }
}

impl Engine {
    /// Asks for a file of at most `most` bytes. What is wrong is said of `place`, the part of the request that named the
    /// address.
    pub async fn begin_fetch(&self, place: &str, url: &str, most: u64) -> Result<Fetching> {
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
        let reply = self.inner().ports.outbound.ask(ask).await.map_err(told)?;
        if !(200..300).contains(&reply.status) {
            return Err(Error::malformed(place, format!("was answered with status {}", reply.status)));
        }
        let file_name = reply.file_name.as_deref().map(name::clean).or_else(|| name_in(url));
        Ok(Fetching {
            name: file_name.unwrap_or_else(|| name::clean("")),
            body: reply.body,
            piece: BytesMut::with_capacity(PIECE),
            place: place.to_owned(),
            taken: 0,
            most,
        })
    }

    /// Fetches a file as [`Engine::begin_fetch`] does and stores its bytes; what it is called comes with them.
    pub async fn fetch_file(&self, place: &str, url: &str, most: u64) -> Result<(Stored, String)> {
        let mut fetching = self.begin_fetch(place, url, most).await?;
        let mut upload = self.begin_upload()?;
        while let Some(piece) = fetching.next().await? {
            upload.write(piece).await?;
        }
        Ok((upload.finish(&fetching.name).await?, fetching.name))
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
