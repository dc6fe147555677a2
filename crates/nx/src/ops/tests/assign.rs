//! The way into cells (5.14) and out of them (4).

use super::*;
use crate::host::Host;
use crate::testing::ITEMS;
use model::filter::Operand;
use model::{Slot, TableId};

fn assign(value: &Value, table: TableId, name: &str) -> Result<model::Value, String> {
    let schema = schema();
    let field = schema.table(table).unwrap().field_named(name).unwrap();
    ops::assign(value, &field.kind, &schema).map_err(|fault| fault.to_string())
}

#[test]
fn values_are_converted_for_the_field() {
    let to = |table, record| model::Value::Reference(RecordAddress { table, record: RecordId(record) });
    let cases = [
        (n(4.5), CUSTOMERS, "Email", model::Value::text("4.5")),
        (status(2), CUSTOMERS, "Email", model::Value::text("Active")),
        (d("2024-01-31"), CUSTOMERS, "Email", model::Value::text("2024-01-31")),
        (t(" 42 "), CUSTOMERS, "Age", model::Value::Number(42.0)),
        (t(""), CUSTOMERS, "Age", model::Value::Null),
        (n(1.0), CUSTOMERS, "Active", model::Value::Bool(true)),
        (t("Lost"), CUSTOMERS, "Status", model::Value::Choice(ChoiceId(3))),
        (t("3"), CUSTOMERS, "Status", model::Value::Choice(ChoiceId(3))),
        (n(3.0), CUSTOMERS, "Status", model::Value::Choice(ChoiceId(3))),
        (status(1), INVOICES, "Status", model::Value::Choice(ChoiceId(1))),
        (list(&[t("late"), n(1.0), n(1.0)]), CUSTOMERS, "Tags", model::Value::Choices(vec![ChoiceId(3), ChoiceId(1)])),
        (t("new"), CUSTOMERS, "Tags", model::Value::Choices(vec![ChoiceId(2)])),
        (list(&[]), CUSTOMERS, "Tags", model::Value::Null),
        (dt("2024-01-31T23:00:00Z"), CUSTOMERS, "Born", model::Value::Date(19_753)),
        (t("2024-01-31"), CUSTOMERS, "Born", model::Value::Date(19_753)),
        (d("1970-01-02"), INVOICES, "Due", model::Value::Instant(86_400_000)),
        (t("1970-01-01T00:00:01"), INVOICES, "Due", model::Value::Instant(1000)),
        (record(2), ITEMS, "Invoice", to(INVOICES, 2)),
        (n(2.0), ITEMS, "Invoice", to(INVOICES, 2)),
        (user(5), CUSTOMERS, "Owner", model::Value::User(UserId(5))),
        (t("mAnyTonGue1000005"), CUSTOMERS, "Owner", model::Value::User(UserId(5))),
        (Value::Interval(60_000), ITEMS, "Took", model::Value::Duration(60_000)),
        (t("09:30"), ITEMS, "At", model::Value::Time(34_200_000)),
        (object(&[("k", n(1.0))]), CUSTOMERS, "Notes", model::Value::Structure(serde_json::json!({"k": 1}))),
        (Value::Null, CUSTOMERS, "Notes", model::Value::Null),
    ];
    for (value, table, name, kept) in cases {
        assert_eq!(assign(&value, table, name), Ok(kept), "{name} := {value:?}");
    }
    let place = assign(&t("Rome <41.9,12.5>"), CUSTOMERS, "Place").unwrap();
    assert_eq!(
        place,
        model::Value::Structure(serde_json::json!({"latitude": 41.9, "longitude": 12.5, "text": "Rome"}))
    );
}

#[test]
fn what_cannot_be_kept_is_named() {
    let cases = [
        (t("ten"), CUSTOMERS, "Age", "must be a number, not \"ten\""),
        (list(&[]), CUSTOMERS, "Email", "must be text, not an array"),
        (t("Won"), CUSTOMERS, "Status", "must be one of the field's options, not \"Won\""),
        (n(9.0), CUSTOMERS, "Status", "must be one of the field's options, not 9"),
        (t("yesterday"), CUSTOMERS, "Born", "must be a date, not \"yesterday\""),
        (t("2024-02-30"), CUSTOMERS, "Born", "must be a date, not \"2024-02-30\""),
        (n(2.5), ITEMS, "Quantity", "must be a whole number, not 2.5"),
        (n(9.0), ITEMS, "Stars", "must be a number from 1 to 5, not 9"),
        (record(1), INVOICES, "Customer", "must refer to a record of an allowed table, not the record B1"),
        (n(1.5), INVOICES, "Customer", "must be a record, not 1.5"),
        (list(&[]), CUSTOMERS, "Invoices", "is a reverse link field, which scripts do not write"),
        (n(1.0), CUSTOMERS, "Total", "is a rollup field, which scripts do not write"),
        (t("x"), INVOICES, "Files", "is a files field, which scripts only clear"),
    ];
    for (value, table, name, message) in cases {
        assert_eq!(assign(&value, table, name), Err(message.to_owned()), "{name} := {value:?}");
    }
}

