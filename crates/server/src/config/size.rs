//! A number of bytes, as people write it.

use serde::de::{Deserialize, Deserializer, Error};
use std::str::FromStr;

/// Bytes: `1048576`, `"512 KiB"`, `"16MiB"`, `"1 GiB"`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size(pub usize);

const UNITS: [(&str, u32); 5] = [("KIB", 10), ("MIB", 20), ("GIB", 30), ("B", 0), ("", 0)];

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Size, String> {
        let text = text.trim();
        let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = (&text[..end], text[end..].trim().to_ascii_uppercase());
        let shift = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, shift)| *shift);
        let bytes = number.parse::<usize>().ok().zip(shift).and_then(|(n, shift)| n.checked_mul(1 << shift));
        bytes.map(Size).ok_or_else(|| format!("{text} is not a size such as 16 MiB"))
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Size, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(usize),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(bytes) => Ok(Size(bytes)),
            Written::Text(text) => text.parse().map_err(D::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let read = |text: &str| text.parse::<Size>().ok().map(|size| size.0);
        assert_eq!(read("1024"), Some(1024));
        assert_eq!(read(" 2 KiB"), Some(2048));
        assert_eq!(read("16mib"), Some(16 << 20));
        for wrong in ["", "MiB", "-1", "1.5 MiB", "1 MB", "99999999999 GiB"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
