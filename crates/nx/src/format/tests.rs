//! Patterns (7.5).

use super::*;
use crate::value::Value;
use model::time::Instant;

fn text(value: Result<Value, crate::Fault>) -> String {
    match value.unwrap() {
        Value::Text(text) => text.to_string(),
        other => panic!("{other:?}"),
    }
}

fn date(iso: &str, pattern: &str, language: Language) -> String {
    text(moment(Moment::of_instant(Instant::parse(iso).unwrap().0), pattern, language))
}

#[test]
fn every_word_of_date_patterns_has_its_meaning() {
    let cases = [
        ("YYYY YY Q", "2024 24 1"),
        ("MMMM MMM MM M Mo", "March Mar 03 3 3rd"),
        ("DD D Do", "05 5 5th"),
        ("dddd ddd dd d", "Tuesday Tue Tu 2"),
        ("W w WW", "10 10 10"),
        ("HH H hh h a A", "14 14 02 2 pm PM"),
        ("mm m ss s SSS", "07 7 09 9 045"),
        ("x", "1709647629045"),
        ("X", "1709647629"),
        ("Z", "+00:00"),
        ("L l", "03/05/2024 3/5/2024"),
        ("[YYYY] YYYY", "YYYY 2024"),
        ("YYYYMMDD", "20240305"),
        ("[open", "[open"),
        ("ü-/", "ü-/"),
        ("", ""),
    ];
    for (pattern, expected) in cases {
        assert_eq!(date("2024-03-05T14:07:09.045Z", pattern, Language::English), expected, "{pattern}");
    }
}

#[test]
fn names_come_in_four_languages() {
    let cases = [
        (Language::English, "Wednesday Wed We, 1st of January Jan L 01/01/2025"),
        (Language::German, "Mittwoch Mi. Mi, 1. of Januar Jan. L 01.01.2025"),
        (Language::French, "mercredi mer. me, 1er of janvier janv. L 01/01/2025"),
        (Language::Spanish, "miércoles mié. mi, 1º of enero ene. L 01/01/2025"),
    ];
    for (language, expected) in cases {
        assert_eq!(date("2025-01-01", "dddd ddd dd, Do [of] MMMM MMM [L] L", language), expected);
    }
    assert_eq!(Language::find("DE-at").unwrap(), Language::German);
    assert_eq!(
        Language::find("xx").unwrap_err().to_string(),
        "xx is not a language of patterns: en, de, fr and es are"
    );
}

#[test]
fn hours_of_a_half_day_and_ordinals_of_teens_are_right() {
    let noon = |hour: &str| date(&format!("2024-01-11T{hour}:00:00Z"), "h A Do", Language::English);
    assert_eq!(noon("00"), "12 AM 11th");
    assert_eq!(noon("12"), "12 PM 11th");
    assert_eq!(noon("13"), "1 PM 11th");
    let ordinals = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-12", "2024-01-21", "2024-01-23"];
    let shown: Vec<String> = ordinals.iter().map(|day| date(day, "Do", Language::English)).collect();
    assert_eq!(shown, ["1st", "2nd", "3rd", "12th", "21st", "23rd"]);
}

#[test]
fn weeks_are_those_of_the_language() {
    let week = |iso: &str, language| date(iso, "w W", language);
    // 29 December 2024 is a Sunday: the first day of an American week that has 1 January in it.
    assert_eq!(week("2024-12-29", Language::English), "1 52");
    assert_eq!(week("2024-12-29", Language::German), "52 52");
    assert_eq!(week("2021-01-01", Language::English), "1 53");
}

#[test]
fn years_beyond_four_digits_are_written_out() {
    assert_eq!(date("+012345-01-01", "YYYY", Language::English), "12345");
    assert_eq!(date("-000042-01-01", "YYYY YY", Language::English), "-0042 58");
    assert_eq!(text(moment(Moment::of_time(34_200_000), "HH:mm", Language::English)), "09:30");
}

#[test]
fn numbers_fill_their_patterns() {
    let cases = [
        (7.0, "000", "007"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1_234_567.891, "#,##0.##", "1,234,567.89"),
        (0.5, "#.##", ".5"),
        (0.0, "#", ""),
        (0.0, "0", "0"),
        (12.0, "0.##", "12"),
        (12.5, "0.0#", "12.5"),
        (1.005, "0.00", "1.01"),
        (-2.5, "0", "-2"),
        (-0.001, "0.00", "0.00"),
        (-1234.0, "€ #,##0", "-€ 1,234"),
        (1234.0, "0", "1234"),
        (0.25, "0.00 %", "0.25 %"),
        (42.0, "No. 000", "No. 042"),
        (12345.0, "000-000", "012-345"),
        (5.0, "abc", "abc"),
        (5.0, "0.", "5."),
        (1e21, "#,##0", "1,000,000,000,000,000,000,000"),
        (3.0, "0000,000", "0,000,003"),
        (1.0, "", ""),
    ];
    for (given, pattern, expected) in cases {
        assert_eq!(text(number(given, pattern)), expected, "{given} by {pattern}");
    }
}
