//! A small world: three cities and four persons.

use crate::evaluate::{Row, World};
use crate::field::Slot;
use crate::ids::{ChoiceId, FieldId, RecordAddress, RecordId, TableId, UserId};
use crate::kind::choice::{Choice, Options};
use crate::kind::rollup::{Rollup, RollupFunction};
use crate::kind::{Kind, boolean, date, line, links, lookup, multi_choice, number, reference, reverse, user};
use crate::schema::Schema;
use crate::table::Table;
use crate::time::{Day, Instant};
use crate::{Json, Value};
use serde_json::json;
use std::sync::Arc;

pub const CITY: TableId = TableId(1);
pub const PERSON: TableId = TableId(2);

// Fields of a city.
pub const TITLE: u32 = 1;
pub const PEOPLE: u32 = 2;
pub const AGES: u32 = 3;
pub const TOTAL: u32 = 4;
// Fields of a person.
pub const NAME: u32 = 1;
pub const AGE: u32 = 2;
pub const HOME: u32 = 3;
pub const ACTIVE: u32 = 4;
pub const LEVEL: u32 = 5;
pub const TAGS: u32 = 6;
pub const BORN: u32 = 7;
pub const OWNER: u32 = 8;
pub const FRIENDS: u32 = 9;
pub const HOME_TITLE: u32 = 10;

pub struct Memory {
    pub schema: Schema,
    pub rows: Vec<Row>,
}

impl World for Memory {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn rows(&self, table: TableId) -> Vec<&Row> {
        // Any order will do, so it is not that of the ids.
        self.rows.iter().rev().filter(|row| row.table == table).collect()
    }

    fn now(&self) -> Instant {
        now()
    }
}

pub fn now() -> Instant {
    Instant::parse("2025-03-15T10:00:00Z").unwrap()
}

pub fn table(id: TableId, kinds: Vec<Kind>) -> (TableId, Arc<Table>) {
    let field = |(i, kind): (usize, Kind)| json!({ "id": i + 1, "name": format!("Field {}", i + 1), "key": format!("field_{}", i + 1), "kind": kind });
    let fields: Vec<Json> = kinds.into_iter().enumerate().map(field).collect();
    let table = json!({
        "id": id, "name": "Table", "key": "table", "shape": "plain", "primary": 1, "fields": fields,
        "next_field": 99, "next_column": 99,
    });
    (id, Arc::new(serde_json::from_value(table).unwrap()))
}

pub fn row(table: TableId, id: u32, values: &[(u32, Value)]) -> Row {
    Row {
        table,
        id: RecordId(id),
        created_at: i64::from(id) * 1000,
        created_by: None,
        modified_at: None,
        modified_by: None,
        seq: 100 - u64::from(id),
        parent: None,
        rank: String::new(),
        valid: true,
        values: values.iter().map(|(field, value)| (Slot::plain(FieldId(*field)), value.clone())).collect(),
    }
}

pub fn to(table: TableId, id: u32) -> RecordAddress {
    RecordAddress { table, record: RecordId(id) }
}

/// Ada (1), bob (2), Émile (3) and somebody without a value (4); Rome has Ada and Émile, Oslo has bob, Bonn nobody.
pub fn world() -> Memory {
    let mut options = Options::default();
    for name in ["Zero", "Apex"] {
        options.add(name);
    }
    let (link, target_table, target) = (FieldId(PEOPLE), PERSON, FieldId(AGE));
    let city = vec![
        Kind::Line(line::Line {}),
        Kind::Reverse(reverse::Reverse { table: PERSON, field: FieldId(HOME) }),
        Kind::Lookup(lookup::Lookup { link, target_table, target }),
        Kind::Rollup(Rollup { link, target_table, target, function: RollupFunction::Sum }),
    ];
    let person = vec![
        Kind::Line(line::Line {}),
        Kind::Number(number::Number::default()),
        Kind::Reference(reference::Reference { targets: vec![CITY], ..Default::default() }),
        Kind::Boolean(boolean::Boolean {}),
        Kind::Choice(Choice { options: options.clone() }),
        Kind::MultiChoice(multi_choice::MultiChoice { options }),
        Kind::Date(date::Date::default()),
        Kind::User(user::User {}),
        Kind::Links(links::Links { targets: vec![PERSON], ..Default::default() }),
        Kind::Lookup(lookup::Lookup { link: FieldId(HOME), target_table: CITY, target: FieldId(TITLE) }),
    ];
    let born = |iso: &str| Value::Date(Day::parse(iso).unwrap().0);
    let choices = |list: &[u32]| Value::Choices(list.iter().map(|id| ChoiceId(*id)).collect());
    let home = |id| Value::Reference(to(CITY, id));
    let mut schema = Schema::empty();
    schema.tables = [table(CITY, city), table(PERSON, person)].into();
    let rows = vec![
        row(CITY, 1, &[(TITLE, Value::text("Rome"))]),
        row(CITY, 2, &[(TITLE, Value::text("Oslo"))]),
        row(CITY, 3, &[(TITLE, Value::text("Bonn"))]),
        row(
            PERSON,
            1,
            &[
                (NAME, Value::text("Ada")),
                (AGE, Value::Number(36.0)),
                (HOME, home(1)),
                (ACTIVE, Value::Bool(true)),
                (LEVEL, Value::Choice(ChoiceId(2))),
                (TAGS, choices(&[1, 2])),
                (BORN, born("2025-03-14")),
                (OWNER, Value::User(UserId(5))),
                (FRIENDS, Value::References(vec![to(PERSON, 3), to(PERSON, 2)])),
            ],
        ),
        row(
            PERSON,
            2,
            &[
                (NAME, Value::text("bob")),
                (AGE, Value::Number(0.0)),
                (HOME, home(2)),
                (ACTIVE, Value::Bool(false)),
                (LEVEL, Value::Choice(ChoiceId(1))),
                (TAGS, choices(&[2])),
                (BORN, born("2025-03-15")),
                (OWNER, Value::User(UserId(6))),
            ],
        ),
        row(
            PERSON,
            3,
            &[
                (NAME, Value::text("Émile")),
                (AGE, Value::Number(-1.5)),
                (HOME, home(1)),
                (TAGS, choices(&[2, 1])),
                (BORN, born("2025-03-17")),
                (OWNER, Value::User(UserId(7))),
            ],
        ),
        row(PERSON, 4, &[(NAME, Value::text("")), (TAGS, choices(&[]))]),
    ];
    Memory { schema, rows }
}
