//! The line under the cursor, and how it is drawn.

use crate::commands::Completion;

/// A line that is typed.
#[derive(Default)]
pub struct Buffer {
    chars: Vec<char>,
    /// Before which of them the cursor stands.
    at: usize,
}

/// What came of completing.
pub enum Offer {
    /// The line is longer now, or there was nothing.
    Taken,
    /// Several may stand there.
    Choice(Vec<Completion>),
}

impl Buffer {
    pub fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }

    pub fn text(&self) -> String {
        self.chars.iter().collect()
    }

    /// The cursor, as a byte of the text.
    pub fn cursor(&self) -> usize {
        self.chars[..self.at].iter().map(|c| c.len_utf8()).sum()
    }

    pub fn insert(&mut self, c: char) {
        self.chars.insert(self.at, c);
        self.at += 1;
    }

    pub fn replace(&mut self, text: &str) {
        self.chars = text.chars().collect();
        self.at = self.chars.len();
    }

    pub fn backspace(&mut self) {
        if self.at > 0 {
            self.at -= 1;
            self.chars.remove(self.at);
        }
    }

    pub fn delete(&mut self) {
        if self.at < self.chars.len() {
            self.chars.remove(self.at);
        }
    }

    pub fn erase_before(&mut self) {
        self.chars.drain(..self.at);
        self.at = 0;
    }

    pub fn erase_after(&mut self) {
        self.chars.truncate(self.at);
    }

    pub fn erase_word(&mut self) {
        let before = &self.chars[..self.at];
        let end = before.iter().rposition(|c| !c.is_whitespace()).map_or(0, |last| last + 1);
        let start = before[..end].iter().rposition(|c| c.is_whitespace()).map_or(0, |space| space + 1);
        self.chars.drain(start..self.at);
        self.at = start;
    }

    pub fn left(&mut self) {
        self.at = self.at.saturating_sub(1);
    }

    pub fn right(&mut self) {
        self.at = (self.at + 1).min(self.chars.len());
    }

    pub fn home(&mut self) {
        self.at = 0;
    }

    pub fn end(&mut self) {
        self.at = self.chars.len();
    }

    /// Takes what all candidates begin with, as far as it goes beyond what is there. They end at the cursor.
    pub fn complete(&mut self, found: Vec<Completion>) -> Offer {
        let Some(first) = found.first() else { return Offer::Taken };
        let same_start = found.iter().filter(|other| other.start == first.start);
        let common = same_start.fold(first.text.as_str(), |common, other| {
            let length = common.chars().zip(other.text.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8());
            &common[..length.sum()]
        });
        let (line, cursor) = (self.text(), self.cursor());
        let there = line.get(first.start..cursor).unwrap_or_default();
        if found.len() > 1 && common.chars().count() <= there.chars().count() {
            return Offer::Choice(found);
        }
        let before = line.get(..first.start).unwrap_or_default();
        let after = &line[cursor..];
        self.at = before.chars().count() + common.chars().count();
        self.chars = format!("{before}{common}{after}").chars().collect();
        Offer::Taken
    }

    /// What draws the line anew, the cursor in its place; only as much as fits around the cursor.
    pub fn drawn(&self, prompt: &str, width: usize) -> String {
        let room = width.saturating_sub(prompt.len() + 1).max(1);
        let mut from = self.at;
        let mut before = 0;
        while from > 0 && before + columns(self.chars[from - 1]) < room {
            from -= 1;
            before += columns(self.chars[from]);
        }
        let mut used = 0;
        let shown: String = self.chars[from..]
            .iter()
            .take_while(|c| {
                used += columns(**c);
                used <= room
            })
            .map(|c| if *c == '\n' { '↵' } else { *c })
            .collect();
        format!("\r{prompt}{shown}\u{1b}[K\r\u{1b}[{}C", prompt.len() + before)
    }
}

/// How many columns a character takes.
fn columns(c: char) -> usize {
    match u32::from(c) {
        0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_shows_what_is_around_the_cursor() {
        let mut buffer = Buffer::default();
        buffer.replace("0123456789");
        assert_eq!(buffer.drawn("> ", 8), "\r> 6789\u{1b}[K\r\u{1b}[6C");
        buffer.home();
        assert_eq!(buffer.drawn("> ", 8), "\r> 01234\u{1b}[K\r\u{1b}[2C");
        buffer.replace("漢字");
        assert_eq!(buffer.drawn("> ", 80), "\r> 漢字\u{1b}[K\r\u{1b}[6C");
    }
}
