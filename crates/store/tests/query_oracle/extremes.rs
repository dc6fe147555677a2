//! A table of what is far out: numbers, days and instants at the ends of what can be written. Only expressions ask for
//! it.

use crate::dice::Dice;
use crate::world::{self, TEXTS, kind, many, options, reference, reverse, table};
use model::kind::choice::Choice;
use model::kind::{Class, Kind};
use model::time::{DAY_MS, Day, Instant};
use model::{ChoiceId, Field, RecordAddress, RecordId, Table, TableId, UserId, Value};

pub const EXTREMES: TableId = TableId(4);

/// Numbers whose products, quotients and sums leave the doubles on all sides, or nearly.
const NUMBERS: [f64; 24] = [
    0.0,
    1.0,
    -1.0,
    2.0,
    3.0,
    -7.5,
    0.1,
    0.5,
    1e-300,
    -2.5e-200,
    5e-324,
    1e-160,
    1e154,
    1e155,
    -1e290,
    1.1e290,
    f64::MAX,
    f64::MIN,
    f64::MAX / 2.0,
    9_007_199_254_740_993.0,
    1e16,
    123_456.789,
    2.2250738585072014e-308,
    365.0,
];

/// Days around what is special: the first of all, leap days, ends of years, 1970, and the last.
const DAYS: [i32; 18] = [
    -Day::FURTHEST,
    -Day::FURTHEST + 1,
    -2_440_588,
    -719_529,
    -719_528,
    -141_428,
    -25_508,
    -366,
    -1,
    0,
    1,
    59,
    11_016,
    20_453,
    20_588,
    2_932_896,
    Day::FURTHEST - 400,
    Day::FURTHEST,
];

/// The table.
pub fn definition() -> Table {
    table(
        EXTREMES.0,
        "Extremes",
        vec![
            ("name", kind(Kind::Line)),
            ("number", kind(Kind::Number)),
            ("whole", kind(Kind::Integer)),
            ("day", kind(Kind::Date)),
            ("instant", kind(Kind::DateTime)),
            ("time", kind(Kind::Time)),
            ("duration", kind(Kind::Duration)),
            ("flag", kind(Kind::Boolean)),
            ("option", Kind::Choice(Choice { options: options(&["b", "a", "c"]) })),
            ("tame", kind(Kind::Number)),
            ("person", reference(&[1])),
            ("next", reference(&[EXTREMES.0])),
            ("before", reverse(EXTREMES.0, 12)),
            ("others", many(&[EXTREMES.0, 3])),
            ("of others", reverse(EXTREMES.0, 14)),
            ("number too", kind(Kind::Number)),
            ("user", kind(Kind::User)),
        ],
    )
}

/// A value of a class, far out more often than not.
pub fn value(dice: &mut Dice, class: Class) -> Value {
    let day = |dice: &mut Dice| *dice.pick(&DAYS);
    match class {
        Class::Bool => Value::Bool(dice.once_in(2)),
        Class::Number => Value::Number(*dice.pick(&NUMBERS)),
        Class::Integer => Value::Number(*dice.pick(&[0.0, 1.0, -1.0, 7.0, -9_007_199_254_740_992.0, 12.0])),
        Class::Text => Value::text(*dice.pick(&TEXTS)),
        Class::Date => Value::Date(day(dice)),
        Class::Instant => {
            let ms = i64::from(day(dice)) * DAY_MS + *dice.pick(&[0, 1, -1, 43_200_123, DAY_MS - 1]);
            Value::Instant(ms.clamp(-Instant::FURTHEST, Instant::FURTHEST))
        }
        Class::Time => Value::Time(*dice.pick(&[0, 1, 3_599_999, 43_200_000, DAY_MS - 1])),
        Class::Duration => {
            Value::Duration(*dice.pick(&[0, 1, -1, DAY_MS, -3 * DAY_MS - 5, 9_007_199_254_740_992, 90_061_001]))
        }
        Class::Choice => Value::Choice(ChoiceId(dice.below(5) as u32 + 1)),
        Class::Reference => {
            let table = *dice.pick(&[TableId(1), TableId(2), TableId(3), EXTREMES]);
            Value::Reference(RecordAddress { table, record: RecordId(dice.below(7) as u32 + 1) })
        }
        _ => Value::User(UserId(dice.below(4) as u32)),
    }
}

/// The value of a field of the table.
pub fn of_field(dice: &mut Dice, field: &Field) -> Value {
    match field.kind.class() {
        // Multiples of a quarter.
        Class::Number if field.name == "tame" => Value::Number((dice.below(65) as f64 - 32.0) / 4.0),
        Class::Reference | Class::References => world::value(dice, field),
        _ if dice.once_in(5) => Value::Null,
        class => value(dice, class),
    }
}
