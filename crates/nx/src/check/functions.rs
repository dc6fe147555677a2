//! User functions: declared with their block, seen in all of it, each with a frame of its own.

use super::names::Wanted;
use super::scope::{Frame, FrameKind, Twice};
use super::{Checker, constant, unknown};
use crate::diagnostic::quoted;
use crate::ir::{Function, Node, Span};
use crate::syntax::ast::{Block, ExprKind, Name};
use crate::types::Type;
use crate::value::Value;
use std::sync::Arc;

/// A function as far as it is known.
pub(super) struct Declared {
    pub name: Arc<str>,
    pub span: Span,
    pub parameters: usize,
    pub places: usize,
    /// None until its body is checked: calls before that give any value.
    pub body: Option<Node>,
}

impl From<Declared> for Function {
    fn from(declared: Declared) -> Function {
        let Declared { name, span, parameters, places, body } = declared;
        Function { name, parameters, places, body: body.unwrap_or_else(|| unknown(span)) }
    }
}

impl Checker<'_, '_> {
    /// Makes the functions of a block known, so that they can call each other.
    pub(super) fn declare_functions(&mut self, block: &Block) {
        for statement in &block.statements {
            let ExprKind::Function { name, parameters, .. } = &statement.kind else { continue };
            let number = self.declared.len();
            if let Err(Twice) = self.scopes.add_function(&name.text, number) {
                let message = format!("the function {} is declared twice in this block", quoted(&name.text));
                self.mistakes.add(name.span, message);
            }
            self.declared.push(Declared {
                name: name.text.clone(),
                span: name.span,
                parameters: parameters.len(),
                places: 0,
                body: None,
            });
        }
    }

    /// The statement that declares a function; its value is null. Inside, the parameters and the script's own
    /// variables are seen, no contexts.
    pub(super) fn function(&mut self, name: &Name, parameters: &[Name], body: &Block, span: Span) -> Node {
        let outer = std::mem::replace(&mut self.frame, Frame { kind: FrameKind::Function, ..Frame::default() });
        self.scopes.open_function();
        self.open_block();
        for (at, parameter) in parameters.iter().enumerate() {
            if parameters[..at].contains(parameter) {
                let message = format!("the parameter {} is named twice", quoted(&parameter.text));
                self.mistakes.add(parameter.span, message);
            }
            self.declare(parameter, Type::Any);
        }
        let body = self.block(body);
        self.scopes.close();
        self.scopes.close();
        let frame = std::mem::replace(&mut self.frame, outer);
        // The function's own block is the innermost again.
        let number = self.scopes.function(&Wanted::Exact(&name.text));
        if let Some(declared) = number.and_then(|number| self.declared.get_mut(number)) {
            declared.places = frame.places;
            declared.body = Some(body);
        }
        constant(Value::Null, Type::Null, span)
    }
}
