//! A database of customers and invoices for the tests of scripts and formulas.
#![allow(dead_code, reason = "each test uses a part")]

use engine::access::FirstStart;
use engine::ports::Ports;
use engine::{Engine, Made, Receipt, ScriptPlace, View, WriteContext};
use model::change::{Change, NewField, NewRecord, NewTable, RecordUpdate};
use model::filter::Operand;
use model::kind::formula::Formula;
use model::kind::reference::Reference;
use model::kind::{Kind, boolean, date, line, number};
use model::query::Projection;
use model::{Actor, DatabaseKey, FieldId, Json, RecordAddress, RecordId, Result, Slot, TableId, Value};
use std::sync::Arc;
use testbed::Bed;

pub struct Bench {
    pub engine: Engine,
    pub actor: Arc<Actor>,
    pub database: DatabaseKey,
    _bed: Bed,
}

/// Customers: Name, Discount; and the reverse of the invoices.
pub const CUSTOMERS: TableId = TableId(1);
pub const NAME: FieldId = FieldId(1);
pub const DISCOUNT: FieldId = FieldId(2);
/// Invoices: Title, Price, Quantity, Paid, Day, Customer.
pub const INVOICES: TableId = TableId(2);
pub const TITLE: FieldId = FieldId(1);
pub const PRICE: FieldId = FieldId(2);
pub const QUANTITY: FieldId = FieldId(3);
pub const PAID: FieldId = FieldId(4);
pub const DAY: FieldId = FieldId(5);
pub const CUSTOMER: FieldId = FieldId(6);

pub fn text_field(name: &str) -> NewField {
    NewField::of(name, Kind::Line(line::Line::default()))
}

pub fn number_field(name: &str) -> NewField {
    NewField::of(name, Kind::Number(number::Number::default()))
}

pub fn formula_field(name: &str, script: &str) -> NewField {
    NewField::of(name, Kind::Formula(Formula::new(script, script)))
}

pub fn customer(number: u32) -> Value {
    Value::Reference(RecordAddress { table: CUSTOMERS, record: RecordId(number) })
}

/// A database with both tables, without records.
pub async fn bench() -> Bench {
    let bed = Bed::new();
    let engine = Engine::open(bed.store(), Ports::system()).expect("an engine");
    let owner = FirstStart { name: "Owner", email: "a@example.com", password: "correct-horse-7", token: None };
    let made = engine.first_start(owner).expect("a start").expect("things");
    let actor = Arc::new(Actor::local(Some(made.user)));
    let bench = Bench { _bed: bed, engine, actor, database: made.database };
    let customers = NewTable {
        name: "Customers".to_owned(),
        fields: vec![text_field("Name"), number_field("Discount")],
        ..NewTable::default()
    };
    let paid = NewField::of("Paid", Kind::Boolean(boolean::Boolean::default()));
    let day = NewField::of("Day", Kind::Date(date::Date::default()));
    let mut to =
        NewField::of("Customer", Kind::Reference(Reference { targets: vec![CUSTOMERS], ..Reference::default() }));
    to.reverse_name = Some("Invoices".to_owned());
    let fields = vec![text_field("Title"), number_field("Price"), number_field("Quantity"), paid, day, to];
    let invoices = NewTable { name: "Invoices".to_owned(), fields, ..NewTable::default() };
    for table in [customers, invoices] {
        bench.write(vec![Change::CreateTable { table: Box::new(table) }]).await.expect("a table");
    }
    bench
}

impl Bench {
    pub async fn write(&self, changes: Vec<Change>) -> Result<Vec<Made>> {
        let render = |_: &mut View<'_>, receipt: &Receipt| Ok(receipt.made.clone());
        let context = WriteContext { client: Some("test".to_owned()), ..WriteContext::default() };
        self.engine.write(&self.actor, self.database, context, move |_| Ok(changes.clone()), render).await
    }

    pub async fn create(&self, table: TableId, rows: &[&[(FieldId, Value)]]) -> Vec<RecordId> {
        let values = |row: &&[(FieldId, Value)]| row.iter().map(|(f, v)| (Slot::plain(*f), v.clone())).collect();
        let records = rows.iter().map(|row| NewRecord { values: values(row), ..NewRecord::default() }).collect();
        match self.write(vec![Change::CreateRecords { table, records }]).await.expect("records").remove(0) {
            Made::Records { ids, .. } => ids,
            other => panic!("{other:?}"),
        }
    }

    pub async fn set(&self, table: TableId, record: u32, field: FieldId, value: Value) {
        let update = RecordUpdate { record: RecordId(record), values: vec![(Slot::plain(field), value)] };
        self.write(vec![Change::UpdateRecords { table, updates: vec![update] }]).await.expect("an update");
    }

    pub async fn add_field(&self, table: TableId, field: NewField) -> Result<FieldId> {
        match self.write(vec![Change::CreateField { table, field: Box::new(field), at: None }]).await?.remove(0) {
            Made::Field { field, .. } => Ok(field),
            other => panic!("{other:?}"),
        }
    }

    /// The value of a field in each record of a table.
    pub async fn column(&self, table: TableId, field: FieldId) -> Vec<Value> {
        let ask = move |view: &mut View<'_>| {
            let mut query = model::Query::table(table);
            query.projection = Projection::These(vec![Operand::Slot(Slot::plain(field))]);
            let mut found = Vec::new();
            view.select(&query, &mut |row| {
                found.push(row.value(0));
                Ok(engine::GO_ON)
            })?;
            Ok(found)
        };
        self.engine.read(&self.actor, self.database, engine::Weight::Scan, ask).await.expect("a column")
    }

    pub async fn query(&self, script: &str) -> Result<Json> {
        self.query_as(&self.actor, script).await
    }

    pub async fn query_as(&self, actor: &Arc<Actor>, script: &str) -> Result<Json> {
        let place = ScriptPlace::default();
        let answer = self.engine.query_script(actor, self.database, place, script.to_owned()).await?;
        Ok(serde_json::from_slice(&answer).expect("JSON"))
    }

    pub async fn exec(&self, script: &str) -> Result<Json> {
        let context = WriteContext { client: Some("test".to_owned()), ..WriteContext::default() };
        let place = ScriptPlace::default();
        let answer = self.engine.exec_script(&self.actor, self.database, place, context, script.to_owned()).await?;
        Ok(serde_json::from_slice(&answer).expect("JSON"))
    }

    pub async fn undo(&self) -> Result<engine::UndoOutcome> {
        self.engine.undo(&self.actor, self.database, None, "test").await
    }
}
