//! Names of tables: captions in two passes, and ids.

use super::names::Wanted;
use super::{Checker, constant, node, unknown};
use crate::diagnostic::quoted;
use crate::ir::{Kind, Node, Span};
use crate::spelling::{letters, read_letters};
use crate::syntax::ast::Name;
use crate::types::Type;
use crate::value::Value;
use model::TableId;

/// What a name means among tables.
pub(super) enum Named {
    One(TableId),
    /// The core lets several tables have one name.
    Several(Vec<TableId>),
    None,
}

impl Checker<'_, '_> {
    /// What a name means among tables: a caption, an id, a caption in another case.
    pub(super) fn find_table(&self, name: &str) -> Named {
        for wanted in Wanted::passes(name) {
            let captioned = self.index.tables(self.schema, &wanted);
            match captioned.as_slice() {
                [] => {}
                [table] => return Named::One(*table),
                _ => return Named::Several(captioned),
            }
            let id = wanted.exact().and_then(read_letters).map(TableId);
            if let Some(id) = id.filter(|id| self.schema.table(*id).is_ok()) {
                return Named::One(id);
            }
        }
        Named::None
    }

    /// The table of a name; a mistake when there is none, or more than one.
    pub(super) fn table(&mut self, name: &Name) -> Option<TableId> {
        self.cursor_at_table(name);
        let word = quoted(&name.text);
        match self.find_table(&name.text) {
            Named::One(table) => return Some(table),
            Named::Several(tables) => {
                let ids: Vec<String> = tables.iter().map(|table| format!("`{}`", letters(table.0))).collect();
                let note = format!("name it by its id: {}", ids.join(" or "));
                self.mistakes.add_noted(name.span, format!("several tables are named {word}"), vec![note]);
            }
            Named::None => {
                let near = self.near_table(&name.text);
                let notes = near.map(|near| format!("did you mean {}?", quoted(&near))).into_iter().collect();
                self.mistakes.add_noted(name.span, format!("there is no table {word}"), notes);
            }
        }
        None
    }

    /// `select T`
    pub(super) fn select(&mut self, name: &Name, span: Span) -> Node {
        match self.table(name) {
            Some(table) => node(Kind::Select(table), Type::Record(table).array(), span),
            None => unknown(span),
        }
    }

    /// The name of a table as the first argument of a function.
    pub(super) fn table_argument(&mut self, name: &Name) -> Node {
        match self.table(name) {
            Some(table) => constant(Value::Table(table), Type::Record(table), name.span),
            None => unknown(name.span),
        }
    }
}
