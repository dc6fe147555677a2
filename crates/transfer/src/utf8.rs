//! Text in whatever encoding, as UTF-8: with a byte order mark what it says, else UTF-8 if all of it is, else
//! Windows-1252, in which every byte means something.

use crate::source::Source;
use std::io::{self, Read};

/// How text lies in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

impl Encoding {
    /// The name that programs know it by.
    pub fn word(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Windows1252 => "windows-1252",
        }
    }

    /// Looks at all bytes of a source.
    pub fn of(source: &Source) -> io::Result<Encoding> {
        let mut reader = source.open();
        let mut buffer = vec![0; 1 << 16];
        // What is left of the piece before: the beginning of a character.
        let mut held = 0;
        let mut first = true;
        loop {
            let read = reader.read(&mut buffer[held..])?;
            let filled = held + read;
            if first && filled < 2 && read > 0 {
                held = filled;
                continue;
            }
            if first {
                first = false;
                match buffer[..filled] {
                    [0xff, 0xfe, ..] => return Ok(Encoding::Utf16Le),
                    [0xfe, 0xff, ..] => return Ok(Encoding::Utf16Be),
                    _ => {}
                }
            }
            let valid = match std::str::from_utf8(&buffer[..filled]) {
                Ok(_) => filled,
                Err(error) if error.error_len().is_none() && read > 0 => error.valid_up_to(),
                Err(_) => return Ok(Encoding::Windows1252),
            };
            if read == 0 {
                return Ok(Encoding::Utf8);
            }
            buffer.copy_within(valid..filled, 0);
            held = filled - valid;
        }
    }
}

/// What Windows-1252 has where Latin-1 has control characters; the five holes stay those.
const ABOVE_ASCII: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// A source as UTF-8 without byte order mark.
pub struct Utf8<R> {
    inner: R,
    encoding: Encoding,
    /// Bytes that are read and not yet understood.
    raw: Vec<u8>,
    /// UTF-8 that is not yet handed out, from `at` on.
    ready: Vec<u8>,
    at: usize,
    begun: bool,
    ended: bool,
}

impl<R: Read> Utf8<R> {
    pub fn new(inner: R, encoding: Encoding) -> Utf8<R> {
        Utf8 { inner, encoding, raw: Vec::new(), ready: Vec::new(), at: 0, begun: false, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        let held = self.raw.len();
        self.raw.resize(held + (1 << 16), 0);
        let read = self.inner.read(&mut self.raw[held..])?;
        self.raw.truncate(held + read);
        self.ended = read == 0;
        self.ready.clear();
        self.at = 0;
        match self.encoding {
            Encoding::Utf8 => std::mem::swap(&mut self.ready, &mut self.raw),
            Encoding::Windows1252 => {
                let mut text = String::with_capacity(self.raw.len() * 5 / 4);
                text.extend(self.raw.iter().map(|byte| match byte {
                    0x80..=0x9f => ABOVE_ASCII[usize::from(byte - 0x80)],
                    byte => char::from(*byte),
                }));
                self.ready = text.into_bytes();
                self.raw.clear();
            }
            Encoding::Utf16Le | Encoding::Utf16Be => self.read_utf16(),
        }
        // The mark may come in pieces only where a reader gives less than three bytes at first.
        if !self.begun && (self.ready.len() >= 3 || self.ended) {
            self.begun = true;
            if self.ready.starts_with("\u{feff}".as_bytes()) {
                self.at = 3;
            }
        }
        Ok(())
    }

    fn read_utf16(&mut self) {
        let pair = |two: &[u8]| match self.encoding {
            Encoding::Utf16Be => u16::from_be_bytes([two[0], two[1]]),
            _ => u16::from_le_bytes([two[0], two[1]]),
        };
        let mut units: Vec<u16> = self.raw.chunks_exact(2).map(pair).collect();
        // The first half of a pair waits for the second.
        if !self.ended && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
            units.pop();
        }
        let used = units.len() * 2;
        let text: String = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.raw.drain(..used);
        self.ready = text.into_bytes();
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() && !self.ended {
            self.refill()?;
        }
        let length = (self.ready.len() - self.at).min(into.len());
        into[..length].copy_from_slice(&self.ready[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time.
    struct Dripping<'a>(&'a [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let length = self.0.len().min(3).min(into.len());
            into[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    fn check(bytes: &[u8], encoding: Encoding, expected: &str) {
        assert_eq!(Encoding::of(&Source::Bytes(bytes.into())).expect("bytes"), encoding, "{expected}");
        for drip in [false, true] {
            let mut text = String::new();
            let read = match drip {
                true => Utf8::new(Dripping(bytes), encoding).read_to_string(&mut text),
                false => Utf8::new(bytes, encoding).read_to_string(&mut text),
            };
            read.expect("text");
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn every_encoding_becomes_utf8_without_its_mark() {
        check(b"", Encoding::Utf8, "");
        check(b"a", Encoding::Utf8, "a");
        check("Zoë,日本".as_bytes(), Encoding::Utf8, "Zoë,日本");
        check("\u{feff}Zoë".as_bytes(), Encoding::Utf8, "Zoë");
        check(b"Zo\xeb \x80 \x93x\x94", Encoding::Windows1252, "Zoë € “x”");
        let text = "\u{feff}Zoë 𝒳,日本";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(&le, Encoding::Utf16Le, &text[3..]);
        check(&be, Encoding::Utf16Be, &text[3..]);
    }

    #[test]
    fn text_that_ends_within_a_character_is_not_utf8() {
        check(b"ab\xc3", Encoding::Windows1252, "abÃ");
        let mut long = "é".repeat(100_000).into_bytes();
        assert_eq!(Encoding::of(&Source::Bytes(long.clone().into())).expect("bytes"), Encoding::Utf8);
        long.push(0xff);
        assert_eq!(Encoding::of(&Source::Bytes(long.into())).expect("bytes"), Encoding::Windows1252);
    }
}
