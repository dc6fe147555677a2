//! Making, changing and deleting fields, step by step inside a write.

use super::DOOR;
use super::bag::FieldBag;
use super::kinds;
use super::shown::{self, PLACEHOLDER, RESERVED, is_placeholder, shown_fields};
use super::validators_in::{self, Rules};
use super::validators_out::{self, targets};
use super::word::FieldType;
use crate::error::{attribute, not_found, refused, wrong};
use crate::names;
use crate::wire::{self, Attributes, Resource};
use engine::{Made, Steps, View};
use model::change::{FieldPatch, NewField, Patch, ReverseNaming, TablePatch};
use model::filter::{Filter, Predicate};
use model::kind::{Kind, line};
use model::{Bag, Change, Error, Field, FieldId, Json, Query, Result, Rule, Subject, Table, TableId, Validator};
use serde_json::Map;
use std::sync::Arc;

/// What a new field must say; the rest has defaults (facts 2).
const REQUIRED: &[&str] = &["label", "field_type", "api_key"];

/// The field of an id with its table, if this door shows it.
pub fn find(view: &View<'_>, id: &str) -> Result<(Arc<Table>, Field)> {
    let missing = || not_found(Subject::Field);
    let (table, field) = names::read_field(id).ok_or_else(missing)?;
    let table = view.table(table).map_err(|_| missing())?;
    let field = table.field(field).map_err(|_| missing())?.clone();
    if shown::is_shown(&field) { Ok((table, field)) } else { Err(missing()) }
}

/// The field that a new table has until it gets one that can name its records.
pub fn placeholder() -> NewField {
    let bag = FieldBag { placeholder: true, ..FieldBag::default() };
    NewField {
        key: Some("untitled__".to_owned()),
        bag: Bag::from([(DOOR.to_owned(), bag.to_json())]),
        ..NewField::of(PLACEHOLDER, Kind::Line(line::Line::default()))
    }
}

/// Makes a field.
pub fn create(steps: &mut Steps<'_, '_>, table: TableId, resource: &Resource) -> Result<FieldId> {
    resource.require(REQUIRED)?;
    let given = &resource.attributes;
    let label = wire::text(given, "label")?.unwrap_or_default();
    let word = wire::text(given, "field_type")?.unwrap_or_default();
    let field_type = FieldType::parse(word).ok_or_else(|| wrong("field_type", Rule::Unknown))?;
    let key = wire::text(given, "api_key")?.unwrap_or_default();
    let validators = validators(given)?.unwrap_or_default();
    let appeareance = appeareance(given)?.unwrap_or_default();
    let position = wire::position(given)?;
    let view = steps.view();
    let present = view.table(table)?;
    let rules = validators_in::read(&view, field_type, &validators)?;
    let kind = kinds::kind(field_type, &rules, &appeareance)?;
    let at = position.and_then(|index| shown::places(&present).get(index).copied());
    make_room(steps, &present, None, key)?;
    let (name, label) = free_name(&present, None, label);
    let bag = FieldBag { field_type: Some(word.to_owned()), appeareance, validators, label, placeholder: false };
    refuse_second_title(&present, None, &bag)?;
    let is_title = bag.is_title();
    let field = NewField {
        key: Some(key.to_owned()),
        description: match hint(given)? {
            Patch::Set(text) => Some(text),
            Patch::Keep | Patch::Clear => None,
        },
        validators: rules.list,
        localized: wire::flag(given, "localized")?.unwrap_or(false),
        reverse_hidden_in: vec![DOOR.to_owned()],
        bag: Bag::from([(DOOR.to_owned(), bag.to_json())]),
        ..NewField::of(name, kind)
    };
    let Made::Field { field, .. } = steps.apply(Change::CreateField { table, field: Box::new(field), at })? else {
        return Err(Error::Internal("a new field is none".to_owned()));
    };
    if can_name_records(field_type) {
        let present = steps.view().table(table)?;
        let was = present.field(present.primary).ok().filter(|was| is_placeholder(was)).map(|was| was.id);
        if was.is_some() || is_title {
            let patch = TablePatch { primary: Some(field), ..TablePatch::default() };
            steps.apply(Change::EditTable { table, patch: Box::new(patch) })?;
        }
        if let Some(was) = was
            && is_empty(steps, table, was)?
        {
            steps.apply(Change::DeleteField { table, field: was })?;
        }
    }
    Ok(field)
}

