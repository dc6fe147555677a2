//! From a tree to its canonical text: one line, the fewest parentheses, `end` for every `if`. Parsed again, it is the
//! same tree.

use super::Word;
use super::ast::{Block, Expr, ExprKind, Name, Piece};
use crate::ir::Operator;
use std::fmt::{self, Display, Formatter};

/// How tightly a form binds: one that binds more loosely than its place asks for is put in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bind {
    Assign,
    /// `order`, and `where`, which takes in all that follows it up to an `order`.
    Order,
    Or,
    And,
    Not,
    Compare,
    Add,
    Multiply,
    Unary,
    Operand,
}

impl Display for Block {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, statement) in self.statements.iter().enumerate() {
            f.write_str(if at > 0 { "; " } else { "" })?;
            statement.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Null => f.write_str("null"),
            ExprKind::Bool(value) => write!(f, "{value}"),
            ExprKind::Number(number) if number.abs() >= 1e21 => write!(f, "{number:e}"),
            ExprKind::Number(number) => write!(f, "{number}"),
            ExprKind::Text(text) => write_text(f, text),
            ExprKind::Template(pieces) => write_template(f, pieces),
            ExprKind::Array(items) => write!(f, "[{}]", List(items)),
            ExprKind::Object(entries) => write_object(f, entries),
            ExprKind::This => f.write_str("this"),
            ExprKind::Name(name) => name.fmt(f),
            ExprKind::Call { name, arguments } => write!(f, "{name}({})", List(arguments)),
            ExprKind::Block(block) => write!(f, "({block})"),
            ExprKind::Path { of, name } => write!(f, "{}.{name}", At(Bind::Operand, of)),
            ExprKind::Map { of, body } => write_map(f, of, body),
            ExprKind::Filter { of, condition } => write!(f, "{}[{condition}]", At(Bind::Operand, of)),
            ExprKind::Select { table } => write!(f, "select {table}"),
            ExprKind::Where { of, condition } => write!(f, "{of} where {}", At(Bind::Or, condition)),
            ExprKind::Order { of, key } => write!(f, "{} order by {}", At(Bind::Order, of), At(Bind::Or, key)),
            ExprKind::Not(of) => write!(f, "not {}", At(Bind::Not, of)),
            ExprKind::Negate(of) => write_negation(f, of),
            ExprKind::And(a, b) => write!(f, "{} and {}", At(Bind::And, a), At(Bind::Not, b)),
            ExprKind::Or(a, b) => write!(f, "{} or {}", At(Bind::Or, a), At(Bind::And, b)),
            ExprKind::Binary { operator, left, right } => {
                let (left_side, right_side) = match bind(*operator) {
                    Bind::Add => (Bind::Add, Bind::Multiply),
                    Bind::Multiply => (Bind::Multiply, Bind::Unary),
                    _ => (Bind::Add, Bind::Add),
                };
                write!(f, "{} {} {}", At(left_side, left), operator.word(), At(right_side, right))
            }
            ExprKind::Assign { target, value } => {
                write!(f, "{} := {}", At(Bind::Operand, target), At(Bind::Assign, value))
            }
            ExprKind::Create { table } => write!(f, "create {table}"),
            ExprKind::Delete(of) => write!(f, "delete {}", At(Bind::Unary, of)),
            ExprKind::If { condition, then, otherwise } => {
                write!(f, "if {condition} then {}", Spaced(then))?;
                if let Some(otherwise) = otherwise {
                    write!(f, "else {}", Spaced(otherwise))?;
                }
                f.write_str("end")
            }
            ExprKind::Switch { subject, cases, default } => {
                write!(f, "switch {subject} do ")?;
                for (case, block) in cases {
                    write!(f, "case {case}: {}", Spaced(block))?;
                }
                if let Some(block) = default {
                    write!(f, "default: {}", Spaced(block))?;
                }
                f.write_str("end")
            }
            ExprKind::ForEach { name, of, body } => write!(f, "for {name} in {of} do {}end", Spaced(body)),
            ExprKind::ForRange { name, from, to, step, body } => {
                write!(f, "for {name} from {from} to {to} ")?;
                if let Some(step) = step {
                    write!(f, "step {step} ")?;
                }
                write!(f, "do {}end", Spaced(body))
            }
            ExprKind::While { condition, body } => write!(f, "while {condition} do {}end", Spaced(body)),
            ExprKind::Do { r#as: None, body } => write!(f, "do {}end", Spaced(body)),
            ExprKind::Do { r#as: Some(name), body } => write!(f, "do as {name} {}end", Spaced(body)),
            ExprKind::Let { name, value } => write!(f, "let {name} := {value}"),
            ExprKind::Function { name, parameters, body } => {
                write!(f, "function {name}(")?;
                for (at, parameter) in parameters.iter().enumerate() {
                    write!(f, "{}{parameter}", if at > 0 { ", " } else { "" })?;
                }
                write!(f, ") do {}end", Spaced(body))
            }
            ExprKind::Break => f.write_str("break"),
        }
    }
}

