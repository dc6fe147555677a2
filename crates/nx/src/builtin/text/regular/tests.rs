//! What JavaScript reads otherwise than our engine.

use super::cache::pattern;
use super::*;

fn finds(source: &str, flags: &str, text: &str) -> Option<String> {
    pattern(source, flags).unwrap().regex.find(text).map(|found| found.as_str().to_owned())
}

#[test]
fn patterns_mean_what_they_mean_in_javascript() {
    let cases = [
        (r"\w+", "", "é1_a", Some("1_a")),
        (r"\d+", "", "٣4", Some("4")),
        (r"[\w-]+", "", "é a-b", Some("a-b")),
        (r"[^\W_]+", "", "_a1_", Some("a1")),
        (r"[\d-x]+", "", "a1-x", Some("1-x")),
        ("[[]", "", "a[", Some("[")),
        ("[a&&b]+", "", "b&a", Some("b&a")),
        ("[+--]+", "", "a+,-.", Some("+,-")),
        ("[a~~]+", "", "~~", Some("~~")),
        ("[]", "", "a", None),
        ("[^]", "", "\n", Some("\n")),
        (r"[\]]", "", "]", Some("]")),
        (r"[\b]", "", "\u{8}", Some("\u{8}")),
        ("a{", "", "a{", Some("a{")),
        ("a{2}", "", "aaa", Some("aa")),
        ("a{2,}?", "", "aaa", Some("aa")),
        ("a{,2}", "", "a{,2}", Some("a{,2}")),
        ("x}]", "", "x}]", Some("x}]")),
        (".+", "", "a\rb", Some("a")),
        (".+", "s", "a\rb", Some("a\rb")),
        ("^b$", "", "a\nb", None),
        ("^b$", "m", "a\nb", Some("b")),
        ("b$", "", "b\n", None),
        (r"\bfoo\b", "", "a foo.", Some("foo")),
        (r"\u0041\x42\u{43}\cJ", "", "ABC\n", Some("ABC\n")),
        (r"\uD83D\uDE00", "", "😀", Some("😀")),
        (r"\<\>\#\ \-\'", "", "<># -'", Some("<># -'")),
        (r"\p{Lu}+", "u", "aÉB", Some("ÉB")),
        (r"\s", "", "\u{feff}", Some("\u{feff}")),
        ("É", "i", "é", Some("é")),
        ("a#b c", "", "a#b c", Some("a#b c")),
        ("(?:ab)+?", "", "abab", Some("ab")),
    ];
    for (source, flags, text, found) in cases {
        assert_eq!(finds(source, flags, text).as_deref(), found, "/{source}/{flags} in {text:?}");
    }
}

#[test]
fn what_cannot_be_matched_in_one_pass_is_refused_by_name() {
    let cases = [
        ("(?=a)", "", "uses look-around"),
        ("(?!a)", "", "uses look-around"),
        ("(?<=a)", "", "uses look-around"),
        ("(?<!a)", "", "uses look-around"),
        (r"(a)\1", "", "uses back-references"),
        (r"(?<n>a)\k<n>", "", "uses back-references"),
        ("(a", "", "\"(a\" is no regular expression: unclosed group"),
        ("[a", "", "class without its end"),
        ("*", "", "is no regular expression: repetition operator missing expression"),
        ("a\\", "", "ends with a backslash"),
        (r"\uD83D", "", "half a character"),
        ("(?i)a", "", "unknown kind"),
        ("a", "y", "y is not a flag"),
        ("((((a{100}){100}){100}){100})", "", "too large"),
    ];
    for (source, flags, message) in cases {
        let error = pattern(source, flags).err().unwrap().to_string();
        assert!(error.contains(message), "/{source}/{flags}: {error}");
    }
    assert!(matches!(pattern(&"a".repeat(20_000), ""), Err(Fault::Budget(_))));
}

#[test]
fn more_patterns_than_are_kept_are_compiled_again() {
    for i in 0..200 {
        assert_eq!(finds(&format!("^{i}$"), "", &i.to_string()), Some(i.to_string()));
    }
    assert_eq!(finds("^7$", "", "7").as_deref(), Some("7"));
}

#[test]
fn a_pattern_that_would_explode_elsewhere_takes_one_pass() {
    assert_eq!(finds("(a+)+$", "", &format!("{}b", "a".repeat(50_000))), None);
}

#[test]
fn every_match_is_replaced_where_javascript_finds_one() {
    let found = |source: &str, text: &str| {
        let pattern = pattern(source, "").unwrap();
        matches(&pattern, text).map(|found| found[0].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("a*", "baaac"), ["", "aaa", "", ""]);
    assert_eq!(found("é*", "éxé"), ["é", "", "é", ""]);
}
