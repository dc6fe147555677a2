//! Views (reference 001, "Get changes in a database"; facts 11): those of the core, with what a client put there beside.

use crate::field::shown::{DOOR, shown_fields};
use crate::names;
use engine::View;
use model::change::Change;
use model::error::Path;
use model::view::Layout;
use model::{Bag, Error, Json, Result, Rule, Seq, Table, TableId};
use serde_json::{Map, json};
use std::sync::Arc;

/// How much of a view is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    Short,
    /// With its configuration.
    Full,
}

/// Most bytes of what a client keeps in a view.
const MOST: usize = 64 << 10;

/// The views of a table by their ids. `seq` is that of the last change of the table's definition.
pub fn objects(table: &Table, seq: Seq, detail: Detail) -> Vec<(String, Json)> {
    table
        .views
        .iter()
        .enumerate()
        .map(|(i, view)| (names::view(view.id), object(table, view, i, seq, detail)))
        .collect()
}

/// A view: `{id, caption, order, type, mode, config, seq}`.
fn object(table: &Table, view: &model::View, place: usize, seq: Seq, detail: Detail) -> Json {
    let mut object = Map::new();
    object.insert("id".to_owned(), names::view(view.id).into());
    object.insert("caption".to_owned(), view.name.clone().into());
    object.insert("order".to_owned(), ((place + 1) * 10).into());
    object.insert("type".to_owned(), names::table(table.id).into());
    object.insert("mode".to_owned(), mode(view.layout).into());
    object.insert("seq".to_owned(), seq.0.into());
    let kept = view.bag.get(DOOR).and_then(Json::as_object);
    for (key, value) in kept.into_iter().flatten().filter(|(key, _)| *key != "config") {
        object.insert(key.clone(), value.clone());
    }
    if detail == Detail::Full {
        let config = kept.and_then(|kept| kept.get("config")).cloned();
        object.insert("config".to_owned(), config.unwrap_or_else(|| config_of(table, view)));
    }
    Json::Object(object)
}

/// The configuration of a view that no client of this door has configured: its table and, where it hides some, its
/// columns.
fn config_of(table: &Table, view: &model::View) -> Json {
    let mut config = json!({"type": names::table(table.id)});
    if !view.hidden.is_empty() {
        let seen = shown_fields(table).filter(|field| !view.hidden.contains(&field.id));
        config["cols"] = seen.map(|field| json!({"expression": names::field(field.id)})).collect();
    }
    config
}

fn mode(layout: Layout) -> &'static str {
    match layout {
        Layout::Grid | Layout::Outline => "table",
        Layout::Kanban => "kanban",
        Layout::Gallery => "gallery",
        Layout::Calendar => "calendar",
        Layout::Form => "form",
    }
}

fn layout(mode: &str) -> Layout {
    match mode {
        "kanban" => Layout::Kanban,
        "gallery" => Layout::Gallery,
        "calendar" => Layout::Calendar,
        "form" => Layout::Form,
        _ => Layout::Grid,
    }
}

/// The view that a new table begins with, called as Ninox calls it.
pub fn first() -> model::View {
    plain("(all)", Layout::Grid)
}

fn plain(name: &str, layout: Layout) -> model::View {
    model::View {
        id: model::ViewId(0),
        name: name.to_owned(),
        description: None,
        layout,
        filter: model::Filter::all(),
        sort: Vec::new(),
        group: Vec::new(),
        hidden: Vec::new(),
        locked: false,
        bag: Bag::new(),
    }
}

/// A view that a client saves: of its id, or a new one of its table. The change, and the table it is about.
pub fn save(view: &View<'_>, given: &Json, at: &Path) -> Result<(Change, TableId)> {
    let Json::Object(given) = given else { return Err(Error::invalid(at.clone(), Rule::Type("an object"))) };
    let text = |key: &str| match given.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(Error::invalid(at.clone().key(key), Rule::Type("text"))),
    };
    let id = text("id")?.filter(|id| !id.is_empty());
    let known = id.and_then(|id| find(view, id));
    let (table, mut saved, is_new) = match known {
        Some((table, found)) => (table, found, false),
        None => {
            let named = text("type")?.ok_or_else(|| Error::invalid(at.clone().key("type"), Rule::Required))?;
            let table = names::find_table(view, named)
                .map_err(|_| Error::invalid_given(at.clone().key("type"), Rule::Unknown, named))?;
            let caption = text("caption")?.unwrap_or("View");
            (table, plain(caption, Layout::Grid), true)
        }
    };
    if let Some(caption) = text("caption")? {
        caption.clone_into(&mut saved.name);
    }
    if let Some(mode) = text("mode")? {
        saved.layout = layout(mode);
    }
    let mut kept = saved.bag.get(DOOR).and_then(Json::as_object).cloned().unwrap_or_default();
    for (key, value) in given {
        // What the core knows is not kept a second time.
        if !["id", "caption", "mode", "type", "seq", "order"].contains(&key.as_str()) {
            kept.insert(key.clone(), value.clone());
        }
    }
    if !kept.is_empty() {
        let kept = Json::Object(kept);
        if kept.to_string().len() > MOST {
            return Err(Error::TooLarge { what: "view", limit: MOST as u64 });
        }
        saved.bag.insert(DOOR.to_owned(), kept);
    }
    let id = table.id;
    let change = match is_new {
        true => Change::CreateView { table: id, view: Box::new(saved), at: None },
        false => Change::ReplaceView { table: id, view: Box::new(saved), at: None },
    };
    Ok((change, id))
}

fn find(view: &View<'_>, id: &str) -> Option<(Arc<Table>, model::View)> {
    let id = names::read_view(id)?;
    view.tables().into_iter().find_map(|table| {
        let found = table.view(id).ok()?.clone();
        Some((table, found))
    })
}
