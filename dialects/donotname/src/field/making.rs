//! The fields of a table in the making, and the table as it will be.

use super::options_in::Place;
use super::shown::name_of;
use super::spec::{self, Spec};
use super::word::Word;
use crate::members::Members;
use engine::View;
use model::change::NewField;
use model::error::Path;
use model::kind::Kind;
use model::table::MAX_FIELDS;
use model::{Bag, ColumnId, Error, Field, FieldId, Json, Result, Rule, Table, TableId};
use serde_json::json;
use std::borrow::Cow;

/// The fields of a new table as a request describes them.
pub fn fields(view: &View<'_>, members: &Members, id: TableId, given: Option<&[Json]>) -> Result<Vec<NewField>> {
    let given = match given {
        Some(given) if given.len() > MAX_FIELDS => {
            return Err(Error::invalid(Path::of("fields"), Rule::TooMany { limit: MAX_FIELDS as u64 }));
        }
        Some(given) if !given.is_empty() => Cow::Borrowed(given),
        Some(_) | None => Cow::Owned(default_fields()),
    };
    let table = name_of(view, id);
    let mut named: Vec<(Spec, String)> = Vec::with_capacity(given.len());
    for (i, one) in given.iter().enumerate() {
        let spec = Spec::of(one, &Path::of("fields").index(i))?;
        let name = spec.name_or_free(&|name| named.iter().any(|(_, taken)| taken == name));
        named.push((spec, name));
    }
    // Formulas name other fields, also those behind them, so they are read when these are known.
    let is_formula = |i: usize| i > 0 && named[i].0.word.as_deref() == Some(Word::Formula.text());
    let (late, early): (Vec<usize>, Vec<usize>) = (0..named.len()).partition(|i| is_formula(*i));
    let mut fields: Vec<Option<NewField>> = vec![None; named.len()];
    for i in early.into_iter().chain(late) {
        let at = Path::of("fields").index(i);
        let making = pretended(id, &fields.iter().map(Option::as_ref).collect::<Vec<_>>());
        let place = Place { table, members, present: None, making: Some(&making) };
        let (spec, name) = &named[i];
        let field = spec.new_field(view, &place, name.clone()).map_err(spec::under(at.clone()))?;
        if i == 0 && !Word::of(&field.kind).may_be_primary() {
            let why = format!("of type {} cannot be the primary field", Word::of(&field.kind).text());
            return Err(Error::invalid(at, Rule::Malformed(why)));
        }
        fields[i] = Some(field);
    }
    Ok(fields.into_iter().flatten().collect())
}

/// The numbers that the fields of a new table get: from 1 in their order, formulas behind all others, except for the
/// first field of all.
pub fn numbers<'k>(kinds: impl Iterator<Item = Option<&'k Kind>>) -> Vec<FieldId> {
    let late: Vec<bool> =
        kinds.enumerate().map(|(i, kind)| i > 0 && matches!(kind, None | Some(Kind::Formula(_)))).collect();
    let early = late.iter().filter(|late| !**late).count();
    let (mut next_early, mut next_late) = (1, early as u32 + 1);
    let number = |late: &bool| {
        let next = if *late { &mut next_late } else { &mut next_early };
        *next += 1;
        FieldId(*next - 1)
    };
    late.iter().map(number).collect()
}

/// Facts A4: Name text, Count number, Status select (light, medium, heavy).
fn default_fields() -> Vec<Json> {
    vec![
        json!({"name": "Name", "type": "singleLineText"}),
        json!({"name": "Count", "type": "number", "options": {"formatting": {"type": "decimal", "precision": 0}}}),
        json!({"name": "Status", "type": "singleSelect", "options": {"choices": [
            {"name": "light", "color": "grayBright"},
            {"name": "medium", "color": "yellowBright"},
            {"name": "heavy", "color": "tealBright"},
        ]}}),
    ]
}

/// The table as it will be, with those of its fields that are known.
pub fn pretended(id: TableId, fields: &[Option<&NewField>]) -> Table {
    let numbers = numbers(fields.iter().map(|field| field.map(|field| &field.kind)));
    let pretend = |(id, new): (FieldId, &NewField)| Field {
        id,
        name: new.name.clone(),
        key: new.key.clone().unwrap_or_default(),
        description: None,
        kind: new.kind.clone(),
        validators: new.validators.clone(),
        localized: false,
        default: new.default.clone(),
        columns: Vec::new(),
        indexed: false,
        hidden_in: Vec::new(),
        deleted_at: None,
        bag: Bag::new(),
    };
    Table {
        id,
        name: String::new(),
        key: String::new(),
        description: None,
        icon: None,
        shape: model::table::Shape::Plain,
        primary: FieldId(1),
        fields: numbers
            .into_iter()
            .zip(fields)
            .filter_map(|(id, field)| field.map(|field| (id, field)))
            .map(pretend)
            .collect(),
        views: Vec::new(),
        next_field: FieldId(1),
        next_column: ColumnId(1),
        retired: Vec::new(),
        retired_links: Vec::new(),
        singleton: false,
        created_at: 0,
        edited_at: 0,
        deleted_at: None,
        triggers: Default::default(),
        bag: Bag::new(),
    }
}
