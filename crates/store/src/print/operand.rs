//! Operands in SQL: columns, links, the columns every record has, and values of linked records.

use super::compare::FieldRef;
use super::flavor_sql;
use super::reading::Reading;
use crate::database::beside;
use crate::database::catalog::Catalog;
use crate::database::layout::{column_name, link_table, table_name};
use crate::flavor::Flavor;
use crate::index;
use model::filter::{Operand, System};
use model::kind::{Class, Kind, Storage};
use model::table::Shape;
use model::{Error, FieldId, LocaleId, Result, Slot, StoredCell, Table, TableId};
use std::sync::Arc;

/// Longest chain of lookups that is followed; what lies beyond is null.
pub const MAX_CHAIN: usize = 8;

/// Writes SQL and gathers its parameters.
pub struct Printer<'c> {
    pub catalog: &'c Catalog,
    pub flavor: Flavor,
    pub params: Vec<StoredCell>,
    aliases: u32,
    aspect: Aspect,
    guard: Guard,
    /// Whether a result that is no double is left to be found later.
    is_risky: bool,
}

/// Where a result that is no double is found out, to be null.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guard {
    /// Where it arises.
    Here,
    /// By what the whole statement gives, which is quicker: PostgreSQL refuses it, and a sum of SQLite is no double
    /// either. The statement is then to be printed and run once more, with guards where they belong.
    Later,
}

/// What of a text is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aspect {
    /// The text itself.
    Plain,
    /// Its key in the natural order.
    Key,
    /// Its form in which texts that differ only in case are equal.
    Folded,
}

/// A table as a statement calls it.
#[derive(Clone)]
pub struct Scope {
    pub table: Arc<Table>,
    pub name: String,
    /// How `FROM` introduces it.
    pub from: String,
}

/// An operand in SQL.
pub struct Printed {
    pub sql: String,
    pub reading: Reading,
    /// The field whose kind the value has: of a lookup, the field looked up.
    pub source: Option<FieldRef>,
}

/// The records that a link holds.
pub enum Linked {
    /// At most one: its packed address, or null.
    One(String),
    /// Rows of them.
    Rows(Rows),
}

/// Rows with a packed address each.
pub struct Rows {
    pub from: String,
    /// What ties them to the record.
    pub tie: Option<String>,
    pub element: String,
    pub order: String,
    /// How to come from an element back to the records that hold it.
    pub back: Option<Back>,
}

/// The way from an element of a link back: the records are those of `record` where `element` is an address less
/// `offset`.
pub struct Back {
    pub record: String,
    pub element: String,
    pub offset: i64,
}

impl<'c> Printer<'c> {
    pub fn new(catalog: &'c Catalog, flavor: Flavor) -> Printer<'c> {
        Printer {
            catalog,
            flavor,
            params: Vec::new(),
            aliases: 0,
            aspect: Aspect::Plain,
            guard: Guard::Here,
            is_risky: false,
        }
    }

    /// Prints operations with their guards elsewhere.
    pub fn guarded(self, guard: Guard) -> Printer<'c> {
        Printer { guard, ..self }
    }

    /// Where guards are.
    pub fn guard(&self) -> Guard {
        self.guard
    }

    /// Leaves it to what the statement gives whether a result is a double.
    pub fn risk(&mut self) {
        self.is_risky = true;
    }

    /// Whether what the statement gives must be looked at.
    pub fn is_risky(&self) -> bool {
        self.is_risky
    }

    /// Prints with another aspect of texts in the place of the texts themselves.
    pub fn with<T>(&mut self, aspect: Aspect, print: impl FnOnce(&mut Printer<'c>) -> T) -> T {
        let before = std::mem::replace(&mut self.aspect, aspect);
        let printed = print(self);
        self.aspect = before;
        printed
    }

    /// What of texts is printed.
    pub fn aspect(&self) -> Aspect {
        self.aspect
    }

    /// Whether an index orders the texts of an operand, by natural keys or by code points.
    pub fn is_ordered(&self, scope: &Scope, operand: &Operand, natural: bool) -> bool {
        let Operand::Slot(slot) = operand else { return false };
        let column = scope.table.field(slot.field).ok().and_then(|field| field.column(slot.locale));
        column.is_some_and(|column| index::orders(&self.catalog.indexes, scope.table.id, column, natural))
    }

    /// Binds a value and names its place.
    pub fn bind(&mut self, cell: StoredCell) -> String {
        self.params.push(cell);
        format!("?{}", self.params.len())
    }

    /// Binds values and names their places, with commas between them.
    pub fn bind_all(&mut self, cells: impl IntoIterator<Item = StoredCell>) -> String {
        let places: Vec<String> = cells.into_iter().map(|cell| self.bind(cell)).collect();
        places.join(", ")
    }

    /// A name that no other part of the statement has.
    pub fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("r{}", self.aliases)
    }

