//! Values as text of a file, and cells as RFC 4180 has them.

use model::kind::choice::Options;
use model::kind::{Kind, Names, shared};
use model::time::{Day, Instant};
use model::{ChoiceId, Value};

/// Who the file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// A program: values as they are.
    Program,
    /// A spreadsheet: nothing in it becomes a formula (S29).
    Spreadsheet,
}

/// The end of a row.
pub const END: &[u8] = b"\r\n";

/// What a formula may begin with, the wide forms of other scripts included.
const BEGINNINGS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠', '|', '%'];

/// Appends a cell. Quoted are only those that need it, and empty text, so that a row of one empty cell is a row.
pub fn cell(out: &mut Vec<u8>, text: &str) {
    let needs = text.is_empty()
        || text.bytes().any(|b| matches!(b, b'"' | b',' | b';' | b'\t' | b'\r' | b'\n'))
        || text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace);
    if !needs {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for piece in text.as_bytes().split_inclusive(|b| *b == b'"') {
        out.extend_from_slice(piece);
        if piece.ends_with(b"\"") {
            out.push(b'"');
        }
    }
    out.push(b'"');
}

/// The text with an apostrophe before whatever a spreadsheet would take for a formula: at its beginning, behind white
/// space, and on each line, for programs that cut at line breaks within quotes. A plain number stays one.
pub fn neutral(text: &str) -> std::borrow::Cow<'_, str> {
    let is_number = |line: &str| {
        line.strip_prefix(['-', '+']).is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_digit())
                && rest.bytes().all(|b| b.is_ascii_digit() || b".,:%eE+-".contains(&b))
        }) && line.parse::<f64>().is_ok()
    };
    let is_risky = |line: &str| {
        let bare = line.trim_start_matches([' ', '\u{a0}', '"', '\u{feff}']);
        bare.starts_with(BEGINNINGS) && !is_number(line)
    };
    if !text.split(['\n', '\r']).any(is_risky) && !text.starts_with(BEGINNINGS) {
        return text.into();
    }
    if is_number(text) {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len() + 4);
    if text.starts_with(['\t', '\r', '\n']) {
        safe.push('\'');
    }
    for line in text.split_inclusive(['\n', '\r']) {
        if is_risky(line) && !safe.ends_with('\'') {
            safe.push('\'');
        }
        safe.push_str(line);
    }
    safe.into()
}

/// A value as programs read it back: numbers and instants whole, names of options in quotes where they have commas.
pub fn machine_text(kind: &Kind, value: &Value, names: &dyn Names) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "true".to_owned(),
        Value::Bool(false) => String::new(),
        Value::Number(number) => shared::number_text(*number),
        Value::Date(day) => Day(*day).to_iso(),
        Value::Instant(ms) => Instant(*ms).to_iso(),
        Value::Choice(id) => option(kind, *id).unwrap_or_default(),
        Value::Choices(ids) => {
            let all: Vec<String> = ids.iter().filter_map(|id| option(kind, *id)).map(|name| word(&name)).collect();
            all.join(", ")
        }
        Value::List(items) => {
            let all: Vec<String> = items.iter().map(|item| word(&machine_text(kind, item, names))).collect();
            all.join(", ")
        }
        other => {
            let text = kind.behaviour().display(other, names);
            if text.is_empty() { shared::plain_text(other, names).unwrap_or_default() } else { text }
        }
    }
}

/// A word of a list, in quotes where it could be taken for several or for another.
pub fn word(name: &str) -> String {
    if name.contains([',', '"']) || name.trim() != name {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

fn option(kind: &Kind, id: ChoiceId) -> Option<String> {
    let options: &Options = crate::cells::options_of(kind)?;
    options.get(id).map(|option| option.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Rows;
    use crate::{Encoding, Format, Header, Source};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_that_are_written_are_read_back(
            width in 1usize..5,
            cells in proptest::collection::vec("([ -~]|\n|\r|\t|é|日|=){0,8}", 1..30),
        ) {
            let rows: Vec<&[String]> = cells.chunks_exact(width).collect();
            let mut file = Vec::new();
            for row in &rows {
                for (i, text) in row.iter().enumerate() {
                    if i > 0 {
                        file.push(b',');
                    }
                    cell(&mut file, text);
                }
                file.extend_from_slice(END);
            }
            let format = Format { encoding: Encoding::Utf8, delimiter: b',', quote: b'"', header: Header::None };
            let mut reader = Rows::open(&Source::Bytes(file.into()), &format).expect("a file");
            let read = reader.next_batch().expect("rows").map(|batch| batch.rows).unwrap_or_default();
            let read: Vec<Vec<String>> = read.iter().map(|row| row.iter().map(str::to_owned).collect()).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn words_of_a_list_are_read_back(words in proptest::collection::vec("[ -~é]{1,8}", 0..5)) {
            let words: Vec<String> = words.iter().map(|w| w.trim().to_owned()).filter(|w| !w.is_empty()).collect();
            let text: Vec<String> = words.iter().map(|w| word(w)).collect();
            prop_assert_eq!(crate::cells::words(&text.join(", ")), words);
        }

        #[test]
        fn what_is_neutral_has_no_line_that_begins_a_formula(text in "([=+@\t\r\n＝－a -]|\"){0,12}") {
            for line in neutral(&text).split(['\n', '\r']) {
                let bare = line.trim_start_matches([' ', '"']);
                prop_assert!(!bare.starts_with(BEGINNINGS), "{:?} of {:?}", line, text);
            }
        }

        #[test]
        fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let source = Source::Bytes(bytes.into());
            if let Ok(format) = crate::sniff(&source, crate::Hints::default()) {
                let _ = crate::analyze(&source, &format);
            }
        }
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let written = |text: &str| {
            let mut out = Vec::new();
            cell(&mut out, text);
            String::from_utf8(out).expect("text")
        };
        for (text, expected) in [
            ("plain", "plain"),
            ("", "\"\""),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("\"", "\"\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            (" end", "\" end\""),
        ] {
            assert_eq!(written(text), expected);
        }
    }

    #[test]
    fn nothing_in_a_spreadsheet_becomes_a_formula() {
        for (text, expected) in [
            ("=1+2", "'=1+2"),
            ("+1+2", "'+1+2"),
            ("-1+2", "'-1+2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r'=1"),
            ("\n=1", "'\n'=1"),
            ("＝1+2", "'＝1+2"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠x", "'＠x"),
            ("  =1", "'  =1"),
            ("\"=1", "'\"=1"),
            ("a\n=cmd|' /C calc'!A0", "a\n'=cmd|' /C calc'!A0"),
            ("a\r\n@x", "a\r\n'@x"),
            ("-5", "-5"),
            ("-5.25", "-5.25"),
            ("+49", "+49"),
            ("plain = text", "plain = text"),
            ("a-b", "a-b"),
            ("", ""),
        ] {
            assert_eq!(neutral(text), expected, "{text:?}");
        }
    }
}
