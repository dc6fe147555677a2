//! Pictures in a shape that somebody asks for: made when they are asked for, within bounds of pixels, and kept in memory
//! for a while. They are not kept on disk, since whoever asks chooses the shape, and shapes are without number.

use crate::{Blobs, Hash, pictures};
use bytes::Bytes;
use model::Result;
use parking_lot::Mutex;
use std::collections::HashMap;

/// The longest side that may be asked for.
pub const LONGEST_SIDE: u32 = 4096;
/// The most bytes of pictures that are kept.
const ROOM: usize = 32 << 20;

/// What a picture is to be.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Shape {
    /// Pixels, from 1 to [`LONGEST_SIDE`].
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub fit: Fit,
    /// None: a JPEG stays one, everything else is a PNG.
    pub format: Option<Format>,
    /// Of a JPEG, from 1 to 100.
    pub quality: u8,
}

/// How a picture fits into width and height, when both are given.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fit {
    /// As large as fits, in its own proportions.
    Clip,
    /// The same, never larger than it is.
    Max,
    /// Exactly so large; what is too much is cut off at both sides.
    Crop,
    /// Exactly so large; its proportions give way.
    Scale,
}

/// What is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    Jpeg,
    Png,
    /// Without loss.
    WebP,
}

/// Pictures that were made lately.
#[derive(Default)]
pub(crate) struct Shaped(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    pictures: HashMap<(Hash, Shape), (Bytes, u64)>,
    bytes: usize,
    /// Rises with every use.
    uses: u64,
}

impl Kept {
    fn get(&mut self, key: &(Hash, Shape)) -> Option<Bytes> {
        self.uses += 1;
        let (bytes, used) = self.pictures.get_mut(key)?;
        *used = self.uses;
        Some(bytes.clone())
    }

    fn put(&mut self, key: (Hash, Shape), bytes: Bytes) {
        if bytes.len() > ROOM / 4 {
            return;
        }
        while self.bytes + bytes.len() > ROOM {
            let oldest = self.pictures.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| *key);
            let Some(oldest) = oldest else { break };
            self.bytes -= self.pictures.remove(&oldest).map_or(0, |(bytes, _)| bytes.len());
        }
        self.uses += 1;
        self.bytes += bytes.len();
        if let Some((before, _)) = self.pictures.insert(key, (bytes, self.uses)) {
            self.bytes -= before.len();
        }
    }
}

impl Blobs {
    /// A picture in a shape, and its type; none when it is broken or too large to be decoded. Refused while very many
    /// others wait.
    pub async fn shaped(&self, hash: Hash, media_type: &str, shape: Shape) -> Result<Option<(Bytes, &'static str)>> {
        let key = (hash, shape);
        let kept = self.shapes().0.lock().get(&key);
        let bytes = match kept {
            Some(bytes) => bytes,
            None => {
                let told = media_type.to_owned();
                let made = self.of_picture(hash, move |picture| pictures::reshape(picture, &told, shape)).await?;
                let made = Bytes::from(made.unwrap_or_default());
                self.shapes().0.lock().put(key, made.clone());
                made
            }
        };
        let told = crate::sniff::media_type(&bytes, "");
        Ok((!bytes.is_empty()).then_some((bytes, told)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded_and_what_is_used_stays() {
        let mut kept = Kept::default();
        let shape = |width| Shape { width: Some(width), height: None, fit: Fit::Clip, format: None, quality: 75 };
        let key = |width| (Hash([1; 32]), shape(width));
        let picture = || Bytes::from(vec![0; 1 << 20]);
        kept.put(key(1), picture());
        for width in 2..100 {
            kept.put(key(width), picture());
            assert!(kept.get(&key(1)).is_some(), "{width}");
        }
        assert!(kept.bytes <= ROOM && kept.pictures.len() == ROOM >> 20, "{}", kept.bytes);
        assert!(kept.get(&key(2)).is_none());
        kept.put(key(1), picture());
        assert!(kept.bytes <= ROOM);
        kept.put(key(500), Bytes::from(vec![0; ROOM]));
        assert!(kept.get(&key(500)).is_none());
    }
}