/// The cells of a record as scripts see them, in JSON.
fn cells(table: TableId, number: u32) -> Vec<String> {
    let mut host = MemoryHost::sample();
    let schema = host.schema().clone();
    let fields: Vec<FieldId> = schema.table(table).unwrap().live_fields().map(|field| field.id).collect();
    let operands: Vec<Operand> = fields.iter().map(|id| Operand::Slot(Slot::plain(*id))).collect();
    let address = RecordAddress { table, record: RecordId(number) };
    let read = host.cells(address, &operands).unwrap().unwrap();
    let script = |(value, id): (&model::Value, &FieldId)| {
        let (table, field) = ops::origin(&schema, table, *id).unwrap();
        json(&ops::from_model(value, (table, field.id, &field.kind)))
    };
    read.iter().zip(&fields).map(script).collect()
}

#[test]
fn cells_of_every_kind_are_values_of_scripts() {
    let ada = [
        r#""Ada""#,
        r#""Lovelace""#,
        r#""ada@example.com""#,
        "36",
        "true",
        r#""Active""#,
        r#"["vip","late"]"#,
        r#""1988-02-29""#,
        r#"["B1","B2"]"#,
        r#""mAnyTonGue1000005""#,
        r#""London <51.5,-0.12>""#,
        r#"{"size":{"m":2},"list":[1,null,"x"]}"#,
        r#"["mAnyTonGue1000005","mAnyTonGue1000006"]"#,
        r#"["A2"]"#,
        "[100,50.5]",
        "150.5",
    ];
    assert_eq!(cells(CUSTOMERS, 1), ada);
    let invoice = cells(INVOICES, 1);
    assert_eq!(invoice[7], r#"[{"name":"a.pdf","contentType":"application/pdf","size":12}]"#);
    assert_eq!(invoice[9], r#""Active""#, "an option looked up");
    let visit = r#""2024-03-01T09:00:00 - 2024-03-01T10:30:00""#;
    assert_eq!(cells(ITEMS, 1)[4..9], [r#""1:30:00.000""#, r#""09:30:00""#, visit, "4", "3"]);
}

#[test]
fn empty_cells_are_null_and_empty_lists_are_lists() {
    let emile = cells(CUSTOMERS, 3);
    let lists = ["Tags", "Invoices", "Watchers", "Friends"];
    let table = schema().table(CUSTOMERS).unwrap().clone();
    for (field, value) in table.live_fields().zip(&emile).skip(1) {
        let expected = match field.name.as_str() {
            name if lists.contains(&name) => "[]",
            "Total" => "0",
            _ => "null",
        };
        assert_eq!(value, expected, "{}", field.name);
    }
}

#[test]
fn names_are_found_as_spelled_first_and_then_whatever_the_case() {
    use crate::ir::Access;
    let schema = schema();
    let table = schema.table(CUSTOMERS).unwrap();
    let field = |name: &str| match ops::field_of(table, name) {
        Some(Access::Field(id)) => Some(id.0),
        Some(Access::System(_) | Access::Itself) | None => None,
    };
    assert_eq!(field("First Name"), Some(1));
    assert_eq!(field("first name"), Some(1));
    assert_eq!(field("B"), Some(2));
    assert_eq!(field("b"), Some(2));
    assert_eq!(field("Nothing"), None);
    assert_eq!(ops::field_of(table, "_id"), Some(Access::Itself));
    assert_eq!(ops::table_named(&schema, "invoices").map(|table| table.id), Some(INVOICES));
    assert_eq!(ops::table_named(&schema, "A").map(|table| table.id), Some(CUSTOMERS));
    let Value::Object(keys) = object(&[("Name", n(1.0)), ("name", n(2.0))]) else { panic!() };
    assert_eq!(ops::key(&keys, "name").map(json), Some("2".to_owned()));
    assert_eq!(ops::key(&keys, "NAME").map(json), Some("1".to_owned()));
}
