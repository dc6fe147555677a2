//! Filters as SQL. Logic is two-valued: a null result counts as false, and a negation is true of it.
//!
//! A test that SQL cannot say comes back as none: the caller judges it in Rust. Tests of lists are in `lists.rs`,
//! `contains` is in `contains.rs`.

use super::operand::{Linked, Printed, Printer, Scope};
use super::reading::Reading;
use crate::index;
use model::filter::{Comparison, Operand, Predicate, System, Test};
use model::kind::{Class, Kind};
use model::{Error, Filter, RecordAddress, Result, StoredCell, Value};

/// Most values of a test: an engine takes only so many parameters.
const MOST_VALUES: usize = 10_000;

impl Printer<'_> {
    /// A filter; none when a part of it cannot be said in SQL. Nothing is bound then.
    pub fn filter(&mut self, scope: &Scope, filter: &Filter) -> Result<Option<String>> {
        let bound = self.params.len();
        let printed = self.filter_part(scope, filter)?;
        if printed.is_none() {
            self.params.truncate(bound);
        }
        Ok(printed)
    }

    fn filter_part(&mut self, scope: &Scope, filter: &Filter) -> Result<Option<String>> {
        let (parts, word, of_none) = match filter {
            Filter::Test(test) => return self.test(scope, test),
            Filter::Holds(expr) => return self.holds(scope, expr).map(Some),
            Filter::Not(part) => {
                return Ok(self.filter_part(scope, part)?.map(|sql| format!("({sql}) IS NOT TRUE")));
            }
            Filter::And(parts) => (parts, " AND ", "TRUE"),
            Filter::Or(parts) => (parts, " OR ", "FALSE"),
        };
        let mut printed: Vec<String> = Vec::with_capacity(parts.len());
        for part in parts {
            match self.filter_part(scope, part)? {
                Some(sql) => printed.push(sql),
                None => return Ok(None),
            }
        }
        Ok(Some(match printed.len() {
            0 => of_none.to_owned(),
            1 => printed.remove(0),
            _ => format!("({})", printed.join(word)),
        }))
    }

    fn test(&mut self, scope: &Scope, test: &Test) -> Result<Option<String>> {
        if let Predicate::During(..) = test.predicate {
            return Err(Error::Internal("a period reached the store unresolved".to_owned()));
        }
        // Links are looked up where they lie, by their own indexes.
        if let Operand::Slot(slot) = &test.operand
            && let Some(field) = scope.table.field(slot.field).ok()
            && matches!(field.kind, Kind::Links(_) | Kind::Reverse(_))
        {
            return match self.linked(scope, *slot, 0) {
                Some(Linked::Rows(rows)) => self.test_links(scope, *slot, rows, &test.predicate),
                Some(Linked::One(_)) | None => Ok(Some(of_nothing(&test.predicate))),
            };
        }
        if let Operand::System(System::Parent) = test.operand {
            return self.test_parent(scope, &test.predicate);
        }
        let printed = self.operand(scope, &test.operand)?;
        match printed.reading {
            Reading::Nothing => Ok(Some(of_nothing(&test.predicate))),
            Reading::One(class) => self.test_cell(scope, class, &printed, test),
            Reading::Each(_) | Reading::Rolled(_) | Reading::Titles(_) => Ok(None),
        }
    }

    /// A test of one cell.
    fn test_cell(&mut self, scope: &Scope, class: Class, cell: &Printed, test: &Test) -> Result<Option<String>> {
        let sql = &cell.sql;
        let by_head = class == Class::Text && self.is_ordered(scope, &test.operand, false);
        match (&test.predicate, class) {
            (Predicate::IsEmpty, _) => Ok(Some(is_empty(class, sql))),
            (Predicate::Contains(needle), Class::Text) => self.contains(scope, cell, &test.operand, needle).map(Some),
            (Predicate::Contains(needle), Class::Choice) => Ok(self.names_contain(cell, needle)),
            (Predicate::Contains(needle), Class::Reference) => {
                let Operand::Slot(slot) = &test.operand else { return Ok(None) };
                let targets = self.targets(scope, slot.field);
                Ok(self.title_contains(sql, &targets, needle))
            }
            (Predicate::Contains(_), Class::References | Class::Choices) => {
                self.test_list(class, cell, &test.predicate)
            }
            // Other values contain no text.
            (Predicate::Contains(_), _) => Ok(Some("FALSE".to_owned())),
            (_, Class::Choices | Class::Users | Class::References) => self.test_list(class, cell, &test.predicate),
            // JSON compares by its parts, not by its text.
            (_, Class::Structure | Class::List) => Ok(None),
            (Predicate::Equals(value), _) => self.one_of((class, by_head), sql, std::slice::from_ref(value)).map(Some),
            (Predicate::OneOf(values) | Predicate::HasAny(values), _) => {
                self.one_of((class, by_head), sql, values).map(Some)
            }
            (Predicate::HasAll(values), _) => {
                let filled = not(&is_empty(class, sql));
                let mut all = vec![filled];
                for value in values {
                    all.push(self.one_of((class, by_head), sql, std::slice::from_ref(value))?);
                }
                Ok(Some(format!("({})", all.join(" AND "))))
            }
            (Predicate::SameSet(values), _) => match values.split_first() {
                Some((first, rest)) if rest.iter().all(|value| value == first) => {
                    self.one_of((class, by_head), sql, std::slice::from_ref(first)).map(Some)
                }
                Some(_) | None => Ok(Some("FALSE".to_owned())),
            },
            (Predicate::Compare(comparison, value), _) => Ok(self.compare(class, cell, *comparison, value)),
            (Predicate::During(..), _) => Ok(None),
        }
    }

    /// Whether a cell is one of these values, `by_head` when an index finds texts by their heads. Nothing is true of an empty cell, and an empty value is equal to none.
    pub fn one_of(&mut self, (class, by_head): (Class, bool), sql: &str, values: &[Value]) -> Result<String> {
        check_number(values)?;
        let cells: Vec<StoredCell> = values.iter().filter_map(|value| exact_cell(class, value)).collect();
        if cells.is_empty() {
            return Ok("FALSE".to_owned());
        }
        let holes: Vec<String> = cells.into_iter().map(|cell| self.bind(cell)).collect();
        let among = |sql: &str, holes: &[String]| match holes {
            [one] => format!("{sql} = {one}"),
            several => format!("{sql} IN ({})", several.join(", ")),
        };
        let exact = among(sql, &holes);
        Ok(match index::text_head(self.flavor, sql).filter(|_| by_head) {
            None => exact,
            Some(head) => {
                let heads: Vec<String> = holes.iter().filter_map(|hole| index::text_head(self.flavor, hole)).collect();
                format!("({} AND {exact})", among(&head, &heads))
            }
        })
    }

    fn compare(&mut self, class: Class, cell: &Printed, comparison: Comparison, value: &Value) -> Option<String> {
        let sign = match comparison {
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        };
        let sql = &cell.sql;
        if class == Class::Bool {
            // Only a checked box is not empty, so it is compared with the value given once and for all.
            let Value::Bool(given) = value else { return Some("FALSE".to_owned()) };
            let holds = match comparison {
                Comparison::Less => false,
                Comparison::LessOrEqual => *given,
                Comparison::Greater => !*given,
                Comparison::GreaterOrEqual => true,
            };
            return Some(if holds { format!("{sql} <> 0") } else { "FALSE".to_owned() });
        }
        if class == Class::Choice {
            let Value::Choice(given) = value else { return Some("FALSE".to_owned()) };
            let source = cell.source.as_ref()?;
            let Kind::Choice(kind) = &source.field().kind else { return None };
            let place = kind.options.place(*given).min(kind.options.list.len());
            let order = self.option_places(sql, &kind.options);
            let place = self.bind(StoredCell::Integer(place as i64));
            return Some(format!("{order} {sign} {place}"));
        }
        match (class, value) {
            (Class::Text, Value::Text(text)) => {
                // No cell holds U+0000, so a text with one lies just behind what comes before it.
                let (sign, text) = match (text.split_once('\0'), comparison) {
                    (None, _) => (sign, text.as_str()),
                    (Some((head, _)), Comparison::Less | Comparison::LessOrEqual) => ("<=", head),
                    (Some((head, _)), Comparison::Greater | Comparison::GreaterOrEqual) => (">", head),
                };
                let given = self.bind(StoredCell::Text(text.to_owned()));
                // Empty text is an empty cell.
                Some(format!("({sql} {sign} {given} AND {sql} <> '')"))
            }
            (Class::Span, Value::Span { .. }) if class.encode(value) == StoredCell::Null => None,
            (class, value) => match bound_cell(class, value) {
                Some(given) => Some(format!("{sql} {sign} {}", self.bind(given))),
                None => Some("FALSE".to_owned()),
            },
        }
    }

    /// The record above, by its number.
    fn test_parent(&mut self, scope: &Scope, predicate: &Predicate) -> Result<Option<String>> {
        let column = format!("{}.parent", scope.name);
        let here = scope.table.id;
        let number = |value: &Value| match value {
            Value::Reference(RecordAddress { table, record }) if *table == here => {
                Some(StoredCell::Integer(record.0.into()))
            }
            _ => None,
        };
        let (values, all) = match predicate {
            Predicate::IsEmpty => return Ok(Some(format!("coalesce({column}, 0) = 0"))),
            Predicate::Equals(value) => (std::slice::from_ref(value), false),
            Predicate::OneOf(values) | Predicate::HasAny(values) => (values.as_slice(), false),
            Predicate::HasAll(values) | Predicate::SameSet(values) => (values.as_slice(), true),
            Predicate::Contains(needle) => {
                let packed = self.operand(scope, &Operand::System(System::Parent))?.sql;
                return Ok(self.title_contains(&packed, &[here], needle));
            }
            Predicate::Compare(..) | Predicate::During(..) => return Ok(None),
        };
        if all && values.len() != 1 {
            return Ok(None);
        }
        check_number(values)?;
        let cells: Vec<StoredCell> = values.iter().filter_map(number).collect();
        Ok(Some(match cells.len() {
            0 => "FALSE".to_owned(),
            1 => format!("{column} = {}", self.bind_all(cells)),
            _ => format!("{column} IN ({})", self.bind_all(cells)),
        }))
    }
}

