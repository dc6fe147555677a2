//! For tests: a base with a table of every type, and looks at it as a request has them.

use crate::field::options_in::Place;
use crate::field::spec::Spec;
use crate::members::Members;
use crate::names::TableName;
use crate::record::shape::{Shape, Shapes};
use engine::access::FirstStart;
use engine::ports::Ports;
use engine::{Engine, View, Weight, WriteContext};
use model::change::{NewRecord, NewTable};
use model::{Actor, Change, DatabaseKey, Json, RecordId, Result, Slot, TableId, Value};
use serde_json::json;
use std::sync::Arc;
use store::sqlite::Durability;
use store::store::{Store, StoreOptions};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A base with the table `People` (1), which has two records, and the table `All` (2) with one field of every type.
pub struct Sample {
    pub base: DatabaseKey,
    engine: Engine,
    actor: Arc<Actor>,
    runtime: Runtime,
    _folder: TempDir,
}

pub const PEOPLE: TableId = TableId(1);
pub const ALL: TableId = TableId(2);

/// The fields of `All`, in order: field `i` has the number `i + 1`.
pub fn specs(people: &str) -> Json {
    let choices = json!([{"name": "A"}, {"name": "B"}, {"name": "C, D"}]);
    let day = json!({"date": "YYYY-MM-DD", "time": "None", "timeZone": "Asia/Tokyo"});
    json!([
        {"name": "Text", "type": "singleLineText"},
        {"name": "Long", "type": "longText"},
        {"name": "Number", "type": "number", "options": {"formatting": {"type": "decimal", "precision": 2}}},
        {"name": "Stars", "type": "rating"},
        {"name": "One", "type": "singleSelect", "options": {"choices": choices}},
        {"name": "Many", "type": "multipleSelect", "options": {"choices": choices}},
        {"name": "Check", "type": "checkbox"},
        {"name": "When", "type": "date", "options": {"formatting": day}},
        {"name": "User", "type": "user"},
        {"name": "Users", "type": "user", "options": {"isMultiple": true}},
        {"name": "Files", "type": "attachment"},
        {"name": "Link", "type": "link", "options": {"relationship": "manyOne", "foreignTableId": people}},
        {"name": "Links", "type": "link", "options": {"relationship": "manyMany", "foreignTableId": people}},
        {"name": "Auto", "type": "autoNumber"},
        {"name": "Made", "type": "createdTime"},
        {"name": "Changed", "type": "lastModifiedTime"},
        {"name": "Maker", "type": "createdBy"},
        {"name": "Mail", "type": "singleLineText", "options": {"showAs": {"type": "email"}}},
        {"name": "Push", "type": "button", "options": {"label": "Go"}},
    ])
}

impl Sample {
    pub fn new() -> Sample {
        let folder = TempDir::new().expect("a folder");
        let options = StoreOptions { durability: Durability::Normal, ..StoreOptions::default() };
        let store = Store::open(folder.path(), options, 0).expect("a store");
        let engine = Engine::open(store, Ports::system()).expect("an engine");
        let token = Some("teable_accSample0000000001_secret");
        let owner = FirstStart { name: "Ada", email: "ada@example.com", password: "correct-horse-7", token };
        let first = engine.first_start(owner).expect("a first start").expect("the first");
        let actor = engine.authenticate(first.token.as_str()).expect("an actor");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let sample = Sample { base: first.database, engine, actor, runtime, _folder: folder };
        sample.make("People", json!([{"name": "Name", "type": "singleLineText"}]));
        let people = crate::names::table(sample.name(PEOPLE));
        sample.make("All", specs(&people));
        let title = |text: &str| vec![(Slot::plain(model::FieldId(1)), Value::text(text))];
        let records = ["Ann", "Bob"].map(|text| NewRecord { values: title(text), ..NewRecord::default() }).to_vec();
        sample.write(move |_| Ok(vec![Change::CreateRecords { table: PEOPLE, records: records.clone() }]));
        sample
    }

    pub fn name(&self, table: TableId) -> TableName {
        TableName { database: self.base, table }
    }

    /// The id of a record of `People`.
    pub fn person(&self, record: u32) -> String {
        let address = model::RecordAddress { table: PEOPLE, record: RecordId(record) };
        crate::names::record(self.base, address)
    }

    pub fn members(&self) -> Members {
        Members::new(&self.engine, &self.actor, self.base)
    }

    fn make(&self, name: &str, fields: Json) {
        let (name, of, members) = (name.to_owned(), self.base, self.members());
        self.write(move |view| {
            let table = TableName { database: of, table: view.schema().settings.next_table };
            let place = Place { table, members: &members, present: None, making: None };
            let mut new = NewTable { name: name.clone(), ..NewTable::default() };
            for field in fields.as_array().expect("a list") {
                let spec = Spec::of(field, &model::Path::default())?;
                let called = spec.name.clone().expect("a name");
                new.fields.push(spec.new_field(view, &place, called)?);
            }
            Ok(vec![Change::CreateTable { table: Box::new(new) }])
        });
    }

    /// Carries changes out.
    pub fn write(&self, plan: impl FnMut(&mut View<'_>) -> Result<Vec<Change>> + Send + 'static) {
        let written = self.engine.write(&self.actor, self.base, WriteContext::default(), plan, |_, _| Ok(()));
        self.runtime.block_on(written).expect("a write");
    }

    /// Looks at a table as a request does.
    pub fn look<T: Send + 'static>(
        &self,
        table: TableId,
        look: impl FnMut(&mut View<'_>, &Shape) -> T + Send + 'static,
    ) -> T {
        let mut look = look;
        let ask = move |view: &mut View<'_>| {
            let shape = Shapes::default().of(view, table)?;
            Ok(look(view, &shape))
        };
        self.runtime.block_on(self.engine.read(&self.actor, self.base, Weight::Scan, ask)).expect("a read")
    }
}
