//! From a cell to JSON, straight into the buffer (facts A4, column "cell JSON").
//!
//! What depends on the field alone (the names of its options, quoted) is made once per shape of a table.

use super::files::FileLinks;
use super::values::{self, People};
use crate::field::shown::Shown;
use crate::names;
use edge::json;
use engine::RecordRow;
use engine::files::FilePlace;
use model::filter::Operand;
use model::kind::choice::Options;
use model::kind::{Class, Kind};
use model::time::{Instant, Zone};
use model::{Cell, DatabaseKey, FieldId, RecordAddress, RecordId, TableId, UserId, Value};

/// How cells of a field become JSON.
#[derive(Debug)]
pub enum Encoding {
    Bool,
    Number,
    Text,
    Instant,
    /// A day of the core, shown as the start of that day in the field's zone.
    Day(Zone),
    Choice(Quoted),
    Choices(Quoted),
    User,
    Users,
    Link(Sides),
    /// JSON as it is kept.
    Json,
    /// Attachments of a field of this table.
    Files(TableId, FieldId),
    /// JSON as text, for structures that this door has no type for.
    JsonText,
    /// The text that people see.
    Words(Kind),
    /// Whatever is looked up or computed, one by one as values.
    Values {
        kind: Kind,
        many: bool,
        /// The table and field whose kind it is.
        of: (TableId, FieldId),
    },
}

/// Whether a link's cell is one record or a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sides {
    One,
    Many,
}

/// The quoted names of options by their numbers, ascending.
#[derive(Debug)]
pub struct Quoted(Vec<(u32, Box<[u8]>)>);

impl Quoted {
    fn of(options: &Options) -> Quoted {
        let mut list: Vec<(u32, Box<[u8]>)> = options
            .list
            .iter()
            .map(|option| {
                let mut quoted = Vec::with_capacity(option.name.len() + 2);
                json::string(&mut quoted, &option.name);
                (option.id.0, quoted.into_boxed_slice())
            })
            .collect();
        list.sort_by_key(|(id, _)| *id);
        Quoted(list)
    }

    fn get(&self, id: i64) -> Option<&[u8]> {
        let id = u32::try_from(id).ok()?;
        let place = self.0.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(&self.0[place].1)
    }
}

impl Encoding {
    /// The encoding of a field as shown.
    pub fn of(shown: &Shown) -> Encoding {
        let values = || Encoding::Values { kind: shown.kind.clone(), many: shown.many, of: shown.of };
        // A lookup through one link reads the other record's cell itself; through several it is a list of values.
        if shown.is_lookup && !matches!(shown.operand, Operand::Through { .. }) {
            return values();
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
            Kind::Date(kind) => Encoding::Day(kind.format.zone.clone()),
            Kind::Choice(kind) => Encoding::Choice(Quoted::of(&kind.options)),
            Kind::MultiChoice(kind) => Encoding::Choices(Quoted::of(&kind.options)),
            Kind::User(_) | Kind::CreatedBy(_) | Kind::ModifiedBy(_) => Encoding::User,
            Kind::Users(_) => Encoding::Users,
            // Without its titles, which only the link's own record has, a link is a list of values.
            Kind::Reference(_) | Kind::Links(_) | Kind::Reverse(_) if shown.is_lookup => values(),
            Kind::Reference(_) | Kind::Links(_) | Kind::Reverse(_) => {
                Encoding::Link(if shown.many { Sides::Many } else { Sides::One })
            }
            Kind::Files(_) if shown.is_lookup => values(),
            Kind::Files(_) => Encoding::Files(shown.of.0, shown.of.1),
            Kind::Button(_) => Encoding::Json,
            Kind::Location(_) | Kind::Color(_) | Kind::Video(_) | Kind::Json(_) | Kind::Seo(_) => Encoding::JsonText,
            Kind::Time(_) | Kind::Duration(_) | Kind::Appointment(_) => Encoding::Words(shown.kind.clone()),
            Kind::Lookup(_) | Kind::Rollup(_) | Kind::Formula(_) => values(),
        }
    }

    /// Whether the titles of linked records are read beside the cell.
    pub fn needs_titles(&self) -> bool {
        matches!(self, Encoding::Link(_))
    }
}

/// What encoding asks of the world around a cell.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub database: DatabaseKey,
    pub people: &'a People,
    pub files: &'a FileLinks,
    /// Where the attachments of the cell stand.
    pub place: FilePlace,
}

impl World<'_> {
    /// The same world around a cell of this record; record 0 is one that a lookup leads to.
    fn at(&self, table: TableId, record: RecordId, field: FieldId) -> Self {
        World { place: FilePlace { table, record, field }, ..*self }
    }
}

