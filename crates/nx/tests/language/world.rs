//! A schema and a few functions for scripts to be checked against.

use model::{FieldId, Schema, Table, TableId};
use nx::builtin::{Builtin, Context, Effect, First, Group};
use nx::diagnostic::Diagnostic;
use nx::fault::Fault;
use nx::ir::Program;
use nx::program::compile_with;
use nx::setting::Setting;
use nx::types::Type;
use nx::value::Value;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// `A` Customers, `B` Invoices, `C` Items, and two tables named Tasks.
pub fn schema() -> Arc<Schema> {
    let options = json!({ "list": [{ "id": 1, "name": "New" }, { "id": 2, "name": "Active" }], "next": 3 });
    let customers = [
        ("First Name", json!({ "line": {} })),
        ("Name", json!({ "line": {} })),
        ("Email", json!({ "email": {} })),
        ("Status", json!({ "choice": { "options": options } })),
        ("Tags", json!({ "multi_choice": { "options": options } })),
        ("Invoices", json!({ "reverse": { "table": 2, "field": 3 } })),
        ("Since", json!({ "date": {} })),
    ];
    let invoices = [
        ("Number", json!({ "integer": {} })),
        ("Amount", json!({ "number": {} })),
        ("Customer", json!({ "reference": { "targets": [1] } })),
        ("Paid", json!({ "boolean": {} })),
        ("Date", json!({ "date": {} })),
        ("Due at", json!({ "date_time": {} })),
        ("Items", json!({ "links": { "targets": [3] } })),
        ("Data", json!({ "json": {} })),
        ("Owner", json!({ "user": {} })),
        ("Total", json!({ "formula": { "expression": "sum(Items.Price)" } })),
        ("Customer name", json!({ "lookup": { "link": 3, "target_table": 1, "target": 2 } })),
        ("Prices", json!({ "lookup": { "link": 7, "target_table": 3, "target": 2 } })),
        ("Sum", json!({ "rollup": { "link": 7, "target_table": 3, "target": 2, "function": "sum" } })),
        ("About", json!({ "reference": { "targets": [1, 3] } })),
    ];
    let items = [("Title", json!({ "line": {} })), ("Price", json!({ "number": {} }))];
    let tasks = [("Title", json!({ "line": {} }))];
    let mut schema = Schema::empty();
    let tables: [(&str, &[(&str, Json)]); 5] =
        [("Customers", &customers), ("Invoices", &invoices), ("Items", &items), ("Tasks", &tasks), ("Tasks", &tasks)];
    for ((name, fields), id) in tables.into_iter().zip(1..) {
        schema.tables.insert(TableId(id), Arc::new(table(id, name, fields)));
    }
    Arc::new(schema)
}

fn table(id: u32, name: &str, fields: &[(&str, Json)]) -> Table {
    let fields: Vec<Json> = fields
        .iter()
        .zip(1..)
        .map(|((name, kind), id)| json!({ "id": id, "name": name, "key": format!("f{id}"), "kind": kind }))
        .collect();
    let next = fields.len() + 1;
    serde_json::from_value(json!({
        "id": id, "name": name, "key": format!("t{id}"), "shape": "plain", "primary": FieldId(1),
        "fields": fields, "next_field": next, "next_column": 1,
    }))
    .expect("a table")
}

fn not_run(_: &mut Context<'_>, _: &[Value]) -> Result<Value, Fault> {
    Err(Fault::script("the checker runs nothing"))
}

const ROW: Builtin = Builtin {
    name: "",
    signature: "",
    summary: "",
    group: Group::Collections,
    arity: (1, Some(1)),
    first: First::Value,
    effect: Effect::Pure,
    result: |_| Type::Any,
    examples: &[],
    call: not_run,
};

/// A row of each kind that the checker tells apart.
pub static FUNCTIONS: &[&[Builtin]] = &[
    &[
        Builtin { name: "sum", signature: "sum(a)", result: |_| Type::Number, ..ROW },
        Builtin { name: "cnt", signature: "cnt(a)", result: |_| Type::Number, ..ROW },
        Builtin { name: "first", signature: "first(a)", result: |types| types[0].each(), ..ROW },
        Builtin { name: "text", signature: "text(x)", result: |_| Type::Text, ..ROW },
        Builtin { name: "parseJSON", signature: "parseJSON(t)", ..ROW },
        Builtin { name: "join", signature: "join(a, sep)", arity: (2, Some(2)), result: |_| Type::Text, ..ROW },
        Builtin { name: "max", signature: "max(a, …)", arity: (1, None), result: |_| Type::Number, ..ROW },
        Builtin { name: "substr", signature: "substr(t, start [, len])", arity: (2, Some(3)), ..ROW },
    ],
    &[
        Builtin {
            name: "record",
            signature: "record(T, n)",
            arity: (2, Some(2)),
            first: First::Table,
            effect: Effect::Reads,
            result: |types| types[0].clone(),
            ..ROW
        },
        Builtin { name: "tableId", signature: "tableId(r)", first: First::TableOrValue, result: |_| Type::Text, ..ROW },
        Builtin {
            name: "now",
            signature: "now()",
            arity: (0, Some(0)),
            effect: Effect::Volatile,
            result: |_| Type::DateTime,
            ..ROW
        },
        Builtin { name: "set", signature: "set(r, name, v)", arity: (3, Some(3)), effect: Effect::Writes, ..ROW },
    ],
];

/// A script, checked.
pub fn checked(source: &str, setting: Setting) -> Result<Program, Vec<Diagnostic>> {
    compile_with(source, &schema(), setting, FUNCTIONS)
}
