//! Keys out of the bytes that a terminal sends.

use std::io::{self, Read};

/// A key, or several that mean one thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Key {
    Char(char),
    Enter,
    Tab,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    /// Ctrl-W.
    EraseWord,
    /// Ctrl-U.
    EraseBefore,
    /// Ctrl-K.
    EraseAfter,
    /// Ctrl-L.
    Clear,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D; or the terminal is gone.
    Eof,
    Other,
}

/// The next key.
pub fn next(from: &mut impl Read) -> io::Result<Key> {
    let Some(byte) = byte(from)? else { return Ok(Key::Eof) };
    Ok(match byte {
        b'\r' | b'\n' => Key::Enter,
        b'\t' => Key::Tab,
        0x01 => Key::Home,
        0x02 => Key::Left,
        0x03 => Key::Interrupt,
        0x04 => Key::Eof,
        0x05 => Key::End,
        0x06 => Key::Right,
        0x08 | 0x7f => Key::Backspace,
        0x0b => Key::EraseAfter,
        0x0c => Key::Clear,
        0x0e => Key::Down,
        0x10 => Key::Up,
        0x15 => Key::EraseBefore,
        0x17 => Key::EraseWord,
        0x1b => escaped(from)?,
        0x00..=0x1f => Key::Other,
        first => character(first, from)?,
    })
}

fn byte(from: &mut impl Read) -> io::Result<Option<u8>> {
    let mut one = [0];
    loop {
        match from.read(&mut one) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(one[0])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// `ESC [ A`, `ESC O A`, `ESC [ 3 ~`.
fn escaped(from: &mut impl Read) -> io::Result<Key> {
    let (Some(b'[' | b'O'), Some(mut last)) = (byte(from)?, byte(from)?) else { return Ok(Key::Other) };
    let mut digits = Vec::new();
    while last.is_ascii_digit() || last == b';' {
        digits.push(last);
        let Some(next) = byte(from)? else { return Ok(Key::Eof) };
        last = next;
    }
    Ok(match (last, digits.as_slice()) {
        (b'A', _) => Key::Up,
        (b'B', _) => Key::Down,
        (b'C', _) => Key::Right,
        (b'D', _) => Key::Left,
        (b'H', _) | (b'~', b"1" | b"7") => Key::Home,
        (b'F', _) | (b'~', b"4" | b"8") => Key::End,
        (b'~', b"3") => Key::Delete,
        _ => Key::Other,
    })
}

/// The character that begins with this byte.
fn character(first: u8, from: &mut impl Read) -> io::Result<Key> {
    let length = match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => 1,
    };
    let mut bytes = vec![first];
    while bytes.len() < length {
        let Some(next) = byte(from)? else { return Ok(Key::Eof) };
        bytes.push(next);
    }
    let found = std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next());
    Ok(found.filter(|c| !c.is_control()).map_or(Key::Other, Key::Char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_terminals_are_keys() {
        let mut bytes: &[u8] = "aä🦀\u{1b}[A\u{1b}OB\u{1b}[3~\u{1b}[1;5C\u{1b}[200~\u{7f}\r\u{3}\u{fffd}".as_bytes();
        let expected = [
            Key::Char('a'),
            Key::Char('ä'),
            Key::Char('🦀'),
            Key::Up,
            Key::Down,
            Key::Delete,
            Key::Right,
            Key::Other,
            Key::Backspace,
            Key::Enter,
            Key::Interrupt,
            Key::Char('\u{fffd}'),
            Key::Eof,
        ];
        for key in expected {
            assert_eq!(next(&mut bytes).expect("readable"), key);
        }
        let mut broken: &[u8] = &[0xff, b'a', 0xc3];
        assert_eq!([0; 3].map(|_| next(&mut broken).expect("readable")), [Key::Other, Key::Char('a'), Key::Eof]);
    }
}
