use super::*;
use crate::kind::choice::{Choice, Options};
use crate::kind::{date, datetime, files, line, links, multi_choice, number, seo};
use serde_json::json;

fn line() -> Kind {
    Kind::Line(line::Line {})
}

fn custom(pattern: &str) -> Validator {
    Validator::Pattern(Pattern::Custom(pattern.to_owned()))
}

fn instant(iso: &str) -> Value {
    Value::Instant(Instant::parse(iso).unwrap().0)
}

fn day(iso: &str) -> Value {
    Value::Date(Day::parse(iso).unwrap().0)
}

#[test]
fn values_are_held_to_the_rules() {
    let text = Value::text;
    let number = || Kind::Number(number::Number::default());
    let files = || Kind::Files(files::Files {});
    let moment = || Kind::DateTime(datetime::DateTime::default());
    let calendar = || Kind::Date(date::Date::default());
    let email = || Validator::Pattern(Pattern::Email);
    let url = || Validator::Pattern(Pattern::Url);
    let length = |min, max, eq| Validator::Length { min, max, eq };
    let range = |min, max| Validator::Range { min, max };
    let within = |min: &str, max: &str| Validator::DateRange { min: Some(min.to_owned()), max: Some(max.to_owned()) };
    let from = |min: &str| Validator::DateRange { min: Some(min.to_owned()), max: None };
    let size = |min, max, eq| Validator::Size { min, max, eq };
    let mut options = Options::default();
    let (red, blue) = (options.add("red"), options.add("blue"));
    let colour = || Kind::Choice(Choice { options: options.clone() });
    let colours = || Kind::MultiChoice(multi_choice::MultiChoice { options: options.clone() });
    let image = |width: u64| Value::Structure(json!([{ "name": "A.PNG", "token": "t", "size": 10, "width": width }]));
    let up_to_100 =
        || Validator::ImageDimensions { min_width: None, max_width: Some(100), min_height: Some(9), max_height: None };
    let seo = || Kind::Seo(seo::Seo {});
    let title = |text: &str| Value::Structure(json!({ "title": text }));
    let title_of = |min, max| Validator::PartLength { part: "title".to_owned(), min, max };
    let cases = [
        (seo(), title_of(Some(2), Some(3)), title("éé"), true),
        (seo(), title_of(Some(2), Some(3)), title("éééé"), false),
        (seo(), title_of(Some(2), None), title(""), true),
        (seo(), title_of(Some(2), None), Value::Structure(json!({"description": "d"})), true),
        (line(), length(Some(2), Some(3), None), text("éé"), true),
        (line(), length(Some(2), Some(3), None), text("a"), false),
        (line(), length(Some(2), Some(3), None), text(""), true),
        (line(), length(None, None, Some(2)), text("abc"), false),
        (number(), range(Some(0.0), None), Value::Number(-0.5), false),
        (number(), range(Some(1.0), None), Value::Number(0.0), false),
        (number(), range(Some(0.0), Some(1.0)), Value::Number(1.0), true),
        (line(), email(), text("ada@example.org"), true),
        (line(), email(), text("ada@example"), false),
        (line(), email(), text("a b@example.org"), false),
        (line(), email(), text("ada@example..org"), false),
        (line(), url(), text("https://example.org/a?b#c"), true),
        (line(), url(), text("http://localhost:8080"), true),
        (line(), url(), text("example.org"), false),
        (line(), url(), text("https://"), false),
        (line(), url(), text("javascript://x"), false),
        (line(), custom("^[a-z]+$"), text("abc"), true),
        (line(), custom("^[a-z]+$"), text("Abc"), false),
        (line(), custom("b"), text("abc"), true),
        (line(), custom("("), text("abc"), false),
        (line(), Validator::Enum(vec!["a".into()]), text("a"), true),
        (line(), Validator::Enum(vec!["a".into()]), text("b"), false),
        (colour(), Validator::Enum(vec!["red".into()]), Value::Choice(red), true),
        (colour(), Validator::Enum(vec!["red".into()]), Value::Choice(blue), false),
        (calendar(), within("2025-01-01", "2025-01-31"), day("2025-01-31"), true),
        (calendar(), within("2025-01-01", "2025-01-31"), day("2025-02-01"), false),
        (calendar(), from("2025-01-01T10:00:00Z"), day("2025-01-01"), true),
        (moment(), within("2025-01-01", "2025-01-31"), instant("2025-01-31T23:59:59Z"), true),
        (moment(), within("2025-01-01", "2025-01-31"), instant("2025-02-01T00:00:00Z"), false),
        (moment(), from("2025-01-01T10:00:00Z"), instant("2025-01-01T09:59:59Z"), false),
        (colours(), size(None, Some(1), None), Value::Choices(vec![red, blue]), false),
        (colours(), size(None, None, Some(2)), Value::Choices(vec![red, blue]), true),
        (files(), size(Some(2), None, None), image(1), false),
        (files(), Validator::FileSize { min: None, max: Some(9) }, image(1), false),
        (files(), Validator::Extension(vec!["png".into()]), image(1), true),
        (files(), Validator::Extension(vec!["jpg".into()]), image(1), false),
        (files(), up_to_100(), image(100), true),
        (files(), up_to_100(), image(101), false),
        (line(), Validator::Required, Value::Null, true),
        (line(), Validator::Unique, text("x"), true),
    ];
    for (kind, validator, value, holds) in cases {
        assert_eq!(validator.check(&kind, &value).is_ok(), holds, "{validator:?} of {value:?}");
    }
}

#[test]
fn a_link_keeps_to_its_tables() {
    let kind = Kind::Links(links::Links::default());
    let to = |table| RecordAddress { table: TableId(table), record: crate::RecordId(1) };
    let validator = Validator::Tables(vec![TableId(1)]);
    assert_eq!(validator.check(&kind, &Value::References(vec![to(1)])), Ok(()));
    assert_eq!(validator.check(&kind, &Value::References(vec![to(1), to(2)])), Err(Rule::TargetTable));
    assert_eq!(validator.check(&kind, &Value::Reference(to(2))), Err(Rule::TargetTable));
}

#[test]
fn rules_that_make_no_sense_are_refused() {
    let cases = [
        (custom("(a+)+$"), true),
        (custom("("), false),
        (custom("(?=a)"), false),
        (custom(r"(\w{1000}){1000}"), false),
        (custom(&"a".repeat(1_001)), false),
        (Validator::Length { min: Some(3), max: Some(2), eq: None }, false),
        (Validator::Range { min: None, max: None }, false),
        (Validator::Tables(vec![TableId(1)]), false),
        (Validator::Required, true),
    ];
    for (validator, sound) in cases {
        assert_eq!(validator.check_settings(&line()).is_ok(), sound, "{validator:?}");
    }
    let dated = |min: &str| Validator::DateRange { min: Some(min.to_owned()), max: Some("2025-01-01".to_owned()) };
    let calendar = Kind::Date(date::Date::default());
    for (validator, sound) in [(dated("2024-12-31"), true), (dated("2025-01-02"), false), (dated("then"), false)] {
        assert_eq!(validator.check_settings(&calendar).is_ok(), sound, "{validator:?}");
    }
    assert!(Validator::Unique.is_deferred() && Validator::Required.is_deferred() && !custom("a").is_deferred());
}
