use super::choice::{Choice, Options};
use super::number::{Number, NumberFormat};
use super::*;
use crate::cell::Cell;
use crate::ids::{ChoiceId, RecordId};
use crate::time::{DateFormat, TimeFormat, Zone};
use proptest::prelude::*;
use serde_json::json;

/// Ada is user 7, record 3 of table 1 is called "Rome, Italy" and record 4 "Oslo".
struct Somewhere;

impl Names for Somewhere {
    fn now(&self) -> Instant {
        Instant::parse("2025-03-15T23:30:00Z").unwrap()
    }
    fn find_user(&self, text: &str) -> Option<UserId> {
        ["7", "Ada", "ada@example.org"].contains(&text).then_some(UserId(7))
    }
    fn user_name(&self, user: UserId) -> Option<String> {
        (user == UserId(7)).then(|| "Ada".to_owned())
    }
    fn find_record(&self, tables: &[TableId], title: &str) -> Option<RecordAddress> {
        [record(3), record(4)]
            .into_iter()
            .find(|r| tables.contains(&r.table) && self.record_title(*r).as_deref() == Some(title))
    }
    fn record_title(&self, record: RecordAddress) -> Option<String> {
        match record.record.0 {
            3 => Some("Rome, Italy".to_owned()),
            4 => Some("Oslo".to_owned()),
            _ => None,
        }
    }
}

fn record(id: u32) -> RecordAddress {
    RecordAddress { table: TableId(1), record: RecordId(id) }
}

fn options() -> Options {
    let mut options = Options::default();
    for name in ["light", "medium", "a, b"] {
        options.add(name);
    }
    options
}

fn multi_choice() -> Kind {
    Kind::MultiChoice(multi_choice::MultiChoice { options: options() })
}

fn date_format(zone: &str) -> DateFormat {
    DateFormat { date: "D/M/YYYY".to_owned(), time: TimeFormat::None, zone: Zone::parse(zone).unwrap() }
}

fn date() -> Kind {
    Kind::Date(date::Date { format: date_format("Europe/Berlin") })
}

fn datetime() -> Kind {
    Kind::DateTime(datetime::DateTime { format: date_format("Europe/Berlin") })
}

fn links() -> Kind {
    Kind::Links(links::Links { targets: vec![TableId(1)], ..Default::default() })
}

fn reference() -> Kind {
    Kind::Reference(reference::Reference { targets: vec![TableId(1)], ..Default::default() })
}

fn number() -> Kind {
    Kind::Number(Number::default())
}

