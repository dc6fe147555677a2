//! Arithmetic (6.2).

use super::*;
use crate::ir::Operator;
use crate::ir::Operator::{Add, Divide, Multiply, Remainder, Subtract};

fn check(cases: &[(Value, Operator, Value, &str)]) {
    let schema = schema();
    for (left, operator, right, expected) in cases {
        let result = ops::binary(*operator, left, right, &schema).unwrap();
        assert_eq!(json(&result), *expected, "{left:?} {} {right:?}", operator.word());
    }
}

#[test]
fn numbers_are_calculated_with_as_doubles() {
    check(&[
        (n(1.0), Add, n(2.0), "3"),
        (n(0.1), Add, n(0.2), "0.30000000000000004"),
        (n(7.0), Subtract, n(9.0), "-2"),
        (n(3.0), Multiply, n(0.5), "1.5"),
        (n(7.0), Divide, n(2.0), "3.5"),
        (n(7.0), Remainder, n(3.0), "1"),
        (n(-7.0), Remainder, n(3.0), "-1"),
        (n(7.0), Remainder, n(-3.0), "1"),
    ]);
}

#[test]
fn what_is_not_finite_is_null() {
    check(&[
        (n(1.0), Divide, n(0.0), "null"),
        (n(0.0), Divide, n(0.0), "null"),
        (n(1.0), Divide, Value::Null, "null"),
        (n(1.0), Remainder, n(0.0), "null"),
        (n(1.0), Remainder, Value::Null, "null"),
        (n(1e308), Multiply, n(10.0), "null"),
        (n(f64::MAX), Add, n(f64::MAX), "null"),
    ]);
}

#[test]
fn one_null_counts_as_zero_and_two_give_null() {
    check(&[
        (Value::Null, Add, n(2.0), "2"),
        (n(2.0), Subtract, Value::Null, "2"),
        (Value::Null, Subtract, n(2.0), "-2"),
        (Value::Null, Multiply, n(2.0), "0"),
        (Value::Null, Divide, n(2.0), "0"),
        (Value::Null, Add, Value::Null, "null"),
        (Value::Null, Multiply, Value::Null, "null"),
        (t(""), Multiply, n(2.0), "0"),
    ]);
}

