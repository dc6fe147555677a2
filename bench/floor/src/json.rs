//! Records as JSON, written straight from the buffers of the engine; no JSON tree is built on the way out.

use crate::fields::COLUMNS;

#[derive(Clone, Copy)]
pub enum Cell<'a> {
    Null,
    Flag(bool),
    Number(f64),
    Text(&'a [u8]),
}

impl<'a> From<Option<&'a String>> for Cell<'a> {
    fn from(text: Option<&'a String>) -> Cell<'a> {
        text.map_or(Cell::Null, |text| Cell::Text(text.as_bytes()))
    }
}

pub fn write_record(out: &mut Vec<u8>, id: i64, created: &[u8], cells: &[Cell<'_>; 8]) {
    out.extend_from_slice(br#"{"id":"rec"#);
    out.extend_from_slice(itoa::Buffer::new().format(id).as_bytes());
    out.extend_from_slice(br#"","fields":{"#);
    for (column, cell) in cells.iter().enumerate() {
        out.extend_from_slice(if column == 0 { b"\"" } else { b",\"" });
        out.extend_from_slice(COLUMNS[column].as_bytes());
        out.extend_from_slice(b"\":");
        match *cell {
            Cell::Null => out.extend_from_slice(b"null"),
            Cell::Flag(false) => out.extend_from_slice(b"false"),
            Cell::Flag(true) => out.extend_from_slice(b"true"),
            // A whole number is written without a point, as JavaScript does.
            Cell::Number(number) if number.trunc() == number && number.abs() < 9e15 => {
                out.extend_from_slice(itoa::Buffer::new().format(number as i64).as_bytes());
            }
            Cell::Number(number) => out.extend_from_slice(ryu::Buffer::new().format(number).as_bytes()),
            Cell::Text(text) => write_text(out, text),
        }
    }
    out.extend_from_slice(br#"},"createdTime":"#);
    write_text(out, created);
    out.push(b'}');
}

/// Copies the stretches that need no escape in one piece each.
fn write_text(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(format!("\\u{:04x}", rest[at]).as_bytes());
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}
