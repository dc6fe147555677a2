//! Any text as an NX script: reading and checking it never panics, its mistakes lie in it and can be drawn, what reads
//! without a mistake prints and reads back as the same tree, and completion answers anywhere.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{Schema, Table, TableId};
use nx::diagnostic::{Mistakes, draw};
use nx::setting::Setting;
use nx::syntax::parse;
use serde_json::json;
use std::sync::{Arc, LazyLock};

/// One table with fields of the kinds that the checker tells apart.
static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| {
    let kinds = [
        ("Name", json!({ "line": {} })),
        ("Amount", json!({ "number": {} })),
        ("Paid", json!({ "boolean": {} })),
        ("Date", json!({ "date": {} })),
        ("Above", json!({ "reference": { "targets": [1] } })),
        ("Below", json!({ "reverse": { "table": 1, "field": 5 } })),
        ("Data", json!({ "json": {} })),
    ];
    let fields: Vec<_> = kinds
        .into_iter()
        .zip(1..)
        .map(|((name, kind), id)| json!({ "id": id, "name": name, "key": format!("f{id}"), "kind": kind }))
        .collect();
    let table: Table = serde_json::from_value(json!({
        "id": 1, "name": "T", "key": "t", "shape": "plain", "primary": 1, "fields": fields, "next_field": 8,
        "next_column": 1,
    }))
    .expect("a table");
    let mut schema = Schema::empty();
    schema.tables.insert(TableId(1), Arc::new(table));
    Arc::new(schema)
});

fuzz_target!(|source: &str| {
    let mut mistakes = Mistakes::of(source);
    let tree = parse(source, &mut mistakes);
    if mistakes.is_empty() {
        let printed = tree.to_string();
        let mut again = Mistakes::of(&printed);
        // Canonical text has more spaces, words and parentheses: close to a bound it may be beyond it, and refused.
        let same = parse(&printed, &mut again) == tree;
        assert!(same || !again.is_empty(), "{source:?} is printed as {printed:?}");
    }
    let cursor = source.len() / 2;
    for setting in [Setting::QUERY, Setting::action(TableId(1))] {
        if let Err(found) = nx::compile(source, &SCHEMA, setting) {
            assert!(!found.is_empty());
            assert!(
                found
                    .iter()
                    .all(|mistake| source.get(mistake.span.start as usize..mistake.span.end as usize).is_some())
            );
            draw(source, &found);
        }
        nx::complete(source, cursor, &SCHEMA, setting);
    }
});
