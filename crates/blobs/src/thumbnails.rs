//! Small copies of pictures, made when they are first asked for and kept under the hash of the picture and their size.

use crate::{Blobs, Hash, Home, Key, failure, pictures, reading};
use bytes::Bytes;
use model::{Error, Result};
use std::io::{BufRead, BufReader, Cursor, Seek, Write};

/// The sizes that there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Thumbnail {
    /// At most 56 pixels high: for a cell.
    Small,
    /// At most 525 pixels high: for a card.
    Large,
    /// At most 160 pixels high and a JPEG, whatever the picture is; on white where that is transparent.
    Jpeg,
}

impl Thumbnail {
    /// The size of a word; none for any other word.
    pub fn parse(word: &str) -> Option<Thumbnail> {
        match word {
            "sm" => Some(Thumbnail::Small),
            "lg" => Some(Thumbnail::Large),
            _ => None,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Thumbnail::Small => "sm",
            Thumbnail::Large => "lg",
            Thumbnail::Jpeg => "jpg",
        }
    }

    pub(crate) fn height(self) -> u32 {
        match self {
            Thumbnail::Small => 56,
            Thumbnail::Large => 525,
            Thumbnail::Jpeg => 160,
        }
    }
}

/// A picture that a worker reads.
pub(crate) type Opened = Box<dyn Picture>;

/// What can be read as a picture.
pub(crate) trait Picture: BufRead + Seek + Send {}

impl<T: BufRead + Seek + Send> Picture for T {}

impl Blobs {
    /// The small copy of a picture and its type; none when the picture is broken or too large to be decoded, which is
    /// remembered. Refused while very many others wait.
    pub async fn thumbnail(
        &self,
        hash: Hash,
        media_type: &str,
        size: Thumbnail,
    ) -> Result<Option<(Bytes, &'static str)>> {
        let key = Key::Small(hash, size);
        let bytes = match reading::open_key(self, key, 0..u64::MAX).await? {
            Some((kept, _)) => kept.whole().await.map_err(|e| failure("cannot read", &key.path(), &e))?,
            None => {
                let made = self.make(hash, media_type, size).await?;
                self.keep(key, made.clone()).await?;
                made
            }
        };
        let told = crate::sniff::media_type(&bytes, "");
        Ok((!bytes.is_empty()).then_some((bytes, told)))
    }

    /// Makes a small copy on a worker; empty when there can be none.
    async fn make(&self, hash: Hash, media_type: &str, size: Thumbnail) -> Result<Bytes> {
        let media_type = media_type.to_owned();
        let made = self.of_picture(hash, move |picture| pictures::shrink(picture, &media_type, size)).await?;
        Ok(made.unwrap_or_default().into())
    }

    /// What a worker makes of a picture; none when it makes nothing, or the picture is too large to be fetched.
    pub(crate) async fn of_picture(
        &self,
        hash: Hash,
        job: impl FnOnce(Opened) -> Option<Vec<u8>> + Send + 'static,
    ) -> Result<Option<Vec<u8>>> {
        let missing = || Error::Unavailable(format!("the bytes of the file {hash} are missing"));
        let opened: Opened = match self.home() {
            Home::Local(local) => {
                let file = local.open_file(Key::Whole(hash))?.ok_or_else(missing)?;
                Box::new(BufReader::new(file))
            }
            Home::Remote(remote) => {
                let (picture, _) = remote.read(Key::Whole(hash), 0..u64::MAX).await?.ok_or_else(missing)?;
                if picture.left() > MOST_REMOTE {
                    return Ok(None);
                }
                Box::new(Cursor::new(picture.whole().await.map_err(|e| failure("cannot read", &hash, &e))?))
            }
        };
        self.workers().run(move || job(opened)).await
    }

    async fn keep(&self, key: Key, bytes: Bytes) -> Result<()> {
        if let Home::Remote(remote) = self.home() {
            return remote.put(key, bytes.to_vec()).await;
        }
        let blobs = self.clone();
        let kept = tokio::task::spawn_blocking(move || {
            let Home::Local(local) = blobs.home() else { return Ok(()) };
            let told = |e: std::io::Error| failure("cannot keep", &key.path(), &e);
            let mut part = tempfile::Builder::new().prefix("th-").tempfile_in(&blobs.inner.parts).map_err(told)?;
            part.write_all(&bytes).and_then(|()| part.as_file().sync_all()).map_err(told)?;
            local.put(key, part)
        });
        kept.await.unwrap_or_else(|error| Err(Error::Internal(error.to_string())))
    }
}

/// The largest picture that is fetched from a bucket to be shrunk, in bytes.
const MOST_REMOTE: u64 = 64 << 20;
