//! The words of this door for kinds of fields (facts A4).

use model::kind::Kind;

/// A field type of this door.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    SingleLineText,
    LongText,
    Number,
    Rating,
    SingleSelect,
    MultipleSelect,
    Checkbox,
    Date,
    Attachment,
    User,
    Link,
    Formula,
    Rollup,
    AutoNumber,
    CreatedTime,
    LastModifiedTime,
    CreatedBy,
    LastModifiedBy,
    Button,
}

impl Word {
    const ALL: [Word; 19] = [
        Word::SingleLineText,
        Word::LongText,
        Word::Number,
        Word::Rating,
        Word::SingleSelect,
        Word::MultipleSelect,
        Word::Checkbox,
        Word::Date,
        Word::Attachment,
        Word::User,
        Word::Link,
        Word::Formula,
        Word::Rollup,
        Word::AutoNumber,
        Word::CreatedTime,
        Word::LastModifiedTime,
        Word::CreatedBy,
        Word::LastModifiedBy,
        Word::Button,
    ];

    /// The word as written.
    pub fn text(self) -> &'static str {
        match self {
            Word::SingleLineText => "singleLineText",
            Word::LongText => "longText",
            Word::Number => "number",
            Word::Rating => "rating",
            Word::SingleSelect => "singleSelect",
            Word::MultipleSelect => "multipleSelect",
            Word::Checkbox => "checkbox",
            Word::Date => "date",
            Word::Attachment => "attachment",
            Word::User => "user",
            Word::Link => "link",
            Word::Formula => "formula",
            Word::Rollup => "rollup",
            Word::AutoNumber => "autoNumber",
            Word::CreatedTime => "createdTime",
            Word::LastModifiedTime => "lastModifiedTime",
            Word::CreatedBy => "createdBy",
            Word::LastModifiedBy => "lastModifiedBy",
            Word::Button => "button",
        }
    }

    /// What a field of the type is called when nobody named it.
    pub fn label(self) -> &'static str {
        match self {
            Word::SingleLineText => "Text",
            Word::LongText => "Long text",
            Word::Number => "Number",
            Word::Rating => "Rating",
            Word::SingleSelect => "Select",
            Word::MultipleSelect => "Tags",
            Word::Checkbox => "Done",
            Word::Date => "Date",
            Word::Attachment => "Attachments",
            Word::User => "Collaborator",
            Word::Link => "Link",
            Word::Formula => "Calculation",
            Word::Rollup => "Rollup",
            Word::AutoNumber => "ID",
            Word::CreatedTime => "Created time",
            Word::LastModifiedTime => "Last modified time",
            Word::CreatedBy => "Created by",
            Word::LastModifiedBy => "Last modified by",
            Word::Button => "Button",
        }
    }

    /// The type of this word.
    pub fn parse(text: &str) -> Option<Word> {
        Word::ALL.into_iter().find(|word| word.text() == text)
    }

    /// All words, for messages.
    pub fn all() -> Vec<String> {
        Word::ALL.iter().map(|word| word.text().to_owned()).collect()
    }

    /// The nearest type of a kind. Kinds that only other doors make are shown as text, or as the dates and numbers
    /// that they nearly are.
    pub fn of(kind: &Kind) -> Word {
        match kind {
            Kind::Line(_)
            | Kind::Email(_)
            | Kind::Phone(_)
            | Kind::Url(_)
            | Kind::Slug(_)
            | Kind::Icon(_)
            | Kind::Time(_)
            | Kind::Duration(_)
            | Kind::Appointment(_) => Word::SingleLineText,
            Kind::LongText(_)
            | Kind::Html(_)
            | Kind::Location(_)
            | Kind::Color(_)
            | Kind::Video(_)
            | Kind::Json(_)
            | Kind::Seo(_) => Word::LongText,
            Kind::Number(_) | Kind::Integer(_) => Word::Number,
            Kind::Rating(_) => Word::Rating,
            Kind::Boolean(_) => Word::Checkbox,
            Kind::Date(_) | Kind::DateTime(_) => Word::Date,
            Kind::Choice(_) => Word::SingleSelect,
            Kind::MultiChoice(_) => Word::MultipleSelect,
            Kind::Files(_) => Word::Attachment,
            Kind::User(_) | Kind::Users(_) => Word::User,
            Kind::Reference(_) | Kind::Links(_) | Kind::Reverse(_) => Word::Link,
            // A lookup has the type of what it looks up; see `shown.rs`. This is one whose target is gone.
            Kind::Lookup(_) => Word::SingleLineText,
            Kind::Rollup(_) => Word::Rollup,
            Kind::Formula(_) => Word::Formula,
            Kind::AutoNumber(_) => Word::AutoNumber,
            Kind::CreatedTime(_) => Word::CreatedTime,
            Kind::ModifiedTime(_) => Word::LastModifiedTime,
            Kind::CreatedBy(_) => Word::CreatedBy,
            Kind::ModifiedBy(_) => Word::LastModifiedBy,
            Kind::Button(_) => Word::Button,
        }
    }

    /// Whether a field of the type can name its records (facts A4: not link, attachment, checkbox, button, rollup).
    pub fn may_be_primary(self) -> bool {
        !matches!(self, Word::Link | Word::Attachment | Word::Checkbox | Word::Button | Word::Rollup)
    }

    /// Whether the server makes its values. A button's count is only changed by clicking.
    pub fn is_computed(self) -> bool {
        match self {
            Word::Formula
            | Word::Rollup
            | Word::AutoNumber
            | Word::CreatedTime
            | Word::LastModifiedTime
            | Word::CreatedBy
            | Word::LastModifiedBy => true,
            Word::SingleLineText
            | Word::LongText
            | Word::Number
            | Word::Rating
            | Word::SingleSelect
            | Word::MultipleSelect
            | Word::Checkbox
            | Word::Date
            | Word::Attachment
            | Word::User
            | Word::Link
            | Word::Button => false,
        }
    }
}