/// Appends the cell at `output`; false, and nothing, when it is empty. The titles of a link are at `title`.
pub fn encode(
    out: &mut Vec<u8>,
    encoding: &Encoding,
    row: &RecordRow<'_>,
    output: usize,
    title: Option<usize>,
    world: &World<'_>,
) -> bool {
    let cell = row.cell(output);
    if let Cell::Null = cell {
        return false;
    }
    match encoding {
        Encoding::Bool => {
            let checked = cell.integer().is_some_and(|n| n != 0);
            if checked {
                json::boolean(out, true);
            }
            checked
        }
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
        Encoding::Text => match cell.text() {
            Some(text) if !text.is_empty() => {
                json::string(out, text);
                true
            }
            Some(_) | None => false,
        },
        Encoding::Instant => match cell.integer() {
            Some(ms) => {
                json::instant_iso(out, Instant(ms));
                true
            }
            None => false,
        },
        Encoding::Day(zone) => match Class::Date.decode(cell) {
            Value::Date(day) => {
                json::instant_iso(out, zone.start_of(model::time::Day(day)));
                true
            }
            _ => false,
        },
        Encoding::Choice(names) => match cell.integer().and_then(|id| names.get(id)) {
            Some(quoted) => {
                out.extend_from_slice(quoted);
                true
            }
            None => false,
        },
        Encoding::Choices(names) => choices(out, names, cell.text().unwrap_or_default()),
        Encoding::User => match cell.integer().and_then(|id| u32::try_from(id).ok()) {
            Some(user) => {
                values::user(out, world, UserId(user));
                true
            }
            None => false,
        },
        Encoding::Users => match row.value(output) {
            Value::Users(users) if !users.is_empty() => {
                values::list(out, &users, |out, user| values::user(out, world, *user));
                true
            }
            _ => false,
        },
        Encoding::Link(sides) => link(out, *sides, row, output, title, world),
        Encoding::Json => match cell.text() {
            Some(text) if !text.is_empty() && text != "[]" && text != "{}" && text != "null" => {
                out.extend_from_slice(text.as_bytes());
                true
            }
            Some(_) | None => false,
        },
        Encoding::JsonText => match cell.text() {
            Some(text) if !text.is_empty() => {
                json::string(out, text);
                true
            }
            Some(_) | None => false,
        },
        Encoding::Words(kind) => {
            let text = kind.behaviour().display(&row.value(output), world.people);
            if !text.is_empty() {
                json::string(out, &text);
            }
            !text.is_empty()
        }
        Encoding::Files(table, field) => match row.value(output) {
            Value::Structure(items) if !row.value(output).is_empty() => {
                let here = world.at(*table, row.id(), *field);
                here.files.value(out, &items, here.place);
                true
            }
            _ => false,
        },
        Encoding::Values { kind, many, of } => {
            let there = world.at(of.0, RecordId(0), of.1);
            values::computed(out, &there, kind, *many, &row.value(output))
        }
    }
}

/// The names behind `[3,1]`, in that order. Options that are gone are passed over.
fn choices(out: &mut Vec<u8>, names: &Quoted, ids: &str) -> bool {
    let begin = out.len();
    out.push(b'[');
    let mut commas = json::Commas::default();
    let mut found = false;
    for id in ids.trim_matches(['[', ']']).split(',') {
        if let Some(quoted) = id.trim().parse().ok().and_then(|id| names.get(id)) {
            commas.next(out);
            out.extend_from_slice(quoted);
            found = true;
        }
    }
    out.push(b']');
    if !found {
        out.truncate(begin);
    }
    found
}

fn link(
    out: &mut Vec<u8>,
    sides: Sides,
    row: &RecordRow<'_>,
    output: usize,
    title: Option<usize>,
    world: &World<'_>,
) -> bool {
    let records: Vec<RecordAddress> = match row.value(output) {
        Value::Reference(record) => vec![record],
        Value::References(records) => records,
        _ => Vec::new(),
    };
    let titles = match title.map(|title| row.value(title)) {
        Some(Value::List(titles)) => titles,
        Some(one @ Value::Text(_)) => vec![one],
        Some(_) | None => Vec::new(),
    };
    if records.is_empty() {
        return false;
    }
    let head = names::record_head(world.database);
    let one = |out: &mut Vec<u8>, i: usize| {
        out.extend_from_slice(b"{\"id\":\"");
        names::write_record(out, &head, records[i]);
        out.push(b'"');
        if let Some(Value::Text(title)) = titles.get(i) {
            out.extend_from_slice(b",\"title\":");
            json::string(out, title);
        }
        out.push(b'}');
    };
    match sides {
        Sides::One => one(out, 0),
        Sides::Many => {
            out.push(b'[');
            let mut commas = json::Commas::default();
            for i in 0..records.len() {
                commas.next(out);
                one(out, i);
            }
            out.push(b']');
        }
    }
    true
}
