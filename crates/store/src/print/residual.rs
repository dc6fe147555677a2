//! What is left to judge in Rust while rows stream: the tests that SQL cannot say, over hidden cells of the row.

use super::compare::FieldRef;
use super::judge::{Held, holds, shows};
use super::operand::{Printed, Printer, Scope};
use super::reading::{Reading, is_link};
use super::search::Search;
use crate::tx::Row;
use model::filter::{Operand, Predicate, System};
use model::kind::Names;
use model::{Filter, Result};

/// A value that is read beside those asked for, with the titles of the records in it if it holds any.
pub struct Hidden {
    sql: String,
    reading: Reading,
    source: Option<FieldRef>,
    titles: Option<(String, Reading)>,
}

/// Hidden values in the order of their cells, and how many cells they take.
#[derive(Default)]
pub struct Cells {
    list: Vec<(Hidden, usize)>,
    width: usize,
}

/// A condition on hidden values.
pub enum Judge {
    And(Vec<Judge>),
    Or(Vec<Judge>),
    Not(Box<Judge>),
    Test {
        cell: usize,
        predicate: Predicate,
    },
    /// An expression that SQL has worked out.
    Holds {
        cell: usize,
    },
    /// A search: found by SQL in the first cell, or in one of the others.
    Search {
        found: Option<usize>,
        cells: Vec<usize>,
        folded: String,
    },
}

impl Hidden {
    /// A printed value with its titles.
    pub fn of(printed: Printed, titles: Option<(String, Reading)>) -> Hidden {
        Hidden { sql: printed.sql, reading: printed.reading, source: printed.source, titles }
    }

    /// Whether a condition holds.
    pub fn condition(sql: &str) -> Hidden {
        let reading = Reading::One(model::kind::Class::Bool);
        Hidden { sql: format!("({sql}) IS TRUE"), reading, source: None, titles: None }
    }

    /// A value of an operand, with the titles of the records in it.
    pub fn operand(printer: &mut Printer<'_>, scope: &Scope, operand: &Operand) -> Result<Hidden> {
        let printed = printer.operand(scope, operand)?;
        Hidden::with_titles(printer, scope, operand, printed)
    }

    /// [`Hidden::operand`] to sort by.
    pub fn sort_operand(printer: &mut Printer<'_>, scope: &Scope, operand: &Operand) -> Result<Hidden> {
        let printed = printer.sort_operand(scope, operand)?;
        Hidden::with_titles(printer, scope, operand, printed)
    }

    fn with_titles(printer: &mut Printer<'_>, scope: &Scope, operand: &Operand, printed: Printed) -> Result<Hidden> {
        let links = printed.source.as_ref().is_some_and(|source| is_link(&source.field().kind));
        let titles =
            if links || *operand == Operand::System(System::Parent) { printer.titles_of(scope, operand) } else { None };
        Ok(Hidden::of(printed, titles))
    }

    /// What the row holds, its cells starting at `at`.
    pub fn held(&self, row: &dyn Row, at: usize) -> Held<'_> {
        Held {
            value: self.reading.value(row.cell(at)),
            field: self.source.as_ref().map(FieldRef::field),
            titles: self.titles.as_ref().map(|(_, titles)| titles.titles(row.cell(at + 1))).unwrap_or_default(),
        }
    }
}

impl Cells {
    /// Takes a value in; its number.
    pub fn add(&mut self, hidden: Hidden) -> usize {
        let at = self.width;
        self.width += 1 + usize::from(hidden.titles.is_some());
        self.list.push((hidden, at));
        self.list.len() - 1
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// What follows a select list.
    pub fn sql(&self) -> String {
        let mut sql = String::new();
        for (hidden, _) in &self.list {
            sql.push_str(", ");
            sql.push_str(&hidden.sql);
            if let Some((titles, _)) = &hidden.titles {
                sql.push_str(", ");
                sql.push_str(titles);
            }
        }
        sql
    }

    /// A hidden value of the row, whose cells start at `from`.
    pub fn held(&self, row: &dyn Row, from: usize, number: usize) -> Held<'_> {
        let (hidden, at) = &self.list[number];
        hidden.held(row, from + at)
    }
}

impl Judge {
    /// The judge of a filter.
    pub fn of(printer: &mut Printer<'_>, scope: &Scope, filter: &Filter, cells: &mut Cells) -> Result<Judge> {
        let mut all = |printer: &mut Printer<'_>, parts: &[Filter]| {
            parts.iter().map(|part| Judge::of(printer, scope, part, cells)).collect::<Result<Vec<Judge>>>()
        };
        Ok(match filter {
            Filter::And(parts) => Judge::And(all(printer, parts)?),
            Filter::Or(parts) => Judge::Or(all(printer, parts)?),
            Filter::Not(part) => Judge::Not(Box::new(Judge::of(printer, scope, part, cells)?)),
            Filter::Test(test) => {
                let cell = cells.add(Hidden::operand(printer, scope, &test.operand)?);
                Judge::Test { cell, predicate: test.predicate.clone() }
            }
            Filter::Holds(expr) => {
                let sql = printer.holds(scope, expr)?;
                Judge::Holds { cell: cells.add(Hidden::condition(&sql)) }
            }
        })
    }

    /// The judge of a search that SQL cannot say whole.
    pub fn search(search: Search, cells: &mut Cells) -> Judge {
        let found = search.sql.map(|sql| cells.add(Hidden::condition(&sql)));
        let others = search.cells.into_iter().map(|hidden| cells.add(hidden)).collect();
        Judge::Search { found, cells: others, folded: search.folded }
    }

    /// Whether a row passes. Its hidden cells start at `from`.
    pub fn passes(&self, cells: &Cells, row: &dyn Row, from: usize, names: &dyn Names) -> bool {
        match self {
            Judge::And(parts) => parts.iter().all(|part| part.passes(cells, row, from, names)),
            Judge::Or(parts) => parts.iter().any(|part| part.passes(cells, row, from, names)),
            Judge::Not(part) => !part.passes(cells, row, from, names),
            Judge::Test { cell, predicate } => holds(&cells.held(row, from, *cell), predicate),
            Judge::Holds { cell } => cells.held(row, from, *cell).value == model::Value::Bool(true),
            Judge::Search { found, cells: others, folded } => {
                let by_sql = found.is_some_and(|n| cells.held(row, from, n).value == model::Value::Bool(true));
                by_sql || others.iter().any(|n| shows(&cells.held(row, from, *n), folded, names))
            }
        }
    }
}
