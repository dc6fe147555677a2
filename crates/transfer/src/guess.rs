//! What a column of text holds, found out cell by cell.

use crate::number::{self, Point};
use model::time::{Day, Instant};
use std::collections::HashSet;

/// Most different texts of a column that is taken for a choice.
const MOST_CHOICES: usize = 20;
/// Longest text of a choice, in bytes.
const LONGEST_CHOICE: usize = 60;
/// Text longer than this, in bytes, is long text.
const LONG: usize = 200;
/// Digits beyond which a number would not come back as it was.
const MOST_DIGITS: usize = 15;

/// What a column holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Guess {
    Text,
    LongText,
    Number,
    /// Days.
    Date,
    /// Instants.
    DateTime,
    Checkbox,
    /// One of these texts, in the order in which they came.
    Choice(Vec<String>),
}

/// A column while it is looked at.
#[derive(Debug)]
pub struct Column {
    filled: usize,
    may_be: May,
    choices: Vec<String>,
    seen: HashSet<String>,
    is_long: bool,
}

#[derive(Debug)]
struct May {
    number: bool,
    date: bool,
    date_time: bool,
    checkbox: bool,
    choice: bool,
}

impl Default for Column {
    fn default() -> Column {
        let may_be = May { number: true, date: true, date_time: true, checkbox: true, choice: true };
        Column { filled: 0, may_be, choices: Vec::new(), seen: HashSet::new(), is_long: false }
    }
}

impl Column {
    /// Looks at one cell.
    pub fn look(&mut self, text: &str, point: Point) {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return;
        }
        self.filled += 1;
        let may = &mut self.may_be;
        may.number = may.number && is_number(trimmed, point);
        may.date = may.date && is_day(trimmed);
        may.date_time = may.date_time && (is_instant(trimmed) || is_day(trimmed));
        may.checkbox = may.checkbox && is_truth(trimmed);
        self.is_long = self.is_long || trimmed.len() > LONG || trimmed.contains('\n');
        if may.choice && !self.seen.contains(trimmed) {
            if self.choices.len() >= MOST_CHOICES || trimmed.len() > LONGEST_CHOICE || trimmed.contains('\n') {
                may.choice = false;
                self.seen.clear();
            } else {
                self.choices.push(trimmed.to_owned());
                self.seen.insert(trimmed.to_owned());
            }
        }
    }

    /// What it holds. A choice is one where texts come again and again.
    pub fn guess(self) -> Guess {
        let may = &self.may_be;
        match self.filled {
            0 => Guess::Text,
            _ if may.checkbox => Guess::Checkbox,
            _ if may.number => Guess::Number,
            _ if may.date => Guess::Date,
            _ if may.date_time => Guess::DateTime,
            filled if may.choice && filled >= 4 && self.choices.len() * 2 <= filled => Guess::Choice(self.choices),
            _ if self.is_long => Guess::LongText,
            _ => Guess::Text,
        }
    }
}

/// Whether a text reads as something else than text, so that it names no column.
pub fn is_typed(text: &str) -> bool {
    is_number(text, Point::Dot) || is_number(text, Point::Comma) || is_day(text) || is_instant(text) || is_truth(text)
}

/// A number that comes back as it was: leading zeros, a plus sign and very many digits are those of a code or a
/// telephone number, and stay text.
fn is_number(text: &str, point: Point) -> bool {
    let digits = text.trim_start_matches('-');
    let has_leading_zero = digits.starts_with('0') && digits[1..].starts_with(|c: char| c.is_ascii_digit());
    let many = text.bytes().filter(u8::is_ascii_digit).count() > MOST_DIGITS;
    !has_leading_zero && !many && !text.starts_with('+') && number::read(text, point).is_some()
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && Day::parse(text).is_some()
}

fn is_instant(text: &str) -> bool {
    text.len() > 10 && text.as_bytes()[4] == b'-' && Instant::parse(text).is_some()
}

fn is_truth(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cells: &[&str]) -> Guess {
        let mut column = Column::default();
        cells.iter().for_each(|cell| column.look(cell, Point::Dot));
        column.guess()
    }

    #[test]
    fn a_column_is_what_all_its_cells_can_be() {
        let long = "x".repeat(300);
        let choice = |list: &[&str]| Guess::Choice(list.iter().map(|s| (*s).to_owned()).collect());
        for (cells, expected) in [
            (&["1", "", "2.5", "-3"][..], Guess::Number),
            (&["1", "x"], Guess::Text),
            (&["007", "12"], Guess::Text),
            (&["0", "0.5"], Guess::Number),
            (&["+49123", "+49124"], Guess::Text),
            (&["12345678901234567"], Guess::Text),
            (&["2024-02-29", "2024-03-01"], Guess::Date),
            (&["2024-02-30"], Guess::Text),
            (&["2024-02-29", "2024-03-01T10:00:00Z"], Guess::DateTime),
            (&["TRUE", "false"], Guess::Checkbox),
            (&["a", "b", "a", "b", "a"], choice(&["a", "b"])),
            (&["a", "b", "c", "a"], Guess::Text),
            (&["a", &long], Guess::LongText),
            (&["", " "], Guess::Text),
            (&["Zoë\nx", "b"], Guess::LongText),
        ] {
            assert_eq!(of(cells), expected, "{cells:?}");
        }
    }
}
