//! Patterns of JavaScript in the words of our engine, which reads much alike and some things otherwise: digits and word
//! characters are those of ASCII, brackets in classes are plain, a lone brace is plain, every sign may be escaped.
//! What needs more than one pass over the text, look-around and back-references, is refused.

use super::cache::shown;
use crate::fault::Fault;
use std::iter::Peekable;
use std::str::Chars;

/// What a dot matches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dot {
    /// Anything within a line.
    Line,
    /// Anything: flag `s`.
    All,
}

/// Where `^` and `$` match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lines {
    /// At the ends of the text.
    One,
    /// At the ends of its lines: flag `m`.
    Many,
}

/// The pattern in the words of our engine.
pub fn translate(source: &str, dot: Dot, lines: Lines) -> Result<String, Fault> {
    let mut reader = Reader { source, rest: source.chars().peekable(), out: String::with_capacity(source.len() + 16) };
    while let Some(c) = reader.rest.next() {
        match c {
            '\\' => reader.escape()?,
            '[' => reader.class()?,
            '(' => reader.group()?,
            '.' => reader.out.push_str(match dot {
                Dot::Line => r"[^\n\r\x{2028}\x{2029}]",
                Dot::All => "(?s:.)",
            }),
            '^' | '$' => match lines {
                Lines::One => reader.out.push_str(if c == '^' { r"\A" } else { r"\z" }),
                Lines::Many => reader.out.push_str(if c == '^' { "(?m:^)" } else { "(?m:$)" }),
            },
            '{' => reader.brace(),
            '*' | '+' | '?' | '|' | ')' => reader.out.push(c),
            plain => reader.literal(plain),
        }
    }
    Ok(reader.out)
}

struct Reader<'s> {
    source: &'s str,
    rest: Peekable<Chars<'s>>,
    out: String,
}

/// What an escape stands for.
enum Escaped {
    /// A character, to be written so that it means itself.
    Literal(char),
    /// A set of characters, as our engine writes it within a class.
    Set(&'static str),
    /// A property of characters, as it was written.
    Property(String),
    Boundary(&'static str),
}

impl Reader<'_> {
    fn refuse(&self, why: &str) -> Fault {
        Fault::script(format!("the regular expression {} {why}", shown(self.source)))
    }

    /// Writes a character that means itself, everywhere.
    fn literal(&mut self, c: char) {
        if r"\.+*?()|[]{}^$#&-~".contains(c) {
            self.out.push('\\');
        }
        self.out.push(c);
    }

    fn escape(&mut self) -> Result<(), Fault> {
        match self.escaped()? {
            Escaped::Literal(c) => self.literal(c),
            Escaped::Set(set) => {
                self.out.push('[');
                self.out.push_str(set);
                self.out.push(']');
            }
            Escaped::Property(property) => self.out.push_str(&property),
            Escaped::Boundary(boundary) => self.out.push_str(boundary),
        }
        Ok(())
    }

    /// What follows a backslash.
    fn escaped(&mut self) -> Result<Escaped, Fault> {
        let Some(c) = self.rest.next() else { return Err(self.refuse("ends with a backslash")) };
        Ok(match c {
            'd' => Escaped::Set("0-9"),
            'D' => Escaped::Set("^0-9"),
            'w' => Escaped::Set("0-9A-Za-z_"),
            'W' => Escaped::Set("^0-9A-Za-z_"),
            's' => Escaped::Set(r"\s\x{FEFF}"),
            'S' => Escaped::Set(r"^\s\x{FEFF}"),
            'b' => Escaped::Boundary(r"(?-u:\b)"),
            'B' => Escaped::Boundary(r"\B"),
            't' => Escaped::Literal('\t'),
            'n' => Escaped::Literal('\n'),
            'r' => Escaped::Literal('\r'),
            'v' => Escaped::Literal('\u{b}'),
            'f' => Escaped::Literal('\u{c}'),
            '0' if !self.rest.peek().is_some_and(char::is_ascii_digit) => Escaped::Literal('\0'),
            '0'..='9' => return Err(self.refuse("uses back-references, which are not available")),
            'k' if self.rest.peek() == Some(&'<') => {
                return Err(self.refuse("uses back-references, which are not available"));
            }
            'x' => Escaped::Literal(self.coded(2, 'x')),
            'u' => Escaped::Literal(self.unicode()?),
            'c' => match self.rest.next_if(char::is_ascii_alphabetic) {
                Some(letter) => Escaped::Literal(char::from(letter as u8 % 32)),
                None => return Err(self.refuse("has \\c without a letter")),
            },
            'p' | 'P' if self.rest.peek() == Some(&'{') => {
                let mut property = format!("\\{c}");
                for c in self.rest.by_ref() {
                    property.push(c);
                    if c == '}' {
                        break;
                    }
                }
                Escaped::Property(property)
            }
            other => Escaped::Literal(other),
        })
    }

    /// The character of so many hexadecimal digits; the letter itself when they are not there.
    fn coded(&mut self, digits: usize, letter: char) -> char {
        let text: String = self.rest.clone().take(digits).collect();
        let is_written = text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit());
        match u32::from_str_radix(&text, 16).ok().filter(|_| is_written).and_then(char::from_u32) {
            Some(c) => {
                self.rest.by_ref().take(digits).for_each(drop);
                c
            }
            None => letter,
        }
    }

