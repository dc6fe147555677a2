//! What examples cannot show: refusals, bounds, writes.

use super::*;
use crate::testing::ReadOnly;

#[test]
fn arguments_of_a_wrong_type_are_named() {
    let cases = [
        ("abs([1])", "abs takes a number, not an array"),
        ("year(\"soon\")", "year takes a date, not \"soon\""),
        ("year({})", "year takes a date, not an object"),
        ("slice({}, 1)", "slice takes a text or an array, not an object"),
        ("start(5)", "start takes an appointment, not a number"),
        ("appointment(date(2024, 1, 2), date(2024, 1, 1))", "appointment ends before it starts"),
        ("date(2024, 1)", "date takes a year, a month and a day, or one value"),
        ("datetime(date(2024, 1, 1), 5)", "datetime takes a time beside a date, not a number"),
        ("range(1, 5, 0)", "range takes a step other than 0"),
        ("item([1], \"x\")", "item takes a place in the list, not \"x\""),
        ("chosen(5, 1)", "chosen takes a choice, not a number"),
        ("get(5, \"x\")", "get takes a record, not a number"),
        ("get(record(Customers, 1), \"Nope\")", "get: Customers has no field Nope"),
        ("fieldId(Customers, \"Nope\")", "Customers has no field Nope"),
        ("tableId(\"Nope\")", "tableId: there is no table Nope"),
        ("set(record(Customers, 1), \"Age\", \"old\")", "Age must be a number, not \"old\""),
        ("set(record(Customers, 1), \"_cd\", 1)", "_cd cannot be written"),
        ("set(record(Customers, 1), \"Total\", 1)", "Total is a rollup field, which scripts do not write"),
        ("set(null, \"Age\", 1)", "set takes a record, not a null"),
        ("urlDecode(\"%zz\")", "urlDecode takes an encoded text, not \"%zz\""),
        ("urlDecode(\"%ff\")", "urlDecode takes an encoded text, not \"%ff\""),
        ("format(date(2024, 1, 1), \"L\", \"xx\")", "xx is not a language of patterns: en, de, fr and es are"),
        ("format([1], \"0\")", "format takes a date, a time or a number, not an array"),
        ("url(\"x\", 5)", "url takes an object as its query, not a number"),
    ];
    for (script, message) in cases {
        assert_eq!(refusal(script), message, "{script}");
    }
    let wrong = refusal("parseJSON(\"{\")");
    assert!(wrong.starts_with("parseJSON takes JSON, not \"{\": "), "{wrong}");
}

#[test]
fn what_would_be_too_large_is_refused_before_it_is_built() {
    let cases = [
        "range(100001)",
        "range(0, 1, 0.000001)",
        "range(0, 1e300)",
        "lpad(\"\", 1e12, \"x\")",
        "rpad(\"x\", 40000000, \"ab\")",
        "replace(lpad(\"\", 1e6, \"a\"), \"a\", lpad(\"\", 100, \"b\"))",
        "replacex(lpad(\"\", 10000, \"a\"), \"a+\", lpad(\"\", 10000, \"$&\"))",
        "split(lpad(\"\", 100001, \"x\"), \"\")",
        "split(lpad(\"\", 100001, \",\"), \",\")",
        "splitx(lpad(\"\", 100001, \",\"), \",\")",
        "array(range(60000), range(60000))",
        "join(range(100000), lpad(\"\", 1000, \"-\"))",
        "urlEncode(lpad(\"\", 5600000, \"é\"))",
        "upper(lpad(\"\", 6000000, \"ΐ\"))",
    ];
    for script in cases {
        let fault = json(script).unwrap_err();
        assert!(matches!(fault, Fault::Budget(_)), "{script}: {fault}");
    }
}

#[test]
fn json_that_is_too_deep_is_refused() {
    let nested = |depth: usize| format!("parseJSON(\"{}{}\")", "[".repeat(depth), "]".repeat(depth));
    assert!(json(&nested(60)).is_ok());
    assert!(json(&nested(70)).is_err());
    assert!(json(&nested(100_000)).is_err());
}

#[test]
fn many_different_values_are_told_apart_quickly() {
    assert_eq!(json("length(unique(range(100000)))").unwrap(), "100000");
    let mixed = "unique(array(range(3000), get(record(Customers, 1), \"Status\")))";
    assert!(matches!(json(mixed), Err(Fault::Budget(_))));
    let few = "length(unique(array(range(4), get(record(Customers, 1), \"Status\"))))";
    assert_eq!(json(few).unwrap(), "4", "an option equals its number");
}

#[test]
fn a_copy_has_what_is_stored_but_no_files_and_no_records_that_refer_to_it() {
    let mut host = MemoryHost::sample();
    let copy = run("duplicate(record(Invoices, 1))", &mut host).unwrap();
    assert!(matches!(copy, Value::Record(address) if address.record.0 == 5));
    let mut field = |name: &str| {
        let value = run(&format!("get(record(Invoices, 5), \"{name}\")"), &mut host).unwrap();
        let mut out = Vec::new();
        crate::encode(&value, &host.memory.schema, &mut out);
        String::from_utf8(out).unwrap()
    };
    let kept = ["Customer", "Number", "Amount", "Date", "Due", "Paid", "Status"].map(&mut field);
    let expected = ["\"A1\"", "\"2024-1\"", "100", "\"2024-01-31\"", "\"2024-02-14T12:30:00\"", "true", "\"Active\""];
    assert_eq!(kept, expected);
    assert_eq!(["Items", "Files"].map(field), ["[]", "[]"]);
}

#[test]
fn each_of_several_records_is_copied() {
    assert_eq!(json("duplicate(records(Invoices, [2, 1]))").unwrap(), "[\"B5\",\"B6\"]");
    assert_eq!(refusal("duplicate([record(Invoices, 1), 2])"), "duplicate takes records, not a number");
}

#[test]
fn a_host_that_only_reads_lets_nothing_be_written() {
    let mut host = MemoryHost::sample();
    host.read_only = ReadOnly::Yes;
    for script in ["set(record(Customers, 1), \"Age\", 1)", "duplicate(record(Customers, 1))"] {
        assert!(matches!(run(script, &mut host), Err(Fault::Host(_))), "{script}");
    }
}

#[test]
fn without_a_person_who_asks_is_null() {
    let mut host = MemoryHost::sample();
    host.user = None;
    for script in ["user()", "userId()", "userName()", "userEmail()", "userRole()"] {
        assert!(matches!(run(script, &mut host), Ok(Value::Null)), "{script}");
    }
    assert!(matches!(run("userHasRole(\"admin\")", &mut host), Ok(Value::Bool(false))));
}

#[test]
fn workdays_are_those_that_counting_finds() {
    // 2024-02-26 was a Monday.
    let counted = |from: i32, to: i32| (from..to).filter(|day| day.rem_euclid(7) < 5).count();
    for from in 0..10 {
        for to in from..20 {
            let script = format!("workdays(date(2024, 2, 26) + {from}, date(2024, 2, 26) + {to})");
            assert_eq!(json(&script).unwrap(), counted(from, to).to_string(), "{script}");
        }
    }
}
