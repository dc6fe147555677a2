//! Summaries that the engine works out itself: measures of plain values over all records or simple groups of them.
//! What it cannot say as the evaluator means it is left to `summary.rs`.
//!
//! Sums of SQLite are those of [`model::sum::Sum`] in the order in which it reads the records, which is that of their
//! creation unless an index is read. PostgreSQL adds plainly and in any order, so its last digits may differ.

use super::compare::{FieldRef, parts};
use super::expr::numbers::{sums, total_of};
use super::operand::{Guard, Printer, Scope};
use super::reading::Reading;
use super::select::Conditions;
use super::statement::statement;
use super::summary::{Group, Line, MOST, average_duration, duration, in_order};
use crate::database::catalog::Catalog;
use crate::flavor::{CellType, Flavor};
use crate::tx::{GO_ON, Row, Tx};
use model::filter::Operand;
use model::kind::{Class, Storage};
use model::query::{Aggregate, Measure, Sort, Source, Summary};
use model::{Cell, Error, Result, TableId, Value};

/// A value as the engine groups and measures it: empty ones are null.
struct Plain {
    sql: String,
    class: Class,
    source: Option<FieldRef>,
}

/// How a measure is made of columns of the answer.
enum Way {
    /// It is the same whatever the records are.
    Fixed(Value),
    /// A number of records in one column.
    Count,
    /// What is in the first column and not in the second.
    Less,
    /// The value in a column.
    Value(Class),
    /// A sum in one column that is a double when all that was added was one.
    Total,
    /// A sum in one column and, where its share is asked for, a number in the next.
    Sum(Share),
    /// An average as the engine works it out.
    Average,
    /// Both parts of PostgreSQL's sum and a number.
    Parts(Share),
    /// Both halves of a sum of durations and a number.
    Durations(Share),
}

/// What of a sum is asked for.
#[derive(Clone, Copy)]
enum Share {
    Whole,
    Average,
}

/// How many parts a sum of durations is made of, so that no part is too large for an engine.
const HALVES: i64 = 1 << 20;

/// What came of a statement.
enum Attempt {
    Lines(Vec<Line>),
    /// The engine cannot say it.
    Unsaid,
    /// Something was no double, and where guards were is not known.
    Unsound,
}

/// The groups of a summary in their order; none when the engine cannot say it.
pub fn summarize(tx: &mut dyn Tx, catalog: &Catalog, summary: &Summary) -> Result<Option<Vec<Line>>> {
    let Source::Table(table) = summary.source else { return Ok(None) };
    for guard in [Guard::Later, Guard::Here] {
        match attempt(tx, catalog, table, summary, guard)? {
            Attempt::Lines(lines) => return Ok(Some(lines)),
            Attempt::Unsaid => return Ok(None),
            Attempt::Unsound => {}
        }
    }
    Err(Error::Internal("a summary that no guard makes sound".to_owned()))
}

