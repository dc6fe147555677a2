//! From a cell to JSON, straight into the buffer.
//!
//! What depends on the field alone (the captions of its choices, quoted) is made once per shape of a table.

use super::values::{self, World};
use crate::field::shown::Shown;
use crate::names;
use crate::record::style::{Blank, Spelling};
use edge::json::{self, Commas};
use engine::RecordRow;
use model::kind::choice::Options;
use model::kind::{Class, Kind};
use model::{Cell, RecordAddress, TableId, UserId, Value};

/// How cells of a field become JSON.
#[derive(Debug)]
pub enum Encoding {
    Bool,
    Number,
    Text,
    Instant,
    Day,
    Choice(Quoted),
    Choices(Quoted),
    User,
    /// One record; a bare number when all are of one table.
    Record(Option<TableId>),
    /// Whatever is read as a value, of this kind.
    Value(Box<Kind>, Option<TableId>),
}

/// The quoted captions of choices by their numbers, ascending.
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

    /// Appends an option as asked; false when it is gone.
    fn write(&self, out: &mut Vec<u8>, id: i64, spelling: Spelling) -> bool {
        let place = u32::try_from(id).ok().and_then(|id| self.0.binary_search_by_key(&id, |(id, _)| *id).ok());
        let Some(place) = place else { return false };
        match spelling {
            Spelling::Names => out.extend_from_slice(&self.0[place].1),
            Spelling::Ids => {
                out.push(b'"');
                json::integer(out, id);
                out.push(b'"');
            }
        }
        true
    }
}

impl Encoding {
    /// The encoding of a field as shown.
    pub fn of(shown: &Shown) -> Encoding {
        let plain = match shown.targets.as_slice() {
            [one] => Some(*one),
            _ => None,
        };
        let any = || Encoding::Value(Box::new(shown.kind.clone()), plain);
        // A lookup through one link reads the other record's cell itself; through several it is a list of values.
        if shown.is_lookup && !matches!(shown.operand, model::filter::Operand::Through { .. }) {
            return any();
        }
        match &shown.kind {
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
            Kind::Choice(kind) => Encoding::Choice(Quoted::of(&kind.options)),
            Kind::MultiChoice(kind) => Encoding::Choices(Quoted::of(&kind.options)),
            Kind::User(_) | Kind::CreatedBy(_) | Kind::ModifiedBy(_) => Encoding::User,
            Kind::Reference(_) => Encoding::Record(plain),
            Kind::Users(_)
            | Kind::Links(_)
            | Kind::Reverse(_)
            | Kind::Files(_)
            | Kind::Location(_)
            | Kind::Color(_)
            | Kind::Video(_)
            | Kind::Json(_)
            | Kind::Seo(_)
            | Kind::Time(_)
            | Kind::Duration(_)
            | Kind::Appointment(_)
            | Kind::Lookup(_)
            | Kind::Rollup(_)
            | Kind::Formula(_)
            | Kind::Button(_) => any(),
        }
    }
}

/// Appends the cell at `output`; false, and nothing, when it is empty.
pub fn encode(out: &mut Vec<u8>, encoding: &Encoding, row: &RecordRow<'_>, output: usize, world: &World<'_>) -> bool {
    let cell = row.cell(output);
    let style = world.style;
    match encoding {
        Encoding::Text => match cell.text() {
            Some(text) if !text.is_empty() || style.blank == Blank::Quoted => {
                json::string(out, text);
                true
            }
            Some(_) | None => false,
        },
        Encoding::Number => match cell {
            Cell::Integer(number) => {
                json::integer(out, number);
                true
            }
            Cell::Real(number) => {
                json::number(out, number);
                true
            }
            Cell::Null | Cell::Text(_) | Cell::Bytes(_) => false,
        },
        Encoding::Bool => cell.integer().is_some_and(|flag| {
            json::boolean(out, flag != 0);
            true
        }),
        Encoding::Instant => cell.integer().is_some_and(|ms| {
            values::instant(out, style, ms);
            true
        }),
        Encoding::Day => match Class::Date.decode(cell) {
            Value::Date(day) => {
                values::date(out, style, day);
                true
            }
            _ => false,
        },
        Encoding::Choice(quoted) => cell.integer().is_some_and(|id| quoted.write(out, id, style.choices)),
        Encoding::Choices(quoted) => choices(out, quoted, cell.text().unwrap_or_default(), style.choices),
        Encoding::User => cell.integer().and_then(|id| u32::try_from(id).ok()).is_some_and(|user| {
            out.push(b'"');
            names::write_user(out, UserId(user));
            out.push(b'"');
            true
        }),
        Encoding::Record(plain) => cell.integer().and_then(RecordAddress::unpack).is_some_and(|address| {
            values::record(out, *plain, address);
            true
        }),
        Encoding::Value(kind, plain) => {
            let there = World { plain: *plain, ..*world };
            values::computed(out, &there, kind, &row.value(output))
        }
    }
}

/// The choices behind `[3,1]`, in that order. Those that are gone are passed over.
fn choices(out: &mut Vec<u8>, quoted: &Quoted, ids: &str, spelling: Spelling) -> bool {
    let begin = out.len();
    out.push(b'[');
    let mut commas = Commas::default();
    let mut found = false;
    for id in ids.trim_matches(['[', ']']).split(',') {
        let Ok(id) = id.trim().parse::<i64>() else { continue };
        let before = out.len();
        commas.next(out);
        if quoted.write(out, id, spelling) {
            found = true;
        } else {
            out.truncate(before);
            if !found {
                commas = Commas::default();
            }
        }
    }
    out.push(b']');
    if !found {
        out.truncate(begin);
    }
    found
}
