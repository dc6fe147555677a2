//! Calls: user functions before those of the language, in both passes of spelling; how many arguments they take.

use super::names::Wanted;
use super::{Checker, node, refused, tables, unknown};
use crate::builtin::{Builtin, Effect, First};
use crate::diagnostic::quoted;
use crate::ir::{Kind, Node, Span};
use crate::syntax::ast::{Expr, ExprKind, Name};
use crate::types::Type;

impl Checker<'_, '_> {
    /// The function of the language of a name.
    pub(super) fn builtin(&self, wanted: &Wanted<'_>) -> Option<&'static Builtin> {
        self.builtins.iter().copied().flatten().find(|builtin| wanted.is(builtin.name))
    }

    /// `name(arguments)`
    pub(super) fn call(&mut self, name: &Name, arguments: &[Expr], span: Span) -> Node {
        for wanted in Wanted::passes(&name.text) {
            if let Some(number) = self.scopes.function(&wanted) {
                return self.call_function(number, name, arguments, span);
            }
            if let Some(builtin) = self.builtin(&wanted) {
                return self.call_builtin(builtin, name, arguments, span);
            }
        }
        self.check_all(arguments);
        let word = quoted(&name.text);
        if refused::is_refused(&name.text) {
            return self.mistake(name.span, format!("{word} is not available in the API"), Vec::new());
        }
        let variable = self.look_up(&name.text).is_some();
        let near = self.near_function(&name.text).map(|near| format!("did you mean {}?", quoted(&near)));
        let message =
            if variable { format!("{word} is not a function") } else { format!("there is no function {word}") };
        self.mistake(name.span, message, near.into_iter().collect())
    }

    fn call_function(&mut self, function: usize, name: &Name, arguments: &[Expr], span: Span) -> Node {
        let arguments = self.check_all(arguments);
        let declared = &self.declared[function];
        let ty = declared.body.as_ref().map_or(Type::Any, |body| body.ty.clone());
        if arguments.len() > declared.parameters {
            let message = format!(
                "{} takes {}, found {}",
                quoted(&name.text),
                counted(declared.parameters, "at most "),
                arguments.len()
            );
            return self.mistake(name.span, message, Vec::new());
        }
        node(Kind::CallFunction { function, arguments }, ty, span)
    }

    fn call_builtin(&mut self, builtin: &'static Builtin, name: &Name, arguments: &[Expr], span: Span) -> Node {
        let (least, most) = builtin.arity;
        let count = arguments.len();
        let arguments = self.arguments(builtin, arguments);
        if count < least || most.is_some_and(|most| count > most) {
            let takes = match most {
                Some(most) if most == least => counted(least, ""),
                Some(_) if count < least => counted(least, "at least "),
                Some(most) => counted(most, "at most "),
                None => counted(least, "at least "),
            };
            let message = format!("{} takes {takes}, found {count}", quoted(&name.text));
            return self.mistake(name.span, message, vec![format!("it is `{}`", builtin.signature)]);
        }
        match builtin.effect {
            Effect::Pure | Effect::Reads => {}
            Effect::Volatile => self.volatile = true,
            Effect::Writes => self.write(span, &format!("`{}`", builtin.name)),
        }
        self.open |= builtin.name == "get";
        let types: Vec<Type> = arguments.iter().map(|argument| argument.ty.clone()).collect();
        node(Kind::Call { builtin, arguments }, (builtin.result)(&types), span)
    }

    /// The arguments of a function; the first may be the name of a table.
    fn arguments(&mut self, builtin: &Builtin, arguments: &[Expr]) -> Vec<Node> {
        let Some((first, rest)) = arguments.split_first() else { return Vec::new() };
        let first = match (&first.kind, builtin.first) {
            (ExprKind::Name(name), First::Table) => self.table_argument(name),
            (_, First::Table) => {
                let message = format!("the first argument of `{}` is the name of a table", builtin.name);
                self.mistakes.add_noted(first.span, message, vec![format!("it is `{}`", builtin.signature)]);
                unknown(first.span)
            }
            // What is declared under a name comes before a table; a table before what may be a key.
            (ExprKind::Name(name), First::TableOrValue) if self.look_up(&name.text).is_none() => {
                match self.find_table(&name.text) {
                    tables::Named::One(_) | tables::Named::Several(_) => self.table_argument(name),
                    tables::Named::None => self.check(first),
                }
            }
            (_, First::TableOrValue | First::Value) => self.check(first),
        };
        std::iter::once(first).chain(self.check_all(rest)).collect()
    }
}

fn counted(count: usize, bound: &str) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => format!("{bound}one argument"),
        count => format!("{bound}{count} arguments"),
    }
}
