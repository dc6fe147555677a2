//! The navigation tree: Dynalist's folders and documents, Dato's menu items and the sidebar are this one tree.

use crate::Bag;
use crate::ids::{NavId, TableId};
use serde::{Deserialize, Serialize};

/// An item of the tree: a folder (no table), or the entry of a table. Deleting an item never deletes the table.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NavItem {
    pub id: NavId,
    /// The item above, or none at the top.
    pub parent: Option<NavId>,
    /// The place among its siblings: base-62 fraction text, ascending.
    pub rank: String,
    /// Its own label; without one it shows the table's name.
    #[serde(default)]
    pub label: Option<String>,
    #[serde(default)]
    pub table: Option<TableId>,
    #[serde(default)]
    pub bag: Bag,
}
