//! Making and changing an item, as the plan and the answer of a write: for doing it, and for judging alone whether it
//! could be done.

use super::body::{self, Given};
use super::one::{self, Included};
use super::shape::{Shape, Shapes};
use super::told::{Told, duplicate_singleton};
use crate::door::{At, State};
use crate::error::{malformed, not_found};
use crate::names;
use crate::wire::{Attributes, Resource};
use edge::etag::Expected;
use engine::access::DatabaseInfo;
use engine::{Made, Receipt, STOP, View};
use model::change::{Among, NewRecord, Patch, Place, RecordUpdate};
use model::query::Projection;
use model::table::Shape as TableShape;
use model::{Ability, Change, Error, RecordAddress, Result, Subject};
use std::sync::Arc;

/// A new item.
#[derive(Clone)]
pub struct Creation {
    shapes: Arc<Shapes>,
    site: DatabaseInfo,
    item_type: String,
    attributes: Arc<Attributes>,
    pub told: Told,
}

impl Creation {
    /// The item in a body.
    pub fn of(state: &State, at: &At, resource: Resource) -> Result<Creation> {
        let Patch::Set(item_type) = resource.to_one("item_type", "item_type")? else {
            return Err(malformed(&["relationships", "item_type"], "must name the item type"));
        };
        Ok(Creation {
            shapes: state.shapes.clone(),
            site: at.site.clone(),
            item_type,
            attributes: Arc::new(resource.attributes),
            told: Told::default(),
        })
    }

    /// What to change.
    pub fn plan(&self, view: &mut View<'_>) -> Result<Vec<Change>> {
        let table = names::find_item_type(view, &self.item_type)?;
        view.require(Some(table.id), Ability::RecordCreate)?;
        let shape = self.shapes.within_write(view, table.id)?;
        self.told.begin(&shape);
        if table.singleton && !one::first_items(view, table.id, 1)?.is_empty() {
            return Err(duplicate_singleton());
        }
        let world = one::world(view, &self.site);
        let given = body::read(&shape, &world, &self.attributes, &body::Present::new(), &self.told)?;
        let place = place(&shape, &given);
        let record = NewRecord { values: given.values, place, ..NewRecord::default() };
        Ok(vec![Change::CreateRecords { table: table.id, records: vec![record] }])
    }

    /// The answer.
    pub fn render(&self, view: &mut View<'_>, receipt: &Receipt) -> Result<Vec<u8>> {
        self.told.admit()?;
        let made = receipt.made.iter().find_map(|made| match made {
            Made::Records { table, ids } => Some(RecordAddress { table: *table, record: *ids.first()? }),
            _ => None,
        });
        let item = made.ok_or_else(|| Error::Internal("a new item is none".to_owned()))?;
        let shape = self.shapes.within_write(view, item.table)?;
        let world = one::world(view, &self.site);
        Ok(one::document(view, &shape, &world, item, Included::ItemType)?.0)
    }
}

/// New values of an item.
#[derive(Clone)]
pub struct Update {
    shapes: Arc<Shapes>,
    site: DatabaseInfo,
    item: RecordAddress,
    attributes: Arc<Attributes>,
    expected: Option<Expected>,
    pub told: Told,
}

impl Update {
    /// The change in a body of the item of an id.
    pub fn of(state: &State, at: &At, id: &str, resource: Resource, expected: Option<Expected>) -> Result<Update> {
        let item = one::address(id)?;
        // An item stays of its item type.
        if let Patch::Set(item_type) = resource.to_one("item_type", "item_type")?
            && names::read_item_type(&item_type).is_some_and(|table| table != item.table)
        {
            return Err(malformed(&["relationships", "item_type"], "must be the item type that the item has"));
        }
        Ok(Update {
            shapes: state.shapes.clone(),
            site: at.site.clone(),
            item,
            attributes: Arc::new(resource.attributes),
            expected,
            told: Told::default(),
        })
    }

    /// What to change.
    pub fn plan(&self, view: &mut View<'_>) -> Result<Vec<Change>> {
        let missing = || not_found(Subject::Record);
        let RecordAddress { table, record } = self.item;
        view.table(table).map_err(|_| missing())?;
        view.require(Some(table), Ability::RecordUpdate)?;
        let shape = self.shapes.within_write(view, table)?;
        self.told.begin(&shape);
        if view.require(Some(table), Ability::RecordRead).is_ok() && !view.exists(self.item)? {
            return Err(missing());
        }
        if let Some(expected) = &self.expected {
            expected.admit(view.version(self.item)?)?;
        }
        let world = one::world(view, &self.site);
        let present = body::present(view, &shape, self.item, &self.attributes)?;
        let given = body::read(&shape, &world, &self.attributes, &present, &self.told)?;
        let mut changes = Vec::new();
        if let Some(place) = move_to(view, &shape, self.item, &given)? {
            changes.push(Change::MoveRecords { table, moves: vec![(record, place)] });
        }
        changes.push(Change::UpdateRecords { table, updates: vec![RecordUpdate { record, values: given.values }] });
        Ok(changes)
    }

    /// The answer.
    pub fn render(&self, view: &mut View<'_>, included: Included) -> Result<Vec<u8>> {
        self.told.admit()?;
        let shape = self.shapes.within_write(view, self.item.table)?;
        let world = one::world(view, &self.site);
        Ok(one::document(view, &shape, &world, self.item, included)?.0)
    }
}

/// Where a new item is to stand; none where the table has no places, and last where nothing was said.
fn place(shape: &Shape, given: &Given) -> Option<Place> {
    let among = given.index.map_or(Among::Last, Among::Index);
    match shape.table.shape {
        TableShape::Plain => None,
        TableShape::Ordered => Some(Place { parent: None, among }),
        TableShape::Tree => Some(Place { parent: given.parent.flatten(), among }),
    }
}

/// Where an item is to stand that stands elsewhere now; none where it stays. Clients send back all that they were shown.
fn move_to(view: &mut View<'_>, shape: &Shape, item: RecordAddress, given: &Given) -> Result<Option<Place>> {
    let is_tree = shape.table.shape == TableShape::Tree;
    if shape.table.shape == TableShape::Plain || (given.index.is_none() && (!is_tree || given.parent.is_none())) {
        return Ok(None);
    }
    let mut present = None;
    view.by_ids(item.table, &[item.record], &Projection::Nothing, &mut |row| {
        present = row.parent();
        Ok(STOP)
    })?;
    let parent = given.parent.filter(|_| is_tree).unwrap_or(present);
    let stays = parent == present && (given.index.is_none() || given.index == view.index_among_siblings(item)?);
    let among = given.index.map_or(Among::Last, Among::Index);
    Ok((!stays).then_some(Place { parent, among }))
}
