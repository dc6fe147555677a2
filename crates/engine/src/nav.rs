//! The navigation tree as one actor sees it. Its changes are in `apply/nav.rs`.

use crate::View;
use model::{NavId, NavItem, Role, TableId};
use std::collections::{HashMap, HashSet};

/// One line of the tree.
#[derive(Clone, PartialEq, Debug)]
pub struct NavLine {
    /// The item; none for a table that no item lists.
    pub item: Option<NavId>,
    /// How many lines it lies below; 0 at the top.
    pub depth: usize,
    /// Its own label, else the table's name; empty for a folder without one.
    pub label: String,
    pub table: Option<TableId>,
}

impl View<'_> {
    /// The tree, each line before those below it. An entry of a table that is deleted or not to be seen is passed over,
    /// and what lies below it shows in its place. Tables that no item lists come last at the top.
    pub fn nav(&self) -> Vec<NavLine> {
        let nav = &self.schema().nav;
        let mut below: HashMap<Option<NavId>, Vec<&NavItem>> = HashMap::new();
        nav.values().for_each(|item| below.entry(item.parent).or_default().push(item));
        // The last of a list is taken first.
        below.values_mut().for_each(|list| list.sort_by(|a, b| (&b.rank, b.id).cmp(&(&a.rank, a.id))));
        let mut lines = Vec::with_capacity(nav.len());
        let top = below.remove(&None).unwrap_or_default();
        let mut next: Vec<(usize, &NavItem)> = top.into_iter().map(|item| (0, item)).collect();
        while let Some((depth, item)) = next.pop() {
            let line = self.nav_line(item, depth);
            let inner = depth + usize::from(line.is_some());
            lines.extend(line);
            next.extend(below.remove(&Some(item.id)).unwrap_or_default().into_iter().map(|child| (inner, child)));
        }
        let listed: HashSet<TableId> = nav.values().filter_map(|item| item.table).collect();
        for table in self.tables().into_iter().filter(|table| !listed.contains(&table.id)) {
            lines.push(NavLine { item: None, depth: 0, label: table.name.clone(), table: Some(table.id) });
        }
        lines
    }

    fn nav_line(&self, item: &NavItem, depth: usize) -> Option<NavLine> {
        let name = match item.table {
            None => String::new(),
            Some(table) if self.table_role(table) == Role::None => return None,
            Some(table) => self.schema().table(table).ok()?.name.clone(),
        };
        let label = item.label.clone().unwrap_or(name);
        Some(NavLine { item: Some(item.id), depth, label, table: item.table })
    }
}
