//! Numbers as people and programs write them in files.
//!
//! Stricter than loose input of a form: a text with a number somewhere in it is no number.

/// What stands before the fraction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Point {
    Dot,
    /// `1.234,5`: files whose cells are separated by semicolons are from where that is usual.
    Comma,
}

impl Point {
    /// The one that is usual in files with this delimiter.
    pub fn of(delimiter: u8) -> Point {
        if delimiter == b';' { Point::Comma } else { Point::Dot }
    }
}

/// The number of a text with a sign, groups of thousands, an exponent, a currency sign or a percent sign; none when it
/// is anything else.
pub fn read(text: &str, point: Point) -> Option<f64> {
    let text = text.trim();
    // What programs write.
    if let Some(number) = plain(text) {
        return Some(number);
    }
    let (text, scale) = match text.strip_suffix('%') {
        Some(rest) => (rest.trim_end(), 0.01),
        None => (text, 1.0),
    };
    let (sign, text) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (-1.0, rest.trim_start()),
        None => (1.0, text),
    };
    let text = text.trim_start_matches(is_currency).trim_end_matches(is_currency).trim();
    let (group, fraction) = match point {
        Point::Dot => (',', '.'),
        Point::Comma => ('.', ','),
    };
    let number = grouped(text, group, fraction).or_else(|| plain(text))?;
    // A percentage is divided, so that 10 % is exactly what 0.1 is.
    Some(sign * if scale == 1.0 { number } else { number / 100.0 })
}

/// A number as programs write it; not the words `inf` and `nan`, which would be read too.
fn plain(text: &str) -> Option<f64> {
    let is_exact = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    text.parse::<f64>().ok().filter(|number| is_exact && number.is_finite())
}

/// `1,234,567.89`, or without groups where the fraction stands behind another sign than a dot.
fn grouped(text: &str, group: char, fraction: char) -> Option<f64> {
    let (whole, rest) = text.split_once(fraction).unwrap_or((text, ""));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !rest.is_empty() && !digits(rest) {
        return None;
    }
    let is_group = |c: char| c == group || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’');
    let mut groups = whole.split(is_group);
    let first = groups.next().filter(|first| digits(first))?;
    let mut plain = first.to_owned();
    let mut has_groups = false;
    for group in groups {
        if group.len() != 3 || !digits(group) || first.len() > 3 {
            return None;
        }
        has_groups = true;
        plain.push_str(group);
    }
    // "1.234" in a file with commas is a number with a fraction if nothing says otherwise: [`read`] took it as such.
    if !has_groups && rest.is_empty() && text.contains(fraction) {
        return None;
    }
    plain.push('.');
    plain.push_str(if rest.is_empty() { "0" } else { rest });
    plain.parse().ok()
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '€' | '£' | '¥' | '₹' | '₩' | '₽' | '¢')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_meant() {
        for (text, point, expected) in [
            ("12", Point::Dot, Some(12.0)),
            (" -1.5e3 ", Point::Dot, Some(-1500.0)),
            ("1,234,567.5", Point::Dot, Some(1_234_567.5)),
            ("$1,234.50", Point::Dot, Some(1234.5)),
            ("-$5", Point::Dot, Some(-5.0)),
            ("12 €", Point::Comma, Some(12.0)),
            ("1.234,5", Point::Comma, Some(1234.5)),
            ("0,5", Point::Comma, Some(0.5)),
            ("1 234", Point::Dot, Some(1234.0)),
            ("10%", Point::Dot, Some(0.1)),
            ("12,5", Point::Dot, None),
            ("1,2345", Point::Dot, None),
            ("12 apples", Point::Dot, None),
            ("inf", Point::Dot, None),
            ("NaN", Point::Dot, None),
            ("", Point::Dot, None),
            ("-", Point::Dot, None),
            ("1e999", Point::Dot, None),
            ("€", Point::Dot, None),
        ] {
            assert_eq!(read(text, point), expected, "{text}");
        }
    }
}
