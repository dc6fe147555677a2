//! Cells there and back: what a value becomes, and how it is shown again.

use super::decode::{Decoder, NewOptions, Typecast};
use crate::record::body::Given;
use crate::record::keys::KeyType;
use crate::record::write::{CellFormat, RecordWriter};
use crate::sample::{ALL, Sample};
use engine::STOP;
use model::change::NewRecord;
use model::time::Instant;
use model::{Change, ChoiceId, Json, RecordId, Slot, UserId, Value};
use serde_json::json;

/// What JSON becomes in a field, or the rule that it breaks.
fn decode(sample: &Sample, field: &str, given: Json, typecast: Typecast) -> Result<Value, String> {
    let (field, members) = (field.to_owned(), sample.members());
    sample.look(ALL, move |view, shape| {
        let shown = &shape.columns[shape.find(&field, KeyType::Name).expect("a field")].shown;
        let mut options = NewOptions::default();
        let mut decoder = Decoder { view, table: shape.name, members: &members, typecast, options: &mut options };
        let value = decoder.decode(shown, &Given::from(given.clone())).map_err(|rule| rule.to_string())?;
        match shown.kind.check(&value) {
            Err(rule) if options.into_fields().next().is_none() => Err(rule.to_string()),
            Ok(()) | Err(_) => Ok(value),
        }
    })
}

#[test]
fn values_are_normalised_on_their_way_in() {
    let sample = Sample::new();
    let instant = |text| Value::Instant(Instant::parse(text).expect("an instant").0);
    let cases: Vec<(&str, Json, Value)> = vec![
        ("Text", json!("  a\tb\r\nc\n"), Value::text("a b c")),
        ("Text", json!("   "), Value::Null),
        ("Text", json!(false), Value::Null),
        ("Long", json!(" a\n"), Value::text(" a\n")),
        ("Number", json!(""), Value::Null),
        ("Number", json!([]), Value::Null),
        ("Number", json!(0), Value::Number(0.0)),
        ("Stars", json!(5), Value::Number(5.0)),
        ("One", json!(" B "), Value::Choice(ChoiceId(2))),
        ("Many", json!(["B", "A", "B"]), Value::Choices(vec![ChoiceId(2), ChoiceId(1)])),
        ("Check", json!(true), Value::Bool(true)),
        ("Check", json!(false), Value::Null),
        ("When", json!("2025-03-15T10:30:00+02:00"), instant("2025-03-15T08:30:00.000Z")),
        // The column's own format is read in its zone.
        ("When", json!("2025-03-15"), instant("2025-03-14T15:00:00.000Z")),
        ("When", json!("2026-02-30"), Value::Null),
        ("User", json!({"id": "usr0000000000000001", "title": "Ada"}), Value::User(UserId(1))),
        ("Users", json!(["usr0000000000000001"]), Value::Users(vec![UserId(1)])),
        ("Mail", json!("a@b.c"), Value::text("a@b.c")),
    ];
    for (field, given, expected) in cases {
        assert_eq!(decode(&sample, field, given.clone(), Typecast::Off), Ok(expected), "{field} {given}");
    }
}

#[test]
fn without_typecast_another_type_is_refused() {
    let sample = Sample::new();
    let cases = [
        ("Text", json!(5)),
        ("Number", json!("10")),
        ("Number", json!(true)),
        ("Stars", json!(6)),
        ("Stars", json!(2.5)),
        ("One", json!("Unknown")),
        ("One", json!(["A"])),
        ("Many", json!("A")),
        ("Many", json!(["A", 1])),
        ("Check", json!("yes")),
        ("When", json!("soon")),
        ("When", json!(17)),
        ("User", json!("Ada")),
        ("User", json!({"id": "usr0000000000000002"})),
        ("Link", json!({"id": "recNobody"})),
        ("Files", json!([{"name": "x"}])),
    ];
    for (field, given) in cases {
        assert!(decode(&sample, field, given.clone(), Typecast::Off).is_err(), "{field} {given}");
    }
}

