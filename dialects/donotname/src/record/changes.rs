//! From the drafts of a body to values of the core.

use super::body::{Draft, Given};
use super::keys::KeyType;
use super::shape::Shape;
use crate::cell::decode::{Decoder, NewOptions, Typecast};
use crate::error::unknown_field;
use crate::members::Members;
use engine::View;
use model::change::FieldPatch;
use model::error::Path;
use model::{Change, Error, Fault, Result, Slot, Value};

/// Most faults that one answer lists.
const MAX_FAULTS: usize = 20;

/// How a request's drafts are to be read.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    pub key_type: KeyType,
    pub typecast: Typecast,
}

/// The values of records, and the options to be made before they can be written.
pub struct Decoded {
    pub options: Vec<Change>,
    pub records: Vec<Vec<(Slot, Value)>>,
}

/// Reads drafts. An unknown key is "not found" by its name; values of computed fields are silently ignored; whatever
/// does not fit is named with its record and field, and nothing of the request is stored (facts A3).
pub fn decode(
    view: &mut View<'_>,
    shape: &Shape,
    members: &Members,
    keys: &[String],
    drafts: &[Draft],
    manner: Manner,
    at: impl Fn(usize) -> Path,
) -> Result<Decoded> {
    let mut columns = Vec::with_capacity(keys.len());
    for key in keys {
        let column = shape.find_written(key, manner.key_type);
        columns.push(column.ok_or_else(|| unknown_field(manner.key_type.word(), key))?);
    }
    let mut new_options = NewOptions::default();
    let mut decoder =
        Decoder { view, table: shape.name, members, typecast: manner.typecast, options: &mut new_options };
    let (mut records, mut faults) = (Vec::with_capacity(drafts.len()), Vec::new());
    for (i, draft) in drafts.iter().enumerate() {
        let mut values: Vec<(Slot, Value)> = Vec::with_capacity(draft.cells.len());
        for (place, given) in &draft.cells {
            let shown = &shape.columns[columns[usize::from(*place)]].shown;
            if !shown.is_written {
                continue;
            }
            let slot = Slot::plain(shown.id);
            match decoder.decode(shown, given) {
                // A field spelled twice (by id and by name): the last one counts, as with doubled keys in JSON.
                Ok(value) => match values.iter_mut().find(|(present, _)| *present == slot) {
                    Some((_, present)) => *present = value,
                    None => values.push((slot, value)),
                },
                Err(rule) if faults.len() < MAX_FAULTS => {
                    let path = Path::field(shown.id, &shown.name).under(at(i).key("fields"));
                    faults.push(match given {
                        Given::Nested(_) => Fault::new(path, rule),
                        given => Fault::with(path, rule, given.describe()),
                    });
                }
                Err(_) => {}
            }
        }
        records.push(values);
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let table = shape.table.id;
    let options = new_options.into_fields().map(|(field, add_options)| {
        let patch = FieldPatch { add_options, ..FieldPatch::default() };
        Change::EditField { table, field, patch: Box::new(patch) }
    });
    Ok(Decoded { options: options.collect(), records })
}