    /// The live table of a number under its own name.
    pub fn scope(&self, table: TableId) -> Result<Scope> {
        let (known, ground) = (self.catalog.schema.table(table)?.clone(), self.catalog.ground(table)?);
        Ok(Scope { table: known, name: table_name(table), from: ground.source() })
    }

    /// A live table under another name, and how `FROM` introduces it.
    pub fn aliased(&mut self, table: TableId) -> Option<(Scope, String)> {
        let table = self.catalog.schema.table(table).ok()?.clone();
        let name = self.alias();
        let from = self.catalog.ground(table.id).ok()?.aliased(&name);
        Some((Scope { table, name, from: from.clone() }, from))
    }

    /// An operand.
    pub fn operand(&mut self, scope: &Scope, operand: &Operand) -> Result<Printed> {
        match operand {
            Operand::Slot(slot) => Ok(self.slot(scope, *slot, 0)),
            Operand::System(system) => Ok(system_column(scope, *system)),
            Operand::Through { link, slot } => self.through(scope, *link, *slot, |printed| printed),
            Operand::Title(link) => {
                let (sql, reading) = self.titles(scope, *link, 0);
                Ok(Printed { sql, reading, source: None })
            }
            Operand::Expr(expr) => self.worked_out(scope, expr),
        }
    }

    /// An operand to sort by. A box of a linked record that was never checked counts as unchecked, but where there is
    /// no record there is no box.
    pub fn sort_operand(&mut self, scope: &Scope, operand: &Operand) -> Result<Printed> {
        let Operand::Through { link, slot } = operand else { return self.operand(scope, operand) };
        self.through(scope, *link, *slot, |printed| match printed.reading {
            Reading::One(Class::Bool) => {
                Printed { sql: format!("coalesce({}, 0)", printed.sql), source: None, ..printed }
            }
            Reading::Nothing | Reading::One(_) | Reading::Each(_) | Reading::Rolled(_) | Reading::Titles(_) => printed,
        })
    }

    /// The value of a field.
    pub fn slot(&mut self, scope: &Scope, slot: Slot, depth: usize) -> Printed {
        let Some(found) = FieldRef::find(&scope.table, slot.field) else { return Printed::nothing(None) };
        let field = found.field();
        let (sql, reading) = match (field.kind.storage(), field.column(slot.locale)) {
            (Storage::Column(_), Some(column)) => {
                let class = field.kind.class();
                let sql = match (self.aspect, class) {
                    (Aspect::Key, Class::Text) if beside::has_keys(self.flavor, &field.kind) => {
                        beside::key_of(self.flavor, &scope.name, column)
                    }
                    (Aspect::Folded, Class::Text) => beside::folded_of(self.flavor, &scope.name, column),
                    (Aspect::Plain | Aspect::Key | Aspect::Folded, _) => {
                        format!("{}.{}", scope.name, column_name(column))
                    }
                };
                (sql, Reading::One(class))
            }
            (Storage::LinkRows, Some(_)) => match self.linked(scope, slot, depth) {
                Some(Linked::Rows(rows)) => {
                    let select = rows.select(&rows.element, None);
                    (flavor_sql::list_of(self.flavor, &select), Reading::One(Class::References))
                }
                Some(Linked::One(_)) | None => return Printed::nothing(Some(found)),
            },
            (Storage::Column(_) | Storage::LinkRows, None) => return Printed::nothing(Some(found)),
            (Storage::System(system), _) => {
                let printed = system_column(scope, system);
                (printed.sql, printed.reading)
            }
            (Storage::Derived, _) if depth >= MAX_CHAIN => return Printed::nothing(Some(found)),
            (Storage::Derived, _) => self.derived(scope, &found, depth),
        };
        Printed { sql, reading, source: Some(self.source(found)) }
    }

