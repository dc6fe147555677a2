//! Making, changing and deleting item types, step by step inside a write.

use super::bag::TableBag;
use crate::error::{not_found, wrong};
use crate::field::DOOR;
use crate::field::change::{check_key, placeholder};
use crate::item::one::first_items;
use crate::names;
use crate::wire::{self, Attributes, Resource};
use engine::{Made, Steps};
use model::change::{NavPlace, NewTable, Patch, TablePatch};
use model::table::Shape;
use model::{Bag, Change, Error, FieldId, NavId, NavItem, Result, Rule, Subject, Table, TableId};

/// What a new item type must say; flags have defaults (facts 2).
const REQUIRED: &[&str] = &["name", "api_key"];

/// What tells items how they are ordered, in the words of later clients.
const DIRECTIONS: &[&str] = &["asc", "desc"];

/// Makes an item type, with an item of the menu (facts 2, "POST /item-types").
pub fn create(steps: &mut Steps<'_, '_>, resource: &Resource) -> Result<TableId> {
    resource.require(REQUIRED)?;
    let given = &resource.attributes;
    let key = wire::text(given, "api_key")?.unwrap_or_default();
    check_key(key)?;
    let shape = shape(given, Shape::Plain)?.unwrap_or_default();
    let mut bag = TableBag { listed: (shape == Shape::Tree).then_some(true), ..TableBag::default() };
    flags(&mut bag, given)?;
    let table = NewTable {
        name: wire::text(given, "name")?.unwrap_or_default().to_owned(),
        key: Some(key.to_owned()),
        shape,
        singleton: wire::flag(given, "singleton")?.unwrap_or(false),
        fields: vec![placeholder()],
        bag: Bag::from([(DOOR.to_owned(), bag.to_json())]),
        ..NewTable::default()
    };
    let Made::Table(table) = steps.apply(Change::CreateTable { table: Box::new(table) })? else {
        return Err(Error::Internal("a new table is none".to_owned()));
    };
    let item =
        NavItem { id: NavId(0), parent: None, rank: String::new(), label: None, table: Some(table), bag: Bag::new() };
    steps.apply(Change::CreateNavItem { item, at: NavPlace { parent: None, index: usize::MAX } })?;
    Ok(table)
}

/// Changes an item type; what is not given stays.
pub fn update(steps: &mut Steps<'_, '_>, table: &Table, resource: &Resource) -> Result<()> {
    let given = &resource.attributes;
    let key = wire::text(given, "api_key")?.filter(|key| *key != table.key);
    key.iter().try_for_each(|key| check_key(key))?;
    let singleton = wire::flag(given, "singleton")?;
    if singleton == Some(true) && !table.singleton && first_items(&mut steps.view(), table.id, 2)?.len() > 1 {
        return Err(wrong("singleton", Rule::Malformed("cannot be: there are several items".to_owned())));
    }
    let mut bag = TableBag::of(table);
    flags(&mut bag, given)?;
    let shape = shape(given, table.shape)?;
    if shape == Some(Shape::Tree) && table.shape != Shape::Tree {
        bag.listed = Some(true);
    }
    match resource.to_one("ordering_field", "field")? {
        Patch::Keep => {}
        Patch::Clear => bag.ordering_field = None,
        Patch::Set(id) => bag.ordering_field = Some(own_field(table, &id)?),
    }
    let patch = TablePatch {
        name: wire::text(given, "name")?.map(str::to_owned),
        key: key.map(str::to_owned),
        shape,
        singleton,
        bag: Bag::from([(DOOR.to_owned(), bag.to_json())]),
        ..TablePatch::default()
    };
    steps.apply(Change::EditTable { table: table.id, patch: Box::new(patch) })?;
    Ok(())
}

/// Deletes an item type with its items of the menu; what lies below those moves up.
pub fn delete(steps: &mut Steps<'_, '_>, table: TableId) -> Result<()> {
    let nav: Vec<NavId> =
        steps.view().schema().nav.values().filter(|item| item.table == Some(table)).map(|item| item.id).collect();
    for item in nav {
        steps.apply(Change::DeleteNavItem { item })?;
    }
    steps.apply(Change::DeleteTable { table })?;
    Ok(())
}

fn own_field(table: &Table, id: &str) -> Result<FieldId> {
    let field = names::read_field(id).filter(|(of, _)| *of == table.id).map(|(_, field)| field);
    let field = field.ok_or_else(|| not_found(Subject::Field))?;
    table.field(field).map(|field| field.id)
}

/// `sortable` and `tree` together; none when neither is given.
fn shape(given: &Attributes, present: Shape) -> Result<Option<Shape>> {
    let (sortable, tree) = (wire::flag(given, "sortable")?, wire::flag(given, "tree")?);
    Ok(match (sortable, tree) {
        (Some(true), Some(true)) => {
            return Err(wrong("tree", Rule::Malformed("cannot be where sortable is".to_owned())));
        }
        (_, Some(true)) => Some(Shape::Tree),
        (Some(true), _) => Some(Shape::Ordered),
        (Some(false), None) if present == Shape::Tree => None,
        (None, Some(false)) if present == Shape::Ordered => None,
        (Some(false), _) | (_, Some(false)) => Some(Shape::Plain),
        (None, None) => None,
    })
}

fn flags(bag: &mut TableBag, given: &Attributes) -> Result<()> {
    if let Some(modular) = wire::flag(given, "modular_block")? {
        bag.modular_block = modular;
    }
    if let Some(listed) = wire::flag(given, "listed")? {
        bag.listed = Some(listed);
    }
    let direction = wire::nullable_text(given, "ordering_direction")?;
    if matches!(&direction, Patch::Set(word) if !DIRECTIONS.contains(&word.as_str())) {
        return Err(wrong("ordering_direction", Rule::Unknown));
    }
    direction.apply(&mut bag.ordering_direction);
    Ok(())
}
