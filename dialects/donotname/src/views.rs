//! Views: this door's words for layouts, and what it keeps of a view beside the core (facts A4).
//!
//! The core keeps the finished conditions, the sort keys and the hidden fields, for all doors. What only this door
//! knows lies in the view's bag as it came: unfinished conditions, `manualSort`, columns' widths, options.

use crate::field::shown::{DOOR, is_shown, link_targets, sees_titles};
use crate::filter::{Origin, Translator, script};
use crate::names::{self, TableName};
use crate::record::keys::KeyType;
use crate::record::shape::Shape;
use crate::sort;
use engine::View as Window;
use model::error::Path;
use model::filter::Operand;
use model::query::{Direction, Sort};
use model::time::Instant;
use model::view::{Layout, View};
use model::{Bag, Error, FieldId, Filter, Json, Result, Rule, UserId, ViewId};
use serde_json::{Map, json};

/// The layout of a type.
pub fn layout(word: &str, at: Path) -> Result<Layout> {
    match word {
        "grid" => Ok(Layout::Grid),
        "kanban" => Ok(Layout::Kanban),
        "gallery" => Ok(Layout::Gallery),
        "calendar" => Ok(Layout::Calendar),
        "form" => Ok(Layout::Form),
        other => {
            let words = ["grid", "kanban", "gallery", "calendar", "form"].map(str::to_owned);
            Err(Error::invalid_given(at, Rule::Enum(words.to_vec()), other))
        }
    }
}

/// The type of a layout. An outline of another door is a grid here.
pub fn layout_word(layout: Layout) -> &'static str {
    match layout {
        Layout::Grid | Layout::Outline => "grid",
        Layout::Kanban => "kanban",
        Layout::Gallery => "gallery",
        Layout::Calendar => "calendar",
        Layout::Form => "form",
    }
}

/// A view without conditions.
pub fn blank(name: String, layout: Layout) -> View {
    View {
        id: ViewId(0),
        name,
        description: None,
        layout,
        filter: Filter::all(),
        sort: Vec::new(),
        group: Vec::new(),
        hidden: Vec::new(),
        locked: false,
        bag: Bag::new(),
    }
}

/// Notes who made a view, and when.
pub fn sign(window: &Window<'_>, view: &mut View) {
    if let Some(user) = window.actor().user {
        keep(view, "createdBy", json!(names::user(user)));
    }
    keep(view, "createdTime", json!(window.now().to_iso()));
}

/// What this door keeps of a view.
pub fn kept(view: &View) -> Map<String, Json> {
    match view.bag.get(DOOR) {
        Some(Json::Object(kept)) => kept.clone(),
        Some(_) | None => Map::new(),
    }
}

/// One entry of what this door keeps; null when it keeps none.
fn entry<'a>(view: &'a View, key: &str) -> &'a Json {
    view.bag.get(DOOR).and_then(|bag| bag.get(key)).unwrap_or(&Json::Null)
}

/// Puts an entry into what this door keeps; null takes it out.
pub fn keep(view: &mut View, key: &str, value: Json) {
    let mut entries = kept(view);
    if value.is_null() {
        entries.remove(key);
    } else {
        entries.insert(key.to_owned(), value);
    }
    if entries.is_empty() {
        view.bag.remove(DOOR);
    } else {
        view.bag.insert(DOOR.to_owned(), Json::Object(entries));
    }
}

/// The filter that a view means for this actor. The core's is the same for everyone, so a filter that says `Me` is
/// translated anew for each reader.
pub fn filter(window: &mut Window<'_>, shape: &Shape, view: &View) -> Result<Filter> {
    let given = entry(view, "filter");
    if !says_me(given) {
        return Ok(standing(window, shape, &view.filter).unwrap_or_default());
    }
    let given = given.clone();
    Translator { view: window, shape, key_type: KeyType::Id, origin: Origin::Saved }.of_json(&given)
}

/// What still stands of a saved filter: tests of fields that are gone, or not to be seen, are passed over (T6568).
fn standing(window: &Window<'_>, shape: &Shape, filter: &Filter) -> Option<Filter> {
    let parts = |parts: &[Filter]| -> Option<Vec<Filter>> {
        let left: Vec<Filter> = parts.iter().filter_map(|part| standing(window, shape, part)).collect();
        (!left.is_empty()).then_some(left)
    };
    match filter {
        Filter::And(list) => parts(list).map(Filter::And),
        // A test that nothing can pass is written as a choice of nothing.
        Filter::Or(list) if list.is_empty() => Some(filter.clone()),
        Filter::Or(list) => parts(list).map(Filter::Or),
        Filter::Not(part) => standing(window, shape, part).map(Filter::negated),
        Filter::Test(test) => is_readable(window, shape, &test.operand).then(|| filter.clone()),
        Filter::Holds(expr) => window.sees(shape.table.id, expr).then(|| filter.clone()),
    }
}

