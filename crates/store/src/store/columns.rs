//! What a field is in an export: a SQL expression that any SQLite shell can run.
//!
//! Rollups are left out: they are worked out from the rest, by rules that SQL does not have.

use crate::database::catalog::Catalog;
use crate::database::layout::{column_name, link_table};
use model::filter::System;
use model::kind::shared::LEAST_SPAN;
use model::kind::{Class, Storage};
use model::{ColumnId, Field, FieldId, Kind, Table, TableId};
use std::collections::BTreeMap;

/// The tables that the export adds: the names of options and of users.
pub const CHOICES: &str = "export_choices";
pub const USERS: &str = "export_users";

/// How many lookups of lookups are followed.
const MAX_DEPTH: usize = 3;

/// The expressions of the fields of a catalog.
pub struct Columns<'a> {
    pub catalog: &'a Catalog,
    /// The names of the views.
    pub names: &'a BTreeMap<TableId, String>,
}

impl Columns<'_> {
    /// The columns of a table's view: names, not yet told apart, and expressions over its physical table as `r0`.
    pub fn of_table(&self, table: &Table) -> Vec<(String, String)> {
        let mut list = vec![("id".to_owned(), "r0.id".to_owned())];
        if table.shape == model::table::Shape::Tree {
            list.push(("parent".to_owned(), "nullif(r0.parent, 0)".to_owned()));
        }
        for field in table.live_fields() {
            if field.columns.len() > 1 {
                for c in &field.columns {
                    let locale = self.catalog.schema.settings.locales.iter().find(|l| l.id == c.locale);
                    let name = format!("{} [{}]", field.name, locale.map_or("?", |l| l.code.as_str()));
                    list.push((name, self.stored(table.id, field, c.column, 0)));
                }
            } else if let Some(sql) = self.value(table, field, 0) {
                list.push((field.name.clone(), sql));
            }
        }
        list
    }

    /// The value of a field of the row `r{depth}`; none when it cannot be said in SQL.
    fn value(&self, table: &Table, field: &Field, depth: usize) -> Option<String> {
        match field.kind.storage() {
            Storage::Column(_) | Storage::LinkRows => {
                Some(self.stored(table.id, field, field.columns.first()?.column, depth))
            }
            Storage::System(system) => {
                let column = format!("r{depth}.{}", system_column(system));
                Some(self.cell(table.id, field, &column))
            }
            Storage::Derived => match &field.kind {
                Kind::Reverse(_) => {
                    let rows = self.linked(table, field, depth)?;
                    Some(format!("(SELECT json_group_array(v) FROM (SELECT r{}.id AS v {}))", depth + 1, rows.sql))
                }
                Kind::Lookup(lookup) if depth < MAX_DEPTH => {
                    let rows = self.linked(table, table.field(lookup.link).ok()?, depth)?;
                    let other = self.catalog.schema.table(lookup.target_table).ok()?;
                    let value = self.value(other, other.field(lookup.target).ok()?, depth + 1)?;
                    Some(match rows.number {
                        Number::One => format!("(SELECT {value} {})", rows.sql),
                        Number::Many => {
                            format!("(SELECT json_group_array(v) FROM (SELECT {value} AS v {}))", rows.sql)
                        }
                    })
                }
                _ => None,
            },
        }
    }

    fn stored(&self, table: TableId, field: &Field, column: ColumnId, depth: usize) -> String {
        if field.kind.storage() == Storage::LinkRows {
            let links = link_table(table, column);
            let target = self.address(&targets(&field.kind), "target");
            return format!(
                "(SELECT json_group_array(v) FROM (SELECT {target} AS v FROM {links} WHERE owner = r{depth}.id \
                 ORDER BY position))"
            );
        }
        self.cell(table, field, &format!("r{depth}.{}", column_name(column)))
    }

    /// A cell as people read it.
    fn cell(&self, table: TableId, field: &Field, v: &str) -> String {
        let FieldId(number) = field.id;
        let choice = format!("c.table_id = {} AND c.field_id = {number} AND c.id", table.0);
        match field.kind.class() {
            Class::Bool => format!("coalesce({v}, 0)"),
            Class::Number | Class::Integer | Class::Text | Class::Structure | Class::List => v.to_owned(),
            Class::Date => format!("date({v} * 86400, 'unixepoch')"),
            Class::Instant => instant(v),
            Class::Time => format!("strftime('%H:%M:%f', {v} / 1000.0, 'unixepoch')"),
            // In seconds.
            Class::Duration => format!("{v} / 1000.0"),
            Class::Span => {
                let part = |from: usize| instant(&format!("(CAST(substr({v}, {from}, 16) AS INTEGER) + {LEAST_SPAN})"));
                format!("{} || '/' || {}", part(1), part(18))
            }
            Class::Choice => format!("(SELECT c.name FROM {CHOICES} c WHERE {choice} = {v})"),
            Class::Choices => each(v, &format!("JOIN {CHOICES} c ON {choice} = j.value"), "c.name"),
            Class::User => format!("(SELECT u.name FROM {USERS} u WHERE u.id = {v})"),
            Class::Users => each(v, &format!("JOIN {USERS} u ON u.id = j.value"), "u.name"),
            Class::Reference | Class::References => self.address(&targets(&field.kind), v),
        }
    }

    /// A link: the record's number when there is one table it can be of, else the view's name and the number.
    fn address(&self, targets: &[TableId], v: &str) -> String {
        let record = format!("({v} & 4294967295)");
        if targets.len() <= 1 {
            return record;
        }
        let mut sql = format!("CASE {v} >> 32");
        for target in targets {
            let name = self.names.get(target).map_or("?", String::as_str).replace('\'', "''");
            sql.push_str(&format!(" WHEN {} THEN '{name}/' || {record}", target.0));
        }
        sql.push_str(" END");
        sql
    }

    /// The records that a link field of the row `r{depth}` leads to, as `r{depth + 1}`.
    fn linked(&self, table: &Table, link: &Field, depth: usize) -> Option<Linked> {
        let (r, x) = (format!("r{depth}"), format!("r{}", depth + 1));
        // The address of the row itself.
        let own = format!("{} + {r}.id", i64::from(table.id.0) << 32);
        let (number, sql) = match &link.kind {
            Kind::Reference(reference) => {
                let [target] = reference.targets.as_slice() else { return None };
                let column = format!("{r}.{}", column_name(link.columns.first()?.column));
                let from = self.catalog.ground(*target).ok()?.aliased(&x);
                (Number::One, format!("FROM {from} WHERE {x}.id = ({column} & 4294967295)"))
            }
            Kind::Links(links) => {
                let [target] = links.targets.as_slice() else { return None };
                let from = self.catalog.ground(*target).ok()?.aliased(&x);
                let rows = link_table(table.id, link.columns.first()?.column);
                let join = format!("FROM {rows} k JOIN {from} ON {x}.id = (k.target & 4294967295)");
                (Number::Many, format!("{join} WHERE k.owner = {r}.id ORDER BY k.position"))
            }
            Kind::Reverse(reverse) => {
                let other = self.catalog.schema.table(reverse.table).ok()?;
                let field = other.field(reverse.field).ok()?;
                let (from, column) = (self.catalog.ground(other.id).ok()?.aliased(&x), field.columns.first()?.column);
                let sql = if field.kind.storage() == Storage::LinkRows {
                    let rows = link_table(other.id, column);
                    format!("FROM {rows} k JOIN {from} ON {x}.id = k.owner WHERE k.target = {own} ORDER BY {x}.id")
                } else {
                    format!("FROM {from} WHERE {x}.{} = {own} ORDER BY {x}.id", column_name(column))
                };
                (Number::Many, sql)
            }
            _ => return None,
        };
        Some(Linked { number, sql })
    }
}

/// The rows of a link, from `FROM` on.
struct Linked {
    number: Number,
    sql: String,
}

enum Number {
    One,
    Many,
}

fn targets(kind: &Kind) -> Vec<TableId> {
    match kind {
        Kind::Reference(reference) => reference.targets.clone(),
        Kind::Links(links) => links.targets.clone(),
        _ => Vec::new(),
    }
}

/// A list cell as JSON of what its items stand for, in their order.
fn each(v: &str, join: &str, name: &str) -> String {
    format!(
        "CASE WHEN {v} IS NOT NULL THEN (SELECT json_group_array(v) FROM (SELECT {name} AS v FROM json_each({v}) j \
         {join} ORDER BY j.key)) END"
    )
}

fn instant(v: &str) -> String {
    format!("strftime('%Y-%m-%dT%H:%M:%fZ', {v} / 1000.0, 'unixepoch')")
}

fn system_column(system: System) -> &'static str {
    match system {
        System::Id => "id",
        System::CreatedAt => "created_at",
        System::CreatedBy => "created_by",
        System::ModifiedAt => "modified_at",
        System::ModifiedBy => "modified_by",
        System::Seq => "seq",
        System::Parent => "parent",
        System::Rank => "rank",
        System::Valid => "valid",
    }
}
