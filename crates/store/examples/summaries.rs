//! What a summary costs beside the same statement written by hand: `cargo run --release -p store --example summaries`.
//! With `MANYTONGUE_TEST_ENGINE=postgres` both run on PostgreSQL. The number of records may be given.

use model::expr::{Expr, Function, Operation, Relation};
use model::filter::{Operand, System};
use model::kind::NoNames;
use model::query::{Aggregate, Direction, Measure, Sort, Source, Summary, TextOrder};
use model::time::Instant as Moment;
use model::{Cell, DatabaseKey, FieldId, Filter, RecordAddress, RecordId, Slot, Table, TableId, Value};
use serde_json::json;
use std::time::{Duration, Instant};
use store::database::{Database, tables};
use store::index::AdvisorOptions;
use store::print;
use store::tx::GO_ON;
use testbed::Bed;

const CUSTOMERS: TableId = TableId(1);
const INVOICES: TableId = TableId(2);
const AMOUNT: FieldId = FieldId(2);
const QUANTITY: FieldId = FieldId(3);
const PAID: FieldId = FieldId(4);
const DAY: FieldId = FieldId(5);
const STATUS: FieldId = FieldId(6);
const CUSTOMER: FieldId = FieldId(7);

/// Runs of each statement; the quickest counts.
const RUNS: usize = 7;

fn main() {
    let rows = std::env::args().nth(1).and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000u32);
    let bed = Bed::new();
    let key = DatabaseKey::parse("abcdefghijkl").expect("a key");
    let database =
        bed.database(key, AdvisorOptions { enabled: false, ..AdvisorOptions::default() }, 0).expect("it opens");
    fill(&database, rows);
    println!("{:32} {:>10} {:>10} {:>6}", format!("{rows} records"), "by hand", "here", "ratio");
    for (name, summary, sql) in cases() {
        let here = quickest(|| summarized(&database, &summary));
        let by_hand = quickest(|| run(&database, sql));
        let ratio = here.as_secs_f64() / by_hand.as_secs_f64();
        println!("{name:32} {:>7.1} ms {:>7.1} ms {ratio:>6.2}", ms(by_hand), ms(here));
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn quickest(mut work: impl FnMut()) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let (start, busy) = (Instant::now(), processor_time());
        work();
        let took = match (busy, processor_time()) {
            (Some(before), Some(after)) => after - before,
            _ => start.elapsed(),
        };
        best = best.min(took);
    }
    best
}

