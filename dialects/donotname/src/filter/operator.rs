//! The operators of conditions: words, and symbols when a condition says `isSymbol` (facts B).

/// An operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    Is,
    IsNot,
    Contains,
    DoesNotContain,
    IsEmpty,
    IsNotEmpty,
    IsGreater,
    IsGreaterEqual,
    IsLess,
    IsLessEqual,
    IsAnyOf,
    IsNoneOf,
    HasAnyOf,
    HasAllOf,
    HasNoneOf,
    IsExactly,
    IsNotExactly,
    IsBefore,
    IsAfter,
    IsOnOrBefore,
    IsOnOrAfter,
    IsWithIn,
}

const WORDS: [(&str, Operator); 22] = [
    ("is", Operator::Is),
    ("isNot", Operator::IsNot),
    ("contains", Operator::Contains),
    ("doesNotContain", Operator::DoesNotContain),
    ("isEmpty", Operator::IsEmpty),
    ("isNotEmpty", Operator::IsNotEmpty),
    ("isGreater", Operator::IsGreater),
    ("isGreaterEqual", Operator::IsGreaterEqual),
    ("isLess", Operator::IsLess),
    ("isLessEqual", Operator::IsLessEqual),
    ("isAnyOf", Operator::IsAnyOf),
    ("isNoneOf", Operator::IsNoneOf),
    ("hasAnyOf", Operator::HasAnyOf),
    ("hasAllOf", Operator::HasAllOf),
    ("hasNoneOf", Operator::HasNoneOf),
    ("isExactly", Operator::IsExactly),
    ("isNotExactly", Operator::IsNotExactly),
    ("isBefore", Operator::IsBefore),
    ("isAfter", Operator::IsAfter),
    ("isOnOrBefore", Operator::IsOnOrBefore),
    ("isOnOrAfter", Operator::IsOnOrAfter),
    ("isWithIn", Operator::IsWithIn),
];

impl Operator {
    /// The operator of a word.
    pub fn of_word(word: &str) -> Option<Operator> {
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, operator)| *operator)
    }

    /// The operator of a symbol. A symbol of lists means the like of single values where a cell is one value; see
    /// [`Operator::for_one`].
    pub fn of_symbol(symbol: &str) -> Option<Operator> {
        Some(match symbol {
            "=" => Operator::Is,
            "!=" => Operator::IsNot,
            ">" => Operator::IsGreater,
            ">=" => Operator::IsGreaterEqual,
            "<" => Operator::IsLess,
            "<=" => Operator::IsLessEqual,
            "LIKE" => Operator::Contains,
            "NOT LIKE" => Operator::DoesNotContain,
            "IN" => Operator::HasAnyOf,
            "NOT IN" => Operator::HasNoneOf,
            "HAS" => Operator::HasAllOf,
            "IS NULL" => Operator::IsEmpty,
            "IS NOT NULL" => Operator::IsNotEmpty,
            "IS WITH IN" => Operator::IsWithIn,
            _ => return None,
        })
    }

    /// The word of the operator.
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(_, operator)| *operator == self).map_or("", |(word, _)| word)
    }

    /// What a symbol of lists means of a cell with one value.
    pub fn for_one(self) -> Operator {
        match self {
            Operator::HasAnyOf => Operator::IsAnyOf,
            Operator::HasNoneOf => Operator::IsNoneOf,
            other => other,
        }
    }

    /// What a symbol of single values means of a cell with a list.
    pub fn for_many(self) -> Operator {
        match self {
            Operator::Is => Operator::IsExactly,
            Operator::IsNot => Operator::IsNotExactly,
            other => other,
        }
    }

    /// The operator whose opposite this is, if it is a negation. All negations match empty cells (facts B).
    pub fn positive(self) -> Option<Operator> {
        match self {
            Operator::IsNot => Some(Operator::Is),
            Operator::DoesNotContain => Some(Operator::Contains),
            Operator::IsNotEmpty => Some(Operator::IsEmpty),
            Operator::IsNoneOf => Some(Operator::IsAnyOf),
            Operator::HasNoneOf => Some(Operator::HasAnyOf),
            Operator::IsNotExactly => Some(Operator::IsExactly),
            Operator::Is
            | Operator::Contains
            | Operator::IsEmpty
            | Operator::IsGreater
            | Operator::IsGreaterEqual
            | Operator::IsLess
            | Operator::IsLessEqual
            | Operator::IsAnyOf
            | Operator::HasAnyOf
            | Operator::HasAllOf
            | Operator::IsExactly
            | Operator::IsBefore
            | Operator::IsAfter
            | Operator::IsOnOrBefore
            | Operator::IsOnOrAfter
            | Operator::IsWithIn => None,
        }
    }

    /// Whether its value is a list.
    pub fn takes_list(self) -> bool {
        matches!(
            self,
            Operator::IsAnyOf
                | Operator::IsNoneOf
                | Operator::HasAnyOf
                | Operator::HasAllOf
                | Operator::HasNoneOf
                | Operator::IsExactly
                | Operator::IsNotExactly
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for (word, operator) in WORDS {
            assert_eq!((Operator::of_word(word), operator.word()), (Some(operator), word));
        }
        assert_eq!((Operator::of_word("IS"), Operator::of_word("="), Operator::of_symbol("is")), (None, None, None));
    }
}
