//! The functions of the language: a row for each, grouped in files by what they work on.
//!
//! A row is the whole truth of a function: its name, what it takes and gives, its documentation with examples that are
//! run as tests, and its Rust function.

use crate::fault::Fault;
use crate::host::Host;
use crate::types::Type;
use crate::value::Value;

/// The functions of the language, by group.
pub static TABLE: &[&[Builtin]] = &[];

/// The function of a name, exactly as spelled.
pub fn find(name: &str) -> Option<&'static Builtin> {
    TABLE.iter().copied().flatten().find(|builtin| builtin.name == name)
}

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
    /// Scripts without records, and their result as JSON text; each is run as a test.
    pub examples: &'static [(&'static str, &'static str)],
    pub call: fn(&mut Context<'_>, &[Value]) -> Result<Value, Fault>,
}

/// What a function may use beside its arguments.
pub struct Context<'h> {
    pub host: &'h mut dyn Host,
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