impl Expr {
    fn bind(&self) -> Bind {
        match &self.kind {
            ExprKind::Assign { .. } | ExprKind::Let { .. } => Bind::Assign,
            ExprKind::Order { .. } | ExprKind::Where { .. } => Bind::Order,
            ExprKind::Or(..) => Bind::Or,
            ExprKind::And(..) => Bind::And,
            ExprKind::Not(_) => Bind::Not,
            ExprKind::Binary { operator, .. } => bind(*operator),
            ExprKind::Negate(_) | ExprKind::Delete(_) => Bind::Unary,
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Template(_)
            | ExprKind::Array(_)
            | ExprKind::Object(_)
            | ExprKind::This
            | ExprKind::Name(_)
            | ExprKind::Call { .. }
            | ExprKind::Block(_)
            | ExprKind::Path { .. }
            | ExprKind::Map { .. }
            | ExprKind::Filter { .. }
            | ExprKind::Select { .. }
            | ExprKind::Create { .. }
            | ExprKind::If { .. }
            | ExprKind::Switch { .. }
            | ExprKind::ForEach { .. }
            | ExprKind::ForRange { .. }
            | ExprKind::While { .. }
            | ExprKind::Do { .. }
            | ExprKind::Function { .. }
            | ExprKind::Break => Bind::Operand,
        }
    }
}

fn bind(operator: Operator) -> Bind {
    match operator {
        Operator::Add | Operator::Subtract => Bind::Add,
        Operator::Multiply | Operator::Divide | Operator::Remainder => Bind::Multiply,
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual
        | Operator::Like => Bind::Compare,
    }
}

/// An expression where at least this binding is asked for.
struct At<'e>(Bind, &'e Expr);

impl Display for At<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let At(least, expr) = self;
        if expr.bind() < *least { write!(f, "({expr})") } else { expr.fmt(f) }
    }
}

/// Expressions with commas between them.
struct List<'e>(&'e [Expr]);

impl Display for List<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, item) in self.0.iter().enumerate() {
            write!(f, "{}{item}", if at > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

/// A block with a space after it, unless it is empty.
struct Spaced<'e>(&'e Block);

impl Display for Spaced<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.statements.is_empty() { Ok(()) } else { write!(f, "{} ", self.0) }
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&spelled(&self.text))
    }
}

/// A name as a script writes it: in quotes unless it is plain.
pub fn spelled(name: &str) -> String {
    let mut characters = name.chars();
    let plain = characters.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && characters.all(|c| c == '_' || c.is_alphanumeric())
        && Word::read(name).is_none();
    if plain { name.to_owned() } else { format!("'{}'", name.replace('\'', "''")) }
}

fn write_text(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let text = text.replace('"', "\"\"").replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r");
    write!(f, "\"{text}\"")
}

fn write_template(f: &mut Formatter<'_>, pieces: &[Piece]) -> fmt::Result {
    f.write_str("---")?;
    for piece in pieces {
        match piece {
            Piece::Text(text) => f.write_str(text)?,
            Piece::Block(block) => write!(f, "{{{block}}}")?,
        }
    }
    f.write_str("---")
}

fn write_object(f: &mut Formatter<'_>, entries: &[(std::sync::Arc<str>, Expr)]) -> fmt::Result {
    for (at, (key, value)) in entries.iter().enumerate() {
        let key = if Word::read(key).is_some() { key.to_string() } else { spelled(key) };
        write!(f, "{}{key}: {value}", if at > 0 { ", " } else { "{" })?;
    }
    f.write_str(if entries.is_empty() { "{}" } else { "}" })
}

fn write_map(f: &mut Formatter<'_>, of: &Expr, body: &Block) -> fmt::Result {
    let of = At(Bind::Operand, of);
    match body.statements.as_slice() {
        [only] if matches!(only.kind, ExprKind::Call { .. } | ExprKind::Object(_) | ExprKind::Template(_)) => {
            write!(f, "{of}.{only}")
        }
        _ => write!(f, "{of}.({body})"),
    }
}

/// Three signs in a row would open a template.
fn write_negation(f: &mut Formatter<'_>, of: &Expr) -> fmt::Result {
    let of = At(Bind::Unary, of).to_string();
    if of.starts_with('-') { write!(f, "-({of})") } else { write!(f, "-{of}") }
}