/// Changes a field; what is not given stays (facts 2).
pub fn update(steps: &mut Steps<'_, '_>, table: &Table, was: &Field, resource: &Resource) -> Result<()> {
    let given = &resource.attributes;
    let mut bag = FieldBag::of(was);
    let field_type = bag.field_type(was);
    if wire::text(given, "field_type")?.is_some_and(|word| word != field_type.word()) {
        return Err(wrong("field_type", Rule::ReadOnly));
    }
    let mut patch = FieldPatch { localized: wire::flag(given, "localized")?, ..FieldPatch::default() };
    if let Some(label) = wire::text(given, "label")?.filter(|label| *label != bag.label(was)) {
        let (name, label) = free_name(table, Some(was.id), label);
        (patch.name, bag.label) = (Some(name), label);
    }
    if let Some(key) = wire::text(given, "api_key")?.filter(|key| *key != shown::attribute(was)) {
        make_room(steps, table, Some(was.id), key)?;
        patch.key = Some(key.to_owned());
    }
    patch.description = hint(given)?;
    let mut rules = None;
    if let Some(validators) = validators(given)? {
        let view = steps.view();
        // What was read can be written back, also where other doors made it.
        if validators != validators_out::validators(&view, &bag, was) {
            rules = Some(validators_in::read(&view, field_type, &validators)?);
            bag.validators = validators;
        }
    }
    if let Some(appeareance) = appeareance(given)? {
        bag.appeareance = appeareance;
        refuse_second_title(table, Some(was.id), &bag)?;
    }
    if let Kind::Slug(_) = was.kind {
        let read = rules.clone().unwrap_or_default();
        patch.settings = Some(Kind::Slug(kinds::slug(&read, &bag.appeareance)));
    }
    if let Some(rules) = rules {
        lead_to(steps, table.id, was, &rules)?;
        patch.validators = Some(rules.list);
    }
    bag.field_type = Some(field_type.word().to_owned());
    patch.bag = Bag::from([(DOOR.to_owned(), bag.to_json())]);
    steps.apply(Change::EditField { table: table.id, field: was.id, patch: Box::new(patch) })?;
    if bag.is_title() && can_name_records(field_type) && table.primary != was.id {
        let patch = TablePatch { primary: Some(was.id), ..TablePatch::default() };
        steps.apply(Change::EditTable { table: table.id, patch: Box::new(patch) })?;
    }
    if let Some(index) = wire::position(given)? {
        let present = steps.view().table(table.id)?;
        let field_order = Some(moved(&present, was.id, index));
        let patch = TablePatch { field_order, ..TablePatch::default() };
        steps.apply(Change::EditTable { table: table.id, patch: Box::new(patch) })?;
    }
    Ok(())
}

/// Deletes a field. When it named the records, the next that can does.
pub fn delete(steps: &mut Steps<'_, '_>, table: &Table, field: FieldId) -> Result<()> {
    if table.primary == field {
        let fits = |other: &&Field| other.id != field && can_name_records(FieldBag::of(other).field_type(other));
        let next = match shown_fields(table).find(fits) {
            Some(next) => next.id,
            None => {
                let new = Box::new(placeholder());
                let made = steps.apply(Change::CreateField { table: table.id, field: new, at: Some(0) })?;
                let Made::Field { field, .. } = made else {
                    return Err(Error::Internal("a new field is none".to_owned()));
                };
                field
            }
        };
        let patch = TablePatch { primary: Some(next), ..TablePatch::default() };
        steps.apply(Change::EditTable { table: table.id, patch: Box::new(patch) })?;
    }
    steps.apply(Change::DeleteField { table: table.id, field })?;
    Ok(())
}

/// Whether values of a type can name a record.
fn can_name_records(field_type: FieldType) -> bool {
    match field_type {
        FieldType::String
        | FieldType::Text
        | FieldType::Slug
        | FieldType::Integer
        | FieldType::Float
        | FieldType::Date
        | FieldType::DateTime => true,
        FieldType::Boolean
        | FieldType::Image
        | FieldType::File
        | FieldType::Gallery
        | FieldType::Video
        | FieldType::LatLon
        | FieldType::Seo
        | FieldType::Link
        | FieldType::Links
        | FieldType::RichText
        | FieldType::Color
        | FieldType::Json => false,
    }
}

fn is_empty(steps: &mut Steps<'_, '_>, table: TableId, field: FieldId) -> Result<bool> {
    let filled = Filter::field(field, Predicate::IsEmpty).negated();
    let query = Query { filter: filled, ..Query::table(table) };
    Ok(steps.view().count(&query)? == 0)
}

/// Refuses a key that is not fit, and takes it from fields that this door does not show.
fn make_room(steps: &mut Steps<'_, '_>, table: &Table, field: Option<FieldId>, key: &str) -> Result<()> {
    check_key(key)?;
    if RESERVED.contains(&key) {
        return Err(wrong("api_key", Rule::Malformed("is reserved".to_owned())));
    }
    let Some(taken) = table.field_keyed(key).filter(|taken| Some(taken.id) != field) else { return Ok(()) };
    if shown::is_shown(taken) {
        return Err(wrong("api_key", Rule::Taken));
    }
    let free = (2..).map(|n| format!("{key}_{n}")).find(|free| table.field_keyed(free).is_none());
    let patch = FieldPatch { key: free, ..FieldPatch::default() };
    steps.apply(Change::EditField { table: table.id, field: taken.id, patch: Box::new(patch) })?;
    Ok(())
}

