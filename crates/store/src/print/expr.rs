//! Expressions as SQL, with exactly the results of the evaluator: no engine may raise an error or go its own way where
//! a number is too large, a text empty or a date far away.
//!
//! [`Printer::value`] prints a value and [`Printer::condition`] whether it is true; both expect an expression that has a
//! class. What an operation needs more than once is bound to a name first ([`Printer::named`]), so that the text stays
//! as long as the expression.

mod condition;
mod links;
mod multiply;
pub(super) mod numbers;
mod remainder;
mod texts;
mod times;

use super::operand::{Aspect, Guard, Printed, Printer, Scope};
use super::reading::Reading;
use crate::flavor::{CellType, Flavor};
use model::expr::{Constant, Gather, Operation};
use model::filter::{Operand, System};
use model::kind::{Class, Kind};
use model::table::Shape;
use model::{Error, Expr, FieldId, Result, StoredCell, TableId, Value};

/// A printed value and what is known of it.
#[derive(Clone, Debug)]
pub struct Term {
    pub sql: String,
    /// None of what is always null.
    pub class: Option<Class>,
    /// Whether it is a column or parameter, which may as well be written twice.
    pub simple: bool,
    /// Whether it is never null.
    pub filled: bool,
    /// Numbers are not further from 0.
    pub most: f64,
    /// Numbers are not closer to 0 without being it.
    pub least: f64,
}

impl Term {
    /// A value of a class, of which nothing else is known.
    pub fn of(class: Class, sql: String) -> Term {
        let (most, least) = match class {
            Class::Number => (f64::MAX, f64::from_bits(1)),
            _ => (i64::MAX as f64, 1.0),
        };
        Term { sql, class: Some(class), simple: false, filled: false, most, least }
    }
}

