//! Expressions at other records: one that a reference points at, or all that a link holds.

use super::super::operand::{Linked, Printer, Scope, at, base};
use super::Term;
use crate::database::layout::column_name;
use crate::flavor::Flavor;
use model::expr::Gather;
use model::kind::{Class, Kind, Storage};
use model::{Error, Expr, FieldId, LocaleId, Result, Slot, TableId};

/// The records that a link holds, as a statement finds them.
struct Gathered {
    inner: Scope,
    from: String,
    conditions: Vec<String>,
}

impl Printer<'_> {
    /// The record that a reference points at: its scope, how `FROM` introduces it, and the column of the reference;
    /// none when there is no such column.
    pub(super) fn reference(
        &mut self,
        scope: &Scope,
        link: FieldId,
        table: TableId,
    ) -> Result<Option<(Scope, String, String)>> {
        let column = scope.table.field(link)?.column(LocaleId::NONE);
        let Some((inner, from)) = self.aliased(table) else {
            return Err(Error::Internal("an expression at records of no table".to_owned()));
        };
        Ok(column.map(|column| (inner, from, format!("{}.{}", scope.name, column_name(column)))))
    }

    /// An expression at the record that a reference points at.
    pub(super) fn at_record(&mut self, scope: &Scope, link: FieldId, table: TableId, of: &Expr) -> Result<Term> {
        let Some((inner, from, column)) = self.reference(scope, link, table)? else { return Ok(self.nothing(None)) };
        let term = self.value(&inner, of)?;
        if term.class.is_none() {
            return Ok(term);
        }
        let sql = format!("(SELECT {} FROM {from} WHERE {})", term.sql, at(&inner, &column));
        Ok(Term { sql, simple: false, filled: false, ..term })
    }

    /// Whether an expression is true at the record that a reference points at.
    pub(super) fn is_true_at(&mut self, scope: &Scope, link: FieldId, table: TableId, of: &Expr) -> Result<String> {
        let Some((inner, from, column)) = self.reference(scope, link, table)? else { return Ok("FALSE".to_owned()) };
        let condition = self.condition(&inner, of)?;
        Ok(format!("EXISTS (SELECT 1 FROM {from} WHERE {} AND {condition})", at(&inner, &column)))
    }

    /// Whether a link holds a record that counts.
    pub(super) fn is_there(
        &mut self,
        scope: &Scope,
        (link, table): (FieldId, TableId),
        only: &Expr,
        function: Gather,
        of: &Expr,
    ) -> Result<String> {
        let mut gathered = self.gathered(scope, link, table, only)?;
        if function == Gather::CountFilled {
            let term = self.value(&gathered.inner, of)?;
            gathered.conditions.push(match term.class {
                None => "FALSE".to_owned(),
                Some(Class::Text) => format!("{} <> ''", term.sql),
                Some(_) => format!("{} IS NOT NULL", term.sql),
            });
        }
        Ok(format!("EXISTS (SELECT 1 FROM {}{})", gathered.from, gathered.tail()))
    }

    /// A summary of an expression over the records that a link holds.
    pub(super) fn over(
        &mut self,
        scope: &Scope,
        (link, table): (FieldId, TableId),
        only: &Expr,
        function: Gather,
        of: &Expr,
    ) -> Result<Term> {
        let gathered = self.gathered(scope, link, table, only)?;
        let (from, tail) = (&gathered.from, gathered.tail());
        let count = |sql: String| Term { filled: true, most: 1e15, ..Term::of(Class::Integer, sql) };
        if function == Gather::Count {
            return Ok(count(format!("(SELECT count(*) FROM {from}{tail})")));
        }
        let term = self.value(&gathered.inner, of)?;
        let Some(class) = term.class else {
            return Ok(match function {
                Gather::Count | Gather::CountFilled => match self.flavor {
                    Flavor::Sqlite => count("CAST(0 AS INTEGER)".to_owned()),
                    Flavor::Postgres => count("0::bigint".to_owned()),
                },
                Gather::Sum | Gather::Average => self.nothing(Some(Class::Number)),
                Gather::Min | Gather::Max => self.nothing(None),
            });
        };
        Ok(match function {
            Gather::Count => count(format!("(SELECT count(*) FROM {from}{tail})")),
            Gather::CountFilled => {
                let value = if class == Class::Text { format!("nullif({}, '')", term.sql) } else { term.sql };
                count(format!("(SELECT count({value}) FROM {from}{tail})"))
            }
            Gather::Min => Term {
                simple: false,
                filled: false,
                sql: format!("(SELECT min({}) FROM {from}{tail})", term.sql),
                ..term
            },
            Gather::Max => Term {
                simple: false,
                filled: false,
                sql: format!("(SELECT max({}) FROM {from}{tail})", term.sql),
                ..term
            },
            Gather::Sum | Gather::Average => {
                let term = self.double(term);
                self.added_up(function, &term, &format!("{from}{tail}"))
            }
        })
    }

    /// A sum or average over rows.
    fn added_up(&mut self, function: Gather, term: &Term, rows: &str) -> Term {
        let sql = match (self.flavor, function) {
            (Flavor::Sqlite, Gather::Average) => {
                super::numbers::finite(&format!("(SELECT avg({}) FROM {rows})", term.sql), &[])
            }
            (Flavor::Sqlite, _) => super::numbers::finite(&format!("(SELECT sum({}) FROM {rows})", term.sql), &[]),
            (Flavor::Postgres, function) => {
                let (added, value) = (self.alias(), self.alias());
                let [small, large, number] = super::numbers::sums(&format!("{value}.v"));
                let sum = Term {
                    simple: true,
                    ..Term::of(
                        Class::Number,
                        super::numbers::total(&format!("{added}.small"), &format!("{added}.large")),
                    )
                };
                let summed = if function == Gather::Average {
                    let number = Term { simple: true, ..Term::of(Class::Integer, format!("{added}.number")) };
                    let number = Term { least: 1.0, most: 1e15, ..self.double(number) };
                    let sum = Term { simple: false, ..sum };
                    // The average of nothing is null, and so is nothing divided by its number.
                    format!("CASE WHEN {added}.number > 0 THEN {} END", self.quotient(&sum, &number))
                } else {
                    sum.sql
                };
                format!(
                    "(SELECT {summed} FROM (SELECT {small} AS small, {large} AS large, {number} AS number \
                     FROM (SELECT {} AS v FROM {rows} OFFSET 0) AS {value}) AS {added})",
                    term.sql
                )
            }
        };
        Term::of(Class::Number, sql)
    }

    /// The records that a link holds and for which `only` is true.
    fn gathered(&mut self, scope: &Scope, link: FieldId, table: TableId, only: &Expr) -> Result<Gathered> {
        let no_table = || Error::Internal("a summary over records of no table".to_owned());
        let mut gathered = self.held(scope, link, table)?.ok_or_else(no_table)?;
        if *only != Expr::always() {
            let condition = self.condition(&gathered.inner, only)?;
            gathered.conditions.push(condition);
        }
        Ok(gathered)
    }

    fn held(&mut self, scope: &Scope, link: FieldId, table: TableId) -> Result<Option<Gathered>> {
        // A reference of the other side lies in the very records.
        if let Kind::Reverse(reverse) = &scope.table.field(link)?.kind {
            let partner = self.catalog.schema.table(reverse.table)?.clone();
            let field = partner.field(reverse.field)?;
            if let (Storage::Column(_), Some(column)) = (field.kind.storage(), field.column(LocaleId::NONE)) {
                let Some((inner, from)) = self.aliased(table) else { return Ok(None) };
                let here = format!("{}.id + {}", scope.name, base(scope.table.id));
                let conditions = vec![format!("{}.{} = {here}", inner.name, column_name(column))];
                return Ok(Some(Gathered { inner, from, conditions }));
            }
        }
        let Some(Linked::Rows(rows)) = self.linked(scope, Slot::plain(link), 0) else { return Ok(None) };
        let Some((inner, from)) = self.aliased(table) else { return Ok(None) };
        let mut conditions: Vec<String> = rows.tie.into_iter().collect();
        conditions.push(at(&inner, &rows.element));
        Ok(Some(Gathered { inner, from: format!("{}, {from}", rows.from), conditions }))
    }
}

impl Gathered {
    /// What follows the tables.
    fn tail(&self) -> String {
        format!(" WHERE {}", self.conditions.join(" AND "))
    }
}