    /// The records that a link field holds; none when it is no link.
    pub fn linked(&mut self, scope: &Scope, slot: Slot, depth: usize) -> Option<Linked> {
        let found = FieldRef::find(&scope.table, slot.field)?;
        let field = found.field();
        match &field.kind {
            Kind::Reference(_) => {
                Some(Linked::One(format!("{}.{}", scope.name, column_name(field.column(slot.locale)?))))
            }
            Kind::Links(_) => {
                let (table, alias) = (link_table(scope.table.id, field.column(slot.locale)?), self.alias());
                Some(Linked::Rows(Rows {
                    from: format!("{table} AS {alias}"),
                    tie: Some(format!("{alias}.owner = {}.id", scope.name)),
                    element: format!("{alias}.target"),
                    order: format!("{alias}.position"),
                    back: Some(Back {
                        record: format!("{alias}.owner"),
                        element: format!("{alias}.target"),
                        offset: 0,
                    }),
                }))
            }
            Kind::Reverse(reverse) => {
                let partner = self.catalog.schema.table(reverse.table).ok()?.clone();
                let link = partner.field(reverse.field).ok()?;
                let (column, alias) = (link.column(LocaleId::NONE)?, self.alias());
                let here = format!("{}.id + {}", scope.name, base(scope.table.id));
                let (from, at, owner) = match link.kind.storage() {
                    Storage::LinkRows => {
                        (format!("{} AS {alias}", link_table(partner.id, column)), "target".to_owned(), "owner")
                    }
                    Storage::Column(_) => {
                        (self.catalog.ground(partner.id).ok()?.aliased(&alias), column_name(column), "id")
                    }
                    Storage::System(_) | Storage::Derived => return None,
                };
                Some(Linked::Rows(Rows {
                    from,
                    tie: Some(format!("{alias}.{at} = {here}")),
                    element: format!("{alias}.{owner} + {}", base(partner.id)),
                    order: format!("{alias}.{owner}"),
                    back: Some(Back {
                        record: format!("{alias}.{at} - {}", base(scope.table.id)),
                        element: format!("{alias}.{owner}"),
                        offset: base(partner.id),
                    }),
                }))
            }
            Kind::Lookup(_) if depth < MAX_CHAIN => {
                let printed = self.slot(scope, slot, depth);
                match printed.reading {
                    Reading::One(Class::Reference) => Some(Linked::One(printed.sql)),
                    Reading::One(Class::References) => Some(Linked::Rows(self.rows_of(&printed.sql))),
                    Reading::One(_) | Reading::Nothing | Reading::Each(_) | Reading::Rolled(_) | Reading::Titles(_) => {
                        None
                    }
                }
            }
            _ => None,
        }
    }

    /// The elements of a JSON array as rows.
    pub fn rows_of(&mut self, array: &str) -> Rows {
        let alias = self.alias();
        Rows {
            from: flavor_sql::each(self.flavor, array, &alias),
            tie: None,
            element: flavor_sql::element(self.flavor, &alias),
            order: flavor_sql::place(self.flavor, &alias),
            back: None,
        }
    }

    /// A value of the record that a link to one record points at, finished by `finish` where that record is.
    fn through(&mut self, scope: &Scope, link: FieldId, slot: Slot, finish: fn(Printed) -> Printed) -> Result<Printed> {
        let Some(Linked::One(packed)) = self.linked(scope, Slot::plain(link), 0) else {
            return Ok(Printed::nothing(None));
        };
        let mut found: Option<Printed> = None;
        for target in self.targets(scope, link) {
            let Some((inner, from)) = self.aliased(target) else { continue };
            let mut printed = finish(self.slot(&inner, slot, 0));
            if let Reading::Nothing = printed.reading {
                continue;
            }
            printed.sql = format!("(SELECT {} FROM {from} WHERE {})", printed.sql, at(&inner, &packed));
            found = Some(match found {
                None => printed,
                Some(before) if before.reads_like(&printed) => {
                    Printed { sql: format!("coalesce({}, {})", before.sql, printed.sql), ..before }
                }
                Some(_) => {
                    return Err(Error::malformed("query", "must not read fields of several kinds through one link"));
                }
            });
        }
        Ok(found.unwrap_or_else(|| Printed::nothing(None)))
    }

