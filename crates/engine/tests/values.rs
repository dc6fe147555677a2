//! Values as the core keeps them, whatever the door: locales, defaults and validators.

use engine::access::FirstStart;
use engine::ports::Ports;
use engine::{Engine, Made, WriteContext};
use model::change::{Change, DatabasePatch, NewField, NewRecord, NewTable, RecordUpdate};
use model::field::DefaultValue;
use model::filter::Operand;
use model::kind::Kind;
use model::query::Projection;
use model::{Actor, DatabaseKey, Error, FieldId, LocaleId, RecordId, Result, Rule, Slot, TableId, Validator, Value};
use std::sync::Arc;
use testbed::Bed;

struct Bench {
    engine: Engine,
    actor: Arc<Actor>,
    database: DatabaseKey,
    _bed: Bed,
}

const TABLE: TableId = TableId(1);
const TITLE: FieldId = FieldId(1);
const PRICE: FieldId = FieldId(2);

fn bench() -> Bench {
    let bed = Bed::new();
    let store = bed.store();
    let engine = Engine::open(store, Ports::system()).expect("an engine");
    let owner = FirstStart { name: "Owner", email: "a@example.com", password: "correct-horse-7", token: None };
    let made = engine.first_start(owner).expect("a start").expect("things");
    let actor = Arc::new(Actor::local(Some(made.user)));
    Bench { _bed: bed, engine, actor, database: made.database }
}

impl Bench {
    async fn write(&self, changes: Vec<Change>) -> Result<Vec<Made>> {
        let render = |_: &mut engine::View<'_>, receipt: &engine::Receipt| Ok(receipt.made.clone());
        self.engine
            .write(&self.actor, self.database, WriteContext::default(), move |_| Ok(changes.clone()), render)
            .await
    }

    /// A table of a title (localized, required, unique, 3 to 20 letters) and a price (0 to 100, 7 by default), in a
    /// database of two locales.
    async fn books(&self) {
        let mut title = NewField::of("Title", Kind::Line(model::kind::line::Line::default()));
        title.localized = true;
        let length = Validator::Length { min: Some(3), max: Some(20), eq: None };
        title.validators = vec![Validator::Required, Validator::Unique, length];
        let mut price = NewField::of("Price", Kind::Number(model::kind::number::Number::default()));
        price.validators = vec![Validator::Range { min: Some(0.0), max: Some(100.0) }];
        price.default = Some(DefaultValue::Fixed(Value::Number(7.0)));
        let locales = Some(vec!["en".to_owned(), "it".to_owned()]);
        let table = NewTable { name: "Books".to_owned(), fields: vec![title, price], ..NewTable::default() };
        let patch = DatabasePatch { locales, ..DatabasePatch::default() };
        let made = self.write(vec![Change::EditDatabase { patch }, Change::CreateTable { table: Box::new(table) }]);
        assert_eq!(made.await.expect("a table")[1], Made::Table(TABLE));
    }

    async fn create(&self, values: Vec<(Slot, Value)>) -> Result<RecordId> {
        let records = vec![NewRecord { values, ..NewRecord::default() }];
        match self.write(vec![Change::CreateRecords { table: TABLE, records }]).await?.remove(0) {
            Made::Records { ids, .. } => Ok(ids[0]),
            other => panic!("{other:?}"),
        }
    }

    async fn values(&self, record: RecordId, slots: &[Slot]) -> Vec<Value> {
        let projection = Projection::These(slots.iter().map(|slot| Operand::Slot(*slot)).collect());
        let count = slots.len();
        let ask = move |view: &mut engine::View<'_>| {
            let mut found = Vec::new();
            view.by_ids(TABLE, &[record], &projection, &mut |row| {
                found = (0..count).map(|i| row.value(i)).collect();
                Ok(engine::STOP)
            })?;
            Ok(found)
        };
        self.engine.read(&self.actor, self.database, engine::Weight::Point, ask).await.expect("a record")
    }
}

fn title(locale: u16, text: &str) -> (Slot, Value) {
    (Slot { field: TITLE, locale: LocaleId(locale) }, Value::text(text))
}

fn rule(result: Result<RecordId>) -> Rule {
    match result {
        Err(Error::Invalid(faults)) => faults[0].rule.clone(),
        other => panic!("expected a fault, got {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_localized_field_holds_one_value_per_locale_and_the_first_without_one() {
    let bench = bench();
    bench.books().await;
    let id = bench.create(vec![title(1, "The Name"), title(2, "Il Nome")]).await.expect("a record");
    let slots = [Slot { field: TITLE, locale: LocaleId(2) }, Slot::plain(TITLE), Slot::plain(PRICE)];
    let found = bench.values(id, &slots).await;
    assert_eq!(found, [Value::text("Il Nome"), Value::text("The Name"), Value::Number(7.0)]);
    let updates = vec![RecordUpdate { record: id, values: vec![(Slot::plain(TITLE), Value::text("The Rose"))] }];
    bench.write(vec![Change::UpdateRecords { table: TABLE, updates }]).await.expect("an update");
    let found = bench.values(id, &slots[..2]).await;
    assert_eq!(found, [Value::text("Il Nome"), Value::text("The Rose")], "a door without locales writes the first");
}

#[tokio::test(flavor = "multi_thread")]
async fn validators_hold_in_every_locale() {
    let bench = bench();
    bench.books().await;
    assert_eq!(rule(bench.create(vec![title(1, "The Name")]).await), Rule::Required, "Italian is missing");
    bench.create(vec![title(1, "The Name"), title(2, "Il Nome")]).await.expect("a record");
    assert_eq!(rule(bench.create(vec![title(1, "Other"), title(2, "Il Nome")]).await), Rule::Unique);
    bench.create(vec![title(1, "Il Nome"), title(2, "Other")]).await.expect("unique counts per locale");
    assert!(matches!(rule(bench.create(vec![title(1, "ab"), title(2, "abc")]).await), Rule::Length { .. }));
    let dear = vec![title(1, "Gold"), title(2, "Oro"), (Slot::plain(PRICE), Value::Number(100.5))];
    assert!(matches!(rule(bench.create(dear).await), Rule::Range { .. }));
    assert!(matches!(rule(bench.create(vec![(Slot::plain(PRICE), Value::text("7"))]).await), Rule::Type(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn required_and_unique_are_judged_at_the_end_of_a_write() {
    let bench = bench();
    bench.books().await;
    let first = bench.create(vec![title(1, "One"), title(2, "Uno")]).await.expect("a record");
    // Made empty and filled after, and a value handed over from one record to another, in one write each.
    let empty = vec![NewRecord::default()];
    let filled = RecordUpdate { record: RecordId(2), values: vec![title(1, "Two"), title(2, "Due")] };
    let create = Change::CreateRecords { table: TABLE, records: empty };
    bench.write(vec![create, Change::UpdateRecords { table: TABLE, updates: vec![filled] }]).await.expect("both");
    let swap = vec![
        RecordUpdate { record: first, values: vec![title(1, "Two")] },
        RecordUpdate { record: RecordId(2), values: vec![title(1, "One")] },
    ];
    bench.write(vec![Change::UpdateRecords { table: TABLE, updates: swap }]).await.expect("a swap");
}