fn attempt(tx: &mut dyn Tx, catalog: &Catalog, table: TableId, summary: &Summary, guard: Guard) -> Result<Attempt> {
    let mut printer = Printer::new(catalog, tx.flavor()).guarded(guard);
    let scope = printer.scope(table)?;
    let search = summary.search.as_ref().filter(|search| !search.needle.is_empty());
    let search = search.map(|search| (search.needle.as_str(), Some(search.fields.as_slice())));
    let conditions = Conditions::new(&mut printer, &scope, &summary.filter, search)?;
    if conditions.judge.is_some() {
        return Ok(Attempt::Unsaid);
    }
    let mut list = Columns::default();
    let mut keys = Vec::new();
    for sort in &summary.group {
        let Some(key) = group_key(&mut printer, &scope, sort)? else { return Ok(Attempt::Unsaid) };
        list.groups.push(key.sql.clone());
        keys.push(key);
    }
    let mut ways = Vec::new();
    for measure in &summary.measures {
        let from = list.measures.len();
        let Some(way) = list.way(&mut printer, &scope, measure)? else { return Ok(Attempt::Unsaid) };
        ways.push((way, summary.group.len() + from));
    }
    let sql = list.select(&scope, &conditions.sql);
    let (sql, params) = statement(&sql, &printer.params);
    let mut groups: Vec<Group<Vec<Value>>> = Vec::new();
    let mut is_sound = true;
    let mut take = |row: &dyn Row| {
        if groups.len() >= MOST {
            return Err(Error::TooLarge { what: "number of groups", limit: MOST as u64 });
        }
        let values: Vec<Value> = keys.iter().enumerate().map(|(i, key)| key.class.decode(row.cell(i))).collect();
        let sorted = keys.iter().zip(&values).zip(&summary.group);
        let keys = sorted
            .map(|((key, value), sort)| parts(key.source.as_ref().map(FieldRef::field), value, &[], sort))
            .collect();
        is_sound &= ways.iter().all(|(way, from)| way.is_sound(row, *from));
        let measures = ways.iter().map(|(way, from)| way.value(row, *from)).collect();
        groups.push(Group { values, keys, measures });
        Ok(GO_ON)
    };
    if printer.is_risky() {
        let is_done = tx.query_risky(&sql, &params, &mut take)?;
        if !(is_done && is_sound) {
            return Ok(Attempt::Unsound);
        }
    } else {
        tx.query(&sql, &params, &mut take)?;
    }
    let lines = in_order(groups, summary).into_iter().map(|group| (group.values, group.measures));
    Ok(Attempt::Lines(lines.collect()))
}

/// A group key that the engine tells apart as we do.
fn group_key(printer: &mut Printer<'_>, scope: &Scope, sort: &Sort) -> Result<Option<Plain>> {
    if sort.bucket.is_some() {
        return Ok(None);
    }
    // Links of fields sort by titles, which are read beside them.
    let plain = plain(printer, scope, &sort.by)?;
    Ok(plain.filter(|key| key.class != Class::Reference || key.source.is_none()))
}

/// A value of a class that is one cell; none of others.
fn plain(printer: &mut Printer<'_>, scope: &Scope, operand: &Operand) -> Result<Option<Plain>> {
    let printed = printer.operand(scope, operand)?;
    let Reading::One(class) = printed.reading else { return Ok(None) };
    let sql = match class {
        // A rollup that counts is a number, but what it counts with is none.
        Class::Number if is_derived(scope, operand) => {
            format!("CAST({} AS {})", printed.sql, printer.flavor.scalar(CellType::Real))
        }
        Class::Text => format!("nullif({}, '')", printed.sql),
        Class::Bool => format!("nullif({}, 0)", printed.sql),
        Class::Number
        | Class::Integer
        | Class::Date
        | Class::Instant
        | Class::Time
        | Class::Duration
        | Class::Choice
        | Class::Reference
        | Class::User => printed.sql,
        Class::Span | Class::Choices | Class::References | Class::Users | Class::Structure | Class::List => {
            return Ok(None);
        }
    };
    Ok(Some(Plain { sql, class, source: printed.source }))
}

/// A sum of what may be infinite in SQLite, to be looked at afterwards; none of other measures.
fn unbounded_sum(printer: &mut Printer<'_>, scope: &Scope, measure: &Measure) -> Result<Option<String>> {
    let Operand::Expr(expr) = &measure.over else { return Ok(None) };
    let is_asked =
        printer.flavor == Flavor::Sqlite && printer.guard() == Guard::Later && measure.function == Aggregate::Sum;
    if !is_asked {
        return Ok(None);
    }
    let Some(term) = printer.unbounded(scope, expr)? else { return Ok(None) };
    printer.risk();
    // Unlike `sum`, it is null only when it is no number.
    Ok(Some(format!("total({})", term.sql)))
}

/// Whether the operand is worked out in another way than an expression.
fn is_derived(scope: &Scope, operand: &Operand) -> bool {
    match operand {
        Operand::Slot(slot) => {
            scope.table.field(slot.field).is_ok_and(|field| matches!(field.kind.storage(), Storage::Derived))
        }
        Operand::Through { .. } => true,
        Operand::System(_) | Operand::Title(_) | Operand::Expr(_) => false,
    }
}

