//! Records by their numbers.

use super::RECORDS;
use crate::builtin::given::{given, items, takes};
use crate::builtin::{Builtin, Context, Effect, First, result};
use crate::fault::Fault;
use crate::ops;
use crate::value::Value;
use model::filter::{Filter, Operand, Predicate, System, Test};
use model::query::Query;
use model::{RecordAddress, RecordId, TableId};
use std::collections::HashSet;
use std::ops::ControlFlow;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "record",
        signature: "record(Table, n)",
        summary: "The record of a number; null when it does not exist.",
        arity: (2, Some(2)),
        first: First::Table,
        effect: Effect::Reads,
        result: result::first,
        examples: &[
            ("record(Customers, 1)", "\"A1\""),
            ("record(Customers, 99)", "null"),
            ("record(Customers, 1.5)", "null"),
            ("record(Customers, null)", "null"),
        ],
        call: |context, arguments| {
            let table = table("record", &arguments[0])?;
            let address = given!(number(table, &arguments[1]));
            let is_there = context.host.cells(address, &[])?.is_some();
            Ok(if is_there { Value::Record(address) } else { Value::Null })
        },
        ..RECORDS
    },
    Builtin {
        name: "records",
        signature: "records(Table, [n, ...])",
        summary: "The records of numbers, in their order; those that do not exist are left out.",
        arity: (2, Some(2)),
        first: First::Table,
        effect: Effect::Reads,
        result: |types| result::first(types).array(),
        examples: &[
            ("records(Customers, [3, 99, 1, 3])", "[\"A3\",\"A1\",\"A3\"]"),
            ("records(Customers, null)", "[]"),
        ],
        call: records,
        ..RECORDS
    },
];

/// Most numbers that are asked for at once.
const MANY: usize = 500;

/// The table that the first argument names.
pub fn table(function: &str, value: &Value) -> Result<TableId, Fault> {
    match value {
        Value::Table(table) => Ok(*table),
        other => Err(takes(function, "a table first", other)),
    }
}

/// The record that a number, a text that is one, or a record of the table is about.
fn number(table: TableId, value: &Value) -> Option<RecordAddress> {
    if let Value::Record(address) = value {
        return Some(*address).filter(|address| address.table == table);
    }
    let number = ops::to_number(value)?;
    let is_one = number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&number);
    is_one.then_some(RecordAddress { table, record: RecordId(number as u32) })
}

fn records(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let table = table("records", &arguments[0])?;
    let wanted: Vec<RecordAddress> = items(&arguments[1]).iter().filter_map(|value| number(table, value)).collect();
    let mut there: HashSet<RecordId> = HashSet::new();
    for part in wanted.chunks(MANY) {
        let ids = part.iter().map(|address| model::Value::Number(f64::from(address.record.0))).collect();
        let test = Test { operand: Operand::System(System::Id), predicate: Predicate::OneOf(ids) };
        let query = Query { filter: Filter::Test(test), ..Query::table(table) };
        context.host.select(&query, &mut |id, _| {
            there.insert(id);
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(Value::array(wanted.into_iter().filter(|address| there.contains(&address.record)).map(Value::Record).collect()))
}
