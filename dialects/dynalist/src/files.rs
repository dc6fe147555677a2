//! The tree of files of one database: its navigation, as this door shows it. Folders are items without a table,
//! documents the tables that are trees. What else the navigation lists is passed over, and what lies below it shows in
//! its place; documents that no item lists come last at the top.

use crate::names::{Document, File};
use crate::outline::is_document;
use engine::View;
use model::change::NavPlace;
use model::{Ability, NavId, NavItem, Role, TableId};
use std::collections::{HashMap, HashSet};

/// What a file without a title is called (facts 4, "file create").
pub const UNTITLED: &str = "Untitled";

/// A file in its tree.
pub struct Entry {
    pub file: File,
    pub title: String,
    pub permission: u8,
    /// The item of the navigation; none for the top, and for a document that no item lists.
    pub item: Option<NavId>,
    /// Places of what lies in it, in its order; a document has nothing in it.
    pub children: Vec<usize>,
    /// The place of the folder that it lies in; its own for the top.
    pub parent: usize,
}

/// All files of one database that the actor may see. The first is the top.
pub struct Tree {
    pub entries: Vec<Entry>,
}

impl Tree {
    /// Reads the tree.
    pub fn of(view: &View<'_>) -> Tree {
        let permission = permission(view, view.role());
        let top = Entry {
            file: File::Top(view.key()),
            title: UNTITLED.to_owned(),
            permission,
            item: None,
            children: Vec::new(),
            parent: 0,
        };
        let mut tree = Tree { entries: vec![top] };
        let mut below = below(view);
        let mut seen: HashSet<TableId> = HashSet::new();
        let roots = below.remove(&None).unwrap_or_default();
        // The last of a list is taken first.
        let mut next: Vec<(usize, &NavItem)> = roots.into_iter().rev().map(|item| (0, item)).collect();
        while let Some((parent, item)) = next.pop() {
            let inner = match item.table {
                None => {
                    let title = item.label.clone().unwrap_or_else(|| UNTITLED.to_owned());
                    tree.add(parent, File::Folder(view.key(), item.id), title, permission, Some(item.id))
                }
                Some(table) => {
                    if seen.insert(table) {
                        tree.add_document(view, parent, table, Some(item.id));
                    }
                    parent
                }
            };
            let children = below.remove(&Some(item.id)).unwrap_or_default();
            next.extend(children.into_iter().rev().map(|item| (inner, item)));
        }
        for table in view.tables().into_iter().filter(|table| !seen.contains(&table.id)) {
            tree.add_document(view, 0, table.id, None);
        }
        tree
    }

    fn add_document(&mut self, view: &View<'_>, parent: usize, table: TableId, item: Option<NavId>) {
        let Ok(found) = view.table(table) else { return };
        if is_document(&found) {
            let file = File::Document(Document { database: view.key(), table });
            let permission = self::permission(view, view.table_role(table));
            self.add(parent, file, found.name.clone(), permission, item);
        }
    }

    fn add(&mut self, parent: usize, file: File, title: String, permission: u8, item: Option<NavId>) -> usize {
        let place = self.entries.len();
        self.entries.push(Entry { file, title, permission, item, children: Vec::new(), parent });
        self.entries[parent].children.push(place);
        place
    }

    /// The place of a file.
    pub fn find(&self, file: File) -> Option<usize> {
        self.entries.iter().position(|entry| entry.file == file)
    }

    /// Whether a file lies somewhere in another, or is it.
    pub fn is_within(&self, mut inner: usize, outer: usize) -> bool {
        // The tree was made from the top down, so each parent comes before what lies in it.
        while inner > outer {
            inner = self.entries[inner].parent;
        }
        inner == outer
    }

    /// Where in the navigation the place at `index` in a folder is, counted among the files that are shown and without
    /// `moved` (facts 1.10); past the end, and without an index, is the end.
    pub fn place(&self, view: &View<'_>, folder: usize, index: Option<usize>, moved: Option<usize>) -> NavPlace {
        let folder = &self.entries[folder];
        let parent = folder.item;
        let moved_item = moved.and_then(|moved| self.entries[moved].item);
        let mut shown = folder.children.iter().copied().filter(|child| Some(*child) != moved);
        let next = index.and_then(|index| shown.nth(index)).and_then(|next| self.entries[next].item);
        let siblings = siblings(view, parent, moved_item);
        let index = next.map_or(usize::MAX, |next| match siblings.iter().position(|item| *item == next) {
            Some(place) => place,
            // It shows in the place of what it lies below: the new one comes after that.
            None => {
                let above =
                    std::iter::successors(Some(next), |item| view.schema().nav.get(item).and_then(|i| i.parent));
                let above = above.filter_map(|item| siblings.iter().position(|sibling| *sibling == item)).next();
                above.map_or(usize::MAX, |place| place + 1)
            }
        });
        NavPlace { parent, index }
    }
}

/// The last place in a folder, which is told without looking at thousands of other files; none when it is no folder.
pub fn last_in(view: &View<'_>, folder: File) -> Option<NavPlace> {
    let parent = match folder {
        File::Top(database) if database == view.key() => None,
        File::Folder(database, item) if database == view.key() => {
            view.schema().nav.get(&item).filter(|found| found.table.is_none())?;
            Some(item)
        }
        File::Top(_) | File::Folder(..) | File::Document(_) => return None,
    };
    Some(NavPlace { parent, index: usize::MAX })
}

/// 0 to 4 (reference, "permission"): the level of the role, and of a token that only reads no more than that.
pub fn permission(view: &View<'_>, role: Role) -> u8 {
    let level = role.level();
    if view.actor().abilities.has(Ability::RecordUpdate) { level } else { level.min(Role::Read.level()) }
}

fn below<'v>(view: &'v View<'_>) -> HashMap<Option<NavId>, Vec<&'v NavItem>> {
    let mut below: HashMap<Option<NavId>, Vec<&NavItem>> = HashMap::new();
    view.schema().nav.values().for_each(|item| below.entry(item.parent).or_default().push(item));
    below.values_mut().for_each(|list| list.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id))));
    below
}

fn siblings(view: &View<'_>, parent: Option<NavId>, without: Option<NavId>) -> Vec<NavId> {
    let nav = view.schema().nav.values();
    let mut items: Vec<&NavItem> = nav.filter(|item| item.parent == parent && Some(item.id) != without).collect();
    items.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
    items.into_iter().map(|item| item.id).collect()
}
