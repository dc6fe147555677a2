//! Files of records, and places.

use super::RECORDS;
use crate::builtin::given::{given, number, takes};
use crate::builtin::{Builtin, Context, Effect, result};
use crate::fault::Fault;
use crate::ops::{self, Bounded};
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "files",
        signature: "files(record)",
        summary: "The files of a record, an object of name, contentType and size for each.",
        effect: Effect::Reads,
        result: result::objects,
        examples: &[
            ("files(record(Invoices, 1))", "[{\"name\":\"a.pdf\",\"contentType\":\"application/pdf\",\"size\":12}]"),
            ("files(record(Invoices, 2))", "[]"),
            ("files(null)", "null"),
        ],
        call: |context, arguments| {
            let address = match &arguments[0] {
                Value::Null => return Ok(Value::Null),
                Value::Record(address) => *address,
                other => return Err(takes("files", "a record", other)),
            };
            let object = |file: crate::host::File| {
                ops::object([
                    ("name", Value::text(file.name)),
                    ("contentType", Value::text(file.content_type)),
                    ("size", Value::number(file.size as f64)),
                ])
            };
            Ok(Value::array(context.host.files(address)?.into_iter().map(object).collect()))
        },
        ..RECORDS
    },
    Builtin {
        name: "location",
        signature: "location(title, latitude, longitude)",
        summary: "A place, as the text that a location field takes.",
        arity: (3, Some(3)),
        result: result::text,
        examples: &[
            ("location(\"Rome\", 41.9, 12.5)", "\"Rome <41.9,12.5>\""),
            ("location(\"\", 41.9, -12.5)", "\"41.9,-12.5\""),
            ("location(\"x\", null, 1)", "null"),
        ],
        call: |context, arguments| {
            let title = context.text(&arguments[0])?.unwrap_or_default();
            let latitude = given!(number("location", &arguments[1])?);
            let longitude = given!(number("location", &arguments[2])?);
            let mut place = Bounded::default();
            if !title.is_empty() {
                place.push(&title)?;
                place.push(" <")?;
            }
            ops::write_text(&Value::Number(latitude), context.host.schema(), &mut place)?;
            place.push(",")?;
            ops::write_text(&Value::Number(longitude), context.host.schema(), &mut place)?;
            if !title.is_empty() {
                place.push(">")?;
            }
            Ok(place.into_value())
        },
        ..RECORDS
    },
    Builtin {
        name: "latitude",
        signature: "latitude(location)",
        summary: "The latitude of a place; null of text that is none.",
        result: result::number,
        examples: &[
            ("latitude(\"Rome <41.9,12.5>\")", "41.9"),
            ("latitude(get(record(Customers, 1), \"Place\"))", "51.5"),
            ("latitude(\"Rome\")", "null"),
            ("latitude(null)", "null"),
        ],
        call: |context, arguments| {
            Ok(degrees(context, &arguments[0])?.map_or(Value::Null, |place| Value::number(place.0)))
        },
        ..RECORDS
    },
    Builtin {
        name: "longitude",
        signature: "longitude(location)",
        summary: "The longitude of a place; null of text that is none.",
        result: result::number,
        examples: &[("longitude(\"Rome <41.9,12.5>\")", "12.5"), ("longitude(\"41.9,-12.5\")", "-12.5")],
        call: |context, arguments| {
            Ok(degrees(context, &arguments[0])?.map_or(Value::Null, |place| Value::number(place.1)))
        },
        ..RECORDS
    },
];

/// The place in `title <latitude,longitude>` or `latitude,longitude`.
fn degrees(context: &mut Context<'_>, value: &Value) -> Result<Option<(f64, f64)>, Fault> {
    let Some(text) = context.text(value)? else { return Ok(None) };
    let place = match text.trim().strip_suffix('>').and_then(|inner| inner.rsplit_once('<')) {
        Some((_, place)) => place,
        None => text.as_ref(),
    };
    let parts = place
        .split_once(',')
        .and_then(|(latitude, longitude)| Some((ops::read_number(latitude)?, ops::read_number(longitude)?)));
    Ok(parts.filter(|(latitude, longitude)| latitude.abs() <= 90.0 && longitude.abs() <= 180.0))
}