#[test]
fn loose_input_is_read() {
    let text = Value::text;
    let number_of = |number: f64| Some(Value::Number(number));
    let instant = |iso: &str| Some(Value::Instant(Instant::parse(iso).unwrap().0));
    let day = |iso: &str| Some(Value::Date(crate::time::Day::parse(iso).unwrap().0));
    let boolean = Kind::Boolean(boolean::Boolean {});
    let rating = Kind::Rating(rating::Rating::default());
    let integer = Kind::Integer(integer::Integer::default());
    let line = Kind::Line(line::Line {});
    let choice = Kind::Choice(Choice { options: options() });
    let users = Kind::Users(users::Users {});
    let user = Kind::User(user::User {});
    let duration = Kind::Duration(duration::Duration {});
    let time = Kind::Time(time::Time {});
    let appointment = Kind::Appointment(appointment::Appointment {});
    let location = Kind::Location(location::Location {});
    let color = Kind::Color(color::Color::default());
    let any_json = Kind::Json(json::JsonKind {});
    let cases = [
        (&number(), text("$ 1,234.50"), number_of(1234.5)),
        (&number(), text("-12 %"), number_of(-0.12)),
        (&number(), text("1e3"), number_of(1000.0)),
        (&number(), text("  "), Some(Value::Null)),
        (&number(), text("many"), None),
        (&number(), text("inf"), None),
        (&number(), Value::Bool(true), number_of(1.0)),
        (&number(), Value::Number(f64::NAN), None),
        (&integer, text("2.5"), number_of(3.0)),
        (&integer, Value::Number(1e16), None),
        (&rating, Value::Number(2.7), number_of(3.0)),
        (&rating, text("9"), number_of(5.0)),
        (&rating, Value::Number(0.0), Some(Value::Null)),
        (&rating, Value::Number(-1.0), None),
        (&boolean, text("True"), Some(Value::Bool(true))),
        (&boolean, text("false"), Some(Value::Bool(false))),
        (&boolean, text("yes"), Some(Value::Bool(true))),
        (&boolean, text(""), Some(Value::Null)),
        (&boolean, Value::Number(0.0), Some(Value::Bool(false))),
        (&line, Value::Number(1.5), Some(text("1.5"))),
        (&line, Value::Bool(true), Some(text("true"))),
        (&line, Value::References(vec![record(3), record(4)]), Some(text("Rome, Italy, Oslo"))),
        (&line, Value::Choice(ChoiceId(1)), None),
        (&choice, text(" light "), Some(Value::Choice(ChoiceId(1)))),
        (&choice, text("Light"), None),
        (&multi_choice(), text("medium, light, medium"), Some(Value::Choices(vec![ChoiceId(2), ChoiceId(1)]))),
        (&multi_choice(), text("a, b"), Some(Value::Choices(vec![ChoiceId(3)]))),
        (&multi_choice(), text("light, dark"), None),
        (&multi_choice(), Value::List(vec![text("light")]), Some(Value::Choices(vec![ChoiceId(1)]))),
        (&multi_choice(), text(""), Some(Value::Null)),
        (&date(), text("now"), day("2025-03-16")),
        (&date(), text("2025-03-15"), day("2025-03-15")),
        (&date(), text("5/3/2025"), day("2025-03-05")),
        (&date(), text("2025-03-15T23:30:00Z"), day("2025-03-16")),
        (&date(), text("2026-02-30"), Some(Value::Null)),
        (&date(), text("30/2/2026"), Some(Value::Null)),
        (&date(), text("soon"), None),
        (&datetime(), text("now"), instant("2025-03-15T23:30:00Z")),
        (&datetime(), text("5/3/2025"), instant("2025-03-04T23:00:00Z")),
        (&datetime(), text("2025-03-05"), instant("2025-03-05T00:00:00Z")),
        (&datetime(), text("2025-03-05T10:00:00+02:00"), instant("2025-03-05T08:00:00Z")),
        (&datetime(), text("2026-02-30T10:00:00Z"), Some(Value::Null)),
        (&datetime(), Value::Date(0), instant("1969-12-31T23:00:00Z")),
        (&datetime(), Value::Number(1e300), None),
        (&time, text("2:05 pm"), Some(Value::Time(50_700_000))),
        (&time, text("24:00"), None),
        (&duration, text("123:25:16.123"), Some(Value::Duration(444_316_123))),
        (&duration, text("-0:30"), Some(Value::Duration(-1_800_000))),
        (&appointment, text("2025-01-01T10:00 - 2025-01-01T11:00"), {
            Some(Value::Span { start: 1_735_725_600_000, end: 1_735_729_200_000 })
        }),
        (&appointment, text("2025-01-01T10:00 - 2025-01-01T09:00"), None),
        (&user, text("ada@example.org"), Some(Value::User(UserId(7)))),
        (&user, text("Bob"), None),
        (&users, text("Ada, 7"), Some(Value::Users(vec![UserId(7)]))),
        (&links(), text("Oslo, Oslo"), Some(Value::References(vec![record(4)]))),
        (&links(), text("Rome, Italy"), Some(Value::References(vec![record(3)]))),
        (&links(), text("Paris"), None),
        (&reference(), Value::References(vec![record(4)]), Some(Value::Reference(record(4)))),
        (&reference(), Value::References(vec![record(3), record(4)]), None),
        (&location, text("Rome <41.9,12.5>"), {
            Some(Value::Structure(json!({ "latitude": 41.9, "longitude": 12.5, "text": "Rome" })))
        }),
        (&location, text("95,0"), None),
        (&color, text("#ff8000"), {
            Some(Value::Structure(json!({ "red": 255, "green": 128, "blue": 0, "alpha": 255 })))
        }),
        (&any_json, text("[1]"), Some(Value::Structure(json!([1])))),
        (&any_json, text("[1"), None),
    ];
    for (kind, given, expected) in cases {
        assert_eq!(kind.behaviour().coerce(&given, &Somewhere), expected, "{given:?} as {}", kind.word());
    }
}

