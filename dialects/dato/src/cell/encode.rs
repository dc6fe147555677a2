//! From a cell to JSON, straight into the buffer.
//!
//! What depends on the field alone (the names of its options, quoted) is made once per shape of a table.

use super::files::{self, Form};
use super::{World, values};
use crate::field::word::FieldType;
use crate::names;
use crate::site::zone;
use edge::json;
use engine::RecordRow;
use model::kind::choice::Options;
use model::kind::{Class, Kind};
use model::time::Day;
use model::{Cell, Json, RecordAddress, Value};
use serde::Deserialize;

/// How cells of a field become JSON.
#[derive(Debug)]
pub enum Encoding {
    Bool,
    Number,
    Text,
    Instant,
    Day,
    Choice(Quoted),
    /// JSON as it is kept.
    Structure,
    Color,
    Files(Form),
    Record,
    /// Whatever is read as a value, of this kind.
    Value(Box<Kind>),
}

/// The quoted names of options by their numbers, ascending.
#[derive(Debug)]
pub struct Quoted(Vec<(u32, Box<[u8]>)>);

impl Quoted {
    fn of(options: &Options) -> Quoted {
        let quoted = |text: &str| {
            let mut quoted = Vec::with_capacity(text.len() + 2);
            json::string(&mut quoted, text);
            quoted.into_boxed_slice()
        };
        let mut list: Vec<(u32, Box<[u8]>)> = options.list.iter().map(|o| (o.id.0, quoted(&o.name))).collect();
        list.sort_by_key(|(id, _)| *id);
        Quoted(list)
    }

    fn get(&self, id: i64) -> &[u8] {
        let place = u32::try_from(id).ok().and_then(|id| self.0.binary_search_by_key(&id, |(id, _)| *id).ok());
        place.map_or(b"null", |place| &self.0[place].1)
    }
}

impl Encoding {
    /// The encoding of a field of a kind that is shown as a type.
    pub fn of(field_type: FieldType, kind: &Kind) -> Encoding {
        match kind {
            Kind::Boolean(_) => Encoding::Bool,
            Kind::Number(_) | Kind::Integer(_) | Kind::Rating(_) | Kind::AutoNumber(_) => Encoding::Number,
            Kind::Line(_)
            | Kind::LongText(_)
            | Kind::Html(_)
            | Kind::Email(_)
            | Kind::Phone(_)
            | Kind::Url(_)
            | Kind::Slug(_)
            | Kind::Icon(_) => Encoding::Text,
            Kind::DateTime(_) | Kind::CreatedTime(_) | Kind::ModifiedTime(_) => Encoding::Instant,
            Kind::Date(_) => Encoding::Day,
            Kind::Choice(choice) => Encoding::Choice(Quoted::of(&choice.options)),
            Kind::Location(_) | Kind::Video(_) | Kind::Json(_) | Kind::Seo(_) => Encoding::Structure,
            Kind::Color(_) => Encoding::Color,
            Kind::Files(_) => Encoding::Files(match field_type {
                FieldType::Image => Form::Image,
                FieldType::File => Form::File,
                _ => Form::Gallery,
            }),
            Kind::Reference(_) => Encoding::Record,
            Kind::MultiChoice(_)
            | Kind::User(_)
            | Kind::Users(_)
            | Kind::CreatedBy(_)
            | Kind::ModifiedBy(_)
            | Kind::Links(_)
            | Kind::Reverse(_)
            | Kind::Time(_)
            | Kind::Duration(_)
            | Kind::Appointment(_)
            | Kind::Lookup(_)
            | Kind::Rollup(_)
            | Kind::Formula(_)
            | Kind::Button(_) => Encoding::Value(Box::new(kind.clone())),
        }
    }
}

/// Appends the cell at `output`; `null` when it is empty.
pub fn encode(out: &mut Vec<u8>, encoding: &Encoding, row: &RecordRow<'_>, output: usize, world: &World) {
    if let Encoding::Value(kind) = encoding {
        return values::value(out, world, kind, &row.value(output));
    }
    match (encoding, row.cell(output)) {
        (Encoding::Bool, Cell::Integer(flag)) => json::boolean(out, flag != 0),
        (Encoding::Number, Cell::Integer(number)) => json::integer(out, number),
        (Encoding::Number, Cell::Real(number)) => json::number(out, number),
        (Encoding::Text, Cell::Text(text)) => json::string(out, text),
        (Encoding::Instant, Cell::Integer(ms)) => instant(out, world, ms),
        (Encoding::Day, cell) => match Class::Date.decode(cell) {
            Value::Date(day) => self::day(out, day),
            _ => null(out),
        },
        (Encoding::Choice(quoted), Cell::Integer(id)) => out.extend_from_slice(quoted.get(id)),
        (Encoding::Structure, Cell::Text(text)) => out.extend_from_slice(text.as_bytes()),
        (Encoding::Color, Cell::Text(text)) => match serde_json::from_str::<Color>(text) {
            Ok(color) => color.write(out),
            Err(_) => null(out),
        },
        (Encoding::Files(form), cell) => match Class::Structure.decode(cell) {
            Value::Structure(list) => json::value(out, &files::shown(*form, world.site, &list)),
            _ => null(out),
        },
        (Encoding::Record, Cell::Integer(packed)) => match RecordAddress::unpack(packed) {
            Some(address) => json::string(out, &names::item(address)),
            None => null(out),
        },
        _ => null(out),
    }
}

/// Appends a moment in the site's zone.
pub fn instant(out: &mut Vec<u8>, world: &World, ms: i64) {
    out.push(b'"');
    zone::write(out, &world.zone, ms);
    out.push(b'"');
}

/// Appends a day.
pub fn day(out: &mut Vec<u8>, day: i32) {
    out.push(b'"');
    Day(day).write_iso(out);
    out.push(b'"');
}

/// A color as it is kept; one without an alpha is opaque.
#[derive(Deserialize)]
struct Color {
    red: u8,
    green: u8,
    blue: u8,
    #[serde(default = "opaque")]
    alpha: u8,
}

fn opaque() -> u8 {
    u8::MAX
}

impl Color {
    fn write(&self, out: &mut Vec<u8>) {
        let parts: [(&[u8], u8); 4] = [
            (b"{\"red\":", self.red),
            (b",\"green\":", self.green),
            (b",\"blue\":", self.blue),
            (b",\"alpha\":", self.alpha),
        ];
        for (head, part) in parts {
            out.extend_from_slice(head);
            json::integer(out, part.into());
        }
        out.push(b'}');
    }
}

/// Appends a color.
pub fn color(out: &mut Vec<u8>, color: &Json) {
    match Color::deserialize(color) {
        Ok(color) => color.write(out),
        Err(_) => null(out),
    }
}

fn null(out: &mut Vec<u8>) {
    out.extend_from_slice(b"null");
}
