//! Views: a saved way to look at a table.

use crate::Bag;
use crate::filter::Filter;
use crate::ids::{FieldId, ViewId};
use crate::query::Sort;
use serde::{Deserialize, Serialize};

/// A saved view of a table.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct View {
    pub id: ViewId,
    pub name: String,
    #[serde(default)]
    pub description: Option<String>,
    pub layout: Layout,
    /// The finished conditions; what a dialect keeps unfinished lies in its bag.
    #[serde(default)]
    pub filter: Filter,
    #[serde(default)]
    pub sort: Vec<Sort>,
    #[serde(default)]
    pub group: Vec<Sort>,
    #[serde(default)]
    pub hidden: Vec<FieldId>,
    #[serde(default)]
    pub locked: bool,
    #[serde(default)]
    pub bag: Bag,
}

/// How a view is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    Grid,
    Kanban,
    Gallery,
    Calendar,
    Form,
    Outline,
}
