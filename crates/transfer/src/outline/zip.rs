//! An archive of files that are stored as they are: enough for a whole account, readable by every program.

use model::{Error, Result};
use std::collections::HashSet;

/// Most bytes and files of an archive without the extension for larger ones.
const MOST_BYTES: u64 = u32::MAX as u64;
const MOST_FILES: usize = u16::MAX as usize;
/// Longest name of a part, in bytes.
const LONGEST: usize = 120;
/// The names are UTF-8.
const UTF8: u16 = 1 << 11;
/// 1980-01-01, the first day that there is: an archive of the same files is the same.
const DAY: u16 = 0x21;

/// An archive in the making.
#[derive(Default)]
pub struct Zip {
    written: u64,
    directory: Vec<u8>,
    files: usize,
    taken: HashSet<String>,
}

impl Zip {
    /// Appends a file to `out`; its name is made of parts that people gave, and is unlike all before it.
    pub fn add(
        &mut self,
        folders: &[&str],
        name: &str,
        extension: &str,
        bytes: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let name = self.name(folders, name, extension);
        let size = u32::try_from(bytes.len()).ok().filter(|_| self.files < MOST_FILES).ok_or_else(too_large)?;
        let offset = u32::try_from(self.written).map_err(|_| too_large())?;
        let mut shared = Vec::with_capacity(26);
        for number in [20, UTF8, 0, 0, DAY] {
            shared.extend_from_slice(&number.to_le_bytes());
        }
        for number in [crc32(bytes), size, size] {
            shared.extend_from_slice(&number.to_le_bytes());
        }
        let length = u16::try_from(name.len()).map_err(|_| too_large())?;
        shared.extend_from_slice(&length.to_le_bytes());
        shared.extend_from_slice(&0_u16.to_le_bytes());
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&shared);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(bytes);
        self.written += 30 + name.len() as u64 + u64::from(size);
        if self.written + self.directory.len() as u64 > MOST_BYTES {
            return Err(too_large());
        }
        self.directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        self.directory.extend_from_slice(&shared);
        self.directory.extend_from_slice(&[0; 10]);
        self.directory.extend_from_slice(&offset.to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.files += 1;
        Ok(())
    }

    /// Appends the end.
    pub fn finish(self, out: &mut Vec<u8>) -> Result<()> {
        let (files, length) = (self.files as u16, self.directory.len() as u32);
        let offset = u32::try_from(self.written).map_err(|_| too_large())?;
        out.extend_from_slice(&self.directory);
        out.extend_from_slice(b"PK\x05\x06\x00\x00\x00\x00");
        out.extend_from_slice(&files.to_le_bytes());
        out.extend_from_slice(&files.to_le_bytes());
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&offset.to_le_bytes());
        out.extend_from_slice(&[0; 2]);
        Ok(())
    }

    fn name(&mut self, folders: &[&str], name: &str, extension: &str) -> String {
        let mut path: String = folders.iter().map(|folder| part(folder) + "/").collect();
        cut(&mut path, 8 * LONGEST);
        let name = part(name);
        for n in 1.. {
            let numbered = if n == 1 { String::new() } else { format!(" ({n})") };
            let whole = format!("{path}{name}{numbered}.{extension}");
            // Not every file system tells capital letters from small ones.
            if self.taken.insert(whole.to_lowercase()) {
                return whole;
            }
        }
        unreachable!("some number is free")
    }
}

/// A name as a part of a path that stays where it is unpacked.
fn part(name: &str) -> String {
    let safe = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c };
    let mut part: String = name.trim().chars().map(safe).collect();
    cut(&mut part, LONGEST);
    let part = part.trim_matches([' ', '.']);
    if part.is_empty() { "_".to_owned() } else { part.to_owned() }
}

/// Cuts a text to so many bytes, or a few less where a character would be cut.
fn cut(text: &mut String, most: usize) {
    let end = (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.truncate(end.unwrap_or(0));
}

fn too_large() -> Error {
    Error::TooLarge { what: "archive", limit: MOST_BYTES }
}

const CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let mut crc = n as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ crc >> 1 } else { crc >> 1 };
            bit += 1;
        }
        table[n] = crc;
        n += 1;
    }
    table
};

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| CRC[usize::from((crc as u8) ^ byte)] ^ crc >> 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_sum_is_the_known_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn names_stay_inside_and_differ() {
        let mut zip = Zip::default();
        assert_eq!(zip.name(&[], "A", "opml"), "A.opml");
        assert_eq!(zip.name(&[], "a", "opml"), "a (2).opml");
        assert_eq!(zip.name(&["..", "a/b"], "../../etc/passwd", "opml"), "_/a_b/_.._etc_passwd.opml");
        assert_eq!(zip.name(&[], "", "opml"), "_.opml");
    }
}
