//! Documents as files, in and out: for the addresses of this door that are ours, and for the command line.

use crate::error::no_document;
use crate::files::{Tree, UNTITLED};
use crate::names::{Document, File};
use crate::node::Children;
use crate::outline::{self, Outline, Part, is_document};
use engine::{Engine, GO_ON, Made, RecordRow, Steps, View, Weight};
use model::change::{Among, NavPlace, NewRecord, Place};
use model::field::{MAX_NAME, Slot};
use model::kind::NoNames;
use model::{
    Ability, Actor, Change, DatabaseKey, Error, NavId, NavItem, Query, RecordId, Result, Subject, TableId, Value, rank,
};
use std::collections::HashMap;
use std::sync::Arc;
use transfer::outline::{Form, Item, Outline as Whole};

/// Most nodes of a document that is written as a file: a file is made in memory.
const MOST: usize = 1_000_000;

/// A document as a whole, in the order of its tree.
pub fn whole(view: &mut View<'_>, table: TableId) -> Result<Whole> {
    let outline = Outline::of(view, table)?;
    view.require(Some(table), Ability::RecordRead)?;
    let children = Children::read(view, &outline)?;
    if children.len() > MOST {
        return Err(Error::TooLarge { what: "document", limit: MOST as u64 });
    }
    let (parts, projection) = outline.projection();
    let now = view.now();
    let mut items: HashMap<RecordId, Item> = HashMap::with_capacity(children.len());
    let query = Query { projection, ..Query::table(table) };
    view.select(&query, &mut |row: &RecordRow<'_>| {
        let mut item = Item::default();
        for (place, part) in parts.iter().enumerate() {
            let number = || row.cell(place).integer().unwrap_or(0);
            let text = || model::kind::shared::plain_text(&row.value(place), &NoNames(now)).unwrap_or_default();
            let small = |most: (i64, i64)| u8::try_from(number()).ok().filter(|n| i64::from(*n) <= most.1).unwrap_or(0);
            match part {
                Part::Content => item.content = text(),
                Part::Note => item.note = text(),
                Part::Checked => item.checked = number() == 1,
                Part::Checkbox => item.checkbox = number() == 1,
                Part::Collapsed => item.collapsed = number() == 1,
                Part::Heading => item.heading = small(outline::HEADINGS),
                Part::Color => item.color = small(outline::COLORS),
            }
        }
        items.insert(row.id(), item);
        Ok(GO_ON)
    })?;
    let mut ordered = Vec::with_capacity(items.len());
    let mut next: Vec<(usize, RecordId)> = children.of(None).rev().map(|id| (0, id)).collect();
    while let Some((depth, id)) = next.pop() {
        // What came between the two looks at one snapshot is nothing.
        let Some(item) = items.remove(&id) else { continue };
        ordered.push(Item { depth, ..item });
        next.extend(children.of(Some(id)).rev().map(|id| (depth + 1, id)));
    }
    let note = outline::own_note(&outline.table).to_owned();
    Ok(Whole { title: outline.table.name.clone(), note, items: ordered })
}

/// The files of a database from the top down: the titles of the folders that each document is in, its own and its table.
pub fn documents(view: &View<'_>) -> Vec<(Vec<String>, String, TableId)> {
    let tree = Tree::of(view);
    let path = |mut place: usize| {
        let mut folders = Vec::new();
        while tree.entries[place].parent != place {
            place = tree.entries[place].parent;
            if place > 0 {
                folders.insert(0, tree.entries[place].title.clone());
            }
        }
        folders
    };
    let listed = tree.entries.iter().enumerate().filter_map(|(place, entry)| match entry.file {
        File::Document(document) => Some((path(place), entry.title.clone(), document.table)),
        File::Top(_) | File::Folder(..) => None,
    });
    listed.collect()
}

/// Makes a document of an outline, at a place of the navigation.
pub fn make(steps: &mut Steps<'_, '_>, whole: &Whole, at: NavPlace) -> Result<Document> {
    let database = steps.view().key();
    let mut new = outline::new_table(&title(&whole.title));
    new.description = Some(whole.note.clone()).filter(|note| !note.is_empty());
    let table = match steps.apply(Change::CreateTable { table: Box::new(new) })? {
        Made::Table(table) => table,
        _ => return Err(Error::Internal("a new document has no table".to_owned())),
    };
    let item = NavItem {
        id: NavId(0),
        parent: None,
        rank: String::new(),
        label: None,
        table: Some(table),
        bag: model::Bag::new(),
    };
    steps.apply(Change::CreateNavItem { item, at })?;
    let outline = Outline::of(&steps.view(), table)?;
    let records = records(&outline, &whole.items);
    steps.apply(Change::CreateRecords { table, records })?;
    Ok(Document { database, table })
}

/// The records of items in a table that has none yet: their numbers are known, and so are their places.
fn records(outline: &Outline, items: &[Item]) -> Vec<NewRecord> {
    let parents = parents(items);
    let mut counts: HashMap<Option<RecordId>, usize> = HashMap::new();
    parents.iter().for_each(|parent| *counts.entry(*parent).or_default() += 1);
    let mut ranks: HashMap<Option<RecordId>, std::vec::IntoIter<String>> =
        counts.into_iter().map(|(parent, count)| (parent, rank::spread(count).into_iter())).collect();
    let pairs = items.iter().zip(parents);
    let made = pairs.map(|(item, parent)| {
        let among = ranks.get_mut(&parent).and_then(Iterator::next).map_or(Among::Last, Among::Rank);
        NewRecord { values: values(outline, item), place: Some(Place { parent, among }), ..NewRecord::default() }
    });
    made.collect()
}

