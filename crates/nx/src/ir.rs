//! A checked script: every name is resolved, every function known. What the evaluator runs and the lowering reads.
//!
//! Variables are places in a frame: the script's own (globals) or that of the function that runs. The items of filters,
//! maps and orders are *contexts*, numbered from the outermost, 0; they belong to the frame in which they are written,
//! and a script about one record (a formula, a trigger, a button) has that record as context 0.

use crate::builtin::Builtin;
use crate::types::Type;
use crate::value::Value;
use model::filter::System;
use model::{FieldId, TableId};
use std::fmt;
use std::sync::Arc;

/// A part of the source, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

/// A checked script.
#[derive(Debug)]
pub struct Program {
    pub root: Node,
    pub functions: Vec<Function>,
    /// How many places the script's own frame has.
    pub globals: usize,
    /// The names in the source that mean tables and fields.
    pub names: Vec<(Span, Named)>,
    /// Whether it writes: `create`, `delete`, assignments to fields, functions that write.
    pub writes: bool,
    /// Whether it depends on the moment, on chance or on who asks.
    pub volatile: bool,
    /// Whether it may read fields by names that are known only when it runs.
    pub open: bool,
}

/// What a name in the source means.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Named {
    Table(TableId),
    Field(TableId, FieldId),
}

/// A user function.
#[derive(Debug)]
pub struct Function {
    pub name: Arc<str>,
    /// How many of its places are parameters, the first ones; missing arguments are null.
    pub parameters: usize,
    /// How many places its frame has.
    pub places: usize,
    pub body: Node,
}

/// An expression. Everything is one.
#[derive(Debug)]
pub struct Node {
    pub kind: Kind,
    pub span: Span,
    /// What it gives, as far as it is known before it runs.
    pub ty: Type,
}

/// Where a variable lies.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    Global(usize),
    Local(usize),
}

/// The number of a context, from the outermost.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Depth(pub usize);

/// What is read of a record.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Access {
    Field(FieldId),
    /// `_cd`, `_md`, `_cu`, `_mu`.
    System(System),
    /// `Id`, `_id`: the record itself.
    Itself,
}

/// The kinds of expressions.
#[derive(Debug)]
pub enum Kind {
    Constant(Value),
    /// Texts and expressions one after the other.
    Template(Vec<Node>),
    Array(Vec<Node>),
    Object(Vec<(Arc<str>, Node)>),
    Variable(Place),
    /// Gives what was assigned.
    SetVariable(Place, Box<Node>),
    /// Gives what its last statement gives.
    Block(Vec<Node>),
    /// The item of a context.
    This(Depth),
    /// A field of a record of this table. Of null it is null; of an array, that of each item, flattened by one level.
    Field {
        of: Box<Node>,
        table: TableId,
        access: Access,
    },
    /// A name of what is not known before it runs: a key of an object, or a field of a record by its caption, then its
    /// id; in both passes of spelling. Of null it is null; of an array, that of each item, flattened by one level.
    Key {
        of: Box<Node>,
        name: Arc<str>,
    },
    /// A bare name inside contexts whose items are not known to be records: of the innermost context that has it; null
    /// when none has. Innermost first.
    FreeName {
        name: Arc<str>,
        contexts: Vec<Depth>,
    },
    /// All records of a table, by ascending number.
    Select(TableId),
    /// Those items of `of` for which the condition is true.
    Filter {
        of: Box<Node>,
        context: Depth,
        condition: Box<Node>,
    },
    /// The body for each item, flattened by one level; for a single item its value.
    Map {
        of: Box<Node>,
        context: Depth,
        body: Box<Node>,
    },
    /// The items by ascending key, stable.
    Order {
        of: Box<Node>,
        context: Depth,
        key: Box<Node>,
    },
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Negate(Box<Node>),
    Binary {
        operator: Operator,
        left: Box<Node>,
        right: Box<Node>,
    },
    Call {
        builtin: &'static Builtin,
        arguments: Vec<Node>,
    },
    CallFunction {
        function: usize,
        arguments: Vec<Node>,
    },
    If {
        condition: Box<Node>,
        then: Box<Node>,
        otherwise: Option<Box<Node>>,
    },
    /// Without a subject the cases are conditions, as `switch true do` means them.
    Switch {
        subject: Box<Node>,
        cases: Vec<(Node, Node)>,
        default: Option<Box<Node>>,
    },
    /// An array of the body's values.
    ForEach {
        place: Place,
        of: Box<Node>,
        body: Box<Node>,
    },
    ForRange {
        place: Place,
        from: Box<Node>,
        to: Box<Node>,
        step: Option<Box<Node>>,
        body: Box<Node>,
    },
    While {
        condition: Box<Node>,
        body: Box<Node>,
    },
    Break,
    /// Makes a record and gives it.
    Create(TableId),
    /// Deletes a record, or each of an array; gives null.
    Delete(Box<Node>),
    /// Writes a field of a record, or of each of an array; gives what was assigned.
    Assign {
        of: Box<Node>,
        table: TableId,
        field: FieldId,
        value: Box<Node>,
    },
    /// As [`Kind::Assign`], where the record's table is not known before it runs.
    AssignKey {
        of: Box<Node>,
        name: Arc<str>,
        value: Box<Node>,
    },
}

/// Operators of two sides.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
}

impl Operator {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Remainder => "%",
            Operator::Equal => "=",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
            Operator::Like => "like",
        }
    }
}

impl fmt::Debug for Builtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