#[test]
fn plus_with_a_text_or_an_option_joins_text_forms() {
    check(&[
        (t("Hi "), Add, n(42.0), r#""Hi 42""#),
        (n(1.5), Add, t("x"), r#""1.5x""#),
        (t("a"), Add, Value::Null, r#""a""#),
        (Value::Null, Add, t(""), r#""""#),
        (t("is "), Add, Value::Bool(true), r#""is true""#),
        (t("on "), Add, d("2024-03-15"), r#""on 2024-03-15""#),
        (status(2), Add, n(1.0), r#""Active1""#),
        (n(1.0), Add, status(1), r#""1Lead""#),
        (tags(&[1, 3]), Add, t("!"), r#""vip, late!""#),
        (t("of "), Add, list(&[n(1.0), Value::Null, t("b")]), r#""of 1, , b""#),
        (t("no "), Add, record(7), r#""no 7""#),
        (t(""), Add, object(&[("k", n(1.0))]), r#""{\"k\":1}""#),
    ]);
}

#[test]
fn booleans_options_and_texts_are_numbers_to_the_other_operators() {
    check(&[
        (Value::Bool(true), Add, n(1.0), "2"),
        (t("6"), Multiply, t("7"), "42"),
        (t(" 1e2 "), Subtract, n(1.0), "99"),
        (t("abc"), Multiply, n(2.0), "null"),
        (t("inf"), Multiply, n(2.0), "null"),
        (status(3), Multiply, n(2.0), "6"),
        (record(4), Subtract, n(1.0), "3"),
    ]);
}

#[test]
fn days_are_added_to_dates_and_datetimes() {
    check(&[
        (d("2024-03-01"), Subtract, n(1.0), r#""2024-02-29""#),
        (d("2023-03-01"), Subtract, n(1.0), r#""2023-02-28""#),
        (n(1.0), Add, d("2024-12-31"), r#""2025-01-01""#),
        (d("2024-01-01"), Add, n(1.9), r#""2024-01-02""#),
        (d("2024-01-01"), Add, Value::Null, r#""2024-01-01""#),
        (dt("2024-01-31T10:30:00Z"), Add, n(1.0), r#""2024-02-01T10:30:00""#),
        (dt("2024-01-01T00:00:00Z"), Subtract, n(1.0), r#""2023-12-31T00:00:00""#),
        (Value::Date(100_000_000), Add, n(1.0), "null"),
        (d("2024-01-01"), Add, n(1e300), "null"),
        (dt("2024-01-01T00:00:00Z"), Subtract, n(1e18), "null"),
    ]);
}

#[test]
fn differences_of_dates_are_days_and_those_of_instants_lengths_of_time() {
    check(&[
        (d("2024-03-01"), Subtract, d("2024-02-01"), "29"),
        (d("2024-02-01"), Subtract, d("2024-03-01"), "-29"),
        (dt("2024-01-02T01:00:00Z"), Subtract, dt("2024-01-01T00:30:00Z"), r#""24:30:00.000""#),
        (dt("2024-01-01T00:00:00Z"), Subtract, dt("2024-01-01T00:00:01.5Z"), r#""-0:00:01.500""#),
        (dt("2024-01-01T06:00:00Z"), Subtract, d("2024-01-01"), r#""6:00:00.000""#),
        (Value::Time(7_200_000), Subtract, Value::Time(3_600_000), r#""1:00:00.000""#),
    ]);
}

#[test]
fn lengths_of_time_move_clocks_and_scale() {
    let hour = || Value::Interval(3_600_000);
    check(&[
        (dt("2024-01-01T23:30:00Z"), Add, hour(), r#""2024-01-02T00:30:00""#),
        (d("2024-01-01"), Subtract, hour(), r#""2023-12-31T23:00:00""#),
        (Value::Time(23 * 3_600_000), Add, Value::Interval(7_200_000), r#""01:00:00""#),
        (Value::Time(0), Subtract, hour(), r#""23:00:00""#),
        (hour(), Add, hour(), r#""2:00:00.000""#),
        (hour(), Subtract, Value::Interval(7_200_000), r#""-1:00:00.000""#),
        (hour(), Multiply, n(1.5), r#""1:30:00.000""#),
        (hour(), Divide, n(2.0), r#""0:30:00.000""#),
        (hour(), Divide, n(0.0), "null"),
        (hour(), Divide, Value::Interval(1_800_000), "2"),
        (Value::Interval(i64::MAX), Multiply, n(2.0), "null"),
    ]);
}

#[test]
fn a_sign_turns_numbers_and_dates() {
    let cases = [
        (n(5.0), "-5"),
        (n(0.0), "0"),
        (Value::Null, "null"),
        (t("7"), "-7"),
        (t("x"), "null"),
        (Value::Bool(true), "-1"),
        (status(2), "-2"),
        (d("1970-01-02"), "-86400000"),
        (Value::Interval(1), r#""-0:00:00.001""#),
    ];
    for (value, expected) in cases {
        assert_eq!(json(&ops::negate(&value).unwrap()), expected, "{value:?}");
    }
}

#[test]
fn what_cannot_be_calculated_with_is_named() {
    let schema = schema();
    let cases = [
        (list(&[n(1.0)]), Multiply, n(2.0), "* does not calculate with an array"),
        (n(1.0), Add, object(&[]), "+ does not calculate with an object"),
        (Value::Null, Subtract, user(5), "- does not calculate with a user"),
        (tags(&[1]), Divide, n(1.0), "/ does not calculate with a multi"),
    ];
    for (left, operator, right, expected) in cases {
        assert_eq!(ops::binary(operator, &left, &right, &schema).unwrap_err().to_string(), expected);
    }
}

#[test]
fn a_text_that_would_be_too_long_is_not_built() {
    let half = t(&"x".repeat(ops::MAX_TEXT / 2 + 1));
    let error = ops::binary(Add, &half, &half, &schema()).unwrap_err();
    assert!(matches!(error, crate::Fault::Budget(_)), "{error}");
}