/// What a statement selects.
#[derive(Default)]
struct Columns {
    groups: Vec<String>,
    measures: Vec<String>,
    /// Values that are worked out, to be written more than once.
    values: Vec<String>,
}

impl Columns {
    /// How a measure is made, its columns put into the list; none when the engine cannot say it.
    fn way(&mut self, printer: &mut Printer<'_>, scope: &Scope, measure: &Measure) -> Result<Option<Way>> {
        if measure.function == Aggregate::Count {
            self.measures.push("count(*)".to_owned());
            return Ok(Some(Way::Count));
        }
        if let Some(sql) = unbounded_sum(printer, scope, measure)? {
            self.measures.push(sql);
            return Ok(Some(Way::Total));
        }
        let Some(over) = plain(printer, scope, &measure.over)? else { return Ok(None) };
        let (sql, class) = (over.sql, over.class);
        let share = if measure.function == Aggregate::Average { Share::Average } else { Share::Whole };
        let (columns, way): (Vec<String>, Way) = match measure.function {
            Aggregate::Count | Aggregate::CountFilled => (vec![format!("count({sql})")], Way::Count),
            Aggregate::CountEmpty => (vec!["count(*)".to_owned(), format!("count({sql})")], Way::Less),
            Aggregate::CountUnique => (vec![format!("count(DISTINCT {sql})")], Way::Count),
            Aggregate::TotalSize => (Vec::new(), Way::Fixed(Value::Number(0.0))),
            Aggregate::Min | Aggregate::Max => {
                // Options, records and users of a field have an order of their own.
                let named = matches!(class, Class::Choice | Class::Reference | Class::User) && over.source.is_some();
                if named {
                    return Ok(None);
                }
                let function = if measure.function == Aggregate::Min { "min" } else { "max" };
                (vec![format!("{function}({sql})")], Way::Value(class))
            }
            Aggregate::Sum | Aggregate::Average => match (class, printer.flavor) {
                (Class::Number | Class::Integer, Flavor::Sqlite) => {
                    // Whole numbers add up as such, but too many of them would end a statement with `sum`.
                    let (function, way) = match (share, class) {
                        (Share::Average, _) => ("avg", Way::Average),
                        (Share::Whole, Class::Integer) => ("total", Way::Sum(share)),
                        (Share::Whole, _) => ("sum", Way::Sum(share)),
                    };
                    (vec![format!("{function}({sql})")], way)
                }
                (Class::Integer, Flavor::Postgres) => {
                    let sum = format!("sum({sql})::double precision");
                    (vec![sum, format!("count({sql})")], Way::Sum(share))
                }
                (Class::Number, Flavor::Postgres) if printer.guard() == Guard::Later => {
                    printer.risk();
                    match share {
                        Share::Whole => (vec![format!("sum({sql})")], Way::Sum(share)),
                        Share::Average => (vec![format!("avg({sql})")], Way::Average),
                    }
                }
                (Class::Number, Flavor::Postgres) => {
                    let value = self.name(scope, &measure.over, sql);
                    (sums(&value).to_vec(), Way::Parts(share))
                }
                (Class::Duration, flavor) => {
                    let value = match flavor {
                        Flavor::Sqlite => sql,
                        Flavor::Postgres => self.name(scope, &measure.over, sql),
                    };
                    let whole = |sql: String| match flavor {
                        Flavor::Sqlite => sql,
                        Flavor::Postgres => format!("{sql}::bigint"),
                    };
                    let high = whole(format!("sum({value} / {HALVES})"));
                    let low = whole(format!("sum({value} % {HALVES})"));
                    (vec![high, low, format!("count({value})")], Way::Durations(share))
                }
                (_, _) => {
                    let nothing = match share {
                        Share::Whole => Value::Number(0.0),
                        Share::Average => Value::Null,
                    };
                    (Vec::new(), Way::Fixed(nothing))
                }
            },
        };
        self.measures.extend(columns);
        Ok(Some(way))
    }

