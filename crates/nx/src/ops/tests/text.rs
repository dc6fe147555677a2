//! Text form (6.5) and JSON (9).

use super::*;

#[test]
fn text_form_and_json_of_every_type() {
    let visit = Value::Appointment { start: 0, end: 5_400_000 };
    let cases = [
        (Value::Null, "", "null"),
        (Value::Bool(true), "true", "true"),
        (n(5.0), "5", "5"),
        (n(-0.0), "0", "0"),
        (n(0.1), "0.1", "0.1"),
        (n(1e21), "1e+21", "1e+21"),
        (n(123_456_789_012_345_680.0), "123456789012345680", "123456789012345680"),
        (n(1e-7), "1e-7", "1e-7"),
        (t("a\"b\\\n\u{1}é"), "a\"b\\\n\u{1}é", "\"a\\\"b\\\\\\n\\u0001é\""),
        (d("2024-03-15"), "2024-03-15", "\"2024-03-15\""),
        (dt("2024-03-15T14:30:05.999Z"), "2024-03-15T14:30:05", "\"2024-03-15T14:30:05\""),
        (dt("1969-12-31T23:59:59.5Z"), "1969-12-31T23:59:59", "\"1969-12-31T23:59:59\""),
        (Value::Time(52_200_000), "14:30:00", "\"14:30:00\""),
        (Value::Interval(3_723_004), "1:02:03.004", "\"1:02:03.004\""),
        (Value::Interval(-61_000), "-0:01:01.000", "\"-0:01:01.000\""),
        (visit, "1970-01-01T00:00:00 - 1970-01-01T01:30:00", "\"1970-01-01T00:00:00 - 1970-01-01T01:30:00\""),
        (status(2), "Active", "\"Active\""),
        (status(9), "9", "\"9\""),
        (tags(&[3, 1]), "late, vip", r#"["late","vip"]"#),
        (tags(&[]), "", "[]"),
        (record(13), "13", "\"B13\""),
        (user(5), "mAnyTonGue1000005", "\"mAnyTonGue1000005\""),
        (list(&[n(1.0), Value::Null, list(&[t("x")])]), "1, , x", r#"[1,null,["x"]]"#),
        (object(&[("b", n(1.0)), ("a", list(&[]))]), r#"{"b":1,"a":[]}"#, r#"{"b":1,"a":[]}"#),
    ];
    for (value, text, encoded) in cases {
        assert_eq!(ops::text(&value, &schema()).unwrap().as_ref(), text, "{value:?}");
        assert_eq!(json(&value), encoded, "{value:?}");
    }
}

#[test]
fn an_option_that_a_lookup_finds_has_its_caption() {
    let looked_up = Value::Choice(Choice { table: INVOICES, field: FieldId(10), id: ChoiceId(3) });
    assert_eq!(json(&looked_up), "\"Lost\"");
    assert_eq!(ops::text(&looked_up, &schema()).unwrap().as_ref(), "Lost");
}

#[test]
fn json_is_written_however_deep_it_lies() {
    let mut value = n(1.0);
    for _ in 0..2_000 {
        value = list(&[value]);
    }
    assert_eq!(json(&value), format!("{}1{}", "[".repeat(2_000), "]".repeat(2_000)));
    assert!(ops::text(&value, &schema()).is_err());
    assert!(ops::check_nesting(&value).is_err());
}

#[test]
fn a_list_may_lie_in_lists_up_to_a_bound() {
    let mut value = n(1.0);
    for _ in 0..ops::MAX_NESTING - 1 {
        value = list(&[value]);
    }
    assert!(ops::check_nesting(&value).is_ok());
    assert!(ops::check_nesting(&list(&[value])).is_err());
}

#[test]
fn a_list_whose_text_would_be_too_long_is_refused() {
    let long = t(&"x".repeat(1 << 20));
    let error = ops::text(&list(&vec![long; 40]), &schema()).unwrap_err();
    assert!(matches!(error, crate::Fault::Budget(_)), "{error}");
}
