//! A small database: customers, their invoices, and the items of these.

use super::MemoryHost;
use crate::host::{File, Person};
use model::change::NewField;
use model::field::FieldColumn;
use model::kind::choice::{Choice, Options};
use model::kind::lookup::Lookup;
use model::kind::multi_choice::MultiChoice;
use model::kind::reference::{Partner, Reference};
use model::kind::reverse::Reverse;
use model::kind::rollup::{Rollup, RollupFunction};
use model::table::Shape;
use model::time::{Day, Instant};
use model::{
    Bag, ChoiceId, ColumnId, Field, FieldId, Kind, LocaleId, RecordAddress, RecordId, Role, Schema, Table, TableId,
    UserId, Value,
};
use serde_json::json;
use std::sync::Arc;

/// `Customers`, A: First Name, Last Name, Email, Age, Active, Status, Tags, Born, Invoices, Owner, Place, Notes, Watchers,
/// Friends, Amounts, Total.
pub const CUSTOMERS: TableId = TableId(1);
/// `Invoices`, B: Customer, Number, Amount, Date, Due, Paid, Items, Files, Status, Customer Status.
pub const INVOICES: TableId = TableId(2);
/// `Items`, C: Invoice, Product, Quantity, Price, Took, At, Visit, Stars, Done, Picture.
pub const ITEMS: TableId = TableId(3);

/// A table with fields of these names and kinds, numbered from 1.
pub fn table(id: TableId, name: &str, fields: Vec<(&str, Kind)>) -> Arc<Table> {
    let next = fields.len() as u32 + 1;
    let field = |(place, (name, kind)): (usize, (&str, Kind))| Field {
        id: FieldId(place as u32 + 1),
        key: format!("field_{}", place + 1),
        description: None,
        validators: Vec::new(),
        localized: false,
        default: None,
        columns: vec![FieldColumn { locale: LocaleId::NONE, column: ColumnId(place as u32 + 1) }],
        indexed: false,
        hidden_in: Vec::new(),
        deleted_at: None,
        bag: Bag::new(),
        name: NewField::of(name, kind.clone()).name,
        kind,
    };
    Arc::new(Table {
        id,
        name: name.to_owned(),
        key: name.to_lowercase(),
        description: None,
        icon: None,
        shape: Shape::Plain,
        primary: FieldId(1),
        fields: fields.into_iter().enumerate().map(field).collect(),
        views: Vec::new(),
        next_field: FieldId(next),
        next_column: ColumnId(next),
        retired: Vec::new(),
        retired_links: Vec::new(),
        singleton: false,
        created_at: 0,
        edited_at: 0,
        deleted_at: None,
        triggers: Default::default(),
        bag: Bag::new(),
    })
}

fn options(names: &[&str]) -> Options {
    let mut options = Options::default();
    for name in names {
        options.add(name);
    }
    options
}

fn status() -> Kind {
    let mut options = options(&["Lead", "Active", "Lost"]);
    options.list[0].color = Some("#ff0000".to_owned());
    Kind::Choice(Choice { options })
}

fn reference(target: TableId, partner: u32) -> Kind {
    let partners = vec![Partner { table: target, field: FieldId(partner) }];
    Kind::Reference(Reference { targets: vec![target], partners, exclusive: false })
}

fn reverse(table: TableId, field: u32) -> Kind {
    Kind::Reverse(Reverse { table, field: FieldId(field) })
}

fn schema() -> Schema {
    let customers = vec![
        ("First Name", Kind::Line(Default::default())),
        ("Last Name", Kind::Line(Default::default())),
        ("Email", Kind::Email(Default::default())),
        ("Age", Kind::Number(Default::default())),
        ("Active", Kind::Boolean(Default::default())),
        ("Status", status()),
        ("Tags", Kind::MultiChoice(MultiChoice { options: options(&["vip", "new", "late"]) })),
        ("Born", Kind::Date(Default::default())),
        ("Invoices", reverse(INVOICES, 1)),
        ("Owner", Kind::User(Default::default())),
        ("Place", Kind::Location(Default::default())),
        ("Notes", Kind::Json(Default::default())),
        ("Watchers", Kind::Users(Default::default())),
        (
            "Friends",
            Kind::Links(model::kind::links::Links { targets: vec![CUSTOMERS], partners: Vec::new(), exclusive: false }),
        ),
        ("Amounts", Kind::Lookup(Lookup { link: FieldId(9), target_table: INVOICES, target: FieldId(3) })),
        (
            "Total",
            Kind::Rollup(Rollup {
                link: FieldId(9),
                target_table: INVOICES,
                target: FieldId(3),
                function: RollupFunction::Sum,
            }),
        ),
    ];
    let invoices = vec![
        ("Customer", reference(CUSTOMERS, 9)),
        ("Number", Kind::Line(Default::default())),
        ("Amount", Kind::Number(Default::default())),
        ("Date", Kind::Date(Default::default())),
        ("Due", Kind::DateTime(Default::default())),
        ("Paid", Kind::Boolean(Default::default())),
        ("Items", reverse(ITEMS, 1)),
        ("Files", Kind::Files(Default::default())),
        ("Status", status()),
        ("Customer Status", Kind::Lookup(Lookup { link: FieldId(1), target_table: CUSTOMERS, target: FieldId(6) })),
    ];
    let items = vec![
        ("Invoice", reference(INVOICES, 7)),
        ("Product", Kind::Line(Default::default())),
        ("Quantity", Kind::Integer(Default::default())),
        ("Price", Kind::Number(Default::default())),
        ("Took", Kind::Duration(Default::default())),
        ("At", Kind::Time(Default::default())),
        ("Visit", Kind::Appointment(Default::default())),
        ("Stars", Kind::Rating(Default::default())),
        ("Done", Kind::Button(Default::default())),
        ("Picture", Kind::Color(Default::default())),
    ];
    let mut schema = Schema::empty();
    for (id, name, fields) in
        [(CUSTOMERS, "Customers", customers), (INVOICES, "Invoices", invoices), (ITEMS, "Items", items)]
    {
        schema.tables.insert(id, table(id, name, fields));
    }
    schema.settings.next_table = TableId(4);
    schema
}