#[test]
fn with_typecast_loose_input_is_made_to_fit_or_becomes_empty() {
    let sample = Sample::new();
    let ann = model::RecordAddress { table: crate::sample::PEOPLE, record: RecordId(1) };
    let cases: Vec<(&str, Json, Value)> = vec![
        ("Text", json!(5), Value::text("5")),
        ("Text", json!(["a", "b"]), Value::text("a, b")),
        ("Number", json!("$1,234.50"), Value::Number(1234.5)),
        ("Number", json!("12%"), Value::Number(0.12)),
        ("Number", json!("none"), Value::Null),
        ("Stars", json!(2.7), Value::Number(3.0)),
        ("Stars", json!(9), Value::Number(5.0)),
        ("One", json!("New"), Value::Choice(ChoiceId(4))),
        ("Many", json!("A, New, New"), Value::Choices(vec![ChoiceId(1), ChoiceId(4)])),
        ("Many", json!("C, D"), Value::Choices(vec![ChoiceId(3)])),
        ("Check", json!("false"), Value::Null),
        ("Check", json!(1), Value::Bool(true)),
        ("User", json!("ada@example.com"), Value::User(UserId(1))),
        ("User", json!("nobody"), Value::Null),
        ("Link", json!("Ann"), Value::Reference(ann)),
        ("Links", json!("Ann, Nobody"), Value::References(vec![ann])),
        ("When", json!("never"), Value::Null),
    ];
    for (field, given, expected) in cases {
        assert_eq!(decode(&sample, field, given.clone(), Typecast::On), Ok(expected), "{field} {given}");
    }
}

#[test]
fn a_record_is_written_with_its_full_cells_only() {
    let sample = Sample::new();
    let person = sample.person(2);
    let at = model::RecordAddress { table: crate::sample::PEOPLE, record: RecordId(2) };
    let instant = Instant::parse("2025-03-15T00:00:00.000Z").expect("an instant");
    let cells: Vec<(u32, Value)> = vec![
        (1, Value::text("A \"quoted\" name")),
        (2, Value::text("")),
        (3, Value::Number(1234.5)),
        (4, Value::Number(3.0)),
        (5, Value::Choice(ChoiceId(3))),
        (6, Value::Choices(vec![ChoiceId(2), ChoiceId(1)])),
        (7, Value::Bool(false)),
        (8, Value::Instant(instant.0)),
        (9, Value::User(UserId(1))),
        (12, Value::Reference(at)),
        (13, Value::References(vec![at])),
    ];
    let values = cells.into_iter().map(|(field, value)| (Slot::plain(model::FieldId(field)), value)).collect();
    let records = vec![NewRecord { values, ..NewRecord::default() }];
    sample.write(move |_| Ok(vec![Change::CreateRecords { table: ALL, records: records.clone() }]));
    let written = |format: CellFormat| -> Json {
        let text = sample.look(ALL, move |view, shape| {
            let writer = RecordWriter::new(view, shape, &shape.whole, KeyType::Name, format);
            let mut out = Vec::new();
            view.by_ids(ALL, &[RecordId(1)], &shape.whole.projection, &mut |row| {
                writer.write(&mut out, row);
                Ok(STOP)
            })
            .expect("a read");
            out
        });
        serde_json::from_slice(&text).expect("JSON")
    };
    let user = json!({"id": "usr0000000000000001", "title": "Ada", "email": "ada@example.com", "avatarUrl": null});
    let mut record = written(CellFormat::Json);
    let fields = record["fields"].as_object_mut().expect("fields");
    let made = fields.remove("Made").expect("a time");
    assert_eq!(made, record["createdTime"]);
    assert_eq!(
        record["fields"],
        json!({
            "Text": "A \"quoted\" name",
            "Number": 1234.5,
            "Stars": 3,
            "One": "C, D",
            "Many": ["B", "A"],
            "When": "2025-03-15T00:00:00.000Z",
            "User": user,
            "Link": {"id": person, "title": "Bob"},
            "Links": [{"id": person, "title": "Bob"}],
            "Auto": 1,
            "Maker": user,
        })
    );
    assert_eq!(
        (&record["name"], &record["autoNumber"], &record["createdBy"]),
        (&json!("A \"quoted\" name"), &json!(1), &json!("usr0000000000000001"))
    );
    let mut record = written(CellFormat::Text);
    record["fields"].as_object_mut().expect("fields").remove("Made");
    assert_eq!(
        record["fields"],
        json!({
            "Text": "A \"quoted\" name",
            "Number": "1234.50",
            "Stars": "3",
            "One": "C, D",
            "Many": "B, A",
            "When": "2025-03-15",
            "User": "Ada",
            "Link": "Bob",
            "Links": "Bob",
            "Auto": "1",
            "Maker": "Ada",
        })
    );
}
