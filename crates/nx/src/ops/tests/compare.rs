//! Comparison and `like` (6.3, 6.4), and the order of values (5.9).

use super::*;
use crate::ir::Operator;
use crate::ir::Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, Like, NotEqual};
use std::cmp::Ordering;

fn holds(left: &Value, operator: Operator, right: &Value) -> bool {
    ops::truth(&ops::binary(operator, left, right, &schema()).unwrap())
}

#[test]
fn what_equals_what() {
    let pairs = [
        (Value::Null, Value::Null),
        (Value::Null, t("")),
        (n(0.0), n(-0.0)),
        (t("é"), t("é")),
        (d("2024-01-01"), dt("2024-01-01T00:00:00Z")),
        (status(2), n(2.0)),
        (status(2), t("Active")),
        (status(2), status(2)),
        (record(7), record(7)),
        (record(7), n(7.0)),
        (tags(&[1, 3]), t("late")),
        (tags(&[1, 3]), n(1.0)),
        (tags(&[1, 3]), tags(&[3, 1])),
        (user(5), user(5)),
        (list(&[n(1.0), Value::Null]), list(&[n(1.0), t("")])),
        (object(&[("a", n(1.0)), ("b", t("x"))]), object(&[("b", t("x")), ("a", n(1.0))])),
    ];
    for (left, right) in pairs {
        assert!(holds(&left, Equal, &right) && holds(&right, Equal, &left), "{left:?} {right:?}");
        assert!(!holds(&left, NotEqual, &right), "{left:?} {right:?}");
    }
}

#[test]
fn what_does_not() {
    let pairs = [
        (Value::Null, n(0.0)),
        (Value::Null, Value::Bool(false)),
        (Value::Null, list(&[])),
        (Value::Null, tags(&[])),
        (t("a"), t("A")),
        (t("1"), n(1.0)),
        (Value::Bool(true), n(1.0)),
        (d("2024-01-01"), dt("2024-01-01T00:00:01Z")),
        (d("2024-01-01"), t("2024-01-01")),
        (status(2), n(1.0)),
        (status(2), t("active")),
        (status(9), t("")),
        (record(7), n(8.0)),
        (record(1), Value::Record(RecordAddress { table: CUSTOMERS, record: RecordId(1) })),
        (tags(&[1]), t("new")),
        (tags(&[1]), tags(&[1, 2])),
        (list(&[n(1.0)]), n(1.0)),
        (object(&[("a", n(1.0))]), object(&[("a", n(2.0))])),
        (Value::Time(0), Value::Interval(0)),
    ];
    for (left, right) in pairs {
        assert!(!holds(&left, Equal, &right) && !holds(&right, Equal, &left), "{left:?} {right:?}");
        assert!(holds(&left, NotEqual, &right), "{left:?} {right:?}");
    }
}

#[test]
fn what_comes_before_what() {
    let pairs = [
        (n(-1.0), n(0.5)),
        (t("Z"), t("a")),
        (t("z"), t("é")),
        (d("2024-01-01"), d("2024-01-02")),
        (d("2024-01-01"), dt("2024-01-01T00:00:00.001Z")),
        (Value::Bool(false), Value::Bool(true)),
        (status(1), status(3)),
        (status(1), n(2.0)),
        (record(1), record(2)),
        (record(1), n(2.0)),
        (t("9"), n(10.0)),
        (n(9.0), t("10")),
        (Value::Time(1), Value::Time(2)),
    ];
    for (left, right) in pairs {
        for (operator, one, other) in
            [(Less, true, false), (LessOrEqual, true, false), (Greater, false, true), (GreaterOrEqual, false, true)]
        {
            assert_eq!(holds(&left, operator, &right), one, "{left:?} {} {right:?}", operator.word());
            assert_eq!(holds(&right, operator, &left), other, "{right:?} {} {left:?}", operator.word());
        }
    }
}

#[test]
fn with_null_and_without_an_order_every_comparison_is_false() {
    let pairs = [
        (Value::Null, n(-1.0)),
        (Value::Null, Value::Null),
        (t("abc"), n(1.0)),
        (t(""), n(1.0)),
        (t("2024-01-01"), d("2024-01-02")),
        (list(&[]), list(&[n(1.0)])),
        (user(1), user(2)),
        (tags(&[1]), tags(&[2])),
    ];
    for (left, right) in pairs {
        for operator in [Less, LessOrEqual, Greater, GreaterOrEqual] {
            assert!(!holds(&left, operator, &right) && !holds(&right, operator, &left), "{left:?} {right:?}");
        }
    }
}

#[test]
fn like_finds_a_part_whatever_the_case() {
    let cases = [
        (t("Hello"), t("ELL"), true),
        (t("Hello"), t("help"), false),
        (t("aab"), t("AB"), true),
        (t("Straße"), t("STRASSE"), true),
        (t("Crème Brûlée"), t("BRÛL"), true),
        (t("50 percent"), t("%"), false),
        (t("a%b"), t("%"), true),
        (n(1234.0), n(23.0), true),
        (status(2), t("act"), true),
        (tags(&[1, 3]), t("VIP, l"), true),
        (Value::Null, t(""), true),
        (Value::Null, t("a"), false),
        (t("a"), Value::Null, true),
        (t("a"), t(""), true),
    ];
    for (left, right, found) in cases {
        assert_eq!(holds(&left, Like, &right), found, "{left:?} like {right:?}");
    }
}

#[test]
fn a_long_text_of_near_misses_is_searched_in_one_pass() {
    let text = t(&"a".repeat(2_000_000));
    assert!(!holds(&text, Like, &t(&format!("{}b", "a".repeat(100_000)))));
}

#[test]
fn values_of_all_types_have_an_order() {
    let rising = [
        Value::Null,
        n(-1.0),
        Value::Bool(false),
        Value::Bool(true),
        status(2),
        n(3.0),
        d("2024-01-01"),
        dt("2024-01-01T00:00:01Z"),
        t(""),
        t("B"),
        t("a"),
        t("ä"),
        record(1),
        record(2),
        user(1),
        list(&[n(1.0)]),
        list(&[n(1.0), n(0.0)]),
        object(&[("a", n(1.0))]),
    ];
    for pair in rising.windows(2) {
        assert_eq!(ops::order(&pair[0], &pair[1]), Ordering::Less, "{pair:?}");
        assert_eq!(ops::order(&pair[1], &pair[0]), Ordering::Greater, "{pair:?}");
    }
    assert_eq!(ops::order(&n(1.0), &Value::Bool(true)), Ordering::Equal);
    assert_eq!(ops::order(&d("2024-01-01"), &dt("2024-01-01T00:00:00Z")), Ordering::Equal);
}
