//! The functions of the language: a row for each, grouped in files by what they work on.
//!
//! A row is the whole truth of a function: its name, what it takes and gives, its documentation with examples that are
//! run as tests, and its Rust function.

mod collections;
mod find;
mod given;
mod json;
mod numbers;
mod records;
mod refused;
mod result;
mod system;
#[cfg(test)]
mod tests;
mod text;
mod time;

pub use find::{TABLE, find, is_refused};
pub use given::named;
pub(crate) use numbers::round::rounded;
pub use refused::REFUSED;
pub(crate) use time::iso_week;

use crate::fault::Fault;
use crate::host::Host;
use crate::types::Type;
use crate::value::Value;

/// One function.
pub struct Builtin {
    pub name: &'static str,
    /// As people read it: `substr(t, start [, len])`.
    pub signature: &'static str,
    /// One sentence.
    pub summary: &'static str,
    pub group: Group,
    /// Fewest and most arguments; none: any number from the fewest.
    pub arity: (usize, Option<usize>),
    /// Whether its first argument is the name of a table.
    pub first: First,
    pub effect: Effect,
    /// The type of the result for arguments of these types; that of a table's name is a record of the table.
    pub result: fn(&[Type]) -> Type,
    /// Scripts and their results as JSON text; each is run as a test, over a small database in which it is noon of
    /// 15 March 2024.
    pub examples: &'static [(&'static str, &'static str)],
    pub call: fn(&mut Context<'_>, &[Value]) -> Result<Value, Fault>,
}

/// What a function may use beside its arguments.
pub struct Context<'h> {
    pub host: &'h mut dyn Host,
}

/// What most rows share: pure functions of values, without a name yet.
const fn row(group: Group) -> Builtin {
    Builtin {
        name: "",
        signature: "",
        summary: "",
        group,
        arity: (1, Some(1)),
        first: First::Value,
        effect: Effect::Pure,
        result: result::any,
        examples: &[],
        call: |_, _| Ok(Value::Null),
    }
}

/// Headings of the reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    Text,
    Numbers,
    DateAndTime,
    Collections,
    Records,
    Json,
    System,
}

impl Group {
    /// All of them, in the order of the reference.
    pub const ALL: [Group; 7] = [
        Group::Text,
        Group::Numbers,
        Group::DateAndTime,
        Group::Collections,
        Group::Records,
        Group::Json,
        Group::System,
    ];

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Group::Text => "Text",
            Group::Numbers => "Numbers",
            Group::DateAndTime => "Date and time",
            Group::Collections => "Collections",
            Group::Records => "Records",
            Group::Json => "Objects and JSON",
            Group::System => "System",
        }
    }
}

/// What the first argument is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum First {
    /// An expression like the others.
    Value,
    /// A name of a table; the function gets [`Value::Table`].
    Table,
    /// A name of a table, or an expression.
    TableOrValue,
}

/// Whether a function gives the same for the same arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// It does, always: it may be worked out before a script runs.
    Pure,
    /// It depends on what is stored.
    Reads,
    /// It depends on the moment, on chance or on who asks.
    Volatile,
    /// It writes.
    Writes,
}