    /// A name for a value that is worked out; a column has one.
    fn name(&mut self, scope: &Scope, operand: &Operand, sql: String) -> String {
        match operand {
            Operand::Slot(_) | Operand::System(_) => sql,
            Operand::Through { .. } | Operand::Title(_) | Operand::Expr(_) => {
                self.values.push(sql);
                format!("{}.v{}", scope.name, self.values.len())
            }
        }
    }

    /// The statement over the records that pass.
    fn select(&self, scope: &Scope, conditions: &str) -> String {
        let mut columns: Vec<&str> = self.groups.iter().chain(&self.measures).map(String::as_str).collect();
        if self.measures.is_empty() {
            // Without groups there is one line, whatever is measured.
            columns.push("count(*)");
        }
        let columns = columns.join(", ");
        // PostgreSQL writes a plain select into the one around it, as often as its names are used.
        let records = match self.values.as_slice() {
            [] => format!("{}{conditions}", scope.from),
            values => {
                let values: Vec<String> =
                    values.iter().enumerate().map(|(i, sql)| format!("{sql} AS v{}", i + 1)).collect();
                let (table, from, values) = (&scope.name, &scope.from, values.join(", "));
                format!("(SELECT {table}.*, {values} FROM {from}{conditions} OFFSET 0) AS {table}")
            }
        };
        let groups: Vec<String> = (1..=self.groups.len()).map(|place| place.to_string()).collect();
        let by = if groups.is_empty() { String::new() } else { format!(" GROUP BY {}", groups.join(", ")) };
        format!("SELECT {columns} FROM {records}{by}")
    }
}

impl Way {
    /// Whether the measure in a row is what it should be.
    fn is_sound(&self, row: &dyn Row, from: usize) -> bool {
        !matches!(self, Way::Total) || matches!(row.cell(from), Cell::Real(total) if total.is_finite())
    }

    /// The measure in a row, its columns beginning at `from`.
    fn value(&self, row: &dyn Row, from: usize) -> Value {
        let whole = |place: usize| row.cell(from + place).integer().unwrap_or(0);
        let real = |place: usize| match row.cell(from + place) {
            Cell::Real(number) => Some(number),
            Cell::Integer(number) => Some(number as f64),
            Cell::Null | Cell::Text(_) | Cell::Bytes(_) => None,
        };
        match self {
            Way::Fixed(value) => value.clone(),
            Way::Count => Value::Number(whole(0) as f64),
            Way::Less => Value::Number((whole(0) - whole(1)) as f64),
            Way::Value(class) => class.decode(row.cell(from)),
            Way::Total => Share::Whole.of(real(0), 0),
            Way::Sum(share) => {
                let total = Some(real(0).unwrap_or(0.0)).filter(|total| total.is_finite());
                let number = if matches!(share, Share::Average) { whole(1) } else { 0 };
                share.of(total, number)
            }
            Way::Average => {
                let average = real(0).filter(|average| average.is_finite());
                average.map_or(Value::Null, |average| Value::Number(average + 0.0))
            }
            Way::Parts(share) => share.of(total_of(real(0), real(1)), whole(2)),
            Way::Durations(share) => {
                let total = i128::from(whole(0)) * i128::from(HALVES) + i128::from(whole(1));
                let number = u64::try_from(whole(2)).unwrap_or(0);
                match share {
                    Share::Whole => duration(total, number),
                    Share::Average => average_duration(total, number),
                }
            }
        }
    }
}

impl Share {
    /// The sum, or its share of each of `number`.
    fn of(self, total: Option<f64>, number: i64) -> Value {
        let number = match self {
            Share::Whole => total,
            Share::Average if number == 0 => None,
            Share::Average => total.map(|total| total / number as f64),
        };
        // -0 is 0.
        number.map_or(Value::Null, |number| Value::Number(number + 0.0))
    }
}
