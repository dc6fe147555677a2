//! `include` in both spellings: `include=a,b` and `include[]=a&include[]=b` (facts 1, "items.all").

use crate::field;
use crate::item_type;
use crate::menu::Menu;
use edge::Params;
use engine::View;
use model::error::Path;
use model::{Error, Json, Result, Rule};

/// What can stand beside a site.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Include {
    item_types: bool,
    fields: bool,
    menu_items: bool,
}

impl Include {
    /// Reads the parameter. What leads somewhere includes what is on the way.
    pub fn of(params: &Params<'_>) -> Result<Include> {
        let mut include = Include::default();
        let both = params.many("include").into_iter().chain(params.many("include[]"));
        for path in both.flat_map(|value| value.split(',')).map(str::trim).filter(|path| !path.is_empty()) {
            match path {
                "item_types" => include.item_types = true,
                "item_types.fields" => (include.item_types, include.fields) = (true, true),
                "item_types.menu_item" => (include.item_types, include.menu_items) = (true, true),
                "menu_items" | "menu_items.children" => include.menu_items = true,
                "menu_items.item_type" => (include.menu_items, include.item_types) = (true, true),
                other => return Err(Error::invalid_given(Path::of("include"), Rule::Unknown, other)),
            }
        }
        Ok(include)
    }

    /// The list beside the site; none when nothing was asked for.
    pub fn list(self, view: &mut View<'_>) -> Result<Option<Vec<Json>>> {
        if self == Include::default() {
            return Ok(None);
        }
        let mut list = Vec::new();
        if self.item_types {
            let menu = Menu::of(view);
            for table in item_type::listed(view) {
                list.push(item_type::object_of(view, &menu, &table)?);
                if self.fields {
                    list.extend(field::object::list(view, &table));
                }
            }
        }
        if self.menu_items {
            list.extend(Menu::of(view).objects());
        }
        Ok(Some(list))
    }
}