/// The record above each item, the first item being record 1.
fn parents(items: &[Item]) -> Vec<Option<RecordId>> {
    let mut above: Vec<RecordId> = Vec::new();
    let numbered = items.iter().zip(1u32..);
    let parents = numbered.map(|(item, number)| {
        above.truncate(item.depth);
        let parent = above.last().copied();
        above.push(RecordId(number));
        parent
    });
    parents.collect()
}

fn values(outline: &Outline, item: &Item) -> Vec<(Slot, Value)> {
    let text = |text: &str| (!text.is_empty()).then(|| Value::text(text));
    let flag = |flag: bool| flag.then_some(Value::Bool(true));
    let number = |number: u8| (number > 0).then(|| Value::Number(number.into()));
    let value = |part: Part| match part {
        Part::Content => text(&item.content),
        Part::Note => text(&item.note),
        Part::Checked => flag(item.checked),
        Part::Checkbox => flag(item.checkbox),
        Part::Collapsed => flag(item.collapsed),
        Part::Heading => number(item.heading),
        Part::Color => number(item.color),
    };
    let all = Part::ALL.into_iter().filter_map(|part| Some((Slot::plain(outline.field(part)?.id), value(part)?)));
    all.collect()
}

/// A title that a document may have.
fn title(given: &str) -> String {
    let title: String = given.trim().chars().take(MAX_NAME).collect();
    if title.is_empty() { UNTITLED.to_owned() } else { title }
}

/// Makes a document of a file, at the end of the top folder: for the command line.
pub async fn import(engine: &Engine, actor: &Arc<Actor>, database: DatabaseKey, whole: Whole) -> Result<usize> {
    let count = whole.items.len();
    let steps =
        move |steps: &mut Steps<'_, '_>| make(steps, &whole, NavPlace { parent: None, index: usize::MAX }).map(drop);
    engine.write_stepwise(actor, database, engine::WriteContext::default(), steps).await?;
    Ok(count)
}

/// A document as a file, by its title or id: for the command line.
pub async fn export(
    engine: &Engine,
    actor: &Arc<Actor>,
    database: DatabaseKey,
    named: String,
    form: Form,
) -> Result<Vec<u8>> {
    let read = move |view: &mut View<'_>| {
        let table = document_named(view, database, &named)?;
        let mut out = Vec::new();
        form.write(&whole(view, table)?, &mut out)?;
        Ok(out)
    };
    engine.read(actor, database, Weight::Scan, read).await
}

fn document_named(view: &View<'_>, database: DatabaseKey, named: &str) -> Result<TableId> {
    if let Some(document) = crate::names::read_document(named).filter(|d| d.database == database) {
        return Ok(document.table);
    }
    let all = view.tables();
    let mut found = all.iter().filter(|table| is_document(table) && table.name == named);
    match (found.next(), found.next()) {
        (Some(table), None) => Ok(table.id),
        (Some(_), Some(_)) => Err(Error::Conflict(format!("several documents are called {named}: use an id"))),
        (None, _) => Err(Error::not_found(Subject::Table, named)),
    }
}

/// All documents of a database as an archive of OPML, piece by piece to whoever keeps it.
pub async fn archive(
    engine: &Engine,
    actor: &Arc<Actor>,
    databases: &[(String, DatabaseKey)],
    keep: &mut (dyn FnMut(Vec<u8>) -> Result<()> + Send),
) -> Result<()> {
    let mut zip = transfer::outline::Zip::default();
    for (folder, database) in databases {
        let listed = engine.read(actor, *database, Weight::Point, |view| {
            view.require(None, Ability::TableRead)?;
            Ok(documents(view))
        });
        for (folders, title, table) in listed.await? {
            let read = move |view: &mut View<'_>| {
                let mut file = Vec::new();
                Form::Opml.write(&whole(view, table)?, &mut file)?;
                Ok(file)
            };
            let file = match engine.read(actor, *database, Weight::Scan, read).await {
                Ok(file) => file,
                // It went while the others were read.
                Err(Error::NotFound { .. }) => continue,
                Err(error) => return Err(error),
            };
            let top = Some(folder.as_str()).filter(|folder| !folder.is_empty());
            let folders: Vec<&str> = top.into_iter().chain(folders.iter().map(String::as_str)).collect();
            let mut piece = Vec::with_capacity(file.len() + 256);
            zip.add(&folders, &title, Form::Opml.extension(), &file, &mut piece)?;
            keep(piece)?;
        }
    }
    let mut end = Vec::new();
    zip.finish(&mut end)?;
    keep(end)
}

/// The place of a new document in a folder, by the folder's id.
pub fn place_in(view: &View<'_>, folder: Option<File>, index: Option<usize>) -> Result<NavPlace> {
    let tree = Tree::of(view);
    let folder = match folder {
        None => 0,
        Some(file) => tree.find(file).ok_or_else(no_document)?,
    };
    match tree.entries[folder].file {
        File::Top(_) | File::Folder(..) => Ok(tree.place(view, folder, index, None)),
        File::Document(_) => Err(no_document()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_lies_below_the_last_one_that_is_less_deep() {
        let items: Vec<Item> = [0, 1, 2, 2, 1, 0, 1].map(|depth| Item { depth, ..Item::default() }).into();
        let parents: Vec<u32> = parents(&items).into_iter().map(|parent| parent.map_or(0, |p| p.0)).collect();
        assert_eq!(parents, [0, 1, 2, 2, 1, 0, 6]);
        assert_eq!(title("  "), UNTITLED);
        assert_eq!(title(&"é".repeat(300)).chars().count(), MAX_NAME);
    }
}
