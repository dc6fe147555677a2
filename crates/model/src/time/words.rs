//! Dates written with the name of a month: `Jun 12 1998`, `12 June 1998`, `Friday, June 12th, 1998 2:05 PM`,
//! `12-Jun-1998`. Files that people import are full of them.

use super::{Day, LocalTime, Reading, read_clock};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The local time that the text says. The year has four digits, so that day and year cannot be mistaken.
pub(crate) fn read_words(text: &str) -> Reading<LocalTime> {
    // A clock begins at the first word with a colon; what stands before it is the date.
    let words: Vec<&str> = text.split([' ', ',', '\t']).filter(|word| !word.is_empty()).collect();
    let date_words = words.iter().position(|word| word.contains(':')).unwrap_or(words.len());
    let Some(clock) = read_clock(&words[date_words..].join(" ")) else { return Reading::Unreadable };
    let (mut year, mut month, mut day) = (None, None, None);
    for word in words[..date_words].iter().flat_map(|word| word.split(['-', '/', '.'])).filter(|w| !w.is_empty()) {
        let lower = word.to_ascii_lowercase();
        let place = match lower.parse::<i32>() {
            Ok(number) if word.len() == 4 => year.replace(number),
            Ok(number) if word.len() <= 2 => day.replace(number),
            Ok(_) => return Reading::Unreadable,
            Err(_) => match (named(&MONTHS, &lower), ordinal(&lower)) {
                (Some(place), _) => month.replace(place as i32 + 1),
                (None, Some(number)) => day.replace(number),
                (None, None) if named(&WEEKDAYS, &lower).is_some() => None,
                (None, None) => return Reading::Unreadable,
            },
        };
        if place.is_some() {
            return Reading::Unreadable;
        }
    }
    let (Some(year), Some(month), Some(day)) = (year, month, day) else { return Reading::Unreadable };
    match (Day::from_civil(year, month as u8, u8::try_from(day).unwrap_or(0)), clock) {
        (Some(day), Some(ms)) => Reading::Found(LocalTime { day, ms }),
        _ => Reading::Impossible,
    }
}

/// The place of a name given whole or by three letters and more.
fn named(names: &[&str], word: &str) -> Option<usize> {
    (word.len() >= 3).then(|| names.iter().position(|name| name.starts_with(word))).flatten()
}

/// The number of `1st`, `2nd`, `3rd`, `12th`.
fn ordinal(word: &str) -> Option<i32> {
    let number = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending))?;
    (number.len() <= 2).then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_with_month_names_are_read() {
        let cases = [
            ("Jun 12 1998", Some("1998-06-12")),
            ("12 June 1998", Some("1998-06-12")),
            ("Friday, June 12th, 1998 2:05 PM", Some("1998-06-12")),
            ("12-Jun-1998", Some("1998-06-12")),
            ("Sept. 1, 2001", Some("2001-09-01")),
            ("1998", None),
            ("June 1998", None),
            ("Jun 12 98", None),
            ("Ju 12 1998", None),
            ("12 12 1998", None),
            ("Foo 12 1998", None),
        ];
        for (text, day) in cases {
            let found = match read_words(text) {
                Reading::Found(local) => Some(local.day.to_iso()),
                Reading::Impossible | Reading::Unreadable => None,
            };
            assert_eq!(found.as_deref(), day, "{text}");
        }
        assert!(matches!(read_words("Feb 30 1998"), Reading::Impossible), "never rolled over");
    }
}