    /// The live tables that a link points into.
    pub fn targets(&self, scope: &Scope, link: FieldId) -> Vec<TableId> {
        let Some(found) = FieldRef::find(&scope.table, link) else { return Vec::new() };
        let source = self.source(found);
        let targets: &[TableId] = match &source.field().kind {
            Kind::Reference(kind) => &kind.targets,
            Kind::Links(kind) => &kind.targets,
            Kind::Reverse(kind) => std::slice::from_ref(&kind.table),
            _ => &[],
        };
        targets.iter().copied().filter(|t| self.catalog.schema.table(*t).is_ok()).collect()
    }

    /// The field whose kind the values have: of a lookup, and of a rollup that picks values, the field looked up.
    pub fn source(&self, looked_up: FieldRef) -> FieldRef {
        let mut found = looked_up;
        for _ in 0..MAX_CHAIN {
            let (table, target) = match &found.field().kind {
                Kind::Lookup(lookup) => (lookup.target_table, lookup.target),
                Kind::Rollup(rollup) if rollup.function.picks() => (rollup.target_table, rollup.target),
                _ => break,
            };
            let target = self.catalog.schema.table(table).ok().and_then(|table| FieldRef::find(table, target));
            match target {
                Some(target) => found = target,
                None => break,
            }
        }
        found
    }
}

impl Printed {
    /// What is always null.
    pub fn nothing(source: Option<FieldRef>) -> Printed {
        Printed { sql: "NULL".to_owned(), reading: Reading::Nothing, source }
    }

    /// Whether two operands can stand in one column: plain cells of one class whose order needs no settings.
    fn reads_like(&self, other: &Printed) -> bool {
        match (&self.reading, &other.reading) {
            (Reading::One(Class::Choice | Class::Choices | Class::Reference | Class::References), _) => false,
            (Reading::One(a), Reading::One(b)) => a == b,
            _ => false,
        }
    }
}

impl Rows {
    /// Whether there is a row of which this holds.
    pub fn some(&self, on: &str) -> String {
        let conditions: Vec<&str> = self.tie.as_deref().into_iter().chain((!on.is_empty()).then_some(on)).collect();
        format!("EXISTS (SELECT 1 FROM {} WHERE {})", self.from, conditions.join(" AND "))
    }

    /// A select of `v` from the rows, with a further table if there is one.
    pub fn select(&self, value: &str, with: Option<(&str, &str)>) -> String {
        let mut sql = format!("SELECT {value} AS v FROM {}", self.from);
        if let Some((table, _)) = with {
            sql.push_str(", ");
            sql.push_str(table);
        }
        let conditions: Vec<&str> = self.tie.as_deref().into_iter().chain(with.map(|(_, on)| on)).collect();
        if !conditions.is_empty() {
            sql.push_str(" WHERE ");
            sql.push_str(&conditions.join(" AND "));
        }
        sql.push_str(" ORDER BY ");
        sql.push_str(&self.order);
        sql
    }
}

/// What is added to the number of a record of this table to make its address.
pub fn base(table: TableId) -> i64 {
    i64::from(table.0) << 32
}

/// That a record of the scope is the one of a packed address; of an address in another table none is.
pub fn at(scope: &Scope, packed: &str) -> String {
    format!("{}.id = {packed} - {}", scope.name, base(scope.table.id))
}

/// A column that every record has.
fn system_column(scope: &Scope, system: System) -> Printed {
    let name = &scope.name;
    let (sql, class) = match system {
        System::Id => (format!("{name}.id"), Class::Integer),
        System::Seq => (format!("{name}.seq"), Class::Integer),
        System::CreatedAt => (format!("{name}.created_at"), Class::Instant),
        System::CreatedBy => (format!("{name}.created_by"), Class::User),
        System::ModifiedAt => (format!("{name}.modified_at"), Class::Instant),
        System::ModifiedBy => (format!("{name}.modified_by"), Class::User),
        System::Parent => (format!("(nullif({name}.parent, 0) + {})", base(scope.table.id)), Class::Reference),
        // Without places it is empty text. Where there are places the bare column lies in their index.
        System::Rank if scope.table.shape == Shape::Plain => (format!("coalesce({name}.rank, '')"), Class::Text),
        System::Rank => (format!("{name}.rank"), Class::Text),
        System::Valid => (format!("{name}.valid"), Class::Bool),
    };
    Printed { sql, reading: Reading::One(class), source: None }
}
