//! What holds for every row.

use super::*;
use crate::builtin::{Effect, First, Group, REFUSED, find, is_refused};
use crate::testing::{CUSTOMERS, any_value};
use proptest::prelude::*;
use std::collections::BTreeSet;

#[test]
fn every_row_is_whole_and_found_by_its_name() {
    for row in rows() {
        assert!(row.signature.starts_with(&format!("{}(", row.name)), "{}", row.name);
        assert!(row.summary.ends_with('.') && row.summary.len() > 8, "{}", row.name);
        assert!(!row.examples.is_empty(), "{}", row.name);
        assert!(row.examples.iter().all(|(script, _)| script.contains(&format!("{}(", row.name))), "{}", row.name);
        assert!(row.arity.1.is_none_or(|most| row.arity.0 <= most), "{}", row.name);
        assert!(Group::ALL.contains(&row.group));
        assert!(std::ptr::eq(find(row.name).unwrap(), row), "{}", row.name);
        assert!(std::ptr::eq(find(&row.name.to_uppercase()).unwrap(), row), "{}", row.name);
        assert!(!is_refused(row.name), "{}", row.name);
    }
    assert!(find("nothing").is_none() && find("").is_none());
    assert!(is_refused("sendEmail") && is_refused("SENDEMAIL") && !is_refused("sum"));
}

#[test]
fn no_two_rows_differ_in_case_alone() {
    let names: Vec<String> =
        rows().map(|row| row.name.to_lowercase()).chain(REFUSED.iter().map(|n| n.to_lowercase())).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

/// The functions of the specification, section 7.
const NAMES: &str =
    "length lower upper trim capitalize substr substring slice index contains startsWith endsWith replace
    testx extractx replacex split splitx join concat lpad rpad text string html raw urlEncode urlDecode url format
    abs ceil floor sign sqr sqrt pow exp ln log sin cos tan asin acos atan atan2 degrees radians pi random odd even
    round number min max
    today now date datetime time year month day quarter hour minute second weekday week weekdayName monthName
    yearmonth yearweek yearquarter days workdays age start endof duration appointment timeinterval
    sum avg cnt count first last unique sort rsort item range array chosen numbers record records tableId fieldId
    databaseId teamId get set setItem removeItem parseJSON formatJSON user userId userName userEmail userRole userRoles
    userHasRole users isAdminMode clientLang ninoxApp files location latitude longitude color icon typeof debugValueInfo
    duplicate";

#[test]
fn the_table_has_the_functions_of_the_specification_and_no_others() {
    let expected: BTreeSet<&str> = NAMES.split_whitespace().collect();
    let found: BTreeSet<&str> = rows().map(|row| row.name).collect();
    assert_eq!(found, expected);
}

#[test]
fn writing_is_said_of_those_that_write() {
    let writing: Vec<&str> = rows().filter(|row| row.effect == Effect::Writes).map(|row| row.name).collect();
    assert_eq!(writing, ["set", "duplicate"]);
}

/// Whether a value may leave a function: no table, no number that is none, no instant beyond those that can be written.
fn is_sound(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_finite(),
        Value::Date(day) => day.unsigned_abs() <= 100_000_000,
        Value::DateTime(ms) => ms.unsigned_abs() <= 8_640_000_000_000_000,
        Value::Time(ms) => (0..86_400_000).contains(ms),
        Value::Appointment { start, end } => start <= end,
        Value::Array(items) => items.iter().all(is_sound),
        Value::Object(object) => object.entries.iter().all(|(_, value)| is_sound(value)),
        Value::Table(_) => false,
        _ => true,
    }
}

proptest! {
    #[test]
    fn no_row_panics_or_gives_what_is_no_value(arguments in proptest::collection::vec(any_value(), 4)) {
        let mut host = MemoryHost::sample();
        for row in rows() {
            for count in 0..=arguments.len() {
                let mut given = arguments[..count].to_vec();
                if let (First::Table, Some(first)) = (row.first, given.first_mut()) {
                    *first = Value::Table(CUSTOMERS);
                }
                if let Some(Ok(value)) = call(row, &given, &mut host) {
                    prop_assert!(is_sound(&value), "{}({:?}) = {:?}", row.name, given, value);
                }
            }
        }
    }

    #[test]
    fn null_in_is_null_out(rest in proptest::collection::vec(any_value(), 3)) {
        // These say otherwise.
        let others = "length index contains join concat cnt count unique sort rsort chosen numbers color icon \
                      typeof debugValueInfo array min max record records userHasRole location url set item tableId fieldId";
        let mut host = MemoryHost::sample();
        for row in rows().filter(|row| !others.split_whitespace().any(|name| name == row.name)) {
            let given: Vec<Value> = std::iter::once(Value::Null).chain(rest.iter().cloned()).collect();
            let given = &given[..row.arity.0.max(1).min(given.len())];
            if let Some(Ok(value)) = call(row, given, &mut host) {
                prop_assert!(matches!(value, Value::Null), "{}({:?}) = {:?}", row.name, given, value);
            }
        }
    }
}