/// What this thread has had of a processor, where that can be known and the work is done here: others may be busy.
fn processor_time() -> Option<Duration> {
    if testbed::on_postgres() {
        return None;
    }
    let known = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    known.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn summarized(database: &Database, summary: &Summary) {
    let names = NoNames(Moment(0));
    let lines = database.read_blocking(|read| print::summarize(read.tx, &read.catalog, summary, &names));
    assert!(!lines.expect("it is summarized").is_empty());
}

fn run(database: &Database, sql: &str) {
    let mut lines = 0;
    let read = database.read_blocking(|read| {
        read.tx.query(sql, &[], &mut |row| {
            std::hint::black_box(matches!(row.cell(0), Cell::Null));
            lines += 1;
            Ok(GO_ON)
        })
    });
    read.expect("it runs");
    assert!(lines > 0);
}

fn cell(field: FieldId) -> Expr {
    Expr::Cell(Operand::Slot(Slot::plain(field)))
}

fn compare(left: Expr, relation: Relation, value: Value) -> Filter {
    Filter::Holds(Expr::Compare { relation, left: left.into(), right: Expr::constant(value).into() })
}

/// Names, summaries, and the same in SQL.
fn cases() -> Vec<(&'static str, Summary, &'static str)> {
    let product =
        || Expr::Calculate { operation: Operation::Multiply, left: cell(AMOUNT).into(), right: cell(QUANTITY).into() };
    let measure = |function, field: FieldId| Measure { function, over: Operand::Slot(Slot::plain(field)) };
    let count = || vec![Measure { function: Aggregate::Count, over: Operand::System(System::Id) }];
    let sum_of = |expr| vec![Measure { function: Aggregate::Sum, over: Operand::expr(expr) }];
    let summary = |filter, measures| Summary {
        source: Source::Table(INVOICES),
        filter,
        search: None,
        group: Vec::new(),
        measures,
    };
    let by_status = Sort {
        by: Operand::Slot(Slot::plain(STATUS)),
        direction: Direction::Ascending,
        order: TextOrder::Codepoint,
        ranks: None,
        bucket: None,
    };
    let month = Expr::Call { function: Function::Month, arguments: vec![cell(DAY)] };
    let at = Expr::At { link: CUSTOMER, table: CUSTOMERS, of: cell(FieldId(1)).into() };
    let number_of = Expr::Call { function: Function::Number, arguments: vec![cell(CUSTOMER)] };
    let dear = || compare(cell(AMOUNT), Relation::Greater, Value::Number(900.0));
    vec![
        ("count where amount > 900", summary(dear(), count()), "SELECT count(*) FROM t2 WHERE f2 > 900.0"),
        ("count where paid", summary(Filter::Holds(cell(PAID)), count()), "SELECT count(*) FROM t2 WHERE f4 <> 0"),
        (
            "count where amount * quantity",
            summary(compare(product(), Relation::Greater, Value::Number(5000.0)), count()),
            "SELECT count(*) FROM t2 WHERE f2 * f3 > 5000.0",
        ),
        (
            "count where month(day) = 3",
            summary(compare(month, Relation::Equal, Value::Number(3.0)), count()),
            match testbed::on_postgres() {
                false => "SELECT count(*) FROM t2 WHERE strftime('%m', f5 * 86400, 'unixepoch') = '03'",
                true => "SELECT count(*) FROM t2 WHERE extract(month FROM DATE '1970-01-01' + f5::int) = 3",
            },
        ),
        (
            "count where customer.name = x",
            summary(compare(at, Relation::Equal, Value::text("customer 77")), count()),
            "SELECT count(*) FROM t2 WHERE f7 IN (SELECT id + 4294967296 FROM t1 WHERE f1 = 'customer 77')",
        ),
        (
            "count where customer.id = n",
            summary(compare(number_of, Relation::Equal, Value::Number(77.0)), count()),
            "SELECT count(*) FROM t2 WHERE f7 = 77 + 4294967296",
        ),
        ("sum", summary(Filter::all(), vec![measure(Aggregate::Sum, AMOUNT)]), "SELECT sum(f2) FROM t2"),
        ("average", summary(Filter::all(), vec![measure(Aggregate::Average, AMOUNT)]), "SELECT avg(f2) FROM t2"),
        (
            "min, max",
            summary(Filter::all(), vec![measure(Aggregate::Min, AMOUNT), measure(Aggregate::Max, AMOUNT)]),
            "SELECT min(f2), max(f2) FROM t2",
        ),
        (
            "sum of whole numbers",
            summary(Filter::all(), vec![measure(Aggregate::Sum, QUANTITY)]),
            "SELECT sum(f3) FROM t2",
        ),
        (
            "sum where amount > 900",
            summary(dear(), vec![measure(Aggregate::Sum, AMOUNT)]),
            "SELECT sum(f2) FROM t2 WHERE f2 > 900.0",
        ),
        ("sum of amount * quantity", summary(Filter::all(), sum_of(product())), "SELECT sum(f2 * f3) FROM t2"),
        (
            "sum by status",
            Summary { group: vec![by_status], ..summary(Filter::all(), vec![measure(Aggregate::Sum, AMOUNT)]) },
            "SELECT f6, sum(f2) FROM t2 GROUP BY f6",
        ),
    ]
}

fn table(id: TableId, fields: &[(&str, &str)]) -> Table {
    let field = |(i, (name, kind)): (usize, &(&str, &str))| {
        let kind: model::Json = serde_json::from_str(kind).expect("a kind");
        json!({ "id": i + 1, "name": name, "key": name, "kind": kind, "columns": [{ "locale": 0, "column": i + 1 }] })
    };
    let fields: Vec<model::Json> = fields.iter().enumerate().map(field).collect();
    let table = json!({
        "id": id, "name": "T", "key": "t", "shape": "plain", "primary": 1, "fields": fields,
        "next_field": 99, "next_column": 99,
    });
    serde_json::from_value(table).expect("a table")
}

fn fill(database: &Database, rows: u32) {
    let line = r#"{"line":{}}"#;
    let customers = table(CUSTOMERS, &[("name", line)]);
    let reference = r#"{"reference":{"targets":[1]}}"#;
    let invoices = table(
        INVOICES,
        &[
            ("name", line),
            ("amount", r#"{"number":{}}"#),
            ("quantity", r#"{"integer":{}}"#),
            ("paid", r#"{"boolean":{}}"#),
            ("day", r#"{"date":{}}"#),
            ("status", line),
            ("customer", reference),
        ],
    );
    let made = database.write_blocking(move |w| {
        tables::create(w, &customers)?;
        tables::create(w, &invoices)
    });
    made.expect("tables");
    let customer = |i: u32| vec![Value::text(format!("customer {i}"))];
    let invoice = |i: u32| {
        let address = RecordAddress { table: CUSTOMERS, record: RecordId(i % 1000 + 1) };
        vec![
            Value::text(format!("invoice {i}")),
            Value::Number(f64::from(i.wrapping_mul(2_654_435_761) % 100_000) / 100.0),
            Value::Number(f64::from(i % 12 + 1)),
            Value::Bool(i.is_multiple_of(3)),
            Value::Date(19_000 + (i % 1500) as i32),
            Value::text(["open", "sent", "late", "done"][i as usize % 4]),
            Value::Reference(address),
        ]
    };
    insert(database, CUSTOMERS, 1000, &customer);
    insert(database, INVOICES, rows, &invoice);
}

fn insert(database: &Database, table: TableId, rows: u32, row: &(dyn Fn(u32) -> Vec<Value> + Sync)) {
    let mut next = 0;
    while next < rows {
        let end = (next + 10_000).min(rows);
        let records: Vec<Vec<Value>> = (next..end).map(row).collect();
        let first = next + 1;
        let written = database.write_blocking(move |w| {
            let catalog = w.catalog();
            let layout = catalog.layout(table)?;
            for (id, values) in (first..).zip(&records) {
                let cells: Vec<model::StoredCell> =
                    layout.columns.iter().zip(values).map(|(column, value)| column.class.encode(value)).collect();
                let stamp = store::database::records::Stamp { at: 0, by: None };
                let new = store::database::records::NewRow {
                    id: RecordId(id),
                    cells: &cells,
                    valid: true,
                    parent: None,
                    rank: None,
                };
                store::database::records::insert(w, layout, stamp, &new)?;
            }
            Ok(())
        });
        written.expect("records");
        next = end;
    }
    if testbed::on_postgres() {
        let analyzed = database.write_blocking(move |w| w.tx.script(&format!("ANALYZE t{}", table.0)));
        analyzed.expect("statistics");
    }
}
