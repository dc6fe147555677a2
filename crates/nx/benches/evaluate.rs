//! How fast the evaluator is: rows per second of conditions that stay with it, loops, arithmetic.
//!
//! The host hands out rows that lie in memory, so that what is measured is the evaluator: the rows through the seam, the
//! cells made values, the condition.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::filter::{Operand, System};
use model::query::{Page, Projection, Query, Summary};
use model::time::Instant;
use model::{Change, Error, FieldId, RecordAddress, RecordId, Result, Schema, UserId, Value};
use nx::host::{File, Host, Person};
use nx::testing::MemoryHost;
use nx::{Budget, Limits, Setting};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Invoices, as many as are asked for.
struct Rows {
    schema: Arc<Schema>,
    count: u32,
}

impl Rows {
    fn of(count: u32) -> Rows {
        Rows { schema: Arc::clone(&MemoryHost::sample().memory.schema), count }
    }

    fn cell(&self, record: u32, operand: &Operand) -> Value {
        let field = match operand {
            Operand::Slot(slot) => slot.field,
            Operand::System(System::Id) => return Value::Number(f64::from(record)),
            _ => return Value::Null,
        };
        match field {
            FieldId(2) => Value::text(format!("2024-{record}")),
            FieldId(3) => Value::Number(f64::from(record % 1000)),
            FieldId(4) => Value::Date(19_700 + (record % 365) as i32),
            FieldId(6) => Value::Bool(record.is_multiple_of(2)),
            _ => Value::Null,
        }
    }
}

impl Host for Rows {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn now(&self) -> Instant {
        Instant(0)
    }

    fn random(&mut self) -> f64 {
        0.5
    }

    fn cells(&mut self, record: RecordAddress, operands: &[Operand]) -> Result<Option<Vec<Value>>> {
        Ok(Some(operands.iter().map(|operand| self.cell(record.record.0, operand)).collect()))
    }

    fn select(
        &mut self,
        query: &Query,
        each: &mut dyn FnMut(RecordId, &mut dyn FnMut(usize) -> Value) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let operands: &[Operand] = match &query.projection {
            Projection::Nothing => &[],
            Projection::These(operands) => operands,
        };
        let (first, take) = match query.page {
            Page::All => (1, self.count),
            Page::Window { skip, take } => (skip as u32 + 1, take.min(u64::from(self.count)) as u32),
            Page::After { record, take } => (record.0 + 1, take as u32),
        };
        for record in first..=self.count.min(first + take - 1) {
            if each(RecordId(record), &mut |i| self.cell(record, &operands[i]))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn count(&mut self, _: &Query) -> Result<u64> {
        Ok(u64::from(self.count))
    }

    fn summarize(&mut self, _: &Summary) -> Result<Vec<(Vec<Value>, Vec<Value>)>> {
        Ok(Vec::new())
    }

    fn change(&mut self, change: Change) -> Result<Vec<RecordId>> {
        Err(nx::host::read_only(&change))
    }

    fn user(&self) -> Option<UserId> {
        None
    }

    fn people(&mut self) -> Result<Vec<Person>> {
        Ok(Vec::new())
    }

    fn files(&mut self, _: RecordAddress) -> Result<Vec<File>> {
        Err(Error::Internal("no files here".to_owned()))
    }

    fn place(&self) -> (String, String) {
        (String::new(), String::new())
    }
}

/// Conditions that are never lowered: a number beside a text, a regular expression, a function of the script.
const CONDITIONS: [(&str, &str); 6] = [
    ("number", "cnt(select Invoices where Amount % 7 = 3 and number(Number) = null)"),
    ("mixed", "cnt(select Invoices where Number > Amount and Amount > 100)"),
    ("upper", "cnt(select Invoices where upper(Number) = \"2024-77\")"),
    ("regex", "cnt(select Invoices where testx(Number, \"7$\"))"),
    ("function", "function big(n) do n > 500 end; cnt(select Invoices where big(Amount))"),
    ("sum", "sum((select Invoices where upper(Number) != \"\").(Amount * 2))"),
];

const ROWS: u32 = 100_000;

fn conditions(c: &mut Criterion) {
    let mut group = c.benchmark_group("rows");
    group.throughput(Throughput::Elements(u64::from(ROWS))).sample_size(10);
    let mut host = Rows::of(ROWS);
    for (name, source) in CONDITIONS {
        let program = nx::compile(source, &host.schema, Setting::QUERY).expect("the script is right");
        group.bench_function(name, |b| {
            b.iter(|| nx::run(&program, &mut host, None, &mut Budget::new(Limits::default())).expect("it runs"));
        });
    }
    group.finish();
}

fn loops(c: &mut Criterion) {
    let mut group = c.benchmark_group("turns");
    group.throughput(Throughput::Elements(100_000)).sample_size(10);
    let mut host = Rows::of(0);
    let source = "let t := 0; for i from 0 to 100000 do t := t + i * 2 % 7 end; t";
    let program = nx::compile(source, &host.schema, Setting::QUERY).expect("the script is right");
    group.bench_function("arithmetic", |b| {
        b.iter(|| nx::run(&program, &mut host, None, &mut Budget::new(Limits::default())).expect("it runs"));
    });
    group.finish();
}

criterion_group!(benches, conditions, loops);
criterion_main!(benches);
