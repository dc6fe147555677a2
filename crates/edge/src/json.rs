//! Writers of JSON straight into a buffer: no tree, no intermediate text.

use model::time::Instant;

/// Whether a byte must be escaped inside a string: control characters, the quote and the backslash.
const fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Appends text in quotes. Runs without escapes are copied whole.
pub fn string(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut start = 0;
    while let Some(run) = first_special(&bytes[start..]) {
        out.extend_from_slice(&bytes[start..start + run]);
        escape(out, bytes[start + run]);
        start += run + 1;
    }
    out.extend_from_slice(&bytes[start..]);
    out.push(b'"');
}

/// Appends `"key":`, escaped.
pub fn key(out: &mut Vec<u8>, key: &str) {
    string(out, key);
    out.push(b':');
}

/// Appends a number: integers without a fraction, others in their shortest text that reads back the same. What JSON
/// has no number for is `null`.
pub fn number(out: &mut Vec<u8>, number: f64) {
    // Up to here doubles are all the integers, and the cast is exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.abs() <= EXACT && number.trunc() == number {
        integer(out, number as i64);
    } else if number.is_finite() {
        out.extend_from_slice(ryu::Buffer::new().format_finite(number).as_bytes());
    } else {
        out.extend_from_slice(b"null");
    }
}

/// Appends an integer.
pub fn integer(out: &mut Vec<u8>, integer: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(integer).as_bytes());
}

/// Appends `true` or `false`.
pub fn boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Appends an instant as `"2025-03-15T10:30:00.000Z"`.
pub fn instant_iso(out: &mut Vec<u8>, instant: Instant) {
    out.push(b'"');
    instant.write_iso(out);
    out.push(b'"');
}

/// `"key":`, to be written again and again.
pub fn head(key: &str) -> Box<[u8]> {
    let mut out = Vec::with_capacity(key.len() + 3);
    self::key(&mut out, key);
    out.into_boxed_slice()
}

/// Appends a kept JSON value.
pub fn value(out: &mut Vec<u8>, value: &model::Json) {
    serde_json::to_writer(out, value).expect("a JSON value writes into memory");
}

/// Appends a serializable wire type.
pub fn object<T: serde::Serialize>(out: &mut Vec<u8>, wire: &T) -> model::Result<()> {
    serde_json::to_writer(out, wire).map_err(|error| model::Error::Internal(error.to_string()))
}

/// Writes the commas of a list or of an object's members.
#[derive(Default)]
pub struct Commas {
    begun: bool,
}

impl Commas {
    /// Before each item: a comma, except before the first.
    pub fn next(&mut self, out: &mut Vec<u8>) {
        if self.begun {
            out.push(b',');
        }
        self.begun = true;
    }
}

/// The place of the first byte that needs an escape. Eight bytes are looked at together.
fn first_special(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The high bit of each byte that equals zero, as in the well-known `haszero`; a byte after such a one may be
    // marked wrongly, so a hit is looked at again byte by byte.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let mut chunks = bytes.chunks_exact(8);
    let mut at = 0;
    for chunk in &mut chunks {
        let word = u64::from_ne_bytes(chunk.try_into().expect("a chunk of eight"));
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let hits = control | zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\')));
        if hits != 0
            && let Some(within) = chunk.iter().position(|b| is_special(*b))
        {
            return Some(at + within);
        }
        at += 8;
    }
    chunks.remainder().iter().position(|b| is_special(*b)).map(|within| at + within)
}

fn escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' => b'"',
        b'\\' => b'\\',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_number_is_written_as_short_as_it_reads_back() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (3.0, "3"),
            (-12.5, "-12.5"),
            (0.1, "0.1"),
            (9_007_199_254_740_992.0, "9007199254740992"),
            (1e20, "1e20"),
            (5e-324, "5e-324"),
            (f64::NAN, "null"),
            (f64::INFINITY, "null"),
        ];
        for (value, expected) in cases {
            assert_eq!(written(|out| number(out, value)), expected);
        }
    }

    #[test]
    fn an_instant_is_iso_text() {
        assert_eq!(written(|out| instant_iso(out, Instant(0))), "\"1970-01-01T00:00:00.000Z\"");
    }

    proptest! {
        #[test]
        fn text_is_written_as_serde_writes_it(text in "[\\x00-\\x7f]{0,40}|\\PC{0,40}") {
            prop_assert_eq!(written(|out| string(out, &text)), serde_json::to_string(&text).expect("text"));
        }

        #[test]
        fn a_finite_number_reads_back(value in proptest::num::f64::NORMAL | proptest::num::f64::ZERO) {
            let text = written(|out| number(out, value));
            prop_assert_eq!(text.parse::<f64>().expect("a number"), value);
            prop_assert!(serde_json::from_str::<f64>(&text).is_ok());
        }
    }
}
