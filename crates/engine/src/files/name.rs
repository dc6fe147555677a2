//! Names of files: data, never a path.

/// Longest name, in characters.
const LONGEST: usize = 255;

/// A name that can be shown and stored: without control characters and those that turn the direction of text, and
/// not longer than people can read.
pub fn clean(given: &str) -> String {
    let is_harmful = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let kept: String = given.chars().filter(|c| !is_harmful(*c)).collect();
    let kept = kept.trim();
    if kept.is_empty() {
        return "file".to_owned();
    }
    let length = kept.chars().count();
    if length <= LONGEST {
        return kept.to_owned();
    }
    // The end of a long name says what it is.
    let extension = kept.rsplit_once('.').map(|(_, e)| e).filter(|e| e.chars().count() <= 16);
    match extension {
        Some(extension) => {
            let head: String = kept.chars().take(LONGEST - extension.chars().count() - 1).collect();
            format!("{head}.{extension}")
        }
        None => kept.chars().take(LONGEST).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_harmless_and_otherwise_as_it_came() {
        let cases = [
            ("a.png", "a.png"),
            ("../../etc/passwd", "../../etc/passwd"),
            ("a\r\nSet-Cookie: x.png", "aSet-Cookie: x.png"),
            ("gpj.\u{202e}exe", "gpj.exe"),
            ("a\u{0}b", "ab"),
            (" \t ", "file"),
            ("", "file"),
        ];
        for (given, kept) in cases {
            assert_eq!(clean(given), kept, "{given:?}");
        }
        let long = clean(&format!("{}.png", "é".repeat(4096)));
        assert_eq!((long.chars().count(), long.ends_with("é.png")), (255, true));
    }
}
