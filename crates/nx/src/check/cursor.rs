//! What may stand where the cursor is: collected when the checker comes to the name that marks it.

use super::Checker;
use super::fields::MEMBERS;
use super::scope::Seen;
use crate::spelling::letters;
use crate::syntax::ast::Name;
use crate::types::Type;
use model::TableId;

/// The name that marks the cursor; no script has it.
pub(crate) const MARK: &str = "\u{1}";

/// What a completion is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Candidate {
    Variable,
    Field,
    Table,
    Function,
    Keyword,
}

/// What was found at the cursor: what it is, its name, what is told about it. None until the checker was there.
#[derive(Default)]
pub(crate) struct Cursor(pub Option<Vec<(Candidate, String, String)>>);

impl Checker<'_, '_> {
    /// Gives away what was found at the cursor.
    pub(crate) fn into_cursor(self) -> Cursor {
        self.cursor
    }

    /// A bare name: variables, fields of contexts, functions.
    pub(super) fn cursor_at_name(&mut self, name: &Name) {
        if *name.text != *MARK {
            return;
        }
        let mut found = Vec::new();
        for scope in self.scopes.seen() {
            match scope {
                Seen::Context(_, Type::Record(table)) => found.extend(self.fields_of(*table)),
                Seen::Context(..) => {}
                Seen::Variables(variables) => {
                    found.extend(
                        variables.iter().map(|(name, variable)| {
                            (Candidate::Variable, name.to_owned(), variable.ty.word().to_owned())
                        }),
                    );
                }
            }
        }
        found.extend(self.scopes.functions().map(|(name, number)| {
            let parameters = self.declared[*number].parameters;
            (Candidate::Function, name.to_string(), format!("a function of this script, {parameters} parameters"))
        }));
        self.cursor.0 = Some(found);
    }

    /// A name of a table.
    pub(super) fn cursor_at_table(&mut self, name: &Name) {
        if *name.text == *MARK {
            self.cursor.0 = Some(tables(self.schema));
        }
    }

    /// A name after a point.
    pub(super) fn cursor_at_field(&mut self, table: TableId, name: &Name) {
        if *name.text == *MARK {
            self.cursor.0 = Some(self.fields_of(table));
        }
    }

    fn fields_of(&self, id: TableId) -> Vec<(Candidate, String, String)> {
        let Ok(table) = self.schema.table(id) else { return Vec::new() };
        let fields = table.live_fields().map(|field| {
            let told = format!("{} of {}", field.kind.word(), table.name);
            (Candidate::Field, field.name.clone(), told)
        });
        let members = MEMBERS.iter().map(|(name, access)| {
            let ty = self.access_type(id, *access);
            (Candidate::Field, (*name).to_owned(), ty.word().to_owned())
        });
        fields.chain(members).collect()
    }
}

/// The tables of a schema.
pub(crate) fn tables(schema: &model::Schema) -> Vec<(Candidate, String, String)> {
    let told = |table: &model::Table| format!("table {}", letters(table.id.0));
    schema.live_tables().map(|table| (Candidate::Table, table.name.clone(), told(table))).collect()
}
