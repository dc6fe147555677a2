//! The rows. Row `n` depends on `n` alone, so any client can make any row, and both servers get the same ones.

use std::fmt::Write;

pub const STATUSES: [&str; 5] = ["Lead", "Active", "Paused", "Won", "Lost"];
const SYLLABLES: [&str; 20] = [
    "ka", "ro", "vi", "ta", "le", "mo", "sa", "du", "ne", "fi", "ga", "lo", "pe", "ri", "su", "ba", "to", "me", "ha",
    "ze",
];
const KINDS: [&str; 10] =
    ["Systems", "Labs", "Trading", "Logistics", "Foods", "Energy", "Media", "Partners", "Works", "Group"];
const FORMS: [&str; 6] = ["Ltd", "GmbH", "BV", "Inc", "SA", "AG"];
const CITIES: [&str; 16] = [
    "Rotterdam",
    "Lyon",
    "Porto",
    "Gdansk",
    "Turin",
    "Malmo",
    "Ghent",
    "Leeds",
    "Bremen",
    "Bilbao",
    "Tartu",
    "Graz",
    "Cork",
    "Split",
    "Brno",
    "Aarhus",
];
const WORDS: [&str; 22] = [
    "the", "client", "asked", "for", "a", "quote", "on", "new", "racks", "and", "wants", "delivery", "before",
    "spring", "our", "offer", "covers", "parts", "labour", "training", "support", "returns",
];
/// About 220 characters.
const NOTE_WORDS: usize = 36;
pub const REVENUE_LIMIT: u64 = 1_000_000;

/// `SplitMix64`: a few instructions, and a stream of its own from every seed.
pub struct Dice(u64);

impl Dice {
    /// `purpose` keeps the streams of two uses of the same number apart.
    pub fn new(purpose: u64, number: u64) -> Dice {
        let mut dice = Dice(purpose.wrapping_mul(0xd129_0d3f_3a5b_9c61) ^ number);
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

/// Appends the eight fields of row `number` as a JSON object. No value holds a character that JSON escapes.
pub fn write_fields(out: &mut String, number: u64) {
    let mut dice = Dice::new(7, number);
    let word: String = (0..4).map(|_| dice.pick(&SYLLABLES)).collect();
    let (first, rest) = word.split_at(1);
    let first = first.to_uppercase();
    let (kind, form) = (dice.pick(&KINDS), dice.pick(&FORMS));
    let (status, revenue) = (dice.pick(&STATUSES), dice.below(REVENUE_LIMIT));
    let (year, month, day) = (1960 + dice.below(63), 1 + dice.below(12), 1 + dice.below(28));
    let active = dice.below(10) < 7;
    // Writing to a `String` cannot fail.
    let _ = write!(out, r#"{{"name":"{first}{rest} {kind} {form}","status":"{status}","revenue":{revenue},"#);
    let _ = write!(
        out,
        r#""founded":"{year}-{month:02}-{day:02}","email":"{}","active":{active},"notes":""#,
        email(&word, number)
    );
    for place in 0..NOTE_WORDS {
        out.push_str(if place == 0 { "" } else { " " });
        out.push_str(dice.pick(&WORDS));
    }
    let _ = write!(out, r#".","city":"{}"}}"#, dice.pick(&CITIES));
}

fn email(word: &str, number: u64) -> String {
    format!("{word}{number}@mail.example")
}

/// The e-mail address of row `number`; it is the only field that no other row has.
pub fn email_of(number: u64) -> String {
    let mut dice = Dice::new(7, number);
    let word: String = (0..4).map(|_| dice.pick(&SYLLABLES)).collect();
    email(&word, number)
}

/// Whether `shown` is the e-mail address of row `number`.
pub fn is_email_of(shown: &str, number: u64) -> bool {
    shown == email_of(number)
}

/// Three syllables: 2 of 8,000 names hold them, so 25 of 100,000 rows match and a scan must look at every one.
pub fn needle(number: u64) -> String {
    let mut dice = Dice::new(11, number);
    (0..3).map(|_| dice.pick(&SYLLABLES)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_json_and_always_the_same() {
        let mut text = String::new();
        write_fields(&mut text, 41);
        let row: serde_json::Value = serde_json::from_str(&text).expect("write_fields writes JSON");
        assert_eq!(row.as_object().map(|fields| fields.len()), Some(8));
        assert!(is_email_of(row["email"].as_str().expect("e-mail is text"), 41));
        assert!((150..280).contains(&row["notes"].as_str().expect("notes are text").len()));
        let mut again = String::new();
        write_fields(&mut again, 41);
        assert_eq!(text, again);
    }

    #[test]
    fn the_filters_match_as_many_rows_as_promised() {
        let (mut wide, mut narrow, mut found) = (0, 0, 0);
        for number in 0..100_000 {
            let mut text = String::new();
            write_fields(&mut text, number);
            let row: serde_json::Value = serde_json::from_str(&text).expect("write_fields writes JSON");
            let revenue = row["revenue"].as_u64().expect("revenue is a whole number");
            wide += u32::from(row["status"] == "Won" && revenue > 100_000);
            narrow += u32::from(row["status"] == "Won" && revenue > 995_000);
            let name = row["name"].as_str().expect("name is text").to_lowercase();
            found += (0..10).filter(|&wanted| name.contains(&needle(wanted))).count();
        }
        assert!((17_500..18_500).contains(&wide), "{wide}");
        assert!((60..140).contains(&narrow), "{narrow}");
        assert!((150..350).contains(&found), "{found}");
    }
}
