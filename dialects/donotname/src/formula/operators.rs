//! Operators.
//!
//! An empty cell counts as 0 in arithmetic and comparisons of numbers, and as no text in texts put together; where NX
//! would have null of two nulls, a 0 or a text in front keeps it from that. The rest of dividing by 0, or by nothing,
//! is null in both languages.

use super::code::{Block, Class, Code};
use super::convert::{DatesAs, not_taken};
use super::dates;
use super::lexer::Sign;
use super::writer::{Writer, Written};
use model::time::Instant;

impl Writer<'_, '_, '_> {
    /// Operators of one level, from left to right.
    pub fn chain(&mut self, first: Code, rest: Vec<(Sign, Code)>) -> Written {
        match rest.first().map(|(sign, _)| *sign) {
            Some(Sign::Join) => self.joined(std::iter::once(first).chain(rest.into_iter().map(|(_, code)| code))),
            Some(Sign::And) => Ok(logic(" and ", &first, &rest)),
            Some(Sign::Or) => Ok(logic(" or ", &first, &rest)),
            Some(Sign::Plus | Sign::Minus) => self.sum(first, rest),
            Some(Sign::Times | Sign::Divide | Sign::Remainder) => self.product(first, rest),
            _ => rest.into_iter().try_fold(first, |left, (sign, right)| self.compared(sign, left, right)),
        }
    }

    /// `&`: texts one after the other. Dates of fields are as their columns show them.
    fn joined(&mut self, codes: impl Iterator<Item = Code>) -> Written {
        let mut text = "(\"\"".to_owned();
        for code in codes {
            text.push_str(" + ");
            text.push_str(&self.text("&", code, DatesAs::Shown)?);
        }
        text.push(')');
        Ok(Code::text(text).filled())
    }

    /// `+` and `-`. What is added to a text or date is put behind it.
    fn sum(&mut self, first: Code, rest: Vec<(Sign, Code)>) -> Written {
        // Without its parentheses, so that a long sum is no deep nest.
        let mut sum = String::new();
        let mut left = first;
        for (sign, right) in rest {
            if !sum.is_empty() {
                left.text = format!("({sum})");
            }
            let (left_counts, right_counts) = (counts(&left), counts(&right));
            if sign == Sign::Plus && !(left_counts && right_counts) {
                left = self.joined([std::mem::replace(&mut left, Code::blank()), right].into_iter())?;
                sum.clear();
                continue;
            }
            let right = self.operand(sign.text(), right)?;
            let so_far = match sum.is_empty() {
                true => match (left.filled && left_counts, self.operand(sign.text(), left)?) {
                    (true, operand) => operand,
                    (false, operand) => format!("0 + {operand}"),
                },
                false => sum,
            };
            sum = format!("{so_far} {} {right}", sign.text());
            left = Code::number("").filled();
        }
        if !sum.is_empty() {
            left.text = format!("({sum})");
        }
        Ok(left)
    }

    /// `*`, `/` and `%`.
    fn product(&mut self, first: Code, rest: Vec<(Sign, Code)>) -> Written {
        let mut left = first;
        for (sign, right) in rest {
            let (left_filled, right_filled) = (left.filled, right.filled);
            let numbers = counts(&left) && counts(&right);
            let (mut a, b) = (self.operand(sign.text(), left)?, self.operand(sign.text(), right)?);
            if sign == Sign::Times && !left_filled && !right_filled {
                a = format!("(0 + {a})");
            }
            let code = Code::number(format!("({a} {} {b})", sign.text()));
            left = if sign == Sign::Times && numbers { code.filled() } else { code };
        }
        Ok(left)
    }

    /// A side of arithmetic: a text is left to NX, which makes null of what is no number.
    fn operand(&mut self, function: &str, code: Code) -> Result<String, String> {
        let code = self.single(code);
        match code.class {
            Class::Number | Class::Bool | Class::Text | Class::Blank => Ok(code.text),
            Class::Date => Err(format!(
                "cannot be worked out: {function} does not take a date; there are DATE_ADD and DATETIME_DIFF"
            )),
            Class::Other => Err(not_taken(function, &code)),
        }
    }

    /// A comparison.
    fn compared(&mut self, sign: Sign, left: Code, right: Code) -> Written {
        let (left, right) = (self.comparable(sign, left)?, self.comparable(sign, right)?);
        let equality = matches!(sign, Sign::Equal | Sign::NotEqual);
        let word = match sign {
            Sign::NotEqual => "!=",
            other => other.text(),
        };
        let plain = |left: &str, right: &str| Ok(Code::bool(format!("({left} {word} {right})")).filled());
        let mismatch = || {
            let classes = (left.class.word(), right.class.word());
            Err(format!("cannot be worked out: {} does not compare {} with {}", sign.text(), classes.0, classes.1))
        };
        if equality && (is_empty(&left) || is_empty(&right)) {
            let other = if is_empty(&left) { &right } else { &left };
            // Unchecked and empty are the same.
            let none = if other.class == Class::Bool { format!("(not {})", other.text) } else { other.text.clone() };
            return match (other.class, sign) {
                (Class::Bool, Sign::Equal) => Ok(Code::bool(none).filled()),
                (Class::Bool, _) => Ok(Code::bool(format!("(not {none})")).filled()),
                (_, _) => plain(&other.text, "null"),
            };
        }
        match (left.class, right.class) {
            (Class::Bool, Class::Bool) if equality => {
                plain(&format!("(not {})", left.text), &format!("(not {})", right.text))
            }
            (Class::Number, Class::Number) if equality => plain(&left.text, &right.text),
            (Class::Bool, Class::Number) if equality => plain(&format!("(0 + {})", left.text), &right.text),
            (Class::Number, Class::Bool) if equality => plain(&left.text, &format!("(0 + {})", right.text)),
            (Class::Number | Class::Bool | Class::Blank, Class::Number | Class::Bool | Class::Blank) => {
                plain(&zero_for_null(&left), &zero_for_null(&right))
            }
            (Class::Text, Class::Text) | (Class::Date, Class::Date) => plain(&left.text, &right.text),
            (Class::Text, Class::Number) => Ok(self.said(word, equality, &left, &right, Side::Left)),
            (Class::Number, Class::Text) => Ok(self.said(word, equality, &right, &left, Side::Right)),
            (Class::Date, Class::Text) => match self.instant_of(sign, &right)? {
                Some(instant) => plain(&left.text, &instant),
                None => mismatch(),
            },
            (Class::Text, Class::Date) => match self.instant_of(sign, &left)? {
                Some(instant) => plain(&instant, &right.text),
                None => mismatch(),
            },
            (Class::Text | Class::Date, Class::Blank) | (Class::Blank, Class::Text | Class::Date) => {
                plain(&left.text, &right.text)
            }
            _ => mismatch(),
        }
    }

    /// One value to compare: of numbers the only one, of other lists the text.
    fn comparable(&mut self, sign: Sign, code: Code) -> Written {
        match (code.many, code.class) {
            (false, Class::Other) | (true, Class::Other) => Err(not_taken(sign.text(), &code)),
            (true, Class::Number | Class::Bool | Class::Date | Class::Blank) => Ok(self.single(code)),
            (true, Class::Text) => self.text(sign.text(), code, DatesAs::Shown).map(Code::text),
            (false, _) => Ok(code),
        }
    }

    /// A text against a number: by the number that it says. One that says none equals no number, and not nothing
    /// either.
    fn said(&mut self, word: &str, equality: bool, text: &Code, number: &Code, side: Side) -> Code {
        let mut block = Block::default();
        let (said, number) = (self.hold(&mut block, &text.text), self.hold(&mut block, &number.text));
        let same = match side {
            Side::Left => format!("number({said}) {word} {number}"),
            Side::Right => format!("{number} {word} number({said})"),
        };
        let alike = format!("({said} = null) = ({number} = null)");
        let body = match (equality, word) {
            (false, _) => same,
            (true, "=") => format!("number({said}) = {number} and {alike}"),
            (true, _) => format!("not (number({said}) = {number} and {alike})"),
        };
        Code::bool(block.gives(body)).filled()
    }

    /// The instant that a text beside a date is; none when the text is not written out.
    fn instant_of(&mut self, sign: Sign, text: &Code) -> Result<Option<String>, String> {
        let Some(literal) = &text.literal else { return Ok(None) };
        self.utc(sign.text())?;
        let read = Instant::parse(literal).ok_or_else(|| format!("compares a date with {literal}, which is none"))?;
        Ok(Some(dates::instant(read)))
    }
}

/// Where the text of a comparison stands.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

fn logic(word: &str, first: &Code, rest: &[(Sign, Code)]) -> Code {
    let mut text = format!("({}", first.text);
    for (_, code) in rest {
        text.push_str(word);
        text.push_str(&code.text);
    }
    text.push(')');
    Code::bool(text).filled()
}

/// Whether arithmetic takes it for a number.
fn counts(code: &Code) -> bool {
    matches!(code.class, Class::Number | Class::Bool | Class::Blank)
}

/// Whether it is nothing by its form: `BLANK()` or `""`.
fn is_empty(code: &Code) -> bool {
    code.class == Class::Blank || code.is_nothing()
}

fn zero_for_null(code: &Code) -> String {
    match (code.class, code.filled) {
        (Class::Number, true) => code.text.clone(),
        (Class::Blank, _) => "0".to_owned(),
        _ => format!("(0 + {})", code.text),
    }
}
