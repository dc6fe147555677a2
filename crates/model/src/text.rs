//! Text: case folding for search, and the natural order that people expect of lists.
//!
//! The order is the Unicode root collation, the same in both engines because we compute it. No SQL collation is used.

mod ascii;

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;

/// The version of stored sort keys. It changes with the Unicode data of the collation library: keys of another version
/// are to be computed again.
pub const NATURAL_VERSION: u32 = 1;

static CASES: CaseMapperBorrowed<'static> = CaseMapper::new();

static NATURAL: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| {
    let mut options = CollatorOptions::default();
    options.strength = Some(Strength::Tertiary);
    CollatorBorrowed::try_new(CollatorPreferences::default(), options)
        .expect("the root collation is compiled into the program")
});

/// The text after full Unicode case folding: texts that differ only in case become equal.
pub fn fold(text: &str) -> Cow<'_, str> {
    let Some(first) = text.bytes().position(|b| !b.is_ascii()) else {
        return match text.bytes().any(|b| b.is_ascii_uppercase()) {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
    };
    // Folding looks at one character at a time, so only the stretches beyond ASCII need the tables.
    let mut folded = String::with_capacity(text.len() + 8);
    let (mut ascii, mut rest) = text.split_at(first);
    loop {
        folded.extend(ascii.chars().map(|c| c.to_ascii_lowercase()));
        if rest.is_empty() {
            return Cow::Owned(folded);
        }
        let end = rest.bytes().position(|b| b.is_ascii()).unwrap_or(rest.len());
        folded.push_str(&CASES.fold_string(&rest[..end]));
        let behind = &rest[end..];
        let stretch = behind.bytes().position(|b| !b.is_ascii()).unwrap_or(behind.len());
        (ascii, rest) = behind.split_at(stretch);
    }
}

/// Whether the text contains a needle that is already folded, whatever the case.
pub fn contains_folded(text: &str, folded_needle: &str) -> bool {
    fold(text).contains(folded_needle)
}

/// The sort key of the natural order: keys compare as bytes as their texts do, and equal keys mean equal texts.
pub fn natural_key(text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len() * 3 + 8);
    write_natural_key(text, &mut key);
    key
}

/// The part of [`natural_key`] before the text itself: texts that the collation holds equal have the same.
pub fn collation_key(text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len() * 2 + 8);
    write_collation_key(text, &mut key);
    key
}

fn write_collation_key(text: &str, out: &mut Vec<u8>) {
    if !ascii::write_key(text, out) {
        let Ok(()) = NATURAL.write_sort_key_to(text, out);
    }
}

/// The key as the collation library makes it.
fn collated(text: &str) -> Vec<u8> {
    let mut key = Vec::new();
    let Ok(()) = NATURAL.write_sort_key_to(text, &mut key);
    key
}

/// Appends [`natural_key`].
pub fn write_natural_key(text: &str, out: &mut Vec<u8>) {
    // Sort keys have no byte 0, so a key that is the head of another sorts first. The text itself breaks ties between
    // texts that the collation holds equal.
    write_collation_key(text, out);
    out.push(0);
    out.extend_from_slice(text.as_bytes());
}

/// The natural order of two texts: that of their keys.
pub fn compare_natural(a: &str, b: &str) -> Ordering {
    NATURAL.compare(a, b).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn folding_in_stretches_is_folding_the_whole(text in "(\\PC|[A-Za-z ]){0,40}") {
            prop_assert_eq!(fold(&text), CASES.fold_string(&text));
        }
    }

    #[test]
    fn folding_makes_texts_equal_that_differ_in_case() {
        let cases =
            [("Hello", "hello"), ("ÉCOLE", "école"), ("Łódź", "łÓDŹ"), ("Straße", "STRASSE"), ("ΣΊΣΥΦΟΣ", "σίσυφος")];
        for (a, b) in cases {
            assert_eq!(fold(a), fold(b), "{a}");
        }
        assert!(contains_folded("Crème BRÛLÉE", &fold("brûlée")));
        assert!(!contains_folded("100 %", &fold("100%")));
        assert!(matches!(fold("plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn natural_order_is_that_of_a_dictionary() {
        let mut words =
            ["zebra", "Äpfel", "apfel", "Apfel", "Zürich", "10", "9", "", "_x", "école", "ecole", "日本", "a b", "ab"];
        words.sort_by(|a, b| compare_natural(a, b));
        let expected =
            ["", "_x", "10", "9", "a b", "ab", "apfel", "Apfel", "Äpfel", "ecole", "école", "zebra", "Zürich", "日本"];
        assert_eq!(words, expected);
    }

    proptest! {
        #[test]
        fn keys_compare_as_their_texts(a in "\\PC{0,8}", b in "\\PC{0,8}") {
            prop_assert_eq!(natural_key(&a).cmp(&natural_key(&b)), compare_natural(&a, &b));
            prop_assert_eq!(natural_key(&a) == natural_key(&b), a == b);
        }

        #[test]
        fn a_longer_text_has_no_smaller_key(a in "[a-c\u{301} ]{0,4}", b in "[a-c\u{301} ]{0,4}") {
            prop_assert_eq!(natural_key(&a).cmp(&natural_key(&b)), compare_natural(&a, &b));
        }
    }
}