impl Printer<'_> {
    /// The value of an expression, where an operand stands.
    pub fn worked_out(&mut self, scope: &Scope, expr: &Expr) -> Result<Printed> {
        let Some(class) = expr.class(&self.catalog.schema, scope.table.id)? else { return Ok(Printed::nothing(None)) };
        let term = self.with(Aspect::Plain, |printer| printer.value(scope, expr))?;
        Ok(Printed { sql: term.sql, reading: Reading::One(class), source: None })
    }

    /// Whether an expression is true, where a filter stands; null when it is not.
    pub fn holds(&mut self, scope: &Scope, expr: &Expr) -> Result<String> {
        expr.class(&self.catalog.schema, scope.table.id)?;
        self.condition(scope, expr)
    }

    /// The value of an expression at a record of the scope.
    pub(super) fn value(&mut self, scope: &Scope, expr: &Expr) -> Result<Term> {
        match expr {
            Expr::Constant(constant) => Ok(self.constant(constant)),
            Expr::Cell(operand) => self.cell(scope, operand),
            Expr::At { link, table, of } => self.at_record(scope, *link, *table, of),
            Expr::Over { link, table, only, function, of } => self.over(scope, (*link, *table), only, *function, of),
            Expr::Not(_) | Expr::And(_) | Expr::Or(_) | Expr::Compare { .. } => {
                let condition = self.condition(scope, expr)?;
                Ok(Term { filled: true, ..self.bool_of(&format!("({condition}) IS TRUE")) })
            }
            Expr::If { condition, then, otherwise } => {
                let condition = self.condition(scope, condition)?;
                let (then, otherwise) = (self.value(scope, then)?, self.value(scope, otherwise)?);
                let class = match (then.class, otherwise.class) {
                    (None, class) | (class, None) => class,
                    (Some(a), Some(b)) if a == b => Some(a),
                    // The only classes that are one and yet two.
                    (Some(_), Some(_)) => Some(Class::Number),
                };
                let (then, otherwise) = (self.as_class(then, class), self.as_class(otherwise, class));
                Ok(Term {
                    sql: format!("CASE WHEN {condition} THEN {} ELSE {} END", then.sql, otherwise.sql),
                    class,
                    simple: false,
                    filled: then.filled && otherwise.filled,
                    most: then.most.max(otherwise.most),
                    least: then.least.min(otherwise.least),
                })
            }
            Expr::Calculate { operation, left, right } => {
                // A statement of SQLite goes on with what is infinite, so that what is made of it may look sound.
                let guard = match self.flavor {
                    Flavor::Sqlite => Guard::Here,
                    Flavor::Postgres => self.guard(),
                };
                self.calculated(scope, *operation, (left, right), guard)
            }
            Expr::Call { function, arguments } => self.call(scope, *function, arguments),
        }
    }

    /// An operation on two expressions.
    fn calculated(
        &mut self,
        scope: &Scope,
        operation: Operation,
        (left, right): (&Expr, &Expr),
        guard: Guard,
    ) -> Result<Term> {
        let (left, right) = (self.value(scope, left)?, self.value(scope, right)?);
        let (left, right) = self.doubles(operation, left, right);
        Ok(self.calculate(operation, left, right, guard))
    }

    /// The value of an operation that may be infinite in SQLite; none of what is no operation.
    pub fn unbounded(&mut self, scope: &Scope, expr: &Expr) -> Result<Option<Term>> {
        match expr {
            Expr::Cell(Operand::Expr(inner)) => self.unbounded(scope, inner),
            Expr::Calculate { operation, left, right } => {
                expr.class(&self.catalog.schema, scope.table.id)?;
                self.calculated(scope, *operation, (left, right), Guard::Later).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// A value that is the same for every record.
    pub(super) fn constant(&mut self, constant: &Constant) -> Term {
        let class = match &constant.0 {
            Value::Bool(checked) => {
                // A digit alone would be the place of a column where a sort key stands.
                let sql = match (self.flavor, checked) {
                    (Flavor::Sqlite, true) => "TRUE".to_owned(),
                    (Flavor::Sqlite, false) => "FALSE".to_owned(),
                    (Flavor::Postgres, checked) => format!("{}::bigint", u8::from(*checked)),
                };
                return Term { simple: true, filled: true, ..Term::of(Class::Bool, sql) };
            }
            Value::Number(number) => {
                let sql = self.bound(StoredCell::Real(*number), CellType::Real);
                let (most, least) = (number.abs(), if *number == 0.0 { f64::MAX } else { number.abs() });
                return Term { simple: true, filled: true, most, least, ..Term::of(Class::Number, sql) };
            }
            Value::Text(text) => {
                let text = match (self.aspect(), self.flavor) {
                    (Aspect::Folded, Flavor::Postgres) => model::text::fold(text).into_owned(),
                    (Aspect::Plain | Aspect::Key | Aspect::Folded, _) => text.clone(),
                };
                let sql = self.bound(StoredCell::Text(text), CellType::Text);
                return Term { simple: true, filled: true, ..Term::of(Class::Text, sql) };
            }
            Value::Date(_) => Class::Date,
            Value::Instant(_) => Class::Instant,
            Value::Time(_) => Class::Time,
            Value::Duration(_) => Class::Duration,
            Value::Choice(_) => Class::Choice,
            Value::Reference(_) => Class::Reference,
            Value::User(_) => Class::User,
            // No other value has a class in an expression.
            Value::Null
            | Value::Span { .. }
            | Value::Choices(_)
            | Value::References(_)
            | Value::Users(_)
            | Value::Structure(_)
            | Value::List(_) => return self.nothing(None),
        };
        let sql = self.bound(class.encode(&constant.0), CellType::Integer);
        Term { simple: true, filled: true, ..Term::of(class, sql) }
    }

    /// A parameter of a type.
    pub(super) fn bound(&mut self, cell: StoredCell, kind: CellType) -> String {
        let place = self.bind(cell);
        match (self.flavor, kind) {
            (Flavor::Sqlite, _) => place,
            // Texts compare by code points, and so do two that no column gives its collation.
            (Flavor::Postgres, CellType::Text) => format!("({place}::text COLLATE \"C\")"),
            (Flavor::Postgres, kind) => format!("{place}::{}", self.flavor.scalar(kind)),
        }
    }

    /// What is always null, of a type where the engine wants one.
    pub(super) fn nothing(&self, class: Option<Class>) -> Term {
        let sql = match (self.flavor, class) {
            (Flavor::Sqlite, _) | (Flavor::Postgres, None) => "NULL".to_owned(),
            (Flavor::Postgres, Some(Class::Number)) => "NULL::double precision".to_owned(),
            (Flavor::Postgres, Some(Class::Text)) => "(NULL::text COLLATE \"C\")".to_owned(),
            (Flavor::Postgres, Some(_)) => "NULL::bigint".to_owned(),
        };
        Term { sql, class, simple: true, filled: false, most: 0.0, least: f64::MAX }
    }

    /// The value as one of another class: null as any, a whole number as a number.
    pub(super) fn as_class(&mut self, term: Term, class: Option<Class>) -> Term {
        match (term.class, class) {
            (None, class) => self.nothing(class),
            (Some(Class::Integer), Some(Class::Number)) => self.double(term),
            (Some(_), _) => term,
        }
    }

    /// A number as a double.
    pub(super) fn double(&mut self, term: Term) -> Term {
        match term.class {
            None => self.nothing(Some(Class::Number)),
            Some(Class::Number) => term,
            Some(_) => {
                let sql = format!("CAST({} AS {})", term.sql, self.flavor.scalar(CellType::Real));
                Term { sql, class: Some(Class::Number), ..term }
            }
        }
    }

    /// A condition as a cell. It is null where the condition is.
    pub(super) fn bool_of(&self, condition: &str) -> Term {
        let sql = match self.flavor {
            Flavor::Sqlite => format!("({condition})"),
            Flavor::Postgres => format!("({condition})::int::bigint"),
        };
        Term::of(Class::Bool, sql)
    }

    /// A cell of a record of the scope.
    fn cell(&mut self, scope: &Scope, operand: &Operand) -> Result<Term> {
        let (printed, class, filled) = match operand {
            Operand::Expr(expr) => return self.value(scope, expr),
            Operand::Through { link, slot } => {
                let of = Expr::Cell(Operand::Slot(*slot));
                let target = self.only_target(scope, *link)?;
                return self.at_record(scope, *link, target, &of);
            }
            Operand::System(system) => {
                let printed = self.operand(scope, operand)?;
                let filled = match system {
                    System::Id | System::Seq | System::CreatedAt | System::Valid => true,
                    System::Rank => scope.table.shape == Shape::Plain,
                    System::CreatedBy | System::ModifiedAt | System::ModifiedBy | System::Parent => false,
                };
                (printed, None, filled)
            }
            Operand::Slot(slot) => {
                let class = scope.table.field(slot.field)?.kind.class();
                (self.operand(scope, operand)?, Some(class), false)
            }
            Operand::Title(_) => return Err(Error::Internal("titles in an expression".to_owned())),
        };
        let class = match (printed.reading, class) {
            (Reading::One(class), _) => class,
            (_, class) => return Ok(self.nothing(class)),
        };
        let folded = self.aspect() == Aspect::Folded && self.flavor == Flavor::Postgres;
        let sql = match operand {
            // Places are ASCII, and nothing lies beside them.
            Operand::System(System::Rank) if folded => format!("lower({})", printed.sql),
            _ => printed.sql,
        };
        Ok(Term { simple: true, filled, ..Term::of(class, sql) })
    }

    /// The one table that a reference points into.
    fn only_target(&self, scope: &Scope, link: FieldId) -> Result<TableId> {
        match &scope.table.field(link)?.kind {
            Kind::Reference(kind) => {
                let live = |target: &&TableId| self.catalog.schema.table(**target).is_ok();
                kind.targets.iter().find(live).copied()
            }
            _ => None,
        }
        .ok_or_else(|| Error::Internal("a link of an expression that points nowhere".to_owned()))
    }

    /// Prints with values under names, so that each is worked out once however often `body` writes it. A column is as
    /// good as a name.
    pub(super) fn named<const N: usize>(
        &mut self,
        terms: [&Term; N],
        body: impl FnOnce([String; N]) -> String,
    ) -> String {
        if terms.iter().all(|term| term.simple) {
            return body(terms.map(|term| term.sql.clone()));
        }
        let alias = self.alias();
        let mut values = Vec::new();
        let mut place = 0;
        let names = terms.map(|term| {
            if term.simple {
                return term.sql.clone();
            }
            place += 1;
            values.push(format!("{} AS v{place}", term.sql));
            format!("{alias}.v{place}")
        });
        // PostgreSQL writes a plain select into the one around it, as often as its names are used.
        let kept = match self.flavor {
            Flavor::Sqlite => "",
            Flavor::Postgres => " OFFSET 0",
        };
        format!("(SELECT {} FROM (SELECT {}{kept}) AS {alias})", body(names), values.join(", "))
    }
}

/// Parts with a word between them, nested evenly: an engine nests only so deep.
pub(super) fn joined(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        several => {
            let (left, right) = several.split_at(several.len() / 2);
            format!("({}{word}{})", joined(left, word), joined(right, word))
        }
    }
}

/// Whether a summary counts.
pub(super) fn counts(function: Gather) -> bool {
    match function {
        Gather::Count | Gather::CountFilled => true,
        Gather::Sum | Gather::Average | Gather::Min | Gather::Max => false,
    }
}
