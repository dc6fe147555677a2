//! How long a script takes from text to checked tree: a hundred lines are to take less than a millisecond.

use criterion::{Criterion, criterion_group, criterion_main};
use model::{Schema, Table, TableId};
use nx::diagnostic::Mistakes;
use nx::setting::Setting;
use nx::syntax::parse;
use serde_json::json;
use std::hint::black_box;
use std::sync::Arc;

/// Five lines, as scripts have them.
const LINES: &str = "\
let total := 0;
for invoice in select Invoices where Paid and Amount > 3 do
  if invoice.Amount > 100 then total := total + invoice.Amount * 1.19 else total := total - 1 end;
  (select Invoices where Customer = invoice.Customer).{ number: Number, text: ---No. {Number}--- }
end;
";

fn schema() -> Arc<Schema> {
    let names = ["Number", "Amount", "Customer", "Paid"];
    let kinds = ["integer", "number", "line", "boolean"];
    let fields = names
        .iter()
        .zip(kinds)
        .zip(1..)
        .map(|((name, kind), id)| json!({ "id": id, "name": name, "key": format!("f{id}"), "kind": { kind: {} } }));
    let table: Table = serde_json::from_value(json!({
        "id": 1, "name": "Invoices", "key": "invoices", "shape": "plain", "primary": 1,
        "fields": fields.collect::<Vec<_>>(), "next_field": 5, "next_column": 1,
    }))
    .expect("a table");
    let mut schema = Schema::empty();
    schema.tables.insert(TableId(1), Arc::new(table));
    Arc::new(schema)
}

fn language(criterion: &mut Criterion) {
    let script = LINES.repeat(20);
    let schema = schema();
    criterion.bench_function("parse 100 lines", |bencher| {
        bencher.iter(|| parse(black_box(&script), &mut Mistakes::of(&script)));
    });
    criterion.bench_function("parse and check 100 lines", |bencher| {
        bencher.iter(|| nx::compile(black_box(&script), &schema, Setting::EXEC).expect("it has no mistakes"));
    });
    let tree = parse(&script, &mut Mistakes::of(&script));
    criterion.bench_function("print 100 lines", |bencher| bencher.iter(|| black_box(&tree).to_string()));
}

criterion_group!(benches, language);
criterion_main!(benches);
