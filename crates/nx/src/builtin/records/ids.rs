//! Ids as text.

use super::RECORDS;
use crate::builtin::given::{given, takes};
use crate::builtin::{Builtin, Context, Effect, First, result};
use crate::fault::Fault;
use crate::ir::Access;
use crate::ops;
use crate::spelling::letters;
use crate::value::Value;
use model::Table;
use std::sync::Arc;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "tableId",
        signature: "tableId(record or Table or \"name\")",
        summary: "The id of a record's table, or of a table of a name.",
        first: First::TableOrValue,
        effect: Effect::Reads,
        result: result::text,
        examples: &[
            ("tableId(Invoices)", "\"B\""),
            ("tableId(\"Invoices\")", "\"B\""),
            ("tableId(record(Customers, 1))", "\"A\""),
            ("tableId(null)", "null"),
        ],
        call: |context, arguments| {
            let table = given!(table_of(context, "tableId", &arguments[0])?);
            Ok(Value::text(letters(table.id.0)))
        },
        ..RECORDS
    },
    Builtin {
        name: "fieldId",
        signature: "fieldId(record or Table or \"name\", \"name\")",
        summary: "The id of a field of a name.",
        arity: (2, Some(2)),
        first: First::TableOrValue,
        effect: Effect::Reads,
        result: result::text,
        examples: &[
            ("fieldId(Customers, \"Last Name\")", "\"B\""),
            ("fieldId(record(Customers, 1), \"email\")", "\"C\""),
            ("fieldId(null, \"Email\")", "null"),
        ],
        call: |context, arguments| {
            let table = given!(table_of(context, "fieldId", &arguments[0])?);
            let name = given!(context.text(&arguments[1])?);
            match ops::field_of(&table, &name) {
                Some(Access::Field(id)) => Ok(Value::text(letters(id.0))),
                Some(Access::System(_) | Access::Itself) => Ok(Value::Text(name)),
                None => Err(Fault::script(format!("{} has no field {name}", table.name))),
            }
        },
        ..RECORDS
    },
    Builtin {
        name: "databaseId",
        signature: "databaseId()",
        summary: "The id of the database.",
        arity: (0, Some(0)),
        effect: Effect::Reads,
        result: result::text,
        examples: &[("databaseId()", "\"abcdefghij12\"")],
        call: |context, _| Ok(Value::text(context.host.place().0)),
        ..RECORDS
    },
    Builtin {
        name: "teamId",
        signature: "teamId()",
        summary: "The id of the team that the database belongs to.",
        arity: (0, Some(0)),
        effect: Effect::Reads,
        result: result::text,
        examples: &[("teamId()", "\"mAnyTonGue0000001\"")],
        call: |context, _| Ok(Value::text(context.host.place().1)),
        ..RECORDS
    },
];

/// The table of a record, of a name in the script or of a text.
fn table_of(context: &mut Context<'_>, function: &str, value: &Value) -> Result<Option<Arc<Table>>, Fault> {
    let schema = context.host.schema();
    match value {
        Value::Null => Ok(None),
        Value::Table(id) => Ok(Some(schema.table(*id)?.clone())),
        Value::Record(address) => Ok(Some(schema.table(address.table)?.clone())),
        Value::Text(name) => match ops::table_named(schema, name) {
            Some(table) => Ok(Some(table.clone())),
            None => Err(Fault::script(format!("{function}: there is no table {name}"))),
        },
        other => Err(takes(function, "a record or a table", other)),
    }
}
