//! The menu: the navigation of the core, as this door shows it.
//!
//! Items of tables that are no item types here (outlines) are passed over, and what lies below them shows in their place.

use crate::error::{not_found, wrong};
use crate::item_type::is_listed;
use crate::names;
use engine::View;
use model::change::NavPlace;
use model::{Json, NavId, NavItem, Result, Rule, Subject, TableId};
use serde_json::json;
use std::collections::HashMap;

/// An item that is shown.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: NavId,
    /// The item above that is shown.
    pub parent: Option<NavId>,
    pub label: String,
    pub table: Option<TableId>,
}

/// All items of one site, those of one parent in their order.
#[derive(Clone, Debug, Default)]
pub struct Menu {
    pub entries: Vec<Entry>,
}

impl Menu {
    /// The menu as the view sees it.
    pub fn of(view: &View<'_>) -> Menu {
        let mut below: HashMap<Option<NavId>, Vec<&NavItem>> = HashMap::new();
        view.schema().nav.values().for_each(|item| below.entry(item.parent).or_default().push(item));
        below.values_mut().for_each(|list| list.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id))));
        let mut menu = Menu::default();
        let roots = below.remove(&None).unwrap_or_default();
        let mut next: Vec<(Option<NavId>, &NavItem)> = roots.into_iter().rev().map(|item| (None, item)).collect();
        while let Some((parent, item)) = next.pop() {
            let label = match item.table {
                None => Some(item.label.clone().unwrap_or_default()),
                Some(table) => view
                    .table(table)
                    .ok()
                    .filter(|table| is_listed(table))
                    .map(|table| item.label.clone().unwrap_or_else(|| table.name.clone())),
            };
            let inner = match label {
                Some(label) => {
                    menu.entries.push(Entry { id: item.id, parent, label, table: item.table });
                    Some(item.id)
                }
                None => parent,
            };
            let children = below.remove(&Some(item.id)).unwrap_or_default();
            next.extend(children.into_iter().rev().map(|child| (inner, child)));
        }
        menu
    }

    /// The item of a number.
    pub fn get(&self, id: NavId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The first item of a table.
    pub fn of_table(&self, table: TableId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.table == Some(table))
    }

    fn children(&self, parent: Option<NavId>) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.parent == parent)
    }

    /// `{"type": "menu_item", "id": …}` of all.
    pub fn identifiers(&self) -> Vec<Json> {
        self.entries.iter().map(|entry| identifier(entry.id)).collect()
    }

    /// All items as JSON.
    pub fn objects(&self) -> Vec<Json> {
        self.entries.iter().map(|entry| self.object(entry)).collect()
    }

    /// An item as JSON (reference, "menu item"). Positions count from 1 below each parent (facts 2).
    pub fn object(&self, entry: &Entry) -> Json {
        let place = self.children(entry.parent).position(|sibling| sibling.id == entry.id);
        let children: Vec<Json> = self.children(Some(entry.id)).map(|child| identifier(child.id)).collect();
        let item_type = entry.table.map(crate::item_type::identifier);
        json!({
            "type": "menu_item",
            "id": names::menu_item(entry.id),
            "attributes": {"label": entry.label, "position": place.map_or(0, |place| place + 1)},
            "relationships": {
                "item_type": {"data": item_type},
                "parent": {"data": entry.parent.map(identifier)},
                "children": {"data": children},
            },
        })
    }

    /// Where in the navigation the place at `index` below a parent is, counted among what is shown and without `moved`;
    /// past the end, and without an index, is the end.
    pub fn place(
        &self,
        view: &View<'_>,
        parent: Option<NavId>,
        index: Option<usize>,
        moved: Option<NavId>,
    ) -> NavPlace {
        let mut shown = self.children(parent).filter(|entry| Some(entry.id) != moved);
        let next = index.and_then(|index| shown.nth(index)).map(|entry| entry.id);
        let mut siblings: Vec<&NavItem> =
            view.schema().nav.values().filter(|item| item.parent == parent && Some(item.id) != moved).collect();
        siblings.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
        // What shows here and lies below an item that does not comes where that item is.
        let place = |next: NavId| {
            let above = std::iter::successors(Some(next), |item| view.schema().nav.get(item).and_then(|i| i.parent));
            above.filter_map(|item| siblings.iter().position(|sibling| sibling.id == item)).next()
        };
        NavPlace { parent, index: next.and_then(place).unwrap_or(usize::MAX) }
    }
}

fn identifier(id: NavId) -> Json {
    json!({"type": "menu_item", "id": names::menu_item(id)})
}

/// The item of an id.
pub fn find<'m>(menu: &'m Menu, id: &str) -> Result<&'m Entry> {
    let found = names::read_menu_item(id).and_then(|id| menu.get(id));
    found.ok_or_else(|| not_found(Subject::NavItem))
}

/// The item that a relationship names as the one above.
pub fn parent(menu: &Menu, id: &str) -> Result<NavId> {
    find(menu, id).map(|entry| entry.id).map_err(|_| wrong("parent", Rule::TargetRecord))
}

/// The table that a relationship names as the item type.
pub fn item_type(view: &View<'_>, id: &str) -> Result<TableId> {
    names::find_item_type(view, id).map(|table| table.id).map_err(|_| wrong("item_type", Rule::TargetRecord))
}
