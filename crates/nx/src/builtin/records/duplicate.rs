//! Copies of records.

use super::RECORDS;
use crate::builtin::given::takes;
use crate::builtin::{Builtin, Context, Effect, result};
use crate::fault::Fault;
use crate::ops;
use crate::value::Value;
use model::change::NewRecord;
use model::error::Subject;
use model::filter::Operand;
use model::{Change, Error, Field, Kind, RecordAddress, Slot, Table};

pub const ROWS: &[Builtin] = &[Builtin {
    name: "duplicate",
    signature: "duplicate(record)",
    summary: "A copy of a record, or of each of an array: all stored fields, but no files and no records that refer to it.",
    effect: Effect::Writes,
    result: result::first,
    examples: &[("duplicate(record(Invoices, 1))", "\"B5\""), ("duplicate(null)", "null")],
    call: |context, arguments| match &arguments[0] {
        Value::Null => Ok(Value::Null),
        Value::Record(address) => copy(context, *address).map(Value::Record),
        Value::Array(items) => {
            ops::check_items(items.len())?;
            let copies = items.iter().map(|item| match item {
                Value::Record(address) => copy(context, *address).map(Value::Record),
                Value::Null => Ok(Value::Null),
                other => Err(takes("duplicate", "records", other)),
            });
            copies.collect::<Result<Vec<_>, _>>().map(Value::array)
        }
        other => Err(takes("duplicate", "a record", other)),
    },
    ..RECORDS
}];

fn copy(context: &mut Context<'_>, address: RecordAddress) -> Result<RecordAddress, Fault> {
    let table = context.host.schema().table(address.table)?.clone();
    let slots = slots(&table);
    let operands: Vec<Operand> = slots.iter().map(|slot| Operand::Slot(*slot)).collect();
    let Some(cells) = context.host.cells(address, &operands)? else {
        return Err(Error::not_found(Subject::Record, crate::host::spelled(address)).into());
    };
    let values = slots.into_iter().zip(cells).filter(|(_, value)| *value != model::Value::Null).collect();
    let record = NewRecord { values, without_defaults: true, ..NewRecord::default() };
    let made = context.host.change(Change::CreateRecords { table: table.id, records: vec![record] })?;
    match made.first() {
        Some(record) => Ok(RecordAddress { table: table.id, record: *record }),
        None => Err(Error::Internal("a host made no record and no error".to_owned()).into()),
    }
}

/// Where the values lie that a copy takes along, in every locale.
fn slots(table: &Table) -> Vec<Slot> {
    let is_copied = |field: &&Field| {
        field.is_writable() && !matches!(field.kind, Kind::Files(_) | Kind::Reverse(_) | Kind::Button(_))
    };
    let of_field = |field: &Field| match field.localized {
        true => field.columns.iter().map(|column| Slot { field: field.id, locale: column.locale }).collect(),
        false => vec![Slot::plain(field.id)],
    };
    table.live_fields().filter(is_copied).flat_map(of_field).collect()
}