    /// What follows `\u`: four digits, two halves of a pair, or any number in braces.
    fn unicode(&mut self) -> Result<char, Fault> {
        if self.rest.next_if_eq(&'{').is_some() {
            let mut digits = String::new();
            while let Some(c) = self.rest.next_if(|c| *c != '}') {
                digits.push(c);
            }
            self.rest.next();
            let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
            return code.ok_or_else(|| self.refuse("names a character that is not there"));
        }
        let text: String = self.rest.clone().collect();
        let half = |at: usize| text.get(at..at + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let Some(high) = half(0).filter(|high| (0xd800..0xe000).contains(high)) else { return Ok(self.coded(4, 'u')) };
        let low = half(6).filter(|low| text.get(4..6) == Some("\\u") && (0xdc00..0xe000).contains(low));
        let pair = low
            .filter(|_| high < 0xdc00)
            .and_then(|low| char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)));
        match pair {
            Some(c) => {
                self.rest.by_ref().take(10).for_each(drop);
                Ok(c)
            }
            None => Err(self.refuse("has half a character")),
        }
    }

    /// What follows `[`.
    fn class(&mut self) -> Result<(), Fault> {
        let is_negated = self.rest.next_if_eq(&'^').is_some();
        if self.rest.next_if_eq(&']').is_some() {
            // Nothing, or anything: our engine would read the bracket as a member.
            self.out.push_str(if is_negated { "(?s:.)" } else { r"[^\x{0}-\x{10FFFF}]" });
            return Ok(());
        }
        self.out.push_str(if is_negated { "[^" } else { "[" });
        loop {
            match self.rest.next() {
                None => return Err(self.refuse("has a class without its end")),
                Some(']') => break,
                Some(c) => self.member(c)?,
            }
        }
        self.out.push(']');
        Ok(())
    }

    /// A member of a class, or a range of them.
    fn member(&mut self, c: char) -> Result<(), Fault> {
        let Some(from) = self.single(c)? else { return Ok(()) };
        self.literal(from);
        let mut ahead = self.rest.clone();
        let is_range = ahead.next() == Some('-') && ahead.next().is_some_and(|end| end != ']');
        if is_range {
            self.rest.next();
            let Some(c) = self.rest.next() else { return Err(self.refuse("has a class without its end")) };
            let place = self.out.len();
            match self.single(c)? {
                Some(to) => {
                    self.out.push('-');
                    self.literal(to);
                }
                // Before a set, the dash is one.
                None => self.out.insert_str(place, "\\-"),
            }
        }
        Ok(())
    }

    /// The character that a member is; none when it is a set, which is then written.
    fn single(&mut self, c: char) -> Result<Option<char>, Fault> {
        if c != '\\' {
            return Ok(Some(c));
        }
        // In a class this is a backspace.
        if self.rest.next_if_eq(&'b').is_some() {
            return Ok(Some('\u{8}'));
        }
        match self.escaped()? {
            Escaped::Literal(c) => return Ok(Some(c)),
            Escaped::Set(set) => {
                self.out.push('[');
                self.out.push_str(set);
                self.out.push(']');
            }
            Escaped::Property(property) => self.out.push_str(&property),
            Escaped::Boundary(_) => return Ok(Some('B')),
        }
        Ok(None)
    }

    /// What follows `(`.
    fn group(&mut self) -> Result<(), Fault> {
        self.out.push('(');
        if self.rest.next_if_eq(&'?').is_none() {
            return Ok(());
        }
        let ahead: String = self.rest.clone().take(2).collect();
        if ahead.starts_with(['=', '!']) || ahead == "<=" || ahead == "<!" {
            return Err(self.refuse("uses look-around, which is not available"));
        }
        match self.rest.next() {
            Some(':') => self.out.push_str("?:"),
            Some('<') => {
                self.out.push_str("?<");
                // The name is taken as it is.
                for c in self.rest.by_ref() {
                    self.out.push(c);
                    if c == '>' {
                        break;
                    }
                }
            }
            _ => return Err(self.refuse("has a group of an unknown kind after (?")),
        }
        Ok(())
    }

    /// What follows `{`: a count, else it is a brace like others.
    fn brace(&mut self) {
        let ahead: String = self.rest.clone().take_while(|c| *c != '}').take(20).collect();
        let is_closed = self.rest.clone().nth(ahead.chars().count()) == Some('}');
        let mut bounds = ahead.splitn(2, ',');
        let is_count = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let least = bounds.next().unwrap_or_default();
        if is_closed && !least.is_empty() && is_count(least) && bounds.next().is_none_or(is_count) {
            self.out.push('{');
            self.out.push_str(&ahead);
            self.out.push('}');
            self.rest.by_ref().take(ahead.len() + 1).for_each(drop);
        } else {
            self.out.push_str(r"\{");
        }
    }
}
