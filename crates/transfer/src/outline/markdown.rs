//! Markdown: a heading with the title and a nested list, two spaces for each level; notes are quotes below their items.
//! What Markdown has no word for stands in a comment at the end of the item's first line.

use super::{Depths, Item, Outline, after_bullet, after_spaces, indented};
use model::Result;

const LEVEL: usize = 2;
const COMMENT: &str = "<!--";

/// Appends a file.
pub fn write(outline: &Outline, out: &mut Vec<u8>) {
    let mut text = format!("# {}\n", escaped(&outline.title.replace('\n', NEW_LINE_MARK), Start::Inside));
    quote(&mut text, "", &outline.note);
    text.push('\n');
    out.extend_from_slice(text.as_bytes());
    for item in &outline.items {
        let mut text = " ".repeat(item.depth * LEVEL);
        let hanging = format!("{text}  ");
        text.push_str("- ");
        text.push_str(match (item.checkbox, item.checked) {
            (true, true) => "[x] ",
            (true, false) => "[ ] ",
            (false, _) => "",
        });
        if item.heading > 0 {
            text.push_str(&"#".repeat(item.heading.into()));
            text.push(' ');
        }
        for (place, line) in item.content.split('\n').enumerate() {
            if place == 0 {
                text.push_str(&escaped(line, Start::OfLine));
                text.push_str(&comment(item));
            } else {
                text.push_str(&hanging);
                // Two line ends together would end the item.
                text.push_str(&if line.is_empty() { "\\".to_owned() } else { escaped(line, Start::OfLine) });
            }
            text.push('\n');
        }
        quote(&mut text, &hanging, &item.note);
        out.extend_from_slice(text.as_bytes());
    }
}

fn quote(text: &mut String, indent: &str, note: &str) {
    if note.is_empty() {
        return;
    }
    for line in note.split('\n') {
        text.push_str(indent);
        text.push_str("> ");
        text.push_str(&escaped(line, Start::Inside));
        text.push('\n');
    }
}

/// What a list item cannot say.
fn comment(item: &Item) -> String {
    let mut words = Vec::new();
    if item.checked && !item.checkbox {
        words.push("checked".to_owned());
    }
    if item.color > 0 {
        words.push(format!("color={}", item.color));
    }
    if item.collapsed {
        words.push("collapsed".to_owned());
    }
    if words.is_empty() { String::new() } else { format!(" {COMMENT} {} -->", words.join(" ")) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    OfLine,
    Inside,
}

/// A stand-in for the end of a line where there can be none; no text has it, since none has the character U+0000.
const NEW_LINE_MARK: &str = "\0";

/// A line whose characters mean themselves.
fn escaped(line: &str, start: Start) -> String {
    let mut out = String::with_capacity(line.len() + 4);
    if start == Start::OfLine
        && line.starts_with([' ', '\t', '[', '#', '>', '-', '*', '+', '1', '2', '3', '4', '5', '6', '7', '8', '9', '0'])
    {
        let first = line.chars().next().unwrap_or_default();
        // A digit needs it only where it would begin a numbered list.
        let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', ')']);
        if !first.is_ascii_digit() {
            out.push('\\');
        } else if numbered {
            let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            return format!("{}\\{}", &line[..digits], escaped(&line[digits..], Start::Inside));
        }
    }
    for (at, c) in line.char_indices() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\r' => out.push_str("&#13;"),
            '\0' => out.push_str("&#10;"),
            '<' if line[at..].starts_with(COMMENT) => out.push_str("\\<"),
            '&' if line[at..].starts_with("&#") => out.push_str("\\&"),
            c => out.push(c),
        }
    }
    out
}

/// A line as it was before [`escaped`].
fn unescaped(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match c {
            '\\' if after.starts_with(|c: char| c.is_ascii_punctuation() || c == ' ' || c == '\t') => {
                out.push_str(&after[..1]);
                rest = &after[1..];
                continue;
            }
            '&' if after.starts_with("#13;") => {
                out.push('\r');
                rest = &after[4..];
                continue;
            }
            '&' if after.starts_with("#10;") => {
                out.push('\n');
                rest = &after[4..];
                continue;
            }
            c => out.push(c),
        }
        rest = after;
    }
    out
}

/// Reads a file, also of other programs: bullets of all three kinds, any indentation, headings outside of lists.
pub fn read(text: &str) -> Result<Outline> {
    let mut outline = Outline::default();
    let mut depths = Depths::default();
    // Columns of the last item; none before the first.
    let mut last: Option<usize> = None;
    let mut has_note = false;
    for (place, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (columns, rest) = indented(line);
        if place == 0
            && let Some(title) = line.strip_prefix("# ")
        {
            outline.title = unescaped(title);
            continue;
        }
        if let Some(content) = after_bullet(rest) {
            outline.push(item(depths.of(columns), content))?;
            (last, has_note) = (Some(columns), false);
            continue;
        }
        if rest.is_empty() {
            continue;
        }
        if let Some(note) = rest.strip_prefix("> ").or_else(|| (rest == ">").then_some("")) {
            let note = unescaped(note);
            let own = if last.is_some() {
                outline.items.last_mut().map(|item| &mut item.note)
            } else {
                Some(&mut outline.note)
            };
            if let Some(own) = own {
                if has_note {
                    own.push('\n');
                }
                own.push_str(&note);
                has_note = true;
            }
            continue;
        }
        match last {
            // It goes on under its bullet.
            Some(at) if columns > at => {
                let own = after_spaces(line, at + LEVEL).unwrap_or(rest);
                if let Some(item) = outline.items.last_mut() {
                    item.content.push('\n');
                    item.content.push_str(&if own == "\\" { String::new() } else { unescaped(own) });
                }
            }
            // Text and headings outside of any list.
            Some(_) | None => {
                depths = Depths::default();
                outline.push(item(depths.of(columns), rest))?;
                (last, has_note) = (Some(columns), false);
            }
        }
    }
    Ok(outline)
}

/// The item of a line after its bullet.
fn item(depth: usize, line: &str) -> Item {
    let mut item = Item { depth, ..Item::default() };
    let mut rest = line;
    for (mark, checked) in [("[ ] ", false), ("[x] ", true), ("[X] ", true)] {
        if let Some(after) = line.strip_prefix(mark) {
            (item.checkbox, item.checked, rest) = (true, checked, after);
        }
    }
    let marks = rest.bytes().take_while(|b| *b == b'#').count();
    if (1..=6).contains(&marks)
        && let Some(after) = rest[marks..].strip_prefix(' ')
    {
        item.heading = marks.min(3) as u8;
        rest = after;
    }
    if let Some((content, words)) = commented(rest) {
        rest = content;
        for word in words.split_whitespace() {
            match word.split_once('=') {
                Some(("color", number)) => item.color = number.parse().ok().filter(|n| *n <= 6).unwrap_or(0),
                None if word == "checked" => item.checked = true,
                None if word == "collapsed" => item.collapsed = true,
                Some(_) | None => {}
            }
        }
    }
    item.content = unescaped(rest);
    item
}

/// The content before a comment at the end of a line, and what it says.
fn commented(line: &str) -> Option<(&str, &str)> {
    let inner = line.strip_suffix(" -->")?;
    let at = inner.rfind(COMMENT)?;
    // One that is part of the content has a backslash before it.
    let content = inner[..at].strip_suffix(' ')?;
    Some((content, &inner[at + COMMENT.len()..]))
}