/// Refuses what is no `api_key`: lower-case letters, digits and underscores, first a letter (facts 1, "Case").
pub fn check_key(key: &str) -> Result<()> {
    let fits = key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let head = key.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    if fits && head && key.len() <= 64 {
        return Ok(());
    }
    Err(wrong("api_key", Rule::Pattern("^[a-z][a-z0-9_]{0,63}$".to_owned())))
}

/// A name for a field with a label, and the label where it is not the name: names are unique in a table, labels are not.
fn free_name(table: &Table, field: Option<FieldId>, label: &str) -> (String, Option<(String, String)>) {
    let taken = |name: &str| table.live_fields().any(|f| f.name == name && Some(f.id) != field);
    if !taken(label) {
        return (label.to_owned(), None);
    }
    let free = (2_u32..).map(|n| format!("{label} ({n})")).find(|name| !taken(name)).unwrap_or_default();
    (free.clone(), Some((label.to_owned(), free)))
}

fn refuse_second_title(table: &Table, field: Option<FieldId>, bag: &FieldBag) -> Result<()> {
    let is_other = |other: &&Field| Some(other.id) != field && FieldBag::of(other).is_title();
    if bag.is_title() && shown_fields(table).any(|other| is_other(&other)) {
        return Err(refused("TITLE_ALREADY_PRESENT", "Another field of the item type is its title"));
    }
    Ok(())
}

/// All live fields with one moved to a place among those that are shown.
fn moved(table: &Table, field: FieldId, index: usize) -> Vec<FieldId> {
    let mut order: Vec<FieldId> = table.live_fields().map(|f| f.id).filter(|id| *id != field).collect();
    let shown: Vec<FieldId> = shown_fields(table).map(|f| f.id).filter(|id| *id != field).collect();
    let at = shown.get(index).and_then(|next| order.iter().position(|id| id == next)).unwrap_or(order.len());
    order.insert(at, field);
    order
}

/// Lets links lead to more tables where new validators allow it. What an item holds stays, also where it may not any
/// more: it becomes invalid.
fn lead_to(steps: &mut Steps<'_, '_>, table: TableId, was: &Field, rules: &Rules) -> Result<()> {
    let (Some(asked), Some(present)) = (&rules.targets, targets(&was.kind)) else { return Ok(()) };
    if asked.is_empty() {
        return Err(wrong("validators", Rule::Required));
    }
    if asked.iter().all(|target| present.contains(target)) {
        return Ok(());
    }
    let view = steps.view();
    let mut all: Vec<TableId> = present.into_iter().filter(|target| view.schema().table(*target).is_ok()).collect();
    all.extend(asked.iter().filter(|target| !all.contains(target)).copied().collect::<Vec<_>>());
    let kind = match &was.kind {
        Kind::Reference(link) => Kind::Reference(model::kind::reference::Reference {
            targets: all,
            partners: Vec::new(),
            exclusive: link.exclusive,
        }),
        Kind::Links(links) => {
            Kind::Links(model::kind::links::Links { targets: all, partners: Vec::new(), exclusive: links.exclusive })
        }
        _ => return Ok(()),
    };
    // Without the old rule about tables, so that nothing is judged in between.
    let others = was.validators.iter().filter(|v| !matches!(v, Validator::Tables(_))).cloned().collect();
    let patch = FieldPatch { validators: Some(others), ..FieldPatch::default() };
    steps.apply(Change::EditField { table, field: was.id, patch: Box::new(patch) })?;
    let reverse = ReverseNaming { name: None, hidden_in: vec![DOOR.to_owned()] };
    steps.apply(Change::ConvertField { table, field: was.id, kind: Box::new(kind), reverse })?;
    Ok(())
}

/// `""` and null are no hint (facts 2).
fn hint(given: &Attributes) -> Result<Patch<String>> {
    Ok(match wire::nullable_text(given, "hint")? {
        Patch::Set(text) if text.is_empty() => Patch::Clear,
        other => other,
    })
}

fn validators(given: &Attributes) -> Result<Option<Map<String, Json>>> {
    match given.get("validators") {
        None => Ok(None),
        Some(Json::Null) => Ok(Some(Map::new())),
        Some(Json::Object(validators)) => Ok(Some(validators.clone())),
        Some(_) => Err(Error::invalid(attribute("validators"), Rule::Type("an object"))),
    }
}

/// `appeareance`, or `appearance` as later clients write it (facts 4).
fn appeareance(given: &Attributes) -> Result<Option<Json>> {
    for key in ["appeareance", "appearance"] {
        match given.get(key) {
            None => {}
            Some(kept @ (Json::Null | Json::Object(_))) => return Ok(Some(kept.clone())),
            Some(_) => return Err(wrong(key, Rule::Type("an object or null"))),
        }
    }
    Ok(None)
}

/// What the core refuses of a field, at the attributes of this door.
pub fn explain(error: Error) -> Error {
    const NAMES: &[(&str, &str)] =
        &[("key", "api_key"), ("name", "label"), ("validators", "validators"), ("options", "appeareance")];
    crate::error::renamed(error, NAMES)
}
