//! Fields by names that are known only when a script runs.

use super::RECORDS;
use crate::builtin::given::{given, takes};
use crate::builtin::{Builtin, Context, Effect, result};
use crate::fault::Fault;
use crate::ir::Access;
use crate::ops;
use crate::value::Value;
use model::change::RecordUpdate;
use model::filter::Operand;
use model::{Change, RecordAddress, Slot};

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "get",
        signature: "get(record, \"name\")",
        summary: "The value of a field by its name, or of a key of an object.",
        arity: (2, Some(2)),
        effect: Effect::Reads,
        examples: &[
            ("get(record(Customers, 1), \"First Name\")", "\"Ada\""),
            ("get(record(Customers, 1), \"status\")", "\"Active\""),
            ("get(record(Customers, 1), \"Invoices\")", "[\"B1\",\"B2\"]"),
            ("get(record(Customers, 3), \"Age\")", "null"),
            ("get({ a: 1 }, \"a\")", "1"),
            ("get(null, \"a\")", "null"),
        ],
        call: |context, arguments| {
            let name = given!(context.text(&arguments[1])?);
            match &arguments[0] {
                Value::Null => Ok(Value::Null),
                Value::Object(object) => Ok(ops::key(object, &name).cloned().unwrap_or_default()),
                Value::Record(address) => read(context, *address, access(context, "get", *address, &name)?),
                other => Err(takes("get", "a record", other)),
            }
        },
        ..RECORDS
    },
    Builtin {
        name: "set",
        signature: "set(record, \"name\", value)",
        summary: "Writes a field by its name, and gives the value.",
        arity: (3, Some(3)),
        effect: Effect::Writes,
        result: result::last,
        examples: &[
            ("set(record(Customers, 3), \"Age\", \"41\")", "\"41\""),
            ("get(record(Customers, first([3, set(record(Customers, 3), \"Age\", 41)])), \"Age\")", "41"),
        ],
        call: |context, arguments| {
            let name = given!(context.text(&arguments[1])?);
            let address = match &arguments[0] {
                Value::Record(address) => *address,
                other => return Err(takes("set", "a record", other)),
            };
            let Access::Field(id) = access(context, "set", address, &name)? else {
                return Err(Fault::script(format!("{name} cannot be written")));
            };
            let schema = context.host.schema();
            let field = schema.table(address.table)?.field(id)?;
            let value = ops::assign(&arguments[2], &field.kind, schema)
                .map_err(|fault| Fault::script(format!("{} {fault}", field.name)))?;
            let update = RecordUpdate { record: address.record, values: vec![(Slot::plain(id), value)] };
            context.host.change(Change::UpdateRecords { table: address.table, updates: vec![update] })?;
            Ok(arguments[2].clone())
        },
        ..RECORDS
    },
];

/// What a name means in a record.
fn access(context: &Context<'_>, function: &str, address: RecordAddress, name: &str) -> Result<Access, Fault> {
    let table = context.host.schema().table(address.table)?;
    ops::field_of(table, name).ok_or_else(|| Fault::script(format!("{function}: {} has no field {name}", table.name)))
}

/// Reads a field or what every record has; null of a record that is not there.
fn read(context: &mut Context<'_>, address: RecordAddress, access: Access) -> Result<Value, Fault> {
    let operand = match access {
        Access::Itself => return Ok(Value::Record(address)),
        Access::Field(id) => Operand::Slot(Slot::plain(id)),
        Access::System(system) => Operand::System(system),
    };
    let cell = given!(context.host.cells(address, &[operand])?).pop().unwrap_or_default();
    match access {
        Access::Field(id) => match ops::origin(context.host.schema(), address.table, id) {
            Some((table, field)) => Ok(ops::from_model(&cell, (table, field.id, &field.kind))),
            None => Ok(ops::from_plain(&cell)),
        },
        Access::System(_) | Access::Itself => Ok(ops::from_plain(&cell)),
    }
}
