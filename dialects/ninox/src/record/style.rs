//! How an answer spells keys and values: `style`, `choiceStyle`, `dateStyle` (facts 5). No value of them is an error:
//! only the exact word `ids` means ids, all else means names.

use edge::Params;

/// Ids or names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Spelling {
    #[default]
    Names,
    Ids,
}

/// Text or milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Moments {
    #[default]
    Text,
    Milliseconds,
}

/// What is done with a text that is empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Blank {
    /// Left out, like every empty cell.
    #[default]
    Absent,
    /// `""`, as answers to an upsert have it (reference 001).
    Quoted,
}

/// Which fields are told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Told {
    #[default]
    All,
    /// What the record itself holds: no other sides of references, and nothing computed. An upsert takes all of it.
    Stored,
}

/// How cells and their keys are spelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Style {
    pub keys: Spelling,
    pub choices: Spelling,
    pub moments: Moments,
    pub blank: Blank,
    /// Times of day and lengths of time as milliseconds, too: only the internal form has them so.
    pub clocks: Moments,
    pub told: Told,
}

impl Style {
    /// The internal form, which `/changes` answers (facts 10).
    pub const INTERNAL: Style = Style {
        keys: Spelling::Ids,
        choices: Spelling::Ids,
        moments: Moments::Milliseconds,
        blank: Blank::Absent,
        clocks: Moments::Milliseconds,
        told: Told::Stored,
    };

    /// The form that answers an upsert: by ids, with captions and times as text (reference 001; facts 6, 12.4).
    pub const UPSERTED: Style = Style {
        keys: Spelling::Ids,
        choices: Spelling::Names,
        moments: Moments::Text,
        blank: Blank::Quoted,
        clocks: Moments::Text,
        told: Told::All,
    };

    /// What a query string asks for. The reference names the style of choices twice, and `ids=true` is older (facts 5).
    pub fn of(params: &Params<'_>) -> Style {
        let says = |key: &str, word: &str| params.many(key).last().is_some_and(|value| *value == word);
        let ids = |is: bool| if is { Spelling::Ids } else { Spelling::Names };
        Style {
            keys: ids(says("style", "ids") || says("ids", "true")),
            choices: ids(says("choiceStyle", "ids") || says("choice", "ids")),
            moments: if says("dateStyle", "ids") { Moments::Milliseconds } else { Moments::Text },
            ..Style::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_word_means_ids() {
        let style = |query: &str| Style::of(&Params::parse(query, 1000).expect("a query"));
        for query in ["", "choiceStyle=id", "choiceStyle=text&style=object&dateStyle=iso", "ids=1", "style=IDS"] {
            assert_eq!(style(query), Style::default(), "{query}");
        }
        assert_eq!(style("choice=ids").choices, Spelling::Ids);
        assert_eq!(style("ids=true").keys, Spelling::Ids);
        assert_eq!(style("dateStyle=ids").moments, Moments::Milliseconds);
    }
}