fn day(text: &str) -> Value {
    Value::Date(Day::parse(text).expect("a day of the sample").0)
}

fn instant(text: &str) -> i64 {
    Instant::parse(text).expect("an instant of the sample").0
}

fn to(table: TableId, record: u32) -> Value {
    Value::Reference(RecordAddress { table, record: RecordId(record) })
}

fn choices(ids: &[u32]) -> Value {
    Value::Choices(ids.iter().map(|id| ChoiceId(*id)).collect())
}

impl MemoryHost {
    /// Three customers, of whom the third has nothing but a name; four invoices, two of Ada's, one of Bob's and one of
    /// nobody's; three items of the first two.
    pub fn sample() -> MemoryHost {
        let mut host = MemoryHost::new(schema());
        host.user = Some(UserId(5));
        let person = |id, name: &str, role| Person {
            id: UserId(id),
            name: name.to_owned(),
            email: Some(format!("{}@example.com", name.to_lowercase())),
            role,
        };
        host.people = vec![person(5, "Grace", Role::Manage), person(6, "Linus", Role::Read)];
        let memory = &mut host.memory;
        let friend = RecordAddress { table: CUSTOMERS, record: RecordId(2) };
        let ada = [
            (1, Value::text("Ada")),
            (2, Value::text("Lovelace")),
            (3, Value::text("ada@example.com")),
            (4, Value::Number(36.0)),
            (5, Value::Bool(true)),
            (6, Value::Choice(ChoiceId(2))),
            (7, choices(&[1, 3])),
            (8, day("1988-02-29")),
            (10, Value::User(UserId(5))),
            (11, Value::Structure(json!({"latitude": 51.5, "longitude": -0.12, "text": "London"}))),
            (12, Value::Structure(json!({"size": {"m": 2}, "list": [1, null, "x"]}))),
            (13, Value::Users(vec![UserId(5), UserId(6)])),
            (14, Value::References(vec![friend])),
        ];
        memory.set(CUSTOMERS, 1, &ada);
        let bob = [
            (1, Value::text("bob")),
            (2, Value::text("Böhmer")),
            (4, Value::Number(0.0)),
            (5, Value::Bool(false)),
            (6, Value::Choice(ChoiceId(1))),
            (7, choices(&[2])),
            (8, day("2000-12-31")),
        ];
        memory.set(CUSTOMERS, 2, &bob);
        memory.set(CUSTOMERS, 3, &[(1, Value::text("Émile"))]);
        let due = |text| Value::Instant(instant(text));
        let first = [
            (1, to(CUSTOMERS, 1)),
            (2, Value::text("2024-1")),
            (3, Value::Number(100.0)),
            (4, day("2024-01-31")),
            (5, due("2024-02-14T12:30:00Z")),
            (6, Value::Bool(true)),
            (8, Value::Structure(json!([{"name": "a.pdf", "token": "t1", "size": 12, "mimetype": "application/pdf"}]))),
            (9, Value::Choice(ChoiceId(2))),
        ];
        memory.set(INVOICES, 1, &first);
        let second =
            [(1, to(CUSTOMERS, 1)), (2, Value::text("2024-2")), (3, Value::Number(50.5)), (4, day("2024-02-29"))];
        memory.set(INVOICES, 2, &second);
        memory.set(INVOICES, 3, &[(1, to(CUSTOMERS, 2)), (2, Value::text("2024-3")), (6, Value::Bool(false))]);
        memory.set(INVOICES, 4, &[(2, Value::text("2024-4")), (3, Value::Number(-20.0))]);
        let visit = Value::Span { start: instant("2024-03-01T09:00:00Z"), end: instant("2024-03-01T10:30:00Z") };
        let pen = [
            (1, to(INVOICES, 1)),
            (2, Value::text("Pen")),
            (3, Value::Number(10.0)),
            (4, Value::Number(1.5)),
            (5, Value::Duration(5_400_000)),
            (6, Value::Time(34_200_000)),
            (7, visit),
            (8, Value::Number(4.0)),
            (9, Value::Structure(json!({"count": 3}))),
        ];
        memory.set(ITEMS, 1, &pen);
        memory.set(
            ITEMS,
            2,
            &[(1, to(INVOICES, 1)), (2, Value::text("Ink")), (3, Value::Number(1.0)), (4, Value::Number(85.0))],
        );
        memory.set(ITEMS, 3, &[(1, to(INVOICES, 2)), (2, Value::text("Paper")), (3, Value::Number(5.0))]);
        let invoice = RecordAddress { table: INVOICES, record: RecordId(1) };
        let file = File { name: "a.pdf".to_owned(), content_type: "application/pdf".to_owned(), size: 12 };
        host.files.insert(invoice, vec![file]);
        host
    }
}