#[test]
fn values_are_shown_as_people_see_them() {
    let formatted = |format| Kind::Number(Number { format });
    let currency = NumberFormat::Currency { precision: 2, symbol: "€".to_owned() };
    let file = json!([{ "name": "a.png", "token": "t1", "size": 3 }, { "name": "b.png", "token": "t2" }]);
    let cases = [
        (number(), Value::Number(1234.5), "1234.5"),
        (number(), Value::Number(-0.0), "0"),
        (number(), Value::Number(1e21), "1e+21"),
        (number(), Value::Number(1.5e-7), "1.5e-7"),
        (formatted(NumberFormat::Decimal { precision: 2 }), Value::Number(2.0), "2.00"),
        (formatted(NumberFormat::Decimal { precision: 1 }), Value::Number(-0.01), "0.0"),
        (formatted(NumberFormat::Percent { precision: 1 }), Value::Number(0.125), "12.5%"),
        (formatted(currency), Value::Number(-1_234_567.0), "-€1,234,567.00"),
        (Kind::Boolean(boolean::Boolean {}), Value::Bool(true), "true"),
        (Kind::Boolean(boolean::Boolean {}), Value::Bool(false), ""),
        (multi_choice(), Value::Choices(vec![ChoiceId(2), ChoiceId(1)]), "medium, light"),
        (date(), Value::Date(20_162), "15/3/2025"),
        (datetime(), Value::Instant(1_742_081_400_000), "16/3/2025"),
        (Kind::Time(time::Time {}), Value::Time(50_700_500), "14:05:00.500"),
        (Kind::Duration(duration::Duration {}), Value::Duration(-444_316_000), "-123:25:16"),
        (Kind::Users(users::Users {}), Value::Users(vec![UserId(7)]), "Ada"),
        (links(), Value::References(vec![record(4), record(3)]), "Oslo, Rome, Italy"),
        (Kind::Files(files::Files {}), Value::Structure(file), "a.png (t1),b.png (t2)"),
        (Kind::Html(html::Html {}), Value::Null, ""),
    ];
    for (kind, value, text) in cases {
        assert_eq!(kind.behaviour().display(&value, &Somewhere), text, "{value:?} as {}", kind.word());
    }
}

#[test]
fn inherent_bounds_hold() {
    let deep = (0..70).fold(json!(1), |inner, _| json!([inner]));
    let any_json = || Kind::Json(json::JsonKind {});
    let span = |start, end| Value::Span { start, end };
    let refused = [
        (number(), Value::Number(f64::INFINITY)),
        (number(), Value::text("1")),
        (Kind::Integer(Default::default()), Value::Number(1.5)),
        (Kind::Rating(Default::default()), Value::Number(6.0)),
        (Kind::Line(line::Line {}), Value::Text("x".repeat(1_000_001))),
        (Kind::Line(line::Line {}), Value::text("a\0b")),
        (multi_choice(), Value::Choices(vec![ChoiceId(9)])),
        (multi_choice(), Value::Choices(vec![ChoiceId(1), ChoiceId(1)])),
        (links(), Value::References(vec![RecordAddress { table: TableId(2), record: RecordId(1) }])),
        (date(), Value::Date(i32::MIN)),
        (Kind::Appointment(appointment::Appointment {}), span(2, 1)),
        (Kind::Appointment(appointment::Appointment {}), span(i64::MIN, 1)),
        (Kind::Time(time::Time {}), Value::Time(86_400_000)),
        (any_json(), Value::Structure(deep)),
        (any_json(), Value::Structure(json!("x".repeat(1_048_577)))),
        (Kind::Location(location::Location {}), Value::Structure(json!({ "latitude": 1 }))),
        (Kind::Location(location::Location {}), Value::Structure(json!({ "latitude": 1, "longitude": 2, "x": 3 }))),
        (Kind::Color(Default::default()), Value::Structure(json!({ "red": 256, "green": 0, "blue": 0 }))),
        (Kind::Files(files::Files {}), Value::Structure(json!([{ "name": "a" }]))),
        (Kind::Video(video::Video {}), Value::Structure(json!({ "title": "x" }))),
        (Kind::Seo(seo::Seo {}), Value::Structure(json!({ "title": 1 }))),
    ];
    for (kind, value) in refused {
        assert!(kind.check(&value).is_err(), "{} took a wrong value", kind.word());
        assert_eq!(kind.check(&Value::Null), Ok(()), "null fits every kind");
    }
    assert_eq!(Kind::Line(line::Line {}).check(&Value::Text("é".repeat(1_000_000))), Ok(()));
}

