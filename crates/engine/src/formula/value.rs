//! From what a script gives to what a column keeps.

use model::kind::formula::FormulaResult;
use model::{Schema, Value};
use nx::Value as Given;

/// Longest text of a formula, in bytes: longer ones are cut.
const LONGEST: usize = 1 << 20;

/// What is kept of a script's value; null when it is not of the class that was told.
pub(super) fn kept(given: &Given, result: FormulaResult, schema: &Schema) -> Value {
    match (result, given) {
        (_, Given::Null) => Value::Null,
        (FormulaResult::Number, Given::Number(number)) => Value::Number(*number),
        (FormulaResult::Boolean, Given::Bool(holds)) => Value::Bool(*holds),
        (FormulaResult::Date, Given::Date(day)) => Value::Date(*day),
        (FormulaResult::Instant, Given::DateTime(at)) => Value::Instant(*at),
        (FormulaResult::Instant, Given::Date(day)) => Value::Instant(i64::from(*day) * model::time::DAY_MS),
        (FormulaResult::Time, Given::Time(at)) => Value::Time(*at),
        (FormulaResult::Duration, Given::Interval(length)) => Value::Duration(*length),
        (FormulaResult::Text, given) => {
            nx::ops::text(given, schema).map_or(Value::Null, |text| Value::Text(cut(&text)))
        }
        (
            FormulaResult::Number
            | FormulaResult::Boolean
            | FormulaResult::Date
            | FormulaResult::Instant
            | FormulaResult::Time
            | FormulaResult::Duration,
            _,
        ) => Value::Null,
    }
}

fn cut(text: &str) -> String {
    // No engine keeps U+0000 in a text.
    let mut text = text.replace('\0', "");
    if text.len() > LONGEST {
        let mut end = LONGEST;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    text
}
