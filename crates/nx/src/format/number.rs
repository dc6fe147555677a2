//! Numbers by patterns: `0` is a digit, `#` a digit if there is one, `,` groups thousands, `.` is the point. Everything
//! else stands as it is.

use crate::fault::Fault;
use crate::ops::Bounded;
use crate::value::Value;

/// Most digits behind the point that a number can fill; the rest are zeros.
const MAX_FRACTION: usize = 30;

/// The number by a pattern. It is rounded to the digits behind the point; its sign comes first.
pub fn number(number: f64, pattern: &str) -> Result<Value, Fault> {
    let pattern: Vec<char> = pattern.chars().collect();
    let point = point(&pattern);
    let (whole, fraction) = pattern.split_at(point.unwrap_or(pattern.len()));
    let places = fraction.iter().filter(|c| is_place(**c)).count();
    let precision = places.min(MAX_FRACTION);
    let rounded = crate::builtin::rounded(number, precision as i64);
    let digits = format!("{:.precision$}", rounded.abs());
    let (whole_digits, fraction_digits) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut text = Bounded::default();
    if rounded < 0.0 {
        text.push("-")?;
    }
    write_whole(whole, whole_digits, &mut text)?;
    write_fraction(fraction, fraction_digits, &mut text)?;
    Ok(text.into_value())
}

fn is_place(c: char) -> bool {
    c == '0' || c == '#'
}

/// Where the point is: before a digit, and behind one unless there is none before.
fn point(pattern: &[char]) -> Option<usize> {
    let first = pattern.iter().position(|c| is_place(*c))?;
    let is_point = |at: &usize| {
        let before = at.checked_sub(1).and_then(|at| pattern.get(at)).copied();
        let follows_digit = before.is_some_and(is_place) || *at < first;
        pattern.get(*at) == Some(&'.') && pattern.get(at + 1).copied().is_some_and(is_place) && follows_digit
    };
    (0..pattern.len()).find(is_point)
}

/// The digits before the point, placed from the right; the leftmost place takes all that are left.
fn write_whole(pattern: &[char], digits: &str, text: &mut Bounded) -> Result<(), Fault> {
    let mut digits: Vec<char> = if digits == "0" { Vec::new() } else { digits.chars().collect() };
    let first = pattern.iter().position(|c| is_place(*c));
    let last = pattern.iter().rposition(|c| is_place(*c));
    // A comma between places groups.
    let groups =
        |at: usize| pattern[at] == ',' && first.is_some_and(|first| first < at) && last.is_some_and(|last| at < last);
    let is_grouped = (0..pattern.len()).any(groups);
    let (mut reversed, mut count) = (Vec::new(), 0);
    let put = |reversed: &mut Vec<char>, digit: char, count: &mut usize| {
        if is_grouped && *count > 0 && (*count).is_multiple_of(3) {
            reversed.push(',');
        }
        reversed.push(digit);
        *count += 1;
    };
    for (at, c) in pattern.iter().enumerate().rev() {
        match c {
            '0' | '#' => {
                match (digits.pop(), c) {
                    (Some(digit), _) => put(&mut reversed, digit, &mut count),
                    (None, '0') => put(&mut reversed, '0', &mut count),
                    (None, _) => {}
                }
                while first == Some(at) {
                    let Some(digit) = digits.pop() else { break };
                    put(&mut reversed, digit, &mut count);
                }
            }
            ',' if groups(at) => {}
            literal => reversed.push(*literal),
        }
    }
    reversed.into_iter().rev().try_for_each(|c| text.push_char(c))
}

/// The point and the digits behind it; zeros that no `0` asks for are left out at the end, and so is a bare point.
fn write_fraction(pattern: &[char], digits: &str, text: &mut Bounded) -> Result<(), Fault> {
    let Some((_, pattern)) = pattern.split_first() else { return Ok(()) };
    let places = pattern.iter().filter(|c| is_place(**c)).enumerate();
    let least = places.filter(|(_, c)| **c == '0').map(|(place, _)| place + 1).last().unwrap_or(0);
    let shown = digits.trim_end_matches('0').len().max(least);
    if shown > 0 {
        text.push(".")?;
    }
    let (mut place, mut digits) = (0, digits.chars());
    for c in pattern {
        if is_place(*c) {
            let digit = digits.next().unwrap_or('0');
            if place < shown {
                text.push_char(digit)?;
            }
            place += 1;
        } else {
            text.push_char(*c)?;
        }
    }
    Ok(())
}