#[test]
fn settings_are_kept_as_objects() {
    let kinds = [Kind::Email(email::Email {}), links(), date(), multi_choice(), Kind::Button(Default::default())];
    for kind in kinds {
        let text = serde_json::to_string(&kind).unwrap();
        assert_eq!(serde_json::from_str::<Kind>(&text).unwrap(), kind, "{text}");
    }
    assert_eq!(serde_json::to_string(&Kind::Email(email::Email {})).unwrap(), r#"{"email":{}}"#);
}

#[test]
fn a_broken_cell_is_an_empty_value() {
    let broken = [
        (Class::Bool, Cell::Text("x")),
        (Class::Number, Cell::Real(f64::NAN)),
        (Class::Date, Cell::Integer(i64::MAX)),
        (Class::Time, Cell::Integer(-1)),
        (Class::Span, Cell::Text("1/2")),
        (Class::Span, Cell::Text("é")),
        (Class::Choice, Cell::Integer(-1)),
        (Class::Choices, Cell::Text("[1,")),
        (Class::Reference, Cell::Integer(5)),
        (Class::References, Cell::Text("[5]")),
        (Class::Structure, Cell::Bytes(b"{}")),
        (Class::List, Cell::Text("{}")),
    ];
    for (class, cell) in broken {
        assert_eq!(class.decode(cell), Value::Null, "{class:?}");
    }
    assert_eq!(Class::Number.decode(Cell::Integer(3)), Value::Number(3.0), "an engine may give a whole number back");
}

fn any_value() -> impl Strategy<Value = (Class, Value)> {
    let whole = -9_007_199_254_740_992i64..9_007_199_254_740_992;
    let address = (1..RecordAddress::MAX_TABLE, 1..u32::MAX)
        .prop_map(|(table, record)| RecordAddress { table: TableId(table), record: RecordId(record) });
    prop_oneof![
        any::<bool>().prop_map(|b| (Class::Bool, Value::Bool(b))),
        prop::num::f64::NORMAL.prop_map(|n| (Class::Number, Value::Number(n))),
        whole.clone().prop_map(|n| (Class::Integer, Value::Number(n as f64))),
        any::<String>().prop_map(|t| (Class::Text, Value::Text(t))),
        any::<i32>().prop_map(|d| (Class::Date, Value::Date(d))),
        whole.clone().prop_map(|ms| (Class::Instant, Value::Instant(ms))),
        (0..86_400_000i64).prop_map(|ms| (Class::Time, Value::Time(ms))),
        whole.prop_map(|ms| (Class::Duration, Value::Duration(ms))),
        (shared::LEAST_SPAN..Instant::FURTHEST, shared::LEAST_SPAN..Instant::FURTHEST)
            .prop_map(|(a, b)| (Class::Span, Value::Span { start: a.min(b), end: a.max(b) })),
        any::<u32>().prop_map(|c| (Class::Choice, Value::Choice(ChoiceId(c)))),
        prop::collection::vec(any::<u32>().prop_map(ChoiceId), 0..5).prop_map(|c| (Class::Choices, Value::Choices(c))),
        address.clone().prop_map(|r| (Class::Reference, Value::Reference(r))),
        prop::collection::vec(address, 0..5).prop_map(|r| (Class::References, Value::References(r))),
        any::<u32>().prop_map(|u| (Class::User, Value::User(UserId(u)))),
        prop::collection::vec(any::<u32>().prop_map(UserId), 0..5).prop_map(|u| (Class::Users, Value::Users(u))),
        (any::<String>(), prop::num::f64::NORMAL)
            .prop_map(|(key, n)| (Class::Structure, Value::Structure(json!({ key: [n, null, true] })))),
        prop::num::f64::NORMAL
            .prop_map(|n| (Class::List, Value::List(vec![Value::Number(n), Value::text("x"), Value::Date(3)]))),
    ]
}

proptest! {
    #[test]
    fn a_value_comes_back_from_its_cell((class, value) in any_value()) {
        prop_assert_eq!(class.decode(class.encode(&value).borrow()), value);
        prop_assert_eq!(class.decode(class.encode(&Value::Null).borrow()), Value::Null);
    }

    #[test]
    fn appointments_sort_as_text(a in any::<(i32, i32)>(), b in any::<(i32, i32)>()) {
        let span = |(start, length): (i32, i32)| {
            let start = i64::from(start) * 1_000_000 / 3;
            Value::Span { start, end: start + i64::from(length.unsigned_abs()) }
        };
        let text = |value: &Value| Class::Span.encode(value).borrow().text().map(str::to_owned);
        let kind = Kind::Appointment(appointment::Appointment {});
        let order = kind.behaviour().compare(&span(a), &span(b), TextOrder::Codepoint);
        prop_assert_eq!(text(&span(a)).cmp(&text(&span(b))), order);
    }
}
