//! How a file is written: its encoding, what stands between cells and around them, and whether its first row names the
//! columns.

use crate::guess;
use crate::rows::Rows;
use crate::source::Source;
use crate::utf8::{Encoding, Utf8};
use csv::StringRecord;
use model::{Error, Result};
use std::io::{Cursor, Read};

/// How much of a file is looked at.
const LOOK: u64 = 64 << 10;
/// How many rows of that.
const ROWS: usize = 100;
/// What may stand between cells, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How a file is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Format {
    pub encoding: Encoding,
    pub delimiter: u8,
    pub quote: u8,
    pub header: Header,
}

/// What the first row is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Header {
    /// It names the columns.
    Row,
    /// It is a row like the others.
    None,
}

/// What somebody knows of a file; the rest is found out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Hints {
    pub delimiter: Option<u8>,
    pub header: Option<Header>,
}

/// Finds out how a file is written.
pub fn sniff(source: &Source, hints: Hints) -> Result<Format> {
    let unreadable = |error: std::io::Error| Error::Unavailable(format!("the file cannot be read: {error}"));
    let encoding = Encoding::of(source).map_err(unreadable)?;
    let mut head = Vec::new();
    Utf8::new(source.open(), encoding).take(LOOK).read_to_end(&mut head).map_err(unreadable)?;
    let is_whole = (head.len() as u64) < LOOK;
    if head.contains(&0) {
        return Err(Error::malformed("file", "is not text"));
    }
    // The end may lie within a character.
    let valid = match std::str::from_utf8(&head) {
        Ok(text) => text.len(),
        Err(error) => error.valid_up_to(),
    };
    head.truncate(valid);
    let quote = quote_of(&head);
    let mut format = Format { encoding, delimiter: b',', quote, header: Header::None };
    format.delimiter = hints.delimiter.unwrap_or_else(|| delimiter_of(&head, &format, is_whole));
    let rows = some_rows(&head, &format, is_whole);
    format.header = hints.header.unwrap_or_else(|| header_of(&rows));
    Ok(format)
}

/// An apostrophe only where no double quote is used, and cells are wrapped in it.
fn quote_of(head: &[u8]) -> u8 {
    let is_edge = |byte: Option<&u8>| byte.is_none_or(|b| DELIMITERS.contains(b) || matches!(b, b'\n' | b'\r'));
    if head.contains(&b'"') {
        return b'"';
    }
    let (mut opened, mut closed) = (0, 0);
    for (i, _) in head.iter().enumerate().filter(|(_, byte)| **byte == b'\'') {
        opened += usize::from(is_edge(i.checked_sub(1).and_then(|i| head.get(i))) && !is_edge(head.get(i + 1)));
        closed += usize::from(is_edge(head.get(i + 1)) && !is_edge(i.checked_sub(1).and_then(|i| head.get(i))));
    }
    if opened >= 2 && opened == closed { b'\'' } else { b'"' }
}

/// The delimiter by which most rows have as many cells as each other, and more than one.
fn delimiter_of(head: &[u8], format: &Format, is_whole: bool) -> u8 {
    let mut best = (b',', 0.0, 1);
    for delimiter in DELIMITERS {
        let rows = some_rows(head, &Format { delimiter, ..format.clone() }, is_whole);
        let mut counts: Vec<usize> = rows.iter().map(StringRecord::len).collect();
        counts.sort_unstable();
        let usual = counts.chunk_by(|a, b| a == b).max_by_key(|run| (run.len(), run[0]));
        let Some((cells, alike)) = usual.map(|run| (run[0], run.len() as f64 / counts.len() as f64)) else { continue };
        if cells > 1 && (alike > best.1 + 0.05 || (alike > best.1 - 0.05 && cells > best.2)) {
            best = (delimiter, alike, cells);
        }
    }
    best.0
}

/// The first rows; one that may be cut off is left out.
fn some_rows(head: &[u8], format: &Format, is_whole: bool) -> Vec<StringRecord> {
    let mut reader = Rows::of_text(Box::new(Cursor::new(head.to_vec())), format);
    let mut rows = Vec::new();
    let mut row = StringRecord::new();
    while rows.len() < ROWS && reader.next_row(&mut row).unwrap_or(false) {
        rows.push(row.clone());
    }
    if !is_whole && rows.len() > 1 && rows.len() < ROWS {
        rows.pop();
    }
    rows
}

/// A header has a name for each column, none twice, and none that reads as a value of another type than text.
fn header_of(rows: &[StringRecord]) -> Header {
    let Some(first) = rows.first() else { return Header::None };
    let names: Vec<&str> = first.iter().map(str::trim).collect();
    let is_name = |i: usize| {
        let name = names[i];
        !name.is_empty() && name.len() <= 255 && !names[..i].contains(&name) && !guess::is_typed(name)
    };
    if (0..names.len()).all(is_name) { Header::Row } else { Header::None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (char, char, Header) {
        let format = sniff(&Source::Bytes(text.as_bytes().into()), Hints::default()).expect("a format");
        (char::from(format.delimiter), char::from(format.quote), format.header)
    }

    #[test]
    fn delimiter_quote_and_header_are_found() {
        for (text, expected) in [
            ("Name,Count\na,1\nb,2\n", (',', '"', Header::Row)),
            ("Name;Price\na;1,5\nb;2,5\n", (';', '"', Header::Row)),
            ("Name\tCount\na\t1\n", ('\t', '"', Header::Row)),
            ("a|b|c\nd|e|f\n", ('|', '"', Header::Row)),
            ("1,2\n3,4\n", (',', '"', Header::None)),
            ("Name,2024-01-01\na,b\n", (',', '"', Header::None)),
            ("Name,Name\na,b\n", (',', '"', Header::None)),
            ("Name\none\ntwo\n", (',', '"', Header::Row)),
            ("\"a;b\",\"c;d\"\n\"e;f\",\"g\"\n", (',', '"', Header::Row)),
            ("'a, b','c'\n'd','e, f'\n", (',', '\'', Header::Row)),
            ("it's,'=1+2\nb,c\n", (',', '"', Header::Row)),
            ("", (',', '"', Header::None)),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert!(sniff(&Source::Bytes(b"PK\x03\x04\x00\x00".as_slice().into()), Hints::default()).is_err());
    }
}