/// Whether a cell is empty: null, empty text, false, an empty list or object.
pub fn is_empty(class: Class, sql: &str) -> String {
    match class {
        Class::Text => format!("({sql} IS NULL OR {sql} = '')"),
        Class::Bool => format!("({sql} IS NULL OR {sql} = 0)"),
        Class::Choices | Class::Users | Class::References => format!("({sql} IS NULL OR {sql} = '[]')"),
        Class::Structure => format!("({sql} IS NULL OR {sql} IN ('null', '[]', '{{}}', '\"\"'))"),
        Class::Number
        | Class::Integer
        | Class::Date
        | Class::Instant
        | Class::Time
        | Class::Duration
        | Class::Span
        | Class::Choice
        | Class::Reference
        | Class::User
        | Class::List => format!("{sql} IS NULL"),
    }
}

/// The opposite of a condition that is never null.
pub fn not(sql: &str) -> String {
    format!("NOT ({sql})")
}

/// A test of a value that is always null.
fn of_nothing(predicate: &Predicate) -> String {
    match predicate {
        Predicate::IsEmpty => "TRUE".to_owned(),
        Predicate::Equals(_)
        | Predicate::Compare(..)
        | Predicate::OneOf(_)
        | Predicate::Contains(_)
        | Predicate::HasAny(_)
        | Predicate::HasAll(_)
        | Predicate::SameSet(_)
        | Predicate::During(..) => "FALSE".to_owned(),
    }
}

/// The cell that a value that is not empty would lie in; none when it fits no cell of the class.
pub fn exact_cell(class: Class, value: &Value) -> Option<StoredCell> {
    match value {
        value if value.is_empty() => None,
        // No cell holds it, and not every engine can be asked for it.
        Value::Text(text) if text.contains('\0') => None,
        value => bound_cell(class, value),
    }
}

/// The cell of a value to compare with; none when it is of another class.
fn bound_cell(class: Class, value: &Value) -> Option<StoredCell> {
    match (class, value) {
        // A fraction is equal to no whole number, but lies between two.
        (Class::Integer, Value::Number(number)) if number.fract() != 0.0 || number.abs() >= 9e15 => {
            Some(StoredCell::Real(*number))
        }
        (class, value) => Some(class.encode(value)).filter(|cell| *cell != StoredCell::Null),
    }
}

pub fn check_number(values: &[Value]) -> Result<()> {
    match values.len() <= MOST_VALUES {
        true => Ok(()),
        false => Err(Error::TooLarge { what: "list of values in a condition", limit: MOST_VALUES as u64 }),
    }
}
