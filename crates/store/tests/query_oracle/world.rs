//! A database and the same records in memory.

use crate::dice::Dice;
use crate::extremes::{self, EXTREMES};
use model::evaluate::{self, Row};
use model::filter::Operand;
use model::ids::{ColumnId, LocaleId};
use model::kind::choice::{Choice, Options};
use model::kind::lookup::Lookup;
use model::kind::multi_choice::MultiChoice;
use model::kind::number::{Number, NumberFormat};
use model::kind::reference::{Partner, Reference};
use model::kind::reverse::Reverse;
use model::kind::rollup::{Rollup, RollupFunction};
use model::kind::{Class, Names, Storage, links};
use model::query::{Query, Source};
use model::schema::{Locale, Settings};
use model::table::Shape;
use model::time::Instant;
use model::{
    Bag, ChoiceId, DatabaseKey, Field, FieldId, Filter, Kind, RecordAddress, RecordId, Schema, Slot, StoredCell, Table,
    TableId, UserId, Value,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::database::records::{NewRow, Stamp};
use store::database::{Database, links as link_rows, records, tables};
use store::index::{self, AdvisorOptions, Definition, IndexColumn, IndexKey, Origin};
use testbed::Bed;

/// 2026-05-15 in UTC.
pub const NOW: Instant = Instant(1_778_800_000_000);
/// Two locales.
pub const LOCALES: [LocaleId; 2] = [LocaleId(1), LocaleId(2)];

/// Texts that differ in case, script, width and danger.
pub const TEXTS: [&str; 26] = [
    "",
    "a",
    "A",
    "ab",
    "Ab c",
    "x, y",
    "ä",
    "Ä",
    "Apfel",
    "Äpfel",
    "straße",
    "STRASSE",
    "日本語",
    "日本",
    "10",
    "9",
    "e",
    "true",
    "%",
    "_",
    "'; DROP TABLE t1; --",
    "a\"b",
    "?1",
    "\\",
    "Ünïcödé text",
    "null",
];

pub struct Place {
    pub database: Database,
    pub memory: Memory,
    _bed: Bed,
}

pub struct Memory {
    pub schema: Schema,
    pub rows: BTreeMap<TableId, Vec<Row>>,
}

impl evaluate::World for Memory {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn rows(&self, table: TableId) -> Vec<&Row> {
        self.rows.get(&table).map(|rows| rows.iter().collect()).unwrap_or_default()
    }

    fn now(&self) -> Instant {
        NOW
    }
}

/// The users of the server.
pub struct People;

impl Names for People {
    fn now(&self) -> Instant {
        NOW
    }
    fn find_user(&self, _: &str) -> Option<UserId> {
        None
    }
    fn user_name(&self, user: UserId) -> Option<String> {
        ["Ann", "Bob", "Äbby", "x, y"].get(user.0 as usize).map(|name| (*name).to_owned())
    }
    fn find_record(&self, _: &[TableId], _: &str) -> Option<RecordAddress> {
        None
    }
    fn record_title(&self, _: RecordAddress) -> Option<String> {
        None
    }
}

pub fn kind<T: Default>(make: fn(T) -> Kind) -> Kind {
    make(T::default())
}

pub fn options(names: &[&str]) -> Options {
    let mut options = Options::default();
    for name in names {
        options.add(name);
    }
    // The display order is not that of the numbers.
    options.list.rotate_left(1);
    options
}

pub fn table(id: u32, name: &str, kinds: Vec<(&str, Kind)>) -> Table {
    let mut column = 0;
    let mut fields = Vec::new();
    for (i, (name, kind)) in kinds.into_iter().enumerate() {
        let localized = name.starts_with("localized");
        let locales: &[LocaleId] = if localized { &LOCALES } else { &[LocaleId::NONE] };
        let stored = matches!(kind.storage(), Storage::Column(_) | Storage::LinkRows);
        let columns = locales.iter().filter(|_| stored).map(|locale| {
            column += 1;
            model::field::FieldColumn { locale: *locale, column: ColumnId(column) }
        });
        fields.push(Field {
            id: FieldId(i as u32 + 1),
            name: name.to_owned(),
            key: format!("f{i}"),
            description: None,
            columns: columns.collect(),
            kind,
            validators: Vec::new(),
            localized,
            default: None,
            indexed: false,
            hidden_in: Vec::new(),
            deleted_at: None,
            bag: Bag::new(),
        });
    }
    Table {
        id: TableId(id),
        name: name.to_owned(),
        key: format!("t{id}"),
        description: None,
        icon: None,
        shape: if id == 3 { Shape::Tree } else { Shape::Plain },
        primary: FieldId(1),
        next_field: FieldId(fields.len() as u32 + 1),
        next_column: ColumnId(column + 1),
        fields: fields.into(),
        views: Vec::new(),
        retired: Vec::new(),
        retired_links: Vec::new(),
        singleton: false,
        created_at: 0,
        edited_at: 0,
        deleted_at: None,
        triggers: Default::default(),
        bag: Bag::new(),
    }
}

pub fn reference(targets: &[u32]) -> Kind {
    let targets = targets.iter().map(|t| TableId(*t)).collect();
    Kind::Reference(Reference { targets, partners: Vec::<Partner>::new(), exclusive: false })
}

pub fn many(targets: &[u32]) -> Kind {
    let targets = targets.iter().map(|t| TableId(*t)).collect();
    Kind::Links(links::Links { targets, partners: Vec::new(), exclusive: false })
}

pub fn reverse(table: u32, field: u32) -> Kind {
    Kind::Reverse(Reverse { table: TableId(table), field: FieldId(field) })
}

fn lookup(link: u32, table: u32, target: u32) -> Kind {
    Kind::Lookup(Lookup { link: FieldId(link), target_table: TableId(table), target: FieldId(target) })
}

fn rollup(link: u32, table: u32, target: u32, function: RollupFunction) -> Kind {
    Kind::Rollup(Rollup { link: FieldId(link), target_table: TableId(table), target: FieldId(target), function })
}

/// Three tables: people with text titles, numbers with number titles, and things of every kind.
fn definitions() -> Vec<Table> {
    use RollupFunction::*;
    let people = table(
        1,
        "People",
        vec![
            ("name", kind(Kind::Line)),
            ("age", kind(Kind::Number)),
            ("active", kind(Kind::Boolean)),
            ("boss", reference(&[1])),
            ("things", reverse(3, 21)),
            ("liked by", reverse(3, 23)),
            ("skill", Kind::MultiChoice(MultiChoice { options: options(&["b", "a", "C c"]) })),
            ("names of things", lookup(5, 3, 1)),
            ("sizes", rollup(6, 3, 4, Sum)),
        ],
    );
    let numbers = table(
        2,
        "Numbers",
        vec![("number", kind(Kind::Number)), ("person", reference(&[1])), ("note", kind(Kind::LongText))],
    );
    let money = NumberFormat::Currency { precision: 2, symbol: "EUR ".to_owned() };
    let things = table(
        3,
        "Things '; DROP TABLE t3; --",
        vec![
            ("title\" = 1 OR 1=1", kind(Kind::Line)),
            ("localized text", kind(Kind::LongText)),
            ("localized number", kind(Kind::Number)),
            ("size", Kind::Number(Number { format: money })),
            ("whole", kind(Kind::Integer)),
            ("rating", kind(Kind::Rating)),
            ("done", kind(Kind::Boolean)),
            ("day", kind(Kind::Date)),
            ("instant", kind(Kind::DateTime)),
            ("time", kind(Kind::Time)),
            ("duration", kind(Kind::Duration)),
            ("meeting", kind(Kind::Appointment)),
            ("status", Kind::Choice(Choice { options: options(&["todo", "Doing", "dön", "x, y"]) })),
            ("tags", Kind::MultiChoice(MultiChoice { options: options(&["zeta", "Alpha", "ärger", "e d"]) })),
            ("json", kind(Kind::Json)),
            ("user", kind(Kind::User)),
            ("users", kind(Kind::Users)),
            ("number", kind(Kind::AutoNumber)),
            ("made", kind(Kind::CreatedTime)),
            ("maker", kind(Kind::CreatedBy)),
            ("person", reference(&[1])),
            ("person or number", reference(&[1, 2])),
            ("friends", many(&[1])),
            ("mixed", many(&[1, 2])),
            ("number link", reference(&[2])),
            ("parent thing", reference(&[3])),
            ("children", reverse(3, 26)),
            ("person's name", lookup(21, 1, 1)),
            ("person's boss", lookup(21, 1, 4)),
            ("person's skills", lookup(21, 1, 7)),
            ("friends' names", lookup(23, 1, 1)),
            ("friends' bosses", lookup(23, 1, 4)),
            ("friends' skills", lookup(23, 1, 7)),
            ("boss's name", lookup(29, 1, 1)),
            ("things of person", lookup(21, 1, 5)),
            ("count of friends", rollup(23, 1, 2, Countall)),
            ("sum of ages", rollup(23, 1, 2, Sum)),
            ("oldest", rollup(23, 1, 2, Max)),
            ("all active", rollup(23, 1, 3, And)),
            ("names joined", rollup(23, 1, 1, ArrayJoin)),
            ("skills, each once", rollup(23, 1, 7, ArrayUnique)),
            ("bosses joined", rollup(23, 1, 4, Concatenate)),
            ("children's sizes", rollup(27, 3, 4, Average)),
            ("filled skills", rollup(23, 1, 7, Counta)),
            ("names of names", lookup(23, 1, 8)),
            ("formula", Kind::Formula(model::kind::formula::Formula::new("1", ""))),
            ("person's sizes", lookup(21, 1, 9)),
            ("friends' sizes", lookup(23, 1, 9)),
            ("lowest skill", rollup(21, 1, 7, Min)),
            ("any active", rollup(21, 1, 3, Xor)),
        ],
    );
    vec![people, numbers, things, extremes::definition()]
}

/// A value of the class that a field could hold; null or empty now and then.
pub fn value(dice: &mut Dice, field: &Field) -> Value {
    if dice.once_in(5) {
        return Value::Null;
    }
    class_value(dice, field, field.kind.class())
}

/// A value of a class.
pub fn class_value(dice: &mut Dice, field: &Field, class: Class) -> Value {
    let numbers = [0.0, -0.0, 1.0, -1.0, 1.5, 0.1, 0.2, 0.30000000000000004, 1e21, -2.5e-7, 42.0, 1e300, 10.0];
    let choices = || (1..=5).map(ChoiceId).collect::<Vec<ChoiceId>>();
    match class {
        Class::Bool => Value::Bool(dice.once_in(2)),
        Class::Number => Value::Number(*dice.pick(&numbers)),
        Class::Integer => Value::Number(dice.below(7) as f64 - 2.0),
        Class::Text => Value::text(*dice.pick(&TEXTS)),
        Class::Date => Value::Date(20_580 + dice.below(9) as i32),
        Class::Instant => Value::Instant(NOW.0 + (dice.below(9) as i64 - 4) * 40_000_000),
        Class::Time => Value::Time(dice.below(5) as i64 * 3_600_500),
        Class::Duration => Value::Duration(dice.below(5) as i64 * 90_000 - 90_000),
        Class::Span => {
            let start = NOW.0 + dice.below(3) as i64 * 1000;
            Value::Span { start, end: start + dice.below(3) as i64 * 500 }
        }
        Class::Choice => Value::Choice(*dice.pick(&choices())),
        Class::Choices => Value::Choices(dice.some(&choices(), 3)),
        Class::Reference => Value::Reference(address(dice, field)),
        Class::References => {
            let all: Vec<RecordAddress> = (0..6).map(|_| address(dice, field)).collect();
            Value::References(dice.some(&all, 4))
        }
        Class::User => Value::User(UserId(dice.below(5) as u32)),
        Class::Users => Value::Users(dice.some(&(0..5).map(UserId).collect::<Vec<UserId>>(), 3)),
        Class::Structure => {
            let texts =
                ["null", "[]", "{}", "\"\"", "1", "1.0", "{\"a\":1,\"b\":\"x\"}", "{\"b\":\"x\",\"a\":1}", "[1]"];
            Value::Structure(serde_json::from_str(dice.pick::<&str>(&texts)).expect("it is JSON"))
        }
        Class::List => match dice.below(3) {
            0 => Value::Number(*dice.pick(&numbers)),
            1 => Value::text(*dice.pick(&TEXTS)),
            _ => Value::List(vec![Value::text(*dice.pick(&TEXTS))]),
        },
    }
}

/// The address of a record that may be there.
pub fn address(dice: &mut Dice, field: &Field) -> RecordAddress {
    let targets: &[TableId] = match &field.kind {
        Kind::Reference(kind) => &kind.targets,
        Kind::Links(kind) => &kind.targets,
        Kind::Reverse(kind) => &[kind.table],
        _ => &[TableId(1), TableId(2), TableId(3)],
    };
    let table = *dice.pick(targets);
    RecordAddress { table, record: RecordId(dice.below(8) as u32 + 1) }
}

impl Place {
    /// A new database with random records.
    pub fn fill(dice: &mut Dice, rows: usize) -> Place {
        let bed = Bed::new();
        let key = DatabaseKey::parse("abcdefghijkl").expect("a key");
        let database = bed.database(key, AdvisorOptions::default(), NOW.0).expect("it opens");
        let mut schema = Schema::empty();
        schema.settings = Settings {
            locales: LOCALES.iter().map(|id| Locale { id: *id, code: format!("l{}", id.0) }).collect(),
            ..Settings::default()
        };
        let definitions = definitions();
        let mut memory = BTreeMap::new();
        for table in &definitions {
            schema.tables.insert(table.id, Arc::new(table.clone()));
            let count = match table.id {
                TableId(3) => rows,
                EXTREMES => rows.min(14),
                _ => 5,
            };
            let rows = (1..=count).map(|i| random_row(dice, table, i as u32)).collect::<Vec<Row>>();
            memory.insert(table.id, rows);
        }
        let trigrams = dice.once_in(2);
        let ordered: Vec<Definition> = (0..dice.below(4)).map(|_| random_index(dice, &definitions[2])).collect();
        let stored = memory.clone();
        database
            .write_blocking(move |w| {
                for table in &definitions {
                    tables::create(w, table)?;
                }
                for table in &definitions {
                    for row in &stored[&table.id] {
                        insert(w, table, row)?;
                    }
                }
                for definition in &ordered {
                    index::ensure(w, definition)?;
                }
                if trigrams {
                    index::ensure(w, &Definition::trigram(TableId(3), ColumnId(1), Origin::Asked))?;
                    index::ensure(w, &Definition::trigram(TableId(3), ColumnId(3), Origin::Asked))?;
                }
                Ok(())
            })
            .expect("it is written");
        Place { database, memory: Memory { schema, rows: memory }, _bed: bed }
    }

    /// The filter of a query with its periods replaced.
    pub fn at_now(&self, query: &Query) -> Filter {
        let Source::Table(table) = &query.source else { return query.filter.clone() };
        let is_day = |operand: &Operand| match operand {
            Operand::Slot(slot) => {
                let field = self.memory.schema.tables[table].field(slot.field);
                field.is_ok_and(|field| field.kind.class() == Class::Date)
            }
            Operand::Expr(expr) => expr.class(&self.memory.schema, *table) == Ok(Some(Class::Date)),
            Operand::System(_) | Operand::Through { .. } | Operand::Title(_) => false,
        };
        query.filter.clone().at(NOW, &is_day)
    }
}

/// An index on some columns of a table.
fn random_index(dice: &mut Dice, table: &Table) -> Definition {
    let mut columns = Vec::new();
    for _ in 0..=dice.below(3) {
        let field = dice.pick(&table.fields);
        if let (Storage::Column(_), Some(column)) = (field.kind.storage(), field.columns.first()) {
            columns.push(IndexColumn {
                column: IndexKey::Column(column.column),
                natural: field.kind.class() == Class::Text && dice.once_in(2),
                descending: dice.once_in(2),
            });
        }
    }
    match columns.is_empty() {
        true => Definition::required(table.id, ColumnId(1)),
        false => Definition { columns, ..Definition::required(table.id, ColumnId(1)) },
    }
}

fn random_row(dice: &mut Dice, table: &Table, id: u32) -> Row {
    let mut values = BTreeMap::new();
    for field in &table.fields {
        for column in &field.columns {
            let mut value = match table.id {
                EXTREMES => extremes::of_field(dice, field),
                _ => value(dice, field),
            };
            // What a column cannot tell apart: no links from an empty list of them, -0 from 0.
            if value == Value::References(Vec::new()) {
                value = Value::Null;
            }
            if value == Value::Number(0.0) {
                value = Value::Number(0.0);
            }
            values.insert(Slot { field: field.id, locale: column.locale }, value);
        }
    }
    let tree = table.shape == Shape::Tree;
    Row {
        table: table.id,
        id: RecordId(id),
        created_at: NOW.0 - dice.below(5) as i64 * 1_000_000,
        created_by: (!dice.once_in(3)).then(|| UserId(dice.below(4) as u32)),
        modified_at: None,
        modified_by: None,
        seq: 1,
        parent: (tree && dice.once_in(2)).then(|| RecordId(dice.below(4) as u32 + 1)),
        rank: if tree { ["a", "B", "b"][dice.below(3)].to_owned() } else { String::new() },
        valid: !dice.once_in(4),
        values,
    }
}

fn insert(w: &mut store::database::WriteTx<'_>, table: &Table, row: &Row) -> model::Result<()> {
    let catalog = w.catalog();
    let layout = catalog.layout(table.id)?;
    let cells: Vec<StoredCell> = layout
        .columns
        .iter()
        .map(|c| row.values.get(&c.slot).map_or(StoredCell::Null, |v| c.class.encode(v)))
        .collect();
    let stamp = Stamp { at: row.created_at, by: row.created_by };
    let tree = table.shape == Shape::Tree;
    let new = NewRow {
        id: row.id,
        cells: &cells,
        valid: row.valid,
        parent: tree.then(|| row.parent.map_or(0, |parent| i64::from(parent.0))),
        rank: tree.then_some(row.rank.as_str()),
    };
    records::insert(w, layout, stamp, &new)?;
    for link in &layout.links {
        if let Some(Value::References(targets)) = row.values.get(&link.slot) {
            let packed: Vec<i64> = targets.iter().map(|target| target.pack()).collect();
            link_rows::set(w.tx, table.id, link.column, row.id, &packed)?;
        }
    }
    Ok(())
}
