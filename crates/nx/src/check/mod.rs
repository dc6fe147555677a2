//! The checker: from the tree of a script to the tree that runs, with every name resolved against a schema.
//!
//! Nothing runs here. A part with a mistake becomes null of an unknown type, so that one mistake is told once and the
//! rest of the script is still checked. `names` tells what a bare name means, `tables` and `fields` know the schema,
//! `calls` the functions, `writes` what a script may write, `paths` the steps over records and items, `operators` types.

mod calls;
mod control;
pub(crate) mod cursor;
mod fields;
mod functions;
mod index;
mod names;
mod near;
mod operators;
mod paths;
mod refused;
mod scope;
mod tables;
mod writes;

use crate::builtin::Builtin;
use crate::diagnostic::Mistakes;
use crate::ir::{self, Function, Kind, Named, Node, Program, Span};
use crate::setting::{Access, Setting};
use crate::syntax::ast::{Block, Expr, ExprKind, Name, Piece};
use crate::types::Type;
use crate::value::Value;
use cursor::Cursor;
use functions::Declared;
use index::Index;
use model::{Schema, TableId};
use scope::{Frame, Scopes};
use std::collections::HashSet;

/// How deep contexts may nest: what may be a key in each of them remembers all.
const MAX_CONTEXTS: usize = 32;

/// The functions that a script may call.
pub(crate) type Builtins = &'static [&'static [Builtin]];

/// The checker of one script.
pub(crate) struct Checker<'s, 'd> {
    schema: &'s Schema,
    access: Access,
    builtins: Builtins,
    mistakes: &'s mut Mistakes<'d>,
    scopes: Scopes,
    frame: Frame,
    declared: Vec<Declared>,
    /// Variables that are assigned to after their declaration, folded: their types are not known.
    reassigned: HashSet<String>,
    /// The names that mean tables and fields.
    names: Vec<(Span, Named)>,
    /// Whether a part that writes was seen.
    writes: bool,
    /// Whether a volatile function was seen.
    volatile: bool,
    /// Whether a part was seen that may read a field by a name that only the run knows.
    open: bool,
    cursor: Cursor,
    index: Index,
}

impl<'s, 'd> Checker<'s, 'd> {
    /// A checker of a script that runs in this setting.
    pub(crate) fn of(
        schema: &'s Schema,
        setting: Setting,
        builtins: Builtins,
        mistakes: &'s mut Mistakes<'d>,
    ) -> Checker<'s, 'd> {
        let mut checker = Checker {
            schema,
            access: setting.access,
            builtins,
            mistakes,
            scopes: Scopes::default(),
            frame: Frame::default(),
            declared: Vec::new(),
            reassigned: HashSet::new(),
            names: Vec::new(),
            writes: false,
            volatile: false,
            open: false,
            cursor: Cursor::default(),
            index: Index::default(),
        };
        if let Some(table) = setting.about {
            checker.open_context(Type::Record(table), Span::default());
        }
        checker
    }

    /// The whole script.
    pub(crate) fn program(&mut self, program: &Block) -> Program {
        program.statements.iter().for_each(|statement| names::collect_assigned(statement, &mut self.reassigned));
        let root = self.block(program);
        let functions = std::mem::take(&mut self.declared).into_iter().map(Function::from).collect();
        let (names, globals) = (std::mem::take(&mut self.names), self.frame.places);
        Program { root, functions, globals, names, writes: self.writes, volatile: self.volatile, open: self.open }
    }

    /// A block: its value is that of its last statement. Functions are known in all of it.
    fn block(&mut self, block: &Block) -> Node {
        self.open_block();
        self.declare_functions(block);
        let mut nodes: Vec<Node> = block.statements.iter().map(|statement| self.check(statement)).collect();
        self.scopes.close();
        match (nodes.pop(), nodes.is_empty()) {
            (None, _) => constant(Value::Null, Type::Null, block.span),
            (Some(only), true) => only,
            (Some(last), false) => {
                let ty = last.ty.clone();
                nodes.push(last);
                node(Kind::Block(nodes), ty, block.span)
            }
        }
    }

    fn check_all(&mut self, items: &[Expr]) -> Vec<Node> {
        items.iter().map(|item| self.check(item)).collect()
    }

    fn boxed(&mut self, expr: &Expr) -> Box<Node> {
        Box::new(self.check(expr))
    }

