//! Scripts as they are kept: with the numbers of tables and fields in the place of their names, so that renaming changes
//! nothing. `@2` is table 2, `@2.3` its field 3.

use crate::ir::{Named, Program};
use crate::syntax::numbered as names;
use crate::syntax::print;
use model::{FieldId, Schema, TableId};

/// A script with numbers in the place of the names that it resolved to tables and fields.
pub fn numbered(source: &str, program: &Program) -> String {
    let mut names: Vec<_> = program.names.iter().collect();
    names.sort_by_key(|(span, _)| span.start);
    names.dedup_by_key(|(span, _)| span.start);
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    for (span, named) in names {
        let (start, end) = (span.start as usize, span.end as usize);
        let (Some(before), true) = (source.get(at..start), end <= source.len()) else { continue };
        out.push_str(before);
        out.push_str(&spelled(*named));
        at = end;
    }
    out.push_str(source.get(at..).unwrap_or_default());
    out
}

/// A kept script with the names that tables and fields have now. What is gone keeps its number.
pub fn named(kept: &str, schema: &Schema) -> String {
    let mut out = String::with_capacity(kept.len());
    let mut at = 0;
    for (span, named) in names::all(kept) {
        let (start, end) = (span.start as usize, span.end as usize);
        out.push_str(&kept[at..start]);
        match name(named, schema) {
            Some(name) => out.push_str(&print::spelled(name)),
            None => out.push_str(&kept[start..end]),
        }
        at = end;
    }
    out.push_str(&kept[at..]);
    out
}

fn spelled(named: Named) -> String {
    match named {
        Named::Table(TableId(table)) => format!("@{table}"),
        Named::Field(TableId(table), FieldId(field)) => format!("@{table}.{field}"),
    }
}

fn name(named: Named, schema: &Schema) -> Option<&str> {
    match named {
        Named::Table(table) => schema.table(table).ok().map(|table| table.name.as_str()),
        Named::Field(table, field) => schema.table(table).ok()?.field(field).ok().map(|field| field.name.as_str()),
    }
}
