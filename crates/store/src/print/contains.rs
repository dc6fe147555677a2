//! `Contains` as SQL: in text, in the names of options, in the titles of linked records.

use super::flavor_sql::{self, Proposer};
use super::operand::{Aspect, Printed, Printer, Scope, at};
use super::reading::Title;
use crate::flavor::Flavor;
use crate::index;
use model::filter::Operand;
use model::kind::Kind;
use model::{ColumnId, Result, StoredCell, TableId, text};

impl Printer<'_> {
    /// Whether the text of an operand contains a needle. A trigram index on its column finds the records to look at.
    pub fn contains(&mut self, scope: &Scope, cell: &Printed, operand: &Operand, needle: &str) -> Result<String> {
        let folded = text::fold(needle).into_owned();
        if folded.is_empty() {
            return Ok(format!("{} <> ''", cell.sql));
        }
        let index = match operand {
            Operand::Slot(slot) => {
                let column = scope.table.field(slot.field).ok().and_then(|field| field.column(slot.locale));
                column.and_then(|column| self.trigrams(scope.table.id, column, &folded))
            }
            Operand::System(_) | Operand::Through { .. } | Operand::Title(_) | Operand::Expr(_) => None,
        };
        let text = self.with(Aspect::Folded, |printer| printer.operand(scope, operand))?.sql;
        Ok(self.contains_folded(scope, &text, index, folded))
    }

    /// Whether a text, printed folded, contains a folded needle.
    pub fn contains_folded(&mut self, scope: &Scope, sql: &str, index: Option<Proposer>, folded: String) -> String {
        if folded.contains('\0') {
            // No cell holds it, and not every engine can be asked for it.
            return "FALSE".to_owned();
        }
        let Some(index) = index else {
            let needle = self.bind(StoredCell::Text(folded));
            return flavor_sql::contains(self.flavor, sql, &needle);
        };
        let (flavor, record) = (self.flavor, format!("{}.id", scope.name));
        flavor_sql::found(flavor, (&record, sql), index, folded, &mut |text| self.bind(StoredCell::Text(text)))
    }

    /// The trigram index of a column and what to ask it; none when there is none or the needle is too short.
    pub fn trigrams(&self, table: TableId, column: ColumnId, folded: &str) -> Option<Proposer> {
        index::trigram_on(&self.catalog.indexes, table, column)?;
        let asked = index::match_text(folded)?;
        Some(match self.flavor {
            Flavor::Sqlite => {
                let (table, waiting) = (index::trigram_table(table, column), index::waiting_table(table, column));
                Proposer::Table { table, waiting, asked }
            }
            Flavor::Postgres => Proposer::Operator { pattern: index::like_pattern(folded) },
        })
    }

    /// Whether the name of the option in a cell contains a needle.
    pub fn names_contain(&mut self, cell: &Printed, needle: &str) -> Option<String> {
        if needle.is_empty() {
            return Some(format!("{} IS NOT NULL", cell.sql));
        }
        let found = self.options_named(cell, needle)?;
        Some(if found.is_empty() { "FALSE".to_owned() } else { format!("{} IN ({found})", cell.sql) })
    }

    /// The options of a field whose names contain a needle, bound, with commas between them.
    pub fn options_named(&mut self, cell: &Printed, needle: &str) -> Option<String> {
        let source = cell.source.as_ref()?;
        let options = match &source.field().kind {
            Kind::Choice(kind) => &kind.options,
            Kind::MultiChoice(kind) => &kind.options,
            _ => return None,
        };
        let folded = text::fold(needle);
        let named = options.list.iter().filter(|option| text::contains_folded(&option.name, &folded));
        let cells: Vec<StoredCell> = named.map(|option| StoredCell::Integer(option.id.0.into())).collect();
        Some(self.bind_all(cells))
    }

    /// Whether the title of a linked record contains a needle; none when titles are not text in SQL.
    pub fn title_contains(&mut self, packed: &str, targets: &[TableId], needle: &str) -> Option<String> {
        if needle.is_empty() {
            // Every record that is there has a title with nothing in it.
            let there: Vec<String> = targets
                .iter()
                .filter_map(|target| self.aliased(*target))
                .map(|(inner, from)| format!("EXISTS (SELECT 1 FROM {from} WHERE {})", at(&inner, packed)))
                .collect();
            return Some(if there.is_empty() { "FALSE".to_owned() } else { format!("({})", there.join(" OR ")) });
        }
        let folded = self.with(Aspect::Folded, |printer| printer.title(packed, targets, 0));
        let (title, Title::Text) = folded else { return None };
        if needle.contains('\0') {
            return Some("FALSE".to_owned());
        }
        let needle = self.bind(StoredCell::Text(text::fold(needle).into_owned()));
        Some(flavor_sql::contains(self.flavor, &title, &needle))
    }
}
