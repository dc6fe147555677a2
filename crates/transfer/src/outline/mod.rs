//! Outlines as files: OPML, Markdown and plain text, in and out. What is written reads back as it was, as far as the
//! form can say it: OPML and Markdown all, plain text content and notes.
//!
//! An outline is a list of items with depths, so that no depth of a tree is a depth of ours.

mod markdown;
mod opml;
mod text;
mod unmarked;
mod zip;

#[cfg(test)]
mod tests;

pub use zip::Zip;

use model::{Error, Path, Result, Rule};

/// Most items of a file.
pub const MOST_ITEMS: usize = 100_000;
/// Deepest item of a file.
pub const DEEPEST: usize = 10_000;
/// Deepest item of a form that indents: each line has the depth in it.
pub const DEEPEST_INDENT: usize = 256;

/// An outline: a title, a note about it, and its items from the top down.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Outline {
    pub title: String,
    pub note: String,
    pub items: Vec<Item>,
}

/// One item. The first has depth 0, and each at most one more than the one before it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Item {
    pub depth: usize,
    pub content: String,
    pub note: String,
    pub checked: bool,
    pub checkbox: bool,
    pub collapsed: bool,
    /// 1 to 3; 0 is none.
    pub heading: u8,
    /// 1 to 6; 0 is none.
    pub color: u8,
}

/// A form of file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Opml,
    Markdown,
    Text,
}

impl Form {
    /// All of them.
    pub const ALL: [Form; 3] = [Form::Opml, Form::Markdown, Form::Text];

    /// The word in requests and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Form::Opml => "opml",
            Form::Markdown => "markdown",
            Form::Text => "text",
        }
    }

    /// The form of a word.
    pub fn parse(word: &str) -> Option<Form> {
        Form::ALL.into_iter().find(|form| form.word() == word)
    }

    /// The end of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Form::Opml => "opml",
            Form::Markdown => "md",
            Form::Text => "txt",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Form::Opml => "text/x-opml; charset=utf-8",
            Form::Markdown => "text/markdown; charset=utf-8",
            Form::Text => "text/plain; charset=utf-8",
        }
    }

    /// The form that a file seems to have: XML or Markdown.
    pub fn guess(bytes: &[u8]) -> Form {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        if first == Some(&b'<') { Form::Opml } else { Form::Markdown }
    }

    /// Reads a file. A title that it does not tell is empty.
    pub fn read(self, bytes: &[u8]) -> Result<Outline> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Error::malformed("file", format!("is not UTF-8 text (byte {})", error.valid_up_to())))?;
        if text.contains('\0') {
            return Err(Error::malformed("file", "must not contain the character U+0000"));
        }
        let outline = match self {
            Form::Opml => opml::read(text)?,
            Form::Markdown => markdown::read(text)?,
            Form::Text => text::read(text)?,
        };
        debug_assert!(outline.is_well_formed());
        Ok(outline)
    }

    /// Appends an outline as a file of this form.
    pub fn write(self, outline: &Outline, out: &mut Vec<u8>) -> Result<()> {
        match self {
            Form::Opml => opml::write(outline, out),
            Form::Markdown | Form::Text => {
                if outline.items.iter().any(|item| item.depth > DEEPEST_INDENT) {
                    let limit = DEEPEST_INDENT as u64;
                    return Err(Error::invalid(Path::of("document"), Rule::TooDeep { limit }));
                }
                match self {
                    Form::Markdown => markdown::write(outline, out),
                    Form::Opml | Form::Text => text::write(outline, out),
                }
            }
        }
        Ok(())
    }
}

impl Outline {
    /// Whether the depths are those of a tree.
    pub fn is_well_formed(&self) -> bool {
        let mut room = 0;
        self.items.iter().all(|item| {
            let fits = item.depth <= room;
            room = item.depth + 1;
            fits
        })
    }

    /// Appends an item as deep as asked, but no deeper than the one before it allows.
    fn push(&mut self, item: Item) -> Result<()> {
        let room = self.items.last().map_or(0, |last| last.depth + 1);
        if self.items.len() >= MOST_ITEMS {
            return Err(Error::invalid(Path::of("file"), Rule::TooMany { limit: MOST_ITEMS as u64 }));
        }
        if item.depth.min(room) > DEEPEST {
            return Err(Error::invalid(Path::of("file"), Rule::TooDeep { limit: DEEPEST as u64 }));
        }
        self.items.push(Item { depth: item.depth.min(room), ..item });
        Ok(())
    }
}

/// Columns of white space at the beginning of a line, a tab being four, and the rest of it.
fn indented(line: &str) -> (usize, &str) {
    let mut columns = 0;
    for (at, c) in line.char_indices() {
        match c {
            ' ' => columns += 1,
            '\t' => columns += 4 - columns % 4,
            _ => return (columns, &line[at..]),
        }
    }
    (columns, "")
}

/// The rest of a line after so many columns, spaces only; none when it begins earlier.
fn after_spaces(line: &str, columns: usize) -> Option<&str> {
    line.get(..columns).filter(|head| head.bytes().all(|b| b == b' ')).map(|_| &line[columns..])
}

/// The text after a bullet.
fn after_bullet(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['-', '*', '+'])?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix([' ', '\t']) }
}

/// Depths from indentations: an item is below the last one that is indented less.
#[derive(Default)]
struct Depths(Vec<usize>);

impl Depths {
    fn of(&mut self, columns: usize) -> usize {
        while self.0.last().is_some_and(|last| *last >= columns) {
            self.0.pop();
        }
        self.0.push(columns);
        self.0.len() - 1
    }
}
