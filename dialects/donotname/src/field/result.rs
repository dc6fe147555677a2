//! A formula as the kind of its values, with the formatting of its options: cells, filters, sorts and groups of it are
//! those of that kind.

use super::options_in::{date_format, number_format};
use super::shown::DOOR;
use model::error::Path;
use model::kind::formula::{Formula, FormulaResult};
use model::kind::number::NumberFormat;
use model::kind::{Kind, date, datetime, number};
use model::{Field, Json};
use serde_json::Map;

/// The kind of a formula's values. `field` is the formula field itself, or a lookup of one.
pub fn kind(field: &Field, formula: &Formula) -> Kind {
    let empty = Map::new();
    let options = field.bag.get(DOOR).and_then(|bag| bag.get("options")).and_then(Json::as_object);
    let (options, at) = (options.unwrap_or(&empty), Path::default());
    match formula.result {
        FormulaResult::Text => Kind::Line(Default::default()),
        FormulaResult::Boolean => Kind::Boolean(Default::default()),
        FormulaResult::Time => Kind::Time(Default::default()),
        FormulaResult::Duration => Kind::Duration(Default::default()),
        // Formatting that was kept for values of another class says nothing of these.
        FormulaResult::Number => {
            let format = number_format(options, &at).unwrap_or(NumberFormat::Decimal { precision: 2 });
            Kind::Number(number::Number { format })
        }
        FormulaResult::Date => Kind::Date(date::Date { format: date_format(options, &at).unwrap_or_default() }),
        FormulaResult::Instant => {
            Kind::DateTime(datetime::DateTime { format: date_format(options, &at).unwrap_or_default() })
        }
    }
}
