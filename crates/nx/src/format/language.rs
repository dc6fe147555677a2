//! Names of days and months, in four languages.

use crate::fault::Fault;

/// A language that patterns can speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    English,
    German,
    French,
    Spanish,
}

/// The words of a language. Weeks begin on Monday.
struct Words {
    months: [&'static str; 12],
    short_months: [&'static str; 12],
    weekdays: [&'static str; 7],
    short_weekdays: [&'static str; 7],
    least_weekdays: [&'static str; 7],
    /// The patterns of `L` and `l`.
    day: &'static str,
    short_day: &'static str,
}

static ENGLISH: Words = Words {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    short_months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    short_weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    least_weekdays: ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
    day: "MM/DD/YYYY",
    short_day: "M/D/YYYY",
};

static GERMAN: Words = Words {
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    short_months: ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."],
    weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    short_weekdays: ["Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."],
    least_weekdays: ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"],
    day: "DD.MM.YYYY",
    short_day: "D.M.YYYY",
};

static FRENCH: Words = Words {
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    short_months: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    short_weekdays: ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
    least_weekdays: ["lu", "ma", "me", "je", "ve", "sa", "di"],
    day: "DD/MM/YYYY",
    short_day: "D/M/YYYY",
};

static SPANISH: Words = Words {
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    short_months: ["ene.", "feb.", "mar.", "abr.", "may.", "jun.", "jul.", "ago.", "sep.", "oct.", "nov.", "dic."],
    weekdays: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    short_weekdays: ["lun.", "mar.", "mié.", "jue.", "vie.", "sáb.", "dom."],
    least_weekdays: ["lu", "ma", "mi", "ju", "vi", "sá", "do"],
    day: "DD/MM/YYYY",
    short_day: "D/M/YYYY",
};

impl Language {
    /// The language of a code: `en`, `de`, `fr`, `es`, whatever the case and the region behind.
    pub fn find(code: &str) -> Result<Language, Fault> {
        let language = code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        match language.as_str() {
            "en" => Ok(Language::English),
            "de" => Ok(Language::German),
            "fr" => Ok(Language::French),
            "es" => Ok(Language::Spanish),
            _ => Err(Fault::script(format!("{code} is not a language of patterns: en, de, fr and es are"))),
        }
    }

    fn words(self) -> &'static Words {
        match self {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
            Language::French => &FRENCH,
            Language::Spanish => &SPANISH,
        }
    }

    /// From January.
    pub fn months(self) -> &'static [&'static str; 12] {
        &self.words().months
    }

    /// From January, shortened.
    pub fn short_months(self) -> &'static [&'static str; 12] {
        &self.words().short_months
    }

    /// From Monday.
    pub fn weekdays(self) -> &'static [&'static str; 7] {
        &self.words().weekdays
    }

    /// From Monday, shortened.
    pub fn short_weekdays(self) -> &'static [&'static str; 7] {
        &self.words().short_weekdays
    }

    /// From Monday, in two letters.
    pub fn least_weekdays(self) -> &'static [&'static str; 7] {
        &self.words().least_weekdays
    }

    /// The pattern of a day as it is usual, with padding.
    pub fn day(self) -> &'static str {
        self.words().day
    }

    /// The pattern of a day as it is usual, without.
    pub fn short_day(self) -> &'static str {
        self.words().short_day
    }

    /// What follows a number that counts days or months: `1st`, `2.`, `1er`.
    pub fn ordinal(self, number: u32) -> &'static str {
        match self {
            Language::English => match (number % 10, number / 10 % 10) {
                (1, tens) if tens != 1 => "st",
                (2, tens) if tens != 1 => "nd",
                (3, tens) if tens != 1 => "rd",
                _ => "th",
            },
            Language::German => ".",
            Language::French if number == 1 => "er",
            Language::French => "",
            Language::Spanish => "º",
        }
    }
}
