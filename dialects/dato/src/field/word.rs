//! Types of fields, as the vendor calls them (facts 2, "Field types").

use model::kind::Kind;
use model::kind::formula::FormulaResult;

/// A type of field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldType {
    String,
    Text,
    Slug,
    Boolean,
    Integer,
    Float,
    Date,
    DateTime,
    Image,
    File,
    Gallery,
    Video,
    LatLon,
    Seo,
    Link,
    Links,
    RichText,
    Color,
    Json,
}

impl FieldType {
    /// All types.
    pub const ALL: [FieldType; 19] = [
        FieldType::String,
        FieldType::Text,
        FieldType::Slug,
        FieldType::Boolean,
        FieldType::Integer,
        FieldType::Float,
        FieldType::Date,
        FieldType::DateTime,
        FieldType::Image,
        FieldType::File,
        FieldType::Gallery,
        FieldType::Video,
        FieldType::LatLon,
        FieldType::Seo,
        FieldType::Link,
        FieldType::Links,
        FieldType::RichText,
        FieldType::Color,
        FieldType::Json,
    ];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            FieldType::String => "string",
            FieldType::Text => "text",
            FieldType::Slug => "slug",
            FieldType::Boolean => "boolean",
            FieldType::Integer => "integer",
            FieldType::Float => "float",
            FieldType::Date => "date",
            FieldType::DateTime => "date_time",
            FieldType::Image => "image",
            FieldType::File => "file",
            FieldType::Gallery => "gallery",
            FieldType::Video => "video",
            FieldType::LatLon => "lat_lon",
            FieldType::Seo => "seo",
            FieldType::Link => "link",
            FieldType::Links => "links",
            FieldType::RichText => "rich_text",
            FieldType::Color => "color",
            FieldType::Json => "json",
        }
    }

    /// The type of a word.
    pub fn parse(word: &str) -> Option<FieldType> {
        FieldType::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The type that a field of a kind has by itself, whoever made it. What the vendor has no type for shows as the text
    /// that people see, or as JSON.
    pub fn of(kind: &Kind) -> FieldType {
        match kind {
            Kind::Line(_)
            | Kind::Email(_)
            | Kind::Phone(_)
            | Kind::Url(_)
            | Kind::Icon(_)
            | Kind::Time(_)
            | Kind::Duration(_)
            | Kind::Appointment(_)
            | Kind::Choice(_)
            | Kind::User(_)
            | Kind::CreatedBy(_)
            | Kind::ModifiedBy(_) => FieldType::String,
            Kind::LongText(_) | Kind::Html(_) => FieldType::Text,
            Kind::Slug(_) => FieldType::Slug,
            Kind::Number(_) => FieldType::Float,
            Kind::Integer(_) | Kind::Rating(_) | Kind::AutoNumber(_) => FieldType::Integer,
            Kind::Boolean(_) => FieldType::Boolean,
            Kind::Date(_) => FieldType::Date,
            Kind::DateTime(_) | Kind::CreatedTime(_) | Kind::ModifiedTime(_) => FieldType::DateTime,
            Kind::Location(_) => FieldType::LatLon,
            Kind::Color(_) => FieldType::Color,
            Kind::Video(_) => FieldType::Video,
            Kind::Seo(_) => FieldType::Seo,
            Kind::Files(_) => FieldType::Gallery,
            Kind::Reference(_) => FieldType::Link,
            Kind::Links(_) | Kind::Reverse(_) => FieldType::Links,
            Kind::Json(_)
            | Kind::MultiChoice(_)
            | Kind::Users(_)
            | Kind::Lookup(_)
            | Kind::Rollup(_)
            | Kind::Button(_) => FieldType::Json,
            Kind::Formula(formula) => match formula.result {
                FormulaResult::Text | FormulaResult::Time | FormulaResult::Duration => FieldType::String,
                FormulaResult::Number => FieldType::Float,
                FormulaResult::Boolean => FieldType::Boolean,
                FormulaResult::Date => FieldType::Date,
                FormulaResult::Instant => FieldType::DateTime,
            },
        }
    }

    /// Whether a field of this type can be kept in a field of this kind.
    pub fn fits(self, kind: &Kind) -> bool {
        match self {
            FieldType::Image | FieldType::File => matches!(kind, Kind::Files(_)),
            FieldType::RichText => matches!(kind, Kind::Links(_)),
            other => other == FieldType::of(kind),
        }
    }

    /// The validator that names the item types that values of the type lead to.
    pub fn target_validator(self) -> Option<&'static str> {
        match self {
            FieldType::Link => Some("item_item_type"),
            FieldType::Links => Some("items_item_type"),
            FieldType::RichText => Some("rich_text_blocks"),
            FieldType::String
            | FieldType::Text
            | FieldType::Slug
            | FieldType::Boolean
            | FieldType::Integer
            | FieldType::Float
            | FieldType::Date
            | FieldType::DateTime
            | FieldType::Image
            | FieldType::File
            | FieldType::Gallery
            | FieldType::Video
            | FieldType::LatLon
            | FieldType::Seo
            | FieldType::Color
            | FieldType::Json => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_word_that_reads_back() {
        for kind in FieldType::ALL {
            assert_eq!(FieldType::parse(kind.word()), Some(kind));
        }
        assert_eq!(FieldType::parse("geolocation"), None);
    }
}
