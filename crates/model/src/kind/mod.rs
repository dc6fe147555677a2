//! Kinds of fields. Each kind is a file: its settings, the check of a value, coercion from loose input, comparison,
//! display, and how it lies in SQL.
//!
//! A new kind is a variant of [`Kind`], a file with its settings type, and a line in [`Kind::behaviour`].

pub mod appointment;
pub mod auto_number;
pub mod boolean;
pub mod button;
pub mod cells;
pub mod choice;
pub mod color;
pub mod created_by;
pub mod created_time;
pub mod date;
pub mod datetime;
pub mod duration;
pub mod email;
pub mod files;
pub mod formula;
pub mod html;
pub mod icon;
pub mod integer;
pub mod json;
pub mod line;
pub mod links;
pub mod location;
pub mod long_text;
pub mod lookup;
pub mod modified_by;
pub mod modified_time;
pub mod multi_choice;
pub mod number;
pub mod phone;
pub mod rating;
pub mod reference;
pub mod reverse;
pub mod rollup;
pub mod seo;
pub mod shared;
pub mod slug;
pub mod time;
pub mod url;
pub mod user;
pub mod users;
pub mod video;

#[cfg(test)]
mod tests;

use crate::error::Rule;
use crate::filter::System;
use crate::ids::{RecordAddress, TableId, UserId};
use crate::query::TextOrder;
use crate::time::Instant;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// The kind of a field with its settings.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Line(line::Line),
    LongText(long_text::LongText),
    Html(html::Html),
    Email(email::Email),
    Phone(phone::Phone),
    Url(url::Url),
    Slug(slug::Slug),
    Number(number::Number),
    Integer(integer::Integer),
    Rating(rating::Rating),
    Boolean(boolean::Boolean),
    Date(date::Date),
    DateTime(datetime::DateTime),
    Time(time::Time),
    Duration(duration::Duration),
    Appointment(appointment::Appointment),
    Choice(choice::Choice),
    MultiChoice(multi_choice::MultiChoice),
    Location(location::Location),
    Color(color::Color),
    Icon(icon::Icon),
    Video(video::Video),
    Json(json::JsonKind),
    Seo(seo::Seo),
    Files(files::Files),
    User(user::User),
    Users(users::Users),
    Reference(reference::Reference),
    Links(links::Links),
    Reverse(reverse::Reverse),
    Lookup(lookup::Lookup),
    Rollup(rollup::Rollup),
    Formula(formula::Formula),
    AutoNumber(auto_number::AutoNumber),
    CreatedTime(created_time::CreatedTime),
    ModifiedTime(modified_time::ModifiedTime),
    CreatedBy(created_by::CreatedBy),
    ModifiedBy(modified_by::ModifiedBy),
    Button(button::Button),
}

/// The shape of a kind's values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Bool,
    Number,
    /// A number without a fraction, exact to 2^53; a [`Value::Number`].
    Integer,
    Text,
    Date,
    Instant,
    Time,
    Duration,
    Span,
    Choice,
    Choices,
    Reference,
    References,
    User,
    Users,
    Structure,
    /// Whatever is looked up or computed: one value or a list of any class.
    List,
}

/// How a kind lies in SQL.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Storage {
    Column(ColumnType),
    /// Rows (owner, position, target) of a table beside.
    LinkRows,
    /// One of the columns every record has.
    System(System),
    /// Worked out when read: reverse, lookup, rollup; or not yet (formula).
    Derived,
}

/// The SQL type of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColumnType {
    Integer,
    Real,
    Text,
}

/// What coercion and display ask of the world around a value.
pub trait Names {
    /// The instant that `now` means.
    fn now(&self) -> Instant;
    /// A user by id, exact name or e-mail address.
    fn find_user(&self, text: &str) -> Option<UserId>;
    /// The name of a user.
    fn user_name(&self, user: UserId) -> Option<String>;
    /// A record of one of these tables by the text of its primary field.
    fn find_record(&self, tables: &[TableId], title: &str) -> Option<RecordAddress>;
    /// The text of a record's primary field.
    fn record_title(&self, record: RecordAddress) -> Option<String>;
}

/// A world without users and records, at an instant: enough for plain kinds.
pub struct NoNames(pub Instant);

impl Names for NoNames {
    fn now(&self) -> Instant {
        self.0
    }
    fn find_user(&self, _: &str) -> Option<UserId> {
        None
    }
    fn user_name(&self, _: UserId) -> Option<String> {
        None
    }
    fn find_record(&self, _: &[TableId], _: &str) -> Option<RecordAddress> {
        None
    }
    fn record_title(&self, _: RecordAddress) -> Option<String> {
        None
    }
}

