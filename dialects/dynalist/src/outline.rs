//! A document as a table: which of its fields hold what a node has. They are ordinary fields, found by their keys; what
//! a document has beside them is left alone.

use crate::wire;
use engine::View;
use model::change::{NewField, NewTable};
use model::error::Path;
use model::field::{Field, Slot};
use model::filter::Operand;
use model::kind::boolean::Boolean;
use model::kind::integer::Integer;
use model::kind::long_text::LongText;
use model::kind::{Class, Kind};
use model::query::Projection;
use model::table::Shape;
use model::{Error, FieldId, Json, Result, Rule, Table, TableId, Validator, Value};
use serde_json::Map;
use std::sync::Arc;

/// Headings go from 1, large, to 3 (facts 4); 0 is none.
pub const HEADINGS: (i64, i64) = (0, 3);
/// Colours go from 1, red, to 6, purple (facts 4); 0 is none.
pub const COLORS: (i64, i64) = (0, 6);

/// What a node has beside its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Content,
    Note,
    Checked,
    Checkbox,
    Heading,
    Color,
    Collapsed,
}

impl Part {
    /// All, in the order in which a node tells them.
    pub const ALL: [Part; 7] =
        [Part::Content, Part::Note, Part::Checked, Part::Checkbox, Part::Heading, Part::Color, Part::Collapsed];

    /// Its word in requests and answers, and the key of its field.
    pub fn key(self) -> &'static str {
        match self {
            Part::Content => "content",
            Part::Note => "note",
            Part::Checked => "checked",
            Part::Checkbox => "checkbox",
            Part::Heading => "heading",
            Part::Color => "color",
            Part::Collapsed => "collapsed",
        }
    }

    /// The name of its field in a new document.
    fn name(self) -> &'static str {
        match self {
            Part::Content => "Content",
            Part::Note => "Note",
            Part::Checked => "Checked",
            Part::Checkbox => "Checkbox",
            Part::Heading => "Heading",
            Part::Color => "Color",
            Part::Collapsed => "Collapsed",
        }
    }

    fn class(self) -> Class {
        match self {
            Part::Content | Part::Note => Class::Text,
            Part::Checked | Part::Checkbox | Part::Collapsed => Class::Bool,
            Part::Heading | Part::Color => Class::Integer,
        }
    }

    fn field(self) -> NewField {
        let range = |(min, max): (i64, i64)| Validator::Range { min: Some(min as f64), max: Some(max as f64) };
        let (kind, validators) = match self {
            Part::Content | Part::Note => (Kind::LongText(LongText::default()), Vec::new()),
            Part::Checked | Part::Checkbox | Part::Collapsed => (Kind::Boolean(Boolean::default()), Vec::new()),
            Part::Heading => (Kind::Integer(Integer::default()), vec![range(HEADINGS)]),
            Part::Color => (Kind::Integer(Integer::default()), vec![range(COLORS)]),
        };
        NewField { key: Some(self.key().to_owned()), validators, ..NewField::of(self.name(), kind) }
    }

    /// What a request says of this part; none when it says nothing. The default of a part is no value.
    fn asked(self, from: &Map<String, Json>, at: &Path) -> Result<Option<Value>> {
        Ok(match self {
            Part::Content | Part::Note => wire::text(from, self.key(), at)?.map(|text| match text {
                "" => Value::Null,
                text => Value::text(text),
            }),
            Part::Checked | Part::Checkbox => wire::flag(from, self.key(), at)?.map(|flag| match flag {
                false => Value::Null,
                true => Value::Bool(true),
            }),
            Part::Heading => wire::whole(from, self.key(), HEADINGS, at)?.map(whole),
            Part::Color => wire::whole(from, self.key(), COLORS, at)?.map(whole),
            // It cannot be set (facts 4, "edit").
            Part::Collapsed => None,
        })
    }
}

fn whole(number: i64) -> Value {
    if number == 0 { Value::Null } else { Value::Number(number as f64) }
}

/// The table of a new document.
pub fn new_table(title: &str) -> NewTable {
    let fields = Part::ALL.map(Part::field).into();
    NewTable { name: title.to_owned(), shape: Shape::Tree, fields, ..NewTable::default() }
}

/// Whether a table is a document.
pub fn is_document(table: &Table) -> bool {
    table.shape == Shape::Tree
}

/// A document and where the parts of its nodes are.
pub struct Outline {
    pub table: Arc<Table>,
    /// By the place of the part in [`Part::ALL`].
    fields: [Option<FieldId>; 7],
}

impl Outline {
    /// The document of a table, as far as the actor may see it. A table that is no tree is no document.
    pub fn of(view: &View<'_>, table: TableId) -> Result<Outline> {
        let table = view.table(table)?;
        if !is_document(&table) {
            return Err(crate::error::no_document());
        }
        let fields = Part::ALL.map(|part| find(&table, part));
        Ok(Outline { table, fields })
    }

    /// The field of a part.
    pub fn field(&self, part: Part) -> Option<&Field> {
        let id = self.fields[part as usize]?;
        self.table.field(id).ok()
    }

    /// The parts that there are, in their order, and what reads them.
    pub fn projection(&self) -> (Vec<Part>, Projection) {
        let parts: Vec<Part> = Part::ALL.into_iter().filter(|part| self.field(*part).is_some()).collect();
        let operands = parts.iter().filter_map(|part| self.fields[*part as usize]);
        let operands = operands.map(|field| Operand::Slot(Slot::plain(field))).collect();
        (parts, Projection::These(operands))
    }

    /// The values that an insertion or an edit asks for. A part that this document has no field for may only be asked to
    /// be as it is: absent.
    pub fn values(&self, from: &Map<String, Json>, at: &Path) -> Result<Vec<(Slot, Value)>> {
        let mut values = Vec::new();
        for part in Part::ALL {
            let Some(value) = part.asked(from, at)? else { continue };
            match self.field(part) {
                Some(field) => values.push((Slot::plain(field.id), value)),
                None if value == Value::Null => {}
                None => {
                    let why = "is not kept, since the document has no such field".to_owned();
                    return Err(Error::invalid(at.clone().key(part.key()), Rule::Malformed(why)));
                }
            }
        }
        Ok(values)
    }
}

/// The field of a part: that of its key, if it can hold it. In a tree that another door made the content is what names a
/// record.
fn find(table: &Table, part: Part) -> Option<FieldId> {
    let fits = |field: &&Field| field.kind.class() == part.class() && !field.localized;
    let keyed = table.field_keyed(part.key()).filter(fits);
    match (keyed, part) {
        (Some(field), _) => Some(field.id),
        (None, Part::Content) => table.field(table.primary).ok().map(|field| field.id),
        (None, _) => None,
    }
}

/// What the document's own node says in answers: its title and description are the table's.
pub fn own_note(table: &Table) -> &str {
    table.description.as_deref().unwrap_or_default()
}