/// The sort keys of a view that still stand.
pub fn sorts(window: &Window<'_>, shape: &Shape, view: &View) -> Vec<Sort> {
    view.sort.iter().filter(|sort| is_readable(window, shape, &sort.by)).cloned().collect()
}

fn is_readable(window: &Window<'_>, shape: &Shape, operand: &Operand) -> bool {
    let seen = |field: FieldId| shape.table.field(field).ok();
    match operand {
        Operand::System(_) => true,
        Operand::Slot(slot) => shape.column_of(slot.field).map_or(seen(slot.field).is_some(), |c| !c.shown.is_broken),
        Operand::Through { link, slot } => seen(*link).is_some_and(|link| {
            let mut targets = link_targets(&link.kind).into_iter();
            targets.any(|target| window.table(target).is_ok_and(|t| t.field(slot.field).is_ok()))
        }),
        Operand::Title(field) => seen(*field).is_some_and(|field| sees_titles(window, &field.kind)),
        Operand::Expr(expr) => window.sees(shape.table.id, expr),
    }
}

/// Whether a condition may mean the user who reads.
fn says_me(json: &Json) -> bool {
    match json {
        Json::String(text) => text == "Me",
        Json::Array(list) => list.iter().any(says_me),
        Json::Object(object) => object.values().any(says_me),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

/// Refuses what names a field that is not there: a view may hold unfinished conditions, and later ones on fields that
/// have gone, but none can be put into it.
fn refuse_unknown(shape: &Shape, given: &Json, at: &Path) -> Result<()> {
    match given {
        Json::Array(list) => list.iter().try_for_each(|part| refuse_unknown(shape, part, at)),
        Json::Object(object) => {
            if let Some(Json::String(field)) = object.get("fieldId")
                && shape.find(field, KeyType::Id).is_none()
            {
                return Err(Error::invalid_given(at.clone().key("fieldId"), Rule::Unknown, field));
            }
            object.values().try_for_each(|part| refuse_unknown(shape, part, at))
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Ok(()),
    }
}

/// Sets a view's filter: the finished conditions for the core, all of it as given for this door.
pub fn set_filter(window: &mut Window<'_>, shape: &Shape, view: &mut View, given: &Json) -> Result<()> {
    refuse_unknown(shape, given, &Path::of("filter"))?;
    let mut translator = Translator { view: window, shape, key_type: KeyType::Id, origin: Origin::ToBeSaved };
    view.filter = translator.of_json(given)?;
    keep(view, "filter", script::kept(window, shape.table.id, given));
    Ok(())
}

/// Sets a view's sort from `{sortObjs, manualSort}`.
pub fn set_sort(window: &Window<'_>, shape: &Shape, view: &mut View, given: &Json) -> Result<()> {
    let at = Path::of("sort");
    refuse_unknown(shape, given, &at)?;
    match given {
        Json::Null => view.sort = Vec::new(),
        Json::Object(object) => {
            let manual = crate::json::flag(object, "manualSort", &at)?.unwrap_or(false);
            let keys = object.get("sortObjs").unwrap_or(&Json::Null);
            let sorts = sort::read(window, shape, KeyType::Id, Origin::ToBeSaved, keys, &at.key("sortObjs"))?;
            view.sort = if manual { Vec::new() } else { sorts };
        }
        _ => return Err(Error::invalid(at, Rule::Type("an object with sortObjs"))),
    }
    keep(view, "sort", given.clone());
    Ok(())
}

/// Sets a view's groups from `[{fieldId, order}]`.
pub fn set_group(window: &Window<'_>, shape: &Shape, view: &mut View, given: &Json) -> Result<()> {
    refuse_unknown(shape, given, &Path::of("group"))?;
    view.group = sort::read(window, shape, KeyType::Id, Origin::ToBeSaved, given, &Path::of("group"))?;
    keep(view, "group", given.clone());
    Ok(())
}

/// Merges `{fieldId: {width, hidden, …}}` into a view's columns. In a grid `hidden` hides a field, in the other types
/// `visible: false` does.
pub fn set_column(shape: &Shape, view: &mut View, field: &str, meta: &Json, at: &Path) -> Result<()> {
    let found = shape.find(field, KeyType::Id).map(|column| shape.columns[column].shown.id);
    let id = found.ok_or_else(|| Error::invalid_given(at.clone().key("fieldId"), Rule::Unknown, field))?;
    let at = at.clone().key("columnMeta");
    let meta = meta.as_object().ok_or_else(|| Error::invalid(at.clone(), Rule::Type("an object")))?;
    let hides = match view.layout {
        Layout::Grid | Layout::Outline => crate::json::flag(meta, "hidden", &at)?,
        Layout::Kanban | Layout::Gallery | Layout::Calendar | Layout::Form => {
            crate::json::flag(meta, "visible", &at)?.map(|visible| !visible)
        }
    };
    if let Some(hides) = hides {
        view.hidden.retain(|hidden| *hidden != id);
        if hides {
            view.hidden.push(id);
        }
    }
    let mut columns = entry(view, "columnMeta").as_object().cloned().unwrap_or_default();
    let column = columns.entry(names::field(shape.name, id)).or_insert_with(|| json!({}));
    for (key, value) in meta {
        match value {
            Json::Null => drop(column.as_object_mut().map(|column| column.remove(key))),
            value => column[key] = value.clone(),
        }
    }
    keep(view, "columnMeta", Json::Object(columns));
    Ok(())
}

/// A view as JSON.
pub fn object(window: &Window<'_>, shape: &Shape, view: &View) -> Json {
    let name = shape.name;
    let mut out = Map::new();
    let mut put = |key: &str, value: Json| drop(out.insert(key.to_owned(), value));
    put("id", json!(names::view(name.database, view.id)));
    put("name", json!(view.name));
    put("type", json!(layout_word(view.layout)));
    if let Some(description) = &view.description {
        put("description", json!(description));
    }
    let filter = script::told(window, entry(view, "filter"));
    put("filter", told(shape, &filter).unwrap_or_default());
    let sort = told(shape, entry(view, "sort")).unwrap_or_default();
    put("sort", if sort.is_null() { sort_json(shape, &view.sort) } else { sort });
    put("group", told(shape, entry(view, "group")).unwrap_or_default());
    let options = told(shape, entry(view, "options")).unwrap_or_default();
    put("options", if options.is_null() { json!({}) } else { options });
    put("columnMeta", column_meta(name, shape, view));
    if view.locked {
        put("isLocked", json!(true));
    }
    // The clients' schemas want to know who made a view, and when; of one that another door made nobody knows.
    let text = |key: &str, unknown: String| entry(view, key).as_str().map_or(unknown, str::to_owned);
    put("createdBy", json!(text("createdBy", names::user(UserId(0)))));
    put("createdTime", json!(text("createdTime", Instant(0).to_iso())));
    Json::Object(out)
}

/// What a view says, without what it says of fields that are gone or not to be seen: whatever names one in `fieldId`,
/// and single ids of one (`stackFieldId`).
fn told(shape: &Shape, said: &Json) -> Option<Json> {
    let is_unknown = |text: &str| shape.find(text, KeyType::Id).is_none();
    match said {
        Json::String(text) if text.starts_with("fld") && names::is_field(text) && is_unknown(text) => None,
        Json::Array(list) => Some(list.iter().filter_map(|item| told(shape, item)).collect()),
        Json::Object(object) => {
            if object.get("fieldId").and_then(Json::as_str).is_some_and(is_unknown) {
                return None;
            }
            let entries = object.iter().filter_map(|(key, value)| Some((key.clone(), told(shape, value)?)));
            Some(Json::Object(entries.collect()))
        }
        other => Some(other.clone()),
    }
}

/// The sort of a view that another door made.
fn sort_json(shape: &Shape, sorts: &[Sort]) -> Json {
    let one = |sort: &Sort| {
        let column = shape.columns.iter().find(|c| c.shown.operand == sort.by)?;
        let order = match sort.direction {
            Direction::Ascending => "asc",
            Direction::Descending => "desc",
        };
        Some(json!({"fieldId": names::field(shape.name, column.shown.id), "order": order}))
    };
    let list: Vec<Json> = sorts.iter().filter_map(one).collect();
    if list.is_empty() { Json::Null } else { json!({"sortObjs": list}) }
}

/// Every shown field with its place, and what is kept of it.
fn column_meta(name: TableName, shape: &Shape, view: &View) -> Json {
    let kept = entry(view, "columnMeta");
    let mut columns = Map::new();
    for (i, field) in shape.table.live_fields().filter(|f| is_shown(f)).enumerate() {
        let id = names::field(name, field.id);
        let mut column = kept.get(&id).and_then(Json::as_object).cloned().unwrap_or_default();
        column.entry("order").or_insert(json!(i));
        if is_hidden(view, field.id) {
            match view.layout {
                Layout::Grid | Layout::Outline => drop(column.insert("hidden".to_owned(), json!(true))),
                Layout::Kanban | Layout::Gallery | Layout::Calendar | Layout::Form => {
                    column.insert("visible".to_owned(), json!(false));
                }
            }
        }
        columns.insert(id, Json::Object(column));
    }
    Json::Object(columns)
}

/// Whether a view hides a field.
pub fn is_hidden(view: &View, field: FieldId) -> bool {
    view.hidden.contains(&field)
}