/// What a kind does. Implemented by the settings type of each kind.
pub trait Behaviour {
    /// The kind's word: what people and messages call it.
    fn word(&self) -> &'static str;

    /// The shape of its values.
    fn class(&self) -> Class;

    /// How it lies in SQL; most follow from the class.
    fn storage(&self) -> Storage {
        self.class().storage()
    }

    /// Whether its texts are mostly long, so that nobody sorts many of them: an engine keeps no sort keys of them.
    fn is_long(&self) -> bool {
        false
    }

    /// Whether the settings make sense.
    fn check_settings(&self) -> Result<(), Rule> {
        Ok(())
    }

    /// Whether a value that is not null has the shape and the inherent bounds of the kind (validators come apart).
    fn check(&self, value: &Value) -> Result<(), Rule>;

    /// The value meant by loose input: text from a form or file, a value of another kind. Null when it is empty, none
    /// when it cannot be read. A value that already passes [`Behaviour::check`] comes back unchanged.
    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value>;

    /// The value as people see it; empty for null.
    fn display(&self, value: &Value, names: &dyn Names) -> String;

    /// The order of two values of the kind, empty ones first.
    fn compare(&self, a: &Value, b: &Value, order: TextOrder) -> Ordering;
}

impl Kind {
    /// What the kind does.
    pub fn behaviour(&self) -> &dyn Behaviour {
        match self {
            Kind::Line(kind) => kind,
            Kind::LongText(kind) => kind,
            Kind::Html(kind) => kind,
            Kind::Email(kind) => kind,
            Kind::Phone(kind) => kind,
            Kind::Url(kind) => kind,
            Kind::Slug(kind) => kind,
            Kind::Number(kind) => kind,
            Kind::Integer(kind) => kind,
            Kind::Rating(kind) => kind,
            Kind::Boolean(kind) => kind,
            Kind::Date(kind) => kind,
            Kind::DateTime(kind) => kind,
            Kind::Time(kind) => kind,
            Kind::Duration(kind) => kind,
            Kind::Appointment(kind) => kind,
            Kind::Choice(kind) => kind,
            Kind::MultiChoice(kind) => kind,
            Kind::Location(kind) => kind,
            Kind::Color(kind) => kind,
            Kind::Icon(kind) => kind,
            Kind::Video(kind) => kind,
            Kind::Json(kind) => kind,
            Kind::Seo(kind) => kind,
            Kind::Files(kind) => kind,
            Kind::User(kind) => kind,
            Kind::Users(kind) => kind,
            Kind::Reference(kind) => kind,
            Kind::Links(kind) => kind,
            Kind::Reverse(kind) => kind,
            Kind::Lookup(kind) => kind,
            Kind::Rollup(kind) => kind,
            Kind::Formula(kind) => kind,
            Kind::AutoNumber(kind) => kind,
            Kind::CreatedTime(kind) => kind,
            Kind::ModifiedTime(kind) => kind,
            Kind::CreatedBy(kind) => kind,
            Kind::ModifiedBy(kind) => kind,
            Kind::Button(kind) => kind,
        }
    }

    /// The shape of its values.
    pub fn class(&self) -> Class {
        self.behaviour().class()
    }

    /// How it lies in SQL.
    pub fn storage(&self) -> Storage {
        self.behaviour().storage()
    }

    /// Whether its texts are mostly long.
    pub fn is_long(&self) -> bool {
        self.behaviour().is_long()
    }

    /// The kind's word.
    pub fn word(&self) -> &'static str {
        self.behaviour().word()
    }

    /// Whether a value that is not null fits the kind. Null fits every kind.
    pub fn check(&self, value: &Value) -> Result<(), Rule> {
        if *value == Value::Null { Ok(()) } else { self.behaviour().check(value) }
    }

    /// Whether the server makes its values and a client cannot write them. A reverse can be written: it writes the
    /// references of the other side.
    pub fn is_computed(&self) -> bool {
        match self.storage() {
            Storage::Column(_) | Storage::LinkRows => matches!(self, Kind::Formula(_)),
            Storage::System(_) => true,
            Storage::Derived => !matches!(self, Kind::Reverse(_)),
        }
    }
}

impl Class {
    /// The usual storage of the class.
    pub fn storage(self) -> Storage {
        match self {
            Class::Number => Storage::Column(ColumnType::Real),
            Class::Bool
            | Class::Integer
            | Class::Date
            | Class::Instant
            | Class::Time
            | Class::Duration
            | Class::Choice
            | Class::Reference
            | Class::User => Storage::Column(ColumnType::Integer),
            Class::Text | Class::Span | Class::Choices | Class::Users | Class::Structure => {
                Storage::Column(ColumnType::Text)
            }
            Class::References => Storage::LinkRows,
            Class::List => Storage::Derived,
        }
    }
}
