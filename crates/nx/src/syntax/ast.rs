//! The tree of a script as it is written. Two trees are equal when they say the same, wherever they stand.

use crate::ir::{Operator, Span};
use std::sync::Arc;

/// An expression or statement.
#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
    /// One more than the highest part.
    pub height: u32,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Expr) -> bool {
        self.kind == other.kind
    }
}

/// Statements, one after the other; its value is that of the last.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub statements: Vec<Expr>,
    pub span: Span,
}

impl PartialEq for Block {
    fn eq(&self, other: &Block) -> bool {
        self.statements == other.statements
    }
}

/// A name where it stands.
#[derive(Clone, Debug)]
pub struct Name {
    pub text: Arc<str>,
    pub span: Span,
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.text == other.text
    }
}

/// The kinds of expressions and statements.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    Null,
    Bool(bool),
    Number(f64),
    Text(Arc<str>),
    Template(Vec<Piece>),
    Array(Vec<Expr>),
    Object(Vec<(Arc<str>, Expr)>),
    This,
    Name(Name),
    Call {
        name: Name,
        arguments: Vec<Expr>,
    },
    /// In parentheses: more than one statement, none, or a declaration.
    Block(Block),
    Path {
        of: Box<Expr>,
        name: Name,
    },
    /// `e.(...)`, `e.f(...)`, `e.{...}`, `e.---...---`: a body for each item.
    Map {
        of: Box<Expr>,
        body: Block,
    },
    Filter {
        of: Box<Expr>,
        condition: Block,
    },
    Select {
        table: Name,
    },
    /// The `where` of a selection.
    Where {
        of: Box<Expr>,
        condition: Box<Expr>,
    },
    Order {
        of: Box<Expr>,
        key: Box<Expr>,
    },
    Not(Box<Expr>),
    Negate(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Binary {
        operator: Operator,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Assign {
        target: Box<Expr>,
        value: Box<Expr>,
    },
    Create {
        table: Name,
    },
    Delete(Box<Expr>),
    If {
        condition: Box<Expr>,
        then: Block,
        otherwise: Option<Block>,
    },
    Switch {
        subject: Box<Expr>,
        cases: Vec<(Expr, Block)>,
        default: Option<Block>,
    },
    ForEach {
        name: Name,
        of: Box<Expr>,
        body: Block,
    },
    ForRange {
        name: Name,
        from: Box<Expr>,
        to: Box<Expr>,
        step: Option<Box<Expr>>,
        body: Block,
    },
    While {
        condition: Box<Expr>,
        body: Block,
    },
    /// `do ... end`, `do as server ... end`.
    Do {
        r#as: Option<Name>,
        body: Block,
    },
    // Statements.
    Let {
        name: Name,
        value: Box<Expr>,
    },
    Function {
        name: Name,
        parameters: Vec<Name>,
        body: Block,
    },
    Break,
}

/// A piece of a template.
#[derive(Clone, PartialEq, Debug)]
pub enum Piece {
    Text(Arc<str>),
    Block(Block),
}

impl Expr {
    /// An expression at a place.
    pub fn new(kind: ExprKind, span: Span) -> Expr {
        let mut height = 0;
        kind.children(&mut |child| height = height.max(child.height));
        Expr { kind, span, height: height + 1 }
    }
}

impl ExprKind {
    /// Calls `visit` for each part.
    pub fn children<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        match self {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::This
            | ExprKind::Name(_)
            | ExprKind::Select { .. }
            | ExprKind::Create { .. }
            | ExprKind::Break => {}
            ExprKind::Template(pieces) => {
                for piece in pieces {
                    if let Piece::Block(block) = piece {
                        block.statements.iter().for_each(&mut *visit);
                    }
                }
            }
            ExprKind::Array(items) | ExprKind::Call { arguments: items, .. } => items.iter().for_each(visit),
            ExprKind::Object(entries) => entries.iter().for_each(|(_, value)| visit(value)),
            ExprKind::Block(block) | ExprKind::Do { body: block, .. } | ExprKind::Function { body: block, .. } => {
                block.statements.iter().for_each(visit);
            }
            ExprKind::Path { of, .. } => visit(of),
            ExprKind::Map { of, body: block }
            | ExprKind::Filter { of, condition: block }
            | ExprKind::ForEach { of, body: block, .. }
            | ExprKind::While { condition: of, body: block } => {
                visit(of);
                block.statements.iter().for_each(visit);
            }
            ExprKind::Not(of) | ExprKind::Negate(of) | ExprKind::Delete(of) | ExprKind::Let { value: of, .. } => {
                visit(of);
            }
            ExprKind::Where { of: a, condition: b }
            | ExprKind::Order { of: a, key: b }
            | ExprKind::And(a, b)
            | ExprKind::Or(a, b)
            | ExprKind::Binary { left: a, right: b, .. }
            | ExprKind::Assign { target: a, value: b } => {
                visit(a);
                visit(b);
            }
            ExprKind::If { condition, then, otherwise } => {
                visit(condition);
                then.statements.iter().for_each(&mut *visit);
                otherwise.iter().flat_map(|block| &block.statements).for_each(visit);
            }
            ExprKind::Switch { subject, cases, default } => {
                visit(subject);
                for (case, block) in cases {
                    visit(case);
                    block.statements.iter().for_each(&mut *visit);
                }
                default.iter().flat_map(|block| &block.statements).for_each(visit);
            }
            ExprKind::ForRange { from, to, step, body, .. } => {
                visit(from);
                visit(to);
                step.iter().for_each(|step| visit(step));
                body.statements.iter().for_each(visit);
            }
        }
    }
}
