//! Changes of the navigation tree. Deleting an item never deletes its table; its children move up into its place.

use super::tables::{check_name, merge_bag};
use super::{NAV, Work};
use crate::Made;
use model::change::{Change, NavPlace, Patch};
use model::{Ability, Bag, Error, NavId, NavItem, RecordId, Result, Role, Schema, Subject, TableId, rank};

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
        item.label.iter().try_for_each(|label| check_name("label", label))?;
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

    pub(super) fn edit_nav_item(
        &mut self,
        id: NavId,
        label: Patch<String>,
        table: Patch<TableId>,
        bag: Option<Bag>,
    ) -> Result<Made> {
        self.require(None, Ability::RecordUpdate)?;
        let was = self.nav_item(id)?;
        let mut item = was.clone();
        if let Patch::Set(label) = &label {
            check_name("label", label)?;
        }
        if let Patch::Set(table) = &table {
            self.table(*table)?;
        }
        label.apply(&mut item.label);
        table.apply(&mut item.table);
        merge_bag(&mut item.bag, bag.unwrap_or_default());
        self.put_nav_item(was, item)
    }

    pub(super) fn move_nav_item(&mut self, id: NavId, at: &NavPlace) -> Result<Made> {
        self.require(None, Ability::RecordUpdate)?;
        self.nav_item(id)?;
        self.check_nav_parent(id, at.parent)?;
        let rank = self.nav_rank(id, at)?;
        let was = self.nav_item(id)?;
        let item = NavItem { parent: at.parent, rank, ..was.clone() };
        self.put_nav_item(was, item)
    }

    pub(super) fn delete_nav_item(&mut self, id: NavId) -> Result<Made> {
        self.require(None, Ability::RecordDelete)?;
        let parent = self.nav_item(id)?.parent;
        let catalog = self.catalog();
        let beside = children(&catalog.schema, parent, None);
        let after = beside.iter().position(|item| item.id == id).map_or(beside.len(), |i| i + 1);
        let below: Vec<NavItem> = children(&catalog.schema, Some(id), None).into_iter().cloned().collect();
        if !below.is_empty() {
            let (mut low, high) = self.nav_gap(None, &NavPlace { parent, index: after })?;
            for child in below {
                let rank = rank::between(low.as_deref(), high.as_deref());
                low = Some(rank.clone());
                let lifted = NavItem { parent, rank, ..child.clone() };
                self.put_nav_item(child, lifted)?;
            }
        }
        let was = self.nav_item(id)?;
        self.note_nav(id);
        self.keep_inverse(None, Change::ReplaceNavItem { item: was });
        self.w.delete_nav(id)?;
        Ok(Made::Nothing)
    }

    /// Puts an item back as it was. What it lay below may have gone or moved below it since, so its parent is judged.
    pub(super) fn replace_nav_item(&mut self, item: NavItem) -> Result<Made> {
        self.require(None, Ability::RecordUpdate)?;
        self.check_nav_parent(item.id, item.parent)?;
        let present = self.catalog().schema.nav.get(&item.id).cloned();
        match present {
            Some(was) => self.put_nav_item(was, item),
            None => {
                let id = item.id;
                self.note_nav(id);
                self.keep_inverse(None, Change::DeleteNavItem { item: id });
                self.w.put_nav(item)?;
                Ok(Made::NavItem(id))
            }
        }
    }

    fn put_nav_item(&mut self, was: NavItem, item: NavItem) -> Result<Made> {
        let id = item.id;
        if was != item {
            self.note_nav(id);
            self.keep_inverse(None, Change::ReplaceNavItem { item: was });
            self.w.put_nav(item)?;
        }
        Ok(Made::NavItem(id))
    }

    /// Notes that an item changed or went: whoever undoes an older change of it is told.
    fn note_nav(&mut self, id: NavId) {
        self.note_changed(NAV, RecordId(id.0));
    }

    /// An item that the actor may know of: the entry of a hidden table is as hidden as the table.
    fn nav_item(&self, id: NavId) -> Result<NavItem> {
        let catalog = self.catalog();
        let found: Option<&NavItem> = catalog.schema.nav.get(&id);
        let seen = found.filter(|item| item.table.is_none_or(|table| self.table_role(table) > Role::None));
        seen.cloned().ok_or_else(|| Error::not_found(Subject::NavItem, id.0.to_string()))
    }

    /// Refuses a parent that is not there, is the item itself, or lies below it.
    fn check_nav_parent(&self, id: NavId, parent: Option<NavId>) -> Result<()> {
        if let Some(parent) = parent {
            self.nav_item(parent)?;
        }
        let catalog = self.catalog();
        let mut above = parent;
        while let Some(parent) = above {
            if parent == id {
                return Err(Error::Conflict("An item cannot move below itself".to_owned()));
            }
            above = catalog.schema.nav.get(&parent).and_then(|p| p.parent);
        }
        Ok(())
    }

    fn nav_rank(&mut self, id: NavId, at: &NavPlace) -> Result<String> {
        if let Some(parent) = at.parent {
            self.nav_item(parent)?;
        }
        let (low, high) = self.nav_gap(Some(id), at)?;
        Ok(rank::between(low.as_deref(), high.as_deref()))
    }

    /// The ranks on both sides of a place. When nothing short lies between them, the siblings get new ranks first.
    fn nav_gap(&mut self, without: Option<NavId>, at: &NavPlace) -> Result<(Option<String>, Option<String>)> {
        let catalog = self.catalog();
        // Most items come first or last, which is found without sorting thousands of others.
        let beside = unordered(&catalog.schema, at.parent, without);
        if let Some(found) = ends(&beside, at.index)
            && rank::short_between(found.0.as_deref(), found.1.as_deref()).is_some()
        {
            return Ok(found);
        }
        let siblings = in_order(beside);
        let gap = |ranks: &[&String]| {
            let index = at.index.min(ranks.len());
            (index.checked_sub(1).map(|i| ranks[i].clone()), ranks.get(index).copied().cloned())
        };
        let found = gap(&siblings.iter().map(|item| &item.rank).collect::<Vec<&String>>());
        if rank::short_between(found.0.as_deref(), found.1.as_deref()).is_some() {
            return Ok(found);
        }
        let ranks = rank::spread(siblings.len());
        let spread: Vec<(NavItem, NavItem)> = siblings
            .into_iter()
            .zip(&ranks)
            .map(|(was, rank)| (was.clone(), NavItem { rank: rank.clone(), ..was.clone() }))
            .collect();
        for (was, item) in spread {
            self.put_nav_item(was, item)?;
        }
        Ok(gap(&ranks.iter().collect::<Vec<&String>>()))
    }
}

/// The items below a parent in their order, one left out.
fn children(schema: &Schema, parent: Option<NavId>, without: Option<NavId>) -> Vec<&NavItem> {
    in_order(unordered(schema, parent, without))
}

fn unordered(schema: &Schema, parent: Option<NavId>, without: Option<NavId>) -> Vec<&NavItem> {
    schema.nav.values().filter(|item| item.parent == parent && Some(item.id) != without).collect()
}

fn in_order(mut items: Vec<&NavItem>) -> Vec<&NavItem> {
    items.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
    items
}

/// The ranks around the first and the last place among items; none for a place between.
fn ends(items: &[&NavItem], index: usize) -> Option<(Option<String>, Option<String>)> {
    let ranks = items.iter().map(|item| &item.rank);
    if index == 0 {
        return Some((None, ranks.min().cloned()));
    }
    (index >= items.len()).then(|| (ranks.max().cloned(), None))
}