    /// An expression or statement.
    fn check(&mut self, expr: &Expr) -> Node {
        let span = expr.span;
        // No more would be told.
        if self.mistakes.is_full() {
            return unknown(span);
        }
        match &expr.kind {
            ExprKind::Null => constant(Value::Null, Type::Null, span),
            ExprKind::Bool(value) => constant(Value::Bool(*value), Type::Bool, span),
            ExprKind::Number(number) => constant(Value::Number(*number), Type::Number, span),
            ExprKind::Text(text) => constant(Value::Text(text.clone()), Type::Text, span),
            ExprKind::Template(pieces) => self.template(pieces, span),
            ExprKind::Array(items) => self.array(items, span),
            ExprKind::Object(entries) => {
                let entries = entries.iter().map(|(key, value)| (key.clone(), self.check(value))).collect();
                node(Kind::Object(entries), Type::Object, span)
            }
            ExprKind::This => self.this(span),
            ExprKind::Name(name) => self.name(name),
            ExprKind::Call { name, arguments } => self.call(name, arguments, span),
            ExprKind::Block(block) | ExprKind::Do { body: block, .. } => self.block(block),
            ExprKind::Path { of, name } => self.path(of, name, span),
            ExprKind::Map { of, body } => self.map(of, body, span),
            ExprKind::Filter { of, condition } => self.filter(of, span, |checker| checker.block(condition)),
            ExprKind::Where { of, condition } => self.filter(of, span, |checker| checker.check(condition)),
            ExprKind::Order { of, key } => self.order(of, key, span),
            ExprKind::Select { table } => self.select(table, span),
            ExprKind::Create { table } => self.create(table, span),
            ExprKind::Delete(of) => self.delete(of, span),
            ExprKind::Assign { target, value } => self.assign(target, value, span),
            ExprKind::Not(of) => {
                let of = self.boxed(of);
                node(Kind::Not(of), Type::Bool, span)
            }
            ExprKind::Negate(of) => self.negate(of, span),
            ExprKind::And(..) | ExprKind::Or(..) | ExprKind::Binary { .. } => self.operators(expr),
            ExprKind::If { condition, then, otherwise } => self.if_else(condition, then, otherwise.as_ref(), span),
            ExprKind::Switch { subject, cases, default } => self.switch(subject, cases, default.as_ref(), span),
            ExprKind::ForEach { name, of, body } => self.for_each(name, of, body, span),
            ExprKind::ForRange { name, from, to, step, body } => {
                self.for_range(name, (from, to, step.as_deref()), body, span)
            }
            ExprKind::While { condition, body } => self.while_loop(condition, body, span),
            ExprKind::Break => self.break_here(span),
            ExprKind::Let { name, value } => {
                let value = self.boxed(value);
                let ty = value.ty.clone();
                let place = self.declare(name, ty.clone());
                node(Kind::SetVariable(place, value), ty, span)
            }
            ExprKind::Function { name, parameters, body } => self.function(name, parameters, body, span),
        }
    }

    fn template(&mut self, pieces: &[Piece], span: Span) -> Node {
        let parts = pieces.iter().map(|piece| match piece {
            Piece::Text(text) => constant(Value::Text(text.clone()), Type::Text, span),
            Piece::Block(block) => self.block(block),
        });
        node(Kind::Template(parts.collect()), Type::Text, span)
    }

    fn array(&mut self, items: &[Expr], span: Span) -> Node {
        let items = self.check_all(items);
        let item = items.iter().fold(Type::Null, |ty, item| ty.join(item.ty.clone()));
        node(Kind::Array(items), item.array(), span)
    }

    /// Notes what a name means, so that it can be kept by its number.
    fn note_member(&mut self, name: &Name, table: TableId, access: ir::Access) {
        if let ir::Access::Field(field) = access {
            self.names.push((name.span, Named::Field(table, field)));
        }
    }

    /// A mistake, and what stands for the part that has it.
    fn mistake(&mut self, span: Span, message: impl Into<String>, notes: Vec<String>) -> Node {
        self.mistakes.add_noted(span, message, notes);
        unknown(span)
    }

    /// The name of a table for messages.
    fn table_name(&self, table: TableId) -> String {
        let name = self.schema.table(table).map_or("?", |table| table.name.as_str());
        crate::diagnostic::quoted(name)
    }
}

fn node(kind: Kind, ty: Type, span: Span) -> Node {
    Node { kind, span, ty }
}

fn constant(value: Value, ty: Type, span: Span) -> Node {
    node(Kind::Constant(value), ty, span)
}

/// What stands for a part with a mistake.
fn unknown(span: Span) -> Node {
    constant(Value::Null, Type::Any, span)
}
