//! Changes of the navigation tree. Deleting an item never deletes its table; its children move up.

use super::Work;
use crate::Made;
use model::change::{Change, NavPlace, Patch};
use model::{Ability, Bag, Error, NavId, NavItem, Result, Subject, rank};

/// Most items of one tree.
const MAX_ITEMS: usize = 20_000;

impl Work<'_, '_> {
    pub(super) fn create_nav_item(&mut self, mut item: NavItem, at: &NavPlace) -> Result<Made> {
        self.require(None, Ability::RecordCreate)?;
        let catalog = self.catalog();
        if catalog.schema.nav.len() >= MAX_ITEMS {
            return Err(Error::Conflict(format!("A navigation has at most {MAX_ITEMS} items")));
        }
        if let Some(table) = item.table {
            self.table(table)?;
        }
        let mut settings = catalog.schema.settings.clone();
        item.id = settings.next_nav;
        settings.next_nav = NavId(item.id.0 + 1);
        self.w.put_settings(settings)?;
        item.parent = at.parent;
        item.rank = self.nav_rank(item.id, at)?;
        let id = item.id;
        self.keep_inverse(None, Change::DeleteNavItem { item: id });
        self.w.put_nav(item)?;
        Ok(Made::NavItem(id))
    }

    pub(super) fn edit_nav_item(&mut self, id: NavId, label: Patch<String>, bag: Option<Bag>) -> Result<Made> {
        self.require(None, Ability::RecordUpdate)?;
        let was = self.nav_item(id)?;
        let mut item = was.clone();
        label.apply(&mut item.label);
        super::tables::merge_bag(&mut item.bag, bag.unwrap_or_default());
        self.put_nav_item(was, item)
    }

    pub(super) fn move_nav_item(&mut self, id: NavId, at: &NavPlace) -> Result<Made> {
        self.require(None, Ability::RecordUpdate)?;
        let was = self.nav_item(id)?;
        let catalog = self.catalog();
        let mut above = at.parent;
        while let Some(parent) = above {
            if parent == id {
                return Err(Error::Conflict("An item cannot move below itself".to_owned()));
            }
            above = catalog.schema.nav.get(&parent).and_then(|p| p.parent);
        }
        let mut item = was.clone();
        item.parent = at.parent;
        item.rank = self.nav_rank(id, at)?;
        self.put_nav_item(was, item)
    }

    pub(super) fn delete_nav_item(&mut self, id: NavId) -> Result<Made> {
        self.require(None, Ability::RecordDelete)?;
        let was = self.nav_item(id)?;
        let catalog = self.catalog();
        for child in catalog.schema.nav.values().filter(|i| i.parent == Some(id)) {
            let mut lifted = child.clone();
            lifted.parent = was.parent;
            self.put_nav_item(child.clone(), lifted)?;
        }
        self.keep_inverse(None, Change::ReplaceNavItem { item: was });
        self.w.delete_nav(id)?;
        Ok(Made::Nothing)
    }

    pub(super) fn replace_nav_item(&mut self, item: NavItem) -> Result<Made> {
        self.require(None, Ability::RecordUpdate)?;
        match self.nav_item(item.id) {
            Ok(was) => self.put_nav_item(was, item),
            Err(_) => {
                let id = item.id;
                self.keep_inverse(None, Change::DeleteNavItem { item: id });
                self.w.put_nav(item)?;
                Ok(Made::NavItem(id))
            }
        }
    }

    fn put_nav_item(&mut self, was: NavItem, item: NavItem) -> Result<Made> {
        let id = item.id;
        if was != item {
            self.keep_inverse(None, Change::ReplaceNavItem { item: was });
            self.w.put_nav(item)?;
        }
        Ok(Made::NavItem(id))
    }

    fn nav_item(&self, id: NavId) -> Result<NavItem> {
        let catalog = self.catalog();
        let found: Option<&NavItem> = catalog.schema.nav.get(&id);
        found.cloned().ok_or_else(|| Error::not_found(Subject::NavItem, id.0.to_string()))
    }

    fn nav_rank(&self, id: NavId, at: &NavPlace) -> Result<String> {
        if let Some(parent) = at.parent {
            self.nav_item(parent)?;
        }
        let catalog = self.catalog();
        let mut siblings: Vec<&NavItem> =
            catalog.schema.nav.values().filter(|i| i.parent == at.parent && i.id != id).collect();
        siblings.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
        let index = at.index.min(siblings.len());
        let before = index.checked_sub(1).and_then(|i| siblings.get(i)).map(|i| i.rank.as_str());
        let after = siblings.get(index).map(|i| i.rank.as_str());
        Ok(rank::between(before, after))
    }
}
