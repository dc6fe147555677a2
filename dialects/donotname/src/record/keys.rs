//! How a request spells fields: by id, name or database name (facts A0: ids unless asked otherwise).

use serde::{Deserialize, Deserializer};

/// What the keys of `fields` are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum KeyType {
    #[default]
    Id,
    Name,
    DbFieldName,
}

impl KeyType {
    /// All of them, the one asked for first: keys are looked up in this order, so that a field named like another's
    /// id cannot be mistaken.
    pub fn order(self) -> [KeyType; 3] {
        match self {
            KeyType::Id => [KeyType::Id, KeyType::Name, KeyType::DbFieldName],
            KeyType::Name => [KeyType::Name, KeyType::Id, KeyType::DbFieldName],
            KeyType::DbFieldName => [KeyType::DbFieldName, KeyType::Id, KeyType::Name],
        }
    }

    /// The word for messages: "Field name: X not found" (facts A3).
    pub fn word(self) -> &'static str {
        match self {
            KeyType::Id => "id",
            KeyType::Name => "name",
            KeyType::DbFieldName => "dbFieldName",
        }
    }

    /// The key type of a word.
    pub fn parse(text: &str) -> Option<KeyType> {
        match text {
            "id" => Some(KeyType::Id),
            "name" => Some(KeyType::Name),
            "dbFieldName" => Some(KeyType::DbFieldName),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for KeyType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<KeyType, D::Error> {
        let text = String::deserialize(deserializer)?;
        KeyType::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("fieldKeyType must be one of id, name, dbFieldName"))
    }
}
