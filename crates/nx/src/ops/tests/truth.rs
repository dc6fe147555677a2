//! Which values are true (6.1).

use super::*;

#[test]
fn false_null_zero_and_what_is_empty_are_false() {
    let none = [Value::Null, Value::Bool(false), n(0.0), n(-0.0), t(""), list(&[]), tags(&[])];
    for value in none {
        assert!(!ops::truth(&value), "{value:?}");
    }
}

#[test]
fn everything_else_is_true() {
    let some = [
        Value::Bool(true),
        n(-1.0),
        t(" "),
        t("false"),
        list(&[Value::Null]),
        tags(&[1]),
        status(1),
        record(1),
        user(5),
        Value::Date(0),
        Value::Time(0),
        Value::Interval(0),
        object(&[]),
    ];
    for value in some {
        assert!(ops::truth(&value), "{value:?}");
    }
}
